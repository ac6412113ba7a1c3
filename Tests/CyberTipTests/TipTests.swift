import CyberTip
import EventSchemas
import FoundationEssentials
import SafetyModel
import Testing

/// A tip's ingredients with nothing missing; tests take parts away.
private struct Kitchen {
    static let time = Instant(milliseconds: 1_790_000_000_000)
    var media = PBMedia()
    var snapshot = PBActorSnapshot()
    var matches: [Match] = [
        Match(
            bank: "list-a", entry: "e1", category: .csam, source: "list", listVersion: "7",
            quarantined: false, digest: MediaDigest(.sha256, Array(repeating: 3, count: 32)),
            distance: 0, threshold: 0, media: 0)
    ]
    var harm: Harm = .csam
    var report: PBReportFiled?
    var reporter = "acc-9"
    var verdict: PBVerdict?
    var settings = TipSettings()

    init() {
        var session = PBSession()
        session.address.sealed.keyID = "k"
        session.address.sealed.ciphertext = Data([1, 2, 3])
        session.address.sealed.holds.hasIp_p = true
        session.port = 4_711
        session.at.unixMs = Self.time.milliseconds - 60_000
        session.at.utcOffsetMinutes = 120
        media.reference = "media-1"
        media.use = .profilePhoto
        media.attribution = .serverObserved
        media.uploaderAccountID = "acc-1"
        media.digests.sha256 = Data(repeating: 3, count: 32)
        media.availability = .bytesHeld
        media.uploadedAt = session.at
        media.uploadSession = session
        snapshot.accountID = "acc-1"
        snapshot.espService = "messenger"
        snapshot.region = "US"
        snapshot.identity.sealed.keyID = "k"
        snapshot.identity.sealed.ciphertext = Data([4])
        snapshot.sessions = [session]
    }

    var item: MediaItem {
        MediaItem(
            reference: media.reference, use: .profilePhoto, attribution: .serverObserved,
            uploader: media.uploaderAccountID,
            digests: [MediaDigest(.sha256, Array(repeating: 3, count: 32))],
            wire: media.canonicalBytes())
    }

    func draft(files: Bool = true) throws -> TipDraft {
        var context = PBEventContext()
        context.actorAccountID = report == nil ? "acc-1" : reporter
        if report == nil { context.actorSnapshot = snapshot }
        var report = report
        if report != nil { report?.snapshots = [snapshot] }
        let proposal = Proposal(
            id: ContentID(high: 1, low: 1), signal: ContentID(high: 1, low: 2), rule: "r",
            subject: Subject(.account, "acc-1"), target: Subject(.account, "acc-1"),
            actions: [.reportCyberTip], harm: harm, isShadow: false,
            budget: Budget(period: .days(1), limit: 1), packDigest: [], bankVersion: 1,
            time: Self.time, region: "US", matches: files ? matches : [],
            evidence: Evidence(
                media: files ? [item] : [], snapshot: nil, contextWire: context.canonicalBytes(),
                reportWire: report?.canonicalBytes() ?? []),
            reasons: [], incident: ContentID(high: 5, low: 5), category: 0, flags: [], hops: 0)
        let sealer = Sealer(try SealingKey(bytes: Array(1...32), id: "k"))
        return TipBuilder(settings: settings, sealer: sealer).build(
            TipRequest(
                account: "acc-1", proposals: [proposal], verdict: verdict,
                verdictID: verdict.map { _ in ContentID(high: 2, low: 1) },
                enforcement: ContentID(high: 3, low: 3), incident: proposal.incident, harm: harm,
                knowledge: Self.time, issued: Self.time + .minutes(1), bankVersion: 9,
                region: "US", measures: [.banAccount]))
    }
}

