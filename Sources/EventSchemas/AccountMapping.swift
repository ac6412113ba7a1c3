internal import SafetyModel

extension Envelope {
    func event(_ message: PBAccountEvent) throws(Rejection) -> Event {
        guard message.hasContext else { throw Rejection(.missingField, field: "context") }
        try message.context.check()
        try Check.id(message.accountID, "account_id")
        guard let change = message.change else { throw Rejection(.missingField, field: "change") }
        let subject = Subject(.account, message.accountID)
        var event = base(.accountRegistered, subject, message.context)
        var media: [MediaItem] = []
        switch change {
        case .registered(let registered):
            try expect("registered")
            try within("registered") { () throws(Rejection) in try registered.apply(to: &event) }
        case .numberChanged(let changed):
            try expect("number_changed")
            try Check.id(changed.newNumberToken, "number_changed.new_number_token")
            try Check.known(changed.numberType, "number_changed.number_type")
            event.kind = .accountNumberChanged
            if changed.numberType == .virtual { event.flags.insert(.virtualNumber) }
        case .numberRecycled(let recycled):
            try expect("number_recycled")
            try Check.id(recycled.numberToken, "number_recycled.number_token")
            try Check.time(recycled.knownUnixMs, "number_recycled.known_unix_ms")
            event.kind = .accountNumberRecycled
        case .deviceLinked(let linked):
            try expect("device_linked")
            try Check.id(linked.deviceToken, "device_linked.device_token")
            try Check.known(linked.kind, "device_linked.kind")
            event.kind = .accountDeviceLinked
            event.deviceToken = linked.deviceToken
            if linked.deviceReused { event.flags.insert(.reusedDevice) }
        case .deviceUnlinked(let unlinked):
            try expect("device_unlinked")
            try Check.id(unlinked.deviceToken, "device_unlinked.device_token")
            event.kind = .accountDeviceUnlinked
            event.deviceToken = unlinked.deviceToken
        case .profileChanged(let changed):
            try expect("profile_changed")
            event.kind = try changed.kind()
            event.text = text(of: changed)
            media = try photo(of: changed, message.accountID)
        case .selfDeleted(let deleted):
            try expect("self_deleted")
            try Check.known(deleted.cause, "self_deleted.cause")
            event.kind = .accountSelfDeleted
        case .reinstated(let reinstated):
            try expect("reinstated")
            _ = try Check.optionalID(reinstated.enforcementID, "reinstated.enforcement_id")
            event.kind = .accountReinstated
        case .contactSummary(let summary):
            try expect("contact_summary")
            try within("contact_summary") { () throws(Rejection) in try summary.check() }
            event.kind = .accountContactSummary
            event.amount = Int64(summary.firstContacts)
            event.youngAmount = Int64(summary.firstContactsMinor)
        }
        event.evidence = try evidence(message.context, media: media, subject: subject)
        return event
    }
}

extension Envelope {
    private func text(of changed: PBAccountProfileChanged) -> TextFacts? {
        changed.surface.flatMap {
            text(
                changed.hasNewText ? changed.newText : nil, sketch: changed.newTextSketch, on: $0)
        }
    }

    private func photo(
        of changed: PBAccountProfileChanged, _ account: String
    ) throws(Rejection) -> [MediaItem] {
        guard changed.hasNewMedia else { return [] }
        return [
            try media(changed.newMedia, uploader: account, "profile_changed.new_media")
        ]
    }
}

extension PBAccountRegistered {
    fileprivate func apply(to event: inout Event) throws(Rejection) {
        try Check.known(numberType, "number_type")
        try Check.known(ageBand, "age_band")
        try Check.known(ageSource, "age_source")
        try Check.token(numberToken, "number_token")
        try Check.token(deviceToken, "device_token")
        try Check.region(numberCountry, "number_country")
        if !deviceToken.isEmpty { event.deviceToken = deviceToken }
        if deviceReused { event.flags.insert(.reusedDevice) }
        if numberReused { event.flags.insert(.reusedNumber) }
        if numberType == .virtual { event.flags.insert(.virtualNumber) }
        if ageBand.isMinor { event.flags.insert(.minor) }
    }
}

extension PBAccountProfileChanged {
    fileprivate func kind() throws(Rejection) -> EventKind {
        try Check.required(field, "profile_changed.field")
        try Check.count(
            newTextSketch.count, atMost: Limits.sketch, "profile_changed.new_text_sketch")
        if hasOldMedia {
            try within("profile_changed.old_media") { () throws(Rejection) in
                try oldMedia.check()
            }
        }
        switch field {
        case .name: return .accountNameChanged
        case .about: return .accountAboutChanged
        case .photo, .unspecified, .UNRECOGNIZED: return .accountPhotoChanged
        }
    }
}

extension PBAccountProfileChanged {
    fileprivate var surface: TextSurface? {
        switch field {
        case .name: .displayName
        case .about: .about
        case .photo, .unspecified, .UNRECOGNIZED: nil
        }
    }
}

extension PBAccountContactSummary {
    fileprivate func check() throws(Rejection) {
        try Check.requiredTime(windowStartUnixMs, "window_start_unix_ms")
        try Check.requiredTime(windowEndUnixMs, "window_end_unix_ms")
        if windowEndUnixMs <= windowStartUnixMs {
            throw Rejection(.impossibleTime, field: "window_end_unix_ms")
        }
    }
}
