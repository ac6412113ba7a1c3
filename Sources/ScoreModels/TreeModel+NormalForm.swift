extension TreeModel {
    private static let formVersion: UInt8 = 1

    /// Everything that the model's values and contributions come from, the same bytes for the same
    /// model, without the features' names.
    ///
    /// Numbers are little-endian, floating point by its bits: version (1 byte), objective (1), number
    /// of features (4), base margin (4), number of trees (4), then each tree's nodes breadth first,
    /// so that children need no index. A node: 0 for a leaf, else 1 + 2 · feature + 1 where a missing
    /// value goes left, as LEB128; the condition, or the leaf's value (4); of what is no leaf, the
    /// mean (4).
    public var normalForm: [UInt8] {
        var bytes = [Self.formVersion, UInt8(Objective.allCases.firstIndex(of: objective) ?? 0)]
        func write(_ number: UInt32) {
            withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
        }
        write(UInt32(featureCount))
        write(baseMargin.bitPattern)
        write(UInt32(roots.count))
        for node in nodes {
            var code = node.feature < 0 ? 0 : UInt32(node.feature) * 2 + 1
            if node.feature >= 0, node.missingGoesLeft { code += 1 }
            while code >= 0x80 {
                bytes.append(UInt8(code & 0x7f) | 0x80)
                code >>= 7
            }
            bytes.append(UInt8(code))
            write(node.condition.bitPattern)
            if node.feature >= 0 { write(node.mean.bitPattern) }
        }
        return bytes
    }

    /// Reads a `normalForm`.
    /// - Parameter featureNames: in the order of features; empty, or one for each.
    /// - Throws: where the bytes are not those of a model, or pass a bound.
    public init(
        file: String, normalForm: [UInt8], featureNames: [String] = []
    ) throws(LoadError) {
        var reader = NormalFormReader(file: file, bytes: normalForm)
        guard try reader.byte() == Self.formVersion else {
            throw reader.error("it is of another version than \(Self.formVersion)")
        }
        let number = Int(try reader.byte())
        guard Objective.allCases.indices.contains(number) else {
            throw reader.error("an unknown objective")
        }
        let count = Int(try reader.number())
        guard (1...Self.maximumFeatures).contains(count),
            featureNames.isEmpty || featureNames.count == count
        else { throw reader.error("\(featureNames.count) names for \(count) features") }
        let base = try reader.float()
        let trees = Int(try reader.number())
        guard trees <= Self.maximumTrees else {
            throw reader.error("more than \(Self.maximumTrees) trees")
        }
        var (nodes, roots): ([Node], [Int32]) = ([], [])
        for _ in 0..<trees {
            roots.append(Int32(nodes.count))
            try reader.tree(featureCount: count, into: &nodes)
        }
        guard reader.isAtEnd else { throw reader.error("bytes after the last tree") }
        self.init(
            objective: Objective.allCases[number], featureNames: featureNames,
            featureCount: count, baseMargin: base, nodes: nodes, roots: roots)
    }
}

private struct NormalFormReader {
    let file: String
    let bytes: [UInt8]
    private var at = 0

    init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    var isAtEnd: Bool { at == bytes.count }

    func error(_ message: String) -> LoadError {
        LoadError(file: file, message: "the normal form of a model is damaged: \(message)")
    }

    mutating func byte() throws(LoadError) -> UInt8 {
        guard at < bytes.count else { throw error("it is cut") }
        at += 1
        return bytes[at - 1]
    }

    mutating func number() throws(LoadError) -> UInt32 {
        var value: UInt32 = 0
        for shift in 0..<4 as Range<UInt32> { value |= UInt32(try byte()) << (8 * shift) }
        return value
    }

    mutating func float() throws(LoadError) -> Float {
        let value = Float(bitPattern: try number())
        guard value.isFinite else { throw error("a number that is not finite") }
        return value
    }

    /// At most three bytes: more than any feature needs. A number that fits in fewer is refused, for
    /// a model has one normal form.
    private mutating func code() throws(LoadError) -> UInt32 {
        var value: UInt32 = 0
        for shift in 0..<3 as Range<UInt32> {
            let part = try byte()
            value |= UInt32(part & 0x7f) << (7 * shift)
            if part < 0x80 {
                if shift > 0, part == 0 { break }
                return value
            }
        }
        throw error("a node's feature")
    }

    mutating func tree(
        featureCount: Int, into nodes: inout [TreeModel.Node]
    ) throws(LoadError) {
        let base = nodes.count
        // Of the nodes that are promised so far.
        var depths: [UInt8] = [0]
        var index = 0
        while index < depths.count {
            guard nodes.count < TreeModel.maximumNodes else {
                throw error("more than \(TreeModel.maximumNodes) nodes")
            }
            let code = try code()
            let condition = try float()
            guard code > 0 else {
                nodes.append(
                    TreeModel.Node(
                        feature: -1, condition: condition, left: 0, right: 0,
                        missingGoesLeft: false, mean: condition))
                index += 1
                continue
            }
            let feature = Int(code - 1) / 2
            guard feature < featureCount else { throw error("a feature that is not there") }
            let depth = depths[index] + 1
            guard depth <= TreeModel.maximumDepth else {
                throw error("deeper than \(TreeModel.maximumDepth)")
            }
            let left = Int32(base + depths.count)
            nodes.append(
                TreeModel.Node(
                    feature: Int32(feature), condition: condition, left: left, right: left + 1,
                    missingGoesLeft: code % 2 == 0, mean: try float()))
            depths += [depth, depth]
            index += 1
        }
    }
}
