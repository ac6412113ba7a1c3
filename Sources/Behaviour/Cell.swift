public import SafetyModel

/// One piece of a subject's feature state, as the pack defines it: what it keeps of the signals
/// that are put into it.
public struct Cell: Hashable, Sendable {
    /// What is kept. Raw values are in stored state: append only.
    public enum Form: UInt8, Sendable {
        /// Sums per bucket of a window.
        case ring = 1
        /// Parties per bucket of a window.
        case distinct
        /// A sum that loses half its value each half-life.
        case decayed
        /// A value of the newest signal.
        case last
        /// The time of the newest signal.
        case newest
        /// The time of the oldest signal.
        case oldest
    }

    /// What is kept.
    public var form: Form
    /// Of `ring` and `distinct`; else any.
    public var window: Window?
    /// Of `decayed`, in milliseconds, above 0.
    public var halfLife: Int64
    /// Of the definition as the pack has it: state is kept for as long as it does not change.
    public var digest: UInt64

    /// A piece of state.
    public init(form: Form, window: Window? = nil, halfLife: Int64 = 0, digest: UInt64) {
        self.form = form
        self.window = window
        self.halfLife = halfLife
        self.digest = digest
    }

    /// How long after its start it has seen all that it counts: a window; of a decay seven
    /// half-lives, when less than a hundredth is missing; of single signals the longest window.
    public var warmUp: TimeSpan {
        switch form {
        case .ring, .distinct:
            let width = window?.resolution.milliseconds ?? 0
            return TimeSpan(milliseconds: width * Int64(window?.count ?? 0))
        case .decayed: return TimeSpan(milliseconds: 7 * halfLife)
        case .last, .newest, .oldest: return .days(Int64(Window.maximumBuckets))
        }
    }

    /// Buckets held.
    var held: Int { form == .distinct ? 32 : window?.held ?? 0 }
}

/// The cells of a pack, and so the layout of every subject's row. Ascending by digest, so that
/// packs that define the same have the same layout.
public struct Layout: Sendable, Equatable {
    /// Ascending by digest.
    public let cells: [Cell]
    /// Words of a row's bit map of the cells it has.
    let mapWords: Int

    /// The most cells of a pack (I11).
    public static let maximumCells = 256

    /// - Parameter cells: each digest once, at most `maximumCells`.
    public init(_ cells: [Cell]) {
        precondition(cells.count <= Self.maximumCells, "the pack's reader keeps the limit")
        self.cells = cells.sorted { $0.digest < $1.digest }
        mapWords = (cells.count + 63) / 64
    }

    /// The cell's place; nil where the layout has none.
    public func place(of digest: UInt64) -> Int? {
        var low = 0
        var high = cells.count
        while low < high {
            let middle = (low + high) / 2
            if cells[middle].digest < digest { low = middle + 1 } else { high = middle }
        }
        return low < cells.count && cells[low].digest == digest ? low : nil
    }
}
