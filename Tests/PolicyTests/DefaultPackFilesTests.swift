import Foundation
import Policy
import Testing

@Suite("The default pack's folder")
struct DefaultPackFilesTests {
    private let folder = repository.appending(path: "Deploy/packs/default")

    @Test("The program has built in what the folder holds; else run `make default-pack`")
    func isEmbedded() throws {
        let text = try String(contentsOf: folder.appending(path: "pack.yaml"), encoding: .utf8)
        #expect(
            text.trimmingCharacters(in: .newlines)
                == Pack.defaultText.trimmingCharacters(in: .newlines))
    }

    @Test("It is as large as it should be")
    func size() {
        #expect(Pack.builtin.featureCount >= 20)
        #expect(Pack.builtin.scoreNames.count >= 4)
        #expect(Pack.builtin.ruleIDs.count >= 15)
    }

    @Test("Its own tests pass")
    func tests() throws {
        var count = 0
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.appending(path: "tests").path())
        for name in names.sorted() {
            let file = folder.appending(path: "tests/\(name)")
            let tests = try PackTest.load(
                yaml: String(contentsOf: file, encoding: .utf8), file: name,
                rules: Pack.builtin.ruleIDs)
            for test in tests {
                let outcome = test.run(.builtin)
                #expect(outcome.failures.isEmpty, "\(name): \(test.name): \(outcome.failures)")
                count += 1
            }
        }
        #expect(count >= 10)
    }
}
