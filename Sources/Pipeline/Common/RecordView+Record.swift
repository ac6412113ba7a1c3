package import EventSchemas
internal import SafetyModel
package import Streaming

extension Record {
    /// Calls `body` with the record as decoders see it; the pointers are good only inside.
    package func withView<R>(_ body: (RecordView) throws -> R) rethrows -> R {
        try withFields { fields in
            try body(
                RecordView(
                    value: fields[.value], eventID: fields[.eventID],
                    eventType: fields[.eventType], eventSource: fields[.eventSource],
                    eventTime: fields[.eventTime], eventSubject: fields[.eventSubject],
                    contentType: fields[.contentType], timestamp: Instant(milliseconds: timestamp),
                    topic: source.topic, partition: source.partition, offset: offset))
        }
    }
}
