internal import EventSchemas
package import SafetyModel

extension EnforceCore {
    /// Decides on a verdict whose signature is checked.
    /// - Parameters:
    ///   - bankVersion: of Enforce's own snapshot.
    ///   - now: the record's log time.
    package mutating func decide(
        _ verdict: Verdict, bankVersion: Int64, at now: Instant
    ) -> EnforceResult {
        if state.decision(verdict.id) != nil { return EnforceResult(outcome: .duplicate) }
        state.forget(at: now)
        var ruling = Ruling(verdict, bankVersion: bankVersion, at: now)
        for id in verdict.proposals {
            if let row = state.decision(id) { ruling.considered.append(row) }
            if let bytes = state.held(id), let proposal = proposal(bytes) {
                ruling.proposals.append(proposal)
            }
        }
        considerOverturned(&ruling)
        var decision = DecisionRow(
            origin: verdict.id, isVerdict: true, sequence: 0, time: now, target: verdict.subject,
            eventTime: verdict.time, incident: ruling.incident, evidence: bounded(ruling.evidence))
        var result = EnforceResult(outcome: .assessed)
        switch verdict.outcome {
        case .confirm: confirm(ruling, &decision, &result)
        case .overturn:
            overturn(ruling, &result)
            protect(ruling, &decision, &result)
        case .renew: renew(ruling, &decision, &result)
        case .dismiss: protect(ruling, &decision, &result)
        case .needMore: break
        }
        tellReporters(ruling, &result)
        withdraw(ruling, &result)
        lift(ruling, &result)
        shield(ruling, &decision)
        state.record(decision)
        return result
    }

    private func proposal(_ bytes: [UInt8]) -> Proposal? {
        let type = Array(EventType.proposal.utf8)
        return bytes.withUnsafeBytes { value in
            type.withUnsafeBytes { type in
                try? decoder.proposal(
                    RecordView(
                        value: value, eventType: type, timestamp: Instant(milliseconds: 0),
                        topic: "", partition: 0, offset: 0))
            }
        }
    }

    /// Who lifts a decision has considered what it rests on, on the subject that it touched.
    private func considerOverturned(_ ruling: inout Ruling) {
        guard ruling.verdict.outcome == .overturn else { return }
        var seen = Set(ruling.considered.map(\.origin))
        for id in ruling.verdict.overturned {
            guard let row = state.enforcement(id) else { continue }
            let value = row.enforcement
            guard let origin = value.verdict ?? value.proposal, seen.insert(origin).inserted,
                let decision = state.decision(origin)
            else { continue }
            ruling.considered.append(decision)
        }
    }

    /// A standing verdict shields what it considered, on its subject and on all it considered (I9).
    private mutating func shield(_ ruling: Ruling, _ decision: inout DecisionRow) {
        switch ruling.verdict.outcome {
        case .confirm, .overturn, .dismiss: break
        case .renew, .needMore: return
        }
        var until = ruling.now + settings.shield
        if let end = ruling.validUntil, end < until { until = end }
        let shield = Shield(
            verdict: ruling.verdict.id, role: ruling.verdict.role, asOf: ruling.verdict.time,
            until: until, covered: decision.evidence)
        for subject in ruling.subjects {
            var shields = state.shields(subject).filter { $0.until > ruling.now }
            shields.append(shield)
            if shields.count > settings.limits.shields { shields.removeFirst() }
            state.set(shields, for: subject)
            decision.shielded.append(subject)
        }
    }

    /// Learned entries leave the learned bank; others are no evidence any more for Enforce.
    private mutating func withdraw(_ ruling: Ruling, _ result: inout EnforceResult) {
        for entry in ruling.verdict.entries where entry.operation == .remove {
            let name = EntryName(bank: entry.bank, entry: entry.entry)
            var row = state.entry(name)
            if name.bank == settings.learnedBank {
                guard !row.teachers.isEmpty else { continue }
                row.teachers = []
                removeEntry(name, ruling, &result)
            } else {
                row.isWithdrawn = true
            }
            state.set(row, for: name)
        }
    }

