import Crypto
import EventSchemas
import Foundation
import HashLists
import Pipeline
import SafetyModel
import Streaming

/// The hash entries' topic as tools read and write it.
struct BankTopic {
    private let log: ToolLog
    let topic: String
    private let decoder = EventDecoder(sealer: NothingToSeal())

    init(_ log: ToolLog) {
        self.log = log
        topic = log.settings.pipeline.topics.hashEntries
    }

    /// One record that could be read.
    struct Item {
        var offset: Int64
        var update: BankUpdate
        var origin: EntryOrigin
    }

    /// Reads all there is, in order.
    /// - Returns: the bank version, and how many records could not be read.
    @discardableResult
    func forEach(
        _ body: (Item) throws -> Void, progress: (Int64, Int64) -> Void = { _, _ in }
    ) async throws -> (version: Int64, unreadable: Int) {
        guard try await log.log.partitionCount(of: topic) != nil else {
            throw ConfigurationError(
                where: topic, "there is no such topic", "run `tutela topics create` first")
        }
        let source = TopicPartition(topic, 0)
        let end = try await log.log.bounds(of: source).end
        let reader = try await log.log.openReader(source, from: 0, follow: false)
        var (version, unreadable): (Int64, Int) = (0, 0)
        do {
            while let chunk = try await reader.next() {
                for index in 0..<chunk.count {
                    let record = chunk[index]
                    version = record.offset + 1
                    if let item = item(of: record) {
                        try body(item)
                    } else {
                        unreadable += 1
                    }
                }
                progress(version, end)
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
        return (version, unreadable)
    }

    private func item(of record: Record) -> Item? {
        record.withView { view in
            guard let found = try? decoder.bankRecord(view) else { return nil }
            return Item(offset: record.offset, update: found.update, origin: found.origin)
        }
    }

    /// Appends the record of a change.
    func append(
        _ change: EntryChange, by tool: String, at now: Instant, to output: inout OutputBatch
    ) {
        let message = PBHashEntryEvent(change.entry, origin: change.origin)
        let changed = Instant(milliseconds: change.origin.changed)
        append(
            message, key: change.entry.recordKey, type: change.entry.eventType, by: tool,
            at: change.origin.changed > 0 ? changed : now, to: &output)
    }

    /// Appends a record; its id follows from its content (I5).
    func append(
        _ message: PBHashEntryEvent, key: String, type: String, by tool: String, at time: Instant,
        to output: inout OutputBatch
    ) {
        let value = message.canonicalBytes()
        let event = CloudEvent(
            id: "\(key)/\(Array(SHA256.hash(data: value)).prefix(16).hex)", type: type,
            source: "\(log.settings.pipeline.eventSource)/\(tool)", time: time, subject: key)
        output.append(
            topic: topic, partition: 0, key: Array(key.utf8), value: value,
            headers: event.headers)
    }
}

extension Instant {
    /// For what tools stamp; nothing that is decided rests on it.
    static var now: Instant {
        Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}
