public import Policy
internal import Synchronization

/// The pack that Assess runs, which may be replaced while it runs: each task goes on with the new
/// one at its next batch, and its ledger says so. One for the process.
public final class PackFeed: Sendable {
    private let pack: Mutex<Pack>

    /// Starts with a pack.
    public init(_ pack: Pack) { self.pack = Mutex(pack) }

    /// The pack for the next batch.
    public var current: Pack { pack.withLock { $0 } }

    /// From the next batch of each task on.
    public func replace(with new: Pack) { pack.withLock { $0 = new } }
}
