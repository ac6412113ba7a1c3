import SafetyModel

extension Testimony {
    /// At least as many bytes as the compact form has.
    var encodedLimit: Int {
        let number = StateWriter.numberLimit
        return 3 * number + 24 * arrivals.count
            + filed.reduce(0) { $0 + 2 + 2 * number + $1.subject.id.utf8.count }
            + witnesses.reduce(0) { $0 + 1 + 2 * number + $1.account.utf8.count }
    }

    /// - Parameter base: times are written as how long they are before it.
    func encode(_ base: Instant, _ writer: inout StateWriter) {
        writer.number(UInt64(filed.count))
        for report in filed {
            writer.byte(report.subject.kind.rawValue)
            writer.text(report.subject.id)
            writer.byte(report.finding.rawValue)
            writer.signed(base.milliseconds &- report.time.milliseconds)
        }
        writer.number(UInt64(witnesses.count))
        for witness in witnesses {
            writer.byte(witness.isTold ? 1 : 0)
            writer.signed(base.milliseconds &- witness.time.milliseconds)
            writer.text(witness.account)
        }
        writer.number(UInt64(arrivals.count))
        for arrival in arrivals {
            writer.fixed(arrival.mark)
            writer.fixed(arrival.party)
            writer.fixed(arrival.name)
        }
    }

    /// Reads what `encode` wrote.
    init(_ reader: inout StateReader, _ base: Instant) throws(StateError) {
        var filed: [FiledReport] = []
        for _ in 0..<(try reader.count(limit: Self.limit)) {
            guard let kind = SubjectKind(rawValue: try reader.byte()) else {
                throw StateError(.malformed)
            }
            let subject = Subject(kind, try reader.text())
            guard let finding = Finding(rawValue: try reader.byte()) else {
                throw StateError(.malformed)
            }
            let time = Instant(milliseconds: base.milliseconds &- (try reader.signed()))
            filed.append(FiledReport(subject: subject, time: time, finding: finding))
        }
        var witnesses: [Witness] = []
        for _ in 0..<(try reader.count(limit: Self.limit + Self.toldLimit)) {
            let isTold = try reader.byte()
            guard isTold <= 1 else { throw StateError(.malformed) }
            let time = Instant(milliseconds: base.milliseconds &- (try reader.signed()))
            witnesses.append(
                Witness(account: try reader.text(), time: time, isTold: isTold == 1))
        }
        var arrivals: [Arrival] = []
        for _ in 0..<(try reader.count(limit: Self.limit)) {
            arrivals.append(
                Arrival(
                    mark: try reader.fixed(), party: try reader.fixed(), name: try reader.fixed()))
        }
        self.init(filed: filed, witnesses: witnesses, arrivals: arrivals)
    }
}
