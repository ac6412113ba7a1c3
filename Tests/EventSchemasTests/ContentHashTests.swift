import CDigest
import Crypto
import EventSchemas
import SafetyModel
import Testing

/// The kernel that ids are derived with, held to the library's SHA-256.
@Suite("Digests", .serialized)
struct ContentHashTests {
    private func digest(_ bytes: [UInt8], cut: Int) -> ContentID {
        var hash = tutela_sha256()
        var id = ContentID.zero
        tutela_sha256_begin(&hash)
        bytes.withUnsafeBytes { all in
            tutela_sha256_add(&hash, all.baseAddress, cut)
            tutela_sha256_add(&hash, all.baseAddress.map { $0 + cut }, bytes.count - cut)
        }
        tutela_sha256_end(&hash, &id.high, &id.low)
        return id
    }

    @Test("Every length of input gives SHA-256, with the processor's instructions and without")
    func sha256() {
        for portable in [1, 0] as [Int32] {
            tutela_sha256_use_portable(portable)
            for count in 0..<300 {
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
                let expected = ContentID(bytes: Array(SHA256.hash(data: bytes)).prefix(16))
                #expect(digest(bytes, cut: count / 3) == expected)
            }
        }
    }

    @Test("An id is the digest of label, zero and parts after their lengths")
    func parts() {
        var hash = ContentHash("label")
        hash.add("é")
        hash.add([1, 2])
        hash.add(Int64(258))
        hash.add(ContentID(high: 1, low: 2))
        var bytes = Array("label".utf8) + [0, 0, 0, 0, 2] + Array("é".utf8)
        bytes += [0, 0, 0, 2, 1, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 16]
        bytes += ContentID(high: 1, low: 2).bytes
        #expect(hash.finish() == ContentID(bytes: Array(SHA256.hash(data: bytes)).prefix(16)))
        #expect(hash.finish() == hash.finish())
    }
}