@Suite struct TipTests {
    @Test("A tip with account, address, port, time and bytes is ready for referral")
    func referralReady() throws {
        let draft = try Kitchen().draft()
        let tip = draft.tip
        #expect(!draft.isBlocked)
        #expect(tip.qualityTier == .referralReady)
        #expect(tip.incidentType == .childPornography)
        #expect(tip.incidentTypeSource == .hashMatch)
        #expect(tip.incidentTime.meaning == .upload)
        #expect(tip.incidentTime.at.utcOffsetMinutes == 120)
        #expect(tip.reported.role == .offender)
        #expect(tip.reported.ipEvents.first?.port == 4_711)
        #expect(tip.reported.ipEvents.first?.kind == .upload)
        #expect(tip.reported.measures.permanentlyDisabled)
        #expect(tip.files.first?.matches.first?.listVersion == "7")
        #expect(tip.files.first?.viewedByEsp == false)
        #expect(tip.missing == [.humanView, .publicAvailability])
        #expect(tip.discovery == .hashMatch)
        #expect(tip.environment == .test)
        #expect(!tip.textOnly)
        #expect(tip.priority == .normal)
    }

    @Test("Without an address, without bytes or for viral material a tip is informational")
    func informational() throws {
        var kitchen = Kitchen()
        kitchen.snapshot.sessions = []
        kitchen.media.clearUploadSession()
        #expect(try kitchen.draft().tip.qualityTier == .informational)
        #expect(try kitchen.draft().tip.missing.contains(.ipEvent))

        kitchen = Kitchen()
        kitchen.media.availability = .deleted
        #expect(try kitchen.draft().tip.qualityTier == .informational)
        #expect(try kitchen.draft().tip.missing.contains(.evidenceBytes))
    }

    @Test("Without a port a tip is partial")
    func noPort() throws {
        var kitchen = Kitchen()
        kitchen.media.uploadSession.port = 0
        kitchen.snapshot.sessions[0].port = 0
        let tip = try kitchen.draft().tip
        #expect(tip.qualityTier == .partial)
        #expect(tip.missing.contains(.ipPort))
        kitchen.media.uploadSession.address.sealed.holds.hasPort_p = true
        #expect(try kitchen.draft().tip.missing.contains(.ipPort) == false)
    }

    @Test("Only matches of category csam give the incident type for such material")
    func incidentType() throws {
        for category in BankCategory.allCases {
            var kitchen = Kitchen()
            kitchen.matches[0].category = category
            let draft = try kitchen.draft()
            #expect(draft.isBlocked == (category != .csam))
            #expect((draft.tip.incidentType == .childPornography) == (category == .csam))
        }
    }

    @Test("A near match is labelled near and lowers the tier")
    func near() throws {
        var kitchen = Kitchen()
        kitchen.matches[0].digest = MediaDigest(.pdq, Array(repeating: 3, count: 32))
        kitchen.matches[0].distance = 12
        kitchen.matches[0].threshold = 31
        let tip = try kitchen.draft().tip
        #expect(tip.files.first?.matches.first?.kind == .near)
        #expect(tip.files.first?.matches.first?.distance == 12)
        #expect(tip.qualityTier == .partial)
    }

    @Test("A service that is not known blocks the tip unless the settings name it")
    func service() throws {
        var kitchen = Kitchen()
        kitchen.snapshot.espService = ""
        kitchen.settings.service = ""
        #expect(try kitchen.draft().isBlocked)
        kitchen.settings.service = "messenger"
        #expect(try !kitchen.draft().isBlocked)
    }

    @Test("An affected reporter is a victim and never the reported account")
    func victim() throws {
        var kitchen = Kitchen()
        kitchen.harm = .sextortion
        kitchen.report = PBReportFiled()
        kitchen.report?.source = .user
        kitchen.report?.relation = .affected
        kitchen.report?.reporterAgeBand = .ageBand13To15
        kitchen.report?.bundle.reference = "bundle-1"
        let tip = try kitchen.draft(files: false).tip
        #expect(tip.textOnly)
        #expect(tip.reported.espIdentifier == "acc-1")
        #expect(tip.victims.map(\.espIdentifier) == ["acc-9"])
        #expect(tip.victims.first?.role == .victim)
        #expect(tip.victims.first?.ageBand == .ageBand13To15)
        #expect(tip.incidentType == .onlineEnticement)
        #expect(tip.incidentTypeSource == .rule)
        #expect(tip.annotations.sextortion == .yes)
        #expect(tip.chat.bundleReference == "bundle-1")
        #expect(tip.discovery == .userReport)
        #expect(tip.priority == .high)
        kitchen.reporter = "acc-1"
        #expect(try kitchen.draft(files: false).tip.victims.isEmpty)
    }

