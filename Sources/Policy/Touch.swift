import Behaviour
import SafetyModel

/// Which signals change what an expression reads, apart from the passing of time.
struct Touch {
    let features: [FeatureDefinition]
    let scores: [ScoreDefinition]

    /// Features that the expression reads, those of scores and of other features included.
    func features(of typed: Typed) -> Set<Int> {
        var found: Set<Int> = []
        func walk(_ typed: Typed) {
            typed.forEach { inner in
                switch inner.form {
                case .feature(let index):
                    if found.insert(index).inserted { walk(features[index].typed) }
                case .score(let index): for term in scores[index].terms { walk(term.typed) }
                default: break
                }
            }
        }
        walk(typed)
        return found
    }

    func cells(of kind: SubjectKind) -> Set<UInt64> {
        var found: Set<UInt64> = []
        for feature in features where feature.kind == kind {
            feature.typed.forEach { if case .cell(let use) = $0.form { found.insert(use.digest) } }
        }
        return found
    }

    /// Whether the expression reads anything but the signal in hand.
    func readsHistory(_ typed: Typed) -> Bool {
        var reads = readsTouched(typed)
        everything(typed) { if case .field(.relatedAge) = $0.form { reads = true } }
        return reads
    }

    /// Whether the expression reads what only some kinds of signal change. A tie's age is of the
    /// signal in hand, for each signal names a subject of its own.
    func readsTouched(_ typed: Typed) -> Bool {
        var reads = false
        everything(typed) { inner in
            switch inner.form {
            case .feature, .score, .cell, .standing: reads = true
            case .field(let field): if !field.info.touchedBy.isEmpty { reads = true }
            default: break
            }
        }
        return reads
    }

    func isTouched(_ typed: Typed, by kind: SignalKind) -> Bool {
        var isTouched = false
        everything(typed) { inner in
            switch inner.form {
            case .cell(let use):
                if use.kinds.contains(kind) || use.withdrawnBy.contains(kind) { isTouched = true }
            case .standing: if kind.isFeedback { isTouched = true }
            case .field(let field): if field.info.touchedBy.contains(kind) { isTouched = true }
            default: break
            }
        }
        return isTouched
    }

    /// The expression and all it reads through features and scores.
    private func everything(_ typed: Typed, _ body: (Typed) -> Void) {
        typed.forEach { inner in
            body(inner)
            if case .score(let index) = inner.form {
                for term in scores[index].terms { term.typed.forEach(body) }
            }
        }
        for index in features(of: typed) { features[index].typed.forEach(body) }
    }
}

extension Typed {
    /// Whether the condition can hold at signals of a kind: false where it cannot, true where it
    /// must, nil where that depends.
    func canHold(at kind: SignalKind) -> Bool? {
        switch form {
        case .isIn(let a, let values):
            return a.isKind ? values.contains(kind.rawValue) : a.known(at: kind)
        case .compare(let comparison, let a, let b):
            if a.isKind, case .constant(let value) = b.form {
                return comparison.holds(Double(kind.rawValue), value)
            }
            return a.known(at: kind) == false || b.known(at: kind) == false ? false : nil
        case .constant(let value): return value != 0
        case .field(let field) where field.isOfText: return kind == .textSet ? nil : false
        case .textIsIn(let field, _, _) where field.isOfText:
            return kind == .textSet ? nil : false
        case .not(let a): return a.canHold(at: kind).map { !$0 }
        case .logic(let isAnd, let a, let b):
            let (left, right) = (a.canHold(at: kind), b.canHold(at: kind))
            if left == !isAnd || right == !isAnd { return !isAnd }
            return left == isAnd && right == isAnd ? isAnd : nil
        default: return nil
        }
    }

    private var isKind: Bool {
        if case .field(.signalKind) = form { return true }
        return false
    }

    /// false where the value is unknown at every signal of the kind.
    private func known(at kind: SignalKind) -> Bool? {
        switch form {
        case .field(.signalCategory): kind.isReport ? nil : false
        case .field(.signalPlaceClass): kind.isSighting ? nil : false
        case .field(.signalAction): kind.isFeedback ? nil : false
        case .field(let field) where field.isOfText: kind == .textSet ? nil : false
        default: nil
        }
    }

    /// Whether it says at which kinds of signal it is to be asked; what it reads of a text says so too.
    var namesKind: Bool {
        var names = false
        forEach { if $0.isKind || $0.isOfText { names = true } }
        return names
    }
}
