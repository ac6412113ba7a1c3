public import SafetyModel

/// Since when a task has kept each cell, over changes of pack. A cell that a pack drops loses its
/// content, also in rows that were not touched meanwhile; one that comes, or comes back, starts
/// empty and is warming up until its window has passed. So that a restart from the changelog and a
/// task that ran on agree, rows say in which epoch they were written, and the history is a row of
/// its own.
public struct CellHistory: Sendable, Equatable {
    /// A cell that is kept.
    public struct Entry: Sendable, Equatable {
        /// The cell's digest.
        public var digest: UInt64
        /// The epoch it started in.
        public var epoch: UInt32
        /// The task's event time when it started; nil for what was there from the beginning.
        public var since: Instant?
    }

    /// The key of its row in the changelog; rows of subjects have keys of another length.
    public static let key = Array("cells".utf8)

    /// How often the cells have changed.
    public private(set) var epoch: UInt32 = 0
    /// Ascending by digest.
    public private(set) var entries: [Entry] = []

    /// The history of a task that begins with these cells.
    public init(_ layout: Layout) {
        entries = layout.cells.map { Entry(digest: $0.digest, epoch: 0, since: nil) }
    }

    /// Whether it is of just these cells.
    public func fits(_ layout: Layout) -> Bool {
        entries.map(\.digest) == layout.cells.map(\.digest)
    }

    /// The task goes on with other cells, at an event time.
    public mutating func change(to layout: Layout, at time: Instant) {
        guard !fits(layout) else { return }
        epoch += 1
        entries = layout.cells.map { cell in
            entry(cell.digest) ?? Entry(digest: cell.digest, epoch: epoch, since: time)
        }
    }

    /// The epoch that a cell started in; one that is not kept, after every epoch.
    func started(_ digest: UInt64) -> UInt32 { entry(digest)?.epoch ?? .max }

    /// When the cell started to be kept; nil for what was there from the beginning.
    public func since(_ digest: UInt64) -> Instant? { entry(digest)?.since }

    private func entry(_ digest: UInt64) -> Entry? { entries.first { $0.digest == digest } }

    /// The history's bytes in the changelog.
    public var encoded: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 24 + entries.count * 32) { buffer, count in
            var writer = StateWriter(UnsafeMutableRawBufferPointer(buffer))
            writer.byte(1)
            writer.number(UInt64(epoch))
            writer.number(UInt64(entries.count))
            for entry in entries {
                writer.fixed(entry.digest)
                writer.number(UInt64(entry.epoch))
                writer.byte(entry.since == nil ? 0 : 1)
                if let since = entry.since { writer.signed(since.milliseconds) }
            }
            count = writer.count
        }
    }

    /// Reads what `encoded` gave; all of the bytes.
    public init(decoding bytes: [UInt8]) throws(StateError) {
        var result: Result<CellHistory, StateError> = .failure(StateError(.malformed))
        bytes.withUnsafeBytes { raw in
            do throws(StateError) {
                result = .success(try CellHistory(decoding: raw))
            } catch {
                result = .failure(error)
            }
        }
        self = try result.get()
    }

    /// Reads what `encoded` gave; all of the bytes.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(StateError) {
        var reader = StateReader(bytes)
        guard try reader.byte() == 1 else { throw StateError(.unknownVersion) }
        epoch = UInt32(clamping: try reader.number())
        for _ in 0..<(try reader.count(limit: Layout.maximumCells)) {
            let digest = try reader.fixed()
            let epoch = UInt32(clamping: try reader.number())
            let since =
                try reader.byte() == 0 ? nil : Instant(milliseconds: try reader.signed())
            guard entries.last.map({ $0.digest < digest }) ?? true, epoch <= self.epoch else {
                throw StateError(.malformed)
            }
            entries.append(Entry(digest: digest, epoch: epoch, since: since))
        }
        guard reader.isAtEnd else { throw StateError(.malformed) }
    }
}
