public import SafetyModel

/// Encrypts personal data found in clear while a record is decoded; `CyberTip` has the real one.
/// The same input gives the same ciphertext (I4).
public protocol FieldSealer: Sendable {
    /// - Parameters:
    ///   - plaintext: the field's bytes.
    ///   - record: the identity of the event or record that holds it.
    ///   - field: the field's path in its message.
    func seal(_ plaintext: [UInt8], record: ContentID, field: String) -> SealedBytes

    /// Names the key in the ledger and in each sealed value.
    var keyID: String { get }

    /// Sixteen bytes derived from the key, for sketches of what must be compared and not read.
    var sketchKey: [UInt8] { get }
}

/// AES-GCM output.
public struct SealedBytes: Hashable, Sendable {
    /// Names the key.
    public var keyID: String
    /// Twelve bytes.
    public var nonce: [UInt8]
    /// Ciphertext, then the sixteen bytes of the tag.
    public var ciphertext: [UInt8]

    /// Takes the parts as they are.
    public init(keyID: String, nonce: [UInt8], ciphertext: [UInt8]) {
        self.keyID = keyID
        self.nonce = nonce
        self.ciphertext = ciphertext
    }
}
