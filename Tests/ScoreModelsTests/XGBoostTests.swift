import Foundation
import ScoreModels
import TestSupport
import Testing

private let python = Python.having(["xgboost"])

@Suite("XGBoost as the oracle")
struct XGBoostTests {
    @Test(
        "Values, margins and contributions of a thousand random rows are xgboost's",
        .enabled(if: python != nil, "needs xgboost for Python: make test"))
    func agrees() throws {
        let python = try #require(python)
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "xgboost_rows.py")
        try python.run(script: script) { folder, result in
            try #require(result.status == 0, "\(result.output)")
            for name in ["logistic", "rare", "squared", "regression", "stump", "counts"] {
                try compare(name, in: folder)
            }
            for name in ["dart", "classes", "categories"] {
                let bytes = [UInt8](
                    try Data(contentsOf: folder.appending(path: "refused-\(name).json")))
                #expect(throws: LoadError.self) { try TreeModel(file: name, bytes: bytes) }
            }
        }
    }

    private func compare(_ name: String, in folder: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).json")))
        let model = try TreeModel(file: "\(name).json", bytes: bytes)
        let table = try String(contentsOf: folder.appending(path: "\(name).csv"), encoding: .utf8)
        let again = try TreeModel(file: name, normalForm: model.normalForm)
        var rows = 0
        var differences = 0
        var worst = 0.0
        for line in table.split(separator: "\n") {
            let numbers = line.split(separator: ",").compactMap { Double($0) }
            let features = numbers[..<model.featureCount].map(Float.init)
            let expected = Array(numbers[model.featureCount...])
            let score = model.score(features)
            #expect(again.score(features) == score)
            worst = max(
                worst, (score.value - expected[0]).magnitude / max(1, expected[0].magnitude))
            if score.margin != Float(expected[1]) { differences += 1 }
            let attributions = score.contributions.map(Double.init) + [Double(score.bias)]
            for (own, theirs) in zip(attributions, expected[2...]) {
                #expect((own - theirs).magnitude <= 2e-5 * max(1, theirs.magnitude))
            }
            #expect(expected.count == model.featureCount + 3)
            rows += 1
        }
        #expect(rows == 1_000)
        #expect(worst <= 1e-6, "\(name): \(worst)")
        #expect(differences == 0, "\(name): \(differences) margins differ in their bits")
    }
}
