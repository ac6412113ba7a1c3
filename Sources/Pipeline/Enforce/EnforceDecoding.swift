internal import EventSchemas
internal import SafetyModel
internal import Streaming

/// A record of Enforce's input, decoded and weighed.
enum EnforceInput: Sendable {
    case proposal(Proposal, Corroboration)
    case verdict(Verdict)
    case rejected(Rejection)
}

/// Decodes a batch, checks signatures, and weighs evidence; pure.
struct CorroborateCore: Sendable {
    private let topics: Topics
    private let decoder: EventDecoder
    private let keys: VerdictKeys
    /// The only reviewer of each key.
    private let reviewers: [String: String]
    private let corroborator: Corroborator

    /// - Throws: where the settings hold a key that is none.
    init(
        settings: PipelineSettings, enforce: EnforceSettings, sealer: any FieldSealer
    ) throws(SettingsError) {
        try enforce.validate()
        topics = settings.topics
        decoder = EventDecoder(
            sealer: sealer, maximumValueBytes: settings.maximumValueBytes,
            maximumClockSkew: settings.maximumClockSkew)
        var keys = VerdictKeys()
        for key in enforce.verdictKeys {
            do throws(Rejection) {
                try keys.trust(key.id, publicKey: key.publicKey)
            } catch {
                throw SettingsError("verdict key '\(key.id)' is no Ed25519 public key")
            }
        }
        self.keys = keys
        reviewers = Dictionary(
            uniqueKeysWithValues: enforce.verdictKeys.map { ($0.id, $0.reviewer) })
        corroborator = Corroborator(settings: enforce)
    }

    /// Decodes the proposals' and verdicts' records, in order.
    func decode(_ batch: TaskBatch) -> [EnforceRecord] {
        batch.records.map { record in
            record.withView { view in
                do throws(Rejection) {
                    if record.source.topic == topics.verdicts {
                        let verdict = try decoder.verdict(view, keys: keys)
                        try checkReviewer(verdict)
                        return .verdict(verdict)
                    }
                    return .proposal(try decoder.proposal(view))
                } catch {
                    return .rejected(error)
                }
            }
        }
    }

    /// Weighs the proposals of a batch against the bank as it stands.
    func weigh(_ records: [EnforceRecord], in bank: EnforceBank) -> [EnforceInput] {
        records.map { record in
            switch record {
            case .proposal(let proposal):
                .proposal(proposal, corroborator.corroborate(proposal, in: bank))
            case .verdict(let verdict): .verdict(verdict)
            case .rejected(let rejection): .rejected(rejection)
            }
        }
    }

    /// A key speaks for one reviewer only.
    private func checkReviewer(_ verdict: Verdict) throws(Rejection) {
        guard let message = verdict.message,
            reviewers[message.signature.keyID] == verdict.reviewer
        else { throw Rejection(.badSignature, field: "reviewer_id") }
    }
}

/// A record before it is weighed.
enum EnforceRecord: Sendable {
    case proposal(Proposal)
    case verdict(Verdict)
    case rejected(Rejection)
}
