public import Foundation

/// A Python that has what a test compares with: where `make test` puts it, or else the one on the
/// path.
public struct Python: Sendable {
    private let executable: String
    private let words: [String]

    private init(_ executable: String, _ words: [String]) {
        self.executable = executable
        self.words = words
    }

    /// nil where none has all of the modules.
    public static func having(_ modules: [String]) -> Python? {
        let own = FileManager.default.currentDirectoryPath + "/.venv/bin/python3"
        let all = [Python(own, []), Python("/usr/bin/env", ["python3"])]
        return all.first { python in
            guard FileManager.default.isExecutableFile(atPath: python.executable) else {
                return false
            }
            let found = try? python.run(["-c", "import " + modules.joined(separator: ", ")])
            return found?.status == 0
        }
    }

    /// Runs to the end.
    /// - Returns: the exit code, and what was written to either stream.
    public func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = words + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// Runs a script with a fresh folder as its last argument, which is gone after `body`.
    public func run<Result>(
        script: URL, _ body: (URL, (status: Int32, output: String)) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tutela-python-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder, try run([script.path(), folder.path()]))
    }
}
