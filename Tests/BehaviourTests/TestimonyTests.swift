import Behaviour
import SafetyModel
import Testing

@Suite("Who reported, and what came of it")
struct TestimonyTests {
    private let group = Subject(.group, "g")

    private func account(_ id: String) -> Subject { Subject(.account, id) }

    /// A report for each subject.
    private func filing(_ subjects: Range<Int>) -> SubjectState {
        var state = SubjectState()
        for n in subjects { file(&state, account("v\(n)"), at: noon - .seconds(Int64(n))) }
        return state
    }

    private func file(_ state: inout SubjectState, _ subject: Subject, at time: Instant = noon) {
        _ = state.apply(signal(.filedReport, at: time, related: subject))
    }

    private func judge(
        _ state: inout SubjectState, _ subject: Subject, upheld: Bool, at time: Instant = noon
    ) {
        _ = state.apply(
            signal(.reportJudged, at: time, related: subject, flags: upheld ? .upheld : []))
    }

    @Test("Two findings of nothing, and more than of something, make an account often wrong")
    func oftenWrong() {
        var state = filing(0..<5)
        judge(&state, account("v0"), upheld: false)
        #expect(!state.isOftenWrong(at: noon))
        judge(&state, account("v1"), upheld: false)
        #expect(state.isOftenWrong(at: noon))
        judge(&state, account("v2"), upheld: true)
        judge(&state, account("v3"), upheld: true)
        #expect(!state.isOftenWrong(at: noon), "as often right")
        judge(&state, account("v4"), upheld: false)
        #expect(state.isOftenWrong(at: noon))
        #expect(!state.isOftenWrong(at: noon + .days(90)), "it is long ago")
    }

    @Test("A later word about the same subject replaces the earlier one")
    func replaced() {
        var state = filing(0..<2)
        for n in 0..<2 { judge(&state, account("v\(n)"), upheld: false) }
        #expect(state.isOftenWrong(at: noon))
        judge(&state, account("v0"), upheld: true)
        #expect(state.reports(upheld: false, at: noon) == 1)
        #expect(state.reports(upheld: true, at: noon) == 1)
        judge(&state, account("never-reported"), upheld: false)
        #expect(state.reports(upheld: false, at: noon) == 1)
    }

    @Test("What was judged outlasts any number of reports that nobody judged")
    func flooded() {
        var state = filing(0..<2)
        for n in 0..<2 { judge(&state, account("v\(n)"), upheld: false) }
        for n in 10..<500 {
            _ = state.apply(
                signal(.filedReport, at: noon + .seconds(Int64(n)), related: account("v\(n)")))
        }
        #expect(state.isOftenWrong(at: noon + .hours(1)))
    }

    @Test("Accounts that reported the same share a circle; what was upheld makes none")
    func circle() {
        let time = noon + .hours(1)
        let (a, b, other) = (filing(0..<3), filing(0..<3), filing(7..<9))
        #expect(a.circle(besides: group, at: time) != 0)
        #expect(a.circle(besides: group, at: time) == b.circle(besides: group, at: time))
        #expect(a.circle(besides: group, at: time) != other.circle(besides: group, at: time))
        #expect(SubjectState().circle(besides: group, at: time) == 0)
        #expect(filing(0..<2).circle(besides: account("v0"), at: time) == 0, "the subject itself")
        #expect(a.circle(besides: group, at: noon + .days(30)) == 0, "it is long ago")
        #expect(filing(0..<1).circle(besides: group, at: time) == 0, "one may be a decoy")
        var right = filing(0..<2)
        judge(&right, account("v0"), upheld: true)
        #expect(right.circle(besides: group, at: time) == 0)
    }

    @Test("Two circles meet about as often as their reports do")
    func jaccard() {
        var same = 0
        for n in 0..<600 {
            var (a, b) = (SubjectState(), SubjectState())
            for k in 0..<5 {
                // Four of six are common to both: of two of these six are both in 6 of 15 cases.
                let time = noon - .minutes(Int64(k + 1))
                file(&a, account("n\(n)-\(k)"), at: time)
                file(&b, account("n\(n)-\(k + 1)"), at: time)
            }
            if a.circle(besides: group, at: noon) == b.circle(besides: group, at: noon) {
                same += 1
            }
        }
        #expect((195...285).contains(same), "\(same) of 600; two fifths are expected")
    }

    @Test("What a report is about besides makes no circle: it is no earlier report")
    func sameReport() {
        var state = SubjectState()
        for subject in [group, account("s1"), account("s2")] { file(&state, subject) }
        #expect(state.circle(besides: account("s1"), at: noon) == 0)
        let later = noon + .hours(1)
        #expect(state.circle(besides: account("other"), at: later) == 0, "one report")
        file(&state, account("v"), at: noon + .minutes(1))
        #expect(state.circle(besides: account("other"), at: later) != 0)
    }

