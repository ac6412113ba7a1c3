internal import EventSchemas
internal import SafetyModel

extension EnforceCore {
    /// A human's word about what was reported goes to its home, which knows who reported it. It holds
    /// in every mode, for it tells what is, not what is done.
    func tellReporters(_ ruling: Ruling, _ result: inout EnforceResult) {
        guard let kind = ruling.finding else { return }
        for (ordinal, subject) in found(ruling).prefix(Self.maximumFindings).enumerated() {
            result.issues.append(
                .feedback(
                    Signal(
                        cause: ruling.verdict.id, ordinal: UInt16(clamping: ordinal), kind: kind,
                        time: ruling.verdict.time, subject: subject, key: .subject(subject),
                        region: ruling.region, hops: 1)))
        }
    }

    /// Of whom it is said: the subject judged; what is upheld also of whom the verdict restricts, and
    /// what clears also of those whom a verdict had restricted that is lifted (I9). What else was
    /// considered may well be what was reported: nobody is said to be wrong for that.
    private func found(_ ruling: Ruling) -> [Subject] {
        let others: [Subject]
        switch ruling.verdict.outcome {
        case .confirm:
            others = ruling.verdict.actions.filter { $0.action.actionClass != .protective }
                .map(\.target)
        case .overturn:
            others = ruling.considered.filter(\.isVerdict).flatMap(\.enforcements)
                .compactMap(state.enforcement)
                .filter { $0.isReversed && $0.enforcement.action.actionClass != .protective }
                .map(\.enforcement.subject)
        default: others = []
        }
        var seen: Set<Subject> = []
        return ([ruling.verdict.subject] + others).filter { seen.insert($0).inserted }
    }

    /// What a group that a verdict removed had as its icon: leads, so that a human sees the group that
    /// comes with it again. Never evidence against anybody.
    func icons(of ruling: Ruling) -> [HashEntry] {
        let removed = ruling.verdict.actions.filter { $0.action == .removeGroup }.map(\.target)
        guard !removed.isEmpty, ruling.verdict.role == .offender else { return [] }
        var entries: [HashEntry] = []
        for proposal in ruling.proposals {
            guard removed.contains(proposal.target) || removed.contains(proposal.subject) else {
                continue
            }
            for item in proposal.evidence?.media ?? [] where item.use == .groupIcon {
                guard item.attribution != .reporterClaimed,
                    let digest = item.digests.first(where: { $0.algorithm == .pdq }),
                    digest.quality >= Self.iconQuality
                else { continue }
                let entry = HashEntry(
                    operation: .add, bank: settings.learnedBank,
                    entry: Self.iconName(digest), category: .lead, digest: digest,
                    source: "verdict", listVersion: ruling.verdict.id.description)
                if !entries.contains(where: { $0.entry == entry.entry }) { entries.append(entry) }
            }
        }
        return Array(entries.prefix(Self.maximumIcons))
    }

    /// The same for the same icon; that names it, it must not show what it looked like (I10).
    private static func iconName(_ digest: MediaDigest) -> String {
        var hash = ContentHash("tutela.icon.v1")
        hash.add(digest.bytes)
        return "icon-\(hash.finish())"
    }

    /// Subjects that one verdict tells of (I11).
    private static let maximumFindings = 64
    /// Plainer pictures are near too many others.
    private static let iconQuality: UInt8 = 80
    /// Icons that one verdict teaches by itself (I11).
    private static let maximumIcons = 4
}

extension Ruling {
    /// What the verdict says about the reports; nil where it says neither. That an account is a victim
    /// or was taken over does not mean that whoever reported it was wrong; nor that an account's role
    /// is unknown, as it has to be of a possible victim (I13).
    fileprivate var finding: SignalKind? {
        switch (verdict.outcome, verdict.role) {
        case (.confirm, .offender): .upheld
        case (.dismiss, .unknown), (.overturn, .unknown):
            verdict.subject.kind == .account ? nil : .cleared
        case (.dismiss, .bystander), (.dismiss, .reporter): .cleared
        case (.overturn, .bystander), (.overturn, .reporter): .cleared
        default: nil
        }
    }
}
