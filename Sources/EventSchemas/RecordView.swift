public import SafetyModel

/// One record as a decoder sees it. The pointers need to be good only during the call.
public struct RecordView {
    /// nil for a tombstone.
    public var value: UnsafeRawBufferPointer?
    /// CloudEvents attributes as the headers have them; nil where a header is missing.
    public var eventID: UnsafeRawBufferPointer?
    public var eventType: UnsafeRawBufferPointer?
    public var eventSource: UnsafeRawBufferPointer?
    public var eventTime: UnsafeRawBufferPointer?
    public var eventSubject: UnsafeRawBufferPointer?
    public var contentType: UnsafeRawBufferPointer?
    /// The record's own time stamp.
    public var timestamp: Instant
    /// Where the record lies.
    public var topic: String
    public var partition: Int32
    public var offset: Int64

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
        if header.elementsEqual("application/protobuf".utf8) {
            self = .protobuf
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
