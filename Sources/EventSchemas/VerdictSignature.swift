internal import Crypto
internal import FoundationEssentials
public import SafetyModel

extension PBVerdict {
    /// What an Ed25519 signature is taken over: a label, a zero byte, and the canonical form
    /// without the signature.
    public var signedBytes: [UInt8] {
        var unsigned = self
        unsigned.clearSignature()
        return Array("tutela.verdict.v1".utf8) + [0] + unsigned.canonicalBytes()
    }
}

/// The public keys whose verdicts count.
public struct VerdictKeys: Sendable {
    private var keys: [String: Curve25519.Signing.PublicKey] = [:]

    /// Trusts nobody.
    public init() {}

    /// Trusts a key.
    /// - Parameters:
    ///   - id: the name that verdicts give it.
    ///   - publicKey: 32 bytes.
    /// - Throws: `badSignature` for bytes that are no Ed25519 public key.
    public mutating func trust(_ id: String, publicKey: [UInt8]) throws(Rejection) {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
            throw Rejection(.badSignature, field: "key")
        }
        keys[id] = key
    }

    func verify(_ verdict: PBVerdict) throws(Rejection) {
        guard verdict.hasSignature else { throw Rejection(.missingField, field: "signature") }
        guard let key = keys[verdict.signature.keyID] else {
            throw Rejection(.badSignature, field: "signature.key_id")
        }
        guard key.isValidSignature(verdict.signature.ed25519, for: Data(verdict.signedBytes))
        else { throw Rejection(.badSignature, field: "signature.ed25519") }
    }
}

/// Signs verdicts; for the simulated reviewer, tests and review tools.
public struct VerdictSigner: Sendable {
    /// The name that verdicts give the key.
    public let keyID: String
    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter privateKey: 32 bytes.
    /// - Throws: `badSignature` for another number of bytes.
    public init(keyID: String, privateKey: [UInt8]) throws(Rejection) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: privateKey) else {
            throw Rejection(.badSignature, field: "key")
        }
        self.keyID = keyID
        self.key = key
    }

    /// 32 bytes, for `VerdictKeys`.
    public var publicKey: [UInt8] { [UInt8](key.publicKey.rawRepresentation) }

    /// Sets the verdict's signature.
    public func sign(_ verdict: inout PBVerdict) throws(Rejection) {
        do {
            let bytes = try key.signature(for: Data(verdict.signedBytes))
            verdict.signature.keyID = keyID
            verdict.signature.ed25519 = Data(bytes)
        } catch {
            throw Rejection(.badSignature, field: "signature")
        }
    }
}
