internal import BankStorage
internal import HashMatching
internal import Synchronization

/// The bank that lanes see, and the rebuild of its index that runs beside them. At most one runs, so
/// that memory holds at most one copy more than the bank.
struct PublishedBank {
    var bank: Bank
    /// The feed makes a new bank of this one: a rebuild that ends meanwhile waits in `finished`.
    var isChanging = false
    /// What is being rebuilt.
    var sealed: BankSnapshot?
    var finished: BankSnapshot?
    /// A rebuild runs, or its image is being saved.
    var isBusy = false
    var waiters: [CheckedContinuation<Void, Never>] = []

    init(bank: Bank) { self.bank = bank }

    /// Puts a rebuild in its place; nothing, where the bank was moved back meanwhile.
    mutating func adopt() {
        guard let finished, let sealed, !isChanging else { return }
        if let adopted = bank.snapshot.adopting(finished, of: sealed) { bank.snapshot = adopted }
        self.finished = nil
        self.sealed = nil
    }

    /// Those to resume once the lock is let go; each looks again at what it waits for.
    mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        defer { waiters = [] }
        return waiters
    }
}

extension BankFeed {
    /// Changes outside the index that are scanned one by one: 8 µs a look-up.
    static let mostLooseRows = 32_768
    static let fewestLooseRows = 4_096
    /// Records after which a new image is worth writing, though few of them stand.
    static let recordsAnImage: Int64 = 262_144

    /// Whether a rebuild pays. While much is still to be read it only does once the bank has doubled,
    /// so that all rebuilds together cost twice the last one.
    func isSlow(_ snapshot: BankSnapshot, hasCaughtUp: Bool) -> Bool {
        let limit =
            hasCaughtUp
            ? min(Self.mostLooseRows, max(Self.fewestLooseRows, snapshot.baseRows / 8))
            : max(Self.mostLooseRows, snapshot.baseRows)
        return snapshot.looseRows >= limit
            || hasCaughtUp && savesImages && imageVersion + Self.recordsAnImage <= position
    }

    /// Makes the bank the published one.
    func publish(_ bank: Bank) {
        // The old one may be the last to hold an index: it is let go outside the lock.
        let (old, waiters) = published.withLock { state in
            let old = (state.bank, state.sealed)
            state.bank = bank
            state.isChanging = false
            state.adopt()
            return (old, state.takeWaiters())
        }
        withExtendedLifetime(old) {}
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until look-ups are as fast as they will be; rebuilds first where that helps.
    func quicken() async {
        while true {
            if published.withLock({ $0.sealed != nil }) {
                await change { $0.sealed == nil }
            } else if !isSlow(current.snapshot, hasCaughtUp: true) {
                return
            } else if !startRebuild() {
                guard published.withLock({ $0.isBusy }) else { return }
                await settle()
            }
        }
    }

    /// Waits until no rebuild runs and no image is being saved.
    public nonisolated func settle() async {
        while published.withLock({ $0.isBusy }) { await change { !$0.isBusy } }
    }

    /// Waits for the rebuild's next step, unless there is no need to any more.
    private nonisolated func change(unless isOver: @Sendable (PublishedBank) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isLate = published.withLock { state in
                if !isOver(state) { state.waiters.append(continuation) }
                return isOver(state)
            }
            if isLate { continuation.resume() }
        }
    }

    /// - Returns: false where none can be started now.
    @discardableResult
    func startRebuild() -> Bool {
        // The notes are those at `position`, so the snapshot must be too.
        flush()
        let sealed = published.withLock { state -> Bool in
            guard !state.isBusy else { return false }
            let sealed = state.bank.snapshot.sealing()
            state.bank.snapshot = sealed
            state.sealed = sealed
            state.isBusy = true
            return true
        }
        guard sealed else { return false }
        // While much is still to be read, an image would soon be old.
        let notes = hasCaughtUp && savesImages ? notes : nil
        if notes != nil { imageVersion = position }
        let isStarted = WorkThread.start {
            let rebuilt = self.rebuild()
            if let notes { self.save(BankImage(rebuilt, notes: notes)) }
            self.step { $0.isBusy = false }
        }
        if !isStarted {
            step { state in
                state.sealed = nil
                state.isBusy = false
            }
        }
        return isStarted
    }

    /// On a thread of its own. Holds what it rebuilt from no longer than it must.
    private nonisolated func rebuild() -> BankSnapshot {
        guard let sealed = published.withLock({ $0.sealed }) else { return .empty }
        let rebuilt = sealed.rebuilt()
        step { state in
            state.finished = rebuilt
            state.adopt()
        }
        return rebuilt
    }

    private nonisolated func step(_ body: @Sendable (inout PublishedBank) -> Void) {
        let (old, waiters) = published.withLock { state in
            let old = state.bank
            body(&state)
            return (old, state.takeWaiters())
        }
        withExtendedLifetime(old) {}
        for waiter in waiters { waiter.resume() }
    }

    private nonisolated func save(_ image: BankImage) {
        guard let images else { return }
        do throws(BankImageError) {
            guard let bytes = try images.save(image) else { return }
            observer(.bankImageSaved(version: image.snapshot.version, bytes: bytes))
        } catch {
            observer(.bankImageFailed(error))
        }
    }
}
