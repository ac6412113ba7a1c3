/// Why a list, a table or a model cannot be used.
///
/// It tells the place and what was expected, never the text that stands there: term lists are not for
/// logs.
public struct LoadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name, as the loader was told it.
    public var file: String
    /// From 1; 0 where the file has no lines.
    public var line: Int
    /// From 1, in Unicode scalars; 0 where the file has no lines.
    public var column: Int
    /// What is wrong and what was expected.
    public var message: String

    /// A mistake at a place of a file, or in the file as a whole.
    public init(file: String, line: Int = 0, column: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// File, line, column and message.
    public var description: String {
        line == 0 ? "\(file): \(message)" : "\(file):\(line):\(column): \(message)"
    }
}
