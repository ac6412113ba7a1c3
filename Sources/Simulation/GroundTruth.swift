public import SafetyModel

/// What is true about a subject, and what the pipeline is never told.
public struct TruthLabel: Hashable, Sendable {
    public enum Part: String, Sendable, CaseIterable {
        case innocent
        /// Does harm or helps with it; for a group or link: made for it.
        case offender
        /// Looks like an offender and is none: taken over, under age, or threatened.
        case victim
        /// Innocent, and somebody works at making it look otherwise.
        case target
        /// Says what is not so about others. Nobody the pipeline is to catch, and no innocent.
        case falseReporter
    }

    public var pattern: TrafficPattern
    public var part: Part
    /// Which incident of the pattern, from 0; -1 for ordinary people.
    public var incident: Int
    /// What a reviewer who sees all would call an account.
    public var role: Role

    public init(pattern: TrafficPattern, part: Part, incident: Int, role: Role? = nil) {
        self.pattern = pattern
        self.part = part
        self.incident = incident
        self.role = role ?? part.role
    }

    public static let ordinary = TruthLabel(pattern: .ordinary, part: .innocent, incident: -1)

    /// Whether a restriction of the subject is a mistake.
    public var isProtected: Bool { part.isProtected }
}

extension TruthLabel.Part {
    var role: Role {
        switch self {
        case .innocent, .target: .bystander
        case .offender: .offender
        case .victim: .victim
        case .falseReporter: .reporter
        }
    }
}

/// One run of a pattern as it truly was.
public struct TruthIncident: Hashable, Sendable {
    /// Somebody or something that the pipeline should restrict, or put before a human.
    public struct Wanted: Hashable, Sendable {
        public var subject: Subject
        /// Event time of the first harm it had part in.
        public var since: Instant
    }

    public var pattern: TrafficPattern
    /// From 0 within the pattern.
    public var number: Int
    /// Event time of its first harmful event; where nobody does harm, of its first event.
    public var began: Instant
    /// Abusive groups, the offenders' links, and the accounts that spread them or do the harm, in
    /// the order in which they appeared. Helpers are labelled offenders and not listed here.
    public var wanted: [Wanted] = []
}

/// The labels of all subjects, and what the incidents were.
public struct GroundTruth: Sendable {
    private struct IncidentKey: Hashable {
        var pattern: TrafficPattern
        var number: Int
    }

    private var labels: [Subject: TruthLabel] = [:]
    private var order: [Subject] = []
    private var places: [IncidentKey: Int] = [:]
    /// Incidents that were planned; some may not have begun before the time was over.
    public private(set) var started: [TrafficPattern: Int] = [:]
    /// Incidents in the order in which they began.
    public private(set) var incidents: [TruthIncident] = []
    /// Accounts that exist or existed.
    public package(set) var accountCount = 0

    package init() {}

    /// A subject that nobody labelled is one of the ordinary people's.
    public func label(of subject: Subject) -> TruthLabel { labels[subject] ?? .ordinary }

    /// All labelled subjects in the order in which they were labelled first; the same for the same
    /// settings and the same enforcement.
    public var all: [(subject: Subject, label: TruthLabel)] {
        order.map { ($0, label(of: $0)) }
    }

    package mutating func set(_ label: TruthLabel, for subject: Subject) {
        if labels.updateValue(label, forKey: subject) == nil { order.append(subject) }
    }

    mutating func start(_ pattern: TrafficPattern) -> Int {
        defer { started[pattern, default: 0] += 1 }
        return started[pattern, default: 0]
    }

    /// The incident has its first event, or did its first harm; later calls say nothing new.
    mutating func begin(_ pattern: TrafficPattern, _ number: Int, at time: Instant) {
        let key = IncidentKey(pattern: pattern, number: number)
        guard places[key] == nil else { return }
        places[key] = incidents.count
        incidents.append(TruthIncident(pattern: pattern, number: number, began: time))
    }

    /// The subject does harm from now on and should be caught.
    package mutating func want(_ subject: Subject, since time: Instant) {
        let label = label(of: subject)
        begin(label.pattern, label.incident, at: time)
        let key = IncidentKey(pattern: label.pattern, number: label.incident)
        guard let place = places[key],
            !incidents[place].wanted.contains(where: { $0.subject == subject })
        else { return }
        incidents[place].wanted.append(.init(subject: subject, since: time))
    }
}
