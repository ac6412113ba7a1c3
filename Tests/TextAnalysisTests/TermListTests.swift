import ScoreModels
import TestSupport
import Testing

import TextAnalysis

@Suite("Term lists")
struct TermListTests {
    private let sample = """
        # neutral stand-ins
        term-a
        two words, 2.5, en de
        "with, comma",3,*,anywhere

        терм, -1, ru
        24h,0.5
        """

    private func found(
        _ text: String, _ language: LanguageTag? = nil
    ) throws -> [Int] {
        try list(sample).matches(in: normalise(text), language: language).named.map(\.term).sorted()
    }

    @Test("Terms are found as words, whatever their case, width and spacing")
    func words() throws {
        #expect(try found("A TERM-A b") == [0])
        #expect(try found("TWO\u{A0} words") == [1])
        #expect(try found("xterm-a") == [])
        #expect(try found("term-ab") == [])
        #expect(try found("xwith, commay") == [2])
        #expect(try found("ТЕРМ!") == [3])
        #expect(try found("open 24H") == [4])
        #expect(try found("") == [])
    }

    @Test("A disguised term is found and said to be disguised")
    func disguised() throws {
        let terms = try list("secret\nterm-a\n24h")
        for text in ["sеcret", "s3cr3t", "s e c r e t", "a s e c r e t b", "s.e.c.r.e.t", "śecret"]
        {
            let matches = terms.matches(in: normalise(text))
            #expect(matches.named == [TermMatch(term: 0, weight: 1, isDisguised: true)], "\(text)")
        }
        #expect(terms.matches(in: normalise("secret s3cret")).named.map(\.isDisguised) == [false])
        #expect(terms.matches(in: normalise("t3rm-a")).named.map(\.term) == [1])
        #expect(terms.matches(in: normalise("24\u{4BB}")).named.map(\.term) == [2])
        #expect(terms.matches(in: normalise("secretary se cret")).count == 0)
    }

    @Test("A look-alike of a foreign term is not found where nothing was disguised")
    func otherScripts() throws {
        // Cyrillic, and looks like the Latin word.
        let terms = try list("сор")
        #expect(terms.matches(in: normalise("сор")).named.map(\.isDisguised) == [false])
        #expect(terms.matches(in: normalise("cop")).count == 0)
        #expect(try list("cop").matches(in: normalise("сор")).named.map(\.isDisguised) == [true])
    }

    @Test("Languages limit the terms where the text's language is known")
    func languages() throws {
        let german = LanguageTag("de-AT")
        let russian = LanguageTag("ru")
        #expect(try found("two words term-a", german) == [0, 1])
        #expect(try found("two words term-a", russian) == [0])
        #expect(try found("two words term-a") == [0, 1])
    }

    @Test("In a script without spaces any place may end a word")
    func unspaced() throws {
        #expect(try list("名前").matches(in: normalise("私の名前です")).count == 1)
    }

    @Test("Each term counts once; the heaviest are named first, the weight is of all")
    func summary() throws {
        let terms = try list((0..<100).map { "term\($0)x,\($0 % 7)" }.joined(separator: "\n"))
        let text = (0..<100).map { "term\($0)x" }.joined(separator: " ")
        let matches = terms.matches(in: normalise(text + " " + text))
        #expect(matches.count == 100)
        #expect(matches.named.count == TermMatches.maximumNamed)
        #expect(matches.named[0] == TermMatch(term: 6, weight: 6, isDisguised: false))
        #expect(matches.weight == Double((0..<100).reduce(0) { $0 + $1 % 7 }))
    }

