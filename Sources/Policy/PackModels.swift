import Yams

/// The model files of a pack's folder, as they were read.
public struct PackModels: Hashable, Sendable {
    /// By name: those that the pack names and that could be read.
    public var files: [String: [UInt8]]
    /// Every file of the folder that could be one, to suggest a name from.
    public var known: [String]

    /// A pack's model files; none for a pack that stands alone.
    public init(files: [String: [UInt8]] = [:], known: [String] = []) {
        self.files = files
        self.known = known
    }
}

extension Pack {
    /// The most scores by trees of a pack (I11).
    public static let maximumModels = 16
    /// The most bytes of a model file (I11).
    public static let maximumModelBytes = 8 << 20
    /// The most trees of a model (I11).
    public static let maximumTrees = 1_000
    /// The most nodes of a model, of all its trees (I11).
    public static let maximumNodes = 60_000
    /// The most bytes of a normal form (I11): with its models a pack must fit into one record.
    public static let maximumNormalBytes = 900_000

    /// The model files that a pack's text names, each once; at most `maximumModels`. None where the
    /// text is no YAML.
    public static func modelFiles(yaml: String) -> [String] {
        guard let root = try? PackSource(text: yaml, file: "").compose(),
            let scores = root.mapping?["scores"]?.mapping
        else { return [] }
        var names: [String] = []
        for (_, score) in scores {
            guard let name = score.mapping?["trees"]?.mapping?["model"]?.string,
                isModelFile(name), !names.contains(name), names.count < maximumModels
            else { continue }
            names.append(name)
        }
        return names
    }

    /// Whether a model file may be called so: a file of the folder itself, and none that is hidden.
    public static func isModelFile(_ name: String) -> Bool {
        (1...maximumNameBytes).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x30...0x39).contains(byte) || "._-".utf8.contains(byte)
            }
    }
}
