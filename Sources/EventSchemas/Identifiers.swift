public import SafetyModel

/// How each id derives from content (I5). A change here changes every id, so tests pin them.
extension ContentID {
    /// The identity of an event that names itself.
    public static func event(
        source: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer
    ) -> ContentID {
        var hash = ContentHash("tutela.event.v1")
        hash.add(source)
        hash.add(id)
        return hash.finish()
    }

    /// The identity of an event that names itself.
    public static func event(source: String, id: String) -> ContentID {
        var hash = ContentHash("tutela.event.v1")
        hash.add(source)
        hash.add(id)
        return hash.finish()
    }

    /// The identity of a record that has no other: its source position.
    public static func position(topic: String, partition: Int32, offset: Int64) -> ContentID {
        var hash = ContentHash("tutela.position.v1")
        hash.add(topic)
        hash.add(Int64(partition))
        hash.add(offset)
        return hash.finish()
    }

    /// The key of a subject's state.
    public static func subject(_ subject: Subject) -> SubjectKey {
        var hash = ContentHash("tutela.subject.v1")
        hash.add(Int64(subject.kind.rawValue))
        hash.add(subject.id)
        return hash.finish()
    }

    /// A signal, from the identity of its cause.
    public static func signal(
        cause: ContentID, subject: SubjectKey, kind: SignalKind, ordinal: UInt16
    ) -> ContentID {
        var hash = ContentHash("tutela.signal.v1")
        hash.add(cause)
        hash.add(subject)
        hash.add(Int64(kind.rawValue))
        hash.add(Int64(ordinal))
        return hash.finish()
    }

    /// The cause of a signal that an earlier event matches an entry which came after it: the same
    /// for every rescan that finds it.
    public static func rescan(event: ContentID, match: Match) -> ContentID {
        var hash = ContentHash("tutela.rescan.v1")
        hash.add(event)
        hash.add(match.bank)
        hash.add(match.entry)
        hash.add(Int64(match.category.rawValue))
        hash.add(Int64(match.media))
        hash.add(Int64(match.digest.algorithm.rawValue))
        hash.add(match.digest.bytes)
        return hash.finish()
    }

    /// A proposal.
    public static func proposal(
        signal: ContentID, rule: String, target: SubjectKey
    ) -> ContentID {
        var hash = ContentHash("tutela.proposal.v1")
        hash.add(signal)
        hash.add(rule)
        hash.add(target)
        return hash.finish()
    }

    /// An enforcement.
    /// - Parameter origin: the id of the proposal or verdict that it carries out.
    public static func enforcement(
        origin: ContentID, target: SubjectKey, action: Action
    ) -> ContentID {
        var hash = ContentHash("tutela.enforcement.v1")
        hash.add(origin)
        hash.add(target)
        hash.add(Int64(action.rawValue))
        return hash.finish()
    }

    /// The lifting of an enforcement by a verdict.
    public static func reversal(of enforcement: ContentID, verdict: ContentID) -> ContentID {
        var hash = ContentHash("tutela.reversal.v1")
        hash.add(enforcement)
        hash.add(verdict)
        return hash.finish()
    }

    /// A tip: one reported account, one incident, one set of evidence (CT-18).
    /// - Parameter evidence: digest over the sorted evidence.
    public static func tip(
        account: SubjectKey, incident: ContentID, evidence: [UInt8]
    ) -> ContentID {
        var hash = ContentHash("tutela.tip.v1")
        hash.add(account)
        hash.add(incident)
        hash.add(evidence)
        return hash.finish()
    }

    /// A review request for a proposal.
    public static func review(proposal: ContentID) -> ContentID {
        var hash = ContentHash("tutela.review.v1")
        hash.add(proposal)
        return hash.finish()
    }

    /// The incident that proposals of one harm about one account or group belong to.
    /// - Parameter day: a coarse time, so that a later incident is another.
    public static func incident(subject: SubjectKey, harm: Harm, day: Int64) -> ContentID {
        var hash = ContentHash("tutela.incident.v1")
        hash.add(subject)
        hash.add(Int64(harm.rawValue))
        hash.add(day)
        return hash.finish()
    }

    /// Whom `distinct` features count: the first 64 bits, never 0.
    public static func party(_ token: String) -> UInt64 {
        var hash = ContentHash("tutela.party.v1")
        hash.add(token)
        return max(1, hash.finish().high)
    }
}
