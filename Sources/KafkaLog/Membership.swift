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
    }

    private let state = Mutex(State())

    func assigned(_ sources: [TopicPartition], _ metadata: GroupMetadata?) {
        state.withLock { $0 = State(sources: Set(sources), metadata: metadata) }
    }

    /// The lane has seen the assignment.
    func started() { state.withLock { $0.isStarted = true } }

    func ended() { state.withLock { $0 = State() } }

    /// - Throws: `fenced` where a source is not the lane's, or not any more.
    func metadata(
        for sources: some Sequence<TopicPartition>
    ) throws(LogError) -> GroupMetadata {
        let found = state.withLock { state -> GroupMetadata? in
            guard state.isStarted, sources.allSatisfy(state.sources.contains) else { return nil }
            return state.metadata
        }
        guard let found else {
            throw LogError(.fenced, "the lane does not have these partitions any more")
        }
        return found
    }
}
