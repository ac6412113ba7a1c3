internal import Synchronization

/// A queue between tasks that holds at most `capacity` elements: a sender waits while it is full, a
/// receiver while it is empty. Elements leave in the order in which they were sent.
public final class BoundedChannel<Element: Sendable>: Sendable {
    private enum Sent { case done, finished, cancelled }
    private enum Received { case element(Element), finished, cancelled }
    private typealias Sender = (
        id: UInt64, element: Element, wake: CheckedContinuation<Sent, Never>
    )
    private typealias Receiver = (id: UInt64, wake: CheckedContinuation<Received, Never>)

    private struct State {
        var queue: [Element] = []
        var head = 0
        var senders: [Sender] = []
        var receivers: [Receiver] = []
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0
        var isFinished = false

        var count: Int { queue.count - head }

        mutating func newID() -> UInt64 {
            nextID += 1
            return nextID
        }

        mutating func removeFirst() -> Element {
            let element = queue[head]
            head += 1
            if head == queue.count || head > 64 {
                queue.removeFirst(head)
                head = 0
            }
            return element
        }
    }

    /// Most elements that wait in the channel.
    public let capacity: Int
    private let state = Mutex(State())

    public init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Elements that wait, those of suspended senders not counted.
    public var count: Int { state.withLock { $0.count } }

    /// Appends an element, waiting for room.
    /// - Returns: false when the channel was finished before there was room.
    /// - Throws: `CancellationError` when the caller is cancelled while it waits; then the element
    ///   was not sent.
    @discardableResult
    public func send(_ element: Element) async throws -> Bool {
        let id = state.withLock { $0.newID() }
        let sent = await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                enqueue(element, id: id, wake: wake)
            }
        } onCancel: {
            cancelSender(id)
        }
        forget(id)
        switch sent {
        case .done: return true
        case .finished: return false
        case .cancelled: throw CancellationError()
        }
    }

    /// Appends an element where there is room.
    /// - Returns: whether it was taken.
    public func offer(_ element: Element) -> Bool {
        let receiver: Receiver?? = state.withLock { state in
            guard !state.isFinished else { return nil }
            if !state.receivers.isEmpty { return .some(state.receivers.removeFirst()) }
            guard state.count < capacity, state.senders.isEmpty else { return nil }
            state.queue.append(element)
            return .some(nil)
        }
        guard let receiver else { return false }
        receiver?.wake.resume(returning: .element(element))
        return true
    }

    /// The next element, waited for; nil when the channel is finished and empty.
    /// - Throws: `CancellationError` when the caller is cancelled while it waits.
    public func receive() async throws -> Element? {
        if let element = tryReceive() { return element }
        let id = state.withLock { $0.newID() }
        let received = await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                dequeue(id: id, wake: wake)
            }
        } onCancel: {
            cancelReceiver(id)
        }
        forget(id)
        switch received {
        case .element(let element): return element
        case .finished: return nil
        case .cancelled: throw CancellationError()
        }
    }

    /// The next element if there is one now.
    public func tryReceive() -> Element? {
        let (element, sender) = state.withLock { state in Self.takeFirst(&state) }
        sender?.resume(returning: .done)
        return element
    }

    /// No more elements are taken; what waits in the channel is still received.
    public func finish() {
        let (senders, receivers) = state.withLock { state in
            state.isFinished = true
            defer { (state.senders, state.receivers) = ([], []) }
            return (state.senders, state.receivers)
        }
        for sender in senders { sender.wake.resume(returning: .finished) }
        for receiver in receivers { receiver.wake.resume(returning: .finished) }
    }

    private static func takeFirst(
        _ state: inout State
    ) -> (Element?, CheckedContinuation<Sent, Never>?) {
        guard state.count > 0 else { return (nil, nil) }
        let element = state.removeFirst()
        guard !state.senders.isEmpty else { return (element, nil) }
        let sender = state.senders.removeFirst()
        state.queue.append(sender.element)
        return (element, sender.wake)
    }

    private func enqueue(_ element: Element, id: UInt64, wake: CheckedContinuation<Sent, Never>) {
        var receiver: Receiver?
        let outcome: Sent? = state.withLock { state in
            if state.cancelled.remove(id) != nil { return .cancelled }
            if state.isFinished { return .finished }
            if !state.receivers.isEmpty {
                receiver = state.receivers.removeFirst()
                return .done
            }
            if state.count < capacity {
                state.queue.append(element)
                return .done
            }
            state.senders.append((id, element, wake))
            return nil
        }
        receiver?.wake.resume(returning: .element(element))
        if let outcome { wake.resume(returning: outcome) }
    }

    private func dequeue(id: UInt64, wake: CheckedContinuation<Received, Never>) {
        let (received, sender): (Received?, CheckedContinuation<Sent, Never>?) =
            state.withLock { state in
                if state.cancelled.remove(id) != nil { return (.cancelled, nil) }
                let (element, sender) = Self.takeFirst(&state)
                if let element { return (.element(element), sender) }
                if state.isFinished { return (.finished, nil) }
                state.receivers.append((id, wake))
                return (nil, nil)
            }
        sender?.resume(returning: .done)
        if let received { wake.resume(returning: received) }
    }

    /// A cancellation that came too late must leave nothing behind.
    private func forget(_ id: UInt64) {
        guard Task.isCancelled else { return }
        state.withLock { _ = $0.cancelled.remove(id) }
    }

    private func cancelSender(_ id: UInt64) {
        let wake: CheckedContinuation<Sent, Never>? = state.withLock { state in
            guard let index = state.senders.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.senders.remove(at: index).wake
        }
        wake?.resume(returning: .cancelled)
    }

    private func cancelReceiver(_ id: UInt64) {
        let wake: CheckedContinuation<Received, Never>? = state.withLock { state in
            guard let index = state.receivers.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.receivers.remove(at: index).wake
        }
        wake?.resume(returning: .cancelled)
    }
}
