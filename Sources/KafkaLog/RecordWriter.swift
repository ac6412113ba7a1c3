import CRdkafka
import Streaming

/// Hands records to the library, which copies them: with the record's own memory block that costs less
/// than proving when borrowed memory is free again after an abort.
struct RecordWriter: ~Copyable {
    private static let capacity = 7
    private let fields: UnsafeMutablePointer<rd_kafka_vu_t>

    init() {
        fields = .allocate(capacity: Self.capacity)
        fields.initialize(repeating: rd_kafka_vu_t(), count: Self.capacity)
        fields[0].vtype = RD_KAFKA_VTYPE_RKT
        fields[1].vtype = RD_KAFKA_VTYPE_PARTITION
        fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS
        fields[2].u.i = RD_KAFKA_MSG_F_COPY
        fields[3].vtype = RD_KAFKA_VTYPE_VALUE
        fields[4].vtype = RD_KAFKA_VTYPE_KEY
    }

    deinit { fields.deallocate() }

    /// Queues one record.
    /// - Parameter bytes: what the entry's ranges index.
    mutating func write(
        _ entry: OutputBatch.Entry, in bytes: UnsafeRawBufferPointer, to topic: OpaquePointer,
        of producer: OpaquePointer
    ) -> rd_kafka_resp_err_t {
        fields[0].u.rkt = topic
        fields[1].u.i32 = entry.partition
        Self.set(&fields[3], entry.value, in: bytes)
        Self.set(&fields[4], entry.key, in: bytes)
        var count = 5
        if let timestamp = entry.timestamp {
            fields[count].vtype = RD_KAFKA_VTYPE_TIMESTAMP
            fields[count].u.i64 = timestamp
            count += 1
        }
        var headers: OpaquePointer?
        if !entry.headers.isEmpty {
            headers = rd_kafka_headers_new(8)
            HeaderBlock.forEach(in: UnsafeRawBufferPointer(rebasing: bytes[entry.headers])) {
                rd_kafka_header_add(
                    headers, $0.baseAddress, $0.count, $1.baseAddress ?? $0.baseAddress, $1.count)
            }
            fields[count].vtype = RD_KAFKA_VTYPE_HEADERS
            fields[count].u.headers = headers
            count += 1
        }
        guard let error = rd_kafka_produceva(producer, fields, count) else {
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
        defer { rd_kafka_error_destroy(error) }
        if let headers { rd_kafka_headers_destroy(headers) }
        return rd_kafka_error_code(error)
    }

    /// An empty field needs an address too: without one it would be none.
    private static func set(
        _ field: inout rd_kafka_vu_t, _ range: Range<Int>?, in bytes: UnsafeRawBufferPointer
    ) {
        guard let range else {
            field.u.mem.ptr = nil
            field.u.mem.size = 0
            return
        }
        field.u.mem.ptr =
            bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + range.lowerBound) }
            ?? UnsafeMutableRawPointer(bitPattern: 1)
        field.u.mem.size = range.count
    }
}
