/// A wrong pack, described for the analyst.
public struct PackError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name, as the loader was told it.
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in characters.
    public var column: Int
    /// What is wrong, what was expected, and the nearest known name.
    public var message: String
    /// The line as it stands in the file; empty where there is none.
    public var source: String

    /// A mistake at a place of a file.
    public init(file: String, line: Int, column: Int, message: String, source: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.source = source
    }

    /// File, line, column and message; under them the line with a caret.
    public var description: String {
        let head = "\(file):\(line):\(column): \(message)"
        guard !source.isEmpty else { return head }
        let margin = String(repeating: " ", count: "\(line)".count)
        let indent = String(
            source.prefix(max(column - 1, 0)).map { $0 == "\t" ? "\t" : " " as Character })
        return "\(head)\n  \(line) | \(source)\n  \(margin) | \(indent)^"
    }
}
