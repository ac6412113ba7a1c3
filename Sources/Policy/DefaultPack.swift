extension Pack {
    /// The text of `builtin`.
    public static let defaultText = #"""
        # What Tutela does when nobody has written a pack. Thresholds are starting points: try
        # others in shadow first. I7 and I13 decide in Enforce what passes of what is proposed here.
        pack: default
        rules:
          # Known media: exact digests of listed entries, seen by the server or proven by franking.
          - id: known-media-on-profile
            on: match
            when: match.category == csam and match.exact and media.use == profile_photo
              and media.attribution != reporter_claimed
            harm: csam
            propose:
              uploader:
                [preserve_evidence, remove_profile_media, suspend_account, ban_account,
                 report_cybertip]
            budget: {per: 1d, baseline: 5x, floor: 200, cap: 20000}

          - id: known-media-as-group-icon
            on: match
            when: match.category == csam and match.exact and media.use == group_icon
              and media.attribution != reporter_claimed and uploader.runs_group
            harm: csam
            propose:
              uploader: [preserve_evidence, suspend_account, ban_account, report_cybertip]
              group: [preserve_evidence, remove_group_media, disable_group, request_review]
            budget: {per: 1d, baseline: 5x, floor: 200, cap: 20000}

          # A member who sets the icon does not bring the group down with it.
          - id: known-media-as-group-icon-by-member
            on: match
            when: match.category == csam and match.exact and media.use == group_icon
              and media.attribution != reporter_claimed and not uploader.runs_group
            harm: csam
            propose:
              uploader: [preserve_evidence, suspend_account, ban_account, report_cybertip]
              group: [preserve_evidence, remove_group_media, request_review]
            budget: {per: 1d, baseline: 5x, floor: 200, cap: 20000}

          - id: known-media-in-reported-message
            on: match
            when: match.category == csam and match.exact and media.use == reported_message
              and media.attribution in [server_observed, franking_verified]
            harm: csam
            propose:
              uploader: [preserve_evidence, suspend_account, ban_account, report_cybertip]
              self: [preserve_evidence, request_review]
            budget: {per: 1d, baseline: 5x, floor: 200, cap: 20000}

          # What a reporter hands over may be the reporter's own: a human looks, no more.
          - id: claimed-media
            on: match
            when: match.category in [csam, exploitative, minor_submitted]
              and media.attribution == reporter_claimed
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 6h

          - id: near-media-on-profile
            on: match
            when: match.category == csam and not match.exact and media.use == profile_photo
              and media.attribution != reporter_claimed
            harm: csam
            propose:
              uploader: [preserve_evidence, remove_profile_media, suspend_account, request_review]
            budget: {per: 1d, baseline: 5x, floor: 100, cap: 5000}

          - id: near-media-as-group-icon
            on: match
            when: match.category == csam and not match.exact and media.use == group_icon
              and media.attribution != reporter_claimed
            harm: csam
            propose:
              uploader: [preserve_evidence, suspend_account, request_review]
              group: [preserve_evidence, remove_group_media, request_review]
            budget: {per: 1d, baseline: 5x, floor: 100, cap: 5000}

          - id: near-media-in-reported-message
            on: match
            when: match.category == csam and not match.exact and media.use == reported_message
              and media.attribution in [server_observed, franking_verified]
            harm: csam
            propose:
              uploader: [preserve_evidence, suspend_account, request_review]
            budget: {per: 1d, baseline: 5x, floor: 100, cap: 5000}

          # Never conclusive: taken down, then judged.
          - id: exploitative-media-on-profile
            on: match
            when: match.category == exploitative and media.use == profile_photo
              and media.attribution != reporter_claimed
            harm: csam
            propose:
              uploader: [preserve_evidence, remove_profile_media, request_review]
            budget: {per: 1d, limit: 1000}

          - id: exploitative-media-as-group-icon
            on: match
            when: match.category == exploitative and media.use == group_icon
              and media.attribution != reporter_claimed
            harm: csam
            propose:
              uploader: [preserve_evidence, request_review]
              group: [preserve_evidence, remove_group_media, request_review]
            budget: {per: 1d, limit: 1000}

          - id: exploitative-media-in-reported-message
            on: match
            when: match.category == exploitative and media.use == reported_message
              and media.attribution != reporter_claimed
            harm: csam
            propose:
              uploader: [preserve_evidence, request_review]

          - id: lead
            on: match
            when: match.category == lead
            harm: csam
            propose:
              self: [preserve_evidence, request_review]

          # The picture may show the account's own owner: it goes, they get help, a human looks.
          - id: minor-submitted-on-profile
            on: match
            when: match.category == minor_submitted and media.use == profile_photo
              and media.attribution != reporter_claimed
            harm: sextortion
            propose:
              uploader:
                [preserve_evidence, remove_profile_media, offer_support, secure_account,
                 request_review]
            budget: {per: 1d, limit: 500}

          - id: minor-submitted-as-group-icon
            on: match
            when: match.category == minor_submitted and media.use == group_icon
              and media.attribution != reporter_claimed
            harm: sextortion
            propose:
              uploader: [preserve_evidence, offer_support, request_review]
              group: [preserve_evidence, remove_group_media, request_review]
            budget: {per: 1d, limit: 500}

          - id: minor-submitted-in-reported-message
            on: match
            when: match.category == minor_submitted and media.use == reported_message
              and media.attribution != reporter_claimed
            harm: sextortion
            propose:
              uploader: [preserve_evidence, offer_support, request_review]

          - id: ncii-on-profile
            on: match
            when: match.category == adult_ncii and media.use == profile_photo
              and media.attribution != reporter_claimed
            harm: sextortion
            propose:
              uploader: [preserve_evidence, remove_profile_media, request_review]
            budget: {per: 1d, limit: 500}

          - id: ncii-elsewhere
            on: match
            when: match.category == adult_ncii and media.use in [group_icon, reported_message]
              and media.attribution != reporter_claimed
            harm: sextortion
            propose:
              self: [preserve_evidence, request_review]

          - id: ncii-claimed
            on: match
            when: match.category == adult_ncii and media.attribution == reporter_claimed
            harm: sextortion
            propose:
              self: [preserve_evidence, request_review]

          # Reports always reach a human where they must; alone they never restrict anybody.
          - id: imminent-danger
            on: [account, group, link]
            when: signal.kind == reported and signal.imminent
            harm: imminent
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 0s

          - id: about-me-and-minor
            on: [account, group, link]
            when: signal.kind == reported and signal.about_reporter and signal.reporter_minor
            harm: sextortion
            propose:
              self: [preserve_evidence, request_review]
              actor: [offer_support]
            cooldown: 0s

          - id: reporter-is-threatened
            on: [account, group, link]
            when: signal.kind == reported and signal.threatened
            harm: sextortion
            propose:
              self: [preserve_evidence, request_review]
              actor: [offer_support]
            cooldown: 0s

          - id: trusted-report
            on: [account, group, link]
            when: signal.kind == reported and signal.trusted_source
              and signal.category in [csam, enticement, sextortion, trafficking, imminent_danger]
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 1h

          - id: reported-by-several
            on: [account, group, link]
            when: signal.kind == reported
              and signal.category in [csam, enticement, sextortion, trafficking]
              and reporters_7d >= 3
            harm: enticement
            propose:
              self: [request_review]
            cooldown: 72h

          # Reports and behaviour together: friction that expires, and a human.
          - id: advertised-group-with-reports
            on: group
            when: sighting_classes_7d >= 2 and aged_reporters_7d >= 2
            harm: csam
            propose:
              self: [preserve_evidence, limit_invites, request_review]
              links: [delist_invite_link]
            budget: {per: 1d, limit: 500}

          - id: advertised-link-with-reports
            on: link
            when: sighting_classes_7d >= 2 and aged_reporters_7d >= 1
            harm: csam
            propose:
              self: [preserve_evidence, delist_invite_link, request_review]
            budget: {per: 1d, limit: 500}

          # Anybody can post a link anywhere: places alone only ask for a look.
          - id: advertised-widely
            on: group
            when: sighting_classes_7d >= 3 and sighting_sources_7d >= 5 and joins_24h >= 10
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h

          - id: link-spreader-with-reports
            on: account
            when: links_created_24h >= 5 and aged_reporters_7d >= 2
            harm: csam
            propose:
              self: [limit_invites, limit_forwarding, request_review]
            budget: {per: 1d, limit: 500}

          - id: reported-outreach
            on: account
            when: contacts_24h >= 50 and blockers_7d >= 5 and aged_reporters_7d >= 2
            harm: enticement
            propose:
              self: [limit_group_adds, limit_forwarding, request_review]
            budget: {per: 1d, limit: 500}

          - id: young-outreach-with-reports
            on: account
            when: contacts_24h >= 60 and age_hours <= 336 and aged_reporters_7d >= 2
            harm: enticement
            propose:
              self: [limit_group_adds, limit_forwarding, request_review]
            budget: {per: 1d, limit: 500}

          # Strangers stream into a new group by link, and older accounts report it.
          - id: young-group-filling-with-reports
            on: group
            when: signal.kind == reported and signal.category in [csam, enticement, trafficking]
              and age_hours <= 336 and joins_24h >= 10 and aged_reporters_7d >= 3
            harm: csam
            propose:
              self: [preserve_evidence, limit_invites, request_review]
              links: [delist_invite_link]
            budget: {per: 1d, limit: 500}

          # Rates that a person does not reach by hand.
          - id: group-creation-rate
            on: account
            when: groups_created_24h >= 20
            harm: csam
            propose:
              self: [limit_group_adds, limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          - id: young-account-creating-groups
            on: account
            when: groups_created_24h >= 6 and age_hours <= 168
            harm: csam
            propose:
              self: [limit_group_adds, request_review]
            budget: {per: 1d, limit: 500}

          - id: invite-link-rate
            on: account
            when: links_created_24h >= 30
            harm: csam
            propose:
              self: [limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          - id: unwelcome-adds
            on: account
            when: members_added_24h >= 100 and blockers_7d >= 5
            harm: enticement
            propose:
              self: [limit_group_adds, request_review]
            budget: {per: 1d, limit: 500}

          # After an enforcement: who runs what was taken down starts again.
          - id: group-created-again
            on: account
            when: signal.kind == group_created and tied_enforcements_30d >= 1
            harm: csam
            propose:
              self: [limit_invites, request_review]
              related: [preserve_evidence, disable_group, request_review]
            budget: {per: 1d, limit: 500}
            cooldown: 0s

          - id: link-created-again
            on: account
            when: signal.kind == link_created and tied_enforcements_30d >= 1
            harm: csam
            propose:
              related: [delist_invite_link, request_review]
            budget: {per: 1d, limit: 500}
            cooldown: 1h

          - id: run-by-enforced
            on: [group, link]
            when: tied_enforcements_30d >= 1
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h

          - id: joined-by-enforced
            on: group
            when: loose_enforcements_30d >= 3
            harm: csam
            propose:
              self: [limit_invites, request_review]
              links: [delist_invite_link]
            budget: {per: 1d, limit: 500}
            cooldown: 72h

          # A new account on a known device or number that goes straight to work. Which account had
          # it before is not known here, so this is friction only.
          - id: evasion-by-device-groups
            on: account
            when: reused_device >= 1 and age_hours <= 72 and groups_created_24h >= 2
            harm: csam
            propose:
              self: [limit_group_adds, limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          - id: evasion-by-number-groups
            on: account
            when: reused_number >= 1 and age_hours <= 72 and groups_created_24h >= 2
            harm: csam
            propose:
              self: [limit_group_adds, limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          - id: evasion-by-device-links
            on: account
            when: reused_device >= 1 and age_hours <= 72 and links_created_24h >= 3
            harm: csam
            propose:
              self: [limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          # Somebody else may have taken over: the owner's security first.
          - id: taken-over
            on: account
            when: device_changes_7d >= 1 and number_changes_7d >= 1 and groups_created_24h >= 5
            harm: csam
            propose:
              self: [secure_account, limit_invites, request_review]
            budget: {per: 1d, limit: 500}
        """#
}
