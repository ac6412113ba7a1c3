import HashLists
import SafetyModel
import TestSupport
import Testing

@Suite("Damaged lists")
struct FuzzTests {
    private static let lists: [ListFormat: [String]] = [
        .csv: [
            "entry_id,algorithm,digest,quality,category,list_version,changed,removed\n"
                + "a,md5,\(digits(1, 16)),,csam,v1,2026-01-05T00:00:00Z,\n"
                + "\"b,\"\"x\"\"\",pdq,\(digits(2, 32)),73,lead,,,false\r\n"
                + "c,sha1,,,,,2026-01-06T00:00:00Z,true\n"
        ],
        .jsonLines: [
            "{\"entry_id\":\"a\",\"algorithm\":\"sha256\",\"digest\":\"\(digits(3, 32))\"}\n"
                + "{\"algorithm\":\"pdq\",\"digest\":\"\(digits(4, 32))\",\"quality\":80}\n"
                + "{\"entry_id\":\"c\\u00e9\",\"removed\":true,\"algorithm\":\"md5\"}\n"
        ],
        .hashSharing: [
            page(
                image("1", at: "2026-02-01T00:00:00Z", md5: 1, pdq: 2),
                deleted("2", at: "2026-02-02T00:00:00Z"),
                image("3", at: "2026-02-03T00:00:00.5Z", md5: 3))
        ],
        .threatExchange: [
            "id,type,indicator,last_updated,should_delete,status\n"
                + "1,HASH_MD5,\(digits(5, 16)),1767225600,false,MALICIOUS\n"
                + "2,HASH_PDQ,\(digits(6, 32)),1767225601,true,UNKNOWN\n"
        ],
    ]
    private static let words = [
        "\"", ",", "\n", "\r\n", "{", "}", "[[[[[[", "\\u", "\\ud800", "null", "1e999", "-1", "<",
        ">",
        "</image>", "<image>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;", "&#x0;", "<![CDATA[",
        "-->",
        "<!--", "\u{FEFF}", "\u{0}", "9999-99-99T99:99:99Z", "99999999999999999999", "pdq", "true",
        "<a><a><a><a><a><a><a><a>", "é",
    ]

    @Test("An entry with a name that is not UTF-8 costs itself alone")
    func wrongName() throws {
        var bytes = Array(
            page(
                deleted("1", at: "2026-02-02T00:00:00Z"), deleted("2", at: "2026-02-02T00:00:00Z")
            ).utf8)
        let name = Array("timestamp>".utf8)
        let place = try #require(
            bytes.indices.dropLast(10).first { Array(bytes[$0..<$0 + 10]) == name })
        bytes[place + 4] = 0xC4
        let parsed = try parse(.hashSharing, bytes)
        #expect(parsed.issues.count == 1 && parsed.items.count == 1)
    }

    @Test(
        "A damaged list costs entries or itself, and is read alike in parts of any size",
        .timeLimit(.minutes(Fuzzing.minutes)), arguments: ListFormat.allCases)
    func fuzz(format: ListFormat) {
        let seeds = Self.lists[format, default: []].map { Array($0.utf8) }
        let fuzzing = Fuzzing("lists-\(format.rawValue)", seeds: seeds, words: Self.words)
        let report = fuzzing.run(rounds: 4_000) { bytes, random in
            let whole = try? parse(format, bytes)
            let parts = try? parse(format, bytes, step: 1 + random.below(40))
            #expect(whole == parts, "\(String(decoding: bytes, as: UTF8.self))")
            var list = ListImport(
                ImportSettings(bank: "b", category: .csam, source: "s", listVersion: "1"),
                table: BankTable(bank: "b", source: "s"))
            for item in whole?.items ?? [] { _ = list.take(.item(item)) }
            return whole.map { !$0.items.isEmpty && $0.issues.isEmpty } ?? false
        }
        #expect(report.isSound, "\(report)")
    }
}
