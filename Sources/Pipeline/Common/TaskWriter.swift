public import AuditTrail
internal import Crypto
internal import EventSchemas
internal import SafetyModel
internal import StateStore
public import Streaming

/// The core of the write actor, for one task of either stage: turns a `TaskResult` into everything
/// that its transaction holds, and keeps the ledger's chain and the meta row.
public struct TaskWriter: Sendable {
    private struct Head: Sendable {
        var chain: [UInt8]
        var sequence: UInt64
        var genesis: [SourcePosition]?
        var positions: [TopicPartition: Int64]
        var watermarks: [TopicPartition: Int64]
        var bankVersion: Int64
        var packDigest: [UInt8]
    }

    let task: TaskID
    let context: WriterContext
    private let settingsDigest: [UInt8]
    private let regimeDigest: [UInt8]
    private var committed: Head
    private var open: Head?

    /// - Parameter meta: the meta row that was restored; nil for a task without history.
    /// - Throws: when the row was written with another number of partitions or another partitioner.
    public init(
        task: TaskID, context: WriterContext, meta: MetaRow?
    ) throws(PipelineError) {
        self.task = task
        self.context = context
        settingsDigest = Self.settingsDigest(context)
        regimeDigest = context.settings.regimeDigest
        committed = Head(
            chain: LedgerEntry.noDigest, sequence: 0, genesis: nil, positions: [:],
            watermarks: [:], bankVersion: 0, packDigest: [])
        guard let meta else { return }
        guard meta.task == task else {
            throw .settingsMismatch(task, "the changelog belongs to task \(meta.task)")
        }
        guard meta.partitions == context.settings.partitions else {
            throw .settingsMismatch(
                task,
                "its state was written with \(meta.partitions) partitions, the settings say "
                    + "\(context.settings.partitions); the number is fixed for a pipeline's life")
        }
        guard meta.partitioner == context.settings.partitioner.rawValue else {
            throw .settingsMismatch(
                task,
                "its state was written with partitioner \(meta.partitioner), the settings say "
                    + "\(context.settings.partitioner.rawValue); subjects would lose their homes")
        }
        committed.chain = meta.chainHead
        committed.sequence = meta.nextSequence
        committed.bankVersion = meta.bankVersion
        committed.packDigest = meta.packDigest
        for input in meta.inputs {
            committed.positions[input.source] = input.nextOffset
            committed.watermarks[input.source] = input.watermark
        }
    }

    /// What the ledger's settings digest is for a stage.
    static func settingsDigest(_ context: WriterContext) -> [UInt8] {
        if context.stageSettingsDigest.isEmpty { return context.settings.digest }
        return Array(SHA256.hash(data: context.settings.digest + context.stageSettingsDigest))
    }

    /// The next offsets, nil where the task has no history.
    public var positions: [TopicPartition: Int64]? {
        committed.sequence == 0 && committed.positions.isEmpty ? nil : committed.positions
    }

    /// Largest event time seen in each source, Unix milliseconds, as committed.
    public var watermarks: [TopicPartition: Int64] { committed.watermarks }

    /// The bank version that the last committed batch used.
    public var bankVersion: Int64 { committed.bankVersion }

    /// The pack of the last committed batch, empty where there is none.
    public var packDigest: [UInt8] { committed.packDigest }

    /// The task has no history; the first ledger record names these positions.
    public mutating func begin(at positions: [TopicPartition: Int64]) {
        committed.positions = positions
        committed.genesis = positions.sorted { $0.key < $1.key }
            .map { SourcePosition(source: $0.key, offset: $0.value) }
    }

    /// Appends all records of one batch's transaction.
    /// - Returns: rows and bytes of changelog, for metrics.
    @discardableResult
    public mutating func write(
        _ result: TaskResult, to output: inout OutputBatch
    ) -> (rows: Int, bytes: Int) {
        var downstream = result.outputs
        appendDeadLetters(result, to: &downstream)
        let (inputs, counts) = ledgerInputs(
            result.batch, outcomes: result.outcomes, watermarksBefore: committed.watermarks)
        var outputDigest = OutputDigest()
        outputDigest.add(contentsOf: downstream)
        var entry = LedgerEntry(
            task: task, sequence: committed.sequence, previousDigest: committed.chain,
            inputs: inputs, outcomes: counts, outputDigest: outputDigest.finish(),
            outputs: outputCounts(downstream), changelogDigest: digest(of: result.changes),
            changelogRows: UInt64(result.changes.count), context: ledgerContext(result),
            genesis: committed.sequence == 0 ? committed.genesis ?? [] : nil)
        entry.suppressions = result.suppressions.first
        entry.suppressedCount = UInt64(result.suppressions.count)
        let ledger = entry.wireBytes

        var next = committed
        next.chain = ledgerDigest(ledger)
        next.sequence += 1
        next.genesis = nil
        for range in result.batch.ranges { next.positions[range.source] = range.to }
        next.watermarks.merge(result.watermarks) { _, new in new }
        next.bankVersion = result.bankVersion
        next.packDigest = result.packDigest
        open = next

        appendPublished(downstream, to: &output)
        appendChangelog(result.changes, meta: metaRow(next), to: &output)
        appendLedger(entry, ledger, time: result.watermarks.values.max() ?? 0, to: &output)
        return (result.changes.count, result.changes.byteCount)
    }

