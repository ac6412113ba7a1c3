import Foundation
import Simulation
import Yams

/// What the simulated people are like: numbers that a file names, some of them options too.
struct TrafficKnob: Sendable {
    var name: String
    var range: ClosedRange<Double>
    var set: @Sendable (inout SimulationSettings, Double) -> Void

    static let all: [TrafficKnob] = [
        Self("sizes", 0.01...100) { $0.sizes = $1 },
        Self("delays", 0.01...100) { $0.delays = $1 },
        Self("report_rate", 0...100) { $0.reportRate = $1 },
        Self("noise", 0...100) { $0.noise = SimulationSettings.Noise().scaled(by: $1) },
        Self("activity", 0...100) { $0.activity = $1 },
        Self("minor_share", 0...1) { $0.minorShare = $1 },
        Self("unknown_age_share", 0...1) { $0.unknownAgeShare = $1 },
        Self("withheld_facts", 0...1) { $0.withheldFacts = $1 },
        Self("sealed_texts", 0...1) { $0.sealedTexts = $1 },
        Self("franked_share", 0...1) { $0.frankedShare = $1 },
        Self("reviewer_errors", 0...1) { $0.reviewerErrorRate = $1 },
        Self("false_reports_closed", 0...1) { $0.falseReportsClosed = $1 },
        Self("honest_reports_closed", 0...1) { $0.honestReportsClosed = $1 },
        Self("reviewer_delay", 0.01...100) { $0.reviewerDelay = $1 },
    ]

    private init(
        _ name: String, _ range: ClosedRange<Double>,
        _ set: @escaping @Sendable (inout SimulationSettings, Double) -> Void
    ) {
        self.name = name
        self.range = range
        self.set = set
    }

    /// - Throws: where the number is out of range.
    func apply(
        _ value: Double, to settings: inout SimulationSettings, where place: String
    ) throws(ConfigurationError) {
        guard range.contains(value) else {
            throw ConfigurationError(
                where: place, "\(name) is \(value)",
                "it goes from \(range.lowerBound) to \(range.upperBound)")
        }
        set(&settings, value)
    }

    static func apply(
        _ name: String, _ value: Double, to settings: inout SimulationSettings, where place: String
    ) throws(ConfigurationError) {
        guard let knob = all.first(where: { $0.name == name }) else {
            let near = nearest(name, among: all.map(\.name) + ["incidents"])
            throw ConfigurationError(
                where: place, "there is no '\(name)' in a traffic file",
                near.map { "did you mean '\($0)'?" }
                    ?? "known are incidents, \(all.map(\.name).joined(separator: ", "))")
        }
        try knob.apply(value, to: &settings, where: place)
    }
}

extension SimulationSettings.IncidentCounts {
    static let maximum = 10_000

    /// - Parameter pattern: a pattern's name, or `all`.
    mutating func set(
        _ pattern: String, _ count: Int?, where place: String
    ) throws(ConfigurationError) {
        let patterns = TrafficPattern.allCases.filter {
            $0 != .ordinary && (pattern == "all" || $0.name == pattern)
        }
        guard !patterns.isEmpty else {
            let names = TrafficPattern.allCases.map(\.name).filter { $0 != "ordinary" }
            let near = nearest(pattern, among: names)
            throw ConfigurationError(
                where: place, "there is no pattern '\(pattern)'",
                near.map { "did you mean '\($0)'?" }
                    ?? "known are all, \(names.joined(separator: ", "))")
        }
        guard let count, (0...Self.maximum).contains(count) else {
            throw ConfigurationError(
                where: place, "the count of \(pattern) is no whole number",
                "it goes from 0 to \(Self.maximum)")
        }
        for pattern in patterns { self[pattern] = count }
    }

    /// `pattern=n,...`, from left to right.
    mutating func set(_ text: String, where place: String) throws(ConfigurationError) {
        for part in text.split(separator: ",") {
            let words = part.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count == 2 else {
                throw ConfigurationError(
                    where: place, "'\(part)' is not pattern=n", "such as all=0,framing=4")
            }
            try set(String(words[0]), Int(words[1]), where: place)
        }
    }
}

/// A YAML file that says what traffic to make:
///
///     incidents: {all: 1, framing: 4}
///     sizes: 1.5
///     report_rate: 0.5
struct TrafficFile {
    private static let maximumBytes = 65_536
    let path: String

    /// - Throws: names the file and line of what is wrong.
    func apply(to settings: inout SimulationSettings) throws(ConfigurationError) {
        guard let data = FileManager.default.contents(atPath: path),
            data.count <= Self.maximumBytes, let text = String(data: data, encoding: .utf8)
        else {
            throw ConfigurationError(
                where: path, "the traffic file cannot be read",
                "it must be UTF-8 text of at most \(Self.maximumBytes) bytes")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError(where: path, "not YAML: \(error)")
        }
        guard let root else { return }
        for (key, value) in try pairs(root) {
            let place = place(key)
            let name = key.string ?? ""
            if name == "incidents" {
                for (pattern, count) in try pairs(value) {
                    try settings.incidents.set(
                        pattern.string ?? "", count.int, where: self.place(pattern))
                }
            } else {
                guard let number = value.float else {
                    throw ConfigurationError(where: place, "\(name) must be a number")
                }
                try TrafficKnob.apply(name, number, to: &settings, where: place)
            }
        }
    }

    private func pairs(_ node: Node) throws(ConfigurationError) -> [(key: Node, value: Node)] {
        guard let mapping = node.mapping else {
            throw ConfigurationError(
                where: place(node), "names with values are expected", "such as `sizes: 2`")
        }
        return mapping.map { ($0.key, $0.value) }
    }

    private func place(_ node: Node) -> String {
        node.mark.map { "\(path):\($0.line)" } ?? path
    }
}
