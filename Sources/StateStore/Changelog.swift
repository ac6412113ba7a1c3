public import Streaming

/// Reads a task's changelog from its beginning to where it ended at the time of the call.
/// - Parameters:
///   - progress: called after each chunk with the position reached and the end; a few times a second
///     at most on a large changelog.
///   - apply: called with each record in order.
public func readChangelog(
    _ source: TopicPartition, of log: any EventLog,
    progress: (_ position: Int64, _ end: Int64) -> Void,
    _ apply: (Record) throws -> Void
) async throws {
    let bounds = try await log.bounds(of: source)
    let reader = try await log.openReader(source, from: bounds.low, follow: false)
    do {
        progress(bounds.low, bounds.end)
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count { try apply(chunk[index]) }
            progress(await reader.position, bounds.end)
        }
    } catch {
        await reader.close()
        throw error
    }
    await reader.close()
}
