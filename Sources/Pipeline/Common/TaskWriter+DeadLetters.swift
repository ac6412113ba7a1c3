internal import EventSchemas
internal import SafetyModel
internal import Streaming

extension TaskWriter {
    /// Appends a dead letter for each rejection, in the order of the batch's records.
    func appendDeadLetters(_ result: TaskResult, to output: inout OutputBatch) {
        for (index, rejection) in result.rejections.sorted(by: { $0.key < $1.key }) {
            append(result.batch.records[index], rejection, to: &output)
        }
    }

    private func append(_ record: Record, _ rejection: Rejection, to output: inout OutputBatch) {
        let letter = record.withView { view in
            PBDeadLetter(
                view, key: record.bytes(of: .key),
                headers: record.headers.map { ($0.name, $0.value) }, rejection: rejection,
                sealer: context.sealer)
        }
        let position = letter.recordKey
        let event = CloudEvent(
            id: position, type: EventType.deadLetter, source: context.eventSource,
            time: Instant(milliseconds: record.timestamp), subject: nil)
        output.append(
            topic: context.settings.topics.deadLetters, partition: task.partition,
            key: Array(position.utf8), value: letter.canonicalBytes(), headers: event.headers)
    }
}
