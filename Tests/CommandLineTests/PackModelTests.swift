import Foundation
import Testing

@Suite("Packs with models on the command line")
struct PackModelTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Golden/models/small.json")

    private let pack = """
        pack: p
        features: {account: {groups: "sum(group_created, amount) over 24h"}}
        scores: {account.farm: {trees: {model: small.json, inputs: {age_days: subject.age / 1d}}}}
        rules:
          - id: farm
            on: account
            when: score(account.farm) > 0.7
            harm: csam
            propose: [request_review]

        """

    @Test("A pack's folder holds its model: a changed one is another pack, a missing one a mistake")
    func folder() throws {
        try Program.withDirectory { directory in
            // A space, for the folder's name is the operator's.
            let folder = directory.appending(path: "my pack")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(pack.utf8).write(to: folder.appending(path: "pack.yaml"))
            let file = folder.appending(path: "small.json")
            let model = try Data(contentsOf: Self.golden)
            try model.write(to: file)
            func check(_ path: String = "") throws -> Program.Result {
                try Program.run([
                    "policy", "check", folder.path(percentEncoded: false) + path,
                ])
            }
            let whole = try check()
            #expect(whole.status == 0, "\(whole.error)")
            #expect(whole.output.contains("1 features, 1 scores, 1 rules, digest "))
            #expect(try check("/pack.yaml").output.hasSuffix(whole.output.suffix(20)))
            let tried = try Program.run([
                "backtest", "--candidate", folder.path(percentEncoded: false), "--dir",
                directory.appending(path: "none").path(),
            ])
            #expect(tried.error.contains("there is no log in this directory"), "\(tried.error)")
            let text = String(decoding: model, as: UTF8.self)
            try Data(text.replacing("30, 1, 0.25", with: "30, 1, 0.5").utf8).write(to: file)
            #expect(try check().output.suffix(20) != whole.output.suffix(20))
            try FileManager.default.moveItem(at: file, to: folder.appending(path: "smal.json"))
            let missing = try check()
            #expect(missing.status == 1)
            #expect(
                missing.output.contains(
                    "pack.yaml:3:40: unknown model file \"small.json\"; did you mean \"smal.json\"?"
                ))
        }
    }
}
