internal import EventSchemas
internal import Policy
internal import StateStore
internal import Streaming

/// The packs that a pipeline has used, as `tutela.packs.v1` keeps them.
struct RecordedPacks: Sendable {
    private var packs: [[UInt8]: Pack] = [:]

    /// Reads the whole topic; a log without one has none. A record that is no pack of this language
    /// is left out, so that the replay says which pack it misses.
    init(_ log: any EventLog, topic: String) async throws {
        guard try await log.partitionCount(of: topic) != nil else { return }
        var found: [Pack] = []
        try await readChangelog(TopicPartition(topic, 0), of: log, progress: { _, _ in }) {
            record in
            guard let value = record.bytes(of: .value),
                let form = PBPackRecord(canonicalBytes: value)?.normalForm,
                let pack = try? Pack.load(
                    yaml: String(decoding: form, as: UTF8.self), file: topic)
            else { return }
            found.append(pack)
        }
        for pack in found { packs[pack.digest] = pack }
    }

    func pack(_ digest: [UInt8]) -> Pack? { packs[digest] }
}
