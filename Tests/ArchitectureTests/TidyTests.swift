import Testing

private let maximumFileLines = 400
private let maximumFunctionLines = 60
/// The formatter keeps code to 100 and leaves comments and texts as they are.
private let maximumColumns = 110

struct Untidy: Equatable {
    let path: String
    let line: Int
    let what: String
}

/// A construct that has no place in the tree.
struct Ban {
    let text: String
    let why: String
    /// Path prefixes where it has one.
    var except: [String] = []
    var inTests = true
}

private let bans = [
    Ban(text: "fatalError(", why: "bad input is a value; our own mistake is a precondition"),
    Ban(text: "try!", why: "handle it or let it throw"),
    Ban(text: " as! ", why: "cast with as?"),
    Ban(text: "nonisolated(unsafe)", why: "use Mutex", except: ["Sources/KafkaLog/"]),
    Ban(text: "Task.sleep", why: "wait for the event, not for time", inTests: false),
    Ban(
        text: " Task {", why: "nobody awaits it; use a task group",
        except: ["Sources/KafkaTesting/"], inTests: false),
    Ban(text: "Task.detached", why: "nobody awaits it; use a task group", inTests: false),
    Ban(
        text: "print(", why: "libraries log, the command line prints",
        except: ["Sources/tutela/"], inTests: false),
    Ban(text: "String(format:", why: "3 µs a call, and it follows the locale"),
    Ban(text: "SystemRandomNumberGenerator", why: "results must repeat (I3)"),
    Ban(text: ".randomElement()", why: "results must repeat (I3)"),
    Ban(text: ".shuffled()", why: "results must repeat (I3)"),
    Ban(text: "Date()", why: "take the time from the caller", except: ["Sources/tutela/"]),
    Ban(text: "Date.now", why: "take the time from the caller", except: ["Sources/tutela/"]),
    Ban(text: "Locale", why: "results must not depend on it (I3)"),
    Ban(text: "TimeZone", why: "results must not depend on it (I3)"),
    Ban(text: "DispatchQueue", why: "actors, or a thread of our own"),
    Ban(text: "TODO", why: "do it, or write an issue"),
    Ban(text: "FIXME", why: "do it, or write an issue"),
]

func untidiness(of file: SourceFile) -> [Untidy] {
    guard !file.isGenerated, !file.path.hasPrefix("Tests/ArchitectureTests/") else { return [] }
    return tooLong(file) + tooWide(file) + longFunctions(file) + banned(file)
}

private func tooLong(_ file: SourceFile) -> [Untidy] {
    guard file.lines.count > maximumFileLines + 1 else { return [] }
    return [Untidy(path: file.path, line: file.lines.count, what: "over \(maximumFileLines) lines")]
}

private func tooWide(_ file: SourceFile) -> [Untidy] {
    zip(1..., file.lines).filter { $1.count > maximumColumns }
        .map { Untidy(path: file.path, line: $0.0, what: "over \(maximumColumns) columns") }
}

/// By indentation, which the formatter keeps honest: a function ends at the first `}` that stands
/// under its `func`.
private func longFunctions(_ file: SourceFile) -> [Untidy] {
    var found: [Untidy] = []
    for (start, line) in file.lines.enumerated()
    where declaresFunction(line) && hasBody(file.lines[start...]) {
        let indent = line.prefix { $0 == " " }
        guard
            let end = file.lines[(start + 1)...].firstIndex(where: {
                $0 == indent + "}" || $0.hasPrefix(indent + "} ")
            })
        else { continue }
        if end - start + 1 > maximumFunctionLines {
            found.append(
                Untidy(
                    path: file.path, line: start + 1,
                    what: "a function over \(maximumFunctionLines) lines"))
        }
    }
    return found
}

private func declaresFunction(_ line: String) -> Bool {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "(" })
    guard !line.contains("//"), !line.hasSuffix("}") else { return false }
    return words.contains("func") || words.contains("init") && line.contains("{")
}

/// A requirement of a protocol has none.
private func hasBody(_ lines: ArraySlice<String>) -> Bool {
    for (index, line) in zip(lines.indices, lines) {
        if line.hasSuffix("{") { return true }
        let text = line.drop { $0 == " " }
        if text.isEmpty || text == "}" || text.hasPrefix("///") { return false }
        if index > lines.startIndex, declaresFunction(line) { return false }
    }
    return false
}

private func banned(_ file: SourceFile) -> [Untidy] {
    var found: [Untidy] = []
    for (index, line) in file.lines.enumerated() {
        let isComment = line.drop { $0 == " " }.hasPrefix("//")
        for ban in bans where line.contains(ban.text) {
            if file.isTest && !ban.inTests { continue }
            if ban.except.contains(where: { file.path.hasPrefix($0) }) { continue }
            if isComment && !ban.text.hasPrefix("//") && ban.text.uppercased() != ban.text {
                continue
            }
            found.append(
                Untidy(path: file.path, line: index + 1, what: "\(ban.text) – \(ban.why)"))
        }
    }
    return found
}

@Suite("Tidiness")
struct TidyTests {
    @Test("Files and functions are short and hold no banned construct")
    func treeIsTidy() throws {
        let files = try SourceTree.files()
        #expect(files.count > 100)
        let found = files.flatMap(untidiness)
        #expect(found.isEmpty, "\(found.map { "\($0.path):\($0.line): \($0.what)" })")
    }

    @Test("A long function is found where it starts")
    func findsLongFunction() {
        let body = Array(repeating: "        work()", count: 60)
        let file = SourceFile(
            path: "Sources/Streaming/X.swift", lines: ["    func long() {"] + body + ["    }"])
        #expect(untidiness(of: file).map(\.line) == [1])
    }

    @Test("A wide line is found, a comment too")
    func findsWideLine() {
        let file = SourceFile(
            path: "Sources/Streaming/X.swift",
            lines: [
                "/// " + String(repeating: "a", count: 106), String(repeating: "/", count: 111),
            ])
        #expect(untidiness(of: file).map(\.line) == [2])
    }

    @Test("A banned construct is found in code and forgiven in a comment")
    func findsBan() {
        let file = SourceFile(
            path: "Sources/Streaming/X.swift",
            lines: ["    let x = try! load()", "    // try! is banned"])
        #expect(untidiness(of: file).map(\.line) == [1])
    }

    @Test("No tracked text names the machine it was written on")
    func noMachinePaths() throws {
        let needles = ["/wo" + "rk/", "/b/tu" + "tela", "/w/ba" + "se"]
        let found = try SourceTree.files().flatMap { file in
            file.lines.enumerated().compactMap { index, line in
                needles.contains(where: line.contains) ? "\(file.path):\(index + 1)" : nil
            }
        }
        #expect(found.isEmpty, "\(found)")
    }
}
