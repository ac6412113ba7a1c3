import ArgumentParser
import BankStorage
import CHamming
import Foundation
import HashMatching
import SafetyModel
import Synchronization

/// What a bank of digests costs: to build, to hold, to ask, to rebuild and to load.
struct Hash: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures look-ups in a bank of digests from a file.")

    @Option(help: "File of digests, 32 bytes each.")
    var digests: String

    @Option(help: "File of queries that are near nothing.")
    var strangers: String

    @Option(help: "File of queries that are near some digest.")
    var neighbours: String

    @Option(help: "Folder for an image.")
    var folder: String

    @Option(help: "How many answers to print, to be compared.")
    var answers: Int = 64

    func run() throws {
        var report: [String: Any] = [:]
        let loose = try HashBank.make(digests)
        let began = threadTime()
        let bank = loose.rebuilt()
        report["build_cpu_seconds"] = threadTime() - began
        let memory = bank.memory
        report["entries"] = bank.entryCount
        report["near_bytes"] = memory.near
        report["bytes"] = memory.near + memory.entries

        let strange = try HashBank.digests(strangers)
        let near = try HashBank.digests(neighbours)
        report["kernels"] = try kernels(strange)
        report["rate_strangers"] = rate(strange, bank)
        report["rate_neighbours"] = rate(near, bank)
        report["rate_together"] = rate(strange, together: 10_000, bank)
        report["answers"] = near.prefix(answers).map { digest in
            match([HashBank.item(digest)], in: bank).matches.map {
                ["entry": $0.entry, "distance": Int($0.distance)]
            }
        }
        report["planted_found"] = near.count { digest in
            !match([HashBank.item(digest)], in: bank).matches.isEmpty
        }
        report["rebuild"] = duringRebuild(bank, strange)
        report["image"] = try image(bank)
        say(
            String(
                decoding: try JSONSerialization.data(withJSONObject: report), as: UTF8.self))
    }

    /// Queries per second of the thread's CPU time, through `match`: the median of rounds.
    private func rate(_ queries: [[UInt8]], _ bank: BankSnapshot, rounds: Int = 5) -> Double {
        let items = queries.map { [HashBank.item($0)] }
        let rates = (0..<rounds).map { _ in
            let began = threadTime()
            for item in items { count(match(item, in: bank)) }
            return Double(items.count) / (threadTime() - began)
        }
        return rates.sorted()[rounds / 2]
    }

    /// The same, so many at once, as a lane asks that has much to do.
    private func rate(
        _ queries: [[UInt8]], together: Int, _ bank: BankSnapshot, rounds: Int = 5
    ) -> Double {
        let items = queries.map { [HashBank.item($0)] }
        let rates = (0..<rounds).map { _ in
            let began = threadTime()
            for first in stride(from: 0, to: items.count, by: together) {
                let part = Array(items[first..<min(first + together, items.count)])
                for result in match(events: part, in: bank) { count(result) }
            }
            return Double(items.count) / (threadTime() - began)
        }
        return rates.sorted()[rounds / 2]
    }

    private static let sum = Mutex(0)

    /// Keeps the answer from being optimised away.
    private func count(_ result: MatchResult) {
        if !result.matches.isEmpty { Self.sum.withLock { $0 += result.matches.count } }
    }

    /// Each kernel by itself, without entries; microseconds a query.
    private func kernels(_ queries: [[UInt8]]) throws -> [String: Double] {
        let data = try Data(contentsOf: URL(filePath: digests), options: .alwaysMapped)
        let count = data.count / 32
        let index = RawIndex(data, count: count)
        let spread = queries.map { RawIndex.spread($0) }
        let names: [(String, chamming_kernel)] = [
            ("portable", chamming_portable), ("avx2", chamming_avx2),
            ("avx512", chamming_avx512), ("neon", chamming_neon),
        ]
        var times: [String: [Double]] = [:]
        for _ in 0..<3 {
            for (name, kernel) in names where chamming_supports(kernel) != 0 {
                let began = threadTime()
                for query in spread { _ = index.find(query, kernel) }
                times[name, default: []].append(
                    (threadTime() - began) * 1e6 / Double(queries.count))
            }
        }
        return times.mapValues { $0.sorted()[1] }
    }

    /// Look-ups alone and beside a rebuild, in turn.
    private func duringRebuild(_ bank: BankSnapshot, _ queries: [[UInt8]]) -> [String: Double] {
        let change = HashBank.entry(0, [UInt8](repeating: 1, count: 32))
        let changed = bank.applying([(0, change)], version: 1)
        let items = queries.map { [HashBank.item($0)] }
        var (alone, beside): ([Double], [Double]) = ([], [])
        func step() -> Double {
            let began = threadTime()
            for item in items.prefix(500) { count(match(item, in: changed)) }
            return (threadTime() - began) * 1e6 / Double(min(500, items.count))
        }
        for _ in 0..<3 {
            for _ in 0..<10 { alone.append(step()) }
            let isDone = Flag()
            guard
                WorkThread.start({
                    withExtendedLifetime(changed.rebuilt()) {}
                    isDone.set()
                })
            else { break }
            while !isDone.isSet { beside.append(step()) }
        }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        return [
            "alone_us": median(alone), "beside_us": median(beside),
            "steps": Double(beside.count),
        ]
    }

    private func image(_ bank: BankSnapshot) throws -> [String: Double] {
        let file = BankImageFile(folder: folder, name: "bench")
        let began = wallTime()
        let bytes = try file.save(BankImage(bank, notes: [])) ?? 0
        let saved = wallTime()
        let cpu = threadTime()
        let loaded = try file.load()
        let ended = wallTime()
        try FileManager.default.removeItem(atPath: file.path)
        guard loaded?.snapshot.entryCount == bank.entryCount else {
            throw ValidationError("the image lost entries")
        }
        return [
            "bytes": Double(bytes), "save_seconds": saved - began, "load_seconds": ended - saved,
            "load_cpu_seconds": threadTime() - cpu,
        ]
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}

