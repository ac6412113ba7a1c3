public import SafetyModel

extension Role {
    /// The wire keeps 0 for "unspecified", so its numbers are one higher.
    public init?(_ wire: PBRole) {
        guard wire.rawValue > 0, let raw = UInt8(exactly: wire.rawValue - 1) else { return nil }
        self.init(rawValue: raw)
    }

    /// The wire's number.
    public var wire: PBRole { PBRole(rawValue: Int(rawValue) + 1) ?? .unspecified }
}

extension Action {
    /// nil for unspecified and unknown numbers.
    public init?(_ wire: PBActionKind) { self.init(wire: wire) }
    /// The wire's number.
    public var wire: PBActionKind { wire() }
}

extension Harm {
    /// nil for unspecified and unknown numbers.
    public init?(_ wire: PBHarm) { self.init(wire: wire) }
    /// The wire's number.
    public var wire: PBHarm { wire() }
}

extension Outcome {
    /// nil for unspecified and unknown numbers.
    public init?(_ wire: PBRecordOutcome) { self.init(wire: wire) }
    /// The wire's number.
    public var wire: PBRecordOutcome { wire() }
}

extension RejectionReason {
    /// nil for unspecified and unknown numbers.
    public init?(_ wire: PBDeadLetterReason) { self.init(wire: wire) }
    /// The wire's number.
    public var wire: PBDeadLetterReason { wire() }
}
