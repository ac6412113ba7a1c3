import EventSchemas
public import SafetyModel
public import Streaming

/// Makes the traffic of a simulated messaging platform, labelled and repeatable.
///
/// Call `hashEntries` once, then `nextSlice` until it returns nil. Between slices hand it what the
/// pipeline published (`observe`), so that patterns react and the reviewer has something to read.
public struct Simulator: Sendable {
    public let settings: SimulationSettings
    /// What is true and what the pipeline is never told.
    public var truth: GroundTruth { world.truth }

    var world: World
    var agenda = Agenda()
    var random: SeededRandom
    var noise: SeededRandom
    var incidents: [Incident] = []
    var reviewer: SimulatedReviewer
    let catalogue: Catalogue
    var outbox = Outbox()
    private var sliceIndex = 0

    public init(_ settings: SimulationSettings) {
        self.settings = settings
        random = SeededRandom(seed: settings.seed, label: "ordinary")
        noise = SeededRandom(seed: settings.seed, label: "noise")
        var list = SeededRandom(seed: settings.seed, label: "catalogue")
        catalogue = Catalogue(&list)
        world = World(settings)
        reviewer = SimulatedReviewer(settings)
        populate()
        planIncidents()
    }

    /// The public key that the reviewer's signatures are checked with, 32 bytes.
    public var reviewerKey: [UInt8] { reviewer.publicKey }
    /// The name of the reviewer's key, and the reviewer's own.
    public static let reviewerKeyID = "simulated-key"
    public static let reviewerID = "simulated-reviewer"
    /// Terms that offenders' texts hold, and some of those who speak about them; they mean nothing.
    public static let standInTerms = GeneratedText.terms
    /// Banks whose exact matches may be called conclusive.
    public static let conclusiveBanks = ["list-a", "list-b"]

    /// The bank's entries, to be written before the first slice.
    public func hashEntries() -> OutputBatch {
        var batch = OutputBatch()
        for (index, entry) in catalogue.entries().enumerated() {
            let record = OutgoingRecord(
                topic: settings.topics.hashEntries, partition: 0,
                key: "\(entry.bank)/\(entry.added.entryID)", type: EventType.hashEntryAdded,
                id: "entry-\(index)", subject: nil, time: settings.start,
                value: encode(entry), format: settings.format)
            batch.append(record, stamp: settings.stampsRecords ? settings.start : nil)
        }
        return batch
    }

    /// The next hour of event time; nil after the last.
    public mutating func nextSlice() -> SimulatedSlice? {
        guard sliceIndex < settings.sliceCount else { return nil }
        let start = settings.start + TimeSpan.hours(Int64(sliceIndex))
        let end = start + SimulationSettings.slice
        sliceIndex += 1
        planOrdinary(from: start, hour: sliceIndex % 24)
        while let (time, act) = agenda.next(before: end) {
            perform(act, at: time)
        }
        var slice = SimulatedSlice(index: sliceIndex - 1, start: start, end: end)
        let stamp = settings.stampsRecords ? end : nil
        for record in outbox.take(until: end, settings, &noise) {
            slice.records.append(record, stamp: stamp)
            slice.counts[record.trueType ?? record.type, default: 0] += 1
        }
        if settings.hasReviewer {
            for record in reviewer.verdicts(until: end, truth: world.truth) {
                slice.records.append(record, stamp: stamp)
                slice.counts[record.type, default: 0] += 1
            }
            closeFalseReports()
        }
        return slice
    }

    /// Where a reviewer finds nothing, the platform closes what was reported in bad faith as that.
    private mutating func closeFalseReports() {
        for subject in reviewer.cleared {
            for (place, reporter) in world.takeFalseReports(subject).enumerated() {
                let at = now + .seconds(Int64(60 + place))
                withdraw(subject, by: reporter, isAbusive: true, at: at)
            }
        }
    }

    /// The first event time that is not made yet.
    var now: Instant { settings.start + TimeSpan.hours(Int64(sliceIndex)) }

    private mutating func populate() {
        for _ in 0..<settings.accounts {
            let age = TimeSpan.hours(Int64(24 * 10 + random.below(24 * 900)))
            _ = world.addAccount(registered: settings.start - age, &random)
        }
        for _ in 0..<max(1, settings.accounts / 20) {
            guard let creator = world.someone(&random) else { continue }
            let group = world.addGroup(
                creator: creator, name: GeneratedText.name(&random), &random)
            if random.chance(0.4) { _ = world.addLink(group: group, &random) }
        }
    }

    private mutating func perform(_ act: Act, at time: Instant) {
        switch act {
        case .ordinary(let habit): perform(habit, at: time)
        case .step(let incident): step(incident, at: time)
        case .deed(let deed, let incident): perform(deed, of: incident, at: time)
        case .reinstate(let account):
            accountEvent(account, "reinstated", at: time, .reinstated(PBAccountReinstated()))
        }
    }
}

/// One hour of the simulated platform.
public struct SimulatedSlice: Sendable {
    /// From 0.
    public var index: Int
    public var start: Instant
    public var end: Instant
    /// Platform events in the order of time, then the reviewer's verdicts.
    public var records = OutputBatch()
    /// Records by `ce_type`, as it was before any damage.
    public var counts: [String: Int] = [:]
}
