import Behaviour
import Foundation
import Policy
import SafetyModel
import Testing

@Suite("The reference of packs")
struct ReferenceTests {
    private func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(
            contentsOf: root.appending(path: "Schemas/policy-packs.md"), encoding: .utf8)
    }

    @Test("It names every feature with its meaning, and every action")
    func isWhole() throws {
        let page = try page()
        for feature in Feature.allCases {
            let row = page.split(separator: "\n").first { $0.hasPrefix("| `\(feature.name)` |") }
            #expect(row?.contains(feature.meaning) == true, "\(feature.name)")
        }
        for action in Action.allCases where action != .reverse {
            #expect(page.contains("`\(action.name)`"), "\(action.name)")
        }
    }

    @Test("Its example is a pack")
    func example() throws {
        let page = try page()
        let start = try #require(page.range(of: "```yaml\n"))
        let end = try #require(page[start.upperBound...].range(of: "```"))
        let text = String(page[start.upperBound..<end.lowerBound])
        #expect(try Pack.load(yaml: text, file: "example").ruleIDs.count == 1)
    }

    @Test("Every name of its table of conditions can be compared")
    func names() throws {
        let lines = try page().split(separator: "\n")
        let cells = lines.filter { $0.hasPrefix("| `match.") || $0.hasPrefix("| `signal.") }
            .compactMap { $0.split(separator: "|").first }
        let names = cells.flatMap { $0.split(separator: "`") }.filter { $0.contains(".") }
        #expect(names.count > 15)
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
}
