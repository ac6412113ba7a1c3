internal import SafetyModel

extension Envelope {
    func event(_ message: PBInviteEvent) throws(Rejection) -> Event {
        guard message.hasContext else { throw Rejection(.missingField, field: "context") }
        try message.context.check()
        try Check.id(message.linkID, "link_id")
        try Check.id(message.groupID, "group_id")
        guard let change = message.change else { throw Rejection(.missingField, field: "change") }
        let subject = Subject(.inviteLink, message.linkID)
        var event = base(.linkCreated, subject, message.context)
        event.related = Subject(.group, message.groupID)
        switch change {
        case .created(let created):
            try expect("created")
            try Check.token(created.creatorAccountID, "created.creator_account_id")
            try Check.time(created.expiresUnixMs, "created.expires_unix_ms")
            if !created.creatorAccountID.isEmpty { event.actor = created.creatorAccountID }
        case .reset(let reset):
            try expect("reset")
            event.kind = .linkReset
            try Check.token(reset.replacedByLinkID, "reset.replaced_by_link_id")
            try Check.token(reset.resetByAccountID, "reset.reset_by_account_id")
            if !reset.resetByAccountID.isEmpty { event.actor = reset.resetByAccountID }
        case .joined(let joined):
            try expect("joined")
            event.kind = .linkJoined
            try Check.id(joined.memberAccountID, "joined.member_account_id")
            try Check.known(joined.memberAgeBand, "joined.member_age_band")
            event.actor = joined.memberAccountID
            if joined.memberAgeBand.isMinor { event.flags.insert(.minor) }
        case .sighted(let sighted):
            try expect("sighted")
            event.kind = .linkSighted
            try Check.time(sighted.firstSeenUnixMs, "sighted.first_seen_unix_ms")
            try Check.count(
                sighted.textSketch.count, atMost: Limits.sketch, "sighted.text_sketch")
            try event.place(
                sighted.sourceClass, sighted.sourceToken, sighted.crawler, "sighted")
        case .gone(let gone):
            try expect("gone")
            event.kind = .linkGone
            try event.place(gone.sourceClass, gone.sourceToken, gone.crawler, "gone")
        }
        event.evidence = try evidence(message.context, media: [], subject: subject)
        return event
    }
}

extension Event {
    fileprivate mutating func place(
        _ sourceClass: PBSightingSourceClass, _ token: String, _ crawler: String, _ field: String
    ) throws(Rejection) {
        try Check.required(sourceClass, "\(field).source_class")
        try Check.id(token, "\(field).source_token")
        try Check.token(crawler, "\(field).crawler")
        self.sourceClass = sourceClass.word
        category = UInt8(clamping: sourceClass.rawValue)
        sourceToken = token
        if !crawler.isEmpty { flags.insert(.crawler) }
    }
}

extension PBSightingSourceClass {
    /// The name in packs and summaries.
    var word: String {
        switch self {
        case .linkIndex: "link_index"
        case .socialMedia: "social_media"
        case .forum: "forum"
        case .searchEngine: "search_engine"
        case .darkWeb: "dark_web"
        case .partner: "partner"
        case .other, .unspecified, .UNRECOGNIZED: "other"
        }
    }
}
