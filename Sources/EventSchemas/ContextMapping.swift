public import SafetyModel
internal import SwiftProtobuf

extension PBEventContext {
    func check() throws(Rejection) {
        try Check.token(actorAccountID, "context.actor_account_id")
        try Check.token(deviceToken, "context.device_token")
        try Check.region(region, "context.region")
        if hasSession { try session.check("context.session") }
        if hasActorSnapshot { try actorSnapshot.check("context.actor_snapshot") }
    }
}

extension PBSession {
    func check(_ field: String) throws(Rejection) {
        try Check.token(addressToken, "\(field).address_token")
        if port > 65_535 { throw Rejection(.outOfRange, field: "\(field).port") }
        if hasAt { try Check.zoned(at, "\(field).at") }
        try Check.known(kind, "\(field).kind")
        try Check.known(possibleProxy, "\(field).possible_proxy")
    }
}

extension PBActorSnapshot {
    func check(_ field: String) throws(Rejection) {
        try Check.id(accountID, "\(field).account_id")
        try Check.time(registeredUnixMs, "\(field).registered_unix_ms")
        try Check.known(ageBand, "\(field).age_band")
        try Check.known(ageSource, "\(field).age_source")
        try Check.time(lastDeviceChangeUnixMs, "\(field).last_device_change_unix_ms")
        try Check.time(lastNumberChangeUnixMs, "\(field).last_number_change_unix_ms")
        try Check.time(reportedThreatenedUnixMs, "\(field).reported_threatened_unix_ms")
        try Check.token(espService, "\(field).esp_service")
        try Check.token(deviceToken, "\(field).device_token")
        try Check.region(region, "\(field).region")
        try Check.count(sessions.count, atMost: Limits.sessions, "\(field).sessions")
        for (index, session) in sessions.enumerated() {
            try session.check("\(field).sessions[\(index)]")
        }
        try Check.count(
            priorNcmecReportIds.count, atMost: Limits.priorReports,
            "\(field).prior_ncmec_report_ids")
    }
}

extension PBAgeBand {
    /// Asserted, estimated or verified: all count (I13).
    public var isMinor: Bool {
        switch self {
        case .under13, .ageBand13To15, .ageBand16To17, .minor: true
        case .unspecified, .adult, .UNRECOGNIZED: false
        }
    }
}

extension ActorFacts {
    /// The facts for the role.
    /// - Parameter time: the event's, for a reported threat that has no time of its own.
    public init(_ wire: PBActorSnapshot, at time: Instant) {
        func instant(_ milliseconds: Int64) -> Instant? {
            milliseconds == 0 ? nil : Instant(milliseconds: milliseconds)
        }
        let threat = instant(wire.reportedThreatenedUnixMs)
        self.init(
            account: wire.accountID, registered: instant(wire.registeredUnixMs),
            isMinor: wire.ageBand.isMinor,
            lastDeviceChange: instant(wire.lastDeviceChangeUnixMs),
            lastNumberChange: instant(wire.lastNumberChangeUnixMs),
            reportedThreat: threat ?? (wire.reportedThreatened ? time : nil),
            priorEnforcements: Int64(wire.priorEnforcements))
    }

    /// What the facts alone can tell; used where the full snapshot is not at hand.
    var wire: PBActorSnapshot {
        var wire = PBActorSnapshot()
        wire.accountID = account
        wire.registeredUnixMs = registered?.milliseconds ?? 0
        wire.ageBand = isMinor ? .minor : .unspecified
        wire.lastDeviceChangeUnixMs = lastDeviceChange?.milliseconds ?? 0
        wire.lastNumberChangeUnixMs = lastNumberChange?.milliseconds ?? 0
        wire.reportedThreatened = reportedThreat != nil
        wire.reportedThreatenedUnixMs = reportedThreat?.milliseconds ?? 0
        wire.priorEnforcements = UInt32(clamping: priorEnforcements)
        return wire
    }
}

extension Evidence {
    /// `contextWire` as a message; nil where there is none.
    public var context: PBEventContext? {
        contextWire.isEmpty ? nil : try? PBEventContext(serializedBytes: contextWire)
    }

    /// `reportWire` as a message; nil where there is none.
    public var report: PBReportFiled? {
        reportWire.isEmpty ? nil : try? PBReportFiled(serializedBytes: reportWire)
    }

    /// The full snapshot of an account, from wherever the event carried one.
    public func snapshot(of account: String) -> PBActorSnapshot? {
        if let context, context.hasActorSnapshot, context.actorSnapshot.accountID == account {
            return context.actorSnapshot
        }
        return report?.snapshots.first { $0.accountID == account }
    }

    /// The facts about an account, from wherever the event carried a snapshot of it.
    /// - Parameter time: the event's.
    public func facts(about account: String, at time: Instant) -> ActorFacts? {
        if let snapshot, snapshot.account == account { return snapshot }
        return self.snapshot(of: account).map { ActorFacts($0, at: time) }
    }
}
