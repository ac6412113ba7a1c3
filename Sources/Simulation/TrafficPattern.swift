/// The kinds of traffic that the simulator makes. The raw value is the pattern's short, stable
/// name.
public enum TrafficPattern: String, Sendable, CaseIterable {
    case ordinary

    case knownProfilePhoto = "known-profile-photo"
    case knownGroupIcon = "known-group-icon"
    case recreatedGroup = "recreated-group"
    case outsideLinks = "outside-links"
    case solicitation
    case banEvasion = "ban-evasion"
    /// Joins an innocent group by its link, sets a listed icon and reports the group.
    case plantedIcon = "planted-icon"
    /// A thief spreads groups from another's account until its owner is back.
    case hijacked
    /// A group of long standing that shows what it is for minutes at a time.
    case agedGroup = "aged-group"
    /// A group is made again by somebody else; only those who join are the same.
    case cohort
    /// Names written with look-alike letters and marks nobody sees.
    case mixedScript = "mixed-script"
    /// Many accounts on few devices.
    case accountFarm = "account-farm"
    /// Strangers write to young accounts, are blocked, and change their numbers.
    case outreach
    /// A minor is threatened and does what is asked.
    case coercedMinor = "coerced-minor"
    /// Strangers are added in masses, and leave.
    case massAdds = "mass-adds"

    case brigading
    /// Like brigading, by old accounts over days.
    case slowBrigading = "slow-brigading"
    /// Few people report an innocent with listed media that they claim was sent by them.
    case framing
    /// An innocent group's link is put where offenders put theirs.
    case poisonedSightings = "poisoned-sightings"
    case victims

    case investigator
    case survivors
    case youthClub = "youth-club"
    case publicBusiness = "public-business"
    /// People who pass on in outrage what they should report.
    case resharers

    public var name: String { rawValue }

    /// What it is, for people.
    public var title: String {
        switch self {
        case .ordinary: "ordinary people"
        case .knownProfilePhoto: "known media as profile photo"
        case .knownGroupIcon: "known media as group icon"
        case .recreatedGroup: "groups made again after removal"
        case .outsideLinks: "links spread on outside indexes"
        case .solicitation: "solicitation groups"
        case .banEvasion: "ban evasion"
        case .plantedIcon: "icon set by a joiner, who reports"
        case .hijacked: "hijacked, until the owner returns"
        case .agedGroup: "aged group, changed for minutes"
        case .cohort: "made again, only members the same"
        case .mixedScript: "mixed-script names"
        case .accountFarm: "account farm on shared devices"
        case .outreach: "stranger outreach to the young"
        case .coercedMinor: "coerced minor, threatening contact"
        case .massAdds: "mass unwilling adds"
        case .brigading: "brigading: false mass reports"
        case .slowBrigading: "slow brigading by aged accounts"
        case .framing: "framing by claimed media"
        case .poisonedSightings: "poisoned sightings"
        case .victims: "victims: hijacked, minor, threatened"
        case .investigator: "an investigator"
        case .survivors: "a survivors' group"
        case .youthClub: "youth clubs"
        case .publicBusiness: "businesses with public links"
        case .resharers: "outraged resharers"
        }
    }

    /// What kind of people it is about.
    public enum Kind: String, Sendable, CaseIterable {
        /// Somebody does harm, and is to be caught.
        case abusive
        /// Somebody looks like an offender, by ill fortune or by another's will.
        case victims
        /// Nobody does anything wrong, though it may look so.
        case innocent
    }

    public var kind: Kind {
        switch self {
        case .knownProfilePhoto, .knownGroupIcon, .recreatedGroup, .outsideLinks, .solicitation,
            .banEvasion, .plantedIcon, .hijacked, .agedGroup, .cohort, .mixedScript,
            .accountFarm, .outreach, .coercedMinor, .massAdds:
            .abusive
        case .brigading, .slowBrigading, .framing, .poisonedSightings, .victims: .victims
        case .ordinary, .investigator, .survivors, .youthClub, .publicBusiness, .resharers:
            .innocent
        }
    }

    /// Whether somebody in it does harm, and is to be caught.
    public var hasOffender: Bool { kind == .abusive }
}
