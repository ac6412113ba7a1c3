import Behaviour
import SafetyModel

/// Expressions, compiled: trees of steps in one flat list, children before parents. No names, no
/// references; a step is a few loads and a switch.
struct Program: Sendable {
    struct Step: Sendable {
        enum Operation: UInt8, Sendable {
            case constant, field, feature, score, cell, standingOver, standingDecayed
            case equal, unequal, atLeast, atMost, above, below
            case add, subtract, multiply, divide, negate
            case not, and, or, isIn, textIsIn, textIsNotIn
            case min, max, clamp, log1p
        }

        var operation: Operation
        /// Places of children; or a field, feature, score, cell, nearness.
        var a: Int32 = 0
        var b: Int32 = 0
        var c: Int32 = 0
        /// A constant's value; a set's numbers below 64.
        var bits: UInt64 = 0
        /// A set's numbers from 64.
        var highBits: UInt64 = 0

        var number: Double { Double(bitPattern: bits) }
    }

    private(set) var steps: [Step] = []
    private(set) var texts: [[String]] = []
    /// Where each feature's expression ends.
    var features: [Int32] = []
    var scores: [CompiledScore] = []
    let layout: Layout

    init(_ layout: Layout) { self.layout = layout }

    private mutating func append(_ step: Step) -> Int32 {
        steps.append(step)
        return Int32(steps.count - 1)
    }

    /// - Returns: the place of the expression's last step.
    mutating func compile(_ typed: Typed) -> Int32 {
        switch typed.form {
        case .constant(let value):
            return append(Step(operation: .constant, bits: value.bitPattern))
        case .field(let field): return append(Step(operation: .field, a: Int32(field.rawValue)))
        case .feature(let index): return append(Step(operation: .feature, a: Int32(index)))
        case .score(let index): return append(Step(operation: .score, a: Int32(index)))
        case .cell(let use):
            guard let place = layout.place(of: use.digest) else {
                preconditionFailure("the layout has every cell that is used")
            }
            return append(Step(operation: .cell, a: Int32(place)))
        case .standing(let nearness, let window, let halfLife):
            let length = window ?? halfLife ?? .days(30)
            return append(
                Step(
                    operation: window == nil ? .standingDecayed : .standingOver,
                    a: Int32(nearness.rawValue), bits: UInt64(length.milliseconds)))
        case .compare(let comparison, let a, let b): return binary(comparison.operation, a, b)
        case .arithmetic(let operation, let a, let b): return binary(operation.operation, a, b)
        case .negate(let a): return append(Step(operation: .negate, a: compile(a)))
        case .not(let a): return append(Step(operation: .not, a: compile(a)))
        case .logic(let isAnd, let a, let b): return binary(isAnd ? .and : .or, a, b)
        case .isIn(let a, let values):
            var step = Step(operation: .isIn, a: compile(a))
            for value in values {
                if value < 64 {
                    step.bits |= 1 << value
                } else {
                    step.highBits |= 1 << (value - 64)
                }
            }
            return append(step)
        case .textIsIn(let field, let list, let isMember):
            texts.append(list)
            return append(
                Step(
                    operation: isMember ? .textIsIn : .textIsNotIn, a: Int32(field.rawValue),
                    b: Int32(texts.count - 1)))
        case .call(let function, let arguments):
            let places = arguments.map { compile($0) }
            return append(
                Step(
                    operation: function.operation, a: places[0],
                    b: places.count > 1 ? places[1] : 0, c: places.count > 2 ? places[2] : 0))
        }
    }

    private mutating func binary(_ operation: Step.Operation, _ a: Typed, _ b: Typed) -> Int32 {
        let (left, right) = (compile(a), compile(b))
        return append(Step(operation: operation, a: left, b: right))
    }
}

extension Comparison {
    fileprivate var operation: Program.Step.Operation {
        switch self {
        case .equal: .equal
        case .unequal: .unequal
        case .atLeast: .atLeast
        case .atMost: .atMost
        case .above: .above
        case .below: .below
        }
    }
}

extension Arithmetic {
    fileprivate var operation: Program.Step.Operation {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        }
    }
}

extension Function {
    fileprivate var operation: Program.Step.Operation {
        switch self {
        case .min: .min
        case .max: .max
        case .clamp: .clamp
        case .log1p: .log1p
        }
    }
}
