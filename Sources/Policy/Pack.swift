public import Behaviour
import Crypto
public import SafetyModel

/// A policy pack: features, scores and rules, checked and compiled. Identified by the digest of its
/// normal form.
public struct Pack: Sendable {
    /// One reference to count, however many parts there are.
    let compiled: CompiledPack

    /// The name that the pack gives itself.
    public var name: String { compiled.name }
    /// SHA-256 of `normalForm`, 32 bytes.
    public var digest: [UInt8] { compiled.digest }
    /// What `tutela.packs.v1` holds: the same for packs that differ in layout and comments only. It
    /// is itself a pack, and loading it gives the same digest.
    public var normalForm: [UInt8] { compiled.normalForm }
    /// The cells that subjects' rows are laid out by.
    public var layout: Layout { compiled.program.layout }
    /// The ids of the rules, in the pack's order.
    public var ruleIDs: [String] { compiled.rules.map(\.id) }
    /// The names of the scores, in alphabetical order.
    public var scoreNames: [String] { compiled.scores.map(\.name) }
    /// How many features it defines; one that several kinds of subject have counts once.
    public var featureCount: Int { Set(compiled.features.map(\.name)).count }

    /// Of the language that packs are written in: 2 has features, scores and expressions.
    public static let languageVersion: UInt32 = 2
    /// The most rules of a pack (I11).
    public static let maximumRules = 256
    /// The most features, each kind's own, and the most scores of a pack (I11).
    public static let maximumFeatures = 512
    /// The most bytes of a pack's text (I11).
    public static let maximumBytes = 1 << 20

    /// Reads and checks a pack.
    /// - Parameters:
    ///   - file: its name, for errors.
    ///   - models: files of its folder, those that `modelFiles` names.
    /// - Throws: the first mistake.
    public static func load(
        yaml: String, file: String, models: PackModels = PackModels()
    ) throws(PackError) -> Pack {
        var reader = PackReader(text: yaml, file: file, models: models)
        let document = try reader.read()
        if let first = reader.errors.first { throw first }
        return Pack(compiled: CompiledPack(document))
    }

    /// Every mistake that can be told apart, in the order of the text; none where the pack is
    /// right.
    /// - Parameters:
    ///   - file: its name, for errors.
    ///   - models: files of its folder, those that `modelFiles` names.
    public static func check(
        yaml: String, file: String, models: PackModels = PackModels()
    ) -> [PackError] {
        var reader = PackReader(text: yaml, file: file, models: models)
        do throws(PackError) {
            _ = try reader.read()
            return reader.errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        } catch {
            return reader.errors + [error]
        }
    }

    /// The pack that a pipeline runs when it is given none.
    public static let builtin: Pack = {
        do {
            return try load(yaml: defaultText, file: "default/pack.yaml")
        } catch {
            preconditionFailure("the default pack is wrong: \(error)")
        }
    }()

    /// What is wrong with a rule's id, with the nearest known one; nil where the pack has the rule.
    public func mistake(inRule id: String) -> String? {
        ruleIDs.contains(id) ? nil : unknown("rule", id, ruleIDs)
    }

    /// A feature's value for a signal about the subject at `time`; nil where it is unknown. For
    /// durations, milliseconds.
    /// - Parameter feature: its name; nil also where the kind of subject has no such feature.
    public func value(
        of feature: String, _ kind: SubjectKind, _ state: SubjectState, at time: Instant
    ) -> Double? {
        guard
            let index = compiled.features.firstIndex(where: {
                $0.name == feature && $0.kind == kind
            })
        else { return nil }
        let signal = Signal(
            cause: .zero, ordinal: 0, kind: .cleared, time: time, subject: Subject(kind, ""),
            key: .zero)
        let place = compiled.program.features[index]
        let value = compiled.program.value(place, state, signal, -1)
        return value.isNaN ? nil : value
    }
}

/// What a pack was made of, and what it was compiled to. Immutable.
final class CompiledPack: Sendable {
    let name: String
    let digest: [UInt8]
    let normalForm: [UInt8]
    let features: [FeatureDefinition]
    let scores: [ScoreDefinition]
    let rules: [Rule]

