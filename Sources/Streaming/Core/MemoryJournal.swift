internal import Synchronization

/// A journal that is gone with the process.
final class MemoryJournal: Journal {
    private struct State {
        var frames: [[UInt8]] = []
        /// The position of each frame's first byte.
        var starts: [Int64] = []
        var end: Int64 = 0
    }

    private let state = Mutex(State())

    func append(_ payload: [UInt8]) throws(JournalFailure) -> Int64 {
        state.withLock { state in
            let start = state.end
            state.frames.append(payload)
            state.starts.append(start)
            state.end += Int64(payload.count)
            return start
        }
    }

    func read(_ spans: [JournalSpan], _ body: (UnsafeRawBufferPointer) -> Void) throws(LogError) {
        let (frames, starts) = state.withLock { ($0.frames, $0.starts) }
        for span in spans {
            var low = 0
            var high = starts.count
            while low + 1 < high {
                let middle = (low + high) / 2
                if starts[middle] <= span.position { low = middle } else { high = middle }
            }
            frames[low].withUnsafeBytes { frame in
                let start = Int(span.position - starts[low])
                body(UnsafeRawBufferPointer(rebasing: frame[start..<start + span.count]))
            }
        }
    }
}
