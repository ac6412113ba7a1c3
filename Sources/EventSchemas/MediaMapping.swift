internal import FoundationEssentials
public import SafetyModel
internal import SwiftProtobuf

extension PBMedia {
    func check() throws(Rejection) {
        try Check.id(reference, "reference")
        try Check.required(use, "use")
        try Check.required(attribution, "attribution")
        try Check.token(uploaderAccountID, "uploader_account_id")
        try Check.token(mimeType, "mime_type")
        try Check.known(publiclyAvailable, "publicly_available")
        try Check.known(availability, "availability")
        if hasUploadedAt { try Check.zoned(uploadedAt, "uploaded_at") }
        if hasUploadSession { try uploadSession.check("upload_session") }
        try digests.check()
        try Check.count(assessments.count, atMost: Limits.assessments, "assessments")
        for (index, assessment) in assessments.enumerated() {
            try within("assessments[\(index)]") { () throws(Rejection) in
                try assessment.check()
            }
        }
        try Check.count(humanViews.count, atMost: Limits.humanViews, "human_views")
        for (index, view) in humanViews.enumerated() {
            try within("human_views[\(index)]") { () throws(Rejection) in try view.check() }
        }
    }
}

extension PBMediaDigests {
    func check() throws(Rejection) {
        func length(_ bytes: Data, _ count: Int, _ field: String) throws(Rejection) {
            if !bytes.isEmpty { try Check.digest(bytes, count: count, "digests.\(field)") }
        }
        try length(pdq, 32, "pdq")
        try length(md5, 16, "md5")
        try length(sha1, 20, "sha1")
        try length(sha256, 32, "sha256")
        try Check.percentage(pdqQuality, "digests.pdq_quality")
        try Check.count(frames.count, atMost: Limits.frames, "digests.frames")
        for (index, frame) in frames.enumerated() {
            try Check.digest(frame.pdq, count: 32, "digests.frames[\(index)].pdq")
            try Check.percentage(frame.quality, "digests.frames[\(index)].quality")
        }
    }

    var values: [MediaDigest] {
        var values: [MediaDigest] = []
        if !sha256.isEmpty { values.append(MediaDigest(.sha256, [UInt8](sha256))) }
        if !sha1.isEmpty { values.append(MediaDigest(.sha1, [UInt8](sha1))) }
        if !md5.isEmpty { values.append(MediaDigest(.md5, [UInt8](md5))) }
        if !pdq.isEmpty {
            values.append(MediaDigest(.pdq, [UInt8](pdq), quality: UInt8(clamping: pdqQuality)))
        }
        for frame in frames {
            values.append(
                MediaDigest(.vpdq, [UInt8](frame.pdq), quality: UInt8(clamping: frame.quality)))
        }
        return values
    }

    init(_ digests: [MediaDigest]) {
        self.init()
        for digest in digests {
            let bytes = Data(digest.bytes)
            switch digest.algorithm {
            case .sha256: sha256 = bytes
            case .sha1: sha1 = bytes
            case .md5: md5 = bytes
            case .pdq:
                pdq = bytes
                pdqQuality = UInt32(digest.quality)
            case .vpdq:
                var frame = PBFrameHash()
                frame.pdq = bytes
                frame.quality = UInt32(digest.quality)
                frames.append(frame)
            }
        }
    }
}

extension PBMediaAssessment {
    func check() throws(Rejection) {
        try Check.id(provider, "provider")
        try Check.token(model, "model")
        try Check.token(modelVersion, "model_version")
        try Check.token(list, "list")
        try Check.known(listCategory, "list_category")
        try Check.required(outcome, "outcome")
        try Check.time(assessedUnixMs, "assessed_unix_ms")
        if !score.isFinite { throw Rejection(.outOfRange, field: "score") }
    }
}

extension PBHumanView {
    func check() throws(Rejection) {
        try Check.id(viewerID, "viewer_id")
        try Check.requiredTime(viewedUnixMs, "viewed_unix_ms")
        try Check.required(scope, "scope")
    }
}

extension MediaItem {
    /// - Parameter wire: checked, and with everything personal sealed.
    init(_ wire: PBMedia) throws(Rejection) {
        guard let use = MediaUse(wire: wire.use) else {
            throw Rejection(.unknownEnum, field: "use")
        }
        guard let attribution = Attribution(wire: wire.attribution) else {
            throw Rejection(.unknownEnum, field: "attribution")
        }
        self.init(
            reference: wire.reference, use: use, attribution: attribution,
            uploader: wire.uploaderAccountID.isEmpty ? nil : wire.uploaderAccountID,
            digests: wire.digests.values,
            assessments: wire.assessments.filter { $0.outcome != .noMatch }.map {
                MediaAssessment($0)
            },
            wire: wire.canonicalBytes())
    }

    /// The full message: what the platform sent, sealed; built from the values where there is none.
    public var message: PBMedia {
        if !wire.isEmpty, let message = try? PBMedia(serializedBytes: wire) { return message }
        var message = PBMedia()
        message.reference = reference
        message.use = use.wire()
        message.attribution = attribution.wire()
        message.uploaderAccountID = uploader ?? ""
        message.digests = PBMediaDigests(digests)
        message.assessments = assessments.map { PBMediaAssessment($0) }
        return message
    }
}

extension MediaAssessment {
    init(_ wire: PBMediaAssessment) {
        self.init(
            provider: wire.provider, model: wire.model, modelVersion: wire.modelVersion,
            list: wire.list, category: BankCategory(wire: wire.listCategory),
            // A distance is smaller the worse it is, and no classifier's score.
            score: wire.outcome == .scored && !wire.scoreIsDistance ? wire.score : nil)
    }
}

extension PBMediaAssessment {
    init(_ value: MediaAssessment) {
        self.init()
        provider = value.provider
        model = value.model
        modelVersion = value.modelVersion
        list = value.list
        listCategory = value.category.map { $0.wire() } ?? .unspecified
        outcome = value.score == nil ? .nearMatch : .scored
        score = value.score ?? 0
    }
}
