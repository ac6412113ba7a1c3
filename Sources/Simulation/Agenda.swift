import SafetyModel

/// What somebody on the simulated platform is about to do.
enum Act {
    case ordinary(Habit)
    /// The next step of an incident.
    case step(incident: Int)
    case deed(Deed, incident: Int)
    /// The platform gives an account back after a reversal.
    case reinstate(account: Int)
}

/// What ordinary people do.
enum Habit: CaseIterable {
    case summary, photo, name, about, device, unlink, number, recycled, selfDelete, register
    case newGroup, changeGroup, addMember, refuse, leave, remove, makeAdmin, dissolve
    case newLink, resetLink, join, sighting, gone
    case mistakenReport, withdraw, block, unblock

    /// Times a day for each account.
    var dailyRate: Double {
        switch self {
        case .summary: 7
        case .photo: 0.06
        case .name: 0.03
        case .about: 0.04
        case .device: 0.02
        case .unlink: 0.015
        case .number: 0.003
        case .recycled: 0.0005
        case .selfDelete: 0.0005
        case .register: 0.01
        case .newGroup: 0.03
        case .changeGroup: 0.06
        case .addMember: 0.5
        case .refuse: 0.02
        case .leave: 0.12
        case .remove: 0.02
        case .makeAdmin: 0.02
        case .dissolve: 0.001
        case .newLink: 0.02
        case .resetLink: 0.003
        case .join: 0.25
        case .sighting: 0.001
        case .gone: 0.0005
        case .mistakenReport: 0.003
        case .withdraw: 0.0003
        case .block: 0.04
        case .unblock: 0.005
        }
    }
}

/// Acts in the order of time; those of one time in the order they were planned.
struct Agenda {
    private struct Item {
        var time: Instant
        var order: UInt64
        var act: Act

        static func < (a: Item, b: Item) -> Bool { (a.time, a.order) < (b.time, b.order) }
    }

    private var heap: [Item] = []
    private var planned: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }

    mutating func plan(_ act: Act, at time: Instant) {
        heap.append(Item(time: time, order: planned, act: act))
        planned += 1
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The next act before `end`.
    mutating func next(before end: Instant) -> (time: Instant, act: Act)? {
        guard let first = heap.first, first.time < end else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child] < heap[least] { least = child }
            }
            if least == parent { break }
            heap.swapAt(least, parent)
            parent = least
        }
        return (first.time, first.act)
    }
}
