import SafetyModel
import Yams

extension TestSignalReader {
    static let textKeys = [
        "surface", "list", "terms", "hidden_terms", "list_weight", "disguised", "model", "sealed",
        "cut", "sketch",
    ]

    /// Such as `{surface: group_name, list: words, terms: 2, list_weight: 3}`.
    func readText(_ node: Node, _ signal: inout Signal) throws(PackError) {
        guard signal.kind == .textSet else {
            throw source.error(node.mark, "\(signal.kind.name) signals have no text")
        }
        let entries = try source.mapping(node, "a text", keys: Self.textKeys)
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        func flag(_ key: String) throws(PackError) -> Bool {
            guard let node = value(key) else { return false }
            return try source.flag(node)
        }
        func number(_ key: String) throws(PackError) -> Double? {
            guard let node = value(key) else { return nil }
            let word = try source.word(node)
            guard let number = Double(word), number.isFinite else {
                throw source.error(node.mark, "expected a number, found \"\(shown(word))\"")
            }
            return number
        }
        var text = TextFacts(
            surface: try source.choice(
                try source.required("surface", in: entries, of: "a text", node), "surface",
                TextSurface.allCases.map { (Choice.textSurface.name(of: $0.rawValue), $0) }),
            isDisguised: try flag("disguised"), isSealed: try flag("sealed"),
            isCut: try flag("cut"), modelScore: try number("model"))
        if let sketch = value("sketch") {
            text.sketch = UInt64(bitPattern: try source.integer(sketch))
        }
        let count = try number("terms") ?? (value("list") == nil ? 0 : 1)
        if count >= 1, count <= 1_000_000 {
            let list = try value("list").map { node throws(PackError) in try source.word(node) }
            text.lists = [
                ListedTerms(
                    list: list ?? "test-list", count: Int(count),
                    weight: try number("list_weight") ?? count,
                    hidden: Int(min(max(try number("hidden_terms") ?? 0, 0), count)))
            ]
        }
        signal.text = text
    }
}
