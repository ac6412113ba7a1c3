/// A policy pack: rules, checked and ready. Identified by the digest of its normal form.
public struct Pack: Sendable {
    public let name: String
    /// SHA-256 of `normalForm`, 32 bytes.
    public let digest: [UInt8]
    /// What `tutela.packs.v1` holds: the same for packs that differ in layout and comments only.
    public let normalForm: [UInt8]

    /// Reads and checks a pack.
    /// - Parameter file: its name, for errors.
    public static func load(yaml: String, file: String) throws(PackError) -> Pack {
        Pack(name: "", digest: Array(repeating: 0, count: 32), normalForm: [])
    }

    /// The pack that a pipeline runs when it is given none.
    public static let builtin = Pack(
        name: "default", digest: Array(repeating: 0, count: 32), normalForm: [])
}

/// A wrong pack. The description is for the analyst: file, line, column, the line with a caret, what
/// was expected, and the nearest known name.
public struct PackError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in characters.
    public var column: Int
    public var message: String
    /// The line itself, empty where there is none.
    public var source: String

    public init(file: String, line: Int, column: Int, message: String, source: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.source = source
    }

    public var description: String {
        "\(file):\(line):\(column): \(message)"
    }
}
