import Behaviour
import SafetyModel
import Testing

@Suite("Texts that stand on a subject")
struct TextStateTests {
    private func name(_ sketch: UInt64) -> TextFacts {
        TextFacts(surface: .groupName, sketch: sketch)
    }

    @Test("The newest text of each surface is kept, whatever order they come in")
    func newest() {
        var state = SubjectState()
        #expect(state.sketch(of: .groupName) == 0)
        state.keep(name(0b1), at: noon + .hours(2))
        state.keep(TextFacts(surface: .groupDescription, sketch: 9), at: noon)
        state.keep(name(0b111), at: noon + .hours(1))
        #expect(state.sketch(of: .groupName) == 0b1)
        #expect(state.sketch(of: .groupDescription) == 9)
        #expect(state.textChange(name(0b111), at: noon + .hours(1)) == nil)
        state.keep(name(0b1111), at: noon + .hours(3))
        #expect(state.sketch(of: .groupName) == 0b1111)
        #expect(state.textChange(name(0b1111), at: noon + .hours(3)) == 3)
    }

    @Test("A text that is taken away is far from none")
    func removed() {
        var state = SubjectState()
        state.keep(name(5), at: noon)
        #expect(state.textChange(name(5), at: noon) == nil)
        state.keep(name(0), at: noon + .hours(1))
        #expect(state.sketch(of: .groupName) == 0)
        #expect(state.textChange(name(0), at: noon + .hours(1)) == nil)
    }

    @Test("A sealed text and a clear one cannot be compared, two sealed ones can")
    func sealed() {
        var state = SubjectState()
        var texts = [name(0b1), name(0b111), name(0b101), name(0b100)]
        texts[1].isSealed = true
        texts[2].isSealed = true
        let changes = texts.enumerated().map { n, text in
            let time = noon + .hours(Int64(n))
            state.keep(text, at: time)
            return state.textChange(text, at: time)
        }
        #expect(changes == [nil, nil, 1, nil])
    }

    @Test("They are stored and read again; damaged ones are errors")
    func stored() throws {
        var state = SubjectState()
        let empty = state.encoded().count
        for surface in TextSurface.allCases.reversed() {
            state.keep(TextFacts(surface: surface, sketch: .max), at: noon)
            state.keep(
                TextFacts(surface: surface, sketch: 7, isSealed: surface == .about),
                at: noon + .hours(1))
        }
        let bytes = state.encoded()
        #expect(bytes.count - empty <= 4 * 23 + 3)
        #expect(try SubjectState(decoding: bytes, testLayout) == state)
        for length in 0..<bytes.count {
            #expect(throws: StateError.self) {
                try SubjectState(decoding: Array(bytes.prefix(length)), testLayout)
            }
        }
    }

    @Test("Near and far sketches")
    func distance() {
        #expect(TextSketch.distance(0b1011, 0b0001) == 2)
        #expect(TextSketch.distance(0, 1) == nil)
        #expect(TextSketch.isNear(.max, .max << 14))
        #expect(!TextSketch.isNear(.max, .max << 15))
        #expect(!TextSketch.isNear(0, 0))
    }
}
