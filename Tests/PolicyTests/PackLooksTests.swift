import Policy
import Testing

@Suite("Looks at a pack's file")
struct PackLooksTests {
    private func taken(_ looks: [String?]) -> [String?] {
        var state = PackLooks<String>()
        return looks.map { state.take($0) }
    }

    @Test("What was there before the first look is taken too, and once")
    func first() { #expect(taken(["a", "a", "a"]) == [nil, "a", nil]) }

    @Test("A text that one look alone has met is not taken")
    func halfWritten() {
        #expect(taken(["a", "a", "b-ha", "b", "b", "b"]) == [nil, "a", nil, nil, "b", nil])
        #expect(taken(["a", "a", "", "a", "a"]) == [nil, "a", nil, nil, nil])
    }

    @Test("A file that cannot be read says nothing, and parts the looks around it")
    func unreadable() { #expect(taken(["a", nil, "a", "a", nil]) == [nil, nil, nil, "a", nil]) }

    @Test("A text that comes back is taken again")
    func back() {
        #expect(taken(["a", "a", "b", "b", "a", "a"]) == [nil, "a", nil, "b", nil, "a"])
    }

    @Test("A changed model under an unchanged text is taken like a changed text")
    func models() {
        func content(_ byte: UInt8) -> PackModels {
            PackModels(files: ["m.json": [byte]], known: ["m.json"])
        }
        var looks = PackLooks<PackModels>()
        let seen = [1, 1, 2, 3, 3, 3].map { looks.take(content($0)) }
        #expect(seen == [nil, content(1), nil, nil, content(3), nil])
    }
}
