public import SafetyModel

/// A field that does not say what it should.
struct BadField: Error {
    var field: String
    var wanted: String
}

/// Reads single fields, whatever form the list has. What was written is never repeated.
enum FieldReading {
    static func algorithm(_ text: String, _ field: String) throws(BadField) -> HashAlgorithm {
        switch text.lowercased() {
        case "pdq": return .pdq
        case "md5": return .md5
        case "sha1", "sha-1": return .sha1
        case "sha256", "sha-256": return .sha256
        case "vpdq": return .vpdq
        default: throw BadField(field: field, wanted: "pdq, md5, sha1, sha256 or vpdq")
        }
    }

    static func digest(
        _ text: String, _ algorithm: HashAlgorithm, quality: UInt8 = 100, _ field: String
    ) throws(BadField) -> MediaDigest {
        let digits = 2 * algorithm.digestBytes
        guard text.utf8.count == digits, let bytes = [UInt8](hex: text) else {
            throw BadField(
                field: field, wanted: "\(digits) hexadecimal digits for \(algorithm)")
        }
        return MediaDigest(algorithm, bytes, quality: quality)
    }

    static func category(_ text: String, _ field: String) throws(BadField) -> BankCategory {
        guard let category = BankCategory(listName: text) else {
            let names = BankCategory.allCases.map(\.listName).joined(separator: ", ")
            throw BadField(field: field, wanted: "one of \(names)")
        }
        return category
    }

    static func quality(_ text: String, _ field: String) throws(BadField) -> UInt8 {
        guard let value = UInt8(text), value <= 100 else {
            throw BadField(field: field, wanted: "a whole number from 0 to 100")
        }
        return value
    }

    static func time(_ text: String, _ field: String) throws(BadField) -> Int64 {
        if let time = Instant(rfc3339: text.utf8), time.milliseconds > 0 {
            return time.milliseconds
        }
        throw BadField(field: field, wanted: "a time such as 2026-01-05T00:00:00Z")
    }

    static func flag(_ text: String, _ field: String) throws(BadField) -> Bool {
        switch text.lowercased() {
        case "true", "1", "yes": return true
        case "false", "0", "no": return false
        default: throw BadField(field: field, wanted: "true or false")
        }
    }

    static func id(_ text: String, _ field: String) throws(BadField) -> String {
        guard !text.isEmpty, text.utf8.count <= ListLimits.idBytes else {
            throw BadField(field: field, wanted: "1 to \(ListLimits.idBytes) bytes")
        }
        return text
    }

    static func token(_ text: String, _ field: String) throws(BadField) -> String {
        guard text.utf8.count <= ListLimits.tokenBytes else {
            throw BadField(field: field, wanted: "at most \(ListLimits.tokenBytes) bytes")
        }
        return text
    }
}

extension BankCategory {
    /// The name in lists, options and output, such as `minor_submitted`.
    public var listName: String {
        switch self {
        case .csam: "csam"
        case .exploitative: "exploitative"
        case .lead: "lead"
        case .minorSubmitted: "minor_submitted"
        case .adultNCII: "adult_ncii"
        case .knownBenign: "known_benign"
        }
    }

    /// nil for a name that is none.
    public init?(listName: String) {
        guard let found = Self.allCases.first(where: { $0.listName == listName }) else {
            return nil
        }
        self = found
    }
}
