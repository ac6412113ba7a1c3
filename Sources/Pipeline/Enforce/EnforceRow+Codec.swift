internal import CyberTip
internal import SafetyModel
package import StateStore

/// How rows of Enforce lie in its changelog: a version, a kind, the fields.
package struct EnforceRowCodec: RowCodec {
    static let version: UInt8 = 2

    package init() {}

    package func encode(_ row: EnforceRow, to bytes: inout [UInt8]) {
        var writer = RowWriter()
        writer.put(Self.version)
        switch row {
        case .decision(let row): put(row, 1, &writer)
        case .enforcement(let row): put(row, 2, &writer)
        case .standing(let row): put(row, 3, &writer)
        case .budget(let row): put(row, 4, &writer)
        case .shields(let row): put(row, 5, &writer)
        case .tips(let row): put(row, 6, &writer)
        case .held(let row):
            writer.put(7 as UInt8)
            writer.put(row.sequence)
            writer.put(row.origin)
            writer.put(row.proposal)
        case .entry(let row):
            writer.put(8 as UInt8)
            writer.put(row.teachers) { $0.put($1) }
            writer.put(row.quarantinedUntil) { $0.put($1) }
            writer.put(row.quarantinedAt)
            writer.put(row.isWithdrawn)
        case .counter(let number):
            writer.put(9 as UInt8)
            writer.put(number)
        }
        bytes += writer.bytes
    }

    package func decode(_ bytes: UnsafeRawBufferPointer) throws(RowError) -> EnforceRow {
        var reader = RowReader(bytes)
        guard try reader.byte() == Self.version else { throw RowError("its version is unknown") }
        let row: EnforceRow
        switch try reader.byte() {
        case 1: row = .decision(try decision(&reader))
        case 2: row = .enforcement(try enforcement(&reader))
        case 3: row = .standing(try standing(&reader))
        case 4: row = .budget(try budget(&reader))
        case 5: row = .shields(ShieldRow(shields: try reader.list(shield)))
        case 6: row = .tips(TipRow(tips: try reader.list(tip)))
        case 7:
            row = .held(
                HeldRow(
                    sequence: try reader.number(), origin: try reader.id(),
                    proposal: try reader.data()))
        case 8:
            row = .entry(
                EntryRow(
                    teachers: try reader.list { reader throws(RowError) in try reader.id() },
                    quarantinedUntil: try reader.optional { reader throws(RowError) in
                        try reader.instant()
                    }, quarantinedAt: try reader.number(), isWithdrawn: try reader.flag()))
        case 9: row = .counter(try reader.number())
        default: throw RowError("its kind is unknown")
        }
        guard reader.isAtEnd else { throw RowError("it is too long") }
        return row
    }

    private func put(_ row: DecisionRow, _ kind: UInt8, _ writer: inout RowWriter) {
        writer.put(kind)
        writer.put(row.origin)
        writer.put(row.isVerdict)
        writer.put(row.sequence)
        writer.put(row.time)
        writer.put(row.target)
        writer.put(row.eventTime)
        writer.put(row.incident)
        writer.put(row.evidence) { $0.put($1) }
        writer.put(row.enforcements) { $0.put($1) }
        writer.put(row.entries, putName)
        writer.put(row.learned, putName)
        writer.put(row.shielded) { $0.put($1) }
    }

    private func decision(_ reader: inout RowReader) throws(RowError) -> DecisionRow {
        DecisionRow(
            origin: try reader.id(), isVerdict: try reader.flag(), sequence: try reader.number(),
            time: try reader.instant(), target: try reader.subject(),
            eventTime: try reader.instant(), incident: try reader.id(),
            evidence: try reader.list { reader throws(RowError) in try reader.id() },
            enforcements: try reader.list { reader throws(RowError) in try reader.id() },
            entries: try reader.list(name), learned: try reader.list(name),
            shielded: try reader.list { reader throws(RowError) in try reader.subject() })
    }

    private func putName(_ writer: inout RowWriter, _ name: EntryName) {
        writer.put(name.bank)
        writer.put(name.entry)
    }

    private func name(_ reader: inout RowReader) throws(RowError) -> EntryName {
        EntryName(bank: try reader.text(), entry: try reader.text())
    }

    private func put(_ row: EnforcementRow, _ kind: UInt8, _ writer: inout RowWriter) {
        let value = row.enforcement
        writer.put(kind)
        writer.put(value.id)
        writer.put(value.subject)
        writer.put(value.action.rawValue)
        writer.put(value.rule)
        writer.put(value.harm.rawValue)
        writer.put(value.mode.rawValue)
        writer.put(value.role.rawValue)
        writer.put(value.packDigest)
        writer.put(value.bankVersion)
        writer.put(value.proposal) { $0.put($1) }
        writer.put(value.verdict) { $0.put($1) }
        writer.put(value.reverses) { $0.put($1) }
        writer.put(value.expires) { $0.put($1) }
        writer.put(value.time)
        writer.put(value.evidence) { $0.put($1) }
        writer.put(value.region)
        writer.put(row.incident)
        writer.put(row.decided)
        writer.put(row.hops)
        writer.put(row.isConclusive)
        writer.put(row.reasons) { $0.put($1.rawValue) }
        writer.put(row.evidence)
        writer.put(row.tip) { $0.put($1) }
        writer.put(row.isPublished)
        writer.put(row.isFed)
        writer.put(row.isReversed)
    }

    private func enforcement(_ reader: inout RowReader) throws(RowError) -> EnforcementRow {
        let id = { (reader: inout RowReader) throws(RowError) in try reader.id() }
        let value = Enforcement(
            id: try reader.id(), subject: try reader.subject(),
            action: try reader.value(Action.self), rule: try reader.text(),
            harm: try reader.value(Harm.self), mode: try reader.value(Mode.self),
            role: try reader.value(Role.self), packDigest: try reader.data(),
            bankVersion: try reader.number(), proposal: try reader.optional(id),
            verdict: try reader.optional(id), reverses: try reader.optional(id),
            expires: try reader.optional { reader throws(RowError) in try reader.instant() },
            time: try reader.instant(),
            evidence: try reader.list { reader throws(RowError) in try reader.text() },
            region: try reader.text())
        return EnforcementRow(
            enforcement: value, incident: try reader.id(), decided: try reader.instant(),
            hops: try reader.byte(), isConclusive: try reader.flag(),
            reasons: try reader.list { reader throws(RowError) in
                try reader.value(ReviewReason.self)
            }, evidence: try reader.id(), tip: try reader.optional(id),
            isPublished: try reader.flag(), isFed: try reader.flag(),
            isReversed: try reader.flag())
    }
}

