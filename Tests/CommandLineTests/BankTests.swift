import EventSchemas
import FileLog
import Foundation
import SafetyModel
import Streaming
import Testing

/// A bank in a directory, worked on as a user does. Digests are one byte again and again.
private struct Bank {
    let folder: URL
    var log: String { folder.appending(path: "log").path() }

    func write(_ name: String, _ text: String) throws -> String {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path()
    }

    func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(
            ["bank", arguments[0], "--dir", log] + arguments.dropFirst(),
            environment: ["TUTELA_SEALING_KEY": String(repeating: "ab", count: 32)])
    }

    func importing(_ file: String, _ more: String...) throws -> Program.Result {
        try Program.run(["bank", "import", "--dir", log, "--bank", "list-a", file] + more)
    }
}

private func digits(_ byte: String, _ count: Int) -> String {
    String(repeating: byte, count: count)
}

private let header = "entry_id,algorithm,digest,category\n"

private func withBank(_ body: (Bank) throws -> Void) throws {
    try Program.withDirectory { try body(Bank(folder: $0)) }
}

/// Offsets and keys of the topic.
private func keys(_ log: String) async throws -> [String] {
    let files = try FileLog(directory: log, durability: .system, clock: { 0 })
    defer { files.close() }
    let reader = try await files.openReader(
        TopicPartition("safety.hash-entries.v1", 0), from: 0, follow: false)
    var keys: [String] = []
    while let chunk = try await reader.next() {
        for index in 0..<chunk.count {
            keys.append(String(decoding: chunk[index].bytes(of: .key) ?? [], as: UTF8.self))
        }
    }
    return keys
}

/// Puts this many entries of list-a under quarantine, one after the other.
private func hold(_ count: Int, in log: String) async throws {
    let files = try FileLog(directory: log, durability: .system, clock: { 0 })
    defer { files.close() }
    let writer = try await files.openWriter()
    var output = OutputBatch()
    for number in 0..<count {
        let word = EntryQuarantine(
            bank: "list-a", entry: "entry-\(number)", isQuarantined: true, reason: .operation)
        output.append(
            topic: "safety.hash-entries.v1", partition: 0, key: Array(word.recordKey.utf8),
            value: PBHashEntryEvent(word).canonicalBytes(),
            headers: [
                Header("ce_specversion", "1.0"), Header("ce_id", "q-\(number)"),
                Header("ce_type", EventType.entryQuarantined), Header("ce_source", "/test"),
                Header("ce_time", Instant(milliseconds: 0).rfc3339),
                Header("content-type", "application/protobuf"),
            ])
        if output.count == 5_000 || number == count - 1 {
            try await writer.write(output)
            output = OutputBatch()
        }
    }
    await writer.close()
}

@Suite("Banks on the command line")
struct BankTests {
    @Test("A quarantine that more entries' than fit led to is told, and ends by name alone")
    func overflow() async throws {
        let folder = try Program.makeDirectory()
        defer { try? FileManager.default.removeItem(at: folder) }
        let bank = Bank(folder: folder)
        let list = try bank.write("l.csv", header + "a,md5,\(digits("01", 16)),csam\n")
        #expect(try bank.importing(list).status == 0)
        // 65,536 flags fit.
        try await hold(65_537, in: bank.log)
        func isHeld() throws -> Bool {
            try bank.run("stats", "--json").output.contains("\"bankQuarantined\":true")
        }
        #expect(try isHeld())
        let set = try bank.run("set", "list-a", "--distance", "20")
        #expect(set.output.contains("distance 20") && set.output.contains("under quarantine"))
        #expect(try isHeld())
        #expect(try !bank.run("set", "list-a", "--no-quarantined").output.contains("quarantine"))
        #expect(try !isHeld())
    }

