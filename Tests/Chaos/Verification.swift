import EventSchemas
import Pipeline
import Streaming
import SwiftProtobuf

/// What one check found.
struct Finding: Sendable {
    /// Which of the promises it is, such as "b".
    var check: String
    var title: String
    /// Numbers for the table.
    var detail: String
    var problems: [String]

    var holds: Bool { problems.isEmpty }
}

/// The checks that need only what readers see. Replay, check (a), is `ReplayCheck`.
struct Verification {
    let plan: Plan
    let calm: Snapshot
    let wild: Snapshot

    /// Inputs of both stages in the disturbed run.
    private var inputs: [TopicPartition] {
        let topics = plan.topics(of: .wild)
        return topics.assessSources.flatMap { topic in
            (0..<plan.partitions).map { TopicPartition(topic, $0) }
        } + topics.enforceSources.map { TopicPartition($0, 0) }
    }

    func run() throws -> [Finding] {
        [repeatedIDs(), try positions(of: .wild, wild), sameDecisions(), deadLetters()]
    }

    private func published(_ run: Plan.Run) -> [(name: String, topic: String)] {
        let topics = plan.topics(of: run)
        return [
            ("proposals", topics.proposals), ("signals", topics.signals),
            ("enforcements", topics.enforcement), ("tips", topics.cyberTips),
            ("review requests", topics.reviewRequests),
        ]
    }

    /// (b)
    private func repeatedIDs() -> Finding {
        var problems: [String] = []
        var numbers: [String] = []
        for (name, topic) in published(.wild) {
            let ids = wild.ids(of: topic)
            numbers.append("\(ids.count) \(name)")
            if ids.contains("") { problems.append("\(name): a record has no ce_id") }
            let repeated = repeats(in: ids)
            if !repeated.isEmpty {
                problems.append("\(name): \(repeated.count) ids repeat, such as \(repeated[0])")
            }
        }
        return Finding(
            check: "b", title: "no id is repeated", detail: numbers.joined(separator: ", "),
            problems: problems)
    }

    private func repeats(in ids: [String]) -> [String] {
        var seen: Set<String> = []
        return ids.filter { !seen.insert($0).inserted }
    }

    /// (c)
    private func positions(of run: Plan.Run, _ snapshot: Snapshot) throws -> Finding {
        var check = LedgerCheck(
            snapshot: snapshot, ledgerTopic: plan.topics(of: run).ledger, inputs: inputs)
        try check.run()
        let outcomes = check.outcomes.sorted { $0.key < $1.key }
            .map { "\($0.value) \(Self.outcomeNames[$0.key] ?? "?")" }.joined(separator: ", ")
        return Finding(
            check: "c", title: "the ledger tiles every topic-partition",
            detail: "\(check.batches) batches, \(check.delivered) delivered: \(outcomes)",
            problems: check.problems)
    }

    private static let outcomeNames = [
        1: "assessed", 2: "duplicate", 3: "late", 4: "expired", 5: "withheld", 6: "dead letters",
    ]

    /// (d)
    private func sameDecisions() -> Finding {
        var problems: [String] = []
        var numbers: [String] = []
        for ((name, calmTopic), (_, wildTopic)) in zip(published(.calm), published(.wild)) {
            let expected = Set(calm.ids(of: calmTopic))
            let found = Set(wild.ids(of: wildTopic))
            numbers.append("\(expected.count) \(name)")
            let lost = expected.subtracting(found)
            let extra = found.subtracting(expected)
            if !lost.isEmpty || !extra.isEmpty {
                problems.append("\(name): \(lost.count) missing, \(extra.count) too many")
                problems += example("missing", lost, calm, calmTopic)
                problems += example("too many", extra, wild, wildTopic)
            }
            if ["proposals", "enforcements", "tips"].contains(name), expected.isEmpty {
                problems.append("\(name): the undisturbed run has none, so nothing is shown")
            }
        }
        return Finding(
            check: "d", title: "the same decisions as undisturbed",
            detail: numbers.joined(separator: ", "), problems: problems)
    }

    /// Up to three of the records, as far as they may be shown: type and subject are made up here.
    private func example(
        _ what: String, _ ids: Set<String>, _ snapshot: Snapshot, _ topic: String
    ) -> [String] {
        snapshot.all(of: topic).filter { ids.contains($0.id) }.prefix(3).map { record in
            let key = String(decoding: record.key, as: UTF8.self)
            let action = (try? PBEnforcement(serializedBytes: record.value)).map {
                "\($0.action) by \($0.rule)"
            }
            return "  \(what): \(record.id) of \(key), \(action ?? "-")"
        }
    }

    /// Part of (c): each dead letter of the ledger is there once, by its source position.
    private func deadLetters() -> Finding {
        let calmKeys = keys(calm, plan.topics(of: .calm).deadLetters)
        let wildKeys = keys(wild, plan.topics(of: .wild).deadLetters)
        var problems: [String] = []
        let repeated = repeats(in: wildKeys)
        if !repeated.isEmpty { problems.append("\(repeated.count) dead letters repeat") }
        if Set(calmKeys) != Set(wildKeys) { problems.append("other records than undisturbed") }
        return Finding(
            check: "c", title: "each dead letter is there once", detail: "\(wildKeys.count)",
            problems: problems)
    }

    private func keys(_ snapshot: Snapshot, _ topic: String) -> [String] {
        snapshot.all(of: topic).map { String(decoding: $0.key, as: UTF8.self) }
    }
}
