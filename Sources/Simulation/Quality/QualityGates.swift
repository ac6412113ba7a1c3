public import SafetyModel

/// Something that must be true of a pack before it is called good.
public struct QualityGate: Hashable, Sendable {
    public var name: String
    public var wanted: String
    public var found: String
    public var isMet: Bool
}

extension QualityScore {
    /// At least this part of abusive groups and link spreaders is restricted or in review.
    public static let minimumRecall = 0.9
    /// The median time to the first action is below.
    public static let maximumMedian = TimeSpan.hours(1)

    /// A share or a median of nothing is not met; a count of nothing is nought, and says that there
    /// was nobody to count.
    /// - Parameter reviewersErr: then what a wrong verdict did is not held against the pack.
    public func gates(reviewersErr: Bool) -> [QualityGate] {
        let sum = all
        return [
            never(
                "irreversible actions on innocents",
                sum.irreversible(on: [.innocent, .target]) { counts($0, reviewersErr) },
                of: sum.labelled[.innocent] + sum.labelled[.target]),
            never(
                "irreversible actions on victims",
                sum.irreversible(on: [.victim]) { counts($0, reviewersErr) },
                of: sum.labelled[.victim]),
            never(
                "irreversible actions on neither conclusive match nor verdict",
                sum.irreversible(on: TruthLabel.Part.allCases) { $0 == .nothing },
                of: sum.labelled.total),
            never(
                "brigaded or framed accounts restricted", sum.targetsTouched,
                of: sum.labelled[.target]),
            spreadersCaught(sum.spreading),
            promptness(sum.firstActions),
        ]
    }

    private static let nobody = "there were none"

    private func counts(_ ground: Ground, _ reviewersErr: Bool) -> Bool {
        !reviewersErr || ground != .wrongVerdict
    }

    private func never(_ name: String, _ count: Int, of all: Int) -> QualityGate {
        QualityGate(
            name: name, wanted: "0", found: all == 0 ? "\(count), \(Self.nobody)" : "\(count)",
            isMet: count == 0)
    }

    private func spreadersCaught(_ catches: Counts<Catch>) -> QualityGate {
        let recall = catches.recall
        return QualityGate(
            name: "abusive groups and link spreaders restricted or in review",
            wanted: "at least 90 %",
            found: recall.map { "\(percent($0)) (\(catches.caught) of \(catches.total))" }
                ?? Self.nobody,
            isMet: recall.map { $0 >= Self.minimumRecall } ?? false)
    }

    /// Incidents without an action count as never acted on, not as absent.
    private func promptness(_ spans: [TimeSpan?]) -> QualityGate {
        let median = quantile(0.5, of: spans)
        let found = spans.isEmpty ? Self.nobody : readable(median)
        return QualityGate(
            name: "median time to the first action, in event time", wanted: "below 1 h",
            found: found,
            isMet: median.map { $0 < Self.maximumMedian } ?? false)
    }
}

/// `95.3 %`, rounded down, so that what is not whole never reads as 100 %.
public func percent(_ share: Double) -> String {
    let tenths = Int((share * 1_000 + 1e-9).rounded(.down))
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
}

/// `0 s`, `45 min`, `3.5 h`, `2.1 d`; `never` for nil.
public func readable(_ span: TimeSpan?) -> String {
    guard let span else { return "never" }
    let seconds = span.milliseconds / 1_000
    func tenths(_ unit: Int64, _ name: String) -> String {
        let value = (seconds * 10 + unit / 2) / unit
        return value % 10 == 0 ? "\(value / 10) \(name)" : "\(value / 10).\(value % 10) \(name)"
    }
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3_600 { return tenths(60, "min") }
    if seconds < 48 * 3_600 { return tenths(3_600, "h") }
    return tenths(24 * 3_600, "d")
}
