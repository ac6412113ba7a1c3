/// How rows lie in the changelog. The same row must always give the same bytes (I4).
public protocol RowCodec: Sendable {
    /// What the state keeps for a key.
    associatedtype Row: Sendable

    /// Appends the row's bytes.
    func encode(_ row: Row, to bytes: inout [UInt8])

    /// Reads what `encode` wrote. The pointer is good only inside.
    func decode(_ bytes: UnsafeRawBufferPointer) throws(RowError) -> Row
}

/// A row that cannot be read; says what is wrong with its form, never its content.
public struct RowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var description: String

    /// Makes an error.
    public init(_ description: String) {
        self.description = description
    }
}
