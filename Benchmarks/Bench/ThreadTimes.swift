import Foundation

/// Processor time of the process's threads by what they are for. The client library names its
/// threads alike for every handle; those of a lane's producer begin before those of its consumer,
/// after the thread that commits. With several lanes the two cannot be told apart.
enum ThreadTimes {
    enum Part: String, CaseIterable {
        /// The cooperative pool: the lane and the chain of actors.
        case pool
        /// The client library's consumer: fetches, decompression, checksums.
        case fetch
        /// Our thread that polls it and copies records.
        case poll
        /// Our thread that hands records to the producer and commits.
        case commit
        /// The client library's producer: batches, compression, checksums, requests.
        case send
        case others
    }

    /// Seconds since each thread began.
    static var now: [Part: Double] {
        let folder = "/proc/self/task"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var times: [Part: Double] = [:]
        var handle = Part.others
        for thread in names.compactMap({ Int($0) }).sorted() {
            let name = read("\(folder)/\(thread)/comm")
            let part: Part
            if name.hasPrefix("rdk:") {
                if name == "rdk:main" { handle = following(handle) }
                part = handle
            } else if name == "tutela-commit" {
                (part, handle) = (.commit, .commit)
            } else if name == "tutela-poll" {
                part = .poll
            } else {
                part = name.hasPrefix("tutela-") ? .others : .pool
            }
            times[part, default: 0] += seconds(of: thread)
        }
        return times
    }

    private static func following(_ handle: Part) -> Part {
        switch handle {
        case .commit: .send
        case .send: .fetch
        default: .others
        }
    }

    /// Linux numbers the clock of a thread so (`MAKE_THREAD_CPUCLOCK` of the kernel).
    private static func seconds(of thread: Int) -> Double {
        var time = timespec()
        guard clock_gettime(clockid_t(truncatingIfNeeded: ~thread << 3 | 6), &time) == 0 else {
            return 0
        }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func read(_ path: String) -> String {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
