import Foundation
import Testing

@Suite("Settings")
struct ConfigurationTests {
    private static let deploy = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Deploy")

    @Test("The local run's settings are good, and trust the simulated reviewer of its seed")
    func composeTrustsReviewer() throws {
        let file = Self.deploy.appending(path: "tutela.compose.yaml")
        #expect(try Program.run(["config", "--check", "--config", file.path()]).status == 0)
        try Program.withDirectory { directory in
            let said = try Program.run([
                "simulate", "--seed", "1", "--accounts", "50", "--days", "1", "--dir",
                directory.appending(path: "log").path(),
            ])
            let key = said.output.split(separator: "public_key: ").last?.prefix { $0 != "\n" }
            let settings = try String(contentsOf: file, encoding: .utf8)
            #expect(settings.contains(try #require(key)))
        }
    }

    /// The file is called `t.yaml` wherever it lies, so that texts can be compared.
    private func complaint(
        _ yaml: String, _ environment: [String: String] = [:]
    ) throws -> Program.Result {
        try Program.withDirectory { directory in
            let file = directory.appending(path: "t.yaml")
            try Data(yaml.utf8).write(to: file)
            var result = try Program.run(
                ["config", "--check", "--config", file.path()], environment: environment)
            result.error = result.error.replacing(file.path(), with: "t.yaml")
            return result
        }
    }

    @Test("The example in the tree is what `tutela config` prints")
    func exampleInStep() throws {
        let example = try String(
            contentsOf: Self.deploy.appending(path: "tutela.example.yaml"), encoding: .utf8)
        #expect(try Program.run(["config"]).output == example)
    }

    @Test("The example is itself good, and says the same again")
    func exampleIsGood() throws {
        try Program.withDirectory { directory in
            let file = directory.appending(path: "t.yaml")
            let example = try Program.run(["config"]).output
            try Data(example.utf8).write(to: file)
            let again = try Program.run(["config", "--effective", "--config", file.path()])
            #expect(again.status == 0)
            #expect(again.output == example)
        }
    }

    @Test(
        "A mistake is an error that says where, what, and what to do",
        arguments: [
            (
                "kafka:\n  broker: a:1\n",
                "tutela: t.yaml:2: there is no setting kafka.broker\n"
                    + "  did you mean kafka.brokers?\n"
            ),
            (
                "kafak:\n  brokers: a:1\n",
                "tutela: t.yaml:1: there is no setting kafak\n  did you mean kafka?\n"
            ),
            (
                "run:\n  lanes: many\n",
                "tutela: t.yaml:2: run.lanes is not what is wanted\n"
                    + "  wanted: a whole number from 1 to 256; the default is 2\n"
            ),
            (
                "enforce:\n  friction: 3 days\n",
                "tutela: t.yaml:2: enforce.friction is not what is wanted\n"
                    + "  wanted: a length of time such as 250ms, 10s, 90m, 72h or 14d; the default "
                    + "is 72h\n"
            ),
            (
                "run: both\n",
                "tutela: t.yaml:1: run is a section: settings go below it\n"
                    + "  indent them by two spaces under `run`\n"
            ),
            (
                "sealing:\n  key: 0102030405\n",
                "tutela: t.yaml:2: sealing.key is not what is wanted\n"
                    + "  wanted: a reference to a secret: env:NAME or file:PATH (never the secret "
                    + "itself); the default is env:TUTELA_SEALING_KEY\n"
            ),
            (
                "kafka:\n  properties:\n    sasl.password: hunter2\n",
                "tutela: t.yaml: kafka.properties: sasl.password holds a secret in clear\n"
                    + "  write a reference: `sasl.password: env:NAME` or `sasl.password: file:PATH`\n"
            ),
            (
                "enforce:\n  verdict_keys: [{ id: a, reviewer: b, public_key: \"00\" }]\n",
                "tutela: t.yaml:2: enforce.verdict_keys is not what is wanted\n"
                    + "  wanted: a list of { id: name, reviewer: name, public_key: 64 hexadecimal "
                    + "digits }; the default is []\n"
            ),
        ])
    func mistakes(yaml: String, text: String) throws {
        let result = try complaint(yaml)
        #expect(result.status == 78)
        #expect(result.error == text)
    }

    @Test("A calibration's mistake is told with its place, and a missing file by name")
    func calibration() throws {
        try Program.withDirectory { directory in
            let table = directory.appending(path: "c.csv")
            let yaml = "classifiers:\n  calibration: \(table.path())\n"
            #expect(
                try complaint(yaml).error.hasPrefix(
                    "tutela: classifiers.calibration: the file \(table.path()) cannot be read\n"))
            try Data("a,m,v,0,0.2\na,m,v,1,0.1\n".utf8).write(to: table)
            #expect(
                try complaint(yaml).error
                    == "tutela: \(table.path()):2:9: the probability must not fall as the score "
                    + "rises\n")
            try Data("a,m,v,0,0.2\na,m,v,1,0.9\n".utf8).write(to: table)
            #expect(try complaint(yaml).status == 0)
        }
    }

    @Test("A setting given twice, or text that is no YAML, is an error with its line")
    func notYAML() throws {
        let twice = try complaint("run:\n  lanes: 1\n  lanes: 2\n")
        #expect(twice.status == 78)
        #expect(twice.error.hasPrefix("tutela: t.yaml"))
        #expect(twice.error.contains("lanes"))
        let broken = try complaint("run:\n  lanes: [1\nhttp: 2\n")
        #expect(broken.status == 78)
        #expect(broken.error.contains("not YAML"))
    }

    @Test("The environment outranks the file")
    func environment() throws {
        try Program.withDirectory { directory in
            let file = directory.appending(path: "t.yaml")
            try Data("kafka:\n  brokers: a:1\nrun:\n  lanes: 3\n".utf8).write(to: file)
            let result = try Program.run(
                ["config", "--effective"],
                environment: [
                    "TUTELA_CONFIG": file.path(), "TUTELA_KAFKA_BROKERS": "b:2",
                    "TUTELA_ENFORCE_CONCLUSIVE_BANKS": "one, two",
                ])
            #expect(result.output.contains("  brokers: b:2\n"))
            #expect(result.output.contains("  lanes: 3\n"))
            #expect(result.output.contains("  conclusive_banks: [one, two]\n"))
        }
    }

    @Test("An unknown variable is an error with the nearest name")
    func unknownVariable() throws {
        let result = try complaint("", ["TUTELA_KAFKA_BROKER": "a:1"])
        #expect(result.status == 78)
        #expect(
            result.error
                == "tutela: TUTELA_KAFKA_BROKER: no setting has this variable\n"
                + "  did you mean TUTELA_KAFKA_BROKERS?\n")
    }

    @Test("A secret of the environment is never printed")
    func secretsStaySecret() throws {
        let key = String(repeating: "ab", count: 32)
        let result = try Program.run(
            ["config", "--effective"], environment: ["TUTELA_SEALING_KEY": key])
        #expect(result.status == 0)
        #expect(!result.output.contains(key))
        #expect(result.output.contains("  key: env:TUTELA_SEALING_KEY\n"))
    }
}
