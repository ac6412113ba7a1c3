import EventSchemas
import Pipeline
import SafetyModel
import Streaming
import Testing

@Suite("Tasks matched together")
struct GroupedMatchTests {
    private static let tasks: Int32 = 3
    /// Three of these are looked up together, one alone is not.
    private static let photosOfTask = 200

    @Test("Three tasks together write what each writes alone, one of them held at an older bank")
    func together() async throws {
        let rig = try AssessRig(partitions: Self.tasks)
        try await rig.send((0..<9_000).map { entry("entry-\($0)", Self.digest($0)) })
        let version = try await feed(rig).catchUp()
        try await rig.send(photos(rig))
        // Every task has one photo near it; the first must not see it.
        try await rig.send([entry("newest", Self.digest(20_000))])
        let alone = try await outputs(rig, largeBank: .max, first: version)
        let together = try await outputs(rig, largeBank: 0, first: version)
        #expect(together.bytes == alone.bytes)
        #expect(together.count == alone.count)
        let proposals = try proposals(in: together, rig)
        let matched = proposals.filter { $0.value.contains("entry-") }
        #expect(Set(matched.keys.map { rig.home($0) }) == [0, 1, 2])
        let newest = proposals.filter { $0.value.contains("newest") }
        #expect(Set(newest.keys.map { rig.home($0) }) == [1, 2])
    }

    /// The first task's round is dropped at `first` and runs again with the others once the bank has
    /// moved.
    private func outputs(
        _ rig: AssessRig, largeBank: Int, first: Int64
    ) async throws -> OutputBatch {
        let feed = feed(rig)
        let stage = AssessStage(
            settings: rig.settings, pack: rig.pack, bank: feed, log: rig.log, sealer: rig.sealer,
            largeBank: largeBank)
        let batches = try await batches(rig)
        for batch in batches {
            #expect(try await stage.open(batch.task) == nil)
            try await stage.begin(
                batch.task,
                at: Dictionary(uniqueKeysWithValues: batch.ranges.map { ($0.source, 0) }))
        }
        try await feed.move(to: first, for: batches[0].task)
        _ = try await stage.process([batches[0]])
        await stage.discard()
        try await feed.catchUp()
        let output = try await stage.process(batches)
        await stage.publish()
        return output
    }

    private func batches(_ rig: AssessRig) async throws -> [TaskBatch] {
        let topics = rig.settings.topics
        let records = try await rig.read(topics.accounts)
        return (0..<Self.tasks).map { partition in
            let mine = records.filter { $0.source.partition == partition }
            return TaskBatch(
                task: TaskID(stage: AssessStage.name, partition: partition),
                ranges: topics.assessSources.map { topic in
                    let count = topic == topics.accounts ? Int64(mine.count) : 0
                    return OffsetRange(
                        source: TopicPartition(topic, partition), from: 0, to: count,
                        delivered: count)
                }, records: mine)
        }
    }

    /// Half of them near a listed digest, one of them near the newest.
    private func photos(_ rig: AssessRig) -> [Input] {
        var counts = [Int](repeating: 0, count: Int(Self.tasks))
        var inputs: [Input] = []
        var number = 0
        while inputs.count < Int(Self.tasks) * Self.photosOfTask {
            number += 1
            let account = "account-\(number)"
            let home = Int(rig.home(account))
            guard counts[home] < Self.photosOfTask else { continue }
            counts[home] += 1
            let listed = counts[home] == 1 ? 20_000 : number % 2 == 0 ? number : 50_000 + number
            var digest = Self.digest(listed)
            digest[number % 32] ^= 0x15
            inputs.append(TestEvents.near(account, id: "photo-\(number)", pdq: digest))
        }
        return inputs
    }

    /// What was proposed about each account, as text that holds the entries' ids.
    private func proposals(in output: OutputBatch, _ rig: AssessRig) throws -> [String: String] {
        var found: [String: String] = [:]
        for entry in output.entries
        where output.topics[entry.topic] == rig.settings.topics.proposals {
            let key = try #require(entry.key)
            let value = try #require(entry.value)
            found[String(decoding: output.bytes[key], as: UTF8.self), default: ""] +=
                String(decoding: output.bytes[value], as: UTF8.self)
        }
        return found
    }

    private func feed(_ rig: AssessRig) -> BankFeed {
        BankFeed(log: rig.log, topic: rig.settings.topics.hashEntries, sealer: rig.sealer)
    }

    private func entry(_ id: String, _ digest: [UInt8]) -> Input {
        TestEvents.hashEntry(
            HashEntry(
                operation: .add, bank: "list-a", entry: id, category: .csam,
                digest: MediaDigest(.pdq, digest), source: "test", listVersion: "1"))
    }

    /// Far from every other's.
    private static func digest(_ number: Int) -> [UInt8] {
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<32).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 32)
        }
    }
}
