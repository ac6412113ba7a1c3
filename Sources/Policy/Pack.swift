import Behaviour
import Crypto
import SafetyModel

/// A policy pack: rules, checked and ready. Identified by the digest of its normal form.
public struct Pack: Sendable {
    /// The name that the pack gives itself.
    public let name: String
    /// SHA-256 of `normalForm`, 32 bytes.
    public let digest: [UInt8]
    /// What `tutela.packs.v1` holds: the same for packs that differ in layout and comments only. It
    /// is itself a pack, and loading it gives the same digest.
    public let normalForm: [UInt8]
    let rules: [Rule]
    /// The part of each rule that every signal looks at, without anything to retain.
    let program: [RuleTest]
    /// The feature tests of all rules, one after the other.
    let featureTests: [FeatureTest]
    /// Rules to ask, by `SubjectKind` and `SignalKind`, in the pack's order.
    private let asked: [[UInt16]]
    /// Rules to ask when a signal carries matches.
    let matchRules: [UInt16]

    /// The most rules of a pack (I11).
    public static let maximumRules = 256
    /// The most bytes of a pack's text (I11).
    public static let maximumBytes = 1 << 20

    init(_ document: PackDocument) {
        name = document.name
        normalForm = Array(document.normalForm.utf8)
        digest = Array(SHA256.hash(data: normalForm))
        let rules = document.rules.map(\.rule)
        self.rules = rules
        featureTests = rules.flatMap(\.features)
        var start = 0
        program = rules.map { rule in
            defer { start += rule.features.count }
            return RuleTest(rule, features: start..<start + rule.features.count)
        }
        var asked = [[UInt16]](repeating: [], count: 4 * 256)
        for (index, rule) in rules.enumerated() {
            for subject in rule.triggers.compactMap(\.kind) {
                for kind in SignalKind.allCases where rule.isAsked(at: kind) {
                    asked[Self.slot(subject, kind)].append(UInt16(index))
                }
            }
        }
        self.asked = asked
        matchRules = rules.indices.filter { rules[$0].triggers.contains(.match) }.map(UInt16.init)
    }

    private static func slot(_ subject: SubjectKind, _ kind: SignalKind) -> Int {
        Int(subject.rawValue) << 8 | Int(kind.rawValue)
    }

    func asked(_ subject: SubjectKind, _ kind: SignalKind) -> [UInt16] {
        asked[Self.slot(subject, kind)]
    }

    /// The ids of the rules, in the pack's order.
    public var ruleIDs: [String] { rules.map(\.id) }

    /// Reads and checks a pack.
    /// - Parameter file: its name, for errors.
    public static func load(yaml: String, file: String) throws(PackError) -> Pack {
        Pack(try PackReader(text: yaml, file: file).read())
    }

    /// The pack that a pipeline runs when it is given none.
    public static let builtin: Pack = {
        do {
            return try load(yaml: defaultText, file: "default/pack.yaml")
        } catch {
            preconditionFailure("the default pack is wrong: \(error)")
        }
    }()
}
