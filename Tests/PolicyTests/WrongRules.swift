/// Continues `WrongPacks.swift`.
let wrongRules: [WrongPack] = [
    WrongPack(
        name: "an alias",
        text: #"""
            pack: test
            rules:
              - &first {id: rate}   # fine: *first
              - *first
            """#,
        error: #"""
            pack.yaml:4:5: a pack has no aliases; write it out
              4 |   - *first
                |     ^
            """#),
    WrongPack(
        name: "a comparison of names by size",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: signal.kind >= reported
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:11: compare signal.kind with ==, != or in
              5 |     when: signal.kind >= reported
                |           ^
            """#),
    WrongPack(
        name: "an unknown action",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invite, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:7:15: unknown action "limit_invite"; did you mean "limit_invites"?
              7 |     propose: [limit_invite, request_review]
                |               ^
            """#),
    WrongPack(
        name: "an action on the wrong subject",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [disable_group, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:7:15: disable_group is done to a group, but "self" is an account
              7 |     propose: [disable_group, request_review]
                |               ^
            """#),
    WrongPack(
        name: "an action for the wrong target",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: 
                  creator: [remove_group_media]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:8:17: remove_group_media is done to a group, but "creator" is an account
              8 |       creator: [remove_group_media]
                |                 ^
            """#),
    WrongPack(
        name: "an uploader of behaviour",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: 
                  uploader: [request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:8:7: only a match has an uploader; this rule is on account
              8 |       uploader: [request_review]
                |       ^
            """#),
    WrongPack(
        name: "an unknown target",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: 
                  uplaoder: [request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:8:7: unknown key "uplaoder"; did you mean "uploader"?
              8 |       uplaoder: [request_review]
                |       ^
            """#),
    WrongPack(
        name: "an unknown harm",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: spam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:6:11: unknown harm "spam"; expected one of csam, enticement, sextortion, trafficking, imminent
              6 |     harm: spam
                |           ^
            """#),
    WrongPack(
        name: "a restriction without a budget",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
            """#,
        error: #"""
            pack.yaml:3:5: the rule "rate" restricts somebody and needs the key "budget"
              3 |   - id: rate
                |     ^
            """#),
    WrongPack(
        name: "a budget with both numbers",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5, baseline: 5x}
            """#,
        error: #"""
            pack.yaml:8:13: a budget needs either "limit" or "baseline"
              8 |     budget: {per: 1d, limit: 5, baseline: 5x}
                |             ^
            """#),
    WrongPack(
        name: "a floor under a fixed budget",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5, floor: 1}
            """#,
        error: #"""
            pack.yaml:8:40: "floor" belongs to a baseline, not to a limit
              8 |     budget: {per: 1d, limit: 5, floor: 1}
                |                                        ^
            """#),
    WrongPack(
        name: "a baseline without x",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, baseline: 5}
            """#,
        error: #"""
            pack.yaml:8:33: "5" is no multiple; expected a number with x, as 5x
              8 |     budget: {per: 1d, baseline: 5}
                |                                 ^
            """#),
    WrongPack(
        name: "a period without a unit",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 24, limit: 5}
            """#,
        error: #"""
            pack.yaml:8:19: "24" is not a duration; expected a number with s, m, h or d, as 72h
              8 |     budget: {per: 24, limit: 5}
                |                   ^
            """#),
    WrongPack(
        name: "a rule that is there twice",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:9:5: a rule with the id "rate" is there already
              9 |   - id: rate
                |     ^
            """#),
    WrongPack(
        name: "a match beside another trigger",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: [account, match]
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:4:9: "match" cannot stand with other triggers
              4 |     on: [account, match]
                |         ^
            """#),
    WrongPack(
        name: "an id with spaces",
        text: #"""
            pack: test
            rules:
              - id: my rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:3:9: "my rate" is no rule id; expected up to 64 of a-z, 0-9 and -
              3 |   - id: my rate
                |         ^
            """#),
    WrongPack(
        name: "a shadow that is no truth",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
                shadow: maybe
            """#,
        error: #"""
            pack.yaml:9:13: unknown value "maybe"; expected one of true, false
              9 |     shadow: maybe
                |             ^
            """#),
    WrongPack(
        name: "a stray sign",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3 & x
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:35: a condition has no "&"
              5 |     when: groups_created_24h >= 3 & x
                |                                   ^
            """#),
    WrongPack(
        name: "a text without an end",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: match
                when: match.bank == "listed
                harm: csam
                propose: [request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:25: the text has no closing "
              5 |     when: match.bank == "listed
                |                         ^
            """#),
]
