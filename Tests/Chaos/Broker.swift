import Foundation
import Glibc

/// The broker of a session: one that was given, or one of our own in a fresh directory.
struct Broker {
    let address: String
    private let process: Process?
    private let folder: URL?

    /// Whether it forgets members that were killed; the broker that we start never does.
    let expiresMembers: Bool

    static func given(_ address: String) -> Broker {
        Broker(address: address, process: nil, folder: nil, expiresMembers: true)
    }

    /// Starts `noida-db`, which must be on the path.
    static func start() async throws -> Broker {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tutela-chaos-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try freePort()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "setsid", "noida-db", "start", "--only", "kafka", "--kafka-port", "\(port)",
            "--data-dir", folder.path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<200 {
            if accepts(port) {
                return Broker(
                    address: "127.0.0.1:\(port)", process: process, folder: folder,
                    expiresMembers: false)
            }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ChaosError("noida-db did not start; is it installed? (pip install noida-db)")
    }

    /// Kills the broker that was started, with its children.
    func stop() {
        guard let process else { return }
        Glibc.kill(-process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }

    private static func freePort() throws -> UInt16 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, size) == 0 && getsockname(handle, $0, &size) == 0
            }
        }
        guard bound else { throw ChaosError("no free port") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func accepts(_ port: UInt16) -> Bool {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = loopback(port: port)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
