internal import SafetyModel

extension Envelope {
    /// Beside the fields that all events have, a report's event names its source's class and the
    /// reporter's party token as `sourceClass` and `sourceToken`.
    func event(_ message: PBReportEvent) throws(Rejection) -> Event {
        guard message.hasContext else { throw Rejection(.missingField, field: "context") }
        try message.context.check()
        guard message.hasSubject else { throw Rejection(.missingField, field: "subject") }
        let subject = try Subject(message.subject, "subject")
        try Check.token(message.reportID, "report_id")
        try Check.token(message.partyToken, "party_token")
        guard let change = message.change else { throw Rejection(.missingField, field: "change") }
        var event = base(.reportFiled, subject, message.context)
        if !message.partyToken.isEmpty { event.sourceToken = message.partyToken }
        if isAged(message.context) { event.flags.insert(.agedReporter) }
        let snapshot = message.context.actorSnapshot
        if event.deviceToken == nil, !snapshot.deviceToken.isEmpty,
            snapshot.accountID == event.actor
        {
            event.deviceToken = snapshot.deviceToken
        }
        switch change {
        case .filed(let filed):
            try expect("filed")
            try Check.id(message.reportID, "report_id")
            return try within("filed") { () throws(Rejection) in
                try self.filed(filed, message.context, event)
            }
        case .withdrawn:
            try expect("withdrawn")
            try Check.id(message.reportID, "report_id")
            event.kind = .reportWithdrawn
        case .blocked(let blocked):
            try expect("blocked")
            try Check.known(blocked.relation, "blocked.relation")
            event.kind = .accountBlocked
        case .unblocked:
            try expect("unblocked")
            event.kind = .accountUnblocked
        }
        return event
    }

    /// Whether the reporter's own snapshot shows an account that is not new.
    private func isAged(_ context: PBEventContext) -> Bool {
        let snapshot = context.actorSnapshot
        guard !context.actorAccountID.isEmpty, snapshot.accountID == context.actorAccountID,
            snapshot.registeredUnixMs > 0
        else { return false }
        return time - Instant(milliseconds: snapshot.registeredUnixMs) >= .days(30)
    }

    private func filed(
        _ filed: PBReportFiled, _ context: PBEventContext, _ base: Event
    ) throws(Rejection) -> Event {
        try filed.check()
        var event = base
        event.category = UInt8(clamping: filed.category.rawValue)
        event.sourceClass = filed.source.word
        event.flags.formUnion(filed.flags)
        var sealedContext = context
        var report = filed
        try sealing.context(&sealedContext)
        for index in report.snapshots.indices {
            try sealing.snapshot(&report.snapshots[index], "filed.snapshots[\(index)]")
        }
        let media = try takeMedia(of: &report)
        event.related = filed.related(to: base.subject, media: media)
        event.evidence = Evidence(
            media: media, snapshot: facts(filed, context, subject: base.subject, media: media),
            contextWire: sealedContext.canonicalBytes(), reportWire: report.canonicalBytes())
        return event
    }

    /// Checks and seals the messages' media. The uploader is the message's sender, and of the
    /// message's and the media's attribution the weaker one counts (I7).
    private func takeMedia(of report: inout PBReportFiled) throws(Rejection) -> [MediaItem] {
        var items: [MediaItem] = []
        for index in report.messages.indices {
            var message = report.messages[index]
            for place in message.media.indices {
                var media = message.media[place]
                media.uploaderAccountID = message.senderAccountID
                if message.attribution.rawValue > media.attribution.rawValue {
                    media.attribution = message.attribution
                }
                let item = try self.media(
                    media, uploader: message.senderAccountID, "messages[\(index)].media[\(place)]")
                items.append(item)
                message.media[place] = item.message
            }
            report.messages[index] = message
        }
        try Check.count(items.count, atMost: Limits.media, "messages.media")
        return items
    }

    /// The facts about whom the report may lead to acting on; never the reporter's.
    private func facts(
        _ filed: PBReportFiled, _ context: PBEventContext, subject: Subject, media: [MediaItem]
    ) -> ActorFacts? {
        let concerned =
            subject.kind == .account ? subject.id : media.lazy.compactMap(\.uploader).first
        guard let concerned else { return nil }
        let snapshot = filed.snapshots.first { $0.accountID == concerned }
        if let snapshot { return ActorFacts(snapshot, at: time) }
        guard context.hasActorSnapshot, context.actorSnapshot.accountID == concerned else {
            return nil
        }
        return ActorFacts(context.actorSnapshot, at: time)
    }
}

extension PBReportFiled {
    fileprivate func check() throws(Rejection) {
        try Check.required(source, "source")
        try Check.required(category, "category")
        try Check.known(relation, "relation")
        try Check.known(reporterAgeBand, "reporter_age_band")
        try Check.token(organisationID, "organisation_id")
        try Check.token(organisationReference, "organisation_reference")
        try Check.token(groupID, "group_id")
        try Check.count(messages.count, atMost: Limits.messages, "messages")
        for (index, message) in messages.enumerated() {
            try within("messages[\(index)]") { () throws(Rejection) in try message.check() }
        }
        try Check.count(snapshots.count, atMost: Limits.snapshots, "snapshots")
        for (index, snapshot) in snapshots.enumerated() {
            try snapshot.check("snapshots[\(index)]")
        }
        if hasBundle {
            try Check.id(bundle.reference, "bundle.reference")
            try Check.token(bundle.keyID, "bundle.key_id")
            if !bundle.sha256.isEmpty {
                try Check.digest(bundle.sha256, count: 32, "bundle.sha256")
            }
        }
    }

    fileprivate var flags: EventFlags {
        var flags: EventFlags = []
        if relation == .affected { flags.insert(.aboutReporter) }
        if source != .user { flags.insert(.trustedSource) }
        if category == .threatened { flags.insert(.threatened) }
        if category == .imminentDanger { flags.insert(.imminent) }
        if reporterAgeBand.isMinor { flags.insert(.reporterMinor) }
        return flags
    }

    /// For an account the group it happened in; for anything else the account named as the sender.
    fileprivate func related(to subject: Subject, media: [MediaItem]) -> Subject? {
        if subject.kind == .account {
            return groupID.isEmpty ? nil : Subject(.group, groupID)
        }
        let sender = media.lazy.compactMap(\.uploader).first ?? messages.first?.senderAccountID
        return sender.map { Subject(.account, $0) }
    }
}

extension PBReportedMessage {
    fileprivate func check() throws(Rejection) {
        try Check.id(messageReference, "message_reference")
        try Check.id(senderAccountID, "sender_account_id")
        try Check.required(attribution, "attribution")
        try Check.token(groupID, "group_id")
        if hasSentAt { try Check.zoned(sentAt, "sent_at") }
        try Check.count(media.count, atMost: Limits.mediaPerMessage, "media")
    }
}

extension PBReportSource {
    /// The name in packs and summaries.
    var word: String {
        switch self {
        case .user: "user"
        case .trustedFlagger: "trusted_flagger"
        case .hotline: "hotline"
        case .authority: "authority"
        case .partner: "partner"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}