    @Test("One report about several subjects is one finding, and right where one of them was")
    func oneReport() {
        var state = SubjectState()
        for subject in [group, account("s1"), account("s2")] { file(&state, subject) }
        judge(&state, group, upheld: false)
        judge(&state, account("s1"), upheld: false)
        #expect(state.reports(upheld: false, at: noon) == 1)
        #expect(!state.isOftenWrong(at: noon))
        judge(&state, account("s2"), upheld: true)
        #expect(state.reports(upheld: false, at: noon) == 0)
        #expect(state.reports(upheld: true, at: noon) == 1)
    }

    private func hear(_ state: inout SubjectState, _ reporters: Range<Int>, at time: Instant) {
        for n in reporters {
            let time = time + .seconds(Int64(n))
            _ = state.apply(signal(.reported, at: time, of: group, actor: "r\(n)"))
        }
    }

    @Test("What corrects a finding reaches whom that was told, after newer reports and a month")
    func corrected() throws {
        var state = SubjectState()
        hear(&state, 0..<2, at: noon)
        #expect(state.tellReporters(at: noon + .hours(1)) == ["r0", "r1"])
        hear(&state, 10..<40, at: noon + .days(35))
        var stored = try SubjectState(decoding: state.encoded(), testLayout)
        #expect(stored == state)
        let told = stored.tellReporters(at: noon + .days(36))
        #expect(told == ["r0", "r1"] + (24..<40).map { "r\($0)" })
        let last = stored.tellReporters(at: noon + .days(91))
        #expect(last == Array(told.dropFirst(2)), "of a report that old no finding counts")
    }

    @Test("Of those who were told, the oldest give way")
    func toldBound() {
        var state = SubjectState()
        for round in 0..<5 {
            let time = noon + .hours(Int64(round))
            hear(&state, round * 16..<round * 16 + 16, at: time)
            #expect(state.tellReporters(at: time + .minutes(5)).count == min(round + 1, 3) * 16)
        }
        #expect(state.tellReporters(at: noon + .hours(9)) == (48..<80).map { "r\($0)" })
    }

    @Test("A subject remembers its last sixteen reporters, whoever took a report back too")
    func witnesses() {
        var state = SubjectState()
        for n in 0..<20 {
            _ = state.apply(
                signal(.reported, at: noon + .minutes(Int64(n)), of: group, actor: "r\(n)"))
        }
        _ = state.apply(signal(.reportWithdrawn, at: noon + .hours(1), of: group, actor: "r19"))
        _ = state.apply(signal(.reported, at: noon + .hours(1), of: group, actor: "r5"))
        func told(_ time: Instant) -> [String] {
            var copy = state
            return copy.tellReporters(at: time)
        }
        #expect(Set(told(noon + .hours(2))) == Set((4..<20).map { "r\($0)" }))
        #expect(told(noon + .minutes(4)) == ["r4"])
        #expect(told(noon + .days(31)).isEmpty)
        var own = SubjectState()
        _ = own.apply(signal(.reported, actor: "a"))
        #expect(own.tellReporters(at: noon).isEmpty, "nobody is their own witness")
    }

    @Test("Members are a sample that depends on nobody's order, without whom left or was removed")
    func sample() {
        func group(_ order: [Int]) -> SubjectState {
            var state = SubjectState()
            for n in order {
                _ = state.apply(
                    signal(
                        .memberJoined, at: noon + .seconds(Int64(n)), of: self.group,
                        actor: "m\(n)"))
            }
            return state
        }
        let forward = group(Array(0..<200))
        let backward = group(Array((0..<200).reversed()) + [3, 3])
        #expect(forward.ties.map(\.id) == backward.ties.map(\.id))
        #expect(forward.count(.member) == 16)
        var small = group([1, 2, 3])
        _ = small.apply(signal(.memberLeft, of: self.group, actor: "m1"))
        _ = small.apply(
            signal(.memberRemoved, of: self.group, actor: "m2", related: account("m3")))
        #expect(small.ties.map(\.id) == ["m2"])
    }

    @Test("All of it survives the changelog")
    func coding() throws {
        var state = filing(0..<4)
        judge(&state, account("v1"), upheld: true)
        judge(&state, account("v2"), upheld: false)
        _ = state.apply(signal(.reported, actor: "r"))
        _ = state.apply(
            signal(
                .neighbourEnforced, related: group, hops: 2, decision: id(7),
                action: .removeGroup))
        state.remember(joined: "h", from: group)
        #expect(state.standing.map(\.teller) == [group])
        #expect(state.standing.map(\.joined) == [["h"]])
        let read = try SubjectState(decoding: state.encoded(), testLayout)
        #expect(read == state)
        #expect(read.reports(upheld: true, at: noon) == 1)
        #expect(read.encoded() == state.encoded())
    }
}
