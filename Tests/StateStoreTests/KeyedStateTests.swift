import StateStore
import Streaming
import Testing

@Suite("Keyed state")
struct KeyedStateTests {
    @Test("What a batch changes is visible to it, and gone after a discard")
    func discard() {
        var state = KeyedState(codec: NumberCodec())
        state.update(key(1)) { $0 = 10 }
        state.publish()
        state.update(key(1)) { $0 = 11 }
        state.update(key(2)) { $0 = 20 }
        #expect(state.row(key(1)) == 11)
        #expect(state.row(key(2)) == 20)
        state.discard()
        #expect(state.row(key(1)) == 10)
        #expect(state.row(key(2)) == nil)
        #expect(state.count == 1)
        #expect(state.changes().isEmpty)
    }

    @Test("A key touched many times in a batch has one row, in the order of first touch")
    func coalesced() {
        var state = KeyedState(codec: NumberCodec())
        for round in 1...5 {
            for n in [3, 1, 2] { state.update(key(UInt64(n))) { $0 = UInt64(round * 100 + n) } }
        }
        let rows = rows(state.changes())
        #expect(rows.map(\.key) == [key(3), key(1), key(2)])
        #expect(rows.map(\.value) == [503, 501, 502])
    }

    @Test("A tombstone deletes the key")
    func tombstone() throws {
        var state = KeyedState(codec: NumberCodec())
        state.update(key(1)) { $0 = 1 }
        let before = state.changes()
        state.publish()
        state.update(key(1)) { $0 = nil }
        let after = state.changes()
        #expect(rows(after).map(\.value) == [nil])
        state.publish()
        #expect(state.count == 0)

        var restored = KeyedState(codec: NumberCodec())
        for record in records([before, after]) { #expect(try restored.restore(record)) }
        #expect(restored.count == 0)
        #expect(restored.row(key(1)) == nil)
    }

    @Test("A row that came and went within one batch is not written")
    func transient() {
        var state = KeyedState(codec: NumberCodec())
        state.update(key(1)) { $0 = 1 }
        state.update(key(1)) { $0 = nil }
        #expect(state.changes().isEmpty)
        state.publish()
        #expect(state.count == 0)
    }

    @Test("Another key's length is no row, and a bad row is an error")
    func foreignRecords() throws {
        var builder = RecordChunkBuilder(sources: [TopicPartition("state", 0)])
        builder.append(
            source: 0, offset: 0, timestamp: 0, key: Array("meta".utf8), value: [1], headers: [])
        builder.append(
            source: 0, offset: 1, timestamp: 0, key: Array(repeating: 7, count: 16), value: [1],
            headers: [])
        let chunk = builder.finish()
        var state = KeyedState(codec: NumberCodec())
        #expect(try state.restore(chunk[0]) == false)
        #expect(throws: RowError.self) { try state.restore(chunk[1]) }
    }

    @Test("Random batches, some discarded, equal a dictionary and what the changelog restores")
    func model() throws {
        var random = Xorshift(state: 0x9e37_79b9_7f4a_7c15)
        var state = KeyedState(codec: NumberCodec())
        var model: [StateKey: UInt64] = [:]
        var log: [ChangeSet] = []
        for _ in 0..<400 {
            var next = model
            for _ in 0..<(random.next() % 40) {
                // Keys that collide in the index, too.
                let n = random.next() % 300
                let key = StateKey(high: n, low: n % 7 << 32 | n % 11)
                let value = random.next() % 4 == 0 ? nil : random.next()
                state.update(key) { $0 = value }
                next[key] = value
            }
            let changes = state.changes()
            if random.next() % 3 == 0 {
                state.discard()
            } else {
                state.publish()
                log.append(changes)
                model = next
            }
            #expect(state.count == model.count)
        }
        for (key, value) in model { #expect(state.row(key) == value) }
        var restored = KeyedState(codec: NumberCodec())
        for record in records(log) { _ = try restored.restore(record) }
        #expect(contents(restored) == contents(state))
        #expect(contents(state).count == model.count)
    }
}

private struct NumberCodec: RowCodec {
    func encode(_ row: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: row.bigEndian) { bytes.append(contentsOf: $0) }
    }

    func decode(_ bytes: UnsafeRawBufferPointer) throws(RowError) -> UInt64 {
        guard bytes.count == 8 else { throw RowError("a number has eight bytes") }
        return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    }
}

private struct Xorshift {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

private func key(_ n: UInt64) -> StateKey { StateKey(high: n &* 0x1234_5678_9abc, low: n) }

private func rows(_ changes: ChangeSet) -> [(key: StateKey, value: UInt64?)] {
    var rows: [(key: StateKey, value: UInt64?)] = []
    changes.forEach { bytes, value in
        guard let key = StateKey(bytes) else { return }
        rows.append((key, value.map { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }))
    }
    return rows
}

private func records(_ log: [ChangeSet]) -> [Record] {
    var builder = RecordChunkBuilder(sources: [TopicPartition("state", 0)])
    var offset: Int64 = 0
    for changes in log {
        changes.forEach { key, value in
            builder.append(
                source: 0, offset: offset, timestamp: 0, key: Array(key),
                value: value.map { Array($0) }, headers: [])
            offset += 1
        }
    }
    let chunk = builder.finish()
    return (0..<chunk.count).map { chunk[$0] }
}

private func contents(_ state: KeyedState<NumberCodec>) -> [[UInt64]] {
    var contents: [[UInt64]] = []
    state.forEachSorted { contents.append([$0.high, $0.low, $1]) }
    return contents
}
