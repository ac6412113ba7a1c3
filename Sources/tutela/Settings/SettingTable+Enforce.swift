import CyberTip
import Pipeline
import SafetyModel

extension SettingTable {
    static let enforce = [
        Setting(
            "enforce.stopped", \.enforce.isStopped, .flag,
            "The kill switch: Enforce holds still and its input waits. Assess goes on."),
        Setting(
            "enforce.mode", \.enforce.modes.standard, .mode,
            "How far Enforce may go where `modes` says nothing: observe (record only), advise (to\n"
                + "review), enforce."),
        Setting(
            "enforce.modes", \.enforce.modes.entries, .modes,
            "Exceptions by region and action, the most specific first:\n"
                + "[{ region: DE, action: suspend_account, mode: enforce }]."),
        Setting(
            "enforce.conclusive_banks", \.enforce.evidence.conclusiveBanks,
            Codec.list(.text).map({ Set($0) }, { $0.sorted() }),
            "Banks whose exact matches are one of the two keys that an irreversible action needs\n"
                + "(I7). No pack can widen this."),
        Setting(
            "enforce.verdict_keys", \.enforce.verdictKeys, .verdictKeys,
            "Whose verdicts count:\n"
                + "[{ id: key-1, reviewer: r-17, public_key: 64 hexadecimal digits }]."),
        Setting(
            "enforce.friction", \.enforce.friction, .span,
            "How long an action lasts that rests on behaviour alone, and every suspension by\n"
                + "automation."),
        Setting(
            "enforce.friction_actions", \.enforce.frictionActions,
            Codec.list(.action).map(
                { Set($0) }, { $0.sorted { $0.rawValue < $1.rawValue } }),
            "What behaviour alone may do by itself; everything else goes to review."),
        Setting(
            "enforce.recent_change", \.enforce.recentChange, .span,
            "A device or number change this recent makes an account a possible victim (I13)."),
        Setting(
            "enforce.recent_threat", \.enforce.recentThreat, .span,
            "So does the account's own report of being threatened, for this long."),
        Setting(
            "enforce.shield", \.enforce.shield, .span,
            "How long a verdict shields what it considered from automation (I9)."),
        Setting(
            "enforce.quarantine", \.enforce.quarantine, .span,
            "How long Enforce itself holds a hash entry that floods. The quarantine that it publishes\n"
                + "stands until a verdict or `tutela bank quarantine --lift` ends both."),
        Setting(
            "enforce.learned_bank", \.enforce.learnedBank, .name,
            "The bank that verdicts teach; no other is written to."),
    ]

    static let budgets = [
        Setting(
            "enforce.budgets.entry", \.enforce.budgets.entry, .budget,
            "Proposals that may act on one hash entry; past it the entry is quarantined: its matches\n"
                + "go to review, and `enforce_alarms_total{kind=\"entry_quarantined\"}` rises."),
        Setting(
            "enforce.budgets.action", \.enforce.budgets.action, .budget,
            "Actions of one kind that `actions` does not name."),
        Setting(
            "enforce.budgets.actions", \.enforce.budgets.actions, .budgets,
            "By action. `baseline: 5` makes the limit a floor under five times the trailing mean,\n"
                + "with `cap` above it."),
    ]

    static let deadlines = [
        Setting(
            "enforce.deadlines.imminent", \.enforce.deadlines.imminent, .span,
            "Danger to life or limb."),
        Setting(
            "enforce.deadlines.sextortion", \.enforce.deadlines.sextortion, .span, "Sextortion."),
        Setting(
            "enforce.deadlines.csam", \.enforce.deadlines.csam, .span, "Listed material."),
        Setting(
            "enforce.deadlines.enticement", \.enforce.deadlines.enticement, .span, "Enticement."),
        Setting(
            "enforce.deadlines.trafficking", \.enforce.deadlines.trafficking, .span,
            "Trafficking."),
    ]

    static let tips = [
        Setting(
            "enforce.tips.reporter_profile", \.enforce.tips.reporterProfile, .text,
            "The filing worker's profile with the reporter's data."),
        Setting(
            "enforce.tips.service", \.enforce.tips.service, .text,
            "The product's name where an event's snapshot does not tell."),
        Setting(
            "enforce.tips.production", \.enforce.tips.isProduction, .flag,
            "Tips are meant for NCMEC's production environment; otherwise for its test one."),
        Setting(
            "enforce.tips.preservation", \.enforce.tips.preservation, .span,
            "Evidence is to be kept at least this long after the tip."),
        Setting(
            "enforce.tips.industry_agreement", \.enforce.tips.hasIndustryAgreement, .flag,
            "The company signed the industry's classification agreement."),
    ]

    static let limits = [
        Setting(
            "enforce.limits.decisions", \.enforce.limits.decisions, .whole(1...1_000_000_000),
            "Decisions remembered."),
        Setting(
            "enforce.limits.memory", \.enforce.limits.memory, .span,
            "How long a decision that holds nothing is remembered, to know its proposal again."),
        Setting(
            "enforce.limits.held_proposals", \.enforce.limits.heldProposals,
            .whole(1...10_000_000), "Proposals kept whole for the tips that verdicts ask for."),
        Setting(
            "enforce.limits.shields", \.enforce.limits.shields, .whole(1...1_024),
            "Verdicts' shields kept for one subject."),
        Setting(
            "enforce.limits.evidence_keys", \.enforce.limits.evidenceKeys, .whole(1...4_096),
            "Pieces of evidence remembered for a decision or a shield."),
        Setting(
            "enforce.limits.holders", \.enforce.limits.holders, .whole(1...4_096),
            "Decisions that may hold one action on one subject."),
    ]
}
