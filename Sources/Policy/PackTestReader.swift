import SafetyModel
import Yams

extension PackTest {
    /// The most tests of a file, and the most signals of a test (I11).
    public static let maximumTests = 1_000
    /// See `maximumTests`.
    public static let maximumSignals = 100_000

    /// Reads a file of tests.
    /// - Parameters:
    ///   - file: its name, for errors.
    ///   - rules: the ids that the pack has; nil accepts any.
    ///   - events: reads platform events; without it, a test that has some is an error.
    public static func load(
        yaml: String, file: String, rules: [String]? = nil, events: EventReader? = nil
    ) throws(PackError) -> [PackTest] {
        let source = PackSource(text: yaml, file: file)
        return try PackTestReader(source: source, rules: rules, events: events).read()
    }
}

/// Reads tests; strict, like packs.
struct PackTestReader {
    let source: PackSource
    let rules: [String]?
    let events: PackTest.EventReader?

    func read() throws(PackError) -> [PackTest] {
        guard let root = try source.compose() else {
            throw source.error(nil, "the file is empty; expected the key tests")
        }
        let entries = try source.mapping(root, "a file of tests", keys: ["tests"])
        let list = try source.required("tests", in: entries, of: "a file of tests", root)
        let nodes = try source.sequence(list, "tests")
        guard nodes.count <= PackTest.maximumTests else {
            throw source.error(list.mark, "a file has at most \(PackTest.maximumTests) tests")
        }
        var tests: [PackTest] = []
        for node in nodes { tests.append(try test(node)) }
        return tests
    }

    private func test(_ node: Node) throws(PackError) -> PackTest {
        let entries = try source.mapping(
            node, "a test", keys: ["name", "events", "signals", "expect", "expect_not"])
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        var test = PackTest(
            name: try source.word(try source.required("name", in: entries, of: "a test", node)),
            line: node.mark?.line ?? 1, signals: [], expected: [], unwanted: [], isExact: false)
        guard value("expect") != nil || value("expect_not") != nil else {
            throw source.error(node.mark, "a test needs \"expect\", \"expect_not\" or both")
        }
        guard value("events") != nil || value("signals") != nil else {
            throw source.error(node.mark, "a test needs \"events\", \"signals\" or both")
        }
        if let list = value("events") {
            guard let events else {
                throw source.error(list.mark, "platform events cannot be read here")
            }
            let reader = TestEventReader(source: source, signals: events)
            for item in try source.sequence(list, "events") {
                try add(try reader.read(item, after: test.signals.count), item, to: &test)
            }
        }
        if let list = value("signals") {
            let reader = TestSignalReader(source: source)
            for item in try source.sequence(list, "signals") {
                try add(try reader.read(item, after: test.signals.count), item, to: &test)
            }
        }
        // Each list is in order as it stands; together they are by time.
        if value("events") != nil, value("signals") != nil {
            test.signals = test.signals.enumerated()
                .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                .map(\.element)
        }
        if let expect = value("expect") {
            for item in try source.sequence(expect, "expected proposals") {
                test.expected.append(try expectation(item))
            }
        }
        if let unwanted = value("expect_not") {
            for item in try source.sequence(unwanted, "rules, or any") {
                if try source.word(item) == "any" {
                    test.isExact = true
                } else {
                    test.unwanted.append(try rule(item))
                }
            }
        }
        return test
    }

    private func add(
        _ signals: [Signal], _ node: Node, to test: inout PackTest
    ) throws(PackError) {
        test.signals += signals
        guard test.signals.count <= PackTest.maximumSignals else {
            throw source.error(
                node.mark, "a test has at most \(PackTest.maximumSignals) signals")
        }
    }

    private func rule(_ node: Node) throws(PackError) -> String {
        let id = try source.word(node)
        if let rules, !rules.contains(id) {
            throw source.error(node.mark, unknown("rule", id, rules))
        }
        return id
    }

    private func expectation(_ node: Node) throws(PackError) -> PackTest.Expectation {
        let entries = try source.mapping(
            node, "an expected proposal", keys: ["rule", "target", "actions", "times"])
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        let ruleNode = try source.required("rule", in: entries, of: "an expected proposal", node)
        var result = PackTest.Expectation(
            rule: try rule(ruleNode), line: node.mark?.line ?? 1)
        if let target = value("target") {
            result.target = try TestSignalReader(source: source).subject(target, 1)
        }
        if let actions = value("actions") {
            var wanted: [Action] = []
            for item in try source.sequence(actions, "actions") {
                wanted.append(try source.choice(item, "action", Vocabulary.actions))
            }
            result.actions = wanted
        }
        if let times = value("times") {
            result.times = Int(clamping: try source.integer(times))
        }
        return result
    }
}
