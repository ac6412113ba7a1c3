import SafetyModel

/// Pages of NCMEC's hash-sharing API, version 2 (`https://hashsharing.ncmec.org/hashsharing/v2`):
/// `image` and `video` entries with their fingerprints, `deletedImage` and `deletedVideo` where one
/// is gone. An entry's key is member id and entry id. MD5, SHA-1, SHA-256 and PDQ are read; other
/// fingerprints cannot be matched here and are left out.
struct HashSharingParser: ListParser {
    private static let entries: Set<String> = ["image", "video", "deletedImage", "deletedVideo"]

    private var splitter = ElementSplitter(names: Self.entries)
    private var hasBegun = false
    private var hasEnded = false
    private var lines = 1

    mutating func feed(
        _ bytes: [UInt8], _ body: (ListRecord) throws -> Void
    ) throws {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") { lines += 1 }
            var found: [ElementSplitter.Found] = []
            splitter.take(byte) { found.append($0) }
            for item in found { try take(item, body) }
        }
    }

    mutating func finish(_ body: (ListRecord) throws -> Void) throws {
        if !hasBegun {
            try body(
                .issue(
                    ListIssue(1, "page", "a queryResult element of the API", endsFile: true)))
        } else if !hasEnded {
            try body(
                .issue(
                    ListIssue(
                        splitter.openLine ?? lines, "page", "the rest: the page was cut short",
                        endsFile: true)))
        }
    }

    private mutating func take(
        _ found: ElementSplitter.Found, _ body: (ListRecord) throws -> Void
    ) throws {
        switch found {
        case .tag("queryResult"): hasBegun = true
        case .tag("/queryResult"): hasEnded = true
        case .tag: break
        case .broken(let line, let wanted):
            try body(.issue(ListIssue(line, "entry", wanted)))
        case .element(let name, let bytes, let line):
            try body(HashSharingEntry(name, bytes, line: line).record)
        }
    }
}
