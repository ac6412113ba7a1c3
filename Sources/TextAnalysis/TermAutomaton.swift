/// Finds many patterns in one pass (Aho and Corasick, "Efficient string matching", 1975), over scalars.
struct TermAutomaton: Sendable {
    struct Pattern: Hashable {
        var term: Int
        /// The term's form without disguise, to be looked for in the disguised readings only.
        var isDisguised: Bool
        var length: Int
    }

    private struct Edge: Hashable {
        var state: UInt32
        var scalar: UInt32
    }

    private var edges: [Edge: UInt32] = [:]
    /// The state of the longest proper suffix that is a prefix of a pattern.
    private var failures: [UInt32] = [0]
    /// The nearest state on the way of failures where a pattern ends; 0 for none.
    private var exits: [UInt32] = [0]
    private var firstPattern: [Int32] = [-1]
    private var patterns: [Pattern] = []
    private var nextPattern: [Int32] = []
    private var origins: [(parent: UInt32, scalar: UInt32, depth: Int)] = [(0, 0, 0)]

    var stateCount: Int { failures.count }

    /// Call `finish` after the last.
    mutating func add(_ scalars: [UInt32], _ pattern: Pattern) {
        var state: UInt32 = 0
        for (depth, scalar) in scalars.enumerated() {
            let edge = Edge(state: state, scalar: scalar)
            if let known = edges[edge] {
                state = known
                continue
            }
            let new = UInt32(failures.count)
            edges[edge] = new
            failures.append(0)
            exits.append(0)
            firstPattern.append(-1)
            origins.append((state, scalar, depth + 1))
            state = new
        }
        nextPattern.append(firstPattern[Int(state)])
        firstPattern[Int(state)] = Int32(patterns.count)
        patterns.append(pattern)
    }

    /// Failures by rising depth, for each needs those of shorter prefixes.
    mutating func finish() {
        let deepest = origins.reduce(0) { max($0, $1.depth) }
        var byDepth = [[UInt32]](repeating: [], count: deepest + 1)
        for (state, origin) in origins.enumerated() {
            byDepth[origin.depth].append(UInt32(state))
        }
        for state in byDepth.dropFirst().joined() {
            let origin = origins[Int(state)]
            if origin.depth > 1 {
                failures[Int(state)] = step(failures[Int(origin.parent)], origin.scalar)
            }
            let failure = failures[Int(state)]
            exits[Int(state)] =
                firstPattern[Int(failure)] >= 0 ? failure : exits[Int(failure)]
        }
        origins = []
    }

    private func step(_ from: UInt32, _ scalar: UInt32) -> UInt32 {
        var state = from
        while true {
            if let next = edges[Edge(state: state, scalar: scalar)] { return next }
            if state == 0 { return 0 }
            state = failures[Int(state)]
        }
    }

    /// Every pattern that ends at each place.
    func scan(_ glyphs: [Glyph], _ found: (Pattern, Range<Int>) -> Void) {
        var state: UInt32 = 0
        for (index, glyph) in glyphs.enumerated() {
            state = step(state, glyph.scalar)
            var at = firstPattern[Int(state)] >= 0 ? state : exits[Int(state)]
            while at != 0 {
                var pattern = firstPattern[Int(at)]
                while pattern >= 0 {
                    let each = patterns[Int(pattern)]
                    found(each, index + 1 - each.length..<index + 1)
                    pattern = nextPattern[Int(pattern)]
                }
                at = exits[Int(at)]
            }
        }
    }
}
