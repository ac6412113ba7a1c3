/// A pack with one mistake, and the whole text of its error.
struct WrongPack: Sendable, CustomStringConvertible {
    var name: String
    var text: String
    var error: String

    var description: String { name }
}

let wrongPacks = wrongLayouts + wrongRules

let wrongLayouts: [WrongPack] = [
    WrongPack(
        name: "no YAML",
        text: #"""
            pack: test
            rules:
              - id: rate
               on: account
            """#,
        error: #"""
            pack.yaml:4:4: not YAML: did not find expected '-' indicator
              4 |    on: account
                |    ^
            """#),
    WrongPack(
        name: "an empty file",
        text: #"""

            """#,
        error: #"""
            pack.yaml:1:1: the pack is empty; expected the keys pack and rules
            """#),
    WrongPack(
        name: "a list where a pack belongs",
        text: #"""
            - pack
            - rules
            """#,
        error: #"""
            pack.yaml:1:1: expected a pack with the keys pack, rules
              1 | - pack
                | ^
            """#),
    WrongPack(
        name: "an unknown key of the pack",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            scroes: {}
            """#,
        error: #"""
            pack.yaml:9:1: unknown key "scroes"; expected one of pack, rules
              9 | scroes: {}
                | ^
            """#),
    WrongPack(
        name: "an unknown key of a rule",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harms: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:6:5: unknown key "harms"; did you mean "harm"?
              6 |     harms: csam
                |     ^
            """#),
    WrongPack(
        name: "a key that is there twice",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                harm: csam
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:6:5: the key "harm" is there twice
              6 |     harm: csam
                |     ^
            """#),
    WrongPack(
        name: "a rule without harm",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:3:5: a rule needs the key "harm"
              3 |   - id: rate
                |     ^
            """#),
    WrongPack(
        name: "an unknown feature",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: group_created_24h >= 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:11: unknown name "group_created_24h"; did you mean "groups_created_24h"?
              5 |     when: group_created_24h >= 3
                |           ^
            """#),
    WrongPack(
        name: "a feature of another subject",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3 and leaves_24h >= 2
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:39: leaves_24h is a feature of a group; this rule is about an account
              5 |     when: groups_created_24h >= 3 and leaves_24h >= 2
                |                                       ^
            """#),
    WrongPack(
        name: "a single equals sign",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h = 3
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:30: write == to compare
              5 |     when: groups_created_24h = 3
                |                              ^
            """#),
    WrongPack(
        name: "a word for a number",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= three
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:33: expected a number, found "three"
              5 |     when: groups_created_24h >= three
                |                                 ^
            """#),
    WrongPack(
        name: "a duration for a number",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: age_hours <= 72h
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:24: expected a number, found "72h"
              5 |     when: age_hours <= 72h
                |                        ^
            """#),
    WrongPack(
        name: "a feature without a comparison",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:11: groups_created_24h is a number; compare it, as >= 3
              5 |     when: groups_created_24h
                |           ^
            """#),
    WrongPack(
        name: "or",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3 or links_created_24h >= 9
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:35: expected "and" or the end of the condition, found "or"
              5 |     when: groups_created_24h >= 3 or links_created_24h >= 9
                |                                   ^
            """#),
    WrongPack(
        name: "a condition that ends early",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3 and
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:37: expected a name, but the condition ends
              5 |     when: groups_created_24h >= 3 and
                |                                     ^
            """#),
    WrongPack(
        name: "a match in a rule about behaviour",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: groups_created_24h >= 3
                  and match.category == csam
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:6:11: match.category can only be compared in a rule on match
              6 |       and match.category == csam
                |           ^
            """#),
    WrongPack(
        name: "an unknown category of match",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: match
                when: match.category in [csam, explotative]
                harm: csam
                propose: [request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:36: unknown category "explotative"; did you mean "exploitative"?
              5 |     when: match.category in [csam, explotative]
                |                                    ^
            """#),
    WrongPack(
        name: "an unknown kind of signal",
        text: #"""
            pack: test
            rules:
              - id: rate
                on: account
                when: signal.kind == group_create
                harm: csam
                propose: [limit_invites, request_review]
                budget: {per: 1d, limit: 5}
            """#,
        error: #"""
            pack.yaml:5:26: unknown kind of signal "group_create"; did you mean "group_created"?
              5 |     when: signal.kind == group_create
                |                          ^
            """#),
]
