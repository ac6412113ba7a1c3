import Foundation
import HashMatching
import SafetyModel

/// Digests and queries from files of 32 bytes each, and banks of invented entries made of them.
enum HashBank {
    static func digests(_ path: String) throws -> [[UInt8]] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        return stride(from: 0, to: bytes.count - 31, by: 32).map { Array(bytes[$0..<$0 + 32]) }
    }

    /// PDQ entries with ids of 20 bytes; in steps, so that memory holds few of them as values.
    static func make(_ path: String) throws -> BankSnapshot {
        let data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        return make(count: data.count / 32) { index in
            data.withUnsafeBytes { Array($0[32 * index..<32 * index + 32]) }
        }
    }

    /// Random digests.
    static func random(count: Int, seed: UInt64) -> BankSnapshot {
        var state = seed
        return make(count: count) { _ in
            (0..<4).flatMap { _ -> [UInt8] in
                state &+= 0x9E37_79B9_7F4A_7C15
                var z = state
                z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                return withUnsafeBytes(of: z ^ (z >> 31)) { Array($0) }
            }
        }
    }

    private static func make(count: Int, _ digest: (Int) -> [UInt8]) -> BankSnapshot {
        var snapshot = BankSnapshot.empty
        for from in stride(from: 0, to: count, by: 32_768) {
            let entries = (from..<min(count, from + 32_768)).map { index in
                (offset: Int64(0), entry: entry(index, digest(index)) as HashEntry?)
            }
            snapshot = snapshot.applying(entries, version: 0)
            if snapshot.looseRows > max(1 << 19, snapshot.baseRows) {
                snapshot = snapshot.rebuilt()
            }
        }
        return snapshot
    }

    static func entry(_ index: Int, _ digest: [UInt8]) -> HashEntry {
        let number = String(index)
        return HashEntry(
            operation: .add, bank: "bank-\(index % 3)",
            entry: "entry-" + String(repeating: "0", count: 14 - number.count) + number,
            category: .csam, digest: MediaDigest(.pdq, digest, quality: 80), source: "source-a",
            listVersion: "2026-\(index / 1_000_000)")
    }

    static func item(_ digest: [UInt8]) -> MediaItem {
        MediaItem(
            reference: "m", use: .profilePhoto, attribution: .serverObserved, uploader: nil,
            digests: [MediaDigest(.pdq, digest, quality: 80)])
    }
}

/// CPU time of the calling thread, in seconds.
func threadTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func wallTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
