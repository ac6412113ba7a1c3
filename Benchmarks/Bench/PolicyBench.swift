import Behaviour
import Foundation
import Policy
import SafetyModel

/// The core of Assess's evaluation with the default pack, on invented traffic of one process.
enum PolicyBench {
    /// Signals are made in advance, so that only duplicates' check and evaluation are measured.
    /// - Returns: one line of JSON.
    static func run(subjects count: Int, signals total: Int) -> String {
        var random = Generator(state: 42)
        let subjects = (0..<count).map { Traffic.subject($0) }
        let signals = (0..<total).map { n in
            Traffic.signal(n, of: total, subjects, &random)
        }
        let before = allocated()
        var states = [SubjectState](repeating: SubjectState(), count: count)
        var drafts = 0
        let start = cpu()
        let pack = Pack.builtin
        for index in signals.indices {
            let subject = signals[index].0
            if states[subject].isDuplicate(signals[index].1.cause) { continue }
            drafts += evaluate(pack, &states[subject], signals[index].1).drafts.count
        }
        let seconds = cpu() - start
        let bytes = allocated() - before
        var encoded: [UInt8] = []
        for state in states { state.encode(Pack.builtin.layout, into: &encoded) }
        let active = Set(signals.map(\.0)).count
        return "{\"signals\": \(total), \"subjects\": \(active), \"cpu_seconds\": \(seconds), "
            + "\"signals_per_cpu_second\": \(Int(Double(total) / seconds)), "
            + "\"drafts\": \(drafts), \"bytes_per_subject\": \(bytes / active), "
            + "\"changelog_bytes_per_subject\": \(encoded.count / active)}"
    }

    private static func cpu() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Bytes of the process in memory.
    private static func allocated() -> Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
            .split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}

private struct Generator {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }
}

private enum Traffic {
    static let start = Instant(milliseconds: 1_700_000_000_000)

    /// Of a hundred subjects 80 are accounts, 12 groups, 8 links.
    static func subject(_ n: Int) -> Subject {
        switch n % 100 {
        case ..<80: Subject(.account, "account-\(n)")
        case ..<92: Subject(.group, "group-\(n)")
        default: Subject(.inviteLink, "link-\(n)")
        }
    }

    /// Ten days, evenly.
    static func signal(
        _ n: Int, of total: Int, _ subjects: [Subject], _ random: inout Generator
    ) -> (Int, Signal) {
        let at = random.below(subjects.count)
        let subject = subjects[at]
        let time = start + TimeSpan(milliseconds: Int64(n) * 864_000_000 / Int64(total))
        let kind = kind(of: subject.kind, random.below(100))
        let other = random.below(subjects.count)
        var signal = Signal(
            cause: ContentID(high: UInt64(n) &* 0x9e37_79b9_7f4a_7c15, low: UInt64(n)), ordinal: 0,
            kind: kind, time: time, subject: subject,
            key: ContentID(high: UInt64(at), low: UInt64(at)))
        signal.party = UInt64(other) &* 0xd6e8_feb8_6659_fd93 | 1
        signal.amount = kind == .contacts ? Int64(random.below(5)) : 1
        signal.actor = "account-\(other / 100 * 100)"
        signal.category = kind == .reported || kind == .sighted ? UInt8(random.below(8)) + 1 : 0
        if kind == .joinedByLink || kind == .groupCreated || kind == .filedReport {
            signal.related = Subject(.group, "group-\(other / 100 * 100 + 80)")
        }
        if random.below(3) == 0 { signal.flags = .agedReporter }
        return (at, signal)
    }

    private static func kind(of subject: SubjectKind, _ n: Int) -> SignalKind {
        switch subject {
        case .account:
            switch n {
            case ..<60: .contacts
            case ..<68: .profileChanged
            case ..<76: .joinedByLink
            case ..<82: .addedMember
            case ..<86: .deviceChanged
            case ..<90: .groupCreated
            case ..<93: .linkCreated
            case ..<95: .filedReport
            case ..<96: .reported
            case ..<97: .reportWeighed
            default: .blocked
            }
        case .group:
            switch n {
            case ..<40: .memberJoined
            case ..<65: .memberAdded
            case ..<80: .memberLeft
            case ..<90: .settingsChanged
            case ..<93: .memberRefused
            case ..<95: .reported
            case ..<96: .reportWeighed
            default: .sighted
            }
        case .inviteLink:
            switch n {
            case ..<90: .memberJoined
            case ..<96: .sighted
            case ..<98: .reported
            default: .reportWeighed
            }
        }
    }
}
