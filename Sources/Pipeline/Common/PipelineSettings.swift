internal import Crypto
public import SafetyModel

/// What decides, beside packs and banks, what a task writes (I3). One value for the whole pipeline;
/// its digests are in every ledger record.
public struct PipelineSettings: Hashable, Sendable {
    /// How a value is written.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        case protobuf
        case json
    }

    /// What the topics are called.
    public var topics = Topics()
    /// Partitions of every topic of Assess, fixed for the pipeline's life.
    public var partitions: Int32
    /// Which partition an id lives in, fixed like the number of partitions.
    public var partitioner: Partitioner = .murmur2
    /// How far behind its source's watermark an event may be before its counters are skipped.
    public var allowedLateness: TimeSpan = .hours(1)
    /// How far an event's time may be past its record's time stamp; beyond it is impossible.
    public var maximumClockSkew: TimeSpan = .minutes(10)
    /// Values longer than this many bytes are dead letters, unread.
    public var maximumValueBytes = 960 << 10
    /// ISO 3166-1 alpha-2 regions whose legal regime forbids to process events.
    public var withheldRegions: Set<String> = []
    /// How values of the public output topics are written; internal topics are always protobuf.
    public var outputFormat: Format = .protobuf
    /// The `ce_source` of records that Tutela writes; the stage's name is appended.
    public var eventSource = "tutela"
    /// Marks everything this pipeline writes as a test, for those who carry it out.
    public var isTest = false

    /// The defaults.
    public init(partitions: Int32) {
        self.partitions = partitions
    }

    /// SHA-256 over the canonical form: `name=value` lines in a fixed order. Topic names and the
    /// output format are left out, for they change no decision.
    public var digest: [UInt8] {
        let lines = [
            "tutela-settings-v1",
            "partitions=\(partitions)",
            "partitioner=\(partitioner.rawValue)",
            "allowed-lateness-ms=\(allowedLateness.milliseconds)",
            "maximum-clock-skew-ms=\(maximumClockSkew.milliseconds)",
            "maximum-value-bytes=\(maximumValueBytes)",
            "event-source=\(eventSource)",
            "test=\(isTest)",
        ]
        return digest(of: lines)
    }

    /// SHA-256 over the canonical form of the legal regimes: withheld regions, sorted.
    public var regimeDigest: [UInt8] {
        digest(of: ["tutela-regimes-v1"] + withheldRegions.sorted().map { "withheld=\($0)" })
    }

    /// - Throws: what is wrong, in words for the person who wrote the settings.
    public func validate() throws(SettingsError) {
        if partitions < 1 {
            throw SettingsError("partitions is \(partitions), at least 1 is needed")
        }
        if allowedLateness.milliseconds < 0 { throw SettingsError("allowed lateness is negative") }
        if maximumClockSkew.milliseconds < 0 {
            throw SettingsError("maximum clock skew is negative")
        }
        if maximumValueBytes < 1 { throw SettingsError("maximum value bytes must be at least 1") }
        for region in withheldRegions where region.utf8.count != 2 {
            throw SettingsError("withheld region '\(region)' is not a two-letter ISO 3166-1 code")
        }
    }

    private func digest(of lines: [String]) -> [UInt8] {
        var hash = SHA256()
        for line in lines { hash.update(data: Array("\(line)\n".utf8)) }
        return Array(hash.finalize())
    }
}

/// Settings that cannot work, or do not fit what is already recorded.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String

    /// Makes an error.
    public init(_ description: String) {
        self.description = description
    }
}
