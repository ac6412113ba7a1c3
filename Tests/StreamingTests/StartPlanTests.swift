import Streaming
import Testing

@Suite struct StartPlanTests {
    static let task = TaskID(stage: "test", partition: 3)
    static let a = TopicPartition("a", 3)
    static let b = TopicPartition("b", 3)

    func resolve(
        meta: [TopicPartition: Int64]?, committed: [TopicPartition: Int64], low: Int64 = 0,
        end: Int64 = 100
    ) throws(StartError) -> StartPlan {
        try StartPlan.resolve(
            task: Self.task, sources: [Self.a, Self.b], meta: meta, committed: committed,
            bounds: [Self.a: LogBounds(low: low, end: end), Self.b: LogBounds(low: low, end: end)])
    }

    @Test("Meta row and offsets that agree are where the task goes on")
    func agree() throws {
        let positions = [Self.a: 5 as Int64, Self.b: 7]
        #expect(try resolve(meta: positions, committed: positions) == .resume(positions))
    }

    @Test("Without meta row and offsets the task begins at the low watermarks")
    func genesis() throws {
        #expect(
            try resolve(meta: nil, committed: [:], low: 4) == .genesis([Self.a: 4, Self.b: 4]))
    }

    @Test("A missing group offset: the meta row wins, for one source or all")
    func missingOffset() throws {
        let positions = [Self.a: 5 as Int64, Self.b: 7]
        #expect(try resolve(meta: positions, committed: [Self.a: 5]) == .resume(positions))
        #expect(try resolve(meta: positions, committed: [:]) == .resume(positions))
    }

    @Test("Positions at the very bounds are in range")
    func bounds() throws {
        let positions = [Self.a: 4 as Int64, Self.b: 100]
        #expect(try resolve(meta: positions, committed: [:], low: 4) == .resume(positions))
    }

    @Test(
        "Anything else stops the task and names both sides",
        arguments: [
            (nil, [a: 5], StartError.Reason.stateMissing(a, committed: 5), ["a[3]", "5"]),
            (nil, [b: 0], .stateMissing(b, committed: 0), ["b[3]", "0"]),
            ([a: 5, b: 7], [a: 5, b: 8], .disagreement(b, meta: 7, committed: 8), ["7", "8"]),
            ([a: 5, b: 7], [a: 4, b: 7], .disagreement(a, meta: 5, committed: 4), ["5", "4"]),
            ([a: 5], [:], .newSource(b), ["b[3]"]),
            ([a: 5], [a: 5, b: 7], .newSource(b), ["b[3]"]),
            (
                [a: 5, b: 7, TopicPartition("c", 3): 1], [:],
                .unknownSource(TopicPartition("c", 3)), ["c[3]"]
            ),
            ([a: 1, b: 7], [a: 1, b: 7], .lost(a, position: 1, low: 2), ["1", "2"]),
            ([a: 5, b: 101], [:], .beyondEnd(b, position: 101, end: 100), ["101", "100"]),
        ] as [([TopicPartition: Int64]?, [TopicPartition: Int64], StartError.Reason, [String])])
    func refuses(
        meta: [TopicPartition: Int64]?, committed: [TopicPartition: Int64],
        reason: StartError.Reason, words: [String]
    ) throws {
        let error = try #require(throws: StartError.self) {
            try resolve(meta: meta, committed: committed, low: 2)
        }
        #expect(error.reason == reason)
        for word in words { #expect(error.description.contains(word)) }
    }

    @Test("Every small case is resumed, begun or refused as the rules say")
    func exhaustive() {
        let values: [Int64?] = [nil, 1, 2, 3, 9]
        for meta in values {
            for committed in values {
                let expected: StartPlan?
                switch (meta, committed) {
                case (nil, nil): expected = .genesis([Self.a: 2])
                case (2?, nil), (3?, nil), (2?, 2?), (3?, 3?):
                    expected = meta.map { .resume([Self.a: $0]) }
                default: expected = nil
                }
                let found = try? StartPlan.resolve(
                    task: Self.task, sources: [Self.a], meta: meta.map { [Self.a: $0] },
                    committed: committed.map { [Self.a: $0] } ?? [:],
                    bounds: [Self.a: LogBounds(low: 2, end: 3)])
                #expect(found == expected)
            }
        }
    }
}
