import Behaviour
import SafetyModel

/// What one kind of signal about one kind of subject does to one cell.
struct Feed: Sendable {
    enum Input: UInt8, Sendable {
        case addOne, addAmount, insertParty, insertActor, insertRelated, insertCategory
        case insertDevice, insertCircle
        case withdrawParty, withdrawRelated, decayOne, decayAmount, setLast, setTime
    }

    var place: Int32
    var input: Input
    /// Of the condition; -1 where there is none.
    var filter: Int32
    /// The value's expression, of `setLast`.
    var value: Int32 = -1
}

extension Program {
    /// Puts a signal into the cells of its kind.
    func feed(_ feeds: ArraySlice<Feed>, _ state: inout SubjectState, _ signal: borrowing Signal) {
        for feed in feeds {
            if feed.filter >= 0, value(feed.filter, state, signal, -1) != 1 { continue }
            let place = Int(feed.place)
            switch feed.input {
            case .addOne: state.add(layout, place, 1, at: signal.time)
            case .addAmount: state.add(layout, place, signal.amount, at: signal.time)
            case .insertParty:
                state.insert(layout, place, party: signal.party, at: signal.time)
            case .insertActor:
                guard let actor = signal.actor else { continue }
                state.insert(layout, place, party: stableHash(actor), at: signal.time)
            case .insertRelated:
                guard let related = signal.related else { continue }
                state.insert(layout, place, party: stableHash(related.id), at: signal.time)
            case .insertCategory:
                state.insert(layout, place, party: UInt64(signal.category), at: signal.time)
            case .insertDevice:
                let party = signal.device != 0 ? signal.device : signal.party
                state.insert(layout, place, party: party, at: signal.time)
            case .insertCircle:
                let party = signal.circle != 0 ? signal.circle : signal.party
                state.insert(layout, place, party: party, at: signal.time)
            case .withdrawParty:
                guard !signal.staysOtherwise(state) else { continue }
                state.withdraw(layout, place, party: signal.party)
            case .withdrawRelated:
                guard let related = signal.related,
                    !state.hasArrived(from: related, besides: signal.party)
                else { continue }
                state.withdraw(layout, place, party: stableHash(related.id))
            case .decayOne: state.decay(layout, place, 1, at: signal.time)
            case .decayAmount:
                state.decay(layout, place, Double(signal.amount), at: signal.time)
            case .setLast:
                let value = value(feed.value, state, signal, -1)
                // Of a text that nobody could look at, unknown: not what the one before it was (I6).
                if !value.isNaN || signal.kind == .textSet {
                    state.setLast(layout, place, value.isNaN ? .nan : value, at: signal.time)
                }
            case .setTime: state.setTime(layout, place, at: signal.time)
            }
        }
    }
}

extension Signal {
    /// Whether an account that is no more of one cohort here is still of another.
    fileprivate func staysOtherwise(_ state: borrowing SubjectState) -> Bool {
        guard kind == .cohortLeft, let related else { return false }
        return state.hasArrived(party, besidesFrom: related)
    }
}

extension CellUse {
    /// How a signal is put in.
    var feedInput: Feed.Input {
        switch (form, input) {
        case (.distinct, .actor): .insertActor
        case (.distinct, .related): .insertRelated
        case (.distinct, .category): .insertCategory
        case (.distinct, .device): .insertDevice
        case (.distinct, .circle): .insertCircle
        case (.distinct, _): .insertParty
        case (.decayed, .amount): .decayAmount
        case (.decayed, _): .decayOne
        case (.last, _): .setLast
        case (.newest, _), (.oldest, _): .setTime
        case (.ring, .amount): .addAmount
        case (.ring, _): .addOne
        }
    }
}
