public import Behaviour
public import SafetyModel

extension Pack {
    /// When features that started later than their task have seen all that they count: one time for
    /// each of them, as far as it is known.
    /// - Parameter history: since when the task keeps each cell.
    public func warmUps(_ history: CellHistory) -> [Instant] {
        guard history.entries.contains(where: { $0.since != nil }) else { return [] }
        return compiled.features.compactMap { compiled.warmUp($0.typed, history) }
    }
}

extension CompiledPack {
    /// Of an expression: its own cells, and those of the features that it names.
    fileprivate func warmUp(_ typed: Typed, _ history: CellHistory) -> Instant? {
        var latest: Instant?
        typed.forEach { inner in
            let end: Instant? =
                switch inner.form {
                case .cell(let use):
                    program.layout.place(of: use.digest).flatMap { place in
                        history.since(use.digest).map { $0 + program.layout.cells[place].warmUp }
                    }
                case .feature(let index): warmUp(features[index].typed, history)
                default: nil
                }
            if let end { latest = max(latest ?? end, end) }
        }
        return latest
    }
}
