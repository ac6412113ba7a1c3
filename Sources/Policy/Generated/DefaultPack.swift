// Made from Deploy/packs/default/pack.yaml by `make default-pack`; do not edit.
extension Pack {
    /// The text of `builtin`.
    public static let defaultText = #"""
        # What Tutela does when nobody has written a pack. Thresholds are starting points: try
        # others in shadow first. I7 and I13 decide in Enforce what passes of what is proposed here.
        pack: default

        features:
          all:
            # Reports. Every one counts towards a human's attention. For automation only reporters count
            # whose account is known to be 30 days old, and trusted sources; not who was often wrong; and
            # several as one who used one device, or have reported the same before. Complaints about spam
            # or anything else say nothing about harm to children.
            reporters_7d: distinct(reported, reporter) over 7d
            aged_parties_7d: distinct(report_weighed, reporter)
              where (signal.aged_reporter or signal.trusted_source) and not signal.often_wrong
              and not signal.category in [spam, other] over 7d
            aged_devices_7d: distinct(report_weighed, device)
              where (signal.aged_reporter or signal.trusted_source) and not signal.often_wrong
              and not signal.category in [spam, other] over 7d
            aged_circles_7d: distinct(report_weighed, circle)
              where (signal.aged_reporter or signal.trusted_source) and not signal.often_wrong
              and not signal.category in [spam, other] over 7d
            aged_reporters_7d: min(aged_parties_7d, min(aged_devices_7d, aged_circles_7d))
            # One reporter more or less is little; a party that comes back after days still counts.
            report_pressure: decayed(report_weighed) where (signal.aged_reporter or signal.trusted_source)
              and not signal.often_wrong and not signal.category in [spam, other] half-life 3d
            # How many of a day's reporters are accounted for by others: a burst that says something about
            # them.
            burst_24h: distinct(report_weighed, reporter) over 24h
            burst_devices_24h: distinct(report_weighed, device) over 24h
            burst_circles_24h: distinct(report_weighed, circle) over 24h
            blockers_7d: distinct(blocked, blocker) over 7d

            # What was enforced against the subject and its neighbours, and was not taken back.
            enforcements_30d: standing(own) over 30d
            tied_enforcements_30d: standing(tied) over 30d
            tied_pressure: standing(tied) half-life 14d
            # Beside friction that expires, what speaks about the neighbour as a whole.
            removals_told_30d: count(neighbour_enforced)
              where signal.action in [ban_account, remove_group, disable_group] over 30d
            loose_enforcements_30d: standing(loose) over 30d

          account:
            groups_created_24h: count(group_created) over 24h
            links_created_24h: count(link_created) over 24h
            members_added_24h: sum(added_member, amount) over 24h
            contacts_24h: sum(contacts, amount) over 24h
            young_contacts_24h: sum(young_contacts, amount) over 24h
            number_changes_7d: count(number_changed) over 7d
            device_changes_7d: count(device_changed) over 7d
            device_changes_24h: count(device_changed) over 24h
            # A device that had been another account's.
            strange_devices_24h: count(device_changed) where signal.reused_device over 24h
            profile_churn: decayed(profile_changed) half-life 12h
            subjects_reported_24h: distinct(filed_report, related) over 24h
            # Own texts, and those it put on groups, that hold terms of the operator's lists.
            listed_texts_7d: count(text_set) where text.terms >= 1 over 7d

