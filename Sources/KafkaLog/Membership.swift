import CRdkafka
import Streaming
import Synchronization

/// The group metadata of one assignment: member id and generation, by which the broker tells a member
/// from a zombie.
final class GroupMetadata: @unchecked Sendable {
    // Immutable; the library only reads it.
    let raw: OpaquePointer

    /// - Returns: nil where the consumer has no group.
    init?(of consumer: OpaquePointer) {
        guard let raw = rd_kafka_consumer_group_metadata(consumer) else { return nil }
        self.raw = raw
    }

    deinit { rd_kafka_consumer_group_metadata_destroy(raw) }
}

/// What the lane may commit for at this moment. Offsets go out only with the metadata of the
/// assignment that they belong to: with those of a later one, the broker would take work that another
/// member has done meanwhile (I2).
final class Membership: Sendable {
    private struct State {
        var sources: Set<TopicPartition> = []
        var metadata: GroupMetadata?
        var isStarted = false
        var failure: LogError?
    }

    private let state = Mutex(State())

    func assigned(_ sources: [TopicPartition], _ metadata: GroupMetadata?) {
        state.withLock { $0 = State(sources: Set(sources), metadata: metadata) }
    }

    /// The lane has seen the assignment.
    func started() { state.withLock { $0.isStarted = true } }

    /// - Parameter failure: why there will be no other assignment.
    func ended(because failure: LogError? = nil) {
        state.withLock { $0 = State(failure: failure ?? $0.failure) }
    }

    /// - Throws: `fenced` where a source is not the lane's, or not any more; the failure that ended
    ///   the membership.
    func metadata(
        for sources: some Sequence<TopicPartition>
    ) throws(LogError) -> GroupMetadata {
        let (found, failure) = state.withLock { state -> (GroupMetadata?, LogError?) in
            guard state.isStarted, sources.allSatisfy(state.sources.contains) else {
                return (nil, state.failure)
            }
            return (state.metadata, nil)
        }
        if let found { return found }
        throw failure ?? LogError(.fenced, "the lane does not have these partitions any more")
    }
}
