public import ScoreModels

/// A line of training data.
public struct LabelledText: Sendable {
    public var isPositive: Bool
    public var language: LanguageTag
    public var text: NormalisedText

    public static let maximumLines = 500_000
    public static let maximumBytes = 1 << 30
    static let maximumLineBytes = 64 << 10

    /// A text with its label.
    public init(isPositive: Bool, language: LanguageTag, text: NormalisedText) {
        self.isPositive = isPositive
        self.language = language
        self.text = text
    }

    /// Reads lines of `label<TAB>language<TAB>text`, or of JSON objects with those names; the label is 0
    /// or 1. Blank lines are skipped.
    ///
    /// - Throws: where a line is neither; without the text, for it may be personal.
    public static func read(file: String, bytes: [UInt8]) throws(LoadError) -> [LabelledText] {
        guard bytes.count <= maximumBytes else {
            throw LoadError(
                file: file, message: "\(bytes.count) bytes; at most \(maximumBytes) are read")
        }
        var found: [LabelledText] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            let content = line.last == 0x0D ? line.dropLast() : line
            guard let first = content.first(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            let place = LinePlace(file: file, line: index + 1)
            guard found.count < maximumLines else {
                throw place.error(1, "more than \(maximumLines) lines")
            }
            guard content.count <= maximumLineBytes else {
                throw place.error(1, "a line has at most \(maximumLineBytes) bytes")
            }
            found.append(
                first == UInt8(ascii: "{")
                    ? try json(Array(content), place) : try tabbed(content, place))
        }
        return found
    }

    private static func tabbed(
        _ line: ArraySlice<UInt8>, _ place: LinePlace
    ) throws(LoadError) -> LabelledText {
        guard let text = String(validating: line, as: UTF8.self) else {
            throw place.error(1, "the line is not UTF-8")
        }
        let fields = text.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else {
            throw place.error(1, "expected label, language and text with a tab between them")
        }
        let label = String(fields[0])
        guard label == "0" || label == "1" else {
            throw place.error(1, "expected the label 0 or 1")
        }
        guard let language = LanguageTag(String(fields[1])) else {
            throw place.error(
                label.unicodeScalars.count + 2, "expected a language code such as en")
        }
        return LabelledText(
            isPositive: label == "1", language: language, text: normalise(String(fields[2])))
    }

    private static func json(
        _ line: [UInt8], _ place: LinePlace
    ) throws(LoadError) -> LabelledText {
        do throws(LoadError) {
            let top = try JSONReader.read(
                file: place.file, bytes: line, maximumBytes: maximumLineBytes)
            let label = try top.member("label").integer(in: 0...1)
            let code = try top.member("language")
            guard let language = LanguageTag(try code.string()) else {
                throw code.error("expected a language code such as en")
            }
            let text = try top.member("text").string()
            return LabelledText(
                isPositive: label == 1, language: language, text: normalise(text))
        } catch {
            var error = error
            error.line = place.line
            throw error
        }
    }
}

private struct LinePlace {
    let file: String
    let line: Int

    func error(_ column: Int, _ message: String) -> LoadError {
        LoadError(file: file, line: line, column: column, message: message)
    }
}
