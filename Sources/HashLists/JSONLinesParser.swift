import Foundation
import SafetyModel

/// One JSON object a line, with the names of `ListColumn` as members. Empty lines are skipped.
struct JSONLinesParser: ListParser {
    private var line: [UInt8] = []
    private var number = 1
    private var isSkipping = false
    private let decoder = JSONDecoder()

    mutating func feed(
        _ bytes: [UInt8], _ body: (ListRecord) throws -> Void
    ) throws {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                try endLine(body)
            } else if isSkipping {
                continue
            } else if line.count == ListLimits.entryBytes {
                isSkipping = true
                let wanted = "at most \(ListLimits.entryBytes) bytes"
                try body(.issue(ListIssue(number, "line", wanted)))
            } else {
                line.append(byte)
            }
        }
    }

    mutating func finish(_ body: (ListRecord) throws -> Void) throws { try endLine(body) }

    private mutating func endLine(_ body: (ListRecord) throws -> Void) throws {
        defer {
            line.removeAll(keepingCapacity: true)
            number += 1
            isSkipping = false
        }
        guard !isSkipping, line.contains(where: { $0 > 0x20 }) else { return }
        try body(record())
    }

    private func record() -> ListRecord {
        guard
            let members = try? decoder.decode([String: JSONScalar].self, from: Data(line))
        else {
            let wanted = "one JSON object of texts, numbers and booleans"
            return .issue(ListIssue(number, "line", wanted))
        }
        var row = ListRow(line: number)
        for (name, value) in members {
            guard let column = ListColumn(rawValue: name) else {
                return .issue(
                    ListIssue(
                        number, "members", "only \(ListColumn.names)",
                        key: members[ListColumn.entryID.rawValue]?.text))
            }
            row[column] = value.text
        }
        return row.record
    }
}

/// A JSON value that is no list and no object.
private enum JSONScalar: Decodable {
    case text(String)
    case whole(Int64)
    case flag(Bool)
    case none

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .none
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else {
            self = .whole(try container.decode(Int64.self))
        }
    }

    var text: String? {
        switch self {
        case .text(let text): text
        case .whole(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .none: nil
        }
    }
}
