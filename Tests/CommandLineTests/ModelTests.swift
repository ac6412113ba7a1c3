import Foundation
import Testing

@Suite("Models on the command line")
struct ModelTests {
    private var lines: String {
        (0..<400).map { index in
            let isPositive = index % 3 == 0
            let text = "made up \(index) \(isPositive ? "term-a" : "nothing") words"
            let language = index % 2 == 0 ? "en" : "de"
            return
                "{\"label\":\(isPositive ? 1 : 0),\"language\":\"\(language)\",\"text\":\"\(text)\"}"
        }.joined(separator: "\n")
    }

    @Test("Training writes a model that the check reads, the same each time, and its evaluation")
    func trains() throws {
        try Program.withDirectory { directory in
            let input = directory.appending(path: "lines.jsonl").path()
            try Data(lines.utf8).write(to: URL(filePath: input))
            var files: [Data] = []
            for name in ["a.tm", "b.tm"] {
                let out = directory.appending(path: name).path()
                let result = try Program.run([
                    "model", "train", input, "--out", out, "--bits", "12",
                ])
                #expect(result.status == 0, "\(result.error)")
                for group in ["all", "de", "en"] {
                    #expect(result.output.contains("| \(group) | "), "\(result.output)")
                }
                files.append(try Data(contentsOf: URL(filePath: out)))
            }
            #expect(files[0] == files[1])
            let path = directory.appending(path: "a.tm").path()
            let check = try Program.run(["model", "check", "text", path])
            #expect(check.output.hasPrefix("Text model of "), "\(check.output)\(check.error)")
        }
    }

    @Test("What cannot be read is refused with its place, without its text, and status 78")
    func refuses() throws {
        try Program.withDirectory { directory in
            let file = directory.appending(path: "terms.csv")
            try Data("secret\nsecret2,heavy\n".utf8).write(to: file)
            let result = try Program.run(["model", "check", "terms", file.path()])
            #expect(result.status == 78)
            #expect(result.error.contains("terms.csv:2:9: expected a weight"))
            #expect(!result.error.contains("secret"))
            let none = try Program.run(["model", "check", "tree", "/nowhere/m.json"])
            #expect(none.status == 78)
            #expect(none.error.contains("/nowhere/m.json: cannot be read"))
        }
    }
}
