import EventSchemas
import FoundationEssentials
import SafetyModel
import SwiftProtobuf

/// How each kind of event is made from the world as it is at that moment.
extension Simulator {
    func context(
        _ actor: Int?, at time: Instant, _ kind: PBSessionEventKind = .other,
        snapshot: Bool = false
    ) -> PBEventContext {
        .with {
            guard let actor else { return }
            let account = world.accounts[actor]
            $0.actorAccountID = account.id
            $0.deviceToken = account.deviceToken
            $0.region = account.region.code
            $0.session = session(actor, at: time, kind)
            if snapshot { $0.actorSnapshot = self.snapshot(actor, at: time) }
        }
    }

    func session(_ actor: Int, at time: Instant, _ kind: PBSessionEventKind) -> PBSession {
        let account = world.accounts[actor]
        return .with {
            $0.addressToken = account.hidesTokens ? "" : "addr-" + account.device.suffix(8)
            $0.address = .with { $0.clear = account.address }
            $0.port = UInt32(1_024 + actor % 60_000)
            $0.at = zoned(time, account)
            $0.kind = kind
            $0.possibleProxy = .no
        }
    }

    func zoned(_ time: Instant, _ account: SimulatedAccount) -> PBZonedTime {
        .with {
            $0.unixMs = time.milliseconds
            $0.utcOffsetMinutes = Int32(account.region.offsetMinutes)
        }
    }

    func snapshot(_ actor: Int, at time: Instant) -> PBActorSnapshot {
        let account = world.accounts[actor]
        return .with {
            $0.accountID = account.id
            $0.registeredUnixMs = account.registered.milliseconds
            $0.ageBand = account.ageBand
            $0.ageSource = account.ageBand == .unspecified ? .unspecified : .asserted
            $0.lastDeviceChangeUnixMs = account.lastDeviceChange?.milliseconds ?? 0
            $0.lastNumberChangeUnixMs = account.lastNumberChange?.milliseconds ?? 0
            $0.reportedThreatened = account.threatened != nil
            $0.reportedThreatenedUnixMs = account.threatened?.milliseconds ?? 0
            $0.identity = .with {
                $0.clear = "{\"displayNames\":[\"Person \(actor)\"],\"phones\":[\"+990\(actor)\"]}"
            }
            $0.espService = "Messenger"
            $0.screenName = .with { $0.clear = "person\(actor)" }
            $0.sessions = [
                session(actor, at: time, .upload), session(actor, at: time - .hours(5), .login),
            ]
            $0.region = account.region.code
            $0.priorEnforcements = account.priorEnforcements
            $0.deviceToken = account.deviceToken
        }
    }

    func media(
        _ file: SimulatedFile, _ use: PBMediaUse, by uploader: Int, at time: Instant,
        _ attribution: PBAttribution = .serverObserved
    ) -> PBMedia {
        .with {
            $0.reference = "media-\(file.sha256.prefix(6).hex)"
            $0.use = use
            $0.digests = file.digests
            $0.attribution = attribution
            $0.uploaderAccountID = world.accounts[uploader].id
            $0.sizeBytes = 40_000 + UInt64(file.md5[0]) * 1_000
            $0.mimeType = "image/jpeg"
            $0.uploadedAt = zoned(time, world.accounts[uploader])
            $0.publiclyAvailable = use == .reportedMessage ? .no : .yes
            $0.availability = attribution == .serverObserved ? .bytesHeld : .e2EeUnavailable
            if attribution == .serverObserved {
                $0.uploadSession = session(uploader, at: time, .upload)
            }
        }
    }

    mutating func accountEvent(
        _ account: Int, _ type: String, at time: Instant, session: PBSessionEventKind = .other,
        snapshot: Bool = false, _ change: PBAccountEvent.OneOf_Change
    ) {
        let message = PBAccountEvent.with {
            $0.context = context(account, at: time, session, snapshot: snapshot)
            $0.accountID = world.accounts[account].id
            $0.change = change
        }
        emit(
            settings.topics.accounts, world.accounts[account].subject, "account." + type,
            at: time, message)
    }

    mutating func groupEvent(
        _ group: Int, by actor: Int, _ type: String, at time: Instant, snapshot: Bool = false,
        _ change: PBGroupEvent.OneOf_Change
    ) {
        let message = PBGroupEvent.with {
            $0.context = context(actor, at: time, .other, snapshot: snapshot)
            $0.groupID = world.groups[group].id
            $0.memberCount = UInt32(world.groups[group].members.count)
            $0.change = change
        }
        emit(
            settings.topics.groups, world.groups[group].subject, "group." + type, at: time, message)
    }

    mutating func inviteEvent(
        _ link: Int, by actor: Int?, _ type: String, at time: Instant,
        _ change: PBInviteEvent.OneOf_Change
    ) {
        let message = PBInviteEvent.with {
            $0.context = context(actor, at: time)
            $0.linkID = world.links[link].id
            $0.groupID = world.groups[world.links[link].group].id
            $0.change = change
        }
        emit(
            settings.topics.invites, world.links[link].subject, "invite." + type, at: time, message)
    }

    mutating func reportEvent(
        _ subject: Subject, by reporter: Int, _ type: String, at time: Instant,
        _ change: PBReportEvent.OneOf_Change
    ) {
        let message = PBReportEvent.with {
            // How old the reporter's account is stands in the snapshot.
            let account = world.accounts[reporter]
            $0.context = context(reporter, at: time, snapshot: !account.hidesTokens)
            $0.subject = .with {
                $0.kind = PBSubjectKind(rawValue: Int(subject.kind.rawValue)) ?? .unspecified
                $0.id = subject.id
            }
            // A withdrawal names the report that it takes back: one of a party about a subject.
            $0.reportID = "rep-\(account.id.suffix(12))-\(subject.id.suffix(12))"
            $0.partyToken = account.hidesTokens ? "" : "party-" + account.device
            $0.change = change
        }
        emit(settings.topics.reports, subject, "report." + type, at: time, message)
    }
}
