internal import Crypto
public import EventSchemas
internal import FoundationEssentials
public import SafetyModel

/// Seals personal data with AES-256-GCM under one key. The nonce derives from key id, record, field
/// and plaintext, so the same input gives the same bytes (I4) and different input another nonce.
public struct Sealer: FieldSealer {
    /// Names the key.
    public let keyID: String
    /// For sketches of texts; derived from the key, which it does not tell.
    public let sketchKey: [UInt8]
    private let encryption: SymmetricKey
    private let nonces: SymmetricKey

    /// Bytes in a nonce and in a tag.
    static let nonceBytes = 12
    static let tagBytes = 16
    static let sketchKeyBytes = 16

    /// Derives the subkeys for encryption and nonces.
    public init(_ key: SealingKey) {
        keyID = key.id
        let input = SymmetricKey(data: key.bytes)
        func subkey(_ use: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: input, info: Array("tutela/seal/\(use)/v1".utf8),
                outputByteCount: 32)
        }
        encryption = subkey("encryption")
        nonces = subkey("nonce")
        sketchKey = subkey("sketch").withUnsafeBytes { Array($0.prefix(Self.sketchKeyBytes)) }
    }

    /// Encrypts one field; see the type for what its nonce depends on.
    public func seal(_ plaintext: [UInt8], record: ContentID, field: String) -> SealedBytes {
        let parts = [Array(keyID.utf8), record.bytes, Array(field.utf8), plaintext]
        let code = HMAC<SHA256>.authenticationCode(
            for: parts.flatMap(Self.lengthPrefixed), using: nonces)
        let nonce = Array(Array(code).prefix(Self.nonceBytes))
        do {
            let box = try AES.GCM.seal(
                plaintext, using: encryption, nonce: AES.GCM.Nonce(data: nonce),
                authenticating: Array(keyID.utf8))
            return SealedBytes(
                keyID: keyID, nonce: nonce, ciphertext: [UInt8](box.ciphertext) + [UInt8](box.tag))
        } catch {
            // A 32-byte key and a 12-byte nonce cannot be refused, whatever the plaintext.
            preconditionFailure("AES-GCM refused a key and nonce of the right size")
        }
    }

    /// The plaintext, for tools that are authorised to see it. The sealed bytes suffice: a tip carries
    /// them far from the record and field they were sealed for.
    /// - Throws: `SealError` where the key is another or the bytes changed.
    public func open(_ sealed: SealedBytes) throws(SealError) -> [UInt8] {
        guard sealed.keyID == keyID else { throw .otherKey(id: sealed.keyID) }
        guard sealed.nonce.count == Self.nonceBytes, sealed.ciphertext.count >= Self.tagBytes
        else { throw .malformed }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.nonce + sealed.ciphertext)
            return [UInt8](
                try AES.GCM.open(box, using: encryption, authenticating: Array(keyID.utf8)))
        } catch {
            throw .notAuthentic
        }
    }

    private static func lengthPrefixed(_ bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { [UInt8]($0) } + bytes
    }
}

/// Why sealed bytes do not open.
public enum SealError: Error, Hashable, Sendable {
    /// Sealed with the key of that id.
    case otherKey(id: String)
    /// Too short, or a nonce of another size.
    case malformed
    /// Changed since it was sealed.
    case notAuthentic
}