    @Test("Only a human's escalation makes a tip imminent")
    func escalation() throws {
        var kitchen = Kitchen()
        kitchen.harm = .imminent
        #expect(try kitchen.draft().tip.priority == .high)
        #expect(try kitchen.draft().isBlocked, "no type follows from danger alone")
        kitchen.verdict = PBVerdict()
        kitchen.verdict?.incidentType = .onlineEnticement
        kitchen.verdict?.escalation.sealed.ciphertext = Data([1])
        kitchen.verdict?.reviewerID = "rev-1"
        let tip = try kitchen.draft().tip
        #expect(tip.priority == .imminent)
        #expect(tip.escalation.reviewerID == "rev-1")
        #expect(tip.incidentTypeSource == .reviewer)
    }

    @Test("The classification counts only under the industry's agreement")
    func classification() throws {
        var kitchen = Kitchen()
        var considered = PBConsideredMedia()
        considered.mediaReference = "media-1"
        considered.algorithm = .sha256
        considered.digest = Data(repeating: 3, count: 32)
        considered.classification = .a1
        considered.view.viewerID = "rev-1"
        considered.view.viewedUnixMs = 1
        considered.view.scope = .partial
        considered.view.embeddedDataViewed = true
        kitchen.verdict = PBVerdict()
        kitchen.verdict?.consideredMedia = [considered]
        let file = try #require(try kitchen.draft().tip.files.first)
        #expect(file.classification == .unspecified)
        #expect(!file.viewedByEsp)
        #expect(file.humanViews.first?.embeddedDataViewed == false)
        kitchen.settings.hasIndustryAgreement = true
        #expect(try kitchen.draft().tip.files.first?.classification == .a1)
    }

    @Test("The same ingredients give the same bytes, and no clear text of the narrative")
    func deterministic() throws {
        let kitchen = Kitchen()
        let one = try kitchen.draft().tip
        #expect(one.canonicalBytes() == (try kitchen.draft().tip.canonicalBytes()))
        let text = Array("independently verified".utf8)
        let bytes = one.canonicalBytes()
        let isInside = bytes.indices.contains { bytes[$0...].starts(with: text) }
        #expect(!isInside)
        let sealer = Sealer(try SealingKey(bytes: Array(1...32), id: "k"))
        let sealed = try #require(one.narrative.sealedBytes)
        let opened = String(decoding: try sealer.open(sealed), as: UTF8.self)
        #expect(opened.contains("independently verified"))
        #expect(opened.contains("was not viewed entirely"))
    }

    @Test("A correction names the tip it corrects, holds no evidence, and reports no offender")
    func correction() throws {
        let tip = try Kitchen().draft().tip
        let summary = try #require(TipSummary(tip))
        let sealer = Sealer(try SealingKey(bytes: Array(1...32), id: "k"))
        let correction = TipBuilder(settings: TipSettings(), sealer: sealer).correction(
            of: summary, verdict: ContentID(high: 8, low: 8), role: .bystander,
            issued: Kitchen.time + .days(1))
        #expect(correction.relation == .corrects)
        #expect(correction.relatedTipID == tip.tipID)
        #expect(correction.tipID != tip.tipID)
        #expect(correction.files.isEmpty && correction.reported.ipEvents.isEmpty)
        #expect(!correction.reported.hasIdentity)
        #expect(correction.reported.role == .bystander)
        #expect(correction.incidentCluster == tip.incidentCluster)
        #expect(correction.incidentTime == tip.incidentTime.withoutWords)
    }
}

extension PBIncidentTime {
    fileprivate var withoutWords: PBIncidentTime {
        var copy = self
        copy.description_p = ""
        return copy
    }
}
