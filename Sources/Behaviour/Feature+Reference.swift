import SafetyModel

extension Feature {
    /// By raw value; a test checks the order.
    static let descriptions: [(name: String, kinds: [SubjectKind], meaning: String)] = [
        ("age_hours", all, "hours since it was registered or created; unknown where not seen"),
        ("groups_created_24h", account, "groups the account created"),
        ("groups_created_7d", account, "groups the account created"),
        ("links_created_24h", owners, "invite links created"),
        ("links_created_7d", owners, "invite links created"),
        ("members_added_24h", account, "members the account added to groups"),
        ("joins_24h", all, "joins by link: of the account, or to the group or through the link"),
        ("contacts_24h", account, "first contacts, as the hourly summaries count them"),
        ("profile_changes_24h", account, "changes of photo, name or about text"),
        ("number_changes_7d", account, "changes of number"),
        ("device_changes_7d", account, "devices linked or unlinked"),
        ("reports_filed_24h", account, "reports the account filed"),
        ("member_adds_24h", group, "members others added"),
        ("refusals_24h", group, "members who refused to be added"),
        ("leaves_24h", group, "members who left"),
        ("settings_changes_24h", group, "changes of settings, name or description"),
        ("reports_7d", all, "reports about the subject"),
        ("trusted_reports_30d", all, "reports by trusted flaggers, hotlines, authorities"),
        ("reporters_7d", all, "distinct reporters"),
        ("reporters_30d", all, "distinct reporters"),
        ("aged_reporters_7d", all, "distinct reporters known to be 30 days old, or trusted"),
        ("aged_reporters_30d", all, "distinct reporters known to be 30 days old, or trusted"),
        ("blockers_7d", all, "distinct accounts that blocked the subject"),
        ("sightings_7d", advertised, "sightings outside the platform"),
        ("sighting_sources_7d", advertised, "distinct places of sightings"),
        ("sighting_classes_7d", advertised, "distinct kinds of places of sightings"),
        ("enforcements_30d", all, "enforcements against the subject that were not reversed"),
        ("tied_enforcements_30d", all, "those against what it runs, or who runs it"),
        ("loose_enforcements_30d", all, "those against accounts that merely joined it"),
        ("administrators", group, "accounts known to have admin rights, at most 16"),
        ("links", group, "invite links known, at most 16"),
        ("reused_device", account, "1 where registered on a device seen before"),
        ("reused_number", account, "1 where registered with a number seen before"),
        ("virtual_number", account, "1 where registered with a virtual number"),
        ("minor", account, "1 where a minor, asserted or estimated"),
    ]

    private static let all = SubjectKind.allCases
    private static let account: [SubjectKind] = [.account]
    private static let group: [SubjectKind] = [.group]
    private static let owners: [SubjectKind] = [.account, .group]
    private static let advertised: [SubjectKind] = [.group, .inviteLink]
}
