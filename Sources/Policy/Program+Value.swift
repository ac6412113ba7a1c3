import Behaviour
import SafetyModel
import ScoreModels

extension Program {
    /// What an expression is worth for a signal: a number, milliseconds of a duration, 1 or 0 for
    /// true and false, a name's number. Not a number is unknown; comparisons with it are false.
    /// - Parameter match: which of the signal's matches; -1 for none.
    func value(
        _ place: Int32, _ state: borrowing SubjectState, _ signal: borrowing Signal, _ match: Int
    ) -> Double {
        let step = steps[Int(place)]
        switch step.operation {
        case .constant: return step.number
        case .field: return field(Field(rawValue: UInt8(step.a)), state, signal, match)
        case .feature: return value(features[Int(step.a)], state, signal, match)
        case .score: return score(Int(step.a), state, signal)
        case .cell: return state.value(layout, Int(step.a), at: signal.time)
        case .standingOver, .standingDecayed: return standing(step, state, signal)
        case .and:
            return value(step.a, state, signal, match) == 1
                && value(step.b, state, signal, match) == 1 ? 1 : 0
        case .or:
            return value(step.a, state, signal, match) == 1
                || value(step.b, state, signal, match) == 1 ? 1 : 0
        case .not: return value(step.a, state, signal, match) == 0 ? 1 : 0
        case .negate: return -value(step.a, state, signal, match)
        case .isIn: return isIn(step, value(step.a, state, signal, match)) ? 1 : 0
        case .textIsIn: return hasText(step, signal, match) == true ? 1 : 0
        case .textIsNotIn: return hasText(step, signal, match) == false ? 1 : 0
        case .log1p: return PortableMath.log1p(max(value(step.a, state, signal, match), -1))
        case .clamp:
            let x = value(step.a, state, signal, match)
            let low = value(step.b, state, signal, match)
            let high = value(step.c, state, signal, match)
            return x.isNaN || low.isNaN || high.isNaN ? .nan : Swift.max(low, Swift.min(x, high))
        default:
            return binary(
                step.operation, value(step.a, state, signal, match),
                value(step.b, state, signal, match))
        }
    }

    @inline(__always)
    private func binary(_ operation: Step.Operation, _ a: Double, _ b: Double) -> Double {
        switch operation {
        case .equal: a == b ? 1 : 0
        case .unequal: a < b || a > b ? 1 : 0
        case .atLeast: a >= b ? 1 : 0
        case .atMost: a <= b ? 1 : 0
        case .above: a > b ? 1 : 0
        case .below: a < b ? 1 : 0
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: b == 0 ? .nan : a / b
        case .min: a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
        case .max: a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
        default: .nan
        }
    }

    private func isIn(_ step: Step, _ value: Double) -> Bool {
        guard value >= 0, value < 128 else { return false }
        let index = UInt64(value)
        return (index < 64 ? step.bits >> index : step.highBits >> (index - 64)) & 1 == 1
    }

    private func standing(
        _ step: Step, _ state: borrowing SubjectState, _ signal: borrowing Signal
    ) -> Double {
        guard let nearness = Nearness(rawValue: UInt8(step.a)) else { return 0 }
        let length = TimeSpan(milliseconds: Int64(step.bits))
        return step.operation == .standingOver
            ? state.standing(nearness, over: length, at: signal.time)
            : state.standing(nearness, halfLife: length, at: signal.time)
    }

    /// nil where there is no such text.
    private func hasText(_ step: Step, _ signal: borrowing Signal, _ match: Int) -> Bool? {
        let list = texts[Int(step.b)]
        switch Field(rawValue: UInt8(step.a)) {
        case .signalRegion: return list.contains(signal.region)
        case .textList:
            guard signal.kind == .textSet, let text = signal.text, !text.isSealed else {
                return nil
            }
            return text.lists.contains { list.contains($0.list) }
        default: break
        }
        return match < 0 ? nil : list.contains(signal.matches[match].bank)
    }

    private func field(
        _ field: Field?, _ state: borrowing SubjectState, _ signal: borrowing Signal, _ match: Int
    ) -> Double {
        guard let field else { return .nan }
        switch field {
        case .signalKind: return Double(signal.kind.rawValue)
        case .signalCategory:
            return signal.kind.isReport && signal.category != 0 ? Double(signal.category) : .nan
        case .signalPlaceClass:
            return signal.kind.isSighting && signal.category != 0 ? Double(signal.category) : .nan
        case .signalAmount: return Double(signal.amount)
        case .signalAction: return signal.action.map { Double($0.rawValue) } ?? .nan
        case .signalHops: return Double(signal.hops)
        case .signalLate: return signal.isLate ? 1 : 0
        case .subjectAge: return milliseconds(state.age(at: signal.time))
        case .subjectAdministrators: return Double(state.count(.administrator))
        case .subjectLinks: return Double(state.count(.link))
        case .subjectMinor, .subjectReusedDevice, .subjectReusedNumber, .subjectVirtualNumber,
            .subjectPublicGroup:
            return field.flag.map { state.has($0) } == true ? 1 : 0
        case .unfoundedReports: return Double(state.reports(upheld: false, at: signal.time))
        case .upheldReports: return Double(state.reports(upheld: true, at: signal.time))
        case .namedLikeRemoved: return state.isNamedLikeRemoved ? 1 : 0
        case .relatedAge:
            guard let related = signal.related else { return .nan }
            return milliseconds(state.tieAge(related, at: signal.time))
        case .matchCategory, .matchExact, .matchExternal, .matchQuarantined, .matchDistance,
            .mediaUse, .mediaAttribution, .uploaderRunsGroup:
            return match < 0 ? .nan : ofMatch(field, state, signal, match)
        case .signalRegion, .matchBank: return .nan
        case .textSurface, .textTerms, .textHiddenTerms, .textListWeight, .textList,
            .textDisguised, .textModel, .textSealed, .textCut, .textChange:
            return ofText(field, state, signal)
        default: return field.flag.map { signal.flags.contains($0) } == true ? 1 : 0
        }
    }

    private func milliseconds(_ span: TimeSpan?) -> Double {
        span.map { Double($0.milliseconds) } ?? .nan
    }

    private func ofMatch(
        _ field: Field, _ state: borrowing SubjectState, _ signal: borrowing Signal, _ at: Int
    ) -> Double {
        let match = signal.matches[at]
        switch field {
        case .matchCategory: return Double(match.category.rawValue)
        case .matchExact: return match.isExact ? 1 : 0
        case .matchExternal: return match.provider != nil ? 1 : 0
        case .matchQuarantined: return match.quarantined ? 1 : 0
        case .matchDistance: return Double(match.distance)
        default: break
        }
        // Without its media nothing is known of where a match was.
        guard let item = signal.item(of: match) else { return .nan }
        switch field {
        case .mediaUse: return Double(item.use.rawValue)
        case .mediaAttribution: return Double(item.attribution.rawValue)
        default: return signal.isRun(by: signal.uploader(of: item), state) ? 1 : 0
        }
    }
}