extension EnforceRowCodec {
    private func put(_ row: StandingRow, _ kind: UInt8, _ writer: inout RowWriter) {
        writer.put(kind)
        writer.put(row.subject)
        writer.put(row.action.rawValue)
        writer.put(row.mode.rawValue)
        writer.put(row.holders) { writer, holder in
            writer.put(holder.enforcement)
            writer.put(holder.expires) { $0.put($1) }
            writer.put(holder.evidence)
            writer.put(holder.isPublished)
        }
    }

    private func standing(_ reader: inout RowReader) throws(RowError) -> StandingRow {
        StandingRow(
            subject: try reader.subject(), action: try reader.value(Action.self),
            mode: try reader.value(Mode.self),
            holders: try reader.list { reader throws(RowError) in
                Holder(
                    enforcement: try reader.id(),
                    expires: try reader.optional { reader throws(RowError) in
                        try reader.instant()
                    }, evidence: try reader.id(), isPublished: try reader.flag())
            })
    }

    private func put(_ row: BudgetRow, _ kind: UInt8, _ writer: inout RowWriter) {
        func put(_ writer: inout RowWriter, _ bucket: BudgetRow.Bucket) {
            writer.put(bucket.index)
            writer.put(bucket.count)
        }
        writer.put(kind)
        writer.put(row.width)
        writer.put(row.quarters, put)
        writer.put(row.days, put)
    }

    private func budget(_ reader: inout RowReader) throws(RowError) -> BudgetRow {
        let bucket = { (reader: inout RowReader) throws(RowError) in
            BudgetRow.Bucket(index: try reader.number(), count: try reader.number())
        }
        return BudgetRow(
            width: try reader.number(), quarters: try reader.list(bucket),
            days: try reader.list(bucket))
    }

    private func put(_ row: ShieldRow, _ kind: UInt8, _ writer: inout RowWriter) {
        writer.put(kind)
        writer.put(row.shields) { writer, shield in
            writer.put(shield.verdict)
            writer.put(shield.role.rawValue)
            writer.put(shield.asOf)
            writer.put(shield.until)
            writer.put(shield.covered) { $0.put($1) }
        }
    }

    private func shield(_ reader: inout RowReader) throws(RowError) -> Shield {
        Shield(
            verdict: try reader.id(), role: try reader.value(Role.self),
            asOf: try reader.instant(), until: try reader.instant(),
            covered: try reader.list { reader throws(RowError) in try reader.id() })
    }

    private func put(_ row: TipRow, _ kind: UInt8, _ writer: inout RowWriter) {
        writer.put(kind)
        writer.put(row.tips) { writer, published in
            let tip = published.tip
            writer.put(tip.id)
            writer.put(tip.account)
            writer.put(tip.service)
            writer.put(tip.incident)
            writer.put(tip.harm.rawValue)
            writer.put(Int64(tip.incidentType))
            writer.put(Int64(tip.incidentTypeSource))
            writer.put(tip.time.instant)
            writer.put(Int64(tip.time.offsetMinutes))
            writer.put(Int64(tip.timeMeaning))
            writer.put(Int64(tip.discovery))
            writer.put(tip.detected)
            writer.put(tip.knowledge)
            writer.put(tip.enforcement)
            writer.put(tip.evidence)
            writer.put(tip.region)
            writer.put(published.isByVerdict)
            writer.put(published.isCorrected)
        }
    }

    private func tip(_ reader: inout RowReader) throws(RowError) -> TipRow.Published {
        let tip = TipSummary(
            id: try reader.id(), account: try reader.text(), service: try reader.text(),
            incident: try reader.id(), harm: try reader.value(Harm.self),
            incidentType: Int(try reader.number()), incidentTypeSource: Int(try reader.number()),
            time: ZonedInstant(
                instant: try reader.instant(), offsetMinutes: Int(try reader.number())),
            timeMeaning: Int(try reader.number()), discovery: Int(try reader.number()),
            detected: try reader.instant(), knowledge: try reader.instant(),
            enforcement: try reader.id(), evidence: try reader.data(), region: try reader.text())
        return TipRow.Published(
            tip: tip, isByVerdict: try reader.flag(), isCorrected: try reader.flag())
    }
}
