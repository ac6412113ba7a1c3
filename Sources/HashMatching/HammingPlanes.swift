import CHamming

/// 256-bit digests that are scanned for near ones, in the layout of the kernels.
struct HammingPlanes: Sendable {
    private let planes: [UInt64]
    let count: Int

    init(_ digests: [DigestKey]) {
        count = digests.count
        planes =
            digests.map(\.words.0) + digests.map(\.words.1) + digests.map(\.words.2)
            + digests.map(\.words.3)
    }

    private static let blockSize = 4096
    private static let kernel = chamming_best()

    /// Calls back for every digest within the radius, in order of index: none is missed.
    func forEach(
        within radius: UInt16, of query: DigestKey, kernel: chamming_kernel = Self.kernel,
        _ body: (_ index: Int, _ distance: UInt16) -> Void
    ) {
        guard count > 0 else { return }
        let room = min(count, Self.blockSize)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: room) { indices in
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: room) { distances in
                guard let indexBase = indices.baseAddress, let distanceBase = distances.baseAddress
                else { return }
                for first in stride(from: 0, to: count, by: room) {
                    let words = [query.words.0, query.words.1, query.words.2, query.words.3]
                    let found = planes.withUnsafeBufferPointer { planes in
                        chamming_scan(
                            kernel, planes.baseAddress, count, first, min(room, count - first),
                            words, UInt32(radius), indexBase, distanceBase)
                    }
                    for i in 0..<found { body(Int(indices[i]), distances[i]) }
                }
            }
        }
    }
}
