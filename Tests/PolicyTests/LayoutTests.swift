import Foundation
import Policy
import TestSupport
import Testing

@Suite("How expressions are laid out")
struct LayoutTests {
    /// Every way to write an expression that YAML has.
    static let example = """
        # A pack.
        pack: layouts
        features:
          all: {reporters_7d: "distinct( reported,reporter )  over 168h", blocks: 'count(blocked) over 7d'}
          account:
            # Wider than a line.
            aged: distinct(report_weighed, reporter) where \
        (signal.aged_reporter or signal.trusted_source) and not signal.often_wrong over 7d
            named: >   # kept
              last(text_set, list_weight)
                where text.surface == group_name

            literal: |
              count(reported)
              over 24h
            # Not part of it.
            plain:
              reporters_7d
              + blocks   # behind
        rules:
          - id: texts
            on: account
            when: 'text.list in ["it''s: here", "b #1"] and text.change >= 20'
            harm: csam
            propose: [request_review]
          - {id: flow, on: account, when: "signal.category in [csam, sextortion] and aged>3", harm: csam,
             propose: [request_review]}
          - id: long
            on: [account, group]
            when: "(reporters_7d >= 3 and\\
              \\ blocks >= 2) or (reporters_7d >= 30 and (blocks >= 20 or reporters_7d >= 300 \
        and blocks > 10 and blocks < 20))"  # why
            harm: csam
            propose: [request_review]

        """

    @Test("Every way to write an expression becomes the one way, with comments kept")
    func forms() throws {
        let formatted = try Pack.formatted(yaml: Self.example, file: "p")
        let expected = """
            # A pack.
            pack: layouts
            features:
              all: {reporters_7d: 'distinct(reported, reporter) over 7d', blocks: count(blocked) over 7d}
              account:
                # Wider than a line.
                aged: distinct(report_weighed, reporter)
                  where (signal.aged_reporter or signal.trusted_source) and not signal.often_wrong over 7d
                named: last(text_set, list_weight) where text.surface == group_name # kept

                literal: count(reported) over 24h
                # Not part of it.
                plain:
                  reporters_7d + blocks   # behind
            rules:
              - id: texts
                on: account
                when: 'text.list in ["b #1", "it''s: here"] and text.change >= 20'
                harm: csam
                propose: [request_review]
              - {id: flow, on: account, \
            when: 'signal.category in [csam, sextortion] and aged > 3', harm: csam,
                 propose: [request_review]}
              - id: long
                on: [account, group]
                when: reporters_7d >= 3 and blocks >= 2 or reporters_7d >= 30
                  and (blocks >= 20 or reporters_7d >= 300 and blocks > 10 and blocks < 20)  # why
                harm: csam
                propose: [request_review]

            """
        #expect(formatted == expected, "\(formatted)")
        #expect(try Pack.formatted(yaml: formatted, file: "p") == formatted)
    }

    @Test("The default pack keeps its digest, also where its lines end as on Windows")
    func builtin() throws {
        for text in [Pack.defaultText, Pack.defaultText.replacing("\n", with: "\r\n")] {
            let formatted = try Pack.formatted(yaml: text, file: "p")
            #expect(try Pack.load(yaml: formatted, file: "p").digest == Pack.builtin.digest)
            #expect(try Pack.formatted(yaml: formatted, file: "p") == formatted)
            #expect(!formatted.contains("\r"))
        }
    }

    @Test("An error is at its place where lines end as on Windows")
    func windows() throws {
        let text = "pack: p\r\nrules:\r\n- id: r\r\n  on: acount\r\n"
        let error = try #require(Pack.check(yaml: text, file: "p").first)
        #expect("\(error)".hasSuffix("\n  4 |   on: acount\n    |       ^"), "\(error)")
    }

    @Test(
        "Packs in any layout keep their digest, and are formatted after one time", arguments: 1...8)
    func generated(seed: UInt64) throws {
        var writer = PackWriter(random: SeededRandom(seed: seed))
        var (right, broken) = (0, 0)
        for _ in 0..<60 {
            let text = writer.pack()
            // Some ask for what no signal is.
            guard let before = try? Pack.load(yaml: text, file: "p") else { continue }
            right += 1
            let formatted = try Pack.formatted(yaml: text, file: "p")
            let after = try Pack.load(yaml: formatted, file: "p")
            #expect(before.digest == after.digest, "\(text)")
            #expect(try Pack.formatted(yaml: formatted, file: "p") == formatted, "\(text)")
            #expect(notes(formatted) == notes(text), "\(text)")
            let isBroken = ["and", "or"].contains { formatted.contains("\n      \($0) ") }
            broken += isBroken ? 1 : 0
        }
        #expect(right > 10 && broken > 2, "\(right), \(broken)")
    }

    private func notes(_ text: String) -> Int {
        text.split(separator: "\n").count { $0.contains("# note") }
    }
}

/// Packs with random expressions, written in random ways.
private struct PackWriter {
    var random: SeededRandom

    mutating func pack() -> String {
        var text = "pack: p\nfeatures:\n  account:\n"
        for n in 0..<3 { text += "    f\(n): \(value(feature(), 6))\n" }
        text += "rules:\n"
        for n in 0..<3 {
            text += "  - id: r\(n)\n    on: account\n    when: \(value(condition(3), 6))\n"
            text += "    harm: csam\n    propose: [request_review]\n"
        }
        return text
    }

    private mutating func feature() -> String {
        "count([reported, blocked]) where \(condition(2, ["signal.imminent", "subject.age < 2h"])) "
            + "over 7d"
    }

    private mutating func condition(
        _ depth: Int,
        _ atoms: [String] = [
            "f0 >= 12", "f1<3.5", "signal.category in [csam, sextortion]", "subject.age < 720h",
            "not signal.imminent", "text.list == \"a: b\"", "min(f0, max(f1, f2)) + 2 * f2 > 7",
        ]
    ) -> String {
        guard depth > 0 else { return atoms[random.below(atoms.count)] }
        let parts = (0...random.below(3)).map { _ in condition(depth - 1, atoms) }
        let joined = parts.joined(separator: random.below(2) == 0 ? " and " : " or ")
        // Something that a signal changes is read in any case.
        return random.below(2) == 0 ? "(\(joined))" : "not (\(joined))"
    }

    /// An expression as a scalar of some style, over some lines.
    private mutating func value(_ expression: String, _ indent: Int) -> String {
        let isNamed = expression.contains("f0") || expression.contains("count(")
        let text = isNamed ? expression : expression + " and f0 > 0"
        let note = random.below(3) == 0 ? "   # note" : ""
        let style = random.below(5)
        let margin = "\n" + String(repeating: " ", count: indent)
        var lines = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            let isBreak = character == " " && !isQuoted && random.below(4) == 0
            lines += isBreak ? margin : String(character)
        }
        switch style {
        case 0: return "'\(lines)'\(note)"
        case 1: return "\"\(lines.replacing("\"", with: "\\\""))\"\(note)"
        case 2: return ">\(note)\(margin)\(lines)"
        case 3: return "|\(note)\(margin)\(lines)"
        default: return lines.contains(": ") ? "'\(lines)'\(note)" : "\(lines)\(note)"
        }
    }
}
