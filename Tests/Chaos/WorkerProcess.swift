import Foundation
import Synchronization

/// One worker as a child process.
final class WorkerProcess: Sendable {
    let name: String
    /// Static members have a name that a restart takes over; dynamic ones have none.
    let isStatic: Bool
    private let process: Mutex<Process>
    private let logFile: URL

    init(name: String, isStatic: Bool, arguments: [String], folder: URL) throws {
        self.name = name
        self.isStatic = isStatic
        logFile = folder.appending(path: "\(name).log")
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["worker"] + arguments
        if !FileManager.default.fileExists(atPath: logFile.path) {
            try Data().write(to: logFile)
        }
        let log = try FileHandle(forWritingTo: logFile)
        try log.seekToEnd()
        process.standardOutput = log
        process.standardError = log
        try process.run()
        self.process = Mutex(process)
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// kill -9.
    func kill() {
        process.withLock { process in
            Glibc.kill(process.processIdentifier, SIGKILL)
            while process.isRunning { usleep(1_000) }
        }
    }

    /// SIGTERM, then at most `deadline` for the drain.
    /// - Throws: when it does not end in time or not well.
    func stop(within deadline: Duration) async throws {
        process.withLock { $0.terminate() }
        let start = ContinuousClock.now
        while isRunning {
            guard ContinuousClock.now - start < deadline else {
                kill()
                throw ChaosError("\(name) did not stop within \(deadline); see \(logFile.path)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let status = process.withLock { $0.terminationStatus }
        guard status == 0 else {
            throw ChaosError("\(name) ended with status \(status); see \(logFile.path)")
        }
    }

    /// - Throws: when the process ended by itself.
    func checkAlive() throws {
        guard isRunning else {
            throw ChaosError("\(name) ended by itself; see \(logFile.path)")
        }
    }
}
