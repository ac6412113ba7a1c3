internal import CHamming
internal import SafetyModel

/// How many are looked up together (I11); no number here changes an answer.
package struct CrowdLimits: Sendable {
    /// Fewer digests are not worth it.
    package var fewest = 512
    /// Digests at once; more go in parts.
    package var crowd = NearIndex.largestCrowd
    /// Results that are kept; digests with more are looked up by themselves once they are asked for.
    package var mostHits = 65_536

    /// What production uses.
    package init() {}
}

/// What many digests of one algorithm are near to, looked up together: that costs less than half of
/// looking each up by itself, and finds the same.
struct NearAnswers {
    private struct Hit {
        var query: UInt32
        var segment: UInt32
        var place: UInt32
        var distance: UInt16
    }

    /// In order of query, then of segment.
    private var hits: [Hit] = []
    /// By segment and query: whether it must be looked up by itself. Nil where all must.
    private var alone: [[UInt8]?]

    /// Nil where there are too few to be worth it.
    init?(
        _ queries: [chamming_digest], of algorithm: HashAlgorithm, in segments: [BankSegment],
        _ limits: CrowdLimits
    ) {
        guard queries.count >= limits.fewest else { return nil }
        alone = Array(repeating: nil, count: segments.count)
        for (number, segment) in segments.enumerated() {
            alone[number] = add(queries, segment.near(of: algorithm), UInt32(number), limits)
        }
        hits.sort { ($0.query, $0.segment) < ($1.query, $1.segment) }
    }

    private mutating func add(
        _ queries: [chamming_digest], _ index: NearIndex, _ segment: UInt32,
        _ limits: CrowdLimits
    ) -> [UInt8]? {
        var alone: [UInt8] = []
        alone.reserveCapacity(queries.count)
        // In parts of equal size: the more at once, the less each costs.
        let parts = (queries.count + limits.crowd - 1) / limits.crowd
        let step = (queries.count + parts - 1) / parts
        for first in stride(from: 0, to: queries.count, by: step) {
            let part = queries[first..<min(first + step, queries.count)]
            guard
                let found = index.find(
                    part, within: UInt32(BankSettings.maximumDistance),
                    room: limits.mostHits - hits.count)
            else { return nil }
            alone += found.alone
            for hit in found.hits where found.alone[Int(hit.query)] == 0 {
                hits.append(
                    Hit(
                        query: UInt32(first) + hit.query, segment: segment, place: hit.place,
                        distance: UInt16(truncatingIfNeeded: hit.distance)))
            }
        }
        return alone
    }

    /// Calls back for what a query found in a segment, in no order.
    /// - Returns: false where it must be looked up by itself.
    func forEach(
        of query: Int, in segment: Int, _ body: (_ place: Int, _ distance: UInt16) -> Void
    ) -> Bool {
        guard let alone = alone[segment], alone[query] == 0 else { return false }
        var at = hits.isEmpty ? 0 : firstHit(query, segment)
        while at < hits.count, hits[at].query == query, hits[at].segment == segment {
            body(Int(hits[at].place), hits[at].distance)
            at += 1
        }
        return true
    }

    private func firstHit(_ query: Int, _ segment: Int) -> Int {
        var (low, high) = (0, hits.count)
        while low < high {
            let middle = (low + high) / 2
            if (hits[middle].query, hits[middle].segment) < (UInt32(query), UInt32(segment)) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

/// A digest's number among those that were looked up together; no answers where it was not.
struct NearQuestion {
    var answers: NearAnswers?
    var number: Int
}

/// The answers for all media of a batch. Digests are asked for in the order in which they came.
struct NearLookup {
    private var pdq = NearQuestion(answers: nil, number: 0)
    private var frames = NearQuestion(answers: nil, number: 0)

    /// Nothing is looked up together.
    init() {}

    init(_ events: [[MediaItem]], in snapshot: BankSnapshot, _ limits: CrowdLimits) {
        guard snapshot.entryCount > 0, events.count > 0 else { return }
        var (pdq, frames): ([chamming_digest], [chamming_digest]) = ([], [])
        for media in events {
            for item in media {
                for digest in item.digests where !digest.algorithm.isExact {
                    guard let key = DigestKey(digest) else { continue }
                    if digest.algorithm == .pdq {
                        pdq.append(key.spread)
                    } else {
                        frames.append(key.spread)
                    }
                }
            }
        }
        self.pdq.answers = NearAnswers(pdq, of: .pdq, in: snapshot.segments, limits)
        self.frames.answers = NearAnswers(
            frames, of: .vpdq, in: snapshot.segments, limits)
    }

    /// The next digest of the algorithm.
    mutating func next(of algorithm: HashAlgorithm) -> NearQuestion {
        if algorithm == .pdq {
            defer { pdq.number += 1 }
            return pdq
        }
        defer { frames.number += 1 }
        return frames
    }
}
