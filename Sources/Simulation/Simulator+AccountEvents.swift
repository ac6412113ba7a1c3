import EventSchemas
import FoundationEssentials
import SafetyModel
import SwiftProtobuf

/// What happens to accounts, and reports and blocks between them.
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
                    $0.numberCountry = new.region.code
                    $0.deviceToken = new.deviceToken
                    guard !new.hidesTokens else { return }
                    $0.deviceReused = deviceReused
                    $0.numberReused = numberReused
                    $0.numberToken = "num-" + new.id
                }))
    }

    mutating func setPhoto(_ account: Int, _ file: SimulatedFile?, at time: Instant) {
        let new = file.map { media($0, .profilePhoto, by: account, at: time) }
        accountEvent(
            account, "profile_changed", at: time, session: .upload, snapshot: true,
            .profileChanged(
                .with {
                    $0.field = .photo
                    if let new { $0.newMedia = new }
                }))
    }

    /// Changes the name or the about text.
    mutating func setText(
        _ account: Int, _ field: PBProfileField, _ text: String, at time: Instant
    ) {
        let sealable = sealable(text, by: account)
        accountEvent(
            account, "profile_changed", at: time,
            .profileChanged(
                .with {
                    $0.field = field
                    $0.newText = sealable
                    $0.newTextSketch = GeneratedText.sketch(text)
                }))
    }

    /// Clear, or sealed by a platform that seals this account's texts.
    func sealable(_ text: String, by account: Int) -> PBSealable {
        guard world.accounts[account].sealsTexts else { return .with { $0.clear = text } }
        return .with {
            $0.sealed = .with {
                $0.keyID = "platform-key"
                var random = SeededRandom(seed: settings.seed, name: text, number: account)
                $0.ciphertext = Data(random.bytes(text.utf8.count + 16))
                $0.sealedBy = .platform
            }
        }
    }

    /// Another device is linked, and in use from now on.
    mutating func linkDevice(
        _ account: Int, token: String, reused: Bool = false, at time: Instant
    ) {
        world.accounts[account].lastDeviceChange = time
        world.accounts[account].device = token
        let shown = world.accounts[account].deviceToken
        // The schema wants a token, so a platform that has none sends no such event.
        guard !shown.isEmpty else { return }
        accountEvent(
            account, "device_linked", at: time,
            .deviceLinked(
                .with {
                    $0.deviceToken = shown
                    $0.kind = .companion
                    $0.deviceReused = reused
                }))
    }

    mutating func unlinkDevice(_ account: Int, token: String, at time: Instant) {
        guard !world.accounts[account].hidesTokens else { return }
        accountEvent(
            account, "device_unlinked", at: time,
            .deviceUnlinked(.with { $0.deviceToken = token }))
    }

    mutating func changeNumber(
        _ account: Int, _ type: PBNumberType = .mobile, at time: Instant
    ) {
        world.accounts[account].lastNumberChange = time
        guard !world.accounts[account].hidesTokens else { return }
        accountEvent(
            account, "number_changed", at: time,
            .numberChanged(
                .with {
                    $0.newNumberToken = "num-\(world.accounts[account].id)-\(time.milliseconds)"
                    $0.numberType = type
                }))
    }

    mutating func summary(_ account: Int, _ contacts: Contacts, at time: Instant) {
        let end = Instant(milliseconds: time.milliseconds / 3_600_000 * 3_600_000)
        accountEvent(
            account, "contact_summary", at: time,
            .contactSummary(
                .with {
                    $0.windowStartUnixMs = (end - .hours(1)).milliseconds
                    $0.windowEndUnixMs = end.milliseconds
                    $0.firstContacts = UInt32(contacts.first)
                    $0.firstContactsMinor = UInt32(min(contacts.first, contacts.minors))
                    $0.answered = UInt32(max(0, contacts.first - contacts.blocked) / 2)
                    $0.blockedBy = UInt32(min(contacts.first, contacts.blocked))
                    $0.groupAdds = UInt32(contacts.groupAdds)
                    $0.groupAddsStrangers = UInt32(contacts.strangersAdded)
                    $0.inviteLinksSent = UInt32(contacts.links)
                    $0.forwards = UInt32(contacts.forwards)
                }))
    }

    mutating func report(
        _ subject: Subject, by reporter: Int, _ category: PBReportCategory,
        source: PBReportSource = .user, relation: PBReporterRelation = .stranger,
        messages: [PBReportedMessage] = [], about sender: Int? = nil, group: Int? = nil,
        isFalse: Bool = false, at time: Instant
    ) {
        if source == .user {
            world.note(OpenReport(reporter: reporter, isFalse: isFalse), about: subject)
        }
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

    /// - Parameter isAbusive: the platform found that it was filed in bad faith.
    mutating func withdraw(
        _ subject: Subject, by reporter: Int, isAbusive: Bool, at time: Instant
    ) {
        reportEvent(
            subject, by: reporter, "withdrawn", at: time,
            .withdrawn(.with { $0.abusive = isAbusive }))
    }

    mutating func block(
        _ subject: Subject, by actor: Int, _ relation: PBReporterRelation, at time: Instant
    ) {
        reportEvent(
            subject, by: actor, "blocked", at: time, .blocked(.with { $0.relation = relation }))
    }
}
