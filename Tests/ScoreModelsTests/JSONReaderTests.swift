import Testing

import ScoreModels

@Suite("JSON")
struct JSONReaderTests {
    private func read(_ text: String) throws(LoadError) -> JSONPlace {
        try JSONReader.read(file: "t", bytes: Array(text.utf8), maximumBytes: 10_000)
    }

    @Test("Strings keep their escapes and their Unicode")
    func strings() throws {
        let place = try read(#"{"a\n\u00e9\ud83d\ude00": "\"\\\/"}"#)
        #expect(try place.member("a\né😀").string() == "\"\\/")
    }

    @Test(
        "What is not JSON is refused with its place",
        arguments: [
            ("[1,]", "t:1:4: expected a value"), ("[01]", "t:1:4: a number may not start with 0"),
            ("{\"a\":1,\n \"a\":2}", "t:2:5: the name stands here twice"),
            ("[1] 2", "t:1:5: expected the end of the file after the value"),
            ("\"\\ud800\"", "t:1:8: a surrogate without its other half"),
            ("\"a", "t:1:3: a string is not closed before the end of the file"),
            ("[1 2]", "t:1:4: expected , or ]"), ("1.", "t:1:3: expected a digit after the point"),
            ("1e", "t:1:3: expected a digit in the exponent"), ("nul", "t:1:1: expected null"),
            ("\"\u{1}\"", "t:1:3: a control character must be escaped in a string"),
            (String(repeating: "[", count: 50), "t:1:34: nested deeper than 32"),
            (String(repeating: " ", count: 10_001), "t: the file has 10001 bytes; at most 10000"),
        ])
    func refusals(text: String, expected: String) {
        do throws(LoadError) {
            _ = try read(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.description.hasPrefix(expected), "\(error)")
        }
    }
}
