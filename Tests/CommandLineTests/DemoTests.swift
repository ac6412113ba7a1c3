import Foundation
import Testing

@Suite("Demo")
struct DemoTests {
    private let small = ["demo", "--accounts", "300", "--days", "3"]

    private func decisions(_ arguments: [String]) throws -> String {
        let result = try Program.run(arguments)
        #expect(result.status == 0, "\(result.error)")
        let line = result.output.split(separator: "\n").first { $0.hasPrefix("Decisions of") }
        return String(try #require(line))
    }

    @Test("The same seed gives the same decisions in another process, another seed others")
    func repeats() throws {
        let first = try decisions(small + ["--seed", "5"])
        #expect(try decisions(small + ["--seed", "5"]) == first)
        #expect(try decisions(small + ["--seed", "6"]).suffix(64) != first.suffix(64))
    }

    @Test("The traffic's format changes no decision")
    func formats() throws {
        let binary = try decisions(small + ["--format", "protobuf"])
        #expect(try decisions(small + ["--format", "json"]) == binary)
    }

    @Test("What is not a terminal gets no colours and no moving line")
    func plainText() throws {
        let result = try Program.run(small)
        #expect(!result.output.contains("\u{1b}"))
        #expect(!result.output.contains("\r"))
        for title in ["Events in", "Proposals by rule", "Enforcements by action"] {
            #expect(result.output.contains("\n\(title)"))
        }
    }

    @Test("A kept log replays as recorded, and a directory in use is refused")
    func replays() throws {
        try Program.withDirectory { directory in
            let place = directory.appending(path: "log").path()
            let made = try Program.run(small + ["--dir", place])
            #expect(made.status == 0, "\(made.error)")
            let replay = try Program.run(["replay", "--dir", place])
            #expect(replay.status == 0, "\(replay.output)\(replay.error)")
            #expect(replay.output.split(separator: "\n").count == 4)
            #expect(!replay.output.contains("differs"))
            let again = try Program.run(small + ["--dir", place])
            #expect(again.status == 78)
            #expect(again.error.contains("the directory is not empty"))
        }
    }
}
