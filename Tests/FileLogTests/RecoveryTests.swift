import FileLog
import Streaming
import Testing

@Suite struct RecoveryTests {
    /// A journal of four frames (one topic, three transactions) and where each begins.
    func journal() async throws -> (bytes: [UInt8], frames: [Int]) {
        let scratch = Scratch()
        defer { scratch.remove() }
        let log = try scratch.open()
        defer { log.close() }
        var frames = [0]
        try log.createTopic("a", partitions: 1)
        for value in ["one", "two", "three"] {
            frames.append(try scratch.bytes.count)
            try await log.write([value, value], to: "a")
        }
        return (try scratch.bytes, frames)
    }

    @Test("A last frame cut at any byte is dropped whole, and the log goes on after it")
    func torn() async throws {
        let (bytes, frames) = try await journal()
        for count in frames[3]..<bytes.count {
            let scratch = Scratch()
            defer { scratch.remove() }
            try scratch.write(bytes.prefix(count))
            let log = try scratch.open()
            #expect(log.tornBytes == Int64(count - frames[3]))
            #expect(try await log.values(of: "a") == ["one", "one", "two", "two"])
            try await log.write(["four"], to: "a")
            log.close()
            let again = try scratch.open()
            #expect(again.tornBytes == 0)
            #expect(try await again.values(of: "a") == ["one", "one", "two", "two", "four"])
            again.close()
        }
    }

    @Test("A flipped bit anywhere is damage, and the error names a position in its frame")
    func flipped() async throws {
        let (bytes, frames) = try await journal()
        for position in bytes.indices {
            let scratch = Scratch()
            defer { scratch.remove() }
            var damaged = bytes
            damaged[position] ^= UInt8(1 << (position % 8))
            try scratch.write(damaged)
            let error = try #require(throws: LogError.self) { try scratch.open() }
            #expect(error.code == .damaged)
            let frame = frames.last { $0 <= position } ?? 0
            let payload = frame + 28
            let isHead = position < payload
            #expect(error.message.contains("at byte \(isHead ? frame : payload):"))
            #expect(try scratch.bytes == damaged)
        }
    }

    @Test("A frame that is missing from the middle is damage")
    func missing() async throws {
        let (bytes, frames) = try await journal()
        let scratch = Scratch()
        defer { scratch.remove() }
        try scratch.write(Array(bytes[..<frames[1]]) + bytes[frames[2]...])
        let error = #expect(throws: LogError.self) { try scratch.open() }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("byte \(frames[1])") == true)
    }

    @Test("A tail that has its length and lacks its data is torn, as after a power loss")
    func unwritten() async throws {
        let (bytes, frames) = try await journal()
        let scratch = Scratch()
        defer { scratch.remove() }
        try scratch.write(bytes[..<frames[3]] + [UInt8](repeating: 0, count: 3_000))
        let log = try scratch.open()
        #expect(log.tornBytes == 3_000)
        #expect(try await log.values(of: "a").count == 4)
        try await log.write([String(repeating: "x", count: 4_000)], to: "a")
        log.close()
        var long = try scratch.bytes
        for position in long.count - 2_000..<long.count { long[position] = 0 }
        try scratch.write(long)
        let again = try scratch.open()
        #expect(again.tornBytes > 4_000)
        #expect(try await again.values(of: "a").count == 4)
        again.close()
    }

    @Test("Something that is no journal is not touched")
    func foreign() throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let text = Array("this is no journal but somebody's notes, long enough".utf8)
        try scratch.write(text)
        #expect(throws: LogError.self) { try scratch.open() }
        #expect(try scratch.bytes == text)
    }
}
