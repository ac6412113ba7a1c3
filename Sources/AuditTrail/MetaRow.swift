internal import EventSchemas
public import Streaming

internal import FoundationEssentials

/// Where a task stands: the row of its changelog that is written with every commit.
public struct MetaRow: Hashable, Sendable {
    /// Whose row.
    public var task: TaskID
    /// SHA-256 of the last ledger record.
    public var chainHead: [UInt8]
    /// What the next ledger record has.
    public var nextSequence: UInt64
    /// Next offsets and watermarks, in the engine's order.
    public var inputs: [MetaInput]
    /// Of the last batch.
    public var bankVersion: Int64
    /// Of the last batch; empty for Enforce.
    public var packDigest: [UInt8]
    /// Partitions of the pipeline's topics.
    public var partitions: Int32
    /// Of the last batch.
    public var settingsDigest: [UInt8]
    /// Of the last batch.
    public var engineVersion: String
    /// Which partitioner gave subjects their home.
    public var partitioner: String

    /// Layout of the rows of state; another is refused.
    public static let schemaVersion: UInt32 = 1
    /// The row's key in the changelog.
    public static let key = Array("meta".utf8)

    /// Makes a row.
    public init(
        task: TaskID, chainHead: [UInt8], nextSequence: UInt64, inputs: [MetaInput],
        bankVersion: Int64, packDigest: [UInt8], partitions: Int32, settingsDigest: [UInt8],
        engineVersion: String, partitioner: String
    ) {
        self.task = task
        self.chainHead = chainHead
        self.nextSequence = nextSequence
        self.inputs = inputs
        self.bankVersion = bankVersion
        self.packDigest = packDigest
        self.partitions = partitions
        self.settingsDigest = settingsDigest
        self.engineVersion = engineVersion
        self.partitioner = partitioner
    }

    /// The row's value: `tutela.v1.MetaRow` in canonical form.
    public var wireBytes: [UInt8] {
        var row = PBMetaRow()
        row.task = wireTask(task)
        row.chainHead = Data(chainHead)
        row.nextSequence = nextSequence
        row.inputs = inputs.map { input in
            build(PBInputPosition()) {
                $0.topic = input.source.topic
                $0.partition = UInt32(input.source.partition)
                $0.nextOffset = input.nextOffset
                if let watermark = input.watermark { $0.watermarkUnixMs = watermark }
            }
        }
        row.bankVersion = bankVersion
        row.packDigest = Data(packDigest)
        row.partitions = UInt32(partitions)
        row.settingsDigest = Data(settingsDigest)
        row.schemaVersion = Self.schemaVersion
        row.engineVersion = engineVersion
        row.partitioner = partitioner
        return row.canonicalBytes()
    }

    /// Reads a row.
    /// - Throws: what is wrong with its form.
    public init(wireBytes bytes: [UInt8]) throws(LedgerFormError) {
        guard let row = PBMetaRow(canonicalBytes: bytes) else {
            throw LedgerFormError("not a meta row")
        }
        guard row.schemaVersion == Self.schemaVersion else {
            throw LedgerFormError(
                "state layout \(row.schemaVersion), this program reads \(Self.schemaVersion)")
        }
        guard let partitions = Int32(exactly: row.partitions) else {
            throw LedgerFormError("partitions out of range")
        }
        var inputs: [MetaInput] = []
        for input in row.inputs {
            inputs.append(
                MetaInput(
                    source: try source(input.topic, input.partition),
                    nextOffset: input.nextOffset,
                    watermark: input.hasWatermarkUnixMs ? input.watermarkUnixMs : nil))
        }
        self.init(
            task: try taskID(row.task), chainHead: Array(row.chainHead),
            nextSequence: row.nextSequence, inputs: inputs, bankVersion: row.bankVersion,
            packDigest: Array(row.packDigest), partitions: partitions,
            settingsDigest: Array(row.settingsDigest), engineVersion: row.engineVersion,
            partitioner: row.partitioner)
    }
}

/// Next offset and watermark of one source.
public struct MetaInput: Hashable, Sendable {
    /// The source.
    public var source: TopicPartition
    /// The next offset to read.
    public var nextOffset: Int64
    /// Largest event time seen, Unix milliseconds; nil where none was.
    public var watermark: Int64?

    /// Makes an input.
    public init(source: TopicPartition, nextOffset: Int64, watermark: Int64?) {
        self.source = source
        self.nextOffset = nextOffset
        self.watermark = watermark
    }
}
