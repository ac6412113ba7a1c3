/// A third party's score for unknown media, as it came.
public struct ClassifierScore: Hashable, Sendable {
    public var provider: String
    /// Empty where the provider has one model.
    public var model: String
    public var version: String
    /// A score, not a distance: larger is worse.
    public var score: Double

    /// A score of one version of one provider's model.
    public init(provider: String, model: String, version: String, score: Double) {
        self.provider = provider
        self.model = model
        self.version = version
        self.score = score
    }
}

/// Curves from raw score to probability, one for each version of each provider's model.
///
/// A curve is piecewise linear between its points and flat outside them; it never falls, as an
/// isotonic fit (Zadrozny and Elkan, 2002) makes it. Another version's curve says nothing about a
/// version.
public struct Calibration: Hashable, Sendable {
    static let maximumPoints = 10_000
    public static let maximumBytes = 1 << 20
    /// Of a point, either side of 0: differences of scores stay finite.
    static let maximumScore = 1e100

    struct Model: Hashable, Comparable {
        var provider: String
        var name: String
        var version: String

        static func < (a: Model, b: Model) -> Bool {
            (a.provider, a.name, a.version) < (b.provider, b.name, b.version)
        }
    }

    struct Point: Hashable {
        var score: Double
        var probability: Double
    }

    private(set) var curves: [Model: [Point]] = [:]

    /// No curve: every score is uncalibrated.
    public init() {}

    /// Whether there is no curve.
    public var isEmpty: Bool { curves.isEmpty }

    /// What a score means; nil where the model's version has no curve, or the score is not a number.
    public func probability(of score: ClassifierScore) -> Double? {
        let model = Model(provider: score.provider, name: score.model, version: score.version)
        guard let curve = curves[model], !score.score.isNaN else { return nil }
        return value(of: curve, at: score.score)
    }

    private func value(of curve: [Point], at score: Double) -> Double {
        guard let above = curve.firstIndex(where: { $0.score >= score }) else {
            return curve.last?.probability ?? 0
        }
        guard above > 0 else { return curve[0].probability }
        let (a, b) = (curve[above - 1], curve[above])
        let share = (score - a.score) / (b.score - a.score)
        return min(max(a.probability + share * (b.probability - a.probability), 0), 1)
    }
}

extension Calibration {
    /// Reads `provider,model,version,score,probability`, one point a line, in rising order of score
    /// within a model's version; `#` starts a comment. The model may be empty.
    ///
    /// - Throws: where a line is not that, a score is beyond ±1e100 or does not rise, a probability
    ///   falls or is not within 0 and 1, or a model's version has fewer than two points.
    public init(file: String, bytes: [UInt8]) throws(LoadError) {
        let lines = try DelimitedLines(
            file: file, bytes: bytes, maximumBytes: Self.maximumBytes,
            maximumRows: Self.maximumPoints)
        var ends: [Model: DelimitedLines.Row] = [:]
        for row in lines.rows {
            guard row.fields.count == 5 else {
                throw lines.error(
                    row, row.fields[0],
                    "expected five fields: provider,model,version,score,probability")
            }
            let model = Model(
                provider: row.fields[0].text, name: row.fields[1].text,
                version: row.fields[2].text)
            guard !model.provider.isEmpty else {
                throw lines.error(row, row.fields[0], "expected a name, found nothing")
            }
            let point = try Self.point(row, lines)
            if let last = curves[model]?.last {
                guard point.score > last.score else {
                    throw lines.error(row, row.fields[3], "the score must rise line by line")
                }
                guard point.probability >= last.probability else {
                    throw lines.error(
                        row, row.fields[4], "the probability must not fall as the score rises")
                }
            }
            curves[model, default: []].append(point)
            ends[model] = row
        }
        for (model, row) in ends.sorted(by: { $0.value.line < $1.value.line })
        where curves[model]?.count == 1 {
            throw lines.error(row, row.fields[0], "a curve needs two points or more")
        }
    }

    private static func point(
        _ row: DelimitedLines.Row, _ lines: DelimitedLines
    ) throws(LoadError) -> Point {
        guard let score = Double(row.fields[3].text), score.isFinite else {
            throw lines.error(row, row.fields[3], "expected a number")
        }
        guard score.magnitude <= maximumScore else {
            throw lines.error(
                row, row.fields[3], "expected a score from -\(maximumScore) to \(maximumScore)")
        }
        guard let probability = Double(row.fields[4].text), (0...1).contains(probability) else {
            throw lines.error(row, row.fields[4], "expected a number from 0 to 1")
        }
        return Point(score: score, probability: probability)
    }

    /// The same bytes for the same curves, in order of name: to take a digest of.
    public var normalForm: [UInt8] {
        var bytes: [UInt8] = []
        for (model, curve) in curves.sorted(by: { $0.key < $1.key }) {
            for name in [model.provider, model.name, model.version] {
                bytes += Array("\(name.utf8.count):\(name)".utf8)
            }
            bytes += Array("\(curve.count):".utf8)
            for point in curve {
                for number in [point.score, point.probability] {
                    withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
                }
            }
        }
        return bytes
    }
}
