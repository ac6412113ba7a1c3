internal import SafetyModel

extension Envelope {
    func event(_ message: PBGroupEvent) throws(Rejection) -> Event {
        guard message.hasContext else { throw Rejection(.missingField, field: "context") }
        try message.context.check()
        try Check.id(message.groupID, "group_id")
        guard let change = message.change else { throw Rejection(.missingField, field: "change") }
        let subject = Subject(.group, message.groupID)
        var event = base(.groupCreated, subject, message.context)
        switch change {
        case .created(let created):
            try expect("created")
            return try self.created(created, message.context, event)
        case .changed(let changed):
            try expect("changed")
            return try self.changed(changed, message.context, event)
        case .memberAdded(let added):
            try expect("member_added")
            try Check.known(added.adderInContacts, "member_added.adder_in_contacts")
            try event.member(
                .groupMemberAdded, added.memberAccountID, by: added.addedByAccountID,
                "member_added")
            try event.age(added.memberAgeBand, "member_added")
        case .memberJoined(let joined):
            try expect("member_joined")
            try event.member(.groupMemberJoined, joined.memberAccountID, by: "", "member_joined")
            try Check.token(joined.linkID, "member_joined.link_id")
            event.actor = joined.memberAccountID
            event.related = joined.linkID.isEmpty ? nil : Subject(.inviteLink, joined.linkID)
            try event.age(joined.memberAgeBand, "member_joined")
        case .memberRefused(let refused):
            try expect("member_refused")
            try Check.known(refused.kind, "member_refused.kind")
            try event.member(
                .groupMemberRefused, refused.memberAccountID, by: refused.otherAccountID,
                "member_refused")
        case .memberLeft(let left):
            try expect("member_left")
            if left.stayedMs < 0 { throw Rejection(.outOfRange, field: "member_left.stayed_ms") }
            try event.member(.groupMemberLeft, left.memberAccountID, by: "", "member_left")
            event.actor = left.memberAccountID
        case .memberRemoved(let removed):
            try expect("member_removed")
            try event.member(
                .groupMemberRemoved, removed.memberAccountID, by: removed.removedByAccountID,
                "member_removed")
        case .adminChanged(let changed):
            try expect("admin_changed")
            try event.member(
                .groupAdminChanged, changed.memberAccountID, by: changed.changedByAccountID,
                "admin_changed")
            if changed.isAdmin { event.flags.insert(.granted) }
        case .dissolved(let dissolved):
            try expect("dissolved")
            event.kind = .groupDissolved
            try event.setActor(dissolved.dissolvedByAccountID, "dissolved.dissolved_by_account_id")
        }
        event.evidence = try evidence(message.context, media: [], subject: subject)
        return event
    }

    private func created(
        _ created: PBGroupCreated, _ context: PBEventContext, _ base: Event
    ) throws(Rejection) -> Event {
        var event = base
        try Check.required(created.kind, "created.kind")
        try Check.token(created.parentGroupID, "created.parent_group_id")
        try Check.count(
            created.initialMemberIds.count, atMost: Limits.initialMembers,
            "created.initial_member_ids")
        try Check.count(created.nameSketch.count, atMost: Limits.sketch, "created.name_sketch")
        if !created.parentGroupID.isEmpty { event.related = Subject(.group, created.parentGroupID) }
        event.text = text(
            created.hasName ? created.name : nil, sketch: created.nameSketch, on: .groupName)
        if created.settings.discoverable { event.flags.insert(.publicGroup) }
        var media: [MediaItem] = []
        if created.hasIcon {
            media = [try self.media(created.icon, uploader: event.actor ?? "", "created.icon")]
        }
        event.evidence = try evidence(context, media: media, subject: event.subject)
        return event
    }

    private func changed(
        _ changed: PBGroupChanged, _ context: PBEventContext, _ base: Event
    ) throws(Rejection) -> Event {
        var event = base
        event.kind = try changed.kind()
        try event.setActor(changed.setterAccountID, "changed.setter_account_id")
        event.text = changed.surface.flatMap {
            text(
                changed.hasNewText ? changed.newText : nil, sketch: changed.newTextSketch, on: $0)
        }
        if changed.field == .discoverable, changed.newValue == 1 {
            event.flags.insert(.publicGroup)
        }
        var context = context
        if changed.hasSetterSnapshot {
            try changed.setterSnapshot.check("changed.setter_snapshot")
            // The snapshot that matters later is that of the account answerable for the change.
            if context.actorSnapshot.accountID != event.actor {
                context.actorSnapshot = changed.setterSnapshot
            }
        }
        var media: [MediaItem] = []
        if changed.hasNewMedia {
            media = [
                try self.media(
                    changed.newMedia, uploader: event.actor ?? "", "changed.new_media")
            ]
        }
        event.evidence = try evidence(context, media: media, subject: event.subject)
        return event
    }
}

extension PBGroupChanged {
    fileprivate func kind() throws(Rejection) -> EventKind {
        try Check.required(field, "changed.field")
        try Check.count(newTextSketch.count, atMost: Limits.sketch, "changed.new_text_sketch")
        if hasOldMedia {
            try within("changed.old_media") { () throws(Rejection) in try oldMedia.check() }
        }
        switch field {
        case .icon: return .groupIconChanged
        case .name: return .groupNameChanged
        case .description_: return .groupDescriptionChanged
        default: return .groupSettingsChanged
        }
    }
}

extension PBGroupChanged {
    fileprivate var surface: TextSurface? {
        switch field {
        case .name: .groupName
        case .description_: .groupDescription
        default: nil
        }
    }
}

extension Event {
    /// The account that did it, where the message names one beside the context's actor.
    fileprivate mutating func setActor(_ account: String, _ field: String) throws(Rejection) {
        if account.isEmpty { return }
        try Check.token(account, field)
        actor = account
    }

    /// An event about a member, who is the related subject.
    fileprivate mutating func member(
        _ kind: EventKind, _ member: String, by account: String, _ field: String
    ) throws(Rejection) {
        try Check.id(member, "\(field).member_account_id")
        self.kind = kind
        related = Subject(.account, member)
        try setActor(account, "\(field).by")
    }

    fileprivate mutating func age(_ band: PBAgeBand, _ field: String) throws(Rejection) {
        try Check.known(band, "\(field).member_age_band")
        if band.isMinor { flags.insert(.minor) }
    }
}
