internal import Synchronization

/// A journal that is gone with the process.
package final class MemoryJournal: Journal {
    private struct Frame {
        /// Of its first byte.
        var start: Int64
        /// Empty once its records are let go.
        var bytes: [UInt8]
        /// Records that are not deleted.
        var records: Int
    }

    private struct State {
        var frames: [Frame] = []
        var end: Int64 = 0

        /// The index of the frame that holds a position.
        func index(of position: Int64) -> Int {
            var low = 0
            var high = frames.count
            while low + 1 < high {
                let middle = (low + high) / 2
                if frames[middle].start <= position { low = middle } else { high = middle }
            }
            return low
        }
    }

    private let state = Mutex(State())
    private let letsGo: Bool

    /// - Parameter letsGo: whether the memory of deleted records is given back; a reader that has
    ///   them in hand then fails.
    package init(letsGo: Bool = false) { self.letsGo = letsGo }

    package func append(_ payload: [UInt8], records: Int) throws(JournalFailure) -> Int64 {
        state.withLock { state in
            let start = state.end
            state.end += Int64(payload.count)
            // Frames without records are never read.
            if records > 0 {
                state.frames.append(Frame(start: start, bytes: payload, records: records))
            }
            return start
        }
    }

    package func read(_ spans: [JournalSpan], _ body: (UnsafeRawBufferPointer) -> Void)
        throws(LogError)
    {
        let state = state.withLock { $0 }
        for span in spans {
            let frame = state.frames[state.index(of: span.position)]
            let at = Int(span.position - frame.start)
            guard at + span.count <= frame.bytes.count else {
                throw LogError(.outOfRange, "records were deleted while they were read")
            }
            frame.bytes.withUnsafeBytes { bytes in
                body(UnsafeRawBufferPointer(rebasing: bytes[at..<at + span.count]))
            }
        }
    }

    package func release(_ spans: [JournalSpan]) {
        guard letsGo else { return }
        state.withLock { state in
            for span in spans {
                let index = state.index(of: span.position)
                state.frames[index].records -= 1
                if state.frames[index].records == 0 { state.frames[index].bytes = [] }
            }
        }
    }
}
