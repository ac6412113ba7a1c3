import AuditTrail
import SafetyModel
import Streaming
import Testing

private let task = TaskID(stage: "assess", partition: 3)
private let accounts = TopicPartition("platform.accounts.v1", 3)
private let groups = TopicPartition("platform.groups.v1", 3)

@Suite("Ledger")
struct LedgerTests {
    @Test("A record reads back as it was written")
    func roundTrip() throws {
        var entry = entry(0, from: [0, 0], to: [10, 4], delivered: [9, 3])
        entry.inputs[0].exceptions = [OutcomeRuns(outcome: .duplicate, runs: [2..<4, 6..<7])]
        entry.inputs[1].watermarkBefore = -5
        entry.outcomes = [
            OutcomeCount(outcome: .assessed, count: 9), OutcomeCount(outcome: .duplicate, count: 3),
        ]
        entry.context.modelDigests = [LedgerEntry.noDigest]
        #expect(try LedgerEntry(wireBytes: entry.wireBytes) == entry)
    }

    @Test("A meta row reads back as it was written")
    func metaRow() throws {
        let row = MetaRow(
            task: task, chainHead: LedgerEntry.noDigest, nextSequence: 7,
            inputs: [
                MetaInput(source: accounts, nextOffset: 0, watermark: nil),
                MetaInput(source: groups, nextOffset: 12, watermark: 0),
            ],
            bankVersion: 3, packDigest: [1, 2], partitions: 8, settingsDigest: [3],
            engineVersion: "1", partitioner: "murmur2")
        #expect(try MetaRow(wireBytes: row.wireBytes) == row)
        #expect(throws: LedgerFormError.self) { try MetaRow(wireBytes: [0xff, 0xff]) }
    }

    @Test("A chain whose ranges tile and whose counts add up is accepted")
    func accepted() throws {
        var verifier = LedgerVerifier(task: task)
        for value in chain() { _ = try verifier.check(value) }
        #expect(verifier.reached == [accounts: 30, groups: 8])
        #expect(verifier.totals == [.assessed: 27])
    }

    @Test("A record that was left out, repeated or changed is found")
    func tampered() {
        let chain = chain()
        expect(.sequence(found: 2, expected: 1), in: [chain[0], chain[2]])
        expect(.sequence(found: 0, expected: 1), in: [chain[0], chain[0]])
        expect(
            .brokenChain,
            in: [
                entry(0, from: [0, 0], to: [10, 4], delivered: [8, 1], bank: 99).wireBytes,
                chain[1],
            ])
    }

    @Test("A gap between ranges is named with both positions")
    func gap() {
        let first = entry(0, from: [0, 0], to: [10, 4], delivered: [8, 1])
        var second = entry(1, from: [11, 4], to: [12, 4], delivered: [1, 0])
        second.previousDigest = ledgerDigest(first.wireBytes)
        expect(.gap(accounts, found: 11, expected: 10), in: [first.wireBytes, second.wireBytes])
    }

    @Test("Counts that do not add up are found")
    func sums() {
        var short = entry(0, from: [0, 0], to: [10, 4], delivered: [8, 1])
        short.outcomes = [OutcomeCount(outcome: .assessed, count: 8)]
        expect(.sums("8 outcomes for 9 delivered records"), in: [short.wireBytes])
        var unlisted = entry(0, from: [0, 0], to: [10, 4], delivered: [8, 1])
        unlisted.inputs[0].exceptions = [OutcomeRuns(outcome: .late, runs: [1..<2])]
        expect(.sums("runs without a count"), in: [unlisted.wireBytes])
    }

    @Test("An offset has one outcome, inside its range")
    func runs() {
        var twice = entry(0, from: [0, 0], to: [10, 4], delivered: [8, 1])
        twice.inputs[0].exceptions = [
            OutcomeRuns(outcome: .duplicate, runs: [1..<3]),
            OutcomeRuns(outcome: .late, runs: [2..<4]),
        ]
        expect(.twoOutcomes(accounts, at: 2), in: [twice.wireBytes])
        var outside = entry(0, from: [0, 0], to: [10, 4], delivered: [8, 1])
        outside.inputs[1].exceptions = [OutcomeRuns(outcome: .late, runs: [3..<6])]
        expect(.badRun(groups, .late, at: 3), in: [outside.wireBytes])
    }

