public import SafetyModel

/// How wide the buckets of a window are. Raw values are in stored state: append only.
public enum Resolution: UInt8, Sendable, CaseIterable {
    case minute = 0
    case tenMinutes, hour, day

    /// The length of a bucket.
    public var milliseconds: Int64 {
        switch self {
        case .minute: 60_000
        case .tenMinutes: 600_000
        case .hour: 3_600_000
        case .day: 86_400_000
        }
    }

    /// The bucket that holds an instant, counted from 1970. Instants before are in the first.
    @inline(__always)
    func bucket(_ time: Instant) -> Int64 {
        let ms = max(time.milliseconds, 0)
        // Divisions by constants are multiplications.
        let bucket =
            switch self {
            case .minute: ms / 60_000
            case .tenMinutes: ms / 600_000
            case .hour: ms / 3_600_000
            case .day: ms / 86_400_000
            }
        return min(bucket, Int64(UInt32.max))
    }
}

/// A stretch of event time that ends with the bucket of the signal in hand, which counts whole: 24
/// h are this hour and the 23 before it, 7 d are today (UTC) and the six days before.
public struct Window: Hashable, Sendable {
    /// How wide its buckets are.
    public let resolution: Resolution
    /// How many of them it covers, 1 to `maximumBuckets`.
    public let count: UInt8

    /// The most buckets of a window (I11).
    public static let maximumBuckets = 30

    /// The finest resolution that covers the length in 30 buckets: minutes up to 30 m, ten minutes
    /// up to 5 h, hours up to 30 h, days up to 30 d.
    /// - Returns: nil where the length is no whole number of such buckets, or none covers it.
    public init?(_ length: TimeSpan) {
        for resolution in Resolution.allCases {
            let width = resolution.milliseconds
            guard length.milliseconds <= width * Int64(Self.maximumBuckets) else { continue }
            guard length.milliseconds > 0, length.milliseconds % width == 0 else { return nil }
            self.resolution = resolution
            count = UInt8(length.milliseconds / width)
            return
        }
        return nil
    }

    /// Buckets held, 8, 16 or 32: at least two more than the window has, so that one that ends
    /// a little before the newest event is still whole.
    public var held: Int { count <= 6 ? 8 : count <= 14 ? 16 : 32 }
}
