import ArgumentParser
import Foundation
import Pipeline
import Policy
import SafetyModel

/// What analysts do with packs.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Checks, tests, explains and formats policy packs.",
        subcommands: [
            PolicyCheck.self, PolicyTest.self, PolicyExplain.self, PolicyDocs.self,
            PolicyFormat.self,
        ])
}

/// A pack as the command line names it: a folder with pack.yaml and tests, a file, or the one built
/// in.
struct PackLocation {
    /// Of the pack; nil for the one that is built in.
    var file: String?
    var folder: String?

    init(_ path: String?) {
        guard let path else { return }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
        {
            folder = path
            file = path + (path.hasSuffix("/") ? "" : "/") + "pack.yaml"
        } else {
            file = path
        }
    }

    var name: String { file ?? "default/pack.yaml" }

    func text() throws -> String {
        guard let file else { return Pack.defaultText }
        return try Self.read(file)
    }

    /// What a pack is made of: its text, and the model files that it names.
    struct Content: Hashable, Sendable {
        var text: String
        var models: PackModels
    }

    func content() throws -> Content {
        let text = try text()
        return Content(text: text, models: models(of: text))
    }

    func load() throws -> Pack {
        let content = try content()
        return try Pack.load(yaml: content.text, file: name, models: content.models)
    }

    /// They lie beside the pack's file. One that cannot be read is left out: the pack's error says so.
    private func models(of text: String) -> PackModels {
        let names = Pack.modelFiles(yaml: text)
        guard let file, !names.isEmpty else { return PackModels() }
        let folder = URL(filePath: file).deletingLastPathComponent()
        let all =
            (try? FileManager.default.contentsOfDirectory(
                atPath: folder.path(percentEncoded: false))) ?? []
        var models = PackModels(
            known: all.filter { $0.hasSuffix(".json") && Pack.isModelFile($0) }.sorted())
        for name in names {
            guard let handle = try? FileHandle(forReadingFrom: folder.appending(path: name)) else {
                continue
            }
            defer { try? handle.close() }
            let data = try? handle.read(upToCount: Pack.maximumModelBytes + 1)
            guard let data, data.count <= Pack.maximumModelBytes else { continue }
            models.files[name] = [UInt8](data)
        }
        return models
    }

    /// The files of its own tests, in order of name.
    func testFiles() -> [String] {
        guard let folder else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/tests")) ?? []
        return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
            .map { "\(folder)/tests/\($0)" }
    }

    /// The tests in a file, with rules of the pack.
    static func tests(
        in file: String, of pack: Pack?, texts: TextLibrary = TextLibrary()
    ) throws -> [PackTest] {
        let events = try PackTestEvents(texts: texts)
        return try PackTest.load(
            yaml: try read(file), file: file, rules: pack?.ruleIDs,
            events: { event throws(PackTest.EventFault) in try events.signals(of: event) })
    }

    static func read(_ file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationError(
                where: file, "the file cannot be read",
                "check that it exists and that this user may read it")
        }
        guard data.count <= Pack.maximumBytes else {
            throw ConfigurationError(
                where: file, "the file is larger than \(Pack.maximumBytes) bytes")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

struct PolicyCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Says what is wrong with a pack, and where.",
        discussion: "Exit code 1 where something is.")

    @Argument(help: "A folder with pack.yaml, or a file; the built-in pack where left out.")
    var pack: String?

    @Flag(help: "One JSON object a line, for editors: file, line, column, message.")
    var json = false

    @OptionGroup var lists: TestLists

    func run() throws {
        let location = PackLocation(pack)
        let texts = try lists.library()
        let content = try location.content()
        var errors = Pack.check(
            yaml: content.text, file: location.name, models: content.models)
        let pack = errors.isEmpty ? try location.load() : nil
        for file in location.testFiles() {
            do {
                _ = try PackLocation.tests(in: file, of: pack, texts: texts)
            } catch let error as PackError {
                errors.append(error)
            } catch {
                errors.append(
                    PackError(file: file, line: 1, column: 1, message: "\(error)", source: ""))
            }
        }
        let screen = Screen()
        for error in errors { screen.line(json ? error.json : "\(error)") }
        guard let pack, errors.isEmpty else {
            throw Finding(text: "\(errors.count) mistake\(errors.count == 1 ? "" : "s")")
        }
        if json { return }
        screen.line(
            "\(location.name): \(pack.featureCount) features, \(pack.scoreNames.count) scores, "
                + "\(pack.ruleIDs.count) rules, digest \(pack.digest.prefix(8).hex)")
    }
}

extension PackError {
    fileprivate struct Form: Encodable {
        var file: String
        var line: Int
        var column: Int
        var message: String
    }

    /// One line of JSON.
    fileprivate var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let form = Form(file: file, line: line, column: column, message: message)
        let data = (try? encoder.encode(form)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Which term lists the texts in tests' events are looked at with.
struct TestLists: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Term list for the texts in tests' events; repeatable.", valueName: "file"))
    var list: [String] = []

    func library() throws(ConfigurationError) -> TextLibrary {
        do {
            return try TextLibrary(lists: list.map(TextFiles.list), model: nil)
        } catch {
            throw ConfigurationError(where: "--list", "\(error)")
        }
    }
}

struct PolicyTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Runs a pack's tests.",
        discussion: "Exit code 1 where one fails.")

    @Argument(help: "A folder with pack.yaml and tests/.")
    var pack: String

    @Option(name: .customLong("tests"), help: "A file of tests, instead of those in the folder.")
    var file: [String] = []

    @OptionGroup var lists: TestLists

    func run() throws {
        let location = PackLocation(pack)
        let texts = try lists.library()
        let pack = try location.load()
        let files = file.isEmpty ? location.testFiles() : file
        let screen = Screen()
        var (passed, failed) = (0, 0)
        for file in files {
            for test in try PackLocation.tests(in: file, of: pack, texts: texts) {
                let outcome = test.run(pack)
                if outcome.failures.isEmpty {
                    passed += 1
                    screen.line("\(screen.paint("passed", .green))  \(test.name)")
                    continue
                }
                failed += 1
                screen.line("\(screen.paint("failed", .red))  \(test.name)")
                for failure in outcome.failures {
                    screen.line("        \(file):\(failure.line): \(failure.text)")
                }
            }
        }
        guard failed == 0 else {
            throw Finding(text: "\(failed) of \(passed + failed) tests failed")
        }
        guard passed > 0 else { throw Finding(text: "there are no tests in \(self.pack)") }
        screen.line("\(passed) tests passed")
    }
}

struct PolicyDocs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs",
        abstract: "Prints what packs may say: signals, fields, features, functions, actions.")

    func run() throws { Screen().line(Reference.text) }
}

struct PolicyFormat: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Brings a pack's expressions into one form, in place.",
        discussion: """
            An expression that is wider than 100 columns goes on in further lines. Comments and order \
            stay, and so does the digest. Exit code 1 with --check where something would change.
            """)

    @Argument(help: "A folder with pack.yaml, or a file.")
    var pack: String

    @Flag(help: "Change nothing; say whether anything would be.")
    var check = false

    func run() throws {
        let location = PackLocation(pack)
        let content = try location.content()
        let formatted = try Pack.formatted(
            yaml: content.text, file: location.name, models: content.models)
        guard formatted != content.text else { return }
        if check { throw Finding(text: "\(location.name) is not formatted") }
        try Data(formatted.utf8).write(to: URL(filePath: location.name), options: .atomic)
    }
}
