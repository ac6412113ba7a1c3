public import SafetyModel

/// One record as a decoder sees it. The pointers need to be good only during the call.
public struct RecordView {
    /// nil for a tombstone.
    public var value: UnsafeRawBufferPointer?
    /// `ce_id`; this and the other headers are nil where they are missing.
    public var eventID: UnsafeRawBufferPointer?
    /// `ce_type`.
    public var eventType: UnsafeRawBufferPointer?
    /// `ce_source`.
    public var eventSource: UnsafeRawBufferPointer?
    /// `ce_time`.
    public var eventTime: UnsafeRawBufferPointer?
    /// `ce_subject`.
    public var eventSubject: UnsafeRawBufferPointer?
    /// `content-type`.
    public var contentType: UnsafeRawBufferPointer?
    /// The record's own time stamp.
    public var timestamp: Instant
    /// The topic it lies in.
    public var topic: String
    /// Its partition.
    public var partition: Int32
    /// Its offset.
    public var offset: Int64

    /// A view of borrowed bytes; headers that are not given are missing.
    public init(
        value: UnsafeRawBufferPointer?, eventID: UnsafeRawBufferPointer? = nil,
        eventType: UnsafeRawBufferPointer? = nil, eventSource: UnsafeRawBufferPointer? = nil,
        eventTime: UnsafeRawBufferPointer? = nil, eventSubject: UnsafeRawBufferPointer? = nil,
        contentType: UnsafeRawBufferPointer? = nil, timestamp: Instant, topic: String,
        partition: Int32, offset: Int64
    ) {
        self.value = value
        self.eventID = eventID
        self.eventType = eventType
        self.eventSource = eventSource
        self.eventTime = eventTime
        self.eventSubject = eventSubject
        self.contentType = contentType
        self.timestamp = timestamp
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    /// From (`ce_source`, `ce_id`), else from the position.
    public var identity: ContentID {
        if let eventSource, let eventID, !eventSource.isEmpty, !eventID.isEmpty {
            return .event(source: eventSource, id: eventID)
        }
        return .position(topic: topic, partition: partition, offset: offset)
    }
}

/// How a record's value is written.
public enum WireFormat: String, Sendable, CaseIterable {
    case protobuf
    case json

    /// The `content-type` header.
    public var contentType: String {
        switch self {
        case .protobuf: "application/protobuf"
        case .json: "application/json"
        }
    }

    /// The format a header names; protobuf where there is none. Parameters after `;` are ignored.
    /// - Throws: `unknownContentType`.
    public init(contentType header: UnsafeRawBufferPointer?) throws(Rejection) {
        guard let header, !header.isEmpty else {
            self = .protobuf
            return
        }
        if header.hasBytes("application/protobuf") {
            self = .protobuf
            return
        }
        if header.hasBytes("application/json") {
            self = .json
            return
        }
        let end = header.firstIndex(of: UInt8(ascii: ";")) ?? header.endIndex
        let name = header[..<end].filter { $0 != UInt8(ascii: " ") }
        switch String(decoding: name, as: UTF8.self).lowercased() {
        case "application/protobuf", "application/x-protobuf",
            "application/vnd.google.protobuf":
            self = .protobuf
        case "application/json": self = .json
        default: throw Rejection(.unknownContentType, field: "content-type")
        }
    }
}
