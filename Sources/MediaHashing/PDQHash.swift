public import SafetyModel

/// A PDQ hash and how much of an image it stands on.
public struct PDQHash: Hashable, Sendable {
    /// Bit `16 i + j`, for frequency (i + 1, j + 1), is bit `(16 i + j) % 64` of word `(16 i + j) / 64`.
    let words: [UInt64]
    /// 0–100; below 50 a hash says too little to be matched.
    public let quality: Int

    init(words: [UInt64], quality: Int) {
        self.words = words
        self.quality = quality
    }

    /// 32 bytes, bit 255 first: the order of the usual 64 hexadecimal digits.
    public var bytes: [UInt8] {
        words.reversed().flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { bytes.hex }

    public var digest: MediaDigest { MediaDigest(.pdq, bytes, quality: UInt8(quality)) }

    /// Bits that differ, 0–256; up to 31 is near.
    public func distance(to other: PDQHash) -> Int {
        zip(words, other.words).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    }
}

/// The eight ways to turn and mirror a picture, in the reference's order and by its names.
public enum Dihedral: String, Hashable, Sendable, CaseIterable {
    case original
    case rotate90 = "rotate-90"
    case rotate180 = "rotate-180"
    case rotate270 = "rotate-270"
    case flipX = "flip-x"
    case flipY = "flip-y"
    case flipPlus1 = "flip-plus-1"
    case flipMinus1 = "flip-minus-1"

    private var isTransposed: Bool {
        switch self {
        case .original, .rotate180, .flipX, .flipY: false
        case .rotate90, .rotate270, .flipPlus1, .flipMinus1: true
        }
    }

    /// Of the original's coefficient in row i, column j.
    private func isNegated(_ i: Int, _ j: Int) -> Bool {
        switch self {
        case .original, .flipPlus1: false
        case .rotate90, .flipY: j.isMultiple(of: 2)
        case .rotate270, .flipX: i.isMultiple(of: 2)
        case .rotate180, .flipMinus1: !(i + j).isMultiple(of: 2)
        }
    }

    /// Turning a picture moves and negates its 16 × 16 frequencies, and does nothing else to them.
    func turned(_ coefficients: [Float]) -> [Float] {
        var out = coefficients
        for i in 0..<16 {
            for j in 0..<16 {
                let value = coefficients[16 * i + j]
                out[isTransposed ? 16 * j + i : 16 * i + j] = isNegated(i, j) ? -value : value
            }
        }
        return out
    }
}
