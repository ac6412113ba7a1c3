import Foundation
import FoundationXML
import Testing

@Suite("Evaluate")
struct EvaluateTests {
    private let small = ["evaluate", "--accounts", "200", "--days", "2", "--seeds", "4,5"]

    private struct Report: Decodable {
        struct Evaluation: Decodable {
            struct Pattern: Decodable {
                struct Caught: Decodable {
                    var automatic: Int
                    var review: Int
                    var missed: Int
                }
                var title: String
                var incidents: Caught
            }
            var reviewerErrorRate: Double
            var patterns: [Pattern]
        }
        var evaluations: [Evaluation]
    }

    @Test("The same seeds give the same bytes; the picture is XML and names each pattern")
    func repeats() throws {
        try Program.withDirectory { directory in
            let files = ["report.md", "report.json", "plot.svg"].map {
                directory.appending(path: $0)
            }
            func make() throws -> [Data] {
                let made = try Program.run(
                    small + ["--report-only", "--details", "--markdown", files[0].path()]
                        + ["--json", files[1].path(), "--plot", files[2].path()])
                #expect(made.status == 0, "\(made.error)")
                return try files.map { try Data(contentsOf: $0) } + [Data(made.output.utf8)]
            }
            let first = try make()
            #expect(try make() == first)

            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let report = try decoder.decode(Report.self, from: first[1])
            #expect(report.evaluations.map(\.reviewerErrorRate) == [0, 0.01])
            let shown = try #require(report.evaluations.first).patterns.filter {
                $0.incidents.automatic + $0.incidents.review + $0.incidents.missed > 0
            }
            #expect(shown.count > 4)
            let picture = Picture()
            let parser = XMLParser(data: first[2])
            parser.delegate = picture
            #expect(parser.parse(), "\(String(describing: parser.parserError))")
            for pattern in shown { #expect(picture.words.contains(pattern.title)) }
            #expect(String(decoding: first[0], as: UTF8.self).contains("### Gates"))
        }
    }

    @Test("A pack that does nothing misses everybody, and the exit code says so")
    func gates() throws {
        try Program.withDirectory { directory in
            let pack = directory.appending(path: "idle.yaml")
            let text = """
                pack: idle
                rules:
                  - id: idle
                    on: account
                    when: subject.age < 0s
                    harm: csam
                    propose:
                      self: [request_review]

                """
            try Data(text.utf8).write(to: pack)
            let options = small + ["--erring", "0", "--pack", pack.path()]
            let strict = try Program.run(options)
            #expect(strict.status == 1, "\(strict.error)")
            #expect(strict.error == "tutela: 2 of 6 gates are not met\n")
            #expect(strict.output.contains("0 % (0 of "))
            #expect(try Program.run(options + ["--report-only"]).status == 0)
        }
    }

    @Test("A traffic file's reviewer errors are evaluated; the option goes before it")
    func erring() throws {
        try Program.withDirectory { directory in
            let (file, json) = (directory.appending(path: "t.yaml"), directory.appending(path: "r"))
            try Data("reviewer_errors: 0.2\n".utf8).write(to: file)
            func rates(_ more: [String]) throws -> [Double] {
                let options = [
                    "evaluate", "--accounts", "60", "--days", "1", "--seeds", "4",
                    "--incidents", "all=0", "--traffic", file.path(), "--json", json.path(),
                ]
                let made = try Program.run(options + more)
                #expect(made.status == 1, "nobody was to be caught: \(made.error)")
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                return try decoder.decode(Report.self, from: Data(contentsOf: json))
                    .evaluations.map(\.reviewerErrorRate)
            }
            #expect(try rates([]) == [0, 0.2])
            #expect(try rates(["--erring", "0.3"]) == [0, 0.3])
        }
    }

    @Test("A report that goes to standard output is alone there")
    func standardOutput() throws {
        let made = try Program.run(small + ["--report-only", "--json", "-"])
        #expect(made.status == 0, "\(made.error)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let report = try decoder.decode(Report.self, from: Data(made.output.utf8))
        #expect(report.evaluations.count == 2)
    }

    @Test("Wrong options are refused with what is wanted")
    func options() throws {
        for seeds in ["", "1,,2", "1,1", "x"] {
            let result = try Program.run(["evaluate", "--seeds", seeds])
            #expect(result.status == 64)
            #expect(result.error.contains("different whole numbers"))
        }
        #expect(try Program.run(["evaluate", "--erring", "2"]).status == 64)
        // It is asked for before anything else.
        let result = try Program.run(
            ["evaluate", "--pack", "/none/pack.yaml", "--json", "/none/report.json"])
        #expect(result.status == 78)
        #expect(result.error.contains("/none/report.json: the report cannot be written there"))
    }
}

/// The words of all text elements.
private final class Picture: NSObject, XMLParserDelegate {
    var words: Set<String> = []
    private var text: String?

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String] = [:]
    ) { if name == "text" { text = "" } }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text?.append(string) }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        if name == "text", let text { words.insert(text) }
        if name == "text" { text = nil }
    }
}
