import Foundation

/// Where a report goes: a file, or standard output for `-`.
struct ReportFile {
    private let path: String

    /// Asked for before the work whose report it is, which may take hours.
    /// - Throws: `ConfigurationError` where nothing can be written there.
    init(_ path: String) throws {
        self.path = path
        if isStandardOutput { return }
        let files = FileManager.default
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        let existing = (try? files.attributesOfItem(atPath: path)[.type]) as? FileAttributeType
        // A report is written beside its file first.
        guard files.isWritableFile(atPath: folder), existing != .typeDirectory else {
            throw cannotWrite
        }
    }

    var isStandardOutput: Bool { path == "-" }

    func write(_ data: Data) throws {
        guard !isStandardOutput else { return FileHandle.standardOutput.write(data) }
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw cannotWrite
        }
    }

    private var cannotWrite: ConfigurationError {
        ConfigurationError(
            where: path, "the report cannot be written there",
            "name a file in a directory that exists and that this user may write to")
    }
}
