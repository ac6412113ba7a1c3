import SafetyModel

/// When each rule last fired.
struct RuleArming: Sendable, Equatable {
    struct Shot: Sendable, Equatable {
        /// Of the rule's id.
        var rule: UInt64
        var time: Instant
    }

    /// The most that are remembered (I11); past it the oldest is forgotten, so that its rule is
    /// armed.
    static let limit = 64

    /// Ascending by rule.
    private(set) var shots: [Shot] = []

    init() {}

    /// - Returns: nil where they do not ascend.
    init?(_ shots: [Shot]) {
        for (a, b) in zip(shots, shots.dropFirst()) where a.rule >= b.rule { return nil }
        self.shots = shots
    }

    func isArmed(_ rule: UInt64, at time: Instant, cooldown: TimeSpan) -> Bool {
        guard let shot = shots.first(where: { $0.rule == rule }) else { return true }
        return time - shot.time >= cooldown
    }

    func lastFired(_ rule: UInt64) -> Instant? { shots.first { $0.rule == rule }?.time }

    mutating func fire(_ rule: UInt64, at time: Instant) {
        if let index = shots.firstIndex(where: { $0.rule == rule }) {
            shots[index].time = max(shots[index].time, time)
            return
        }
        if shots.count == Self.limit,
            let oldest = shots.indices.min(by: { shots[$0].time < shots[$1].time })
        {
            shots.remove(at: oldest)
        }
        let shot = Shot(rule: rule, time: time)
        shots.insert(shot, at: shots.firstIndex { $0.rule > rule } ?? shots.count)
    }
}
