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
            $0.deviceToken = account.device
            $0.region = account.region.code
            $0.session = session(actor, at: time, kind)
            if snapshot { $0.actorSnapshot = self.snapshot(actor, at: time) }
        }
    }

    func session(_ actor: Int, at time: Instant, _ kind: PBSessionEventKind) -> PBSession {
        let account = world.accounts[actor]
        return .with {
            $0.addressToken = "addr-" + account.device.suffix(8)
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
            $0.deviceToken = account.device
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
            $0.context = context(reporter, at: time)
            $0.subject = .with {
                $0.kind = PBSubjectKind(rawValue: Int(subject.kind.rawValue)) ?? .unspecified
                $0.id = subject.id
            }
            $0.reportID = "rep-\(outbox.made)"
            $0.partyToken = "party-" + world.accounts[reporter].device
            $0.change = change
        }
        emit(settings.topics.reports, subject, "report." + type, at: time, message)
    }
}

/// The events that both ordinary people and patterns cause.
extension Simulator {
    mutating func register(
        _ account: Int, at time: Instant, deviceReused: Bool = false, numberReused: Bool = false,
        number: PBNumberType = .mobile
    ) {
        let new = world.accounts[account]
        accountEvent(
            account, "registered", at: time, session: .registration,
            .registered(
                .with {
                    $0.numberType = number
                    $0.ageBand = new.ageBand
                    $0.ageSource = new.ageBand == .unspecified ? .unspecified : .asserted
                    $0.deviceReused = deviceReused
                    $0.numberReused = numberReused
                    $0.numberToken = "num-" + new.id
                    $0.numberCountry = new.region.code
                    $0.deviceToken = new.device
                }))
    }

    mutating func setPhoto(_ account: Int, _ file: SimulatedFile, at time: Instant) {
        let new = media(file, .profilePhoto, by: account, at: time)
        accountEvent(
            account, "profile_changed", at: time, session: .upload, snapshot: true,
            .profileChanged(
                .with {
                    $0.field = .photo
                    $0.newMedia = new
                }))
    }

    mutating func setIcon(_ group: Int, by setter: Int, _ file: SimulatedFile, at time: Instant) {
        let new = media(file, .groupIcon, by: setter, at: time)
        groupEvent(
            group, by: setter, "changed", at: time, snapshot: true,
            .changed(
                .with {
                    $0.field = .icon
                    $0.newMedia = new
                }))
    }

    mutating func createGroup(
        by creator: Int, sketch: [UInt64], at time: Instant, discoverable: Bool = false
    ) -> Int {
        let group = world.addGroup(creator: creator, sketch: sketch)
        let name = "Group \(world.groups[group].id.suffix(4))"
        groupEvent(
            group, by: creator, "created", at: time,
            .created(
                .with {
                    $0.kind = .group
                    $0.settings = .with {
                        $0.send = .everyone
                        $0.addMembers = .admins
                        $0.editProfile = .admins
                        $0.discoverable = discoverable
                    }
                    $0.name = .with { $0.clear = name }
                    $0.nameSketch = sketch
                }))
        return group
    }

    mutating func createLink(of group: Int, by creator: Int, at time: Instant) -> Int {
        let link = world.addLink(group: group)
        inviteEvent(link, by: creator, "created", at: time, .created(PBInviteCreated()))
        return link
    }

    mutating func join(_ link: Int, by member: Int, at time: Instant) {
        let group = world.links[link].group
        world.groups[group].members.append(member)
        let account = world.accounts[member]
        inviteEvent(
            link, by: member, "joined", at: time,
            .joined(
                .with {
                    $0.memberAccountID = account.id
                    $0.memberAgeBand = account.ageBand
                }))
        let linkID = world.links[link].id
        groupEvent(
            group, by: member, "member_joined", at: time,
            .memberJoined(
                .with {
                    $0.memberAccountID = account.id
                    $0.linkID = linkID
                    $0.memberAgeBand = account.ageBand
                }))
    }

    mutating func sight(
        _ link: Int, _ place: PBSightingSourceClass, token: String, at time: Instant
    ) {
        inviteEvent(
            link, by: nil, "sighted", at: time,
            .sighted(
                .with {
                    $0.sourceClass = place
                    $0.sourceToken = token
                    $0.crawler = "crawler-a"
                    $0.firstSeenUnixMs = time.milliseconds
                }))
    }

    mutating func summary(
        _ account: Int, contacts: Int, minors: Int, blocked: Int, at time: Instant
    ) {
        let end = Instant(milliseconds: time.milliseconds / 3_600_000 * 3_600_000)
        accountEvent(
            account, "contact_summary", at: time,
            .contactSummary(
                .with {
                    $0.windowStartUnixMs = (end - .hours(1)).milliseconds
                    $0.windowEndUnixMs = end.milliseconds
                    $0.firstContacts = UInt32(contacts)
                    $0.firstContactsMinor = UInt32(minors)
                    $0.answered = UInt32(max(0, contacts - blocked) / 2)
                    $0.blockedBy = UInt32(blocked)
                    $0.forwards = UInt32(contacts / 2)
                }))
    }

    mutating func report(
        _ subject: Subject, by reporter: Int, _ category: PBReportCategory,
        source: PBReportSource = .user, relation: PBReporterRelation = .stranger,
        messages: [PBReportedMessage] = [], about sender: Int? = nil, group: Int? = nil,
        at time: Instant
    ) {
        let snapshots = sender.map { [snapshot($0, at: time)] } ?? []
        let groupID = group.map { world.groups[$0].id } ?? ""
        let band = world.accounts[reporter].ageBand
        reportEvent(
            subject, by: reporter, "filed", at: time,
            .filed(
                .with {
                    $0.source = source
                    $0.category = category
                    $0.relation = relation
                    $0.messages = messages
                    $0.snapshots = snapshots
                    $0.organisationID = source == .user ? "" : "flagger-a"
                    $0.reporterAgeBand = band
                    $0.groupID = groupID
                }))
    }
}
