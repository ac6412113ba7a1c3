import Behaviour
import Foundation
import Policy
import SafetyModel
import TestSupport
import Testing

@Suite("Damaged packs, expressions and tests")
struct FuzzTests {
    private static let models = PackModels(
        files: ["small.json": TestModels.small], known: ["small.json"])
    private static let words = [
        "(", ")", "[", "]", "{", "}", ",", " over ", " where ", "not ", " and ", " or ", "-", "1",
        "7d", "\"", "'", "reported", " in ", "==", "x", "half-life", "é", "*", "/", "\n", "\r\n",
        "\t", ": ", " #", "- ", ">", "|", "&a ", "!!str ", "\u{2028}", "\u{FEFF}", "score(",
        "1e999",
        "text.", "36501d", "match.", "subject.", "rules:\n", "%YAML 1.1\n---\n", "\u{0}",
    ]
    /// What a pack meets once it is loaded.
    private static let signals = [
        signal(.registered, amount: 0), signal(.reported, at: noon + .hours(1), party: 1),
        signal(.groupCreated, at: noon + .days(2), related: group("g")),
        signal(.reported, at: noon + .hours(60), of: group("g"), party: 2, flags: .agedReporter),
        signal(
            .profileChanged, at: noon + .hours(61), media: [item(.profilePhoto)], matches: [match()]
        ),
    ]

    /// Right and wrong ones, the pack that is built in, and a normal form.
    private static let packs: [[UInt8]] = {
        let right = WrongPack.all.map(\.text) + [Pack.defaultText, LayoutTests.example]
        let normal = try? Pack.load(yaml: LayoutTests.example, file: "p").normalForm
        return right.map { Array($0.utf8) } + [normal ?? []]
    }()

    private func use(_ text: String) -> Bool {
        guard let pack = try? Pack.load(yaml: text, file: "p", models: Self.models) else {
            #expect(!Pack.check(yaml: text, file: "p", models: Self.models).isEmpty)
            return false
        }
        let normal = String(decoding: pack.normalForm, as: UTF8.self)
        #expect((try? Pack.load(yaml: normal, file: "n"))?.digest == pack.digest, "\(text)")
        if let formatted = try? Pack.formatted(yaml: text, file: "p", models: Self.models) {
            let again = try? Pack.formatted(yaml: formatted, file: "p", models: Self.models)
            #expect(again == formatted, "\(text)")
        } else {
            Issue.record("it loads, but cannot be formatted: \(text)")
        }
        var state = SubjectState()
        for signal in Self.signals {
            _ = pack.explain(state, signal)
            _ = evaluate(pack, &state, signal)
        }
        return true
    }

    @Test(
        "A damaged pack is an error or another pack, never a crash or a hang",
        .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzzPacks() {
        let report = Fuzzing("packs", seeds: Self.packs, words: Self.words).run(rounds: 2_000) {
            bytes, _ in
            use(String(decoding: bytes, as: UTF8.self))
        }
        #expect(report.isSound, "\(report)")
    }

    @Test(
        "So is one with a damaged expression, wherever it stands",
        .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzzExpressions() {
        let seeds = [
            "count(reported) where signal.aged_reporter and not subject.age < 2h over 7d",
            "clamp(log1p(1 + 2 * -3), 0, 1e9) / max(1, 2)", "standing(tied) half-life 14d",
            "distinct([reported, blocked], actor) over 30h", "((((((1))))))",
            "x >= 2 and (signal.kind == reported or not signal.imminent)",
            "text.list in [\"words\", \"more\"] and text.change >= 20",
            "last(text_set, list_weight) where text.surface == group_name",
            "signal.category in [csam, sextortion] and subject.unfounded_reports >= 3",
            "distinct(report_weighed, circle) where not signal.often_wrong over 7d",
        ]
        let fuzzing = Fuzzing(
            "expressions", seeds: seeds.map { Array($0.utf8) }, words: Self.words)
        let report = fuzzing.run(rounds: 6_000) { bytes, random in
            let text = String(decoding: bytes, as: UTF8.self).replacing("'", with: "''")
            let isRule = random.below(2) == 0
            return use(
                """
                pack: p
                features:
                  all:
                    x: '\(isRule ? "count(reported) over 7d" : text)'
                rules:
                  - id: r
                    on: [account, group]
                    when: '\(isRule ? text : "signal.kind == reported")'
                    harm: csam
                    propose: [request_review]
                """)
        }
        #expect(report.isSound, "\(report)")
        for deep in ["(", "-", "not ", "min(", "1 + ("] {
            let text = String(repeating: deep, count: 5_000) + "1"
            let yaml = "pack: p\nfeatures: {account: {x: \"\(text)\"}}\nrules: []\n"
            #expect(throws: PackError.self) { try Pack.load(yaml: yaml, file: "p") }
        }
    }

    @Test(
        "A damaged file of tests is an error or other tests", .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzzTests() throws {
        let folder = repository.appending(path: "Deploy/packs/default/tests")
        let seeds = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "yaml" }.sorted { $0.path() < $1.path() }
            .map { [UInt8](try Data(contentsOf: $0)) }
        let pack = Pack.builtin
        let words = Self.words + ["{n}", "times: 99999", "at: 36500d", "every: 0s", "signals:\n"]
        let report = Fuzzing("pack-tests", seeds: seeds, words: words).run(rounds: 600) {
            bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            let tests = try? PackTest.load(yaml: text, file: "t", rules: pack.ruleIDs)
            for test in tests ?? [] { _ = test.run(pack) }
            return tests != nil
        }
        #expect(report.isSound, "\(report)")
    }
}
