#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif
public import HashMatching

/// The image of a bank in a folder: one file, replaced as a whole. Every call waits for the disk.
public struct BankImageFile: Sendable {
    /// Where it is.
    public let path: String
    private let folder: String
    private let part: String

    /// - Parameters:
    ///   - folder: made where there is none, but not those above it.
    ///   - name: of the topic that the bank is read from.
    public init(folder: String, name: String) {
        self.folder = folder
        path = "\(folder)/\(name).bank"
        part = path + ".part"
    }

    /// The image; nil where there is none yet.
    public func load() throws(BankImageError) -> BankImage? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw failure("cannot open \(path)") }
        defer { _ = closeFile(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("cannot measure \(path)") }
        do throws(BankImageError) {
            return try BankImage(byteCount: Int(status.st_size)) {
                buffer, offset throws(BankImageError) in
                try read(file, buffer, at: offset)
            }
        } catch {
            throw BankImageError(error.reason, "\(path): \(error.description)")
        }
    }

    /// Writes the image beside the old one and then takes its place, so that a reader sees one or
    /// the other, whatever happens meanwhile.
    /// - Returns: bytes written; nil where another process is writing just now.
    @discardableResult
    public func save(_ image: BankImage) throws(BankImageError) -> Int? {
        guard mkdir(folder, 0o750) == 0 || errno == EEXIST else {
            throw failure("cannot create \(folder)")
        }
        let file = open(part, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw failure("cannot create \(part)") }
        defer { _ = closeFile(file) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0, isStill(file, at: part) else { return nil }
        guard ftruncate(file, 0) == 0 else { throw failure("cannot empty \(part)") }
        var count = 0
        do throws(BankImageError) {
            try image.write { bytes throws(BankImageError) in
                try write(file, bytes)
                count += bytes.count
            }
            guard fsync(file) == 0 else { throw failure("cannot force \(part) to the disk") }
            guard rename(part, path) == 0 else { throw failure("cannot put \(part) in place") }
        } catch {
            _ = unlink(part)
            throw error
        }
        let directory = open(folder, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("cannot open \(folder)") }
        defer { _ = closeFile(directory) }
        guard fsync(directory) == 0 else { throw failure("cannot force \(folder) to the disk") }
        return count
    }

    /// Between opening and locking it, another process may have put the file in place.
    private func isStill(_ file: Int32, at path: String) -> Bool {
        var (own, named) = (stat(), stat())
        return fstat(file, &own) == 0 && stat(path, &named) == 0 && own.st_ino == named.st_ino
    }

    private func read(
        _ file: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(BankImageError) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(file, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot read") }
            guard count > 0 else { throw BankImageError(.cut, "it ends inside a region") }
            done += count
        }
    }

    private func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(BankImageError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = systemWrite(file, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("cannot write \(part)") }
            done += count
        }
    }

    private func failure(_ what: String) -> BankImageError {
        BankImageError(.unreachable, "\(what): \(String(cString: strerror(errno)))")
    }
}

private func closeFile(_ file: Int32) -> Int32 { close(file) }

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
