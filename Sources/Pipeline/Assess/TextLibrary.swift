public import AuditTrail
public import TextAnalysis
internal import ScoreModels
internal import SafetyModel
internal import Synchronization

/// What names, about texts, group names and descriptions are looked at with. Its digests are in every
/// ledger record of Assess (I3).
public struct TextLibrary: Sendable {
    /// Ascending by name.
    let lists: [TermList]
    let model: TextModel?
    /// Unicode's tables, each list, the model; ascending by name.
    public let digests: [NamedDigest]

    /// Neither lists nor a model: texts still have sketches, and disguises are seen.
    public init() {
        self.init(sorted: [], model: nil)
    }

    /// - Throws: where there are too many lists, or two of one name.
    public init(lists: [TermList], model: TextModel?) throws(SettingsError) {
        guard lists.count <= TextFacts.maximumLists else {
            throw SettingsError(
                "\(lists.count) term lists; a pipeline has at most \(TextFacts.maximumLists)")
        }
        let sorted = lists.sorted { $0.name < $1.name }
        for (a, b) in zip(sorted, sorted.dropFirst()) where a.name == b.name {
            throw SettingsError("two term lists are called \(a.name); rename one of the files")
        }
        for list in sorted {
            guard (1...ListedTerms.maximumNameBytes).contains(list.name.utf8.count) else {
                throw SettingsError(
                    "a term list's name has 1 to \(ListedTerms.maximumNameBytes) bytes; rename "
                        + "the file")
            }
        }
        self.init(sorted: sorted, model: model)
    }

    private init(sorted lists: [TermList], model: TextModel?) {
        self.lists = lists
        self.model = model
        var digests = [NamedDigest(name: Self.tables, digest: UnicodeData.digest)]
        digests += lists.map { NamedDigest(name: Self.name(of: $0), digest: $0.digest) }
        if let model { digests.append(NamedDigest(name: Self.model, digest: model.digest)) }
        self.digests = digests.sorted { $0.name < $1.name }
    }

    static let tables = "Unicode tables"
    static let model = "text model"

    static func name(of list: TermList) -> String { "term list \(list.name)" }
}

/// The library that Assess uses: each batch is looked at with the one that is current when it is
/// decoded, and its ledger says so. One for the process.
public final class TextFeed: Sendable {
    private let library: Mutex<TextLibrary>

    /// Starts with a library.
    public init(_ library: TextLibrary = TextLibrary()) { self.library = Mutex(library) }

    /// The library for the next batch.
    public var current: TextLibrary { library.withLock { $0 } }

    /// From the next batch on.
    public func replace(with new: TextLibrary) { library.withLock { $0 = new } }
}
