import Foundation
import Testing

import TextAnalysis

@Suite("Normalisation")
struct NormalisationTests {
    /// Lines of `source;expected`, hexadecimal scalars.
    private func sample() throws -> [(source: String, expected: String)] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Data/normalization-sample.txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map { line in
            let sides = line.split(separator: ";", omittingEmptySubsequences: false).map(decoded)
            return (sides[0], sides[1])
        }
    }

    private func decoded(_ words: Substring) -> String {
        var text = String.UnicodeScalarView()
        for word in words.split(separator: " ") {
            text.append(UInt32(word, radix: 16).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}")
        }
        return String(text)
    }

    @Test("It is NFKC_Casefold on Unicode's own test lines")
    func unicodeSample() throws {
        let lines = try sample()
        #expect(lines.count > 1_000)
        for (source, expected) in lines {
            let own = normalise(source).foldedText.unicodeScalars
            #expect(own.elementsEqual(expected.unicodeScalars), "\(source.unicodeScalars)")
        }
    }

    @Test("Done twice it changes nothing, for every scalar")
    func idempotent() {
        for value in UInt32(0)..<0x3_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = normalise("a\(scalar)b").foldedText
            let twice = normalise(once).foldedText
            if !once.unicodeScalars.elementsEqual(twice.unicodeScalars) {
                Issue.record("\(String(value, radix: 16))")
            }
        }
    }

    @Test(
        "Case, width, ligatures, invisible and bidirectional marks, spaces and Hangul",
        arguments: [
            ("  Hello\t\u{A0}World\n", "hello world"), ("ＴＥＲＭ－Ａ", "term-a"), ("ﬁne", "fine"),
            ("t\u{200B}e\u{200D}r\u{FEFF}m", "term"), ("a\u{202E}b\u{2066}c\u{2069}", "abc"),
            ("te\u{AD}rm\u{E0041}", "term"), ("STRASSE", "strasse"), ("straße", "strasse"),
            ("e\u{301}", "é"), ("\u{1112}\u{1161}\u{11AB}", "한"), ("①½", "11⁄2"),
            ("\u{0}x\u{7F}y", "x y"), ("", ""), ("\u{200B}", ""),
        ])
    func folded(text: String, expected: String) {
        #expect(normalise(text).foldedText.unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test(
        "Disguises are undone",
        arguments: [
            ("tеrm", "term"), ("ТЕRМ", "term"), ("т3rm", "term"), ("t€rm", "term"),
            ("t e r m", "term"), ("t.e.r.m", "term"), ("t - e - r - m", "term"),
            ("s e e  t e r m", "see term"), ("te*rm", "term"), ("t̷e̷r̷m̷", "term"),
            ("tërm", "term"), ("𝓽𝓮𝓻𝓶 pl4ce", "term place"), ("ⓣⓔⓡⓜ m4n", "term man"),
            ("$ale", "sale"), ("m1nd", "mind"), ("h0me!", "home!"), ("ρlace", "place"),
        ])
    func disguised(text: String, expected: String) {
        let readings = normalise(text).disguisedTexts
        #expect(readings.contains(expected), "\(readings)")
    }

    @Test("1, ! and | are read as i and as l, a capital I in a small word too")
    func ambiguous() {
        #expect(normalise("he1p").disguisedTexts == ["heip", "help"])
        #expect(normalise("heIp").disguisedTexts.contains("help"))
        #expect(normalise("he||o").disguisedTexts == ["heiio", "hello"])
    }

    @Test(
        "A plain text has no other reading",
        arguments: ["hello world", "Meet at 18:30", "24 7", "a b", "", "Ok!", "I am", "ABC"])
    func plain(text: String) {
        let text = normalise(text)
        #expect(text.disguisedTexts.allSatisfy { $0 != text.foldedText })
        #expect(text.disguised.allSatisfy { $0.contains { $0.isAltered || $0.isSpelled } })
    }

    @Test("A long text is cut and says so; a pile of marks costs little")
    func bounded() {
        let long = normalise(String(repeating: "ab ", count: 5_000))
        #expect(long.isCut)
        #expect(long.folded.count <= NormalisedText.maximumScalars)
        let marks = normalise("a" + String(repeating: "\u{301}\u{323}", count: 5_000))
        #expect(marks.isCut)
        #expect(marks.disguisedTexts == ["a"])
        #expect(normalise(String(repeating: "\u{FDFA}", count: 9_000)).folded.count < 100_000)
    }

    @Test("Neither description nor mirror shows the text")
    func isOpaque() {
        let text = normalise("term-a")
        var dumped = ""
        dump(text, to: &dumped)
        for shown in ["\(text)", String(reflecting: text), dumped] {
            #expect(!shown.contains("term"), "\(shown)")
        }
    }

    @Test("The tables are those that were released")
    func digest() {
        #expect(UnicodeData.version == "15.0.0, confusables 13.0.0")
        let digest = UnicodeData.digest.map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        #expect(
            digest.joined() == "ff26fb968e4d28e0a4e63b3e9340499c4affcdf4b03841c83dbcace7bb85036b")
    }
}
