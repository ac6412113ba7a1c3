import HashLists
import SafetyModel
import Testing

@Suite("Imports")
struct ImportTests {
    private let settings = ImportSettings(
        bank: "list-a", category: .csam, source: "source-a", listVersion: "1")

    private func empty() -> ListImport {
        ListImport(settings, table: BankTable(bank: "list-a", source: "source-a"))
    }

    /// A second run: the bank as the first left it.
    private func again(_ changes: [EntryChange]) -> ListImport {
        var table = BankTable(bank: "list-a", source: "source-a")
        for change in changes { table.note(change.entry, change.origin) }
        return ListImport(settings, table: table)
    }

    private func csv(_ rows: String...) -> String {
        (["entry_id,algorithm,digest,changed,removed"] + rows).joined(separator: "\n") + "\n"
    }

    @Test("What stands already is not published again, whatever version the list has now")
    func idempotent() throws {
        let text = csv("a,md5,\(digits(1, 16)),,", "b,sha1,\(digits(2, 20)),,")
        var first = empty()
        let changes = try take(.csv, text, into: &first).changes
        #expect(changes.map(\.line) == ["add a", "add b"])
        #expect(changes.allSatisfy { $0.entry.category == .csam && $0.entry.listVersion == "1" })
        var second = again(changes)
        #expect(try take(.csv, text, into: &second).changes.isEmpty)
        #expect(second.counts.unchanged == 2)
        var newer = settings
        newer.listVersion = "2"
        var third = ListImport(newer, table: second.table)
        #expect(try take(.csv, text, into: &third).changes.isEmpty)
    }

    @Test("A stop after any number of changes and another run give what one run gives")
    func resumes() throws {
        let text = csv(
            "a,md5,\(digits(1, 16)),,", "b,md5,\(digits(2, 16)),,", "a,md5,\(digits(3, 16)),,",
            "c,md5,\(digits(4, 16)),,", "b,,,,true")
        var whole = empty()
        let all = try take(.csv, text, into: &whole)
        #expect(all.changes.map(\.line) == ["add a", "add b", "add c"])
        #expect(all.issues.count == 2, "a second word on an entry without times is rejected")
        for count in 0...all.changes.count {
            let done = Array(all.changes.prefix(count))
            var rest = again(done)
            #expect(try done + take(.csv, text, into: &rest).changes == all.changes)
        }
    }

    @Test("The later time wins in whatever order pages come, removals too")
    func timeDecides() throws {
        let early = "2026-01-05T00:00:00Z"
        let late = "2026-01-06T00:00:00Z"
        var list = empty()
        var changes = try take(
            .hashSharing, page(image("a", at: late, md5: 1), deleted("b", at: late)), into: &list
        ).changes
        #expect(changes.map(\.line) == ["add 7/a/md5", "remove 7/b/md5"])
        #expect(list.counts.tombstones == 1)
        let old = page(image("a", at: early, md5: 9), image("b", at: early, md5: 2))
        #expect(try take(.hashSharing, old, into: &list).changes.isEmpty)
        #expect(list.counts.older == 2)
        var next = again(changes)
        #expect(try take(.hashSharing, old, into: &next).changes.isEmpty, "in another run too")
        let newer = page(image("b", at: "2026-01-07T00:00:00Z", md5: 2))
        changes += try take(.hashSharing, newer, into: &next).changes
        #expect(changes.last?.line == "add 7/b/md5")
    }

    @Test("An update takes away the fingerprints that it does not hold any more")
    func fingerprints() throws {
        var list = empty()
        try take(
            .hashSharing, page(image("a", at: "2026-01-05T00:00:00Z", md5: 1, pdq: 2)), into: &list)
        let update = page(image("a", at: "2026-01-06T00:00:00Z", pdq: 3))
        let changes = try take(.hashSharing, update, into: &list).changes
        #expect(changes.map(\.line) == ["change 7/a/pdq", "remove 7/a/md5"])
        let gone = page(deleted("a", at: "2026-01-07T00:00:00Z"))
        #expect(try take(.hashSharing, gone, into: &list).changes.map(\.line) == ["remove 7/a/pdq"])
    }

    @Test("The operator's own word changes entries that the list left as they are")
    func settingsChange() throws {
        let text = page(image("a", at: "2026-01-05T00:00:00Z", md5: 1))
        var first = empty()
        let changes = try take(.hashSharing, text, into: &first).changes
        var other = settings
        other.memberCategories = ["7": .minorSubmitted]
        var second = ListImport(other, table: again(changes).table)
        let changed = try take(.hashSharing, text, into: &second).changes
        #expect(changed.map(\.line) == ["change 7/a/md5"])
        #expect(changed.map(\.entry.category) == [.minorSubmitted])
        #expect(changed.map(\.origin.memberID) == ["7"])
    }

    @Test("A complete list takes away its own entries that it does not name, and no others")
    func missing() throws {
        var first = empty()
        let text = csv(
            "a,md5,\(digits(1, 16)),,", "b,md5,\(digits(2, 16)),,", "c,md5,\(digits(3, 16)),,")
        var changes = try take(.csv, text, into: &first).changes
        var foreign = changes[0]
        foreign.entry.entry = "x"
        foreign.entry.source = "source-b"
        changes.append(foreign)
        var second = again(changes)
        let partial = csv("a,md5,\(digits(1, 16)),,", "b,md5,\(digits(2, 15)),,")
        #expect(try take(.csv, partial, into: &second).issues.count == 1)
        #expect((second.table.ownCount, second.table.missingCount) == (3, 1))
        let removed = ["a", "b", "c", "x", "c"].compactMap { second.missing($0)?.line }
        #expect(removed == ["remove c"], "b was rejected, so it stays as it stands")
    }

    @Test("Without a category for an entry nothing is guessed")
    func noCategory() throws {
        let none = ImportSettings(bank: "b", category: nil, source: "s", listVersion: "1")
        var list = ListImport(none, table: BankTable(bank: "b", source: "s"))
        let found = try take(.csv, csv("a,md5,\(digits(1, 16)),,"), into: &list)
        #expect(found.changes.isEmpty)
        #expect(found.issues.first?.hasPrefix("line 2, category") == true)
    }
}
