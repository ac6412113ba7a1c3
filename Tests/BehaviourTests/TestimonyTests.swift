import Behaviour
import SafetyModel
import Testing

@Suite("Who reported, and what came of it")
struct TestimonyTests {
    private let group = Subject(.group, "g")

    private func account(_ id: String) -> Subject { Subject(.account, id) }

    private func filing(_ subjects: Range<Int>, at time: Instant = noon) -> SubjectState {
        var state = SubjectState()
        for n in subjects {
            _ = state.apply(signal(.filedReport, at: time, related: account("v\(n)")))
        }
        return state
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
        #expect(filing(0..<1).circle(besides: account("v0"), at: time) == 0, "the subject itself")
        #expect(a.circle(besides: group, at: noon + .days(30)) == 0, "it is long ago")
        var right = filing(0..<1)
        judge(&right, account("v0"), upheld: true)
        #expect(right.circle(besides: group, at: time) == 0)
    }

    @Test("Two circles meet about as often as their reports do")
    func jaccard() {
        var same = 0
        for n in 0..<600 {
            var (a, b) = (SubjectState(), SubjectState())
            for k in 0..<4 {
                // Two of six are common to both.
                _ = a.apply(signal(.filedReport, related: account("n\(n)-\(k)")))
                _ = b.apply(signal(.filedReport, related: account("n\(n)-\(k + 2)")))
            }
            if a.circle(besides: group, at: noon) == b.circle(besides: group, at: noon) {
                same += 1
            }
        }
        #expect((150...250).contains(same), "\(same) of 600; a third is expected")
    }

    @Test("A subject remembers its last sixteen reporters, without whom took a report back")
    func witnesses() {
        var state = SubjectState()
        for n in 0..<20 {
            _ = state.apply(
                signal(.reported, at: noon + .minutes(Int64(n)), of: group, actor: "r\(n)"))
        }
        _ = state.apply(signal(.reportWithdrawn, at: noon + .hours(1), of: group, actor: "r19"))
        _ = state.apply(signal(.reported, at: noon + .hours(1), of: group, actor: "r5"))
        let known = state.reporters(before: noon + .hours(2))
        #expect(Set(known) == Set((4..<19).map { "r\($0)" }))
        #expect(state.reporters(before: noon + .minutes(4)) == ["r4"])
        #expect(state.reporters(before: noon + .days(31)).isEmpty)
        var own = SubjectState()
        _ = own.apply(signal(.reported, actor: "a"))
        #expect(own.reporters(before: noon).isEmpty, "nobody is their own witness")
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
