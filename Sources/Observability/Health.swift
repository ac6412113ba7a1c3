import Synchronization

/// Whether the process can do its work, component by component; `/ready` shows it (I12).
public final class Health: Sendable {
    /// Why a component is not ready.
    public enum Condition: String, Sendable, CaseIterable {
        /// Not up yet.
        case starting
        /// Waits for the group to assign tasks.
        case joining
        /// Reads state back.
        case restoring
        /// Has work and does not progress.
        case stalled
        /// Stopped with an error.
        case failed
        /// Finishes what it holds before it stops.
        case draining
    }

    /// One reason why the process is not ready.
    public struct Reason: Hashable, Sendable {
        /// Such as `assess-3` or `bank`.
        public var component: String
        public var condition: Condition
        /// Progress or error, without case data.
        public var detail: String

        public init(component: String, condition: Condition, detail: String) {
            self.component = component
            self.condition = condition
            self.detail = detail
        }
    }

    private let reasons = Mutex<[String: Reason]>([:])

    public init() {}

    /// The component cannot work, for this reason.
    public func set(_ component: String, _ condition: Condition, _ detail: String = "") {
        reasons.withLock {
            $0[component] = Reason(component: component, condition: condition, detail: detail)
        }
    }

    /// The component works, or is no longer ours.
    public func clear(_ component: String) {
        reasons.withLock { _ = $0.removeValue(forKey: component) }
    }

    public var isReady: Bool { reasons.withLock { $0.isEmpty } }

    /// Whether any component failed for good, so that a restart is needed.
    public var hasFailed: Bool {
        reasons.withLock { $0.values.contains { $0.condition == .failed } }
    }

    /// In the order of component names.
    public var current: [Reason] {
        reasons.withLock { $0.values.sorted { $0.component < $1.component } }
    }
}
