import SafetyModel

/// What is counted in windows. Raw values are in stored state: append only.
enum Tally: UInt8, CaseIterable {
    case groupsCreated = 1
    case linksCreated, membersAdded, joins, contacts, profileChanges, numberChanges, deviceChanges
    case reportsFiled, memberAdds, refusals, leaves, settingsChanges
    case reports, trustedReports, sightings
}

/// How wide the buckets of a window are, and how many are held. More are held than the widest
/// window needs, so that a window that ends a little before the newest event is still whole.
enum Resolution: UInt8 {
    case hour = 0
    case day = 1

    var milliseconds: Int64 { self == .hour ? 3_600_000 : 86_400_000 }
    var held: Int64 { self == .hour ? 30 : 32 }

    /// The bucket that holds an instant: hours or days since 1970. Instants before are in the
    /// first.
    func bucket(_ time: Instant) -> Int64 {
        min(max(time.milliseconds, 0) / milliseconds, Int64(WindowCounters.maximumBucket))
    }
}

/// Sums per bucket of event time. Only buckets that hold something take room.
struct WindowCounters: Sendable, Equatable {
    /// Ascending: tally and resolution (8 bits), bucket (24 bits), sum (32 bits, saturating).
    private(set) var cells: [UInt64] = []

    static let maximumBucket: UInt64 = 0xff_ffff

    static func slot(_ tally: Tally, _ resolution: Resolution) -> UInt64 {
        UInt64(tally.rawValue) << 1 | UInt64(resolution.rawValue)
    }

    private static func key(_ slot: UInt64, _ bucket: Int64) -> UInt64 {
        slot << 24 | UInt64(bucket) & maximumBucket
    }

    init() {}

    /// - Parameter cells: must ascend, or nil is returned.
    init?(cells: [UInt64]) {
        for (a, b) in zip(cells, cells.dropFirst()) where a >> 32 >= b >> 32 { return nil }
        self.cells = cells
    }

    /// Adds to a bucket that is held.
    mutating func add(_ tally: Tally, _ resolution: Resolution, _ amount: UInt32, at time: Instant)
    {
        guard amount > 0 else { return }
        let key = Self.key(Self.slot(tally, resolution), resolution.bucket(time))
        let index = position(key)
        if index < cells.count, cells[index] >> 32 == key {
            let sum = UInt64(UInt32(truncatingIfNeeded: cells[index])) + UInt64(amount)
            cells[index] = key << 32 | min(sum, UInt64(UInt32.max))
        } else {
            cells.insert(key << 32 | UInt64(amount), at: index)
        }
    }

    /// The sum over the `count` buckets that end with the one of `time`.
    func sum(_ tally: Tally, _ resolution: Resolution, last count: Int64, to time: Instant) -> Int64
    {
        let slot = Self.slot(tally, resolution)
        let end = resolution.bucket(time)
        let last = Self.key(slot, end)
        var index = position(Self.key(slot, max(end - count + 1, 0)))
        var sum: Int64 = 0
        while index < cells.count, cells[index] >> 32 <= last {
            sum += Int64(UInt32(truncatingIfNeeded: cells[index]))
            index += 1
        }
        return sum
    }

    /// Drops what is no longer held when the newest event is at `newest`.
    mutating func expire(newest: Instant) {
        let hours = Resolution.hour.bucket(newest) - Resolution.hour.held
        let days = Resolution.day.bucket(newest) - Resolution.day.held
        cells.removeAll { cell in
            let bucket = Int64(cell >> 32 & Self.maximumBucket)
            return bucket <= (cell >> 56 & 1 == 0 ? hours : days)
        }
    }

    /// The first cell whose key is not below.
    private func position(_ key: UInt64) -> Int {
        var low = 0
        var high = cells.count
        while low < high {
            let middle = (low + high) / 2
            if cells[middle] >> 32 < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
