internal import AuditTrail
internal import SafetyModel
public import TextAnalysis

/// The term lists and text models that a replay may need: those of today and older ones, of which
/// several may have one name.
public struct TextShelf: Sendable {
    /// In any order.
    public var lists: [TermList]
    /// In any order.
    public var models: [TextModel]

    /// What is at hand.
    public init(lists: [TermList] = [], models: [TextModel] = []) {
        self.lists = lists
        self.models = models
    }

    /// What a recorded batch was looked at with.
    /// - Throws: which list or model is missing, or is another.
    func library(of entry: LedgerEntry) throws(PipelineError) -> TextLibrary {
        func fail(_ what: String) -> PipelineError {
            .texts(entry.task, sequence: entry.sequence, what)
        }
        var chosen: [TermList] = []
        var model: TextModel?
        for wanted in entry.context.textDigests {
            if wanted.name == TextLibrary.tables {
                guard wanted.digest == UnicodeData.digest else {
                    throw fail(
                        "the ledger was written with other Unicode tables than this program's "
                            + "(\(UnicodeData.version)); replay it with the program that wrote it")
                }
            } else if wanted.name == TextLibrary.model {
                model = models.first { $0.digest == wanted.digest }
                guard model != nil else {
                    throw fail(missing(wanted, among: models.map(\.digest)))
                }
            } else {
                let named = lists.filter { TextLibrary.name(of: $0) == wanted.name }
                guard let list = named.first(where: { $0.digest == wanted.digest }) else {
                    throw fail(missing(wanted, among: named.map(\.digest)))
                }
                chosen.append(list)
            }
        }
        do {
            return try TextLibrary(lists: chosen, model: model)
        } catch {
            throw fail(error.description)
        }
    }

    private func missing(_ wanted: NamedDigest, among others: [[UInt8]]) -> String {
        let needed = "the ledger names the \(wanted.name) with digest \(short(wanted.digest))"
        if others.isEmpty { return "\(needed), and none of that name is given; give its file" }
        let found = others.map(short).joined(separator: ", ")
        return "\(needed), but the one given has \(found); give the file as it was then"
    }

    private func short(_ digest: [UInt8]) -> String { digest.prefix(8).hex + "…" }
}
