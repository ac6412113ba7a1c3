import Behaviour
import Policy
import SafetyModel
import Testing

@Suite("Texts that nobody can look at")
struct SealedTextTests {
    private func set(_ weight: Double?, hour: Int64) -> Signal {
        var signal = signal(.textSet, at: noon + .hours(hour), of: group("g"))
        var text = TextFacts(surface: .groupName, sketch: 1, isSealed: weight == nil)
        if let weight, weight > 0 {
            text.lists = [ListedTerms(list: "words", count: 1, weight: weight)]
        }
        signal.text = text
        return signal
    }

    @Test("After a sealed name its weight is unknown: neither that of the name before, nor none")
    func weight() throws {
        let pack = try Pack.load(
            yaml: """
                pack: names
                features:
                  group:
                    name_weight: last(text_set, list_weight) where text.surface == group_name
                rules:
                  - id: clean
                    on: group
                    when: name_weight == 0 or not text.disguised and text.sealed
                    harm: csam
                    propose: [request_review]
                    cooldown: 0s
                  - id: listed
                    on: group
                    when: name_weight >= 3
                    harm: csam
                    propose: [request_review]
                    cooldown: 0s
                """, file: "names.yaml")
        var replay = SubjectReplay(pack)
        var fired: [[String]] = []
        let weights: [Double?] = [0, nil, 5, nil, 0]
        for (hour, weight) in weights.enumerated() {
            let before = replay.drafts.count
            replay.send(set(weight, hour: Int64(hour)))
            fired.append(replay.drafts.dropFirst(before).map(\.rule))
        }
        #expect(fired == [["clean"], [], ["listed"], [], ["clean"]])
    }
}
