import Foundation
import Policy
import SafetyModel
import Testing

@Suite("The reference of packs")
struct ReferenceTests {
    private func page() throws -> String {
        try String(
            contentsOf: repository.appending(path: "Schemas/policy-packs.md"), encoding: .utf8)
    }

    private func examples() throws -> [String] {
        try page().components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    @Test("The page names every action, and its examples are a pack and a test")
    func pageIsTrue() throws {
        let text: String = try page()
        for action in Action.allCases where action != .reverse {
            #expect(text.contains("`\(action.name)`"), "\(action.name)")
        }
        let examples = try examples()
        // The third has platform events, which `tutela policy test` reads.
        #expect(examples.count == 3)
        #expect(try Pack.load(yaml: examples[0], file: "example").ruleIDs.count == 1)
        let test = try #require(try PackTest.load(yaml: examples[1], file: "test").first)
        #expect(test.run(.builtin).failures.isEmpty)
    }

    @Test("The printed reference names every kind of signal and every name that a rule can read")
    func docs() throws {
        let text = Reference.text
        for kind in SignalKind.allCases { #expect(text.contains("`\(kind.name)`")) }
        let names = text.split(separator: "`").filter {
            ["signal.", "match.", "media.", "uploader.", "subject.", "related."].contains(
                where: $0.hasPrefix)
        }
        #expect(names.count > 35)
        for name in names {
            // A known name is told how to be compared, or loads; an unknown one is called unknown.
            let text = """
                pack: p
                rules:
                  - {id: r, on: match, when: \(name), harm: csam, propose: [request_review]}
                """
            do {
                _ = try Pack.load(yaml: text, file: "p")
            } catch {
                #expect(!error.message.contains("unknown"), "\(name)")
            }
        }
    }

    @Test("Formatting keeps what is said and what is commented, and is done after one time")
    func format() throws {
        let text = """
            # About this pack.
            pack: p
            features:
              account:
                a: count( contacts )  over 168h   # a week
            rules:
              - {id: r, on: account, when: "a>3", harm: csam, propose: [request_review]}
              - id: s
                on: account
                when: (a  >= 3)and a<1000
                harm: csam
                propose: [request_review]

            """
        let formatted = try Pack.formatted(yaml: text, file: "p")
        #expect(formatted.contains("    a: count(contacts) over 7d   # a week\n"))
        #expect(formatted.contains("    when: a >= 3 and a < 1000\n"))
        #expect(formatted.hasPrefix("# About this pack.\n"))
        #expect(try Pack.formatted(yaml: formatted, file: "p") == formatted)
        let (before, after) = (
            try Pack.load(yaml: text, file: "p"), try Pack.load(yaml: formatted, file: "p")
        )
        #expect(before.digest == after.digest)
        let pack = repository.appending(path: "Deploy/packs/default/pack.yaml")
        let own = try String(contentsOf: pack, encoding: .utf8)
        #expect(try Pack.formatted(yaml: own, file: "p") == own)
    }
}
