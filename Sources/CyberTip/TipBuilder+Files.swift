internal import EventSchemas
internal import FoundationEssentials
internal import SafetyModel

extension TipBuilder {
    /// The account's own media, and their matches; what others uploaded is no file of this tip.
    func files(_ request: TipRequest) -> [PBTipFile] {
        var files: [PBTipFile] = []
        var places: [String: Int] = [:]
        for proposal in request.proposals {
            guard let evidence = proposal.evidence else { continue }
            for (index, item) in evidence.media.enumerated() where item.uploader == request.account
            {
                let matches = proposal.matches.filter { $0.media == index }
                    .map { PBMatchEvidence($0, media: evidence.media) }
                if let place = places[item.reference] {
                    for match in matches where !files[place].matches.contains(match) {
                        files[place].matches.append(match)
                    }
                } else if files.count < Limit.files {
                    places[item.reference] = files.count
                    files.append(file(item.message, matches, request))
                }
            }
        }
        return files
    }

    private func file(
        _ media: PBMedia, _ matches: [PBMatchEvidence], _ request: TipRequest
    ) -> PBTipFile {
        var file = PBTipFile()
        file.mediaReference = media.reference
        file.availability = media.availability
        if media.hasDigests { file.digests = media.digests }
        file.sizeBytes = media.sizeBytes
        file.mimeType = media.mimeType
        if media.hasUploadedAt { file.uploadedAt = media.uploadedAt }
        if media.hasUploadSession { file.uploadSession = media.uploadSession }
        file.publiclyAvailable = media.publiclyAvailable
        file.matches = matches
        file.relevance = .reported
        for considered in request.verdict?.consideredMedia ?? []
        where considered.mediaReference == media.reference && ties(considered, to: media.digests) {
            if considered.hasView { add(considered.view, to: &file) }
            if considered.hasAnnotations { file.annotations = considered.annotations }
            if settings.hasIndustryAgreement { file.classification = considered.classification }
        }
        return file
    }

    /// A view counts for exactly this file: the reviewer names a digest that the file has (CT-06).
    private func ties(_ considered: PBConsideredMedia, to digests: PBMediaDigests) -> Bool {
        guard !considered.digest.isEmpty else { return false }
        return switch considered.algorithm {
        case .sha256: considered.digest == digests.sha256
        case .sha1: considered.digest == digests.sha1
        case .md5: considered.digest == digests.md5
        case .pdq, .vpdq, .unspecified, .UNRECOGNIZED: false
        }
    }

    private func add(_ view: PBHumanView, to file: inout PBTipFile) {
        var view = view
        // Nobody has viewed the embedded data of a file that was not viewed as a whole.
        if view.scope != .entire { view.embeddedDataViewed = false }
        file.humanViews.append(view)
        if view.scope == .entire { file.viewedByEsp = true }
    }

    /// The reported messages, where a report led to the tip (CT-13).
    func chat(_ request: TipRequest) -> PBChatContext? {
        var chat = PBChatContext()
        var seen: Set<String> = []
        for proposal in request.proposals {
            guard let report = proposal.evidence?.report else { continue }
            for message in report.messages
            where chat.messages.count < Limit.messages
                && seen.insert(message.messageReference).inserted
            {
                chat.messages.append(message)
            }
            if chat.bundleReference.isEmpty { chat.bundleReference = report.bundle.reference }
            if chat.groupID.isEmpty { chat.groupID = report.groupID }
        }
        if chat.messages.isEmpty && chat.bundleReference.isEmpty { return nil }
        chat.chatClient = settings.service
        return chat
    }
}