    // What signals meet.
    let program: Program
    /// The part of each rule that every signal looks at, without anything to retain.
    let tests: [RuleTest]
    /// By kind of subject and of signal: which of `feeds`, and which of `asked`.
    private let slots: [Slot]
    let feeds: [Feed]
    /// Rules to ask, in the pack's order.
    let asked: [UInt16]
    /// Rules to ask when a signal carries matches, by kind of subject.
    let matchRules: [UInt16]

    private struct Slot {
        var feeds: Range<Int32>
        var asked: Range<Int32>
    }

    init(_ document: PackDocument) {
        name = document.name
        normalForm = Array(document.normalForm.utf8)
        digest = Array(SHA256.hash(data: normalForm))
        let (features, scores, rules) = (document.features, document.scores, document.rules)
        (self.features, self.scores, self.rules) = (features, scores, rules)
        let uses = document.cells
        var program = Program(Layout(uses.map(\.cell)))
        program.features = features.map { program.compile($0.typed) }
        program.scores = scores.map { score in
            CompiledScore(
                form: score.form, bias: score.bias,
                terms: score.terms.map { term in
                    .init(weight: term.weight, place: program.compile(term.typed))
                })
        }
        let touch = Touch(features: features, scores: scores)
        tests = rules.map { rule in
            let readsHistory = rule.conditions.contains { $0.map(touch.readsHistory) ?? false }
            return RuleTest(rule, readsHistory: readsHistory, &program)
        }
        matchRules = rules.indices.filter { rules[$0].triggers.contains(.match) }.map(UInt16.init)
        var feeds: [Feed] = []
        var asked: [UInt16] = []
        var slots: [Slot] = []
        let inputs = uses.map { CellFeeds($0, &program) }
        for subject in SubjectKind.allCases {
            let own = touch.cells(of: subject)
            for raw in UInt8.min...UInt8.max {
                let (firstFeed, firstAsked) = (Int32(feeds.count), Int32(asked.count))
                if let kind = SignalKind(rawValue: raw), kind.subjects.contains(subject) {
                    feeds += inputs.filter { own.contains($0.digest) }.compactMap { $0.feed(kind) }
                    asked += rules.indices.filter {
                        rules[$0].isAsked(at: kind, about: subject, touch)
                    }.map(UInt16.init)
                }
                slots.append(
                    Slot(
                        feeds: firstFeed..<Int32(feeds.count),
                        asked: firstAsked..<Int32(asked.count)))
            }
        }
        (self.feeds, self.asked, self.slots) = (feeds, asked, slots)
        self.program = program
    }

    private func slot(_ subject: SubjectKind, _ kind: SignalKind) -> Slot {
        slots[(Int(subject.rawValue) - 1) << 8 | Int(kind.rawValue)]
    }

    func feeds(_ subject: SubjectKind, _ kind: SignalKind) -> ArraySlice<Feed> {
        let range = slot(subject, kind).feeds
        return feeds[Int(range.lowerBound)..<Int(range.upperBound)]
    }

    func asked(_ subject: SubjectKind, _ kind: SignalKind) -> Range<Int> {
        let range = slot(subject, kind).asked
        return Int(range.lowerBound)..<Int(range.upperBound)
    }
}

/// What is put into one cell by kind of signal.
private struct CellFeeds {
    let use: CellUse
    let digest: UInt64
    private let place: Int32
    private let filter: Int32
    private let value: Int32

    init(_ use: CellUse, _ program: inout Program) {
        self.use = use
        digest = use.digest
        place = Int32(program.layout.place(of: digest) ?? 0)
        filter = use.filter.map { program.compile($0) } ?? -1
        if case .field(let field) = use.input {
            value = program.compile(Typed(form: .field(field), type: field.info.type))
        } else {
            value = -1
        }
    }

    func feed(_ kind: SignalKind) -> Feed? {
        if use.withdrawnBy.contains(kind) {
            let input: Feed.Input = use.input == .related ? .withdrawRelated : .withdrawParty
            return Feed(place: place, input: input, filter: -1)
        }
        guard use.kinds.contains(kind) else { return nil }
        return Feed(place: place, input: use.feedInput, filter: filter, value: value)
    }
}
