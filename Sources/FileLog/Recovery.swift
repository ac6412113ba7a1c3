internal import Streaming

/// What reading a journal from front to back found.
struct Recovery: Equatable {
    /// Where the next frame goes.
    var end: Int64 = 0
    var nextSequence: UInt64 = 0
    /// Bytes of a torn last frame.
    var torn: Int64 = 0

    /// Reads all frames. A last frame that was not written to its end is torn: it was never
    /// acknowledged. Anything else that is not a sound frame is damage.
    /// - Parameter body: takes an entry and the position of its payload; false where it does not
    ///   fit.
    /// - Throws: `damaged` naming the byte position.
    static func read(
        _ file: JournalFile, _ body: (JournalEntry, Int64) -> Bool
    ) throws(LogError) -> Recovery {
        let size = try file.count
        var found = Recovery()
        var payload: [UInt8] = []
        while found.end < size {
            let left = size - found.end
            guard left >= FrameHeader.size else { return found.tearing(left) }
            let head = try bytes(file, FrameHeader.size, at: found.end, reusing: [])
            guard let header = head.withUnsafeBytes({ FrameHeader($0) }) else {
                if try isZero(file, from: found.end, to: size) { return found.tearing(left) }
                throw damage(file, found.end, "the frame's header is not sound")
            }
            guard header.sequence == found.nextSequence else {
                throw damage(
                    file, found.end,
                    "frame \(header.sequence) stands where \(found.nextSequence) was due")
            }
            let start = found.end + Int64(FrameHeader.size)
            let end = start + Int64(header.payloadCount)
            guard end <= size else { return found.tearing(left) }
            payload = try bytes(file, Int(header.payloadCount), at: start, reusing: payload)
            let entry: JournalEntry? = payload.withUnsafeBytes { all in
                let bytes = UnsafeRawBufferPointer(rebasing: all[0..<Int(header.payloadCount)])
                guard CRC32C.shared.checksum(bytes) == header.payloadChecksum else { return nil }
                return JournalCodec.decode(bytes)
            }
            guard let entry else {
                if end == size, hasUnwrittenSector(payload, start, end) {
                    return found.tearing(left)
                }
                throw damage(file, start, "the frame's payload is not what was written")
            }
            guard body(entry, start) else {
                throw damage(file, start, "the frame does not fit to those before")
            }
            found.end = end
            found.nextSequence += 1
        }
        return found
    }

    private func tearing(_ count: Int64) -> Recovery {
        var torn = self
        torn.torn = count
        return torn
    }

    /// After a power loss the file may have its length and lack its data: such sectors read as
    /// zeros, which damage of another kind does not give.
    private static func hasUnwrittenSector(
        _ payload: [UInt8], _ start: Int64, _ end: Int64
    ) -> Bool {
        let sector: Int64 = 512
        var at = start
        while at < end {
            let next = min(end, (at / sector + 1) * sector)
            let bytes = payload[Int(at - start)..<Int(next - start)]
            if next - at >= min(sector, 64), bytes.allSatisfy({ $0 == 0 }) { return true }
            at = next
        }
        return false
    }

    private static func isZero(
        _ file: JournalFile, from: Int64, to: Int64
    ) throws(LogError) -> Bool {
        var at = from
        while at < to {
            let count = Int(min(1 << 16, to - at))
            let piece = try bytes(file, count, at: at, reusing: [])
            guard piece.allSatisfy({ $0 == 0 }) else { return false }
            at += Int64(count)
        }
        return true
    }

    private static func bytes(
        _ file: JournalFile, _ count: Int, at position: Int64, reusing old: [UInt8]
    ) throws(LogError) -> [UInt8] {
        var buffer = old.count >= count ? old : [UInt8](repeating: 0, count: count)
        let result: Result<Void, LogError> = buffer.withUnsafeMutableBytes { bytes in
            do throws(LogError) {
                let target = UnsafeMutableRawBufferPointer(rebasing: bytes[0..<count])
                return .success(try file.read(into: target, at: position))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        return buffer
    }

    private static func damage(_ file: JournalFile, _ position: Int64, _ what: String) -> LogError {
        LogError(
            .damaged,
            """
            \(file.path) is damaged at byte \(position): \(what); restore the directory from a copy
            """)
    }
}
