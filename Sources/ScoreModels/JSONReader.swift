/// A strict reader of JSON (RFC 8259): UTF-8, one value, no trailing commas, no repeated names, bounded
/// depth. Its own so that a model reads the same everywhere and an error has line and column.
package struct JSONReader {
    package static let maximumDepth = 32
    package static let maximumValues = 8_000_000

    private let file: String
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var lineStart = 0
    private var values = 0

    package static func read(
        file: String, bytes: [UInt8], maximumBytes: Int
    ) throws(LoadError) -> JSONPlace {
        guard bytes.count <= maximumBytes else {
            throw LoadError(
                file: file,
                message: "the file has \(bytes.count) bytes; at most \(maximumBytes) are read")
        }
        var reader = JSONReader(file: file, bytes: bytes)
        let node = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.at == bytes.count else {
            throw reader.error("expected the end of the file after the value")
        }
        return JSONPlace(file: file, node: node)
    }

    private init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    private func error(_ message: String) -> LoadError {
        LoadError(file: file, line: line, column: at - lineStart + 1, message: message)
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            at += 1
            if byte == 0x0A {
                line += 1
                lineStart = at
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws(LoadError) -> JSONNode {
        skipSpace()
        guard depth <= Self.maximumDepth else {
            throw error("nested deeper than \(Self.maximumDepth)")
        }
        values += 1
        guard values <= Self.maximumValues else {
            throw error("more than \(Self.maximumValues) values")
        }
        let (line, column) = (line, at - lineStart + 1)
        guard let byte = next else {
            throw error("expected a value, found the end of the file")
        }
        let content: JSONNode.Content
        switch byte {
        case UInt8(ascii: "{"): content = .object(try members(depth))
        case UInt8(ascii: "["): content = .array(try elements(depth))
        case UInt8(ascii: "\""): content = .string(try string())
        case UInt8(ascii: "t"): content = try word("true", .bool(true))
        case UInt8(ascii: "f"): content = try word("false", .bool(false))
        case UInt8(ascii: "n"): content = try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            content = .number(try number())
        default: throw error("expected a value")
        }
        return JSONNode(content: content, line: line, column: column)
    }

    private mutating func word(
        _ word: String, _ content: JSONNode.Content
    ) throws(LoadError) -> JSONNode.Content {
        guard bytes[at...].starts(with: word.utf8) else { throw error("expected \(word)") }
        at += word.utf8.count
        return content
    }

    private mutating func elements(_ depth: Int) throws(LoadError) -> [JSONNode] {
        at += 1
        var nodes: [JSONNode] = []
        if take(UInt8(ascii: "]")) { return nodes }
        while true {
            nodes.append(try value(depth: depth + 1))
            if take(UInt8(ascii: "]")) { return nodes }
            guard take(UInt8(ascii: ",")) else { throw error("expected , or ]") }
        }
    }

    private mutating func members(
        _ depth: Int
    ) throws(LoadError) -> [(name: String, value: JSONNode)] {
        at += 1
        var found: [(name: String, value: JSONNode)] = []
        var names: Set<String> = []
        if take(UInt8(ascii: "}")) { return found }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a name in quotes") }
            let name = try string()
            guard names.insert(name).inserted else { throw error("the name stands here twice") }
            guard take(UInt8(ascii: ":")) else { throw error("expected :") }
            found.append((name, try value(depth: depth + 1)))
            if take(UInt8(ascii: "}")) { return found }
            guard take(UInt8(ascii: ",")) else { throw error("expected , or }") }
        }
    }

    private mutating func number() throws(LoadError) -> String {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        let whole = digits()
        guard whole > 0 else { throw error("expected a digit") }
        if whole > 1, bytes[at - whole] == UInt8(ascii: "0") {
            throw error("a number may not start with 0")
        }
        if next == UInt8(ascii: ".") {
            at += 1
            guard digits() > 0 else { throw error("expected a digit after the point") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { at += 1 }
            guard digits() > 0 else { throw error("expected a digit in the exponent") }
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = at
        while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
        return at - start
    }

    private mutating func string() throws(LoadError) -> String {
        at += 1
        var text: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let whole = String(validating: text, as: UTF8.self) else {
                    throw error("the string before this place is not UTF-8")
                }
                return whole
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw error("a control character must be escaped in a string")
            default: text.append(byte)
            }
        }
        throw error("a string is not closed before the end of the file")
    }

    private mutating func escape() throws(LoadError) -> [UInt8] {
        guard let byte = next else { throw error("an escape is cut short") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try escapedScalar()).utf8)
        default: throw error("unknown escape")
        }
    }

    private mutating func escapedScalar() throws(LoadError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, next == UInt8(ascii: "\\"), at + 1 < bytes.count,
            bytes[at + 1] == UInt8(ascii: "u")
        else { throw error("a surrogate without its other half") }
        at += 2
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw error("a surrogate without its other half") }
        return scalar
    }

    private mutating func hexadecimal() throws(LoadError) -> UInt32 {
        guard at + 4 <= bytes.count,
            bytes[at..<at + 4].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let value = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits") }
        at += 4
        return value
    }
}
