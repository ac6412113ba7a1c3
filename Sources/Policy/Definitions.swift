import Behaviour
import SafetyModel
import ScoreModels

/// A feature of one kind of subject, as it was read.
struct FeatureDefinition: Sendable {
    var name: String
    var kind: SubjectKind
    var typed: Typed
}

/// A score, as it was read. Its name begins with the kind of subject.
struct ScoreDefinition: Sendable {
    struct Term: Sendable {
        var weight: Double
        var typed: Typed
        /// Of trees, the model's name for it.
        var input = ""
    }

    var name: String
    var kind: SubjectKind
    var form: CompiledScore.Form
    var bias: Double
    /// In the order of their normal text; of trees, in that of the model's features.
    var terms: [Term]
}

/// A pack as it was read.
struct PackDocument {
    var name: String
    /// Ascending by kind and name.
    var features: [FeatureDefinition] = []
    /// Ascending by name.
    var scores: [ScoreDefinition] = []
    var rules: [Rule] = []

    /// Each cell that some feature reads, once.
    var cells: [CellUse] {
        var seen: Set<UInt64> = []
        var cells: [CellUse] = []
        for feature in features {
            feature.typed.forEach { typed in
                if case .cell(let use) = typed.form, seen.insert(use.digest).inserted {
                    cells.append(use)
                }
            }
        }
        return cells
    }

    var normal: NormalText {
        NormalText(features: features.map(\.name), scores: scores.map(\.name))
    }

    var normalForm: String {
        var text = "pack: \(quoted(name))\n"
        if !features.isEmpty { text += "features:\n" }
        for kind in SubjectKind.allCases {
            let own = features.filter { $0.kind == kind }
            if !own.isEmpty { text += "  \(kind.sectionName):\n" }
            for feature in own {
                text += "    \(feature.name): \(quoted(normal.text(feature.typed)))\n"
            }
        }
        if !scores.isEmpty { text += "scores:\n" }
        for score in scores { text += score.normalForm(normal) }
        if rules.isEmpty { return text + "rules: []\n" }
        return text + "rules:\n" + rules.map { $0.normalForm(normal) }.joined()
    }
}

extension ScoreDefinition {
    fileprivate func normalForm(_ normal: NormalText) -> String {
        if case .trees(let model) = form {
            // The model itself: whoever has a pack's normal form needs no other file (I4).
            let inputs = terms.map {
                "        \(quoted($0.input)): \(quoted(normal.text($0.typed)))\n"
            }
            return
                "  \(name):\n    trees:\n      forest: \(quoted(Base64.text(model.normalForm)))\n"
                + "      inputs:\n" + inputs.joined()
        }
        var text = "  \(name):\n    \(form.name):\n      bias: \(number(bias))\n      weights:\n"
        for term in terms {
            text += "        \(quoted(normal.text(term.typed))): \(number(term.weight))\n"
        }
        return text
    }
}

extension CompiledScore.Form {
    static let names = ["weighted", "logistic", "trees"]

    var name: String {
        switch self {
        case .weighted: "weighted"
        case .logistic: "logistic"
        case .trees: "trees"
        }
    }
}

extension SubjectKind {
    /// The name of its section in a pack, and before the point in the names of its scores.
    var sectionName: String {
        switch self {
        case .account: "account"
        case .group: "group"
        case .inviteLink: "link"
        }
    }

    var noun: String {
        switch self {
        case .account: "an account"
        case .group: "a group"
        case .inviteLink: "an invite link"
        }
    }
}

/// In single quotes, as YAML escapes them.
func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "''" : String($0) }.joined() + "'"
}

extension Typed {
    /// Calls `body` with this and all inside, in the order they are written; not with what stands
    /// in the condition of a cell.
    func forEach(_ body: (Typed) -> Void) {
        body(self)
        switch form {
        case .constant, .field, .feature, .score, .cell, .standing, .textIsIn: break
        case .negate(let a), .not(let a), .isIn(let a, _): a.forEach(body)
        case .compare(_, let a, let b), .arithmetic(_, let a, let b), .logic(_, let a, let b):
            a.forEach(body)
            b.forEach(body)
        case .call(_, let arguments):
            for argument in arguments { argument.forEach(body) }
        }
    }
}
