import EventSchemas
import FileLog
import Foundation
import HashLists
import SafetyModel
import Streaming

/// Carries a list over to the topic: reads the bank, compares, publishes in transactions.
struct ImportRun {
    /// Records of one transaction (I11).
    static let transactionRecords = 2_000
    private static let transactionBytes = 1 << 20
    private static let chunkBytes = 256 << 10

    let log: ToolLog
    let settings: ImportSettings
    let screen: Screen
    let isDryRun: Bool
    let show: Int

    /// - Parameter share: of a complete list: the most to remove, in per cent; nil for one that is not.
    /// - Throws: `Finding` where something was rejected or not removed.
    func run(_ files: [(path: String, format: ListFormat)], removing share: Int?) async throws {
        let topic = BankTopic(log)
        // Opened first: it settles what a killed import left open, before the bank is read.
        let writer =
            try await isDryRun ? nil : log.writer(named: "import-\(settings.bank)")
        do {
            var state = State(
                list: ListImport(settings, table: try await table(of: topic)), writer: writer,
                now: .now)
            for file in files { try await read(file.path, file.format, topic, &state) }
            var refusal: String?
            if let share { refusal = try await removeMissing(share, topic, &state) }
            try await state.flush()
            screen.progress("")
            summarise(state)
            try report(state, refusal)
        } catch {
            await writer?.close()
            throw error
        }
        await writer?.close()
    }

    private struct State {
        var list: ListImport
        var writer: (any LogWriter)?
        var now: Instant
        var output = OutputBatch()
        var shown = 0
        var brokenFiles = 0

        mutating func flush() async throws {
            guard !output.isEmpty else { return }
            try await writer?.write(output)
            output = OutputBatch()
        }

        mutating func append(_ changes: [EntryChange], _ topic: BankTopic) {
            for change in changes { topic.append(change, by: "import", at: now, to: &output) }
        }

        var isFull: Bool {
            output.count >= ImportRun.transactionRecords
                || output.bytes.count >= ImportRun.transactionBytes
        }
    }

    private func table(of topic: BankTopic) async throws -> BankTable {
        var table = BankTable(bank: settings.bank, source: settings.source)
        if isDryRun, case .directory(let files) = log.place,
            try await files.partitionCount(of: topic.topic) == nil
        {
            return table
        }
        try await topic.forEach { item in
            if case .entry(let entry) = item.update { table.note(entry, item.origin) }
        } progress: { position, end in
            screen.progress("reading the bank  \(percent(position, of: end))")
        }
        return table
    }

    private func read(
        _ path: String, _ format: ListFormat, _ topic: BankTopic, _ state: inout State
    ) async throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64 ?? 0
        var parser = format.parser()
        var done: Int64 = 0
        while let bytes = try file.read(upToCount: Self.chunkBytes), !bytes.isEmpty {
            var records: [ListRecord] = []
            try parser.feed([UInt8](bytes)) { records.append($0) }
            try await take(records, path, topic, &state)
            done += Int64(bytes.count)
            let counts = state.list.counts
            screen.progress(
                "\(path)  \(percent(done, of: size))  \(grouped(counts.added)) added  "
                    + "\(grouped(counts.unchanged)) unchanged  \(grouped(counts.rejected)) rejected"
            )
        }
        var records: [ListRecord] = []
        try parser.finish { records.append($0) }
        try await take(records, path, topic, &state)
    }

    private func take(
        _ records: [ListRecord], _ path: String, _ topic: BankTopic, _ state: inout State
    ) async throws {
        for record in records {
            let found = state.list.take(record)
            if let issue = found.issue {
                if issue.endsFile { state.brokenFiles += 1 }
                name(issue, path, &state)
            }
            state.append(found.changes, topic)
            if state.isFull { try await state.flush() }
        }
    }

    private func name(_ issue: ListIssue, _ path: String, _ state: inout State) {
        state.shown += 1
        guard state.shown <= show else { return }
        screen.progress("")
        screen.line("\(screen.paint("rejected", .yellow))  \(path): \(issue)")
    }

    private func percent(_ part: Int64, of whole: Int64) -> String {
        "\(whole > 0 ? min(100, part * 100 / whole) : 100) %"
    }
}

extension ImportRun {
    /// - Returns: why nothing was removed; nil where it was.
    private func removeMissing(
        _ share: Int, _ topic: BankTopic, _ state: inout State
    ) async throws -> String? {
        let table = state.list.table
        let missing = table.missingCount
        guard missing > 0 else { return nil }
        if state.brokenFiles > 0 || state.list.counts.unnamed > 0 {
            return
                "\(grouped(missing)) entries are missing from the list, but parts of it could not "
                + "be read: none was removed"
        }
        // `ownCount` holds what this run added, so the share is taken of what there is now.
        guard missing * 100 <= share * table.ownCount else {
            return "\(grouped(missing)) of \(grouped(table.ownCount)) entries are missing from the "
                + "list, more than \(share) %: none was removed; if that is right, say "
                + "--maximum-removals"
        }
        try await state.flush()
        var ids: [String] = []
        try await topic.forEach { item in
            guard case .entry(let entry) = item.update, entry.bank == settings.bank,
                entry.operation != .remove, let change = state.list.missing(entry.entry)
            else { return }
            ids.append(change.entry.entry)
        }
        for id in ids {
            state.append([removal(id)], topic)
            if state.isFull { try await state.flush() }
        }
        return nil
    }

    private func removal(_ id: String) -> EntryChange {
        EntryChange(
            entry: .removal(bank: settings.bank, entry: id, listVersion: settings.listVersion),
            origin: EntryOrigin())
    }

    private func summarise(_ state: State) {
        let counts = state.list.counts
        screen.line(
            screen.paint("bank \(settings.bank)", .bold)
                + (isDryRun ? "  nothing was written (--dry-run)" : ""))
        var rows: [(String, Int, Screen.Style?)] = [
            ("added", counts.added, .green), ("changed", counts.changed, .green),
            ("removed", counts.removed, .green), ("unchanged", counts.unchanged, nil),
        ]
        if counts.tombstones > 0 { rows.append(("removed unseen", counts.tombstones, nil)) }
        if counts.older > 0 { rows.append(("older states", counts.older, nil)) }
        if counts.withoutDigest > 0 {
            rows.append(("without a usable digest", counts.withoutDigest, nil))
        }
        rows.append(("rejected", counts.rejected, counts.rejected > 0 ? .yellow : nil))
        var table = Table()
        for (name, count, style) in rows {
            table.add(.init(name), .init(grouped(count), count > 0 ? style : nil))
        }
        for line in table.lines(screen) { screen.line(line) }
    }

    private func report(_ state: State, _ refusal: String?) throws {
        var findings: [String] = []
        let rejected = state.list.counts.rejected
        if rejected > 0 {
            findings.append("\(grouped(rejected)) entries of the list could not be used")
        }
        if let refusal { findings.append(refusal) }
        if !findings.isEmpty { throw Finding(text: findings.joined(separator: "; ")) }
    }
}
