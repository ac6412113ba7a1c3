import EventSchemas
import Foundation
import SafetyModel
import SwiftProtobuf
import Testing

/// Tells what it was asked.
private struct EchoAssessor: TextAssessor {
    func facts(about text: String, on surface: TextSurface) -> TextFacts {
        TextFacts(surface: surface, sketch: UInt64(text.unicodeScalars.count))
    }

    func facts(aboutSealed sketch: [UInt64], on surface: TextSurface) -> TextFacts {
        TextFacts(surface: surface, sketch: sketch.reduce(0, ^), isSealed: true)
    }
}

@Suite("Texts of events")
struct TextTests {
    private let decoder = EventDecoder(sealer: TestSealer(), texts: EchoAssessor())

    private func group(_ set: (inout PBGroupEvent) -> Void) -> PBGroupEvent {
        var event = PBGroupEvent()
        event.context = PBEventContext()
        event.groupID = "g"
        set(&event)
        return event
    }

    private func facts(
        _ event: PBGroupEvent, _ change: String, json: Bool = false
    ) throws -> TextFacts? {
        let type = EventType.platform(.group, change)
        var record = TestRecord(event, type: type)
        if json {
            record = TestRecord(bytes: Array(try event.jsonString().utf8), type: type)
            record.contentType = "application/json"
        }
        return try record.event(.group, decoder: decoder).text
    }

    @Test("A group's name, and the change of name and description, in protobuf and JSON")
    func groups() throws {
        for json in [false, true] {
            let created = group {
                $0.created.kind = .group
                $0.created.name.clear = "tеrm"
            }
            #expect(
                try facts(created, "created", json: json)
                    == TextFacts(surface: .groupName, sketch: 4))
            for (field, surface) in [
                (PBGroupField.name, TextSurface.groupName), (.description_, .groupDescription),
            ] {
                let changed = group {
                    $0.changed.field = field
                    $0.changed.newText.clear = "12345"
                }
                #expect(
                    try facts(changed, "changed", json: json)
                        == TextFacts(surface: surface, sketch: 5))
            }
        }
    }

    @Test("Only the fields that are texts: a parent's id is none")
    func others() throws {
        let changed = group {
            $0.changed.field = .parent
            $0.changed.newText.clear = "another group"
        }
        #expect(try facts(changed, "changed") == nil)
    }

    @Test("An account's name and about text")
    func accounts() throws {
        for (field, surface) in [
            (PBProfileField.name, TextSurface.displayName), (.about, .about),
        ] {
            var event = PBAccountEvent()
            event.context = PBEventContext()
            event.accountID = "a"
            event.profileChanged.field = field
            event.profileChanged.newText.clear = "abc"
            let record = TestRecord(event, type: EventType.platform(.account, "profile_changed"))
            #expect(
                try record.event(.account, decoder: decoder).text
                    == TextFacts(surface: surface, sketch: 3))
        }
    }

    @Test("An empty text was taken away; one that is not told is not known")
    func absent() throws {
        let empty = group {
            $0.changed.field = .description_
            $0.changed.newText.clear = ""
        }
        #expect(try facts(empty, "changed") == TextFacts(surface: .groupDescription))
        #expect(try facts(empty, "changed", json: true) == TextFacts(surface: .groupDescription))
        #expect(try facts(group { $0.changed.field = .name }, "changed") == nil)
    }

    @Test("A sealed text is known by the platform's sketch alone")
    func sealed() throws {
        let changed = group {
            $0.changed.field = .name
            $0.changed.newText.sealed.keyID = "platform"
            $0.changed.newTextSketch = [3, 5]
        }
        #expect(
            try facts(changed, "changed")
                == TextFacts(surface: .groupName, sketch: 6, isSealed: true))
        let sketched = group {
            $0.created.kind = .group
            $0.created.nameSketch = [9]
        }
        #expect(
            try facts(sketched, "created")
                == TextFacts(surface: .groupName, sketch: 9, isSealed: true))
    }

    @Test("Without an assessor texts are dropped")
    func dropped() throws {
        let created = group {
            $0.created.kind = .group
            $0.created.name.clear = "name"
        }
        let record = TestRecord(created, type: EventType.platform(.group, "created"))
        #expect(try record.event(.group).text == nil)
    }
}

@Suite("Texts of signals")
struct TextSignalTests {
    private let decoder = EventDecoder(sealer: TestSealer())
    private let facts = TextFacts(
        surface: .groupDescription, sketch: .max, isDisguised: true, isCut: true,
        lists: [
            ListedTerms(list: "a", count: 9, weight: -2.5, hidden: 2, terms: [7, 0, 3, 99_999]),
            ListedTerms(list: "b", count: 1, weight: 100, terms: []),
        ], modelScore: 0.25)

    private func signal(_ text: TextFacts) -> Signal {
        let subject = Subject(.account, "a")
        return Signal(
            cause: ContentID(high: 1, low: 2), ordinal: 0, kind: .textSet,
            time: Instant(milliseconds: 5), subject: subject, key: .subject(subject), actor: "a",
            related: Subject(.group, "g"), text: text)
    }

    @Test("What is known of a text travels whole")
    func roundTrip() throws {
        for facts in [
            facts, TextFacts(surface: .about), TextFacts(surface: .groupName, isSealed: true),
            TextFacts(surface: .displayName, modelScore: 0),
        ] {
            let record = TestRecord(
                bytes: signal(facts).travelBytes(origin: 3), type: EventType.signal)
            let read = try record.view { view throws(Rejection) in try decoder.signal(view) }
            #expect(read.text == facts)
            #expect(read.id == signal(facts).id)
        }
    }

    @Test("Facts that are out of bounds are refused by their field")
    func refused() {
        func field(_ change: (inout PBTextFacts) -> Void) -> String? {
            var wire = PBSignal(signal(facts), origin: 0)
            change(&wire.text)
            let record = TestRecord(wire, type: EventType.signal)
            do throws(Rejection) {
                _ = try record.view { view throws(Rejection) in try decoder.signal(view) }
                return nil
            } catch {
                return error.field
            }
        }
        #expect(field { $0.surface = .unspecified } == "text.surface")
        #expect(field { $0.surface = .UNRECOGNIZED(99) } == "text.surface")
        #expect(field { $0.lists[0].list = "" } == "text.lists.list")
        #expect(
            field { $0.lists[0].list = String(repeating: "x", count: 65) } == "text.lists.list")
        #expect(field { $0.lists[0].terms.append(1) } == "text.lists.terms")
        #expect(field { $0.lists[1].weight = .nan } == "text.lists.weight")
        #expect(field { $0.lists += Array(repeating: $0.lists[0], count: 7) } == "text.lists")
        #expect(field { $0.modelScore = 1.5 } == "text.model_score")
        #expect(field { $0.modelScore = .nan } == "text.model_score")
        #expect(field { $0.modelScore = 1 } == nil)
    }
}
