#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif
internal import Streaming

/// An open file; every call waits for the disk.
struct JournalFile: Sendable {
    let descriptor: Int32
    let path: String

    /// Opens or creates a file for reading and writing.
    init(path: String) throws(LogError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        self.path = path
        guard descriptor >= 0 else { throw Self.failure("cannot open \(path)") }
    }

    /// Opens a file for reading only; nil where there is none.
    init?(reading path: String) throws(LogError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        guard descriptor < 0 else { return }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw Self.failure("cannot open \(path)")
    }

    func close() { _ = Self.system { closeDescriptor(descriptor) } }

    var count: Int64 {
        get throws(LogError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                throw Self.failure("cannot measure \(path)")
            }
            return Int64(status.st_size)
        }
    }

    /// Takes the file for this process alone; false where another has it.
    func lock() -> Bool { Self.system { flock(descriptor, LOCK_EX | LOCK_NB) } == 0 }

    func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(LogError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = Self.system {
                pwrite(descriptor, rest.baseAddress, rest.count, off_t(position) + off_t(done))
            }
            guard count > 0 else { throw Self.failure("cannot write to \(path)") }
            done += count
        }
    }

    /// Reads exactly the buffer's count.
    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int64) throws(LogError) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = Self.system {
                pread(descriptor, rest.baseAddress, rest.count, off_t(position) + off_t(done))
            }
            guard count >= 0 else { throw Self.failure("cannot read \(path)") }
            guard count > 0 else {
                throw LogError(
                    .damaged, "\(path) ends at byte \(position + Int64(done)), inside a frame")
            }
            done += count
        }
    }

    func truncate(to count: Int64) throws(LogError) {
        guard Self.system({ ftruncate(descriptor, off_t(count)) }) == 0 else {
            throw Self.failure("cannot cut \(path)")
        }
    }

    func synchronize() throws(LogError) {
        guard Self.system({ fsync(descriptor) }) == 0 else {
            throw Self.failure("cannot force \(path) to the disk")
        }
    }

    /// Creates a directory where there is none, and forces its entries to the disk.
    static func makeDirectory(_ path: String) throws(LogError) {
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else {
            throw failure("cannot create \(path)")
        }
    }

    static func synchronizeDirectory(_ path: String) throws(LogError) {
        let directory = open(path, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("cannot open \(path)") }
        defer { _ = closeDescriptor(directory) }
        guard system({ fsync(directory) }) == 0 else {
            throw failure("cannot force \(path) to the disk")
        }
    }

    private static func system<N: SignedInteger>(_ call: () -> N) -> N {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func failure(_ what: String) -> LogError {
        LogError(.fatal, "\(what): \(String(cString: strerror(errno)))")
    }
}

private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
