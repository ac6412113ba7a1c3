/// Writes Prometheus' text format 0.0.4.
struct PrometheusText {
    private var text = ""

    mutating func begin(family name: String, help: String, kind: SeriesKind) {
        if !help.isEmpty {
            text += "# HELP \(name) \(escape(help, quotes: false))\n"
        }
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func append(_ name: String, _ labels: LabelSet, _ value: Series.Value) {
        switch value {
        case .number(let number):
            line(name, labels, nil, number)
        case .histogram(let bounds, let counts, let sum):
            var total: UInt64 = 0
            for (bound, count) in zip(bounds, counts) {
                total += count
                line("\(name)_bucket", labels, show(bound), Double(total))
            }
            total += counts.last ?? 0
            line("\(name)_bucket", labels, "+Inf", Double(total))
            line("\(name)_sum", labels, nil, sum)
            line("\(name)_count", labels, nil, Double(total))
        }
    }

    consuming func finish() -> String { text }

    private mutating func line(
        _ name: String, _ labels: LabelSet, _ bound: String?, _ value: Double
    ) {
        var pairs = labels.pairs.map { "\($0.name)=\"\(escape($0.value, quotes: true))\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        let shown = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
        text += "\(name)\(shown) \(show(value))\n"
    }

    private func show(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return value.description
    }

    private func escape(_ value: String, quotes: Bool) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
