import Foundation
import MediaHashing

let testFolder = URL(filePath: #filePath).deletingLastPathComponent()

func lines(of name: String) throws -> [[String]] {
    try String(contentsOf: testFolder.appending(path: name), encoding: .utf8)
        .split(separator: "\n").filter { !$0.hasPrefix("#") }
        .map { $0.split(separator: " ").map(String.init) }
}

func imageBytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: testFolder.appending(path: "Images/\(name)")))
}

/// What became of some bytes: a hash or a typed error.
func outcome(
    of bytes: [UInt8], limits: ImageLimits = ImageLimits()
) -> Result<PDQHash, MediaHashError> {
    do throws(MediaHashError) {
        return .success(try PDQHasher.hash(file: bytes.span.bytes, limits: limits).hash)
    } catch {
        return .failure(error)
    }
}

/// Equal for equal seeds on every machine (SplitMix64).
struct Seeded {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}

/// The pictures of the reference vectors, by their formulas.
enum Synthetic {
    static func rgb(kind: Int, columns: Int, rows: Int) -> [UInt8] {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(columns * rows * 3)
        for y in 0..<UInt32(rows) {
            for x in 0..<UInt32(columns) {
                for c in 0..<UInt32(3) {
                    let z = value(kind, x, y, c, UInt32(columns), UInt32(rows))
                    pixels.append(UInt8(truncatingIfNeeded: z))
                }
            }
        }
        return pixels
    }

    private static func value(
        _ kind: Int, _ x: UInt32, _ y: UInt32, _ c: UInt32, _ w: UInt32, _ h: UInt32
    ) -> UInt32 {
        switch kind {
        case 0:
            var z = (x &* 73_856_093) ^ (y &* 19_349_663) ^ ((c + 1) &* 83_492_791)
            z ^= z >> 13
            z = z &* 0x5bd1_e995
            return z ^ (z >> 15)
        case 1: return (x &* x &* 3 &+ y &* x &* 7 &+ (c + 1) &* y &* y) >> 6
        case 2: return (x * 8 / w + (y * 8 / h) * 3 + c) &* 2_654_435_761 >> 24
        default: return x * 255 / max(w - 1, 1) + y * 127 / max(h - 1, 1) + c * 10
        }
    }

    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = Seeded(seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    /// A photo-like picture: a few waves, some blocks, a little noise.
    static func photo(columns: Int, rows: Int, channels: Int, seed: UInt64) -> [UInt8] {
        var random = Seeded(seed)
        let waves = (0..<4).map { _ in
            (Double(random.below(40)) / Double(columns), Double(random.below(40)) / Double(rows))
        }
        let noise = random.below(24) + 1
        let block = random.below(30) + 3
        var pixels: [UInt8] = []
        pixels.reserveCapacity(columns * rows * channels)
        for y in 0..<rows {
            for x in 0..<columns {
                var light = 110.0 + Double((x / block &* 37 ^ y / block &* 91) % 50)
                for (a, b) in waves { light += 30 * sin(a * Double(x) + b * Double(y)) }
                for c in 0..<channels {
                    let value = light + Double(c * 9) + Double(random.below(noise))
                    pixels.append(UInt8(max(0, min(255, value))))
                }
            }
        }
        return pixels
    }
}
