internal import EventSchemas
internal import SafetyModel
internal import Streaming

internal import FoundationEssentials

extension LedgerEntry {
    /// The record's value: `tutela.v1.LedgerRecord` in canonical form. The chain's digests are
    /// SHA-256 over exactly these bytes.
    public var wireBytes: [UInt8] {
        var record = PBLedgerRecord()
        record.task = wireTask(task)
        record.sequence = sequence
        record.previousDigest = Data(previousDigest)
        record.inputs = inputs.map(\.wire)
        record.outputDigest = Data(outputDigest)
        record.outputs = outputs.map { output in
            build(PBOutputCount()) { ($0.topic, $0.count) = (output.topic, output.count) }
        }
        record.outcomes = outcomes.map { item in
            build(PBOutcomeCount()) { ($0.outcome, $0.count) = (item.outcome.wire, item.count) }
        }
        record.packDigest = Data(context.packDigest)
        record.bankVersion = context.bankVersion
        record.regimeDigest = Data(context.regimeDigest)
        record.settingsDigest = Data(context.settingsDigest)
        record.modelDigests = context.modelDigests.map { Data($0) }
        record.sealingKeyID = context.sealingKeyID
        record.engineVersion = context.engineVersion
        record.partitions = UInt32(context.partitions)
        record.genesis = genesis != nil
        record.lowWatermarks = (genesis ?? []).map { position in
            build(PBLowWatermark()) {
                $0.topic = position.source.topic
                $0.partition = UInt32(position.source.partition)
                $0.offset = position.offset
            }
        }
        record.changelogDigest = Data(changelogDigest)
        record.changelogRows = changelogRows
        record.suppressed = suppressions.map(\.wire)
        record.suppressedCount = suppressedCount
        record.textDigests = context.textDigests.map { item in
            build(PBNamedDigest()) { ($0.name, $0.digest) = (item.name, Data(item.digest)) }
        }
        return record.canonicalBytes()
    }

    /// Reads a record's value.
    /// - Throws: what is wrong with its form.
    public init(wireBytes bytes: [UInt8]) throws(LedgerFormError) {
        guard let record = PBLedgerRecord(canonicalBytes: bytes) else {
            throw LedgerFormError("not a ledger record")
        }
        guard let partitions = Int32(exactly: record.partitions) else {
            throw LedgerFormError("partitions out of range")
        }
        var inputs: [LedgerInput] = []
        for input in record.inputs { inputs.append(try LedgerInput(input)) }
        var outcomes: [OutcomeCount] = []
        for item in record.outcomes {
            guard let outcome = Outcome(item.outcome) else {
                throw LedgerFormError("unknown outcome")
            }
            outcomes.append(OutcomeCount(outcome: outcome, count: item.count))
        }
        var genesis: [SourcePosition] = []
        for low in record.lowWatermarks {
            let source = try source(low.topic, low.partition)
            genesis.append(SourcePosition(source: source, offset: low.offset))
        }
        self.init(
            task: try taskID(record.task), sequence: record.sequence,
            previousDigest: Array(record.previousDigest), inputs: inputs, outcomes: outcomes,
            outputDigest: Array(record.outputDigest),
            outputs: record.outputs.map { OutputCount(topic: $0.topic, count: $0.count) },
            changelogDigest: Array(record.changelogDigest), changelogRows: record.changelogRows,
            context: LedgerContext(
                packDigest: Array(record.packDigest), bankVersion: record.bankVersion,
                regimeDigest: Array(record.regimeDigest),
                settingsDigest: Array(record.settingsDigest),
                modelDigests: record.modelDigests.map { Array($0) },
                sealingKeyID: record.sealingKeyID, engineVersion: record.engineVersion,
                partitions: partitions),
            genesis: record.genesis ? genesis : nil)
        for item in record.suppressed { suppressions.append(try LedgerSuppression(item)) }
        suppressedCount = record.suppressedCount
        context.textDigests = record.textDigests.map {
            NamedDigest(name: $0.name, digest: Array($0.digest))
        }
    }
}

