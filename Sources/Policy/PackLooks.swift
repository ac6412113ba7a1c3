/// What successive looks at a pack's file tell. Nothing is known at first, for the file may have
/// changed since it was loaded; and a text counts when two looks in a row agree, for one alone may
/// have met a file that was half written.
public struct PackLooks: Sendable {
    private var last: String?
    private var known: String?

    /// Before the first look.
    public init() {}

    /// The file was looked at.
    /// - Parameter text: nil where it could not be read.
    /// - Returns: the text, once, where the file holds another than before.
    public mutating func take(_ text: String?) -> String? {
        defer { last = text }
        guard let text, text == last, text != known else { return nil }
        known = text
        return text
    }
}
