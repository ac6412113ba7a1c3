import HashLists
import SafetyModel
import Testing

@Suite("Pages of hash-sharing")
struct HashSharingTests {
    private let time = "2026-01-05T00:00:00Z"

    @Test("Entries and tombstones carry member, id, time and what can be matched")
    func entries() throws {
        let text = page(image("a", at: time, md5: 1, pdq: 2), deleted("b", at: time))
        let parsed = try parse(.hashSharing, text)
        #expect(parsed.issues.isEmpty)
        #expect(parsed.items.map(\.key) == ["7/a", "7/b"])
        #expect(parsed.items.map(\.memberID) == ["7", "7"])
        #expect(parsed.items[0].digests.map(\.algorithm) == [.md5, .pdq])
        #expect(parsed.items.map(\.isRemoved) == [false, true])
        #expect(parsed.items.allSatisfy { $0.changed == 1_767_571_200_000 })
        #expect(parsed.items.map(\.line) == [4, 7])
        for step in [1, 3, 50] {
            #expect(try parse(.hashSharing, text, step: step) == parsed)
        }
    }

    @Test("A malformed entry is one issue with its line, and those around it are read")
    func malformed() throws {
        let bad = image("bad", at: time, md5: 3).replacing("</fingerprints>", with: "</oops>")
        let open = "<image><member id=\"7\">x</member><id>open</id>"
        let parsed = try parse(
            .hashSharing,
            page(
                image("a", at: time, md5: 1), bad, open, image("b", at: time, md5: 2),
                image("c", at: "yesterday", md5: 2),
                image("d", at: time).replacing("id=\"7\"", with: ""),
                image("e", at: time, md5: 4).replacing("<md5>0404", with: "<md5>04"),
                "<image/>", image("f", at: time, md5: 5)))
        #expect(parsed.items.map(\.key) == ["7/a", "7/b", "7/f"])
        #expect(
            parsed.issues == [
                "line 7, entry: wanted well-formed XML",
                "line 10, entry: wanted </image>",
                "line 14, timestamp: wanted a time such as 2026-01-05T00:00:00Z",
                "line 17, member: wanted an id attribute",
                "line 20, fingerprints/md5: wanted 32 hexadecimal digits for md5",
                "line 23, entry: wanted an element with something in it",
            ])
        #expect(!parsed.endsFile)
    }

    @Test("Something else than a page, or half of one, is said, and what was read counts")
    func notAPage() throws {
        let other = try parse(.hashSharing, "{\"error\": \"later\"}")
        #expect(other.issues == ["line 1, page: wanted a queryResult element of the API"])
        #expect(other.endsFile)
        let whole = page(image("a", at: time, md5: 1), image("b", at: time, md5: 2))
        let half = try parse(.hashSharing, String(whole.prefix(whole.count - 70)))
        #expect(half.items.map(\.key) == ["7/a"])
        #expect(half.endsFile)
    }

    @Test("Comments, character data and a document type hide nothing and start nothing")
    func oddXML() throws {
        let parsed = try parse(
            .hashSharing,
            """
            <!DOCTYPE queryResult [<!ENTITY x "y">]>
            <queryResult><!-- <image> > -->
            <images>
            <image><member id="7"><![CDATA[ </image> ]]></member><id>a&amp;b</id>
            <timestamp>\(time)</timestamp><fingerprints/></image>
            <image><member id="7"/><id>&x;</id><timestamp>\(time)</timestamp></image>
            </images></queryResult>
            """)
        #expect(parsed.items.map(\.key) == ["7/a&b"])
        #expect(parsed.issues == ["line 6, entry: wanted well-formed XML"])
    }

    @Test("An entry that never ends is bounded")
    func endless() throws {
        let long = String(repeating: "x", count: 300 << 10)
        let parsed = try parse(
            .hashSharing, page("<image><id>\(long)</id></image>", image("b", at: time, md5: 2)))
        #expect(parsed.issues == ["line 4, entry: wanted a shorter element"])
        #expect(parsed.items.map(\.key) == ["7/b"])
    }
}
