import Behaviour
import SafetyModel

/// An expression whose names are known and whose types fit.
struct Typed: Hashable, Sendable {
    indirect enum Form: Hashable, Sendable {
        /// Of a duration, milliseconds; of true and false, 1 and 0; of a name, its number.
        case constant(Double)
        case field(Field)
        /// An index of the pack's features.
        case feature(Int)
        /// An index of the pack's scores.
        case score(Int)
        case cell(CellUse)
        case standing(Nearness, window: TimeSpan?, halfLife: TimeSpan?)
        case compare(Comparison, Typed, Typed)
        case arithmetic(Arithmetic, Typed, Typed)
        case negate(Typed)
        case not(Typed)
        case logic(isAnd: Bool, Typed, Typed)
        /// Ascending.
        case isIn(Typed, [UInt8])
        case textIsIn(Field, [String], isMember: Bool)
        case call(Function, [Typed])
    }

    var form: Form
    var type: ValueType
}

/// A function of values.
enum Function: String, Sendable, CaseIterable {
    case min, max, clamp, log1p

    var usage: String {
        switch self {
        case .min: "min(A, B)"
        case .max: "max(A, B)"
        case .clamp: "clamp(X, LOW, HIGH)"
        case .log1p: "log1p(X)"
        }
    }

    var meaning: String {
        switch self {
        case .min: "the smaller of two"
        case .max: "the larger of two"
        case .clamp: "X, but no less than LOW and no more than HIGH"
        case .log1p: "the natural logarithm of 1 + X: damps large numbers"
        }
    }

    var arguments: Int { self == .log1p ? 1 : self == .clamp ? 3 : 2 }
}

/// A cell that an expression reads, with what is put into it.
struct CellUse: Hashable, Sendable {
    /// What of a signal is put in.
    enum Input: Hashable, Sendable {
        case one, amount
        /// The signal's party, its actor or related subject, the class of the place.
        case party, actor, related, category
        /// Of a weighed report, else its party.
        case device, circle
        case field(Field)
        case time
    }

    var form: Cell.Form
    /// Ascending by raw value.
    var kinds: [SignalKind]
    var input: Input
    var filter: Typed?
    var window: Window?
    var halfLife: TimeSpan?
    /// The aggregate in normal form; the cell's digest is of this.
    var text: String

    /// Signals of these kinds take a party, or a related subject, out again.
    var withdrawnBy: [SignalKind] {
        guard form == .distinct else { return [] }
        if input == .related { return kinds.contains(.cohortJoined) ? [.cohortLeft] : [] }
        guard input == .party else { return [] }
        var kinds: [SignalKind] = []
        for kind in self.kinds {
            switch kind {
            case .reported: kinds.append(.reportWithdrawn)
            // By the way that the weighed report came, so that it does not overtake that.
            case .reportWeighed: kinds.append(.reportRetracted)
            case .blocked: kinds.append(.unblocked)
            case .cohortJoined: kinds.append(.cohortLeft)
            default: break
            }
        }
        return kinds
    }

    /// Of version and text.
    var digest: UInt64 { mixed(stableHash("cell 1 " + text)) }

    var cell: Cell {
        Cell(form: form, window: window, halfLife: halfLife?.milliseconds ?? 0, digest: digest)
    }
}
