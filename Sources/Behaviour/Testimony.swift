public import SafetyModel

/// What a reviewer found about something that was reported. Raw values are in stored state.
enum Finding: UInt8, Sendable {
    case none = 0
    /// Nothing to act on.
    case unfounded = 1
    case upheld = 2
}

/// A report that an account filed.
struct FiledReport: Sendable, Equatable {
    var subject: Subject
    /// Of the newest report about it. What one report is about has one time.
    var time: Instant
    /// The latest: a later one replaces it.
    var finding: Finding
}

/// An account that reported the subject.
struct Witness: Sendable, Equatable {
    var account: String
    /// Of its newest report.
    var time: Instant
    /// A finding was told to it, and so is what corrects that.
    var isTold = false
}

/// An account of a group that was taken down, which came to this group.
struct Arrival: Sendable, Equatable {
    /// Of the group that was taken down.
    var mark: UInt64
    /// The account, as `distinct` features count it.
    var party: UInt64
    /// The sketch of that group's name; 0 where none is known.
    var name: UInt64
}

/// What is seldom known of a subject: the reports an account filed, who reported a subject, the
/// accounts that came to a group from one that was taken down.
struct Testimony: Sendable, Equatable {
    /// The most of each that are remembered (I11). Of filed reports those that nobody judged give
    /// way first, then the oldest; of the others the oldest.
    static let limit = 16
    /// Of reporters who were told a finding, besides (I11); the oldest give way.
    static let toldLimit = 32

    /// In order of arrival; each subject once.
    private(set) var filed: [FiledReport] = []
    /// In order of arrival; each account once.
    private(set) var witnesses: [Witness] = []
    /// In order; each pair of group and account once.
    private(set) var arrivals: [Arrival] = []

    init() {}

    var isEmpty: Bool { filed.isEmpty && witnesses.isEmpty && arrivals.isEmpty }

    init(filed: [FiledReport], witnesses: [Witness], arrivals: [Arrival]) {
        self.filed = filed
        self.witnesses = witnesses
        self.arrivals = arrivals
    }

    mutating func arrive(_ arrival: Arrival) {
        leave(arrival.party, from: arrival.mark)
        if arrivals.count == Self.limit { arrivals.removeFirst() }
        arrivals.reserveCapacity(arrivals.count + 1)
        arrivals.append(arrival)
    }

    mutating func leave(_ party: UInt64, from mark: UInt64) {
        arrivals.removeAll { $0.mark == mark && $0.party == party }
    }

    mutating func file(_ subject: Subject, at time: Instant) {
        if let index = filed.firstIndex(where: { $0.subject == subject }) {
            filed[index].time = max(filed[index].time, time)
            return
        }
        if filed.count == Self.limit {
            let open = filed.indices.filter { filed[$0].finding == .none }
            let candidates = open.isEmpty ? Array(filed.indices) : open
            guard let oldest = candidates.min(by: { filed[$0].time < filed[$1].time }) else {
                return
            }
            filed.remove(at: oldest)
        }
        filed.reserveCapacity(filed.count + 1)
        filed.append(FiledReport(subject: subject, time: time, finding: .none))
    }

    mutating func judge(_ subject: Subject, _ finding: Finding) {
        guard let index = filed.firstIndex(where: { $0.subject == subject }) else { return }
        filed[index].finding = finding
    }

    mutating func hear(_ account: String, at time: Instant) {
        if let index = witnesses.firstIndex(where: { $0.account == account }) {
            witnesses[index].time = max(witnesses[index].time, time)
            return
        }
        if witnesses.count(where: { !$0.isTold }) == Self.limit {
            guard let oldest = oldestWitness(isTold: false), witnesses[oldest].time < time else {
                return
            }
            witnesses.remove(at: oldest)
        }
        witnesses.reserveCapacity(witnesses.count + 1)
        witnesses.append(Witness(account: account, time: time))
    }

    private func oldestWitness(isTold: Bool) -> Int? {
        witnesses.indices.filter { witnesses[$0].isTold == isTold }
            .min { witnesses[$0].time < witnesses[$1].time }
    }

