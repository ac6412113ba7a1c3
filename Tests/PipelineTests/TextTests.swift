import AuditTrail
import EventSchemas
import Foundation
import Pipeline
import Policy
import SafetyModel
import ScoreModels
import Streaming
import TextAnalysis
import Testing

@Suite("Texts through Assess")
struct TextTests {
    /// `term-a` with a Cyrillic letter.
    private static let disguised = "quiet tеrm-a club"
    private static let words = "term-a, 3\nterm-b, 2\n"

    private func list(_ name: String, _ text: String) throws -> TermList {
        try TermList(name: name, file: "\(name).csv", bytes: Array(text.utf8))
    }

    private func rig(_ partitions: Int32 = 1) throws -> AssessRig {
        var rig = try AssessRig(partitions: partitions)
        rig.texts = try TextLibrary(lists: [list("words", Self.words)], model: nil)
        rig.pack = try Pack.load(
            yaml: """
                pack: texts
                features:
                  account:
                    listed_7d: count(text_set) where text.terms >= 1 over 7d
                rules:
                  - id: hidden-term
                    on: group
                    when: text.surface == group_name and text.list == "words"
                      and text.hidden_terms >= 1 and text.disguised and text.list_weight == 3
                    harm: csam
                    propose: [request_review]
                  - id: renamed
                    on: group
                    when: text.change >= 20
                    harm: csam
                    propose: [request_review]
                  - id: nearly-renamed
                    on: group
                    when: text.change >= 0 and text.change <= 14
                    harm: csam
                    propose: [request_review]
                  - id: puts-terms-on-groups
                    on: account
                    when: listed_7d >= 1
                    harm: csam
                    propose: [request_review]
                """, file: "texts.yaml")
        return rig
    }

    private func created(_ group: String, name: String, json: Bool = false) -> Input {
        var event = PBGroupEvent()
        event.context = TestEvents.context("owner")
        event.groupID = group
        event.created.kind = .group
        event.created.name.clear = name
        return Input(
            Topics().groups, key: group, type: EventType.platform(.group, "created"),
            id: "create-\(group)", time: AssessRig.start,
            value: event.bytes(as: json ? .json : .protobuf),
            contentType: json ? "application/json" : "application/protobuf")
    }

    private func renamed(_ group: String, _ name: String, minute: Int64) -> Input {
        TestEvents.group(
            group, "rename-\(group)-\(minute)", "changed", by: "owner",
            AssessRig.start + .minutes(minute)
        ) {
            $0.changed.field = .name
            $0.changed.newText.clear = name
        }
    }

    @Test("A disguised term in a group's name fires a rule, and nothing written holds the text")
    func endToEnd() async throws {
        let rig = try rig(4)
        try await rig.send([created("group-1", name: Self.disguised)])
        try await rig.run()
        let proposals = try await rig.proposals()
        #expect(Set(proposals.map(\.rule)) == ["hidden-term", "puts-terms-on-groups"])
        let hidden = try #require(proposals.first { $0.rule == "hidden-term" })
        #expect(hidden.target == Subject(.group, "group-1"))
        #expect(
            hidden.reasons == [
                Reason(name: "text/words", value: 3), Reason(name: "text/words/0", value: 1),
            ])
        // The creator lives elsewhere, so what it is told has travelled.
        let account = try #require(proposals.first { $0.rule == "puts-terms-on-groups" })
        #expect(account.target == Subject(.account, "owner"))
        #expect(rig.home("owner") != rig.home("group-1"))
        #expect(try await rig.read(rig.settings.topics.signals).isEmpty == false)

        let topics = rig.settings.topics
        let clear = [Self.disguised, "tеrm", "term-a", "terma", "quiet"].map { Data($0.utf8) }
        var checked = 0
        for topic in [
            topics.signals, topics.proposals, topics.assessState, topics.ledger, topics.deadLetters,
        ] {
            for record in try await rig.read(topic) {
                checked += 1
                let bytes = Data((record.bytes(of: .key) ?? []) + (record.bytes(of: .value) ?? []))
                for text in clear { #expect(bytes.range(of: text) == nil, "\(topic)") }
            }
        }
        #expect(checked > 5)
    }

    @Test("JSON and protobuf give the same proposals, and state of the same bytes")
    func formats() async throws {
        func digests(json: Bool) async throws -> [[UInt8]] {
            let rig = try rig()
            try await rig.send([created("group-1", name: Self.disguised, json: json)])
            try await rig.run()
            #expect(try await rig.outcomes() == [.assessed: 1])
            return try await rig.ledgers().values.flatMap { entries in
                entries.flatMap { [$0.outputDigest, $0.changelogDigest] }
            }
        }
        let expected = try await digests(json: false)
        #expect(expected.count == 2)
        #expect(try await digests(json: true) == expected)
    }

    @Test("A group's new name is compared with the one before it, over a restart")
    func change() async throws {
        let rig = try rig()
        try await rig.send([created("group-1", name: "quiet river club")])
        try await rig.run()
        try await rig.send([renamed("group-1", "quiet river clubs", minute: 1)])
        try await rig.run()
        #expect(try await rig.proposals().map(\.rule) == ["nearly-renamed"])
        try await rig.send([renamed("group-1", "wholly other words", minute: 2)])
        try await rig.run()
        #expect(try await rig.proposals().map(\.rule) == ["nearly-renamed", "renamed"])
    }

