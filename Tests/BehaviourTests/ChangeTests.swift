import Behaviour
import SafetyModel
import Testing

@Suite("A pack changes under live state")
struct ChangeTests {
    private let a = Cell(form: .ring, window: Window(.hours(24)), digest: 100)
    private let b = Cell(form: .distinct, window: Window(.days(7)), digest: 50)
    private let c = Cell(form: .ring, window: Window(.days(7)), digest: 75)

    private func filled(_ layout: Layout) -> SubjectState {
        var state = SubjectState()
        _ = state.begin(at: noon, layout)
        for (place, cell) in layout.cells.enumerated() {
            if cell.form == .ring {
                state.add(layout, place, 3, at: noon)
            } else {
                for party in 1...5 as ClosedRange<UInt64> {
                    state.insert(layout, place, party: party, at: noon)
                }
            }
        }
        return state
    }

    private func value(_ state: SubjectState, _ layout: Layout, _ cell: Cell) -> Double? {
        layout.place(of: cell.digest).map { state.value(layout, $0, at: noon) }
    }

    @Test("Cells that both packs define keep their content; new ones are empty; others are gone")
    func moves() {
        let (old, new) = (Layout([a, b]), Layout([b, c]))
        var state = filled(old)
        state.move(from: old, to: new)
        #expect(value(state, new, b) == 5)
        #expect(value(state, new, c) == 0)
        state.move(from: new, to: old)
        #expect(value(state, old, a) == 0)
    }

    @Test("Reading under another layout is the same as moving to it")
    func readsAsItMoves() throws {
        let (old, new) = (Layout([a, b]), Layout([b, c]))
        let state = filled(old)
        var moved = state
        moved.move(from: old, to: new)
        #expect(try SubjectState(decoding: state.encoded(old), new) == moved)
    }

    @Test("A cell of the same name and another meaning is another cell")
    func nothingIsReinterpreted() throws {
        var other = a
        other.digest = 101
        let (old, new) = (Layout([a]), Layout([other]))
        let read = try SubjectState(decoding: filled(old).encoded(old), new)
        #expect(value(read, new, other) == 0)
    }

    @Test("A task that ran on and one that restarted agree on what a cell that came back holds")
    func restart() throws {
        let (first, second) = (Layout([a, b]), Layout([b]))
        // The row is written once, under the first pack, and not touched again.
        let row = filled(first)
        let written = row.encoded(first)
        var history = CellHistory(first)

        var ran = row
        history.change(to: second, at: noon + .hours(1))
        ran.move(from: first, to: second)
        ran.settle(second, history)
        history.change(to: first, at: noon + .hours(2))
        ran.move(from: second, to: first)
        ran.settle(first, history)

        let read = try CellHistory(decoding: history.encoded)
        #expect(read == history)
        var restarted = try SubjectState(decoding: written, first)
        restarted.settle(first, read)
        #expect(restarted == ran)
        #expect(value(restarted, first, a) == 0)
        #expect(value(restarted, first, b) == 5)
        #expect(history.since(a.digest) == noon + .hours(2))
        #expect(history.since(b.digest) == nil)
    }

    @Test("A damaged history is an error")
    func damage() {
        var history = CellHistory(Layout([a]))
        history.change(to: Layout([a, b, c]), at: noon)
        let bytes = history.encoded
        for length in 0..<bytes.count {
            #expect(throws: StateError.self) {
                try CellHistory(decoding: Array(bytes.prefix(length)))
            }
        }
    }
}