/// The C index by itself.
private final class RawIndex {
    private let count: Int
    private let digests: UnsafeMutablePointer<chamming_digest>
    private let starts: UnsafeMutablePointer<UInt32>
    private let signatures: UnsafeMutablePointer<UInt16>
    private let places: UnsafeMutablePointer<UInt32>
    private var indices = [UInt32](repeating: 0, count: 4_096)
    private var distances = [UInt16](repeating: 0, count: 4_096)

    init(_ data: Data, count: Int) {
        func room<T>(_ type: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
            guard let memory = chamming_allocate(count * MemoryLayout<T>.stride + 64) else {
                preconditionFailure("no memory")
            }
            return memory.bindMemory(to: T.self, capacity: count)
        }
        self.count = count
        digests = room(chamming_digest.self, count)
        let chunks = Int(CHAMMING_CHUNKS)
        starts = room(UInt32.self, chunks * Int(CHAMMING_STARTS))
        signatures = room(UInt16.self, chunks * count)
        places = room(UInt32.self, chunks * count)
        data.withUnsafeBytes { bytes in
            for i in 0..<count {
                digests[i] = Self.spread(Array(bytes[32 * i..<32 * i + 32]))
            }
        }
        chamming_build(digests, count, starts, signatures, places)
    }

    deinit {
        let chunks = Int(CHAMMING_CHUNKS)
        chamming_release(digests, count * 32 + 64)
        chamming_release(starts, chunks * Int(CHAMMING_STARTS) * 4 + 64)
        chamming_release(signatures, chunks * count * 2 + 64)
        chamming_release(places, chunks * count * 4 + 64)
    }

    static func spread(_ digest: [UInt8]) -> chamming_digest {
        let words = (0..<4).map { w in
            digest[8 * w..<8 * w + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        return chamming_spread(words)
    }

    func find(_ query: chamming_digest, _ kernel: chamming_kernel) -> Int {
        var query = query
        var index = chamming_index(
            digests: digests, count: count, starts: starts, signatures: signatures, places: places)
        return chamming_find(kernel, &index, &query, 31, 4_096, &indices, &distances)
    }
}
