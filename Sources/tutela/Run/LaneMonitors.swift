import Synchronization

/// The monitors of the lanes that run now; a lane that starts again has a new one.
final class LaneMonitors: Sendable {
    private struct Place: Hashable {
        var stage: String
        var lane: Int
    }

    private let monitors = Mutex<[Place: LaneMonitor]>([:])

    func set(_ monitor: LaneMonitor, stage: String, lane: Int) {
        monitors.withLock { $0[Place(stage: stage, lane: lane)] = monitor }
    }

    var current: [LaneMonitor] { monitors.withLock { Array($0.values) } }
}
