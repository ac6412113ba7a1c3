import EventSchemas
import SafetyModel
import SwiftProtobuf

/// Seals reversibly enough for tests, and leaves no clear byte.
struct TestSealer: FieldSealer {
    let keyID = "test-key"
    let sketchKey = [UInt8](0..<16)

    func seal(_ plaintext: [UInt8], record: ContentID, field: String) -> SealedBytes {
        SealedBytes(
            keyID: keyID, nonce: Array(record.bytes.prefix(12)),
            ciphertext: plaintext.map { $0 ^ 0xa5 } + record.bytes)
    }
}

/// A record to decode; a nil header is missing.
struct TestRecord {
    var value: [UInt8]?
    var type: String?
    var id: String? = "1"
    var source: String? = "test"
    var time: String? = "2026-11-22T00:00:00Z"
    var subject: String?
    var contentType: String? = "application/protobuf"
    var timestamp = Instant(milliseconds: 1_795_305_600_000)

    init(_ message: some Message, type: String) {
        value = message.canonicalBytes()
        self.type = type
    }

    init(bytes: [UInt8]?, type: String) {
        value = bytes
        self.type = type
    }

    func view<R>(_ body: (RecordView) throws(Rejection) -> R) throws(Rejection) -> R {
        let fields =
            [value]
            + [id, type, source, time, subject, contentType].map { $0.map { Array($0.utf8) } }
        // The copies outlive the view, for they are freed only below.
        let copies = fields.map { field in
            field.map { bytes in
                let copy = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: bytes.count, alignment: 1)
                copy.copyBytes(from: bytes)
                return UnsafeRawBufferPointer(copy)
            }
        }
        defer { copies.forEach { $0?.deallocate() } }
        return try body(
            RecordView(
                value: copies[0], eventID: copies[1], eventType: copies[2], eventSource: copies[3],
                eventTime: copies[4], eventSubject: copies[5], contentType: copies[6],
                timestamp: timestamp, topic: "topic", partition: 3, offset: 42))
    }

    func event(
        _ family: EventFamily, decoder: EventDecoder = EventDecoder(sealer: TestSealer())
    ) throws(Rejection) -> Event {
        try view { view throws(Rejection) in try decoder.event(view, family: family) }
    }

    /// Why the record is refused; nil where it is not.
    func rejection(
        _ family: EventFamily, decoder: EventDecoder = EventDecoder(sealer: TestSealer())
    ) -> Rejection? {
        do {
            _ = try event(family, decoder: decoder)
            return nil
        } catch {
            return error
        }
    }
}

/// A generator that repeats: splitmix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

extension PBEventContext {
    static func test(actor: String = "acct-a") -> PBEventContext {
        var context = PBEventContext()
        context.actorAccountID = actor
        context.region = "US"
        context.deviceToken = "device-1"
        return context
    }
}

extension PBAccountEvent {
    static func photo(_ edit: (inout PBMedia) -> Void = { _ in }) -> PBAccountEvent {
        var event = PBAccountEvent()
        event.context = .test()
        event.accountID = "acct-a"
        event.profileChanged.field = .photo
        event.profileChanged.newMedia = .test()
        edit(&event.profileChanged.newMedia)
        return event
    }
}

extension PBMedia {
    static func test(_ reference: String = "media-1") -> PBMedia {
        var media = PBMedia()
        media.reference = reference
        media.use = .profilePhoto
        media.attribution = .serverObserved
        media.digests.sha256 = .init(repeating: 7, count: 32)
        media.digests.pdq = .init(repeating: 9, count: 32)
        media.digests.pdqQuality = 80
        return media
    }
}

let photoType = "tutela.account.profile_changed.v1"
