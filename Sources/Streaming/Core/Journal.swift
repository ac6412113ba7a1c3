/// Where a log in one process keeps what was committed: frames, appended in turn, read at will.
package protocol Journal: Sendable {
    /// Appends a frame. Called by one caller at a time.
    /// - Parameter records: how many records it holds.
    /// - Returns: the position of the payload's first byte.
    func append(_ payload: [UInt8], records: Int) throws(JournalFailure) -> Int64

    /// Calls `body` with the bytes of each span, in order. The pointers are good only inside.
    func read(_ spans: [JournalSpan], _ body: (UnsafeRawBufferPointer) -> Void) throws(LogError)

    /// The records of these spans were deleted.
    func release(_ spans: [JournalSpan])
}

/// A piece of the journal.
package struct JournalSpan: Sendable {
    package var position: Int64
    package var count: Int

    package init(position: Int64, count: Int) {
        self.position = position
        self.count = count
    }
}

/// How an append failed.
package enum JournalFailure: Error {
    /// Nothing of the frame is left.
    case undone(LogError)
    /// The frame may come back at the next recovery; the journal takes no more.
    case unknown(LogError)
}

/// What a frame says.
package enum JournalEntry: Sendable {
    case topic(name: String, partitions: Int32)
    /// Records below `offset` are deleted.
    case trim(TopicPartition, offset: Int64)
    case transaction(JournalTransaction)
}

/// A transaction in the journal.
package struct JournalTransaction: Sendable {
    /// The group's new offsets; both empty for a writer outside any group.
    package var group: String
    package var offsets: [TopicPartition: Int64]
    package var records: [JournalRecord]

    package init(group: String, offsets: [TopicPartition: Int64], records: [JournalRecord]) {
        self.group = group
        self.offsets = offsets
        self.records = records
    }
}

/// Where a record of a frame lies.
package struct JournalRecord: Sendable {
    package var source: TopicPartition
    package var offset: Int64
    /// The record's span, its position counted from the payload's first byte.
    package var span: JournalSpan
}
