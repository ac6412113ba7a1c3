import EventSchemas
import SafetyModel
import SwiftProtobuf
import Testing

@Suite("Events")
struct EventTests {
    @Test("Clear personal data leave the decoder sealed, with a manifest")
    func seals() throws {
        var message = PBAccountEvent.photo { media in
            media.uploadSession.address.clear = "203.0.113.9"
            media.originalFileName.clear = "holiday-secret.jpg"
        }
        message.context.session.address.clear = "203.0.113.7"
        message.context.session.port = 443
        message.context.actorSnapshot.accountID = "acct-a"
        message.context.actorSnapshot.ageBand = .adult
        message.context.actorSnapshot.identity.clear =
            #"{"firstName": "Mika", "emails": ["mika@example.org"]}"#
        message.context.actorSnapshot.screenName.clear = "mika-example"
        let event = try TestRecord(message, type: photoType).event(.account)
        let evidence = try #require(event.evidence)
        let wire = evidence.contextWire + evidence.media.flatMap(\.wire)
        for secret in ["203.0.113", "Mika", "mika", "holiday"] {
            #expect(!wire.contains(Array(secret.utf8)), "\(secret) is in clear")
        }
        let context = try #require(evidence.context)
        #expect(context.session.address.sealed.holds.hasIp_p)
        #expect(context.session.address.sealed.holds.hasPort_p)
        let identity = context.actorSnapshot.identity.sealed
        #expect(identity.holds.hasName_p && identity.holds.hasEmail_p && !identity.holds.hasPhone_p)
        #expect(identity.sealedBytes != nil)
    }

    @Test("A reported message's media belong to its sender, with the weaker attribution")
    func reportedMedia() throws {
        var message = PBReportEvent()
        message.context = .test(actor: "acct-r")
        message.context.actorSnapshot.accountID = "acct-r"
        message.context.actorSnapshot.registeredUnixMs = 1_700_000_000_000
        message.subject.kind = .account
        message.subject.id = "acct-a"
        message.reportID = "report-1"
        message.filed.source = .user
        message.filed.category = .csam
        var reported = PBReportedMessage()
        reported.messageReference = "msg-1"
        reported.senderAccountID = "acct-s"
        reported.attribution = .reporterClaimed
        var media = PBMedia.test()
        media.use = .reportedMessage
        media.attribution = .serverObserved
        media.uploaderAccountID = "acct-x"
        reported.media = [media]
        message.filed.messages = [reported]
        let event = try TestRecord(message, type: "tutela.report.filed.v1").event(.report)
        let item = try #require(event.evidence?.media.first)
        #expect(item.uploader == "acct-s")
        #expect(item.attribution == .reporterClaimed)
        #expect(item.message.attribution == .reporterClaimed)
        #expect(event.evidence?.snapshot == nil, "the reporter's facts are not the reported's")
        #expect(event.flags.contains(.agedReporter))
        #expect(event.actor == "acct-r")
    }

    @Test("A service's finding of no match is no assessment")
    func noMatch() throws {
        let message = PBAccountEvent.photo { media in
            var none = PBMediaAssessment()
            none.provider = "example"
            none.outcome = .noMatch
            var near = none
            near.outcome = .nearMatch
            near.listCategory = .csam
            media.assessments = [none, near]
        }
        let event = try TestRecord(message, type: photoType).event(.account)
        #expect(event.evidence?.media.first?.assessments.count == 1)
    }

    @Test("The same record gives the same bytes")
    func deterministic() throws {
        var message = PBAccountEvent.photo()
        message.context.session.address.clear = "203.0.113.7"
        let record = TestRecord(message, type: photoType)
        #expect(
            try record.event(.account).evidence?.contextWire
                == record.event(.account).evidence?.contextWire)
    }

    @Test("An icon's evidence holds the snapshot of its setter")
    func setterSnapshot() throws {
        var message = PBGroupEvent()
        message.context = .test(actor: "acct-a")
        message.context.actorSnapshot.accountID = "acct-a"
        message.groupID = "group-1"
        message.changed.field = .icon
        message.changed.setterAccountID = "acct-b"
        message.changed.setterSnapshot.accountID = "acct-b"
        message.changed.setterSnapshot.ageBand = .ageBand16To17
        message.changed.newMedia = .test()
        let event = try TestRecord(message, type: "tutela.group.changed.v1").event(.group)
        #expect(event.kind == .groupIconChanged)
        #expect(event.actor == "acct-b")
        #expect(event.evidence?.media.first?.uploader == "acct-b")
        #expect(event.evidence?.snapshot?.account == "acct-b")
        #expect(event.evidence?.snapshot?.isMinor == true)
    }
}
