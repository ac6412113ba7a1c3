internal import Crypto
internal import CyberTip
internal import SafetyModel

extension EnforceSettings {
    /// SHA-256 over `name=value` lines in a fixed order; sets and tables sorted. The kill switch is
    /// left out, for nothing is decided while it is on.
    public var digest: [UInt8] {
        var hash = SHA256()
        for line in canonicalLines { hash.update(data: Array("\(line)\n".utf8)) }
        return Array(hash.finalize())
    }

    private var canonicalLines: [String] {
        var lines = ["tutela-enforce-settings-v1"]
        lines += evidence.conclusiveBanks.sorted().map { "conclusive-bank=\(quoted($0))" }
        lines.append("mode=\(modes.standard.rawValue)")
        lines += modes.entries
            .map {
                "mode.\(quoted($0.region ?? "")).\($0.action?.rawValue ?? 0)=\($0.mode.rawValue)"
            }
            .sorted()
        lines.append("budget.entry=\(text(budgets.entry))")
        lines.append("budget.action=\(text(budgets.action))")
        lines += budgets.actions.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "budget.action.\($0.key.rawValue)=\(text($0.value))" }
        lines += verdictKeys.sorted { $0.id < $1.id }
            .map { "verdict-key.\(quoted($0.id))=\(quoted($0.reviewer)).\($0.publicKey.hex)" }
        lines += [
            "tip.reporter-profile=\(quoted(tips.reporterProfile))",
            "tip.service=\(quoted(tips.service))",
            "tip.production=\(tips.isProduction)",
            "tip.preservation-ms=\(tips.preservation.milliseconds)",
            "tip.industry-agreement=\(tips.hasIndustryAgreement)",
            "friction-ms=\(friction.milliseconds)",
        ]
        lines += frictionActions.map(\.rawValue).sorted().map { "friction-action=\($0)" }
        lines += [
            "recent-change-ms=\(recentChange.milliseconds)",
            "recent-threat-ms=\(recentThreat.milliseconds)",
            "shield-ms=\(shield.milliseconds)",
            "quarantine-ms=\(quarantine.milliseconds)",
        ]
        lines += Harm.allCases.map {
            "deadline.\($0.rawValue)-ms=\(deadlines.deadline(of: $0).milliseconds)"
        }
        lines += [
            "learned-bank=\(quoted(learnedBank))",
            "limit.decisions=\(limits.decisions)",
            "limit.memory-ms=\(limits.memory.milliseconds)",
            "limit.held-proposals=\(limits.heldProposals)",
            "limit.shields=\(limits.shields)",
            "limit.evidence-keys=\(limits.evidenceKeys)",
            "limit.holders=\(limits.holders)",
        ]
        return lines
    }

    private func text(_ budget: Budget) -> String {
        let baseline = budget.baseline.map { String($0.bitPattern, radix: 16) } ?? "none"
        return "\(budget.limit)/\(budget.period.milliseconds)/\(baseline)/\(budget.cap)"
    }

    // A name may hold any character; its length keeps it apart from what follows.
    private func quoted(_ name: String) -> String { "\(name.utf8.count):\(name)" }
}

extension EnforceSettings {
    /// - Throws: what is wrong, in words for the person who wrote the settings.
    public func validate() throws(SettingsError) {
        var ids: Set<String> = []
        for key in verdictKeys {
            guard ids.insert(key.id).inserted else {
                throw SettingsError("verdict key '\(key.id)' is named twice")
            }
            guard !key.id.isEmpty, !key.reviewer.isEmpty else {
                throw SettingsError("a verdict key needs an id and a reviewer")
            }
            guard key.publicKey.count == 32,
                (try? Curve25519.Signing.PublicKey(rawRepresentation: key.publicKey)) != nil
            else {
                throw SettingsError(
                    "verdict key '\(key.id)' is no Ed25519 public key of 32 bytes")
            }
        }
        var pairs: Set<ModeTable.Entry> = []
        for var entry in modes.entries {
            if let region = entry.region, region.utf8.count != 2 {
                throw SettingsError("mode region '\(region)' is not a two-letter ISO 3166-1 code")
            }
            entry.mode = .observe
            guard pairs.insert(entry).inserted else {
                throw SettingsError("two modes are set for the same region and action")
            }
        }
        if evidence.conclusiveBanks.contains(learnedBank) {
            throw SettingsError("the learned bank '\(learnedBank)' cannot be conclusive")
        }
        try validateNumbers()
    }

    private func validateNumbers() throws(SettingsError) {
        if let action = frictionActions.first(where: { $0.actionClass != .reversible }) {
            throw SettingsError("\(action.name) cannot rest on behaviour alone")
        }
        let spans = [
            ("friction", friction), ("quarantine", quarantine), ("shield", shield),
            ("memory", limits.memory),
        ]
        for (name, span) in spans where span.milliseconds <= 0 {
            throw SettingsError("\(name) must be longer than nothing")
        }
        for span in [recentChange, recentThreat, tips.preservation] where span.milliseconds < 0 {
            throw SettingsError("a window of time is negative")
        }
        for budget in [budgets.entry, budgets.action] + budgets.actions.values
        where budget.limit < 0 || budget.period.milliseconds < 60_000 {
            throw SettingsError("a budget needs a limit of at least 0 and a period of a minute")
        }
        let counts = [
            limits.decisions, limits.heldProposals, limits.shields, limits.evidenceKeys,
            limits.holders,
        ]
        if counts.contains(where: { $0 < 1 }) {
            throw SettingsError("a limit of Enforce's memory is below 1")
        }
    }
}