    @Test("It finds what a naive search finds, in random texts over few letters")
    func naive() throws {
        var random = SeededRandom(seed: 2)
        for round in 0..<300 {
            var terms: [String] = []
            for _ in 0..<1 + random.below(12) {
                let term = random.word("abc", 1 + random.below(5))
                if !terms.contains(term) { terms.append(term) }
            }
            let isWord = round % 2 == 0
            let lines = terms.map { "\($0),1,*,\(isWord ? "word" : "anywhere")" }
            let built = try list(lines.joined(separator: "\n"))
            let text = random.word("abc  ", 60)
            let words = text.split(separator: " ").map(String.init)
            let expected = terms.indices.filter {
                isWord
                    ? words.contains(terms[$0])
                    : words.contains { [term = terms[$0]] in
                        $0.contains(term)
                    }
            }
            let found = built.matches(in: normalise(text)).named
            #expect(found.filter { !$0.isDisguised }.map(\.term).sorted() == expected)
        }
    }

    @Test("The digest is that of the normal form")
    func digests() throws {
        let digest = try list(sample).digest
        #expect(try list("\u{FEFF}" + sample.replacing("\n", with: "\r\n")).digest == digest)
        #expect(try list(sample.replacing("term-a", with: " ＴERM-A , 1, *, word")).digest == digest)
        #expect(try list(sample.replacing("2.5", with: "2.4")).digest != digest)
        #expect(try list(sample.replacing("en de", with: "en")).digest != digest)
        #expect(try list(sample.replacing("24h", with: "23h")).digest != digest)
        #expect(try list(sample, name: "list-b").digest != digest)
    }

    @Test(
        "A wrong list is refused with line and column, and without the term",
        arguments: [
            ("a\nb,x", "l.csv:2:3: expected a weight, a number from -100 to 100"),
            ("b,101", "l.csv:1:3: expected a weight"), ("b,nan", "l.csv:1:3: expected a weight"),
            ("b,1,english", "l.csv:1:5: expected language codes of two or three letters"),
            ("b,1,en,inside", "l.csv:1:8: expected word or anywhere"),
            ("b,1,en,word,x", "l.csv:1:13: expected at most four fields"),
            ("\"\",1", "l.csv:1:1: expected a term; nothing is left after normalisation"),
            ("\u{200B},1", "l.csv:1:1: expected a term"),
            ("x\nSecret\n\n secret", "l.csv:4:2: after normalisation this term stands in line 2"),
            ("\"secret", "l.csv:1:1: the quote that opens here is never closed"),
            (String(repeating: "s", count: 129), "l.csv:1:1: a term has at most 128 characters"),
        ])
    func refusals(text: String, expected: String) {
        do throws(LoadError) {
            _ = try list(text)
            Issue.record("it was read")
        } catch {
            #expect(error.description.hasPrefix(expected), "\(error)")
            #expect(!error.description.contains("ecret"))
        }
    }

    @Test("Bytes that are not UTF-8 are refused with their line")
    func notUTF8() {
        #expect(
            throws: LoadError(file: "l.csv", line: 2, column: 1, message: "the line is not UTF-8")
        ) { try TermList(name: "l", file: "l.csv", bytes: [0x61, 0x0A, 0xFF]) }
    }

    @Test("Nested terms over a text of one letter stay within the bounds", .timeLimit(.minutes(1)))
    func nested() throws {
        let lines = (1...128).map { String(repeating: "a", count: $0) + ",1,*,anywhere" }
        let terms = try list(lines.joined(separator: "\n"))
        let text = normalise(String(repeating: "a", count: 10_000))
        #expect(terms.matches(in: text).count == 128)
    }

    @Test("Mutated lists neither crash nor hang", .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzz() {
        let words = [
            "\"", ",", "\n", "nan", "1e999", "#", "\r", "\u{FDFA}", "\u{200B}", "한", "🏳️‍🌈", "*",
        ]
        let fuzzing = Fuzzing("terms", seeds: [Array(sample.utf8)], words: words)
        let report = fuzzing.run(rounds: 10_000) { bytes, random in
            guard let terms = try? TermList(name: "l", file: "l.csv", bytes: bytes) else {
                return false
            }
            let text = normalise(
                String(decoding: random.mutated(bytes, words: ["1"]), as: UTF8.self))
            #expect(terms.matches(in: text).count <= terms.count)
            return true
        }
        #expect(report.isSound && report.loaded > report.inputs / 20, "\(report)")
    }
}