    @Test("A list is imported, then nothing new is; what it rejects is named by line")
    func importing() throws {
        try withBank { bank in
            let list = try bank.write(
                "l.csv",
                header + "a,md5,\(digits("01", 16)),csam\nb,md5,oops,csam\n"
                    + "c,pdq,\(digits("03", 32)),lead\n")
            let dry = try bank.importing(list, "--dry-run")
            #expect(dry.status == 78, "there is no log to compare with yet")
            let first = try bank.importing(list)
            #expect(first.status == 1)
            #expect(
                first.output.contains(
                    "\(list): line 3, digest: wanted 32 hexadecimal digits for md5"))
            #expect(!first.output.contains("oops") && !first.error.contains("oops"))
            #expect(first.output.contains("added      2"))
            let again = try bank.importing(list)
            #expect(again.output.contains("added      0"))
            #expect(again.output.contains("unchanged  2"))
            let stats = try bank.run("stats", "--json")
            #expect(
                stats.output == """
                    {"banks":[{"algorithms":{"md5":1,"pdq":1},"bank":"list-a","bankQuarantined":false,\
                    "categories":{"csam":1,"lead":1},"distance":31,"enabled":true,"entries":2,\
                    "framePercentage":80,"listedFramePercentage":0,"qualityFloor":50,"quarantined":0,\
                    "shareable":false,\
                    "terms":""}],"version":2}

                    """)
        }
    }

    @Test("A complete list removes what it does not name, within a share, and only when asked")
    func complete() throws {
        try withBank { bank in
            let rows = (0..<20).map { "e\($0),md5,\(digits("0a", 15))\(10 + $0),csam\n" }
            let all = try bank.write("all.csv", header + rows.joined())
            let less = try bank.write("less.csv", header + rows.dropFirst().joined())
            let few = try bank.write("few.csv", header + rows.dropFirst(15).joined())
            #expect(try bank.importing(all).status == 0)
            #expect(try bank.importing(less).output.contains("removed     0"))
            let guarded = try bank.importing(few, "--complete")
            #expect(guarded.status == 1)
            #expect(guarded.error.contains("15 of 20 entries are missing"))
            #expect(try bank.importing(less, "--complete").output.contains("removed     1"))
            let rest = try bank.importing(few, "--complete", "--maximum-removals", "80")
            #expect(rest.status == 0, "\(rest.error)")
            #expect(rest.output.contains("removed    14"))
            let broken = try bank.write("broken.csv", header + "x,md5\n")
            let refused = try bank.importing(broken, "--complete", "--maximum-removals", "100")
            #expect(refused.status == 1)
            #expect(refused.error.contains("none was removed"))
        }
    }

    @Test("A match says what it rests on, what held it back, and whether it may be shared")
    func matching() throws {
        try withBank { bank in
            let pdq = digits("03", 32)
            let list = try bank.write(
                "l.csv",
                header + "n,pdq,\(pdq),csam\nx,sha256,\(pdq),csam\nm,md5,\(digits("05", 16)),lead\n"
            )
            #expect(try bank.importing(list, "--list-version", "v7").status == 0)
            let found = try bank.run("match", "02" + pdq.dropFirst(2), "--algorithm", "pdq")
            #expect(found.status == 0)
            #expect(
                found.output.contains(
                    "near  list-a/n  csam  pdq, distance 1 of 31, quality 100  "
                        + "source list-a, version v7"))
            #expect(found.output.contains("may not be shared"))
            #expect(try bank.run("match", digits("77", 32)).output.contains("no match"))
            #expect(try bank.run("set", "list-a", "--distance", "0").status == 0)
            let strict = try bank.run("match", "02" + pdq.dropFirst(2), "--algorithm", "pdq")
            #expect(strict.output.contains("no match"))
            #expect(try bank.run("set", "list-a", "--distance", "31").status == 0)
            let benign = try bank.write("b.csv", header + "ok,pdq,\(pdq),known_benign\n")
            _ = try Program.run([
                "bank", "import", "--dir", bank.log, "--bank", "fine", benign,
            ])
            let texts = try bank.write("d.txt", "pdq \(pdq) 80\nsha256 \(pdq)\n")
            let lines = try bank.run("match", texts).output
            #expect(lines.contains("held back  list-a/n"))
            #expect(lines.contains("by known benign fine/ok, pdq, distance 0 of 31"))
            #expect(lines.contains("exact  list-a/x"), "an exact match is never held back")
            let wrong = try bank.run("match", "zz")
            #expect(wrong.status == 78 && wrong.error.contains("this is no digest"))
        }
    }

    @Test("A list of a video's frames is one item, and matches by the share of its frames")
    func frames() throws {
        try withBank { bank in
            let columns = "entry_id,algorithm,digest,category,entry_key\n"
            let rows = (0..<10).map { "f\($0),vpdq,\(digits("\($0)c", 32)),csam,film\n" }
            let list = try bank.write("l.csv", columns + rows.joined())
            #expect(try bank.importing(list).status == 0)
            let half = try bank.write("half.csv", columns + rows.prefix(5).joined())
            let found = try bank.run("match", half).output
            #expect(found.contains("video film"))
            #expect(found.contains("near  list-a/f0  csam  vpdq, distance 0 of 31"))
            let text = try bank.write(
                "half.txt", (0..<5).map { "vpdq \(digits("\($0)c", 32)) 90\n" }.joined())
            #expect(try bank.run("match", text).output.contains("near  list-a/f0  csam  vpdq"))
            // Half of the listed frames are too few once all are asked for.
            let all = try bank.run("set", "list-a", "--listed-frame-percentage", "100")
            #expect(all.output.contains("100 % of listed ones"))
            #expect(try bank.run("match", half).output.contains("no match"))
            #expect(try bank.run("match", list).output.contains("near  list-a/f0  csam  vpdq"))
            let wrong = try bank.write("w.csv", columns + "a,vpdq,zz,csam,film\n")
            let answer = try bank.run("match", wrong)
            #expect(answer.status == 78 && answer.error.contains("line 2, digest"))
        }
    }

    @Test("Export refuses what may not be shared, and what it writes can be imported")
    func exporting() throws {
        try withBank { bank in
            let list = try bank.write(
                "l.csv",
                header + "\"a,1\",md5,\(digits("01", 16)),csam\nb,pdq,\(digits("03", 32)),lead\n")
            _ = try bank.importing(list, "--list-version", "1")
            _ = try bank.run("set", "list-a", "--terms", "agreement-7")
            let refused = try bank.run("export", "list-a")
            #expect(refused.status == 78 && refused.output.isEmpty)
            #expect(refused.error.contains("may not be shared. Its terms: agreement-7."))
            _ = try bank.run("set", "list-a", "--shareable")
            for format in ["csv", "jsonl"] {
                let text = try bank.run("export", "list-a", "--format", format).output
                let copy = try bank.write("copy.\(format)", text)
                let again = try bank.importing(copy)
                #expect(again.output.contains("unchanged  2"), "\(again.output)")
            }
        }
    }

    @Test("Quarantine of an entry shows in stats and matches, and is lifted")
    func quarantine() throws {
        try withBank { bank in
            let list = try bank.write("l.csv", header + "a,md5,\(digits("01", 16)),csam\n")
            _ = try bank.importing(list)
            #expect(try bank.run("quarantine", "list-a", "a").status == 0)
            #expect(try bank.run("stats", "--json").output.contains("\"quarantined\":1"))
            #expect(try bank.run("match", digits("01", 16)).output.contains("under quarantine"))
            #expect(try bank.importing(list).output.contains("unchanged  1"))
            #expect(try bank.run("stats", "--json").output.contains("\"quarantined\":1"))
            #expect(try bank.run("quarantine", "list-a", "a", "--lift").status == 0)
            #expect(try bank.run("stats", "--json").output.contains("\"quarantined\":0"))
            #expect(try bank.run("quarantine", "list-a", "none").status == 1)
        }
    }

    @Test("Settings are for a bank that is there, unless a new one is asked for")
    func unknownBank() throws {
        try withBank { bank in
            let early = try bank.run("set", "list-a", "--distance", "5")
            #expect(early.status == 78)
            #expect(early.error.contains("there is no log in this directory"))
            #expect(!FileManager.default.fileExists(atPath: bank.log))
            let list = try bank.write("l.csv", header + "a,md5,\(digits("01", 16)),csam\n")
            #expect(try bank.importing(list).status == 0)
            let misspelt = try bank.run("set", "list-b", "--distance", "5")
            #expect(misspelt.status == 1)
            #expect(
                misspelt.error.contains(
                    "there is no bank list-b; did you mean list-a? (--new makes one)"))
            #expect(try !bank.run("stats", "--json").output.contains("list-b"))
            #expect(try bank.run("set", "list-b", "--distance", "5", "--new").status == 0)
            #expect(try bank.run("set", "list-b", "--distance", "6").status == 0)
            #expect(try bank.run("stats", "--json").output.contains("\"bank\":\"list-b\""))
        }
    }

    @Test("A rescan where only banks are finds no events, and says when it lacks the key")
    func rescan() throws {
        try withBank { bank in
            let list = try bank.write("l.csv", header + "a,md5,\(digits("01", 16)),csam\n")
            #expect(try bank.importing(list).status == 0)
            let arguments = ["rescan", "--dir", bank.log, "--bank", "list-a", "--json"]
            let keyless = try Program.run(arguments)
            #expect(keyless.status == 78)
            #expect(keyless.error.contains("rescan reads events and needs the key"))
            let key = ["TUTELA_SEALING_KEY": String(repeating: "0123456789abcdef", count: 4)]
            let found = try Program.run(arguments, environment: key)
            #expect(found.status == 0, "\(found.error)")
            #expect(found.output.contains("\"entries\":1,"))
            #expect(found.output.contains("\"events\":0,"))
            #expect(found.output.contains("\"notAssessedYet\":0,"))
        }
    }

    @Test(
        "Wrong usage says what to do",
        arguments: [
            (["import", "x.xml", "--bank", "a"], "say --category"),
            (["import", "x.dat", "--bank", "a"], "say --format"),
            (["import", "x.csv", "--bank", "a/b"], "no slash"),
            (["import", "x.csv", "--bank", "a", "--dir", "/nowhere"], "cannot be read"),
            (["stats", "--dir", "/nowhere"], "there is no log in this directory"),
        ])
    func usage(arguments: [String], text: String) throws {
        let result = try Program.run(["bank"] + arguments)
        #expect(result.status != 0)
        #expect(result.error.contains(text), "\(result.error)")
    }

    @Test("An import that is killed is gone on with, and nothing is doubled")
    func killed() async throws {
        let folder = try Program.makeDirectory()
        defer { try? FileManager.default.removeItem(at: folder) }
        let bank = Bank(folder: folder)
        let list = try bank.write("l.csv", bigList)
        let arguments = ["bank", "import", "--dir", bank.log, "--bank", "list-a"]
        let journal = bank.log + "/journal"
        let pipe = folder.appending(path: "half.csv")
        let writer = try Program.stuckFile(halfOfBigList, at: pipe)
        defer { writer.terminate() }
        let wasKilled = try await Program.kill(arguments + [pipe.path()]) {
            let size = try? FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int
            return (size ?? 0) > 200_000
        }
        #expect(wasKilled)
        let before = try await keys(bank.log).count
        #expect(before > 0 && before < bigListCount, "it was killed in the middle")
        let rest = try Program.run(arguments + [list])
        #expect(rest.status == 0, "\(rest.error)")
        let all = try await keys(bank.log)
        #expect(all.count == bigListCount && Set(all).count == bigListCount)
        #expect(try Program.run(arguments + [list]).status == 0)
        #expect(try await keys(bank.log).count == bigListCount)
    }
}

/// A list of many transactions.
let bigListCount = 60_000
let bigList = list(of: bigListCount)
let halfOfBigList = list(of: bigListCount / 2)

private func list(of count: Int) -> String {
    header
        + (0..<count).map { "e\($0),md5,\(listDigest($0)),lead\n" }.joined()
}

/// Of one entry of these lists.
func listDigest(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
}