    @Test("Without lists nothing is found, and a text of any length costs no event")
    func bounds() async throws {
        var rig = try rig()
        rig.texts = TextLibrary()
        try await rig.send([
            created("group-1", name: Self.disguised),
            renamed("group-1", String(repeating: "term-a ", count: 20_000), minute: 1),
            renamed("group-1", "", minute: 2),
        ])
        try await rig.run()
        #expect(try await rig.outcomes() == [.assessed: 3])
        #expect(try await rig.proposals().allSatisfy { $0.rule == "renamed" })
    }
}

@Suite("Texts and the ledger")
struct TextLedgerTests {
    private func list(_ name: String, _ text: String) throws -> TermList {
        try TermList(name: name, file: "\(name).csv", bytes: Array(text.utf8))
    }

    private func recorded(_ library: TextLibrary, _ rig: inout AssessRig) async throws {
        rig.texts = library
        let id = "id-\(library.digests.count)"
        try await rig.send([
            TestEvents.group("g", id, "created", by: "a", AssessRig.start) {
                $0.created.kind = .group
                $0.created.name.clear = "the term-a"
            }
        ])
        try await rig.run()
    }

    private func replay(_ rig: AssessRig, _ shelf: TextShelf) async throws -> ReplayReport {
        try await AssessStage.replay(
            partition: 0, settings: rig.settings, pack: rig.pack, log: rig.log, sealer: rig.sealer,
            texts: shelf)
    }

    @Test("The ledger names the tables, each list and the model by digest")
    func named() async throws {
        var rig = try AssessRig()
        let (a, b) = (try list("a", "term-a"), try list("b", "term-b"))
        try await recorded(try TextLibrary(lists: [b, a], model: nil), &rig)
        let entry = try #require(try await rig.ledgers().values.joined().first)
        #expect(
            entry.context.textDigests == [
                NamedDigest(name: "Unicode tables", digest: UnicodeData.digest),
                NamedDigest(name: "term list a", digest: a.digest),
                NamedDigest(name: "term list b", digest: b.digest),
            ])
    }

    @Test("Replay follows a list that was changed in between; without one of the two it says which")
    func replayed() async throws {
        var rig = try AssessRig()
        let (old, new) = (try list("words", "term-a, 3"), try list("words", "term-a, 4"))
        let other = try list("other", "term-b")
        try await recorded(try TextLibrary(lists: [old], model: nil), &rig)
        try await recorded(try TextLibrary(lists: [new, other], model: nil), &rig)

        let report = try await replay(rig, TextShelf(lists: [other, new, old]))
        #expect(report.difference == nil)
        #expect(report.batches == 2)

        func message(_ shelf: TextShelf) async -> String {
            do {
                return "\(try await replay(rig, shelf))"
            } catch {
                return "\(error)"
            }
        }
        let (oldHex, newHex) = (old.digest.prefix(8).hex, new.digest.prefix(8).hex)
        #expect(
            await message(TextShelf(lists: [other, new]))
                == "task assess-0, record 0: the ledger names the term list words with digest "
                + "\(oldHex)…, but the one given has \(newHex)…; give the file as it was then")
        #expect(
            await message(TextShelf(lists: [old, new])).hasPrefix(
                "task assess-0, record 1: the ledger names the term list other with digest "))
        #expect(
            await message(TextShelf(lists: [old, new])).hasSuffix(
                "and none of that name is given; give its file"))
    }

    @Test("A model's score is a fact, and its digest is in the ledger")
    func model() async throws {
        let lines = (0..<40).map { "\($0 % 2)\ten\t\($0 % 2 == 1 ? "term-a" : "calm") word \($0)" }
        let examples = try LabelledText.read(
            file: "lines", bytes: Array(lines.joined(separator: "\n").utf8))
        let model = try TextTrainer(shape: TextShape(bits: 10)).train(examples, file: "lines").model
        var rig = try AssessRig()
        rig.pack = try Pack.load(
            yaml: """
                pack: model
                rules:
                  - id: by-model
                    on: group
                    when: text.model > 0.5
                    harm: csam
                    propose: [request_review]
                """, file: "model.yaml")
        try await recorded(try TextLibrary(lists: [], model: model), &rig)
        #expect(try await rig.proposals().map(\.rule) == ["by-model"])
        #expect(try await replay(rig, TextShelf(models: [model])).difference == nil)
        await #expect(throws: PipelineError.self) { try await replay(rig, TextShelf()) }
    }

    @Test("Too many lists, and two of one name, are refused")
    func refused() throws {
        let nine = try (0..<9).map { try list("l\($0)", "term-a") }
        #expect(throws: SettingsError.self) { try TextLibrary(lists: nine, model: nil) }
        #expect(throws: SettingsError.self) {
            try TextLibrary(lists: [nine[0], nine[0]], model: nil)
        }
        #expect(try TextLibrary(lists: Array(nine.prefix(8)), model: nil).digests.count == 9)
    }
}