    /// The batch was committed.
    public mutating func publish() {
        if let open { committed = open }
        open = nil
    }

    /// The batch was not committed.
    public mutating func discard() {
        open = nil
    }
}

extension TaskWriter {
    private func ledgerContext(_ result: TaskResult) -> LedgerContext {
        var ledger = LedgerContext(
            packDigest: result.packDigest, bankVersion: result.bankVersion,
            regimeDigest: regimeDigest, settingsDigest: settingsDigest,
            modelDigests: context.modelDigests.sorted { $0.lexicographicallyPrecedes($1) },
            sealingKeyID: context.sealer.keyID, engineVersion: WriterContext.engineVersion,
            partitions: context.settings.partitions)
        ledger.textDigests = result.textDigests
        return ledger
    }

    private func metaRow(_ head: Head) -> MetaRow {
        MetaRow(
            task: task, chainHead: head.chain, nextSequence: head.sequence,
            inputs: head.positions.sorted { $0.key < $1.key }.map {
                MetaInput(
                    source: $0.key, nextOffset: $0.value, watermark: head.watermarks[$0.key])
            },
            bankVersion: head.bankVersion, packDigest: head.packDigest,
            partitions: context.settings.partitions, settingsDigest: settingsDigest,
            engineVersion: WriterContext.engineVersion,
            partitioner: context.settings.partitioner.rawValue)
    }

    private func digest(of changes: ChangeSet) -> [UInt8] {
        var digest = OutputDigest()
        changes.forEach { key, value in
            digest.add(
                topic: context.stateTopic, partition: task.partition, key: key, value: value,
                headers: nil)
        }
        return digest.finish()
    }

    private func outputCounts(_ output: OutputBatch) -> [OutputCount] {
        var counts = [UInt64](repeating: 0, count: output.topics.count)
        for entry in output.entries { counts[entry.topic] += 1 }
        return zip(output.topics, counts).filter { $0.1 > 0 }.sorted { $0.0 < $1.0 }
            .map { OutputCount(topic: $0.0, count: $0.1) }
    }

    /// Rows carry no headers: they are the bulk of what is written.
    private func appendChangelog(
        _ changes: ChangeSet, meta: MetaRow, to output: inout OutputBatch
    ) {
        changes.forEach { key, value in
            output.append(
                topic: context.stateTopic, partition: task.partition, keyBytes: key,
                valueBytes: value)
        }
        output.append(
            topic: context.stateTopic, partition: task.partition, key: MetaRow.key,
            value: meta.wireBytes)
    }

    private func appendLedger(
        _ entry: LedgerEntry, _ value: [UInt8], time: Int64, to output: inout OutputBatch
    ) {
        let event = CloudEvent(
            id: "\(task)/\(entry.sequence)", type: EventType.ledger, source: context.eventSource,
            time: Instant(milliseconds: time), subject: "\(task)")
        output.append(
            topic: context.settings.topics.ledger, partition: task.partition,
            key: Array("\(task)".utf8), value: value, headers: event.headers)
    }

    /// Downstream records as they are, or in JSON where the settings say so.
    private func appendPublished(_ downstream: OutputBatch, to output: inout OutputBatch) {
        guard context.settings.outputFormat == .json else {
            output.append(contentsOf: downstream)
            return
        }
        for entry in downstream.entries {
            let topic = downstream.topics[entry.topic]
            var value = entry.value.map { Array(downstream.bytes[$0]) }
            var headers = HeaderBlock.headers(in: Array(downstream.bytes[entry.headers]))
            if let protobuf = value, let json = context.json(protobuf, of: topic) {
                value = json
                for index in headers.indices where headers[index].name == "content-type" {
                    headers[index].value = Array(WireFormat.json.contentType.utf8)
                }
            }
            output.append(
                topic: topic, partition: entry.partition,
                key: entry.key.map { Array(downstream.bytes[$0]) }, value: value,
                headers: headers, timestamp: entry.timestamp)
        }
    }
}

extension HeaderBlock {
    static func headers(in block: [UInt8]) -> [Header] {
        var headers: [Header] = []
        block.withUnsafeBytes {
            forEach(in: $0) { name, value in
                headers.append(Header(String(decoding: name, as: UTF8.self), [UInt8](value)))
            }
        }
        return headers
    }
}
