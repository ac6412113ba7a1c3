import Synchronization

/// The embedded log's clock: the end of the slice in hand.
final class SliceClock: Sendable {
    private let time: Mutex<Int64>

    init(_ milliseconds: Int64) { time = Mutex(milliseconds) }

    var now: Int64 { time.withLock { $0 } }
    func move(to milliseconds: Int64) { time.withLock { $0 = milliseconds } }
}
