import Foundation
import ScoreModels
import Testing

/// Where `make test` puts it, or else the one on the path.
private let python: String? = {
    let own = FileManager.default.currentDirectoryPath + "/.venv/bin/python3"
    let candidates = [own, "/usr/bin/env"].filter(FileManager.default.isExecutableFile(atPath:))
    return candidates.first { candidate in
        let words = candidate == own ? [] : ["python3"]
        return (try? run(candidate, words + ["-c", "import xgboost"]))?.status == 0
    }
}()

private func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

@Suite("XGBoost as the oracle")
struct XGBoostTests {
    @Test(
        "Values, margins and contributions of a thousand random rows are xgboost's",
        .enabled(if: python != nil, "needs xgboost for Python: make test"))
    func agrees() throws {
        let python = try #require(python)
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tutela-xgboost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "xgboost_rows.py").path()
        let words = (python.hasSuffix("env") ? ["python3"] : []) + [script, folder.path()]
        let (status, output) = try run(python, words)
        try #require(status == 0, "\(output)")
        for name in ["logistic", "rare", "squared", "regression", "stump"] {
            try compare(name, in: folder)
        }
        for name in ["dart", "classes", "categories"] {
            let bytes = [UInt8](
                try Data(contentsOf: folder.appending(path: "refused-\(name).json")))
            #expect(throws: LoadError.self) { try TreeModel(file: name, bytes: bytes) }
        }
    }

    private func compare(_ name: String, in folder: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).json")))
        let model = try TreeModel(file: "\(name).json", bytes: bytes)
        let table = try String(contentsOf: folder.appending(path: "\(name).csv"), encoding: .utf8)
        var rows = 0
        var differences = 0
        var worst = 0.0
        for line in table.split(separator: "\n") {
            let numbers = line.split(separator: ",").compactMap { Double($0) }
            let features = numbers[..<model.featureCount].map(Float.init)
            let expected = Array(numbers[model.featureCount...])
            let score = model.score(features)
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
