import Foundation
import Pipeline
import Streaming
import Synchronization

/// Counts records, and CPU time from the first of them on.
final class Meter: LaneObserver {
    private struct State {
        var first: Reading?
        var last: Reading?
        var records = 0
        /// Signals written to travel; each comes back as a record.
        var travelled = 0
        var rounds = 0
        var outputs = 0
        var outputBytes = 0
        var commit = Duration.zero
        var steps: [PipelineStep: Double] = [:]
        var threads: [ThreadTimes.Part: Double] = [:]
        /// Thread CPU clocks at the beginning of a step. Lanes of a process mix only in the sum.
        var begun: [PipelineStep: [UInt: Double]] = [:]
    }

    struct Reading {
        var cpu: Double
        var wall: Double

        static var now: Reading {
            Reading(cpu: clock(CLOCK_PROCESS_CPUTIME_ID), wall: clock(CLOCK_MONOTONIC))
        }
    }

    private let state = Mutex(State())
    private let events: Int
    private let isDone: @Sendable () -> Void

    /// - Parameter isDone: called once that many events are committed.
    init(events: Int, isDone: @escaping @Sendable () -> Void) {
        self.events = events
        self.isDone = isDone
    }

    func observe(_ observation: LaneObservation) {
        switch observation {
        case .received:
            state.withLock { state in
                guard state.first == nil else { return }
                state.first = .now
                state.threads = ThreadTimes.now
            }
        case .round(let report):
            let isAll = state.withLock { state in
                state.records += report.records
                state.rounds += 1
                state.outputs += report.outputs
                state.outputBytes += report.outputBytes
                state.commit += report.commit
                state.last = .now
                guard state.records >= events + state.travelled else { return false }
                state.threads = ThreadTimes.now.merging(state.threads) { $0 - $1 }
                return true
            }
            if isAll { isDone() }
        default: break
        }
    }

    func observe(_ notice: PipelineNotice) {
        switch notice {
        case .began(let step):
            let now = clock(CLOCK_THREAD_CPUTIME_ID)
            state.withLock { $0.begun[step, default: [:]][threadID] = now }
        case .ended(let step):
            let now = clock(CLOCK_THREAD_CPUTIME_ID)
            state.withLock { state in
                guard let begun = state.begun[step]?.removeValue(forKey: threadID) else { return }
                state.steps[step, default: 0] += now - begun
            }
        case .processed(_, let counts):
            state.withLock { $0.travelled += counts.travelled }
        default: break
        }
    }

    /// One line of JSON.
    var report: String {
        state.withLock { state in
            guard let first = state.first, let last = state.last else { return "{}" }
            let steps = PipelineStep.allCases
                .map { "\"\($0.rawValue)\": \(state.steps[$0, default: 0])" }
                .joined(separator: ", ")
            let threads = ThreadTimes.Part.allCases
                .map { "\"\($0.rawValue)\": \(state.threads[$0, default: 0])" }
                .joined(separator: ", ")
            return
                "{\"events\": \(events), \"travelled\": \(state.travelled), \"cpu_seconds\": \(last.cpu - first.cpu), "
                + "\"cpu_seconds_before\": \(first.cpu), "
                + "\"wall_seconds\": \(last.wall - first.wall), \"commits\": \(state.rounds), "
                + "\"produced\": \(state.outputs), \"produced_bytes\": \(state.outputBytes), "
                + "\"commit_wall_seconds\": \(seconds(state.commit)), \"steps\": {\(steps)}, "
                + "\"threads\": {\(threads)}}"
        }
    }
}

private var threadID: UInt { UInt(pthread_self()) }

private func clock(_ id: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(id, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}
