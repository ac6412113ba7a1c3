internal import SafetyModel
internal import SwiftProtobuf

/// Limits of the contract; the comments in `Schemas/` name them too.
enum Limits {
    static let tokenBytes = 255
    static let textBytes = 4_096
    static let media = 64
    static let messages = 64
    static let mediaPerMessage = 32
    static let frames = 1_024
    static let assessments = 32
    static let sessions = 16
    static let snapshots = 16
    static let priorReports = 32
    static let humanViews = 8
    static let matches = 256
    static let reasons = 256
    static let actions = 32
    static let references = 64
    static let sketch = 64
    static let initialMembers = 256
    /// 9999-12-31T23:59:59.999Z.
    static let latestTime: Int64 = 253_402_300_799_999
}

/// Runs `body` and puts `prefix` before the path of what it rejects.
func within<T>(
    _ prefix: @autoclosure () -> String, _ body: () throws(Rejection) -> T
) throws(Rejection) -> T {
    do {
        return try body()
    } catch {
        let path = error.field.isEmpty ? prefix() : "\(prefix()).\(error.field)"
        throw Rejection(error.reason, field: path)
    }
}

/// Checks of single fields. The path is built only when a check fails.
enum Check {
    /// A required identifier.
    static func id(_ text: String, _ field: String) throws(Rejection) {
        if text.isEmpty { throw Rejection(.missingField, field: field) }
        if text.utf8.count > Subject.maximumIDBytes { throw Rejection(.oversize, field: field) }
    }

    static func token(_ text: String, _ field: String) throws(Rejection) {
        if text.utf8.count > Limits.tokenBytes { throw Rejection(.oversize, field: field) }
    }

    static func count(_ count: Int, atMost limit: Int, _ field: String) throws(Rejection) {
        if count > limit { throw Rejection(.tooMany, field: field) }
    }

    /// Unix milliseconds; 0 means not told.
    static func time(_ milliseconds: Int64, _ field: String) throws(Rejection) {
        if milliseconds < 0 || milliseconds > Limits.latestTime {
            throw Rejection(.impossibleTime, field: field)
        }
    }

    static func requiredTime(_ milliseconds: Int64, _ field: String) throws(Rejection) {
        if milliseconds == 0 { throw Rejection(.missingField, field: field) }
        try time(milliseconds, field)
    }

    static func zoned(_ time: PBZonedTime, _ field: String) throws(Rejection) {
        try Check.time(time.unixMs, "\(field).unix_ms")
        if abs(Int64(time.utcOffsetMinutes)) > 1_080 {
            throw Rejection(.outOfRange, field: "\(field).utc_offset_minutes")
        }
    }

    /// An enum that may be left unspecified.
    static func known<E: SwiftProtobuf.Enum>(_ value: E, _ field: String) throws(Rejection)
    where E: CaseIterable {
        if value.rawValue != 0, !E.allCases.contains(value) {
            throw Rejection(.unknownEnum, field: field)
        }
    }

    static func required<E: SwiftProtobuf.Enum>(_ value: E, _ field: String) throws(Rejection)
    where E: CaseIterable {
        if value.rawValue == 0 { throw Rejection(.missingField, field: field) }
        try known(value, field)
    }

    static func percentage(_ value: UInt32, _ field: String) throws(Rejection) {
        if value > 100 { throw Rejection(.outOfRange, field: field) }
    }

    /// ISO 3166-1 alpha-2, with or without a subdivision; empty where unknown.
    static func region(_ text: String, _ field: String) throws(Rejection) {
        if text.isEmpty { return }
        let units = Array(text.utf8)
        let isLetter = { (unit: UInt8) in (0x41...0x5a).contains(unit) }
        let country = units.count >= 2 && isLetter(units[0]) && isLetter(units[1])
        let rest = units.dropFirst(2)
        let subdivision =
            rest.isEmpty
            || (2...4).contains(rest.count) && rest.first == UInt8(ascii: "-")
                && rest.dropFirst().allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
        if !country || !subdivision { throw Rejection(.outOfRange, field: field) }
    }

    static func contentID(_ bytes: some Collection<UInt8>, _ field: String) throws(Rejection)
        -> ContentID
    {
        if bytes.isEmpty { throw Rejection(.missingField, field: field) }
        guard let id = ContentID(bytes: bytes) else {
            throw Rejection(.badDigestLength, field: field)
        }
        return id
    }

    static func optionalID(_ bytes: some Collection<UInt8>, _ field: String) throws(Rejection)
        -> ContentID?
    {
        bytes.isEmpty ? nil : try contentID(bytes, field)
    }

    static func digest(_ bytes: some Collection<UInt8>, count: Int, _ field: String)
        throws(Rejection)
    {
        if bytes.count != count { throw Rejection(.badDigestLength, field: field) }
    }
}

extension Subject {
    init(_ wire: PBSubjectRef, _ field: String) throws(Rejection) {
        try Check.required(wire.kind, "\(field).kind")
        try Check.id(wire.id, "\(field).id")
        guard let kind = SubjectKind(wire: wire.kind) else {
            throw Rejection(.unknownEnum, field: "\(field).kind")
        }
        self.init(kind, wire.id)
    }

    var wire: PBSubjectRef {
        var wire = PBSubjectRef()
        wire.kind = kind.wire()
        wire.id = id
        return wire
    }
}

extension RawRepresentable where RawValue == UInt8 {
    /// Domain enums that share their numbers with the wire; nil for unspecified and unknown.
    init?<E: SwiftProtobuf.Enum>(wire: E) {
        guard let raw = UInt8(exactly: wire.rawValue) else { return nil }
        self.init(rawValue: raw)
    }

    /// The wire's enum of the same number.
    func wire<E: SwiftProtobuf.Enum>() -> E {
        E(rawValue: Int(rawValue)) ?? E()
    }
}
