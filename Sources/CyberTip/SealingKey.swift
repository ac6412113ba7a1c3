internal import Crypto
internal import FoundationEssentials
internal import SafetyModel

/// A 32-byte key for sealing personal data. Its text form never leaves this type.
public struct SealingKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// Names the key in sealed values and in the ledger.
    public let id: String
    let bytes: [UInt8]

    /// Bytes in a key.
    public static let byteCount = 32
    /// The longest text or file that is looked at.
    public static let maximumTextBytes = 1_024

    /// - Parameters:
    ///   - bytes: exactly `byteCount` bytes.
    ///   - id: a name of at most 64 printable ASCII characters; nil derives one from the key.
    public init(bytes: [UInt8], id: String? = nil) throws(SealingKeyError) {
        guard bytes.count == Self.byteCount else { throw .wrongLength(bytes: bytes.count) }
        guard Set(bytes).count > 1 else { throw .placeholder }
        self.bytes = bytes
        if let id {
            guard !id.isEmpty, id.utf8.count <= 64,
                id.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
            else { throw .badID }
            self.id = id
        } else {
            self.id = Self.derivedID(bytes)
        }
    }

    /// Reads 64 hexadecimal digits or base64 of 32 bytes; white space around it is ignored.
    public init(text: String, id: String? = nil) throws(SealingKeyError) {
        guard text.utf8.count <= Self.maximumTextBytes else { throw .notHexOrBase64 }
        let body = text.filter { !$0.isWhitespace }
        guard !body.isEmpty else { throw .empty }
        if body.utf8.count == 2 * Self.byteCount, let bytes = [UInt8](hex: body) {
            try self.init(bytes: bytes, id: id)
        } else if let data = Data(base64Encoded: body) {
            try self.init(bytes: [UInt8](data), id: id)
        } else {
            throw .notHexOrBase64
        }
    }

    /// Reads a file that holds the text form.
    public init(file path: String, id: String? = nil) throws(SealingKeyError) {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw .unreadable(path: path)
        }
        guard data.count <= Self.maximumTextBytes, let text = String(bytes: data, encoding: .utf8)
        else { throw .notHexOrBase64 }
        try self.init(text: text, id: id)
    }

    /// The key's id only.
    public var description: String { "SealingKey(\(id))" }

    /// The key's id only, so that a dump shows no more.
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }

    private static func derivedID(_ bytes: [UInt8]) -> String {
        let id = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Array("tutela/key-id/v1".utf8),
            outputByteCount: 8)
        return id.withUnsafeBytes { "k-" + $0.hex }
    }
}

/// Why a sealing key cannot be used. Never holds any part of the key.
public enum SealingKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    case empty, notHexOrBase64, placeholder, badID
    case wrongLength(bytes: Int)
    case unreadable(path: String)

    /// What is wrong and what to give instead.
    public var description: String {
        switch self {
        case .empty: "the sealing key is empty; give 32 random bytes as hexadecimal or base64"
        case .notHexOrBase64:
            "the sealing key is neither 64 hexadecimal digits nor base64 of 32 bytes"
        case .placeholder: "the sealing key repeats one byte; give 32 random bytes"
        case .badID: "the sealing key's id must be 1 to 64 printable ASCII characters, no spaces"
        case .wrongLength(let bytes): "the sealing key has \(bytes) bytes instead of 32"
        case .unreadable(let path): "the sealing key file \(path) cannot be read"
        }
    }
}
