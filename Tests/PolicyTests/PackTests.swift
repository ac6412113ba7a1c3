import Policy
import SafetyModel
import Testing

@Suite("Packs")
struct PackTests {
    @Test("The default pack loads, with the ids of its rules in order")
    func builtin() {
        #expect(Pack.builtin.name == "default")
        #expect(Pack.builtin.digest.count == 32)
        #expect(Pack.builtin.ruleIDs.first == "known-media-on-profile")
        #expect(Set(Pack.builtin.ruleIDs).count == Pack.builtin.ruleIDs.count)
    }

    @Test("The normal form is itself a pack, and loading it gives the same digest")
    func normalForm() throws {
        let text = String(decoding: Pack.builtin.normalForm, as: UTF8.self)
        let again = try Pack.load(yaml: text, file: "normal.yaml")
        #expect(again.normalForm == Pack.builtin.normalForm)
        #expect(again.digest == Pack.builtin.digest)
    }

    @Test("Comments, layout and the order of keys do not change the digest; a threshold does")
    func digest() throws {
        let a = try Pack.load(
            yaml: """
                pack: test
                features:
                  all:
                    reporters_7d: distinct(reported, reporter) where signal.imminent over 7d
                  account: {b: reports * 2, reports: count(reported) over 7d}
                scores:
                  account.x: {weighted: {bias: 1, weights: {b: 2, reports: 0.5}}}
                rules:
                  - id: r
                    on: [group, account]
                    when: reporters_7d >= 3 and signal.kind in [reported, blocked]
                    harm: csam
                    propose: [request_review]
                    cooldown: 24h
                """, file: "a.yaml")
        let text = """
            # the same, written otherwise
            rules:
            - {harm: csam, cooldown: 1d, id: r, on: [account, group],
               propose: {self: [request_review]},
               when: "reporters_7d >= 3.0   and signal.kind in [blocked, reported]", shadow: false}
            pack: "test"
            scores: {account.x: {weighted: {weights: {"reports": 5e-1, b: 2.0}, bias: 1.0}}}
            features:
              link: {reporters_7d: "distinct( reported,reporter ) where (signal.imminent) over 7d"}
              account:
                reports: count(reported) over 168h
                b: (reports)*2
                reporters_7d: >
                  distinct(reported, reporter)
                  where signal.imminent over 168h
              group:
                reporters_7d: distinct(reported, reporter) where signal.imminent over 7d
            """
        let b = try Pack.load(yaml: text, file: "b.yaml")
        #expect(a.digest == b.digest)
        let c = try Pack.load(yaml: text.replacing("3.0", with: "4"), file: "c.yaml")
        #expect(a.digest != c.digest)
    }

    @Test("The design's example of a match rule is a pack")
    func designExample() throws {
        let pack = try Pack.load(
            yaml: """
                pack: default
                rules:
                  - id: known-media-on-profile
                    on: match
                    when: match.category == csam and media.use == profile_photo
                    harm: csam
                    propose: [preserve_evidence, remove_profile_media,
                      suspend_account, ban_account, report_cybertip]   # I7
                    budget: { per: 1d, baseline: 5x }
                """, file: "pack.yaml")
        #expect(pack.ruleIDs == ["known-media-on-profile"])
    }

    @Test("Deep nesting and size are refused, not followed")
    func hostile() {
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
            String(repeating: "{a: ", count: 50_000),
            "pack: p\nrules: " + String(repeating: " ", count: Pack.maximumBytes),
        ] {
            #expect(throws: PackError.self) { try Pack.load(yaml: text, file: "p") }
        }
    }
}
