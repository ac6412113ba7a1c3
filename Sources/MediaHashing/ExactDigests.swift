import Crypto
public import SafetyModel

/// MD5, SHA-1 and SHA-256 of a file in one reading. The weak two are what hash lists hold.
public struct ExactDigests: Sendable {
    private var md5 = Insecure.MD5()
    private var sha1 = Insecure.SHA1()
    private var sha256 = SHA256()

    public init() {}

    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            let raw = UnsafeRawBufferPointer(buffer)
            md5.update(bufferPointer: raw)
            sha1.update(bufferPointer: raw)
            sha256.update(bufferPointer: raw)
        }
        if done == nil { update(Array(bytes)) }
    }

    /// MD5, SHA-1, SHA-256, in that order.
    public func finish() -> [MediaDigest] {
        [
            MediaDigest(.md5, Array(md5.finalize())), MediaDigest(.sha1, Array(sha1.finalize())),
            MediaDigest(.sha256, Array(sha256.finalize())),
        ]
    }
}
