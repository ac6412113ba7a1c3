import Testing

import TextAnalysis

@Suite("Texts written to get past software")
struct EvasionTests {
    @Test(
        "Two scripts in a word, digits and invisible marks between letters, spelled-out letters",
        arguments: [
            "tеrm-a", "the tеrm", "t3rm", "te\u{200B}rm", "t\u{00AD}erm", "t e r m", "t.e.r.m",
            "Tеst клуб", "te$t",
        ])
    func evasive(_ text: String) {
        #expect(normalise(text).isEvasive)
    }

    @Test(
        "Honest names in any script, with accents, hyphens, years, ornaments",
        arguments: [
            "", "term-a", "Анна", "Анна Müller", "Anna-Анна", "José", "Łódź 2026", "anna2008",
            "jean-pierre", "B2B mp3 h2o", "Ελένη", "山田 太郎", "می\u{200C}خواهم", "👩\u{200D}👧 family",
            "𝓼𝓽𝔂𝓵𝓮", "mail: a@b.example", "1 2 3 4 5", "A B C", "U.S.A.", "$5 for two", "nº 1",
        ])
    func honest(_ text: String) {
        #expect(!normalise(text).isEvasive)
    }
}
