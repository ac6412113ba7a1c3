import ArgumentParser
import Foundation
import Pipeline
import Simulation
import TextAnalysis

/// The term lists that made-up texts are looked at with.
struct SimulatedTexts {
    /// The operator's own; none where the stand-in is in use.
    let files: [String]
    private let lists: [TermList]

    /// - Parameter files: an operator's lists; without any, the stand-in.
    init(_ files: [String] = []) throws(ConfigurationError) {
        self.files = files
        do {
            lists =
                files.isEmpty
                ? [try TermList(name: Self.name, file: Self.name, bytes: Array(Self.text.utf8))]
                : try files.map(TextFiles.list)
        } catch {
            throw ConfigurationError(where: "--list", "\(error)")
        }
    }

    func library() throws -> TextLibrary { try TextLibrary(lists: lists, model: nil) }

    /// For a report.
    var words: String {
        if files.isEmpty { return "the stand-in term list" }
        let names = lists.map { "\($0.name) (\($0.count))" }.joined(separator: ", ")
        return "term list\(lists.count == 1 ? "" : "s") \(names)"
    }

    /// Where the settings find the lists later.
    /// - Parameter folder: takes the stand-in as a file.
    func keep(in folder: URL) throws -> [String] {
        guard files.isEmpty else {
            return files.map { URL(filePath: $0).standardizedFileURL.path() }
        }
        let file = folder.appending(path: Self.name + ".txt")
        try Data(Self.text.utf8).write(to: file)
        return [file.path()]
    }

    private static let name = "stand-in"

    /// In place of what an operator brings: who made the traffic knows what its offenders write. A
    /// weight of 3 says that a term needs no company.
    private static let text =
        "# Stand-ins of the simulator; they mean nothing.\n"
        + Simulator.standInTerms.map { "\($0), 3\n" }.joined()
}

/// Which term lists a command looks at made-up texts with.
struct ListOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Term list to use instead of the stand-in for the simulator's terms; repeatable.",
            valueName: "file"))
    var list: [String] = []

    func texts() throws(ConfigurationError) -> SimulatedTexts { try SimulatedTexts(list) }
}
