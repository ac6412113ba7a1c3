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
    /// Of the reported subject.
    var mark: UInt64
    var time: Instant
    /// The latest: a later one replaces it.
    var finding: Finding
}

/// An account that reported the subject.
struct Witness: Sendable, Equatable {
    var account: String
    /// Of its newest report.
    var time: Instant
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

    mutating func file(_ mark: UInt64, at time: Instant) {
        if let index = filed.firstIndex(where: { $0.mark == mark }) {
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
        filed.append(FiledReport(mark: mark, time: time, finding: .none))
    }

    mutating func judge(_ mark: UInt64, _ finding: Finding) {
        guard let index = filed.firstIndex(where: { $0.mark == mark }) else { return }
        filed[index].finding = finding
    }

    mutating func hear(_ account: String, at time: Instant) {
        if let index = witnesses.firstIndex(where: { $0.account == account }) {
            witnesses[index].time = max(witnesses[index].time, time)
            return
        }
        if witnesses.count == Self.limit {
            guard
                let oldest = witnesses.indices.min(by: { witnesses[$0].time < witnesses[$1].time }),
                witnesses[oldest].time < time
            else { return }
            witnesses.remove(at: oldest)
        }
        witnesses.reserveCapacity(witnesses.count + 1)
        witnesses.append(Witness(account: account, time: time))
    }

    mutating func forget(_ account: String) { witnesses.removeAll { $0.account == account } }
}

extension SubjectState {
    /// How long a finding tells something about who reported.
    public static let findingLength = TimeSpan.days(90)
    /// How long before a verdict a report is taken to be what it judges, and for how long those who
    /// reported the same are a circle.
    public static let reportLength = TimeSpan.days(30)

    /// How many of the subjects that the account reported of late a reviewer found something, or
    /// nothing, to act on.
    public func reports(upheld: Bool, at time: Instant) -> Int {
        guard let testimony else { return 0 }
        let finding: Finding = upheld ? .upheld : .unfounded
        return testimony.filed.count {
            $0.finding == finding && $0.time > time - Self.findingLength && $0.time <= time
        }
    }

    /// Two reports or more were found to be nothing, and more than were upheld.
    public func isOftenWrong(at time: Instant) -> Bool {
        let unfounded = reports(upheld: false, at: time)
        return unfounded >= 2 && unfounded > reports(upheld: true, at: time)
    }

    /// A token that accounts share which reported the same subjects before: the smallest mark of
    /// those (min-wise hashing: two sets share it with a probability of what they have in common out
    /// of all that they have). Reports that a reviewer upheld make no circle. 0 where there is none.
    public func circle(besides subject: Subject, at time: Instant) -> UInt64 {
        guard let testimony else { return 0 }
        let mark = subject.mark
        return testimony.filed.lazy.filter {
            $0.mark != mark && $0.finding != .upheld && $0.time > time - Self.reportLength
                && $0.time <= time
        }.map(\.mark).min() ?? 0
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

    /// Accounts that reported the subject within `reportLength` before, in order of arrival.
    public func reporters(before time: Instant) -> [String] {
        guard let testimony else { return [] }
        return testimony.witnesses.filter {
            $0.time > time - Self.reportLength && $0.time <= time
        }.map(\.account)
    }
}
