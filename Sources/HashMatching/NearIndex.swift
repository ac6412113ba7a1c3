internal import CHamming

/// Finds 256-bit digests within a radius, exactly: few by looking at each, many through the
/// two-level index of `CHamming`.
struct NearIndex: Sendable {
    private enum Layout: Sendable {
        /// Word w of digest i is at `w * count + i`.
        case planes(Slab<UInt64>)
        case chunks(starts: Slab<UInt32>, signatures: Slab<UInt16>, places: Slab<UInt32>)
    }

    /// From here on the index is the faster one, and its fixed part of 4 MB is worth it.
    static let smallestIndex = 8_192
    /// Readable bytes beyond the signatures, which are read in lines.
    static let signaturePadding = Int(CHAMMING_PADDING)
    /// Digests that are looked up together at most.
    static let largestCrowd = Int(CHAMMING_CROWD)

    private let digests: Slab<UInt64>
    private let count: Int
    private let layout: Layout

    /// Reads the digests as `chamming_spread` has them, four words each.
    /// - Parameter smallestIndex: tests index few.
    init(_ digests: Slab<UInt64>, count: Int, smallestIndex: Int = Self.smallestIndex) {
        self.digests = digests
        self.count = count
        if count < smallestIndex || count > Self.largestIndex {
            let planes = Slab<UInt64>(capacity: 4 * count)
            for i in 0..<count {
                for w in 0..<4 { planes[w * count + i] = digests[4 * i + w] }
            }
            layout = .planes(planes)
            return
        }
        let starts = Slab<UInt32>(capacity: Self.startCount)
        let signatures = Slab<UInt16>(
            capacity: Self.chunkCount * count, padding: Self.signaturePadding)
        let places = Slab<UInt32>(capacity: Self.chunkCount * count)
        digests.base.withMemoryRebound(to: chamming_digest.self, capacity: count) {
            chamming_build($0, count, starts.base, signatures.base, places.base)
        }
        layout = .chunks(starts: starts, signatures: signatures, places: places)
    }

    /// The index over memory that was filled before.
    init(
        _ digests: Slab<UInt64>, count: Int, starts: Slab<UInt32>, signatures: Slab<UInt16>,
        places: Slab<UInt32>
    ) {
        self.digests = digests
        self.count = count
        layout = .chunks(starts: starts, signatures: signatures, places: places)
    }

    static let chunkCount = Int(CHAMMING_CHUNKS)
    static let startCount = chunkCount * Int(CHAMMING_STARTS)
    /// `CHAMMING_MAXIMUM`.
    private static let largestIndex = (1 << 28) - 4
    private static let kernel = chamming_best()
    /// Results of one look-up, or of one step of a scan, that lie on the stack.
    private static let room = 4_096

    /// What an image keeps of the index; nil where it has none.
    var parts: (starts: Slab<UInt32>, signatures: Slab<UInt16>, places: Slab<UInt32>)? {
        guard case .chunks(let starts, let signatures, let places) = layout else { return nil }
        return (starts, signatures, places)
    }

    var planeBytes: Int {
        guard case .planes(let planes) = layout else { return 0 }
        return 8 * planes.capacity
    }

    /// Calls back for every digest within the radius, in no order: none is missed.
    /// - Parameter radius: at most 31.
    func forEach(
        within radius: UInt16, of words: (UInt64, UInt64, UInt64, UInt64),
        kernel: chamming_kernel = Self.kernel,
        _ body: (_ place: Int, _ distance: UInt16) -> Void
    ) {
        guard count > 0 else { return }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.room) { places in
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: Self.room) { distances in
                guard let placeBase = places.baseAddress, let distanceBase = distances.baseAddress
                else { return }
                withUnsafeBytes(of: words) { raw in
                    let search = Search(
                        kernel: kernel, query: raw, radius: UInt32(radius), places: placeBase,
                        distances: distanceBase)
                    run(search) { found in
                        for i in 0..<found { body(Int(places[i]), distances[i]) }
                    }
                }
            }
        }
    }

    /// Finds for many digests what `forEach` finds for each, in no order.
    /// - Parameters:
    ///   - queries: at most `largestCrowd`.
    ///   - room: the most hits of all.
    /// - Returns: hits, and which queries must be asked by themselves, whose hits mean nothing; nil
    ///   where all must, for there is no index.
    func find(
        _ queries: ArraySlice<chamming_digest>, within radius: UInt32, room: Int,
        kernel: chamming_kernel = Self.kernel
    ) -> (hits: [chamming_hit], alone: [UInt8])? {
        guard case .chunks(let starts, let signatures, let places) = layout else { return nil }
        var alone = [UInt8](repeating: 0, count: queries.count)
        let hits = [chamming_hit](unsafeUninitializedCapacity: max(1, room)) { buffer, found in
            found = digests.base.withMemoryRebound(to: chamming_digest.self, capacity: count) {
                var index = chamming_index(
                    digests: $0, count: count, starts: starts.base, signatures: signatures.base,
                    places: places.base)
                return queries.withUnsafeBufferPointer { queries in
                    chamming_find_all(
                        kernel, &index, queries.baseAddress, queries.count, radius, room,
                        buffer.baseAddress, &alone)
                }
            }
        }
        return (hits, alone)
    }

    private struct Search {
        let kernel: chamming_kernel
        let query: UnsafeRawBufferPointer
        let radius: UInt32
        let places: UnsafeMutablePointer<UInt32>
        let distances: UnsafeMutablePointer<UInt16>
    }

    private func run(_ search: Search, _ report: (_ found: Int) -> Void) {
        switch layout {
        case .planes(let planes):
            let query = search.query.assumingMemoryBound(to: UInt64.self).baseAddress
            inSteps { first, step in
                report(
                    chamming_scan(
                        search.kernel, planes.base, count, first, step, query, search.radius,
                        search.places, search.distances))
            }
        case .chunks(let starts, let signatures, let places):
            let query = search.query.assumingMemoryBound(to: chamming_digest.self).baseAddress
            digests.base.withMemoryRebound(to: chamming_digest.self, capacity: count) { digests in
                var index = chamming_index(
                    digests: digests, count: count, starts: starts.base,
                    signatures: signatures.base, places: places.base)
                let found = chamming_find(
                    search.kernel, &index, query, search.radius, Self.room, search.places,
                    search.distances)
                // Negative is `CHAMMING_SCAN`.
                if found >= 0 { return report(found) }
                inSteps { first, step in
                    report(
                        chamming_scan_digests(
                            search.kernel, digests, first, step, query, search.radius,
                            search.places, search.distances))
                }
            }
        }
    }

    private func inSteps(_ body: (_ first: Int, _ count: Int) -> Void) {
        for first in stride(from: 0, to: count, by: Self.room) {
            body(first, min(Self.room, count - first))
        }
    }
}
