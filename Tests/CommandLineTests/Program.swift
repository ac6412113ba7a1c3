import Foundation
import Testing

/// The built `tutela`, run as a user runs it.
enum Program {
    struct Result {
        var status: Int32
        var output: String
        var error: String
    }

    /// It lies beside the tests.
    static let path = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "tutela").path()

    /// - Parameter environment: on top of nothing but PATH, so that no setting leaks in.
    static func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new }
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        // What goes to standard error is short; reading in turn cannot block.
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            error: String(decoding: complaint, as: UTF8.self))
    }

    /// Runs until a condition holds, then kills with SIGKILL.
    /// - Returns: false where the program ended by itself before.
    static func kill(
        _ arguments: [String], environment: [String: String] = [:],
        when condition: () async -> Bool
    ) async throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            if await condition() {
                Foundation.kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return process.terminationReason == .uncaughtSignal
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    /// A named pipe that gives a text and then neither more nor an end, so that whoever reads it is
    /// still at work when it is killed.
    static func stuckFile(_ text: String, at url: URL) throws -> Process {
        let half = url.appendingPathExtension("half")
        try Data(text.utf8).write(to: half)
        let writer = Process()
        writer.executableURL = URL(filePath: "/bin/sh")
        writer.arguments = [
            "-c", #"mkfifo "$1"; exec 3<>"$1"; exec cat "$2" - >&3"#, "sh", url.path(), half.path(),
        ]
        // Nothing more comes from here, and no end.
        writer.standardInput = Pipe()
        writer.standardOutput = FileHandle.nullDevice
        writer.standardError = FileHandle.nullDevice
        try writer.run()
        while !FileManager.default.fileExists(atPath: url.path()) { usleep(1_000) }
        return writer
    }

    /// A directory that is gone afterwards.
    static func withDirectory<R>(_ body: (URL) throws -> R) throws -> R {
        let directory = try makeDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }

    /// For tests whose whole body works in it, and which remove it.
    static func makeDirectory() throws -> URL {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "tutela-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true)
        return directory
    }
}
