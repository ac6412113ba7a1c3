/// A value of a JSON text, with its place for errors.
package struct JSONNode {
    package enum Content {
        case null
        case bool(Bool)
        /// As it is written; read it as the type it is wanted in.
        case number(String)
        case string(String)
        case array([JSONNode])
        case object([(name: String, value: JSONNode)])
    }

    package var content: Content
    /// From 1.
    package var line: Int
    /// From 1, in bytes.
    package var column: Int

    package subscript(name: String) -> JSONNode? {
        guard case .object(let members) = content else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// What kind of value it is, for errors.
    package var kind: String {
        switch content {
        case .null: "null"
        case .bool: "a truth value"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Where in a document we are: a node with its path, so that an error names both.
package struct JSONPlace {
    package let file: String
    package let path: String
    package let node: JSONNode

    package init(file: String, path: String = "", node: JSONNode) {
        self.file = file
        self.path = path
        self.node = node
    }

    package func error(_ message: String) -> LoadError {
        LoadError(
            file: file, line: node.line, column: node.column,
            message: path.isEmpty ? message : "\(path): \(message)")
    }

    package func optional(_ name: String) -> JSONPlace? {
        guard let value = node[name] else { return nil }
        return JSONPlace(
            file: file, path: path.isEmpty ? name : "\(path).\(name)", node: value)
    }

    package func member(_ name: String) throws(LoadError) -> JSONPlace {
        guard case .object = node.content else {
            throw error("expected an object with \(name), found \(node.kind)")
        }
        guard let place = optional(name) else { throw error("\(name) is missing") }
        return place
    }

    package func elements(atMost limit: Int) throws(LoadError) -> [JSONPlace] {
        guard case .array(let nodes) = node.content else {
            throw error("expected an array, found \(node.kind)")
        }
        guard nodes.count <= limit else {
            throw error("\(nodes.count) elements; at most \(limit) are read")
        }
        return nodes.enumerated().map { index, value in
            JSONPlace(file: file, path: "\(path)[\(index)]", node: value)
        }
    }

    package func string() throws(LoadError) -> String {
        guard case .string(let text) = node.content else {
            throw error("expected a string, found \(node.kind)")
        }
        return text
    }

    /// XGBoost writes some numbers as strings.
    package func integer(in range: ClosedRange<Int>) throws(LoadError) -> Int {
        switch node.content {
        case .number(let text), .string(let text):
            if let value = Int(text), range.contains(value) { return value }
        default: break
        }
        throw error(
            "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
}
