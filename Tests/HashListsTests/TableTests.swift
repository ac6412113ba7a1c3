import HashLists
import SafetyModel
import Testing

@Suite("Lists as tables")
struct TableTests {
    private let good = #"""
        entry_id,algorithm,digest,quality,category,list_version,changed,removed
        a,md5,\#(digits(1, 16)),,csam,v1,2026-01-05T00:00:00Z,
        "b,""x""",pdq,\#(digits(2, 32)),73,lead,,,false
        c,sha1,,,,,2026-01-06T00:00:00Z,true

        """#

    @Test("A row becomes an item with what its columns say, quoted fields included")
    func rows() throws {
        let parsed = try parse(.csv, good)
        #expect(parsed.issues.isEmpty)
        #expect(parsed.items.map(\.key) == ["a", "b,\"x\"", "c"])
        #expect(parsed.items.map(\.line) == [2, 3, 4])
        #expect(parsed.items.map(\.category) == [.csam, .lead, nil])
        #expect(parsed.items.map(\.isRemoved) == [false, false, true])
        #expect(parsed.items[0].changed == 1_767_571_200_000)
        #expect(parsed.items[1].digests.map(\.quality) == [73])
        #expect(parsed.items[0].digests.map(\.bytes) == [Array(repeating: 1, count: 16)])
    }

    @Test("Where the bytes are cut does not matter", arguments: [1, 2, 7, 64])
    func cuts(step: Int) throws {
        #expect(try parse(.csv, good, step: step) == parse(.csv, good))
        let crlf = good.replacing("\n", with: "\r\n")
        #expect(try parse(.csv, crlf, step: step).items == parse(.csv, good).items)
    }

    @Test("A malformed row says line, column and what was wanted, never what it held")
    func malformed() throws {
        let secret = "hunter2"
        let parsed = try parse(
            .csv,
            """
            entry_id,algorithm,digest,quality
            a,\(secret),\(digits(1, 16)),
            b,md5,\(secret),
            c,md5,\(digits(1, 16)),101
            d,md5
            ,md5,,
            e,md5,\(digits(5, 16)),
            """)
        #expect(
            parsed.issues == [
                "line 2, algorithm: wanted pdq, md5, sha1, sha256 or vpdq",
                "line 3, digest: wanted 32 hexadecimal digits for md5",
                "line 4, quality: wanted a whole number from 0 to 100",
                "line 5, row: wanted 4 fields, as the first row has",
                "line 6, digest: wanted a digest",
            ])
        #expect(parsed.items.map(\.key) == ["e"])
        #expect(!parsed.issues.joined().contains(secret))
    }

    @Test("An unclosed quote and a line without end cost one row each, not the file")
    func runaway() throws {
        let long = String(repeating: "x", count: 300 << 10)
        let parsed = try parse(
            .csv,
            """
            entry_id,algorithm,digest
            "a,md5,\(long)
            b,md5,\(digits(2, 16))
            """)
        #expect(parsed.issues == ["line 2, row: wanted at most 262144 bytes with quotes closed"])
        #expect(parsed.items.map(\.key) == ["b"])
        let last = try parse(.csv, "entry_id,algorithm,digest\n\"a,md5,")
        #expect(last.issues == ["line 2, row: wanted a closing quote"])
        #expect(last.endsFile)
    }

    @Test("A stray quote costs its own line and none that follows", arguments: [1, 7, 4_096])
    func strayQuote(step: Int) throws {
        let parsed = try parse(
            .csv,
            """
            entry_id,algorithm,digest
            a,md5,"\(digits(1, 16))
            b,md5,\(digits(2, 16))
            "c"junk,md5,\(digits(3, 16))
            "d" ,md5,\(digits(4, 16))
            "e",md5,"\(digits(5, 16))"
            f,md5,\(digits(6, 16))
            """, step: step)
        #expect(
            parsed.issues == [
                "line 2, row: wanted a closing quote on the same line",
                "line 4, row: wanted a comma after a closing quote",
                "line 5, row: wanted a comma after a closing quote",
            ])
        #expect(parsed.items.map(\.key) == ["b", "e", "f"])
        #expect(!parsed.endsFile)
        let header = try parse(.csv, "\"entry_id,algorithm,digest\na,md5,\(digits(1, 16))\n")
        #expect(header.issues == ["line 1, row: wanted a closing quote on the same line"])
        #expect(header.endsFile && header.items.isEmpty)
    }

    @Test("ThreatExchange's free text may hold line ends, and a stray quote takes a bounded part")
    func linesInQuotes() throws {
        func row(_ n: Int, _ tags: String) -> String {
            "\(n),\(digits(UInt8(n), 16)),HASH_MD5,\(tags)\n"
        }
        let rows = (3..<60).map { row($0, "") }.joined()
        let parsed = try parse(
            .threatExchange,
            "id,indicator,type,tags\n" + row(1, "\"a\nb\"") + row(2, "\"stray") + rows)
        // The header, the first row's two lines, and then the stray quote on line 4.
        #expect(
            parsed.issues == [
                "line 4, row: wanted a closing quote within 32 lines; lines 4 to 35 are left out"
            ])
        #expect(parsed.items.map(\.key) == ["1"] + (34..<60).map { "\($0)" })
        #expect(parsed.items.last?.line == 61)
    }

    @Test("A misspelt column stops the file, for nobody would read its data")
    func columns() throws {
        let misspelt = try parse(.csv, "entry_id,algorithm,digest,qualty\na,md5,00,1\n")
        #expect(misspelt.endsFile && misspelt.items.isEmpty && misspelt.issues.count == 1)
        #expect(
            try parse(.csv, "").issues == ["line 1, file: wanted a first row with columns' names"])
        #expect(try parse(.csv, "entry_id,md5\n").endsFile)
    }

    @Test("An entry without id is named after its digest")
    func named() throws {
        let parsed = try parse(.csv, "algorithm,digest\nmd5,\(digits(9, 16))\n")
        #expect(parsed.items.map(\.key) == ["md5-\(digits(9, 16))"])
    }

    @Test("ThreatExchange's fields, its deletions and its opinions are understood")
    func threatExchange() throws {
        let parsed = try parse(
            .threatExchange,
            """
            id,indicator,type,last_updated,should_delete,status,tags
            11,\(digits(1, 32)),HASH_PDQ,1767571200,false,MALICIOUS,"a,b"
            12,\(digits(2, 16)),HASH_MD5,1767571201,true,MALICIOUS,
            13,\(digits(3, 16)),HASH_VIDEO_MD5,1767571202,false,NON_MALICIOUS,
            14,example,DOMAIN,1767571203,false,MALICIOUS,
            15,\(digits(4, 20)),HASH_SHA1,yesterday,false,MALICIOUS,
            """)
        #expect(parsed.items.map(\.key) == ["11", "12", "13"])
        #expect(parsed.items.map(\.isRemoved) == [false, true, true])
        #expect(parsed.items.map(\.changed) == [1, 2, 3].map { 1_767_571_199_000 + $0 * 1_000 })
        #expect(
            parsed.issues == [
                "line 5, type: wanted HASH_PDQ, HASH_MD5, HASH_VIDEO_MD5, HASH_SHA1 or HASH_SHA256",
                "line 6, last_updated: wanted Unix seconds",
            ])
    }

    @Test("JSON lines say the same as a table, and a bad line is one issue")
    func jsonLines() throws {
        let parsed = try parse(
            .jsonLines,
            """
            {"entry_id":"a","algorithm":"md5","digest":"\(digits(1, 16))","quality":null}
            {"entry_id":"b",
            []

            {"entry_id":"c","algorithm":"pdq","digest":"\(digits(3, 32))","quality":51}
            {"entry_id":"d","algorithm":"pdq","dgest":"00"}
            {"entry_id":"e","removed":true}
            """)
        #expect(parsed.items.map(\.key) == ["a", "c", "e"])
        #expect(parsed.items.map(\.line) == [1, 5, 7])
        #expect(parsed.items[1].digests.map(\.quality) == [51])
        #expect(parsed.items[2].isRemoved)
        #expect(parsed.issues.map { $0.prefix(6) } == ["line 2", "line 3", "line 6"])
        #expect(!parsed.endsFile)
    }
}