    /// Entries that a human says may be relied on again: whatever Enforce held against them ends, and
    /// the topic tells all others.
    private mutating func lift(_ ruling: Ruling, _ result: inout EnforceResult) {
        for entry in ruling.message?.liftEntries ?? [] {
            let name = EntryName(bank: entry.bank, entry: entry.entryID)
            var row = state.entry(name)
            row.quarantinedUntil = nil
            row.quarantinedAt = 0
            row.isWithdrawn = false
            state.set(row, for: name)
            state.reset(.entry(name))
            result.issues.append(
                .quarantine(
                    EntryQuarantine(
                        bank: name.bank, entry: name.entry, isQuarantined: false,
                        reason: .verdict),
                    origin: ruling.verdict.id, verdict: ruling.verdict.id,
                    time: ruling.verdict.time))
        }
    }

    mutating func learn(
        _ ruling: Ruling, _ decision: inout DecisionRow, _ result: inout EnforceResult
    ) {
        let named = ruling.verdict.entries.filter { $0.operation != .remove }
        for entry in named + icons(of: ruling) {
            var entry = entry
            entry.bank = settings.learnedBank
            let name = EntryName(bank: entry.bank, entry: entry.entry)
            var row = state.entry(name)
            guard !row.teachers.contains(ruling.verdict.id) else { continue }
            if row.teachers.isEmpty {
                result.issues.append(
                    .entry(entry, verdict: ruling.verdict.id, time: ruling.verdict.time))
            }
            row.teachers.append(ruling.verdict.id)
            state.set(row, for: name)
            decision.learned.append(name)
        }
    }

    func removeEntry(
        _ name: EntryName, _ ruling: Ruling, _ result: inout EnforceResult
    ) {
        result.issues.append(
            .entry(
                .removal(
                    bank: name.bank, entry: name.entry,
                    listVersion: ruling.verdict.id.description),
                verdict: ruling.verdict.id, time: ruling.verdict.time))
    }
}

/// A verdict with what Enforce remembers of what it considered.
struct Ruling {
    let verdict: Verdict
    let message: PBVerdict?
    let bankVersion: Int64
    let now: Instant
    var considered: [DecisionRow] = []
    var proposals: [Proposal] = []

    init(_ verdict: Verdict, bankVersion: Int64, at now: Instant) {
        self.verdict = verdict
        message = verdict.message
        self.bankVersion = bankVersion
        self.now = now
    }

    var validUntil: Instant? {
        guard let message, message.validUntilUnixMs > 0 else { return nil }
        return Instant(milliseconds: message.validUntilUnixMs)
    }

    var incident: ContentID {
        proposals.first?.incident ?? considered.first?.incident
            ?? .incident(
                subject: .subject(verdict.subject), harm: verdict.harm,
                day: verdict.time.milliseconds / 86_400_000)
    }

    var region: String {
        if let region = proposals.first?.region { return region }
        return String((message?.actorSnapshot.region ?? "").prefix(2))
    }

    /// What the verdict considered: the proposals' evidence and the files it names.
    var evidence: [ContentID] {
        var keys = considered.flatMap(\.evidence)
        for media in message?.consideredMedia ?? [] {
            guard
                let algorithm = HashAlgorithm(rawValue: UInt8(clamping: media.algorithm.rawValue)),
                !media.digest.isEmpty
            else { continue }
            keys.append(Corroborator.evidenceKey(MediaDigest(algorithm, [UInt8](media.digest))))
        }
        return keys
    }

    /// Subject and targets, without repeats, in order.
    var subjects: [Subject] {
        var seen: Set<Subject> = []
        let all = [verdict.subject] + considered.map(\.target) + verdict.actions.map(\.target)
        return all.filter { seen.insert($0).inserted }
    }
}
