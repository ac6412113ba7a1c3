import Behaviour
import Policy
import SafetyModel
import ScoreModels
import TestSupport
import Testing

private func text(_ scores: String) -> String {
    """
    pack: test
    features:
      account: {groups: "sum(group_created, amount) over 24h"}
    scores:
    \(scores)
    rules:
      - id: farm
        on: account
        when: score(account.farm) > 0.7
        harm: csam
        propose: [request_review]
        cooldown: 0s
    """
}

private let plain = text(
    "  account.farm: {trees: {model: small.json, inputs: {age_days: subject.age / 1d}}}")

private func load(_ text: String, _ models: PackModels = TestModels.all) throws -> Pack {
    try Pack.load(yaml: text, file: "pack.yaml", models: models)
}

@Suite("Scores by trees")
struct TreeScoreTests {
    private func reasons(_ pack: Pack, _ signals: [Signal]) -> [Reason] {
        var state = SubjectState()
        var reasons: [Reason] = []
        for signal in signals {
            reasons = evaluate(pack, &state, signal).drafts.first?.reasons ?? []
        }
        return reasons
    }

    private func created(_ groups: Int64, at day: Int = 0) -> Signal {
        signal(.groupCreated, at: noon + .days(Int64(day)), amount: groups)
    }

    @Test("The trees decide, what is unknown is missing, and a proposal names what moved them")
    func evaluates() throws {
        let pack = try load(plain)
        // Three groups and an unknown age: right, then the way of the missing.
        let unknown = reasons(pack, [created(3)])
        #expect(
            unknown.map(\.name) == [
                "account.farm", "account.farm/groups", "account.farm/subject.age / 24h",
            ])
        #expect(unknown.first?.value == PortableMath.logistic(1.125))
        let moved = unknown.dropFirst().map { ($0.value * 10_000).rounded() / 10_000 }
        #expect(moved == [0.7875, 0.1875])
        // Two groups: left.
        #expect(reasons(pack, [created(2)]).isEmpty)
        // Sixty days old: right twice, and 0.59 is not enough.
        #expect(reasons(pack, [signal(.registered), created(5, at: 60)]).isEmpty)
        #expect(!reasons(pack, [signal(.registered), created(5, at: 20)]).isEmpty)
    }

    @Test("An explanation shows the score with what moved it")
    func explains() throws {
        let pack = try load(plain)
        var replay = SubjectReplay(pack)
        replay.send(signal(.registered))
        let explanation = replay.explanation(of: created(2, at: 60))
        #expect(explanation.scores.map(\.name) == ["account.farm"])
        #expect(explanation.scores.first?.value == PortableMath.logistic(-0.375))
        #expect(explanation.scores.first?.contributions.map(\.name) == ["groups"])
        #expect(explanation.rules.first?.terms.first?.holds == false)
    }

    @Test("The normal form holds the model: it loads without any file, and decides the same")
    func normalForm() throws {
        let pack = try load(plain)
        let form = String(decoding: pack.normalForm, as: UTF8.self)
        #expect(!form.contains("small.json"))
        let again = try Pack.load(yaml: form, file: "normal.yaml")
        #expect(again.digest == pack.digest)
        #expect(again.normalForm == pack.normalForm)
        for groups in 0...6 as ClosedRange<Int64> {
            let signals = [signal(.registered), created(groups, at: Int(groups) * 10)]
            #expect(reasons(again, signals) == reasons(pack, signals))
        }
    }

    @Test("The digest is that of what decides: the model, not its file's name or layout")
    func digests() throws {
        let pack = try load(plain)
        let named = text(
            """
              account.farm:
                trees:
                  inputs:
                    age_days: (subject.age) / 1d
                    groups: groups
                  model: other.json
            """)
        let wide = TestModels.small + Array(" \n".utf8)
        #expect(try load(named, PackModels(files: ["other.json": wide])).digest == pack.digest)
        let small = String(decoding: TestModels.small, as: UTF8.self)
        let changed = Array(small.replacing("30, 1, 0.25", with: "30, 1, 0.5").utf8)
        #expect(try load(plain, PackModels(files: ["small.json": changed])).digest != pack.digest)
        // Covers decide what a reviewer is told.
        let other = Array(small.replacing("[10, 6, 4, 3, 1]", with: "[10, 5, 5, 3, 2]").utf8)
        #expect(try load(plain, PackModels(files: ["small.json": other])).digest != pack.digest)
    }

    @Test("A model without names has those that XGBoost gives it")
    func unnamed() throws {
        let pack = try load(
            text("  account.farm: {trees: {model: unnamed.json, inputs: {f0: groups, f1: 1}}}"))
        #expect(pack.scoreNames == ["account.farm"])
    }

    @Test("The files that a pack names are known before it is checked, and no others are read")
    func modelFiles() {
        #expect(Pack.modelFiles(yaml: plain) == ["small.json"])
        #expect(Pack.modelFiles(yaml: "pack: [").isEmpty)
        let strange = ["../small.json", ".hidden.json", "a/b.json", "", "x y.json"]
        for name in strange {
            #expect(
                Pack.modelFiles(yaml: plain.replacing("small.json", with: "\"\(name)\"")).isEmpty)
        }
        let many = (0..<40).map { "  account.s\($0): {trees: {model: m\($0).json}}" }
        #expect(
            Pack.modelFiles(yaml: text(many.joined(separator: "\n"))).count == Pack.maximumModels)
    }

    @Test("Models that would not fit into a pack's record are refused together, not alone")
    func size() throws {
        let big = TestModels.model(features: ["groups"], trees: 940, depth: 5)
        let models = PackModels(files: ["big.json": big])
        let one = "  account.farm: {trees: {model: big.json}}"
        #expect(try load(text(one), models).normalForm.count < Pack.maximumNormalBytes)
        let two = one + "\n  account.other: {trees: {model: big.json}}"
        let error = try #require(throws: PackError.self) { try load(text(two), models) }
        #expect(error.message.hasPrefix("with its models the pack has 1"))
        #expect(error.line == 5)
        let many = (0...16).map {
            "  account.s\($0): {trees: {model: small.json, inputs: {age_days: 1}}}"
        }
        let crowd = try #require(throws: PackError.self) {
            try load(
                text(
                    ([
                        one.replacing("big", with: "small").replacing(
                            "}}", with: ", inputs: {age_days: 1}}}")
                    ] + many).joined(separator: "\n")))
        }
        #expect(crowd.message == "a pack has at most 16 scores by trees")
    }

    @Test(
        "A damaged forest is an error or another model, never a crash",
        .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzz() throws {
        let form = String(decoding: try load(plain).normalForm, as: UTF8.self)
        let line = try #require(
            form.split(separator: "\n").first { $0.contains("forest: ") }.map(String.init))
        let forest = try #require(Base64.bytes(String(line.dropFirst(15).dropLast())))
        let words = ["\u{0}", "\u{7f}", "\u{1}\u{1}", "ÿÿÿÿ"]
        let report = Fuzzing("forests-of-packs", seeds: [forest], words: words).run(rounds: 5_000) {
            bytes, _ in
            let text = form.replacing(line, with: "      forest: '\(Base64.text(bytes))'")
            guard let pack = try? Pack.load(yaml: text, file: "p") else { return false }
            _ = reasons(pack, [created(4)])
            return true
        }
        #expect(report.isSound && report.loaded > report.inputs / 100, "\(report)")
    }
}
