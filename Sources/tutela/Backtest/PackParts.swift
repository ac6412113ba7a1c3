import Policy
import Yams

/// The parts of a pack's normal form, each by its name.
struct PackParts {
    struct Name: Hashable {
        /// `feature`, `score`, `rule`, or the section of anything else.
        var kind: String
        var name: String
    }

    private(set) var texts: [Name: String] = [:]
    /// In the pack's order.
    private(set) var names: [Name] = []

    init(_ pack: Pack) {
        let text = String(decoding: pack.normalForm, as: UTF8.self)
        guard let root = try? compose(yaml: text), let sections = root.mapping else { return }
        for (key, node) in sections {
            switch key.string ?? "" {
            case "pack": continue
            case "features": add(features: node)
            case "scores": add(node, kind: "score")
            case "rules": add(rules: node)
            case let section: add(node, kind: section)
            }
        }
    }

    private mutating func add(features: Node) {
        for (kind, names) in features.mapping ?? [:] {
            for (name, text) in names.mapping ?? [:] {
                put("feature", "\(kind.string ?? "") \(name.string ?? "")", text)
            }
        }
    }

    private mutating func add(_ node: Node, kind: String) {
        guard let mapping = node.mapping else {
            put(kind, kind, node)
            return
        }
        for (name, text) in mapping { put(kind, name.string ?? "", text) }
    }

    private mutating func add(rules: Node) {
        for rule in rules.sequence ?? [] {
            put("rule", rule.mapping?["id"]?.string ?? "", rule)
        }
    }

    private mutating func put(_ kind: String, _ name: String, _ node: Node) {
        let name = Name(kind: kind, name: name)
        if texts[name] == nil { names.append(name) }
        let text = node.string ?? (try? serialize(node: node, width: -1)) ?? ""
        texts[name] = text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

/// A part of the packs that is not the same in both.
package struct PartChange: Hashable, Sendable, Encodable {
    package enum Change: String, Hashable, Sendable, Encodable {
        case added, removed, changed
        /// From shadow to live, and nothing else.
        case promoted
        /// From live to shadow, and nothing else.
        case demoted
    }

    package var kind: String
    package var name: String
    package var change: Change
    package var baseline: String?
    package var candidate: String?
}

/// What differs between two packs as they are written.
struct PackChanges {
    private(set) var parts: [PartChange] = []
    /// By rule: changed features and scores that it rests on, in alphabetical order.
    private(set) var grounds: [String: [String]] = [:]
    /// Rules in shadow in either pack, and rules that are live in either.
    private(set) var shadow: Set<String> = []
    private(set) var live: Set<String> = []

    init(baseline: Pack, candidate: Pack) {
        let (old, new) = (PackParts(baseline), PackParts(candidate))
        for name in new.names where old.texts[name] != new.texts[name] {
            parts.append(Self.change(name, old.texts[name], new.texts[name]))
        }
        for name in old.names where new.texts[name] == nil {
            parts.append(Self.change(name, old.texts[name], nil))
        }
        for pack in [old, new] {
            findGrounds(pack)
            for name in pack.names where name.kind == "rule" {
                let isShadow = pack.texts[name]?.contains(Self.inShadow) ?? false
                if isShadow { shadow.insert(name.name) } else { live.insert(name.name) }
            }
        }
    }

    /// The word for a rule in the report.
    func status(of rule: String) -> String {
        let own = parts.first { $0.kind == "rule" && $0.name == rule }
        switch own?.change {
        case .added: return "only in the candidate"
        case .removed: return "only in the baseline"
        case .promoted: return "promoted to live"
        case .demoted: return "back in shadow"
        case .changed: return "changed"
        case nil: return grounds[rule] == nil ? "unchanged" : Self.grounded
        }
    }

    /// The rule itself is as it was.
    static let grounded = "rests on what changed"

    private static let inShadow = "shadow: true"

    /// From live to shadow or back, and nothing else.
    func hasMoved(_ rule: String) -> Bool {
        parts.contains {
            $0.kind == "rule" && $0.name == rule
                && ($0.change == .promoted || $0.change == .demoted)
        }
    }

    private static func change(
        _ name: PackParts.Name, _ old: String?, _ new: String?
    ) -> PartChange {
        func made(_ change: PartChange.Change) -> PartChange {
            PartChange(
                kind: name.kind, name: name.name, change: change, baseline: old, candidate: new)
        }
        guard let old else { return made(.added) }
        guard let new else { return made(.removed) }
        if name.kind == "rule" {
            let isLive = "shadow: false"
            if old.replacing(inShadow, with: isLive) == new { return made(.promoted) }
            if new.replacing(inShadow, with: isLive) == old { return made(.demoted) }
        }
        return made(.changed)
    }

    /// Names are matched as words, whatever kind of subject they are about.
    private mutating func findGrounds(_ pack: PackParts) {
        var changed = Set(parts.filter { $0.kind != "rule" }.map { Self.word($0.name) })
        var words: [PackParts.Name: Set<Substring>] = [:]
        for (name, text) in pack.texts { words[name] = Self.words(text) }
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for name in pack.names where name.kind != "rule" {
                let own = Self.word(name.name)
                guard !changed.contains(own), !(words[name] ?? []).isDisjoint(with: changed) else {
                    continue
                }
                changed.insert(own)
                isGrowing = true
            }
        }
        for name in pack.names where name.kind == "rule" {
            let found = (words[name] ?? []).intersection(changed).map(String.init)
            if found.isEmpty { continue }
            grounds[name.name] = Set(grounds[name.name] ?? []).union(found).sorted()
        }
    }

    private static func word(_ name: String) -> Substring {
        name.split(separator: " ").last ?? Substring(name)
    }

    private static func words(_ text: String) -> Set<Substring> {
        Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-") })
    }
}
