public import SafetyModel

/// What is remembered about one subject: windows, relations, feedback, rule arming. A value, of
/// bounded size (I11), and a pure function of the signals applied (I3).
public struct SubjectState: Sendable, Equatable {
    public init() {}

    /// Whether the identity is among the last 32 seen; if not, it is now.
    public mutating func isDuplicate(_ id: ContentID) -> Bool { false }

    /// Appends the compact form; empty parts cost nothing.
    public func encode(into bytes: inout [UInt8]) {}

    /// Reads what `encode` wrote.
    public init(decoding bytes: some Collection<UInt8>) throws(StateError) {}

    /// What the subject's own history says about its role (I13), for a proposal's snapshot: the
    /// platform's facts win where it sent any, the later of two instants counts.
    public func facts(_ account: String, platform: ActorFacts?) -> ActorFacts {
        platform ?? ActorFacts(account: account)
    }
}

/// Bytes that are no state.
public struct StateError: Error, Hashable, Sendable {
    public enum Reason: String, Sendable { case truncated, unknownVersion, malformed }
    public var reason: Reason
    public init(_ reason: Reason) { self.reason = reason }
}
