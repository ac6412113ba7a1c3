import CHamming
import Testing

@Suite("Hamming kernels")
struct KernelTests {
    @Test("All kernels find the same digests at the same distances, whatever the block")
    func kernelsAgree() {
        var generator = SplitMix64(seed: 1)
        let count = 1003
        var planes = (0..<4 * count).map { _ in generator.next() }
        let query = (0..<4).map { _ in generator.next() }
        for i in stride(from: 0, to: count, by: 7) {
            for word in 0..<4 { planes[word * count + i] = query[word] }
            for _ in 0..<(i / 7) % 40 {
                let bit = Int(generator.next() % 256)
                planes[(bit / 64) * count + i] ^= 1 << UInt64(bit % 64)
            }
        }
        for (first, length) in [(0, count), (3, 1), (5, 998), (17, 64), (1000, 3), (0, 0)] {
            let expected = scan(chamming_portable, planes, count, first, length, query)
            #expect(length < 64 || expected.count > 5)
            for kernel in [chamming_avx2, chamming_avx512] where chamming_supports(kernel) != 0 {
                #expect(scan(kernel, planes, count, first, length, query) == expected)
            }
        }
    }

    @Test("A kernel that this processor runs is chosen")
    func bestIsSupported() {
        #expect(chamming_supports(chamming_best()) != 0)
    }

    private struct Hit: Equatable {
        var index: UInt32
        var distance: UInt16
    }

    private func scan(
        _ kernel: chamming_kernel, _ planes: [UInt64], _ stride: Int, _ first: Int, _ count: Int,
        _ query: [UInt64]
    ) -> [Hit] {
        var indices = [UInt32](repeating: 0, count: count)
        var distances = [UInt16](repeating: 0, count: count)
        let found = chamming_scan(
            kernel, planes, stride, first, count, query, 31, &indices, &distances)
        return (0..<found).map { Hit(index: indices[$0], distance: distances[$0]) }
    }
}
