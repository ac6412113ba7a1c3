import Foundation
import Policy
import Testing

/// A pack with one mistake, and the whole text of its error.
struct WrongPack: Sendable, CustomStringConvertible {
    var name: String
    var text: String
    var error: String

    var description: String { name }

    static let all: [WrongPack] = {
        let file = repository.appending(path: "Tests/Golden/wrong-packs.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n=== ").dropFirst().compactMap { part in
            let name = part.prefix { $0 != "\n" }
            let halves = part.dropFirst(name.count + 1).components(separatedBy: "\n---\n")
            guard halves.count == 2 else { return nil }
            return WrongPack(
                name: String(name), text: halves[0] + "\n",
                error: halves[1].trimmingCharacters(in: .newlines))
        }
    }()
}

/// The repository's root.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Suite("Wrong packs")
struct WrongPackTests {
    @Test("There are more than a hundred of them, about every part of the language")
    func count() {
        #expect(WrongPack.all.count >= 110)
        #expect(Set(WrongPack.all.map(\.name)).count == WrongPack.all.count)
        for part in [
            "text.", "text_set", "report_weighed", "_reports", "cohort_joined", "forest", "trees:",
            "standing(", "match.", "score(", "budget:", "half-life",
        ] {
            #expect(WrongPack.all.contains { $0.text.contains(part) }, "none has \(part)")
        }
    }

    @Test(
        "A wrong pack is told where and what, with the nearest known name", arguments: WrongPack.all
    )
    func wrong(_ example: WrongPack) {
        do {
            _ = try Pack.load(
                yaml: example.text, file: "pack.yaml", models: TestModels.all)
            Issue.record("it loads: \(example.name)")
        } catch {
            #expect(error.description == example.error)
        }
    }

    @Test("A check tells the mistakes of several rules at once, in order")
    func several() {
        let text = """
            pack: p
            features: {account: {a: count(contacts) over 24h}}
            rules:
              - {id: x, on: account, when: b > 1, harm: csam, propose: [request_review]}
              - {id: y, on: account, when: a > 1, harm: csam, propose: [request_review]}
              - {id: z, on: account, when: a > 1h, harm: csam, propose: [request_review]}
            """
        let errors = Pack.check(yaml: text, file: "p.yaml")
        #expect(errors.map(\.line) == [4, 6])
        #expect(Pack.check(yaml: text.replacing("b > 1", with: "a > 2"), file: "p").count == 1)
    }
}