    @Test("The first record must say where the task began, and no other may")
    func genesis() {
        var first = entry(0, from: [0, 0], to: [10, 4], delivered: [8, 1])
        first.genesis = nil
        expect(.noGenesis, in: [first.wireBytes])
    }

    @Test("Consecutive offsets of one outcome are one run; gaps split it")
    func runLengths() {
        var builder = RecordChunkBuilder(sources: [accounts])
        for offset: Int64 in [4, 5, 6, 9, 10] {
            builder.append(
                source: 0, offset: offset, timestamp: 0, key: nil, value: [], headers: [])
        }
        let chunk = builder.finish()
        let batch = TaskBatch(
            task: task,
            ranges: [OffsetRange(source: accounts, from: 4, to: 11, delivered: 5)],
            records: (0..<5).map { chunk[$0] })
        let (inputs, counts) = ledgerInputs(
            batch, outcomes: [.duplicate, .duplicate, .deadLetter, .duplicate, .assessed],
            watermarksBefore: [accounts: 77])
        #expect(
            inputs[0].exceptions == [
                OutcomeRuns(outcome: .duplicate, runs: [4..<6, 9..<10]),
                OutcomeRuns(outcome: .deadLetter, runs: [6..<7]),
            ])
        #expect(inputs[0].watermarkBefore == 77)
        #expect(counts.map(\.count) == [1, 3, 1])
    }

    @Test("The output digest ignores time stamps and nothing else")
    func outputDigest() {
        func digest(
            partition: Int32 = 1, key: [UInt8]? = [1], value: [UInt8]? = [2],
            headers: [Header] = [Header("a", "b")], timestamp: Int64? = nil
        ) -> [UInt8] {
            var output = OutputBatch()
            output.append(
                topic: "t", partition: partition, key: key, value: value, headers: headers,
                timestamp: timestamp)
            var digest = OutputDigest()
            digest.add(contentsOf: output)
            return digest.finish()
        }
        #expect(digest(timestamp: 5) == digest(timestamp: 6))
        let others = [
            digest(), digest(partition: 2), digest(key: nil), digest(key: []), digest(value: nil),
            digest(value: []), digest(headers: []), digest(headers: [Header("ab", "")]),
        ]
        #expect(Set(others).count == others.count)
    }
}

private func entry(
    _ sequence: UInt64, from: [Int64], to: [Int64], delivered: [Int64], bank: Int64 = 1
) -> LedgerEntry {
    LedgerEntry(
        task: task, sequence: sequence, previousDigest: LedgerEntry.noDigest,
        inputs: [accounts, groups].enumerated().map { index, source in
            LedgerInput(
                range: OffsetRange(
                    source: source, from: from[index], to: to[index], delivered: delivered[index]),
                exceptions: [], watermarkBefore: nil)
        },
        outcomes: [
            OutcomeCount(outcome: .assessed, count: UInt64(delivered.reduce(0, +)))
        ],
        outputDigest: LedgerEntry.noDigest, outputs: [OutputCount(topic: "t", count: 2)],
        changelogDigest: LedgerEntry.noDigest, changelogRows: 3,
        context: LedgerContext(
            packDigest: LedgerEntry.noDigest, bankVersion: bank,
            regimeDigest: LedgerEntry.noDigest, settingsDigest: LedgerEntry.noDigest,
            modelDigests: [], sealingKeyID: "key", engineVersion: "1", partitions: 8),
        genesis: sequence == 0
            ? [accounts, groups].enumerated().map {
                SourcePosition(source: $1, offset: from[$0])
            } : nil)
}

private func chain() -> [[UInt8]] {
    let ranges: [(from: [Int64], to: [Int64])] = [
        ([0, 0], [10, 4]), ([10, 4], [20, 4]), ([20, 4], [30, 8]),
    ]
    var previous = LedgerEntry.noDigest
    return ranges.enumerated().map { index, range in
        var entry = entry(UInt64(index), from: range.from, to: range.to, delivered: [9, 0])
        entry.previousDigest = previous
        let bytes = entry.wireBytes
        previous = ledgerDigest(bytes)
        return bytes
    }
}

private func expect(
    _ kind: LedgerFault.Kind, in values: [[UInt8]], at location: SourceLocation = #_sourceLocation
) {
    #expect(sourceLocation: location) {
        var verifier = LedgerVerifier(task: task)
        for value in values { _ = try verifier.check(value) }
    } throws: { error in
        (error as? LedgerFault)?.kind == kind
    }
}
