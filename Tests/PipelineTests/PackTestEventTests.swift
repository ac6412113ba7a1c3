import Pipeline
import Policy
import SafetyModel
import TextAnalysis
import Testing

@Suite("Platform events in packs' tests")
struct PackTestEventTests {
    private let created = PackTest.Event(
        type: "group.created", id: "1", time: AssessRig.start,
        json: """
            {"context": {"actorAccountId": "owner"}, "groupId": "g",
             "created": {"kind": "GROUP_KIND_GROUP", "name": {"clear": "term-a club"}}}
            """)

    private func texts(_ library: TextLibrary) throws -> [TextFacts] {
        try PackTestEvents(texts: library).signals(of: created)
            .filter { $0.kind == .textSet && $0.subject.id == "g" }.compactMap(\.text)
    }

    @Test("A name is looked at with the lists given; without any it is a name all the same")
    func names() throws {
        let list = try TermList(name: "words", file: "words.csv", bytes: Array("term-a, 3\n".utf8))
        let listed = try texts(TextLibrary(lists: [list], model: nil))
        #expect(listed.map(\.surface) == [.groupName])
        #expect(listed.first?.lists.map(\.weight) == [3])
        let plain = try texts(TextLibrary())
        #expect(plain.map(\.surface) == [.groupName])
        #expect(plain.first?.lists.isEmpty == true)
    }
}