          group:
            joins_24h: count(member_joined) over 24h
            # Members of groups that were taken down. By group: that many came from one of them at least.
            cohort_72h: distinct(cohort_joined, member) over 3d
            cohort_groups_72h: distinct(cohort_joined, related) over 3d
            cohort_of_one_group_72h: cohort_72h / max(cohort_groups_72h, 1)
            member_adds_24h: sum(member_added, amount) over 24h
            departures_24h: count([member_refused, member_left]) over 24h
            unwelcome_share: departures_24h / max(member_adds_24h, 1)
            member_adds_3h: sum(member_added, amount) over 3h
            departures_3h: count([member_refused, member_left]) over 3h
            # What is shown to others, changed within minutes.
            changes_30m: count(settings_changed) over 30m
            new_links_30m: count(link_created) over 30m
            sightings_30m: count(sighted) over 30m
            # A place that shows a link from before the group had it is no witness.
            sighting_sources_7d: distinct(sighted, place) where not related.age < 0s over 7d
            sighting_classes_7d: distinct(sighted, place_class) where not related.age < 0s over 7d
            # Places that live on links to groups of every kind.
            risky_places_7d: distinct(sighted, place)
              where signal.place_class in [link_index, dark_web] and not related.age < 0s over 7d
            # What the present name and description weigh.
            name_weight: last(text_set, list_weight) where text.surface == group_name
            description_weight: last(text_set, list_weight) where text.surface == group_description
            hidden_terms: last(text_set, hidden_terms) where text.surface == group_name

          link:
            joins_24h: count(member_joined) over 24h
            sighting_classes_7d: distinct(sighted, place_class) where not subject.age < 0s over 7d

        # Between 0 and 1. In shadow until somebody has tried them on their own history.
        scores:
          account.outreach:
            logistic:
              bias: -6.0
              weights:
                log1p(contacts_24h): 0.8
                min(blockers_7d, 10): 0.3
                min(aged_reporters_7d, 5): 0.6
                subject.age <= 14d: 0.8
          account.recidivism:
            logistic:
              bias: -4.0
              weights:
                min(tied_pressure, 3): 1.6
                groups_created_24h: 0.35
                links_created_24h: 0.15
                min(aged_reporters_7d, 5): 0.4
          group.solicitation:
            logistic:
              bias: -5.0
              weights:
                sighting_classes_7d: 0.9
                log1p(sighting_sources_7d): 0.4
                log1p(joins_24h): 0.5
                min(report_pressure, 5): 0.6
          link.exposure:
            weighted:
              weights:
                sighting_classes_7d: 0.2
                log1p(joins_24h): 0.1
                min(report_pressure, 5): 0.1

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

          # It is proven that the account sent it, and not why: people pass on in outrage what they should
          # report. The account stops until a human, who sees the messages around it, has decided; only
          # that verdict bans and tips.
          - id: known-media-in-reported-message
            on: match
            when: match.category == csam and match.exact and media.use == reported_message
              and media.attribution in [server_observed, franking_verified]
            harm: csam
            propose:
              uploader: [preserve_evidence, suspend_account, request_review]
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

          # It looks like listed media, and may have passed through many hands: passing it on stops, and a
          # human, who is asked with urgency, sees the rest.
          - id: near-media-in-reported-message
            on: match
            when: match.category == csam and not match.exact and media.use == reported_message
              and media.attribution in [server_observed, franking_verified]
            harm: csam
            propose:
              uploader: [preserve_evidence, limit_forwarding, request_review]
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
            when: match.category == lead and not (match.bank == "learned" and media.use == group_icon)
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

          # Somebody who is not new and not often wrong says that a child is harmed: a human looks, once a
          # day and subject however many say so. This is most of what reviewers read, and what makes them
          # quick.
          - id: reported-for-abuse
            on: [account, group, link]
            when: signal.kind == report_weighed
              and signal.category in [csam, enticement, sextortion, trafficking]
              and (signal.aged_reporter or signal.reporter_minor) and not signal.often_wrong
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 24h

          - id: reported-by-several
            on: [account, group, link]
            when: signal.kind == reported and signal.category in [csam, enticement, sextortion, trafficking]
              and reporters_7d >= 3
            harm: enticement
            propose:
              self: [request_review]
            cooldown: 72h

          # A burst from one device says something about who files it, to a human. Which of them is not
          # known here: whoever came last may be an honest one on another device.
          - id: reporters-of-one-device
            on: [account, group, link]
            when: signal.kind == report_weighed and burst_24h >= 6 and burst_24h >= 3 * burst_devices_24h
            harm: csam
            propose:
              self: [request_review]
            cooldown: 24h

