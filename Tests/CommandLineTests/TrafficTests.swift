import Foundation
import Testing

@Suite("Traffic options")
struct TrafficTests {
    private let small = ["demo", "--accounts", "60", "--days", "1"]

    private func decisions(_ arguments: [String]) throws -> String {
        let result = try Program.run(small + arguments)
        #expect(result.status == 0, "\(result.error)")
        return String(
            try #require(result.output.split(separator: "\n").last { $0.contains("Decisions of") }))
    }

    @Test("A file says the same as options, and options outdo it")
    func fileAndOptions() throws {
        try Program.withDirectory { directory in
            let file = directory.appending(path: "traffic.yaml")
            try Data("incidents: {all: 0, knwon-profile-photo: 2}\n".utf8).write(to: file)
            let wrong = try Program.run(small + ["--traffic", file.path()])
            #expect(wrong.status == 78)
            #expect(wrong.error.contains("traffic.yaml:1: there is no pattern"))
            #expect(wrong.error.contains("did you mean 'known-profile-photo'?"))

            let text = "incidents:\n  all: 0\n  brigading: 2\nsizes: 3\nnoise: 0\n"
            try Data(text.utf8).write(to: file)
            let options = ["--incidents", "all=0,brigading=2", "--sizes", "3", "--noise", "0"]
            let told = try decisions(["--traffic", file.path()])
            #expect(told == (try decisions(options)))
            let fewer = ["--traffic", file.path(), "--incidents", "brigading=0"]
            #expect(told != (try decisions(fewer)))
        }
    }

    @Test("What is wrong is named, with what would be right")
    func errors() throws {
        let cases = [
            (["--incidents", "framin=2"], "did you mean 'framing'?"),
            (["--incidents", "framing"], "'framing' is not pattern=n"),
            (["--incidents", "framing=few"], "the count of framing is no whole number"),
            (["--sizes", "1000"], "it goes from 0.01 to 100.0"),
            (["--traffic", "/nowhere/traffic.yaml"], "the traffic file cannot be read"),
        ]
        for (arguments, words) in cases {
            let result = try Program.run(small + arguments)
            #expect(result.status == 78, "\(arguments)")
            #expect(result.error.contains(words), "\(arguments): \(result.error)")
        }
        try Program.withDirectory { directory in
            let file = directory.appending(path: "traffic.yaml")
            try Data("delays: 2\nszies: 2\n".utf8).write(to: file)
            let result = try Program.run(small + ["--traffic", file.path()])
            #expect(result.error.contains("traffic.yaml:2: there is no 'szies'"))
            #expect(result.error.contains("did you mean 'sizes'?"))
        }
    }
}
