internal import Streaming
internal import Synchronization

/// The journal of a directory: one file to which frames are appended.
final class FileJournal: Journal {
    private struct Tail {
        var end: Int64
        var sequence: UInt64
        var failure: LogError?
    }

    private let file: JournalFile
    private let durability: FileLog.Durability
    private let tail = Mutex(
        Tail(end: 0, sequence: 0, failure: LogError(.closed, "the log is not open for writing")))

    /// Takes no frames before `begin`.
    init(file: JournalFile, durability: FileLog.Durability) {
        self.file = file
        self.durability = durability
    }

    /// Opens the journal for frames after what recovery found.
    func begin(after recovery: Recovery) {
        tail.withLock { $0 = Tail(end: recovery.end, sequence: recovery.nextSequence) }
    }

    func append(_ payload: [UInt8], records: Int) throws(JournalFailure) -> Int64 {
        let result: Result<Int64, JournalFailure> = tail.withLock { tail in
            do throws(JournalFailure) {
                return .success(try append(payload, &tail))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func append(_ payload: [UInt8], _ tail: inout Tail) throws(JournalFailure) -> Int64 {
        if let failure = tail.failure { throw .undone(failure) }
        guard payload.count <= FrameHeader.maximumPayload else {
            throw .undone(LogError(.rejected, "a transaction of \(payload.count) bytes is too big"))
        }
        let header = FrameHeader(
            payloadCount: UInt32(payload.count), sequence: tail.sequence,
            payloadChecksum: payload.withUnsafeBytes { CRC32C.shared.checksum($0) })
        do throws(LogError) {
            try write(header.bytes + payload, at: tail.end)
        } catch {
            do throws(LogError) {
                try file.truncate(to: tail.end)
            } catch {
                tail.failure = error
                throw .unknown(error)
            }
            throw .undone(error)
        }
        if durability == .eachCommit {
            do throws(LogError) {
                try file.synchronize()
            } catch {
                tail.failure = error
                throw .unknown(error)
            }
        }
        let position = tail.end + Int64(FrameHeader.size)
        tail.end = position + Int64(payload.count)
        tail.sequence += 1
        return position
    }

    private func write(_ frame: [UInt8], at position: Int64) throws(LogError) {
        let result: Result<Void, LogError> = frame.withUnsafeBytes { bytes in
            do throws(LogError) {
                return .success(try file.write(bytes, at: position))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// The file keeps what was written.
    func release(_ spans: [JournalSpan]) {}

    /// Neighbours are read together: spans of one partition rise through the file.
    func read(_ spans: [JournalSpan], _ body: (UnsafeRawBufferPointer) -> Void) throws(LogError) {
        var buffer: [UInt8] = []
        var first = 0
        while first < spans.count {
            var last = first
            let start = spans[first].position
            var end = start + Int64(spans[first].count)
            while last + 1 < spans.count {
                let next = spans[last + 1]
                guard next.position >= end, next.position - end <= Self.widestGap,
                    next.position + Int64(next.count) - start <= Self.widestRead
                else { break }
                end = next.position + Int64(next.count)
                last += 1
            }
            try fill(&buffer, count: Int(end - start), at: start)
            buffer.withUnsafeBytes { bytes in
                for span in spans[first...last] {
                    let at = Int(span.position - start)
                    body(UnsafeRawBufferPointer(rebasing: bytes[at..<at + span.count]))
                }
            }
            first = last + 1
        }
    }

    /// Bytes between two spans that are rather read along than skipped.
    private static let widestGap: Int64 = 16 << 10
    private static let widestRead: Int64 = 4 << 20

    private func fill(_ buffer: inout [UInt8], count: Int, at position: Int64) throws(LogError) {
        if buffer.count < count {
            buffer = [UInt8](repeating: 0, count: max(count, 64 << 10))
        }
        let result: Result<Void, LogError> = buffer.withUnsafeMutableBytes { bytes in
            do throws(LogError) {
                let target = UnsafeMutableRawBufferPointer(rebasing: bytes[0..<count])
                return .success(try file.read(into: target, at: position))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    func close() {
        tail.withLock { tail in
            guard tail.failure == nil else { return }
            tail.failure = LogError(.closed, "the log was closed")
            file.close()
        }
    }
}
