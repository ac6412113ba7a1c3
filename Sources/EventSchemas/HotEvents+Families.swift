internal import SafetyModel

extension HotEvents {
    func account(_ message: WireFields, _ event: inout Event) throws(Uncommon) {
        let (number, fields) = try change(message, besides: 0b110)
        switch number {
        case 10:
            try expect("tutela.account.registered.v1")
            try fields.allow(varints: 0b11_1110, slices: 0b1_0100_0000)
            if try fields.number(1, upTo: 4) == 3 { event.flags.insert(.virtualNumber) }
            try age(fields, 2, .minor, &event)
            _ = try fields.number(3, upTo: 3)
            if fields.number(4) != 0 { event.flags.insert(.reusedDevice) }
            if fields.number(5) != 0 { event.flags.insert(.reusedNumber) }
            _ = try fields.ascii(6)
            if let device = try fields.optionalText(8) { event.deviceToken = device }
        case 13:
            try expect("tutela.account.device_linked.v1")
            try fields.allow(varints: 0b1100, slices: 0b10)
            event.kind = .accountDeviceLinked
            event.deviceToken = try fields.id(1)
            _ = try fields.number(2, upTo: 2)
            if fields.number(3) != 0 { event.flags.insert(.reusedDevice) }
        case 18:
            try expect("tutela.account.contact_summary.v1")
            try fields.allow(varints: 0b1111_1111_1110, slices: 0)
            event.kind = .accountContactSummary
            let start = try fields.time(1)
            guard start > 0, try fields.time(2) > start else { throw Uncommon() }
            event.amount = Int64(try fields.number(3, upTo: UInt64(UInt32.max)))
            event.youngAmount = Int64(try fields.number(4, upTo: UInt64(UInt32.max)))
        default: throw Uncommon()
        }
    }

    func group(_ message: WireFields, _ event: inout Event) throws(Uncommon) {
        let (number, fields) = try change(message, besides: 0b110, varints: 0b1000)
        switch number {
        case 12:
            try expect("tutela.group.member_added.v1")
            try fields.allow(varints: 0b1_1000, slices: 0b110)
            try member(.groupMemberAdded, fields, by: 2, &event)
            _ = try fields.number(3, upTo: 2)
            try age(fields, 4, .minor, &event)
        case 13:
            try expect("tutela.group.member_joined.v1")
            try fields.allow(varints: 0b1000, slices: 0b110)
            event.kind = .groupMemberJoined
            event.actor = try fields.id(1)
            event.related = try fields.optionalText(2).map { Subject(.inviteLink, $0) }
            try age(fields, 3, .minor, &event)
        case 14:
            try expect("tutela.group.member_refused.v1")
            try fields.allow(varints: 0b100, slices: 0b1010)
            try member(.groupMemberRefused, fields, by: 3, &event)
            _ = try fields.number(2, upTo: 2)
        case 15:
            try expect("tutela.group.member_left.v1")
            try fields.allow(varints: 0b100, slices: 0b10)
            try member(.groupMemberLeft, fields, by: 0, &event)
            event.actor = event.related?.id
        case 16:
            try expect("tutela.group.member_removed.v1")
            try fields.allow(varints: 0, slices: 0b110)
            try member(.groupMemberRemoved, fields, by: 2, &event)
        case 17:
            try expect("tutela.group.admin_changed.v1")
            try fields.allow(varints: 0b100, slices: 0b1010)
            try member(.groupAdminChanged, fields, by: 3, &event)
            if fields.number(2) != 0 { event.flags.insert(.granted) }
        default: throw Uncommon()
        }
    }

    func invite(_ message: WireFields, _ event: inout Event) throws(Uncommon) {
        let (number, fields) = try change(message, besides: 0b1110)
        switch number {
        case 10:
            try expect("tutela.invite.created.v1")
            try fields.allow(varints: 0b1_1100, slices: 0b10)
            _ = try fields.time(2)
            if let creator = try fields.optionalText(1) { event.actor = creator }
        case 12:
            try expect("tutela.invite.joined.v1")
            try fields.allow(varints: 0b100, slices: 0b10)
            event.kind = .linkJoined
            event.actor = try fields.id(1)
            try age(fields, 2, .minor, &event)
        case 13:
            try expect("tutela.invite.sighted.v1")
            try fields.allow(varints: 0b1_0010, slices: 0b1100)
            event.kind = .linkSighted
            _ = try fields.time(4)
            try place(fields, &event)
        case 14:
            try expect("tutela.invite.gone.v1")
            try fields.allow(varints: 0b10, slices: 0b1100)
            event.kind = .linkGone
            try place(fields, &event)
        default: throw Uncommon()
        }
    }

    func report(_ message: WireFields, _ event: inout Event) throws(Uncommon) {
        let (number, fields) = try change(message, besides: 0b1_1110)
        _ = try message.ascii(3)
        event.sourceToken = try message.optionalText(4)
        switch number {
        case 12:
            try expect("tutela.report.blocked.v1")
            try fields.allow(varints: 0b110, slices: 0)
            _ = try fields.number(2, upTo: 8)
            event.kind = .accountBlocked
        case 13:
            try expect("tutela.report.unblocked.v1")
            try fields.allow(varints: 0, slices: 0)
            event.kind = .accountUnblocked
        default: throw Uncommon()
        }
    }

    private func member(
        _ kind: EventKind, _ fields: WireFields, by number: Int, _ event: inout Event
    ) throws(Uncommon) {
        event.kind = kind
        event.related = Subject(.account, try fields.id(1))
        if number > 0, let account = try fields.optionalText(number) { event.actor = account }
    }

    /// Numbers 1 to 3 and 5 of `AgeBand` are minors.
    private func age(
        _ fields: WireFields, _ number: Int, _ flag: EventFlags, _ event: inout Event
    ) throws(Uncommon) {
        let band = try fields.number(number, upTo: 5)
        if band != 0, band != 4 { event.flags.insert(flag) }
    }

    private func place(_ fields: WireFields, _ event: inout Event) throws(Uncommon) {
        let number = try fields.number(1, upTo: 7)
        guard number > 0, let place = PBSightingSourceClass(rawValue: Int(number)) else {
            throw Uncommon()
        }
        event.sourceClass = place.word
        event.category = UInt8(number)
        event.sourceToken = try fields.id(2)
        if try !fields.ascii(3).isEmpty { event.flags.insert(.crawler) }
    }
}
