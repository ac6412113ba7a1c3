public import SafetyModel

/// What every tip says about the platform, and where it may go.
public struct TipSettings: Hashable, Sendable {
    /// The filing worker's profile with the reporter's data (CT-20).
    public var reporterProfile = "default"
    /// The product's name where the snapshot does not tell (CT-03); a tip without any is blocked.
    public var service = "messaging"
    /// Tips are meant for NCMEC's production environment; otherwise for its test one (CT-21).
    public var isProduction = false
    /// Evidence is kept at least this long after the tip (CT-22).
    public var preservation: TimeSpan = .days(366)
    /// The company signed the industry's classification agreement (CT-08).
    public var hasIndustryAgreement = false

    /// Test environment, profile `default`.
    public init() {}
}
