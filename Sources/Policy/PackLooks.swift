/// What successive looks at a pack's files tell. Nothing is known at first, for a file may have
/// changed since it was loaded; and a content counts when two looks in a row agree, for one alone may
/// have met a file that was half written.
public struct PackLooks<Content: Equatable & Sendable>: Sendable {
    private var last: Content?
    private var known: Content?

    /// Before the first look.
    public init() {}

    /// The files were looked at.
    /// - Parameter content: nil where they could not be read.
    /// - Returns: the content, once, where it is another than before.
    public mutating func take(_ content: Content?) -> Content? {
        defer { last = content }
        guard let content, content == last, content != known else { return nil }
        known = content
        return content
    }
}