          # Reports and behaviour together: friction that expires, and a human.
          - id: advertised-group-with-reports
            on: group
            when: sighting_classes_7d >= 2 and aged_reporters_7d >= 2 and subject.age <= 30d
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

          # Anybody can post a link anywhere: places alone only ask for a look. A group of some days whose
          # link is on an index already was made to be found by strangers.
          - id: young-group-on-index
            on: group
            when: signal.kind == sighted and signal.place_class in [link_index, dark_web]
              and subject.age <= 3d
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h

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
            when: contacts_24h >= 60 and subject.age <= 14d and aged_reporters_7d >= 2
            harm: enticement
            propose:
              self: [limit_group_adds, limit_forwarding, request_review]
            budget: {per: 1d, limit: 500}

          # Most of whom it writes to first are young. A leader of a club may do so too: a human looks.
          - id: young-strangers
            on: account
            when: young_contacts_24h >= 20 and young_contacts_24h >= 0.5 * contacts_24h
              and not subject.minor
            harm: enticement
            propose:
              self: [request_review]
            cooldown: 72h

          - id: young-strangers-who-block
            on: account
            when: young_contacts_24h >= 8 and young_contacts_24h >= 0.5 * contacts_24h and blockers_7d >= 2
            harm: enticement
            propose:
              self: [request_review]
            cooldown: 24h

