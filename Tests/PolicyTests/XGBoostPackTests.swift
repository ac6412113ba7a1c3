import Behaviour
import Foundation
import Policy
import SafetyModel
import TestSupport
import Testing

private let python = Python.having(["xgboost"])

@Suite("A pack with a model of XGBoost's")
struct XGBoostPackTests {
    /// Each leaves its amount in one input; without it the input is missing.
    private static let kinds: [SignalKind] = [
        .contacts, .groupCreated, .linkCreated, .addedMember, .joinedByLink, .administers,
        .filedReport,
    ]

    private func pack(_ folder: URL) throws -> Pack {
        let features = Self.kinds.enumerated().map { index, kind in
            "    feature_\(index): last(\(kind.name), amount)\n"
        }
        let model = [UInt8](try Data(contentsOf: folder.appending(path: "counts.json")))
        return try Pack.load(
            yaml: """
                pack: test
                features:
                  account:
                \(features.joined())
                scores:
                  account.model: {trees: {model: counts.json}}
                rules:
                  - id: always
                    on: account
                    when: score(account.model) >= 0 and signal.kind == blocked
                    harm: csam
                    propose: [request_review]
                    cooldown: 0s
                """, file: "pack.yaml", models: PackModels(files: ["counts.json": model]))
    }

    @Test(
        "Through evaluation, a thousand rows have xgboost's values and largest contributions",
        .enabled(if: python != nil, "needs xgboost for Python: make test"))
    func agrees() throws {
        let python = try #require(python)
        let script = repository.appending(path: "Tests/ScoreModelsTests/xgboost_rows.py")
        try python.run(script: script) { folder, result in
            try #require(result.status == 0, "\(result.output)")
            let pack = try pack(folder)
            let recorded = try Pack.load(
                yaml: String(decoding: pack.normalForm, as: UTF8.self), file: "normal.yaml")
            let table = try String(
                contentsOf: folder.appending(path: "counts.csv"), encoding: .utf8)
            var (rows, worst) = (0, 0.0)
            for line in table.split(separator: "\n") {
                let numbers = line.split(separator: ",").compactMap { Double($0) }
                let reasons = reasons(pack, numbers)
                worst = max(worst, try difference(reasons, numbers))
                #expect(self.reasons(recorded, numbers) == reasons)
                rows += 1
            }
            #expect(rows == 1_000)
            #expect(worst <= 1e-6, "\(worst)")
        }
    }

    private func reasons(_ pack: Pack, _ row: [Double]) -> [Reason] {
        var state = SubjectState()
        for (kind, value) in zip(Self.kinds, row) where !value.isNaN {
            _ = evaluate(pack, &state, signal(kind, amount: Int64(value)))
        }
        return evaluate(pack, &state, signal(.blocked)).drafts.first?.reasons ?? []
    }

    /// Of the score's value; the contributions are compared here.
    private func difference(_ reasons: [Reason], _ row: [Double]) throws -> Double {
        let count = Self.kinds.count
        let score = try #require(reasons.first)
        #expect(score.name == "account.model")
        let contributions = row[(count + 2)..<(2 * count + 2)]
        let largest = contributions.map(\.magnitude).sorted(by: >).prefix(3)
        #expect(reasons.count == 4)
        for (reason, magnitude) in zip(reasons.dropFirst(), largest) {
            #expect((reason.value.magnitude - magnitude).magnitude <= 2e-5)
            let index = try #require(reason.name.last.flatMap { Int(String($0)) })
            #expect(
                (contributions[contributions.startIndex + index] - reason.value).magnitude <= 2e-5)
        }
        return (score.value - row[count]).magnitude
    }
}
