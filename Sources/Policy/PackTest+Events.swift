import Observability
public import SafetyModel
import Yams

extension PackTest {
    /// A platform event of a test.
    public struct Event: Sendable {
        /// Such as `group.created`: the middle of `ce_type`.
        public var type: String
        /// Alike only for a test's repeated event.
        public var id: String
        /// When it happened.
        public var time: Instant
        /// The event in protobuf's JSON form.
        public var json: String

        /// Makes an event of a test.
        public init(type: String, id: String, time: Instant, json: String) {
            self.type = type
            self.id = id
            self.time = time
            self.json = json
        }
    }

    /// Why an event of a test makes no signals.
    public struct EventFault: Error, Sendable {
        /// In a sentence.
        public var message: String

        /// With what is wrong.
        public init(_ message: String) { self.message = message }
    }

    /// Makes signals of an event, as the pipeline would with an empty bank.
    public typealias EventReader = @Sendable (Event) throws(EventFault) -> [Signal]
}

/// Reads the platform events of a test into signals.
struct TestEventReader {
    let source: PackSource
    let signals: PackTest.EventReader

    private static let maximumDepth = 16

    /// - Parameter count: signals before it, for identities.
    func read(_ node: Node, after count: Int) throws(PackError) -> [Signal] {
        let keys = ["type", "id", "at", "times", "every", "data"]
        let entries = try source.mapping(node, "an event", keys: keys)
        let type = try source.word(
            try source.required("type", in: entries, of: "an event", node))
        let data = try source.required("data", in: entries, of: "an event", node)
        let id = try entries.first { $0.key == "id" }
            .map { entry throws(PackError) in try source.word(entry.value) }
        var all: [Signal] = []
        for (n, time) in try TestTimes(source, entries).all.enumerated() {
            let event = PackTest.Event(
                type: type, id: id ?? "\(count)-\(n)", time: time,
                json: try json(data, n + 1, depth: 0))
            do {
                all += try signals(event)
            } catch {
                throw source.error(node.mark, error.message)
            }
        }
        return all
    }

    /// YAML's plain numbers and truths stay what they are; whatever is quoted is a text.
    private func json(_ node: Node, _ n: Int, depth: Int) throws(PackError) -> String {
        guard depth < Self.maximumDepth else {
            throw source.error(node.mark, "data nest deeper than \(Self.maximumDepth)")
        }
        switch node {
        case .mapping(let pairs):
            var parts: [String] = []
            for (key, value) in pairs {
                guard let name = key.scalar?.string else {
                    throw source.error(key.mark, "expected a name")
                }
                parts.append("\(jsonString(name)):\(try json(value, n, depth: depth + 1))")
            }
            return "{\(parts.joined(separator: ","))}"
        case .sequence(let nodes):
            var parts: [String] = []
            for item in nodes { parts.append(try json(item, n, depth: depth + 1)) }
            return "[\(parts.joined(separator: ","))]"
        case .scalar(let scalar):
            if scalar.style == .plain {
                if ["true", "false", "null"].contains(scalar.string) { return scalar.string }
                if let value = Double(scalar.string), value.isFinite,
                    scalar.string.utf8.allSatisfy({ "0123456789-.".utf8.contains($0) })
                {
                    return scalar.string
                }
            }
            return jsonString(TestTimes.numbered(scalar.string, n))
        case .alias: throw source.error(node.mark, "a pack has no aliases; write it out")
        }
    }
}

/// When something of a test happens: `at`, and `times` over again `every` so often.
struct TestTimes {
    let all: [Instant]

    /// A Monday, UTC.
    private static let noon = Instant(milliseconds: 1_736_164_800_000)

    init(_ source: PackSource, _ entries: [PackSource.Entry]) throws(PackError) {
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        var times = 1
        if let node = value("times") {
            times = Int(clamping: try source.integer(node))
            guard (1...PackTest.maximumSignals).contains(times) else {
                throw source.error(node.mark, "expected 1 to \(PackTest.maximumSignals) times")
            }
        }
        let every = try value("every").map { node throws(PackError) in try source.duration(node) }
        let at = try value("at").map { node throws(PackError) in try source.duration(node) }
        let first = Self.noon + (at ?? .seconds(0))
        all = (0..<times).map { n in
            first + TimeSpan(milliseconds: (every?.milliseconds ?? 0) * Int64(n))
        }
    }

    /// `{n}` is the number of the repetition.
    static func numbered(_ text: String, _ n: Int) -> String {
        text.split(separator: "{n}", omittingEmptySubsequences: false).joined(separator: "\(n)")
    }
}
