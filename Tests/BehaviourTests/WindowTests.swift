import Behaviour
import SafetyModel
import Testing

@Suite("Windows, distinct counts and decays against a naive model")
struct WindowTests {
    private static let windows: [TimeSpan] = [
        .minutes(20), .hours(2), .hours(24), .days(7), .days(30),
    ]

    private struct Rig {
        let layout: Layout
        var state = SubjectState()
        var model = NaiveModel()

        init() {
            var cells: [Cell] = []
            for (n, length) in WindowTests.windows.enumerated() {
                let window = Window(length)
                cells.append(Cell(form: .ring, window: window, digest: UInt64(10 + n)))
                cells.append(Cell(form: .distinct, window: window, digest: UInt64(20 + n)))
            }
            cells.append(Cell(form: .decayed, halfLife: 86_400_000, digest: 30))
            cells.append(Cell(form: .last, digest: 31))
            cells.append(Cell(form: .newest, digest: 32))
            cells.append(Cell(form: .oldest, digest: 33))
            layout = Layout(cells)
        }

        func place(_ digest: UInt64) -> Int { layout.place(of: digest) ?? 0 }

        mutating func send(_ amount: Int64, party: UInt64, at time: Instant) {
            _ = state.begin(at: time, layout)
            model.begin(at: time)
            guard state.isHeld(time) else { return }
            model.add(amount, party: party, at: time)
            for n in WindowTests.windows.indices {
                state.add(layout, place(UInt64(10 + n)), amount, at: time)
                state.insert(layout, place(UInt64(20 + n)), party: party, at: time)
            }
            state.decay(layout, place(30), Double(amount), at: time)
            state.setLast(layout, place(31), Double(amount), at: time)
            state.setTime(layout, place(32), at: time)
            state.setTime(layout, place(33), at: time)
        }

        mutating func withdraw(_ party: UInt64) {
            model.withdraw(party)
            for n in WindowTests.windows.indices {
                state.withdraw(layout, place(UInt64(20 + n)), party: party)
            }
        }

        func expect(at time: Instant, _ location: SourceLocation = #_sourceLocation) {
            func value(_ digest: UInt64) -> Double { state.value(layout, place(digest), at: time) }
            for (n, length) in WindowTests.windows.enumerated() {
                #expect(
                    value(UInt64(10 + n)) == model.sum(length, to: time), "sum \(length)",
                    sourceLocation: location)
                #expect(
                    value(UInt64(20 + n)) == model.parties(length, to: time), "parties \(length)",
                    sourceLocation: location)
            }
            let decayed = model.decayed(86_400_000, at: time)
            #expect(
                (value(30) - decayed).magnitude <= 1e-9 * max(decayed, 1), "decayed",
                sourceLocation: location)
            #expect(value(31) == model.last || model.last == nil, "last", sourceLocation: location)
            if let newest = model.newestFact, let oldest = model.oldestFact {
                #expect(value(32) == Double((time - newest).milliseconds), sourceLocation: location)
                #expect(value(33) == Double((time - oldest).milliseconds), sourceLocation: location)
            }
        }
    }

    @Test(
        "Random, out-of-order and repeated signals count as in a list of all of them",
        arguments: 1...12 as ClosedRange<UInt64>)
    func againstNaive(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var rig = Rig()
        var clock = noon
        var sent: [(Int64, UInt64, Instant)] = []
        for step in 0..<400 {
            clock = clock + .minutes(generator.below(seed % 2 == 0 ? 30 : 240))
            var time = clock
            switch generator.below(10) {
            case 0: time = time - .hours(generator.below(48))
            case 1: time = time - .days(generator.below(36))
            case 2: clock = clock + .hours(generator.below(72))
            default: break
            }
            if generator.below(12) == 0 { rig.withdraw(UInt64(generator.below(30))) }
            var signal = (
                generator.below(8) == 0 ? 900 : generator.below(5),
                UInt64(generator.below(30)), time
            )
            if generator.below(6) == 0, let again = sent.last { signal = again }
            rig.send(signal.0, party: signal.1, at: signal.2)
            sent.append(signal)
            if step % 7 == 0 {
                rig.expect(at: clock)
                rig.expect(at: time)
                // What is written is read back as the same state.
                let bytes = rig.state.encoded(rig.layout)
                let read = try SubjectState(decoding: bytes, rig.layout)
                #expect(read.encoded(rig.layout) == bytes)
                rig.state = read
            }
        }
        rig.expect(at: clock)
    }

    @Test(
        "Past 64 parties a set is an estimate within three standard errors; recent windows too",
        arguments: [65, 100, 300, 1_000, 10_000, 100_000])
    func sketch(_ count: Int) {
        let window = Window(.days(7))
        let layout = Layout([Cell(form: .distinct, window: window, digest: 1)])
        var state = SubjectState()
        for n in 0..<count {
            let time = noon + .days(Int64(n % 7))
            _ = state.begin(at: time, layout)
            state.insert(layout, 0, party: UInt64(n + 1), at: time)
            state.insert(layout, 0, party: UInt64(n + 1), at: time)
        }
        let whole = state.value(layout, 0, at: noon + .days(6))
        #expect((whole - Double(count)).magnitude <= 3 * 0.092 * Double(count), "\(whole)")
        // Four days later three of the seven are left.
        let later = state.value(layout, 0, at: noon + .days(10))
        let left = Double(count) * 3 / 7
        #expect((later - left).magnitude <= 3 * 0.092 * left + 2, "\(later)")
        _ = state.begin(at: noon + .days(50), layout)
        #expect(state.value(layout, 0, at: noon + .days(50)) == 0)
    }

    @Test("The mean error over many sets is small: the estimate leans to no side")
    func unbiased() {
        let layout = Layout([Cell(form: .distinct, window: Window(.days(1)), digest: 1)])
        for count in [80, 200, 600, 3_000] {
            var sum = 0.0
            for trial in 0..<60 {
                var state = SubjectState()
                _ = state.begin(at: noon, layout)
                for n in 0..<count {
                    state.insert(
                        layout, 0, party: UInt64(trial * 1_000_003 + n * 7 + 1), at: noon)
                }
                sum += state.value(layout, 0, at: noon) / Double(count) - 1
            }
            #expect((sum / 60).magnitude < 0.04, "\(count): \(sum / 60)")
        }
    }

    @Test("Windows have the finest buckets that 30 of cover them, and none that are not whole")
    func windows() {
        #expect(Window(.minutes(30))?.resolution == .minute)
        #expect(Window(.hours(1))?.resolution == .tenMinutes)
        #expect(Window(.hours(24))?.resolution == .hour)
        #expect(Window(.hours(48))?.resolution == .day)
        #expect(Window(.hours(36)) == nil)
        #expect(Window(.minutes(45)) == nil)
        #expect(Window(.days(31)) == nil)
        #expect(Window(.seconds(0)) == nil)
    }

    @Test("A sum past what a byte or four hold grows, then saturates")
    func saturates() {
        let layout = Layout([Cell(form: .ring, window: Window(.days(7)), digest: 1)])
        var state = SubjectState()
        _ = state.begin(at: noon, layout)
        state.add(layout, 0, 200, at: noon)
        state.add(layout, 0, 200, at: noon)
        #expect(state.value(layout, 0, at: noon) == 400)
        for _ in 0..<3 { state.add(layout, 0, .max, at: noon) }
        #expect(state.value(layout, 0, at: noon) == Double(UInt32.max))
        #expect((try? SubjectState(decoding: state.encoded(layout), layout)) == state)
    }
}
