internal import FoundationEssentials
internal import SafetyModel
internal import SwiftProtobuf

/// Replaces every clear personal value of a message by its sealed form, and checks those that came
/// sealed. What leaves it holds nothing personal in clear.
struct SealingPass {
    let sealer: any FieldSealer
    /// The identity of the event that holds the values.
    let record: ContentID

    func context(_ context: inout PBEventContext) throws(Rejection) {
        if context.hasSession { try session(&context.session, "context.session") }
        if context.hasActorSnapshot {
            try snapshot(&context.actorSnapshot, "context.actor_snapshot")
        }
    }

    func session(_ session: inout PBSession, _ field: String) throws(Rejection) {
        guard session.hasAddress else { return }
        var holds = PBManifest()
        holds.hasIp_p = true
        holds.hasPort_p = session.port != 0
        try value(&session.address, holds, "\(field).address")
    }

    func snapshot(_ snapshot: inout PBActorSnapshot, _ field: String) throws(Rejection) {
        if snapshot.hasIdentity { try identity(&snapshot.identity, "\(field).identity") }
        if snapshot.hasScreenName {
            var holds = PBManifest()
            holds.hasScreenName_p = true
            try value(&snapshot.screenName, holds, "\(field).screen_name")
        }
        for index in snapshot.sessions.indices {
            try session(&snapshot.sessions[index], "\(field).sessions[\(index)]")
        }
    }

    func media(_ media: inout PBMedia, _ field: String) throws(Rejection) {
        if media.hasUploadSession {
            try session(&media.uploadSession, "\(field).upload_session")
        }
        if media.hasOriginalFileName {
            var holds = PBManifest()
            holds.hasText_p = true
            try value(&media.originalFileName, holds, "\(field).original_file_name")
        }
    }

    /// A clear text of one kind.
    func value(
        _ value: inout PBSealable, _ holds: PBManifest, _ field: String
    ) throws(Rejection) {
        switch value.value {
        case .clear(let text):
            if text.utf8.count > Limits.textBytes {
                throw Rejection(.oversize, field: "\(field).clear")
            }
            value.sealed = seal(Array(text.utf8), holds, field)
        case .sealed(let sealed): try Self.check(sealed, "\(field).sealed")
        case nil: return
        }
    }

    /// The clear form is the JSON of `Identity`, so that the manifest can say what it holds.
    private func identity(_ value: inout PBSealable, _ field: String) throws(Rejection) {
        guard case .clear(let text) = value.value else {
            return try self.value(&value, PBManifest(), field)
        }
        if text.utf8.count > Limits.textBytes {
            throw Rejection(.oversize, field: "\(field).clear")
        }
        guard let identity = try? PBIdentity(jsonString: text) else {
            throw Rejection(.malformedPayload, field: "\(field).clear")
        }
        value.sealed = seal(Array(text.utf8), identity.manifest, field)
    }

    private func seal(_ bytes: [UInt8], _ holds: PBManifest, _ field: String) -> PBSealedValue {
        PBSealedValue(sealer.seal(bytes, record: record, field: field), holds: holds)
    }

    private static func check(_ sealed: PBSealedValue, _ field: String) throws(Rejection) {
        try Check.id(sealed.keyID, "\(field).key_id")
        if sealed.ciphertext.isEmpty {
            throw Rejection(.missingField, field: "\(field).ciphertext")
        }
        try Check.required(sealed.sealedBy, "\(field).sealed_by")
        let nonceMayBeEmpty = sealed.sealedBy == .platform
        if sealed.nonce.count != 12, !(nonceMayBeEmpty && sealed.nonce.isEmpty) {
            throw Rejection(.badDigestLength, field: "\(field).nonce")
        }
    }
}

extension PBSealedValue {
    /// What a `FieldSealer` made.
    public init(_ sealed: SealedBytes, holds: PBManifest) {
        self.init()
        keyID = sealed.keyID
        nonce = Data(sealed.nonce)
        ciphertext = Data(sealed.ciphertext)
        self.holds = holds
        sealedBy = .tutela
    }

    /// For those who may open it; nil where a platform sealed it in a form of its own.
    public var sealedBytes: SealedBytes? {
        guard sealedBy == .tutela else { return nil }
        return SealedBytes(keyID: keyID, nonce: [UInt8](nonce), ciphertext: [UInt8](ciphertext))
    }
}

extension PBIdentity {
    /// Which kinds of data are present.
    public var manifest: PBManifest {
        var holds = PBManifest()
        holds.hasName_p = !firstName.isEmpty || !lastName.isEmpty
        holds.hasPhone_p = !phones.isEmpty
        holds.hasEmail_p = !emails.isEmpty
        holds.hasScreenName_p = !displayNames.isEmpty
        holds.hasProfileText_p = !profileText.isEmpty
        holds.hasAge_p = !birthDate.isEmpty || ageYears > 0
        return holds
    }
}