    /// Whom a finding at `time` is told to: who reported not long before, and who was told another.
    mutating func tell(_ time: Instant) -> [String] {
        witnesses.removeAll { $0.isTold && $0.time <= time - SubjectState.findingLength }
        var accounts: [String] = []
        for index in witnesses.indices where witnesses[index].time <= time {
            let isRecent = witnesses[index].time > time - SubjectState.reportLength
            guard isRecent || witnesses[index].isTold else { continue }
            witnesses[index].isTold = true
            accounts.append(witnesses[index].account)
        }
        while witnesses.count(where: \.isTold) > Self.toldLimit,
            let oldest = oldestWitness(isTold: true)
        {
            witnesses.remove(at: oldest)
        }
        return accounts
    }
}

extension SubjectState {
    /// How long a finding tells something about who reported.
    public static let findingLength = TimeSpan.days(90)
    /// How long before a verdict a report is taken to be what it judges, and for how long those who
    /// reported the same are a circle.
    public static let reportLength = TimeSpan.days(30)

    /// In how many of the account's reports of late a reviewer found something to act on; or nothing,
    /// and nothing else in the same report.
    public func reports(upheld: Bool, at time: Instant) -> Int {
        guard let testimony else { return 0 }
        func times(_ finding: Finding) -> Set<Instant> {
            Set(
                testimony.filed.lazy.filter {
                    $0.finding == finding && $0.time > time - Self.findingLength && $0.time <= time
                }.map(\.time))
        }
        let right = times(.upheld)
        return upheld ? right.count : times(.unfounded).subtracting(right).count
    }

    /// Two reports or more were found to be nothing, and more than were upheld.
    public func isOftenWrong(at time: Instant) -> Bool {
        let unfounded = reports(upheld: false, at: time)
        return unfounded >= 2 && unfounded > reports(upheld: true, at: time)
    }

    /// A token that accounts share which reported the same subjects before: of the marks of those, one
    /// for each report, the two smallest (min-wise hashing: two sets share them the oftener the more
    /// they have in common). One report in common is chance, or somebody's decoy. Reports that a
    /// reviewer upheld make no circle, nor what the report in hand is about besides. 0 where there is
    /// none.
    public func circle(besides subject: Subject, at time: Instant) -> UInt64 {
        guard let testimony else { return 0 }
        var marks: [Instant: UInt64] = [:]
        for report in testimony.filed
        where report.subject != subject && report.finding != .upheld
            && report.time > time - Self.reportLength && report.time < time
        {
            marks[report.time] = min(marks[report.time] ?? .max, report.subject.mark)
        }
        let smallest = marks.values.sorted().prefix(2)
        return smallest.count < 2 ? 0 : max(smallest.reduce(0) { $0 &* 31 &+ $1 }, 1)
    }

    /// Whether the group is named nearly as one that was taken down and whose accounts came here.
    public var isNamedLikeRemoved: Bool {
        guard let testimony, !testimony.arrivals.isEmpty else { return false }
        let own = sketch(of: .groupName)
        return testimony.arrivals.contains { TextSketch.isNear($0.name, own) }
    }

    /// Whether the account came here from another group that was taken down, too.
    public func hasArrived(_ party: UInt64, besidesFrom origin: Subject) -> Bool {
        let mark = origin.mark
        return testimony?.arrivals.contains { $0.party == party && $0.mark != mark } ?? false
    }

    /// Whether another account came here from the same group that was taken down.
    public func hasArrived(from origin: Subject, besides party: UInt64) -> Bool {
        let mark = origin.mark
        return testimony?.arrivals.contains { $0.mark == mark && $0.party != party } ?? false
    }

    /// What else the account's newest report about the subject was about, and the subject itself.
    public func reported(with subject: Subject) -> [Subject] {
        guard let testimony, let report = testimony.filed.first(where: { $0.subject == subject })
        else { return [subject] }
        return testimony.filed.filter { $0.time == report.time }.map(\.subject)
    }

    /// A finding at `time` is told to those who reported the subject within `reportLength` before,
    /// and to whom an earlier one was told (I9).
    /// - Returns: their accounts, in order of arrival.
    public mutating func tellReporters(at time: Instant) -> [String] {
        testimony == nil ? [] : changeSeldom { $0.testimony.tell(time) }
    }
}