extension LedgerSuppression {
    fileprivate var wire: PBSuppressedMatch {
        build(PBSuppressedMatch()) {
            $0.topic = topic
            $0.offset = offset
            $0.mediaIndex = UInt32(clamping: media)
            $0.bank = bank
            $0.entryID = entry
            $0.distance = UInt32(distance)
            $0.threshold = UInt32(threshold)
            $0.benignBank = benignBank
            $0.benignEntryID = benignEntry
            $0.benignDistance = UInt32(benignDistance)
        }
    }

    fileprivate init(_ wire: PBSuppressedMatch) throws(LedgerFormError) {
        guard let distance = UInt16(exactly: wire.distance),
            let threshold = UInt16(exactly: wire.threshold),
            let benignDistance = UInt16(exactly: wire.benignDistance)
        else { throw LedgerFormError("the distance of a suppressed match is out of range") }
        self.init(
            topic: wire.topic, offset: wire.offset, media: Int(wire.mediaIndex), bank: wire.bank,
            entry: wire.entryID, distance: distance, threshold: threshold,
            benignBank: wire.benignBank, benignEntry: wire.benignEntryID,
            benignDistance: benignDistance)
    }
}

extension LedgerInput {
    fileprivate var wire: PBInputRange {
        build(PBInputRange()) {
            $0.topic = range.source.topic
            $0.partition = UInt32(range.source.partition)
            $0.from = range.from
            $0.to = range.to
            $0.delivered = UInt64(range.delivered)
            $0.outcomes = exceptions.map { item in
                build(PBOutcomeRuns()) {
                    $0.outcome = item.outcome.wire
                    $0.runs = item.runs.map { run in
                        build(PBOffsetRun()) {
                            ($0.firstOffset, $0.count) = (run.lowerBound, UInt64(run.count))
                        }
                    }
                }
            }
            if let watermarkBefore { $0.watermarkBeforeUnixMs = watermarkBefore }
        }
    }

    fileprivate init(_ wire: PBInputRange) throws(LedgerFormError) {
        var exceptions: [OutcomeRuns] = []
        for item in wire.outcomes {
            guard let outcome = Outcome(item.outcome), outcome != .assessed else {
                throw LedgerFormError("unknown outcome in an input's runs")
            }
            var runs: [Range<Int64>] = []
            for run in item.runs {
                guard let count = Int64(exactly: run.count), count > 0,
                    case let (end, overflow) = run.firstOffset.addingReportingOverflow(count),
                    !overflow
                else { throw LedgerFormError("a run of offsets is empty or out of range") }
                runs.append(run.firstOffset..<end)
            }
            exceptions.append(OutcomeRuns(outcome: outcome, runs: runs))
        }
        guard let delivered = Int64(exactly: wire.delivered) else {
            throw LedgerFormError("delivered is out of range")
        }
        self.init(
            range: OffsetRange(
                source: try source(wire.topic, wire.partition), from: wire.from, to: wire.to,
                delivered: delivered),
            exceptions: exceptions,
            watermarkBefore: wire.hasWatermarkBeforeUnixMs ? wire.watermarkBeforeUnixMs : nil)
    }
}

/// A ledger record or meta row that cannot be read.
public struct LedgerFormError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}

func wireTask(_ task: TaskID) -> PBTaskRef {
    build(PBTaskRef()) {
        $0.stage =
            task.stage == "assess" ? .assess : task.stage == "enforce" ? .enforce : .unspecified
        $0.partition = UInt32(task.partition)
    }
}

func taskID(_ wire: PBTaskRef) throws(LedgerFormError) -> TaskID {
    guard let partition = Int32(exactly: wire.partition) else {
        throw LedgerFormError("the task's partition is out of range")
    }
    switch wire.stage {
    case .assess: return TaskID(stage: "assess", partition: partition)
    case .enforce: return TaskID(stage: "enforce", partition: partition)
    case .unspecified, .UNRECOGNIZED: throw LedgerFormError("the task's stage is not known")
    }
}

func source(_ topic: String, _ partition: UInt32) throws(LedgerFormError) -> TopicPartition {
    guard let number = Int32(exactly: partition) else {
        throw LedgerFormError("a partition is out of range")
    }
    return TopicPartition(topic, number)
}

/// A message with its fields set.
func build<M>(_ message: M, _ set: (inout M) -> Void) -> M {
    var message = message
    set(&message)
    return message
}
