import SafetyModel

// Sums per bucket. Bucket b is at b mod `held`, a power of two; a byte each until one is above 255,
// then four bytes that saturate.
extension FeatureRow {
    /// Adds to a bucket that is held.
    mutating func add(
        _ cell: Cell, _ place: Int, _ mapWords: Int, _ amount: UInt32, bucket: Int64
    ) {
        guard amount > 0 else { return }
        let held = cell.held
        let new = UInt32(truncatingIfNeeded: bucket)
        var at = find(place, mapWords)
        if at < 0 {
            let head = BlockHead(length: 1 + held / 8, variant: .narrow, newest: new)
            at = insert(place, head, mapWords)
        }
        var head = BlockHead(words[at])
        if new > head.newest {
            clear(at, head, held, from: Int64(head.newest) + 1, to: bucket)
            head.newest = new
            words[at] = head.word
        } else if Int64(new) <= Int64(head.newest) - Int64(held) {
            return
        }
        let index = Int(bucket) & (held - 1)
        if head.variant == .narrow {
            let sum = words.withUnsafeBytes { UInt32($0[(at + 1) * 8 + index]) } + min(amount, 256)
            if amount <= 255, sum <= 255 {
                words.withUnsafeMutableBytes { $0[(at + 1) * 8 + index] = UInt8(sum) }
                return
            }
            widen(at, held)
        }
        words.withUnsafeMutableBytes { bytes in
            let offset = (at + 1) * 8 + index * 4
            let (sum, isOver) = bytes.load(fromByteOffset: offset, as: UInt32.self)
                .addingReportingOverflow(amount)
            bytes.storeBytes(of: isOver ? .max : sum, toByteOffset: offset, as: UInt32.self)
        }
    }

    /// The sum over the buckets `from` to `to`, both included; only those that are held count.
    func sum(_ cell: Cell, _ at: Int, from: Int64, to: Int64) -> Double {
        let head = BlockHead(words[at])
        let held = Int64(cell.held)
        let last = min(to, Int64(head.newest))
        let first = max(from, Int64(head.newest) - held + 1, 0)
        guard first <= last else { return 0 }
        return words.withUnsafeBytes { bytes in
            let start = (at + 1) * 8
            var index = Int(first & (held - 1))
            var sum: UInt64 = 0
            for _ in first...last {
                if head.variant == .narrow {
                    sum += UInt64(bytes[start + index])
                } else {
                    sum += UInt64(bytes.load(fromByteOffset: start + index * 4, as: UInt32.self))
                }
                index = (index + 1) & Int(held - 1)
            }
            return Double(sum)
        }
    }

    private mutating func clear(
        _ at: Int, _ head: BlockHead, _ held: Int, from: Int64, to: Int64
    ) {
        let first = max(from, to - Int64(held) + 1)
        words.withUnsafeMutableBytes { bytes in
            for bucket in first...to {
                let index = Int(bucket) & (held - 1)
                if head.variant == .narrow {
                    bytes[(at + 1) * 8 + index] = 0
                } else {
                    bytes.storeBytes(
                        of: 0, toByteOffset: (at + 1) * 8 + index * 4, as: UInt32.self)
                }
            }
        }
    }

    mutating func widen(_ at: Int, _ held: Int) {
        var head = BlockHead(words[at])
        let sums = words.withUnsafeBytes { bytes in
            (0..<held).map { UInt32(bytes[(at + 1) * 8 + $0]) }
        }
        resize(at, from: 1 + held / 8, to: 1 + held / 2)
        head.length = 1 + held / 2
        head.variant = .wide
        words[at] = head.word
        words.withUnsafeMutableBytes { bytes in
            for (index, sum) in sums.enumerated() {
                bytes.storeBytes(of: sum, toByteOffset: (at + 1) * 8 + index * 4, as: UInt32.self)
            }
        }
    }
}