          # So many, and so many of them block: friction until a human has looked.
          - id: young-strangers-and-many-block
            on: account
            when: young_contacts_24h >= 20 and young_contacts_24h >= 0.5 * contacts_24h and blockers_7d >= 5
              and blockers_7d >= 0.1 * contacts_24h
            harm: enticement
            propose:
              self: [limit_group_adds, limit_forwarding, limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          # Strangers stream into a new group by link, and older accounts report it.
          - id: young-group-filling-with-reports
            on: group
            when: signal.kind == report_weighed and signal.category in [csam, enticement, trafficking]
              and subject.age <= 14d and joins_24h >= 10 and aged_reporters_7d >= 3
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
            when: groups_created_24h >= 6 and subject.age <= 7d
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

          # People are added in masses, and within hours a good part of them has declined or gone.
          - id: unwelcome-group
            on: group
            when: member_adds_3h >= 10 and departures_3h >= 4 and departures_3h >= 0.25 * member_adds_3h
            harm: enticement
            propose:
              self: [limit_invites, request_review]
              creator: [limit_group_adds, request_review]
            budget: {per: 1d, limit: 500}

          # After an enforcement: who runs what was taken down starts again.
          - id: group-created-again
            on: account
            when: signal.kind == group_created and removals_told_30d >= 1 and tied_enforcements_30d >= 1
            harm: csam
            propose:
              self: [limit_invites, request_review]
              related: [preserve_evidence, disable_group, request_review]
            budget: {per: 1d, limit: 500}
            cooldown: 0s

          - id: link-created-again
            on: account
            when: signal.kind == link_created and removals_told_30d >= 1 and tied_enforcements_30d >= 1
            harm: csam
            propose:
              related: [delist_invite_link, request_review]
            budget: {per: 1d, limit: 500}
            cooldown: 1h

          # Who ran what was taken down, and how else, is judged with it.
          - id: ran-what-was-removed
            on: account
            when: signal.kind == neighbour_enforced and signal.action in [remove_group, revoke_invite_link]
              and tied_enforcements_30d >= 1
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h

          - id: run-by-enforced
            on: group
            when: tied_enforcements_30d >= 1
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h

          # Nobody needs to look at a link to what was removed. Who made the link runs the group, also where
          # the group is older than this pipeline.
          - id: leads-to-removed
            on: link
            when: signal.kind == neighbour_enforced and signal.action in [remove_group, disable_group]
              and tied_enforcements_30d >= 1
            harm: csam
            propose:
              self: [delist_invite_link]
              creator: [request_review]
            budget: {per: 1d, limit: 2000}

          - id: joined-by-enforced
            on: group
            when: loose_enforcements_30d >= 3
            harm: csam
            propose:
              self: [limit_invites, request_review]
              links: [delist_invite_link]
            budget: {per: 1d, limit: 500}
            cooldown: 72h

          # With nobody of those who ran it: those who were there come together again in a new group, and
          # are a good part of who comes. A sample of them is known, so that the part is larger than it looks.
          # They may come to any group that has a public link, to harm it: alone they bring a look.
          - id: cohort-comes-again
            on: group
            when: signal.kind == cohort_joined and subject.age <= 14d and (cohort_of_one_group_72h >= 4
              and cohort_of_one_group_72h >= 0.15 * joins_24h or cohort_72h >= 5
              and cohort_72h >= 0.3 * joins_24h)
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 72h

          - id: cohort-comes-again-and-more
            on: group
            when: cohort_72h >= 4 and cohort_72h >= 0.15 * joins_24h and subject.age <= 14d
              and (subject.named_like_removed or aged_reporters_7d >= 2)
            harm: csam
            propose:
              self: [preserve_evidence, limit_invites, request_review]
              links: [delist_invite_link]
            budget: {per: 1d, limit: 500}
            cooldown: 72h

          # One who was there is enough where the name is nearly the same.
          - id: name-of-removed-group
            on: group
            when: subject.named_like_removed and cohort_72h >= 1 and subject.age <= 30d
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 72h

          # The icon of a group that a reviewer removed, or one near it, on another group.
          - id: icon-of-removed-group
            on: match
            when: match.category == lead and match.bank == "learned" and media.use == group_icon
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 72h

          # A new account on a known device or number that goes straight to work. Which account had
          # it before is not known here, so this is friction only.
          - id: evasion-by-device-groups
            on: account
            when: subject.reused_device and subject.age <= 3d and groups_created_24h >= 2
            harm: csam
            propose:
              self: [limit_group_adds, limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          - id: evasion-by-number-groups
            on: account
            when: subject.reused_number and subject.age <= 3d and groups_created_24h >= 2
            harm: csam
            propose:
              self: [limit_group_adds, limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          - id: evasion-by-device-links
            on: account
            when: subject.reused_device and subject.age <= 3d and links_created_24h >= 3
            harm: csam
            propose:
              self: [limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          # Registered on a device that others have used, and at work within days: each may be a second
          # account of a family's phone, and all together are a farm.
          - id: new-on-known-device-at-work
            on: account
            when: signal.kind in [group_created, link_created] and subject.reused_device
              and subject.age <= 3d
            harm: csam
            propose:
              self: [request_review]
              related: [request_review]
            cooldown: 24h

          - id: new-on-virtual-number-at-work
            on: account
            when: signal.kind == link_created and subject.virtual_number and subject.age <= 24h
              and groups_created_24h >= 1
            harm: csam
            propose:
              self: [request_review]
              related: [request_review]
            cooldown: 24h

          - id: new-on-known-device-joined-removed
            on: account
            when: signal.kind == neighbour_enforced and signal.action == remove_group
              and subject.reused_device and subject.age <= 14d
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h

          # Somebody else may have taken over: the owner's security first.
          - id: taken-over
            on: account
            when: device_changes_7d >= 1 and number_changes_7d >= 1 and groups_created_24h >= 5
            harm: csam
            propose:
              self: [secure_account, limit_invites, request_review]
            budget: {per: 1d, limit: 500}

          # Its owner is a victim: the account is made safe, and what is made with it is looked at.
          - id: strange-device-at-work
            on: account
            when: signal.kind == group_created and strange_devices_24h >= 1
            harm: csam
            propose:
              self: [secure_account, request_review]
              related: [request_review]
            cooldown: 24h

          - id: new-device-at-work
            on: account
            when: device_changes_24h >= 1 and groups_created_24h >= 1 and links_created_24h >= 1
              and contacts_24h >= 15
            harm: csam
            propose:
              self: [secure_account, request_review]
            cooldown: 24h

          # A group shows another name or icon for minutes, with a new link, just when the link is put
          # outside.
          - id: changed-for-minutes
            on: group
            when: changes_30m >= 2 and new_links_30m >= 1 and sightings_30m >= 1
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 24h

          # Texts bring a review, of a group that strangers can find or join. In a list a weight of 3 is for
          # a term that needs no company. Survivors and helpers use the same words: no more than a look.
          - id: listed-group-text
            on: group
            when: (name_weight >= 3 or description_weight >= 3)
              and (subject.public_group or subject.links >= 1)
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 72h

          # One name may be a coincidence or a helper's; an account that gives listed names time and again
          # is looked at itself.
          - id: listed-names-again
            on: account
            when: signal.kind == text_set and text.surface == group_name and text.list_weight >= 3
              and listed_texts_7d >= 3
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h

          # Who disguises a listed term knows what it means.
          - id: disguised-term
            on: [account, group]
            when: text.hidden_terms >= 1
            harm: csam
            propose:
              self: [preserve_evidence, request_review]
            cooldown: 72h

          - id: listed-group-on-index
            on: group
            when: name_weight >= 3 and risky_places_7d >= 1
            harm: csam
            propose:
              self: [preserve_evidence, limit_invites, request_review]
              links: [delist_invite_link]
            budget: {per: 1d, limit: 500}

          - id: disguised-group-filling
            on: group
            when: hidden_terms >= 1 and (joins_24h >= 5 or aged_reporters_7d >= 1)
            harm: csam
            propose:
              self: [preserve_evidence, limit_invites, request_review]
              links: [delist_invite_link]
            budget: {per: 1d, limit: 500}

          # On trial: scores, and what they would add. What is cheap stands first: the rest is then
          # seldom computed.
          - id: outreach-score
            on: account
            when: contacts_24h >= 30 and aged_reporters_7d >= 2 and score(account.outreach) > 0.8
            harm: enticement
            propose:
              self: [limit_group_adds, limit_forwarding, request_review]
            budget: {per: 1d, limit: 500}
            shadow: true

          - id: recidivism-score
            on: account
            when: tied_enforcements_30d >= 1 and score(account.recidivism) > 0.8
            harm: csam
            propose:
              self: [limit_invites, request_review]
            budget: {per: 1d, limit: 500}
            shadow: true

          - id: solicitation-score
            on: group
            when: sighting_classes_7d >= 2 and score(group.solicitation) > 0.8
            harm: csam
            propose:
              self: [limit_invites, request_review]
            budget: {per: 1d, limit: 500}
            shadow: true

          - id: exposed-link
            on: link
            when: sighting_classes_7d >= 2 and score(link.exposure) >= 1
            harm: csam
            propose:
              self: [delist_invite_link, request_review]
            budget: {per: 1d, limit: 500}
            shadow: true

          # A burst of reports says something about who files them too. Only a human can say what.
          - id: reports-many-subjects
            on: account
            when: subjects_reported_24h >= 30
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h
            shadow: true

          - id: reporters-of-one-circle
            on: [account, group, link]
            when: signal.kind == report_weighed and burst_24h >= 6 and burst_24h >= 3 * burst_circles_24h
            harm: csam
            propose:
              self: [request_review]
            cooldown: 24h
            shadow: true

          - id: often-wrong-reporter
            on: account
            when: subject.unfounded_reports >= 5 and subject.unfounded_reports >= 4 * subject.upheld_reports
            harm: csam
            propose:
              self: [request_review]
            cooldown: 720h
            shadow: true

          - id: restless-profile
            on: account
            when: profile_churn >= 8 and aged_reporters_7d >= 1
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h
            shadow: true

          - id: listed-texts-with-reports
            on: account
            when: aged_reporters_7d >= 1 and listed_texts_7d >= 2
            harm: csam
            propose:
              self: [request_review]
            cooldown: 72h
            shadow: true
        """#
}
