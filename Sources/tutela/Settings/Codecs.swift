import SafetyModel

extension Codec where Value == String {
    static let text = Codec(
        wanted: "text",
        parse: {
            switch $0 {
            case .scalar(let text): text
            case .nothing: ""
            case .list, .table: nil
            }
        },
        show: yamlText)

    static let name = Codec(
        wanted: "a name: 1 to 249 letters, digits, '.', '_' or '-'",
        parse: {
            guard case .scalar(let text) = $0, (1...249).contains(text.utf8.count),
                text.utf8.allSatisfy(isNameByte)
            else { return nil }
            return text
        },
        show: yamlText)
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
    default: false
    }
}

extension Codec where Value == Bool {
    static let flag = Codec(
        wanted: "true or false",
        parse: {
            guard case .scalar(let text) = $0 else { return nil }
            return text == "true" ? true : text == "false" ? false : nil
        },
        show: { $0 ? "true" : "false" })
}

extension Codec where Value: FixedWidthInteger {
    static func whole(_ range: ClosedRange<Value>) -> Codec {
        Codec(
            wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: {
                guard case .scalar(let text) = $0,
                    let number = Value(text.filter { $0 != "_" }), range.contains(number)
                else { return nil }
                return number
            },
            show: { "\($0)" })
    }
}

extension Codec where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> Codec {
        Codec(
            wanted: "a number from \(range.lowerBound) to \(range.upperBound)",
            parse: {
                guard case .scalar(let text) = $0, let number = Double(text),
                    range.contains(number)
                else { return nil }
                return number
            },
            show: { "\($0)" })
    }
}

extension Codec where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static var choice: Codec {
        Codec(
            wanted: Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: {
                guard case .scalar(let text) = $0 else { return nil }
                return Value(rawValue: text)
            },
            show: \.rawValue)
    }
}

extension Codec where Value == TimeSpan {
    private static let units: [(String, Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Such as `250ms`, `10s`, `90m`, `72h`, `14d`.
    static let span = Codec(
        wanted: "a length of time such as 250ms, 10s, 90m, 72h or 14d",
        parse: {
            guard case .scalar(let text) = $0 else { return nil }
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            let unit = text.dropFirst(digits.count)
            guard let count = Int64(digits), let scale = units.first(where: { $0.0 == unit })?.1
            else { return nil }
            let (milliseconds, overflow) = count.multipliedReportingOverflow(by: scale)
            return overflow ? nil : TimeSpan(milliseconds: milliseconds)
        },
        show: { span in
            for (unit, scale) in units.reversed()
            where span.milliseconds != 0 && span.milliseconds % scale == 0 {
                // Hours up to three days read better than days.
                if unit == "d", span.milliseconds < 7 * scale { continue }
                return "\(span.milliseconds / scale)\(unit)"
            }
            return "\(span.milliseconds)ms"
        })
}

extension Codec where Value == Duration {
    static let duration = Codec<TimeSpan>.span.map(
        { Duration.milliseconds($0.milliseconds) },
        {
            let (seconds, attoseconds) = $0.components
            return TimeSpan(
                milliseconds: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
        })
}

extension Codec {
    /// A list of values; in the environment separated by commas.
    static func list<Element: Sendable>(_ element: Codec<Element>) -> Codec
    where Value == [Element] {
        Codec(
            wanted: "a list, each " + element.wanted,
            parse: { given in
                let items: [Given]
                switch given {
                case .list(let list): items = list
                case .scalar(let text):
                    items = text.split(separator: ",").map { .scalar(trimmed($0)) }
                case .nothing: items = []
                case .table: return nil
                }
                let values = items.compactMap(element.parse)
                return values.count == items.count ? values : nil
            },
            show: { "[" + $0.map(element.show).joined(separator: ", ") + "]" })
    }

    /// Names with values; in the environment `name=value`, separated by commas.
    static func table<Element: Sendable>(_ element: Codec<Element>) -> Codec
    where Value == [String: Element] {
        Codec(
            wanted: "names with values, each value " + element.wanted,
            parse: { given in
                var values: [String: Element] = [:]
                for (name, value) in entries(given) ?? [("", .nothing)] {
                    guard !name.isEmpty, let parsed = element.parse(value) else { return nil }
                    values[name] = parsed
                }
                return values
            },
            show: { table in
                let pairs = table.sorted { $0.key < $1.key }
                    .map { "\(yamlText($0.key)): \(element.show($0.value))" }
                return pairs.isEmpty ? "{}" : "{ \(pairs.joined(separator: ", ")) }"
            })
    }
}

private func entries(_ given: Given) -> [(name: String, value: Given)]? {
    switch given {
    case .table(let entries): return entries
    case .nothing: return []
    case .list: return nil
    case .scalar(let text):
        return text.split(separator: ",").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return (trimmed(parts[0]), parts.count > 1 ? .scalar(trimmed(parts[1])) : .nothing)
        }
    }
}

func trimmed(_ text: some StringProtocol) -> String {
    let start = text.drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
}

/// The text as a YAML scalar, quoted only where it must be.
func yamlText(_ text: String) -> String {
    let plain = !text.isEmpty && text.utf8.allSatisfy { isNameByte($0) || $0 == 0x2f || $0 == 0x3a }
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "~"]
    let isNumber = Double(text) != nil
    if plain, !reserved.contains(text.lowercased()), !isNumber, !text.hasSuffix(":"),
        text.utf8.first != UInt8(ascii: "-")
    {
        return text
    }
    let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return "\"\(escaped)\""
}
