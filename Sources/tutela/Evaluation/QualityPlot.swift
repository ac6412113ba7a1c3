import Foundation
import SafetyModel
import Simulation

/// The report as a picture: what was caught and how soon, and who was restricted wrongly. The
/// colours are Okabe and Ito's, which colour-blind people tell apart.
struct QualityPlot {
    private enum Colour {
        static let automatic = "#0072b2"
        static let review = "#e69f00"
        static let missed = "#c8c8c8"
        static let wrong = "#d55e00"
        static let grid = "#e4e4e4"
        static let faint = "#666666"
        static let ink = "#222222"
    }

    private static let width = 1_080.0
    private static let names = 262.0
    private static let bars = (left: 276.0, width: 330.0)
    private static let times = (left: 706.0, width: 300.0)
    private static let never = 1_044.0
    private static let row = 26.0
    /// The time axis, from one minute to a week.
    private static let ticks: [(seconds: Double, name: String)] = [
        (60, "≤ 1 min"), (600, "10 min"), (3_600, "1 h"), (21_600, "6 h"), (86_400, "1 d"),
        (604_800, "7 d"),
    ]

    private let report: QualityReport
    private var drawing = Drawing(width: width)
    private var y = 0.0

    init(_ report: QualityReport) { self.report = report }

    mutating func svg() -> String {
        guard let score = report.parts.first?.score else { return "" }
        drawing.text("Quality of \(report.pack)", x: 20, y: 34, size: 20, isBold: true)
        drawing.text(
            "simulated traffic: \(report.traffic); pack digest \(report.digest.prefix(16)); "
                + "reviewers never err",
            x: 20, y: 54, colour: Colour.faint)
        y = 92
        catches(score.patterns.filter { $0.incidents.total > 0 })
        y += 56
        mistakes(score.patterns)
        y += 40
        gates(report.parts[0].gates)
        return drawing.svg(
            height: y + 30, title: "Quality of \(report.pack)",
            about: "Per pattern: incidents and subjects that were restricted automatically, put "
                + "before a human, or missed; the time to the first action; and who was "
                + "restricted wrongly.")
    }

    private mutating func gates(_ gates: [QualityGate]) {
        drawing.text("Gates", x: 20, y: y, size: 15, isBold: true)
        for gate in gates {
            y += 20
            drawing.text(
                gate.isMet ? "met" : "NOT MET", x: 20, y: y,
                colour: gate.isMet ? Colour.automatic : Colour.wrong, isBold: true)
            drawing.text(
                "\(gate.name): \(gate.found); wanted \(gate.wanted)", x: 100, y: y)
        }
    }

    private mutating func legend(_ items: [(String, String)], x: Double) {
        var x = x
        for (colour, words) in items {
            drawing.bar(x: x, y: y - 10, width: 12, height: 12, colour: colour, about: words)
            drawing.text(words, x: x + 17, y: y)
            x += 34 + 6.4 * Double(words.count)
        }
    }

    private mutating func catches(_ patterns: [PatternQuality]) {
        drawing.text("Who should be caught", x: 20, y: y, size: 15, isBold: true)
        drawing.text("time to the first action", x: Self.times.left, y: y, isBold: true)
        legend(
            [
                (Colour.automatic, "automatic"), (Colour.review, "review only"),
                (Colour.missed, "missed"),
            ], x: Self.bars.left)
        y += 18
        drawing.text(
            "upper bar: incidents; lower bar: accounts, groups and links in them", x: 20, y: y,
            size: 11, colour: Colour.faint)
        drawing.text(
            "a dot an incident, coloured by its first action; bar: the median",
            x: Self.times.left, y: y, size: 11, colour: Colour.faint)
        y += 14
        let top = y
        let bottom = top + Self.row * Double(patterns.count)
        axes(top, bottom)
        for pattern in patterns {
            caughtBars(pattern)
            dots(pattern)
            y += Self.row
        }
        y = bottom
        for part in stride(from: 0, through: 100, by: 25) {
            drawing.text(
                "\(part) %", x: Self.bars.left + Self.bars.width * Double(part) / 100, y: y + 16,
                size: 11, anchor: .middle, colour: Colour.faint)
        }
        for tick in Self.ticks {
            drawing.text(
                tick.name, x: Self.place(tick.seconds), y: y + 16, size: 11, anchor: .middle,
                colour: Colour.faint)
        }
        drawing.text(
            "never", x: Self.never, y: y + 16, size: 11, anchor: .middle, colour: Colour.faint)
        drawing.text(
            "part of the incidents and of their subjects", x: Self.bars.left, y: y + 32, size: 11,
            colour: Colour.faint)
        drawing.text(
            "event time since the first harm, never included;", x: Self.times.left, y: y + 32,
            size: 11, colour: Colour.faint)
        drawing.text(
            "dashed: the limit of the median over all patterns", x: Self.times.left, y: y + 47,
            size: 11, colour: Colour.faint)
        y += 40
    }

    private mutating func axes(_ top: Double, _ bottom: Double) {
        for part in 0...4 {
            let x = Self.bars.left + Self.bars.width * Double(part) / 4
            drawing.line(x1: x, y1: top, x2: x, y2: bottom, colour: Colour.grid)
        }
        for tick in Self.ticks {
            let x = Self.place(tick.seconds)
            let isLimit = tick.seconds == 3_600
            drawing.line(
                x1: x, y1: top, x2: x, y2: bottom, colour: isLimit ? Colour.wrong : Colour.grid,
                isDashed: isLimit)
        }
        drawing.line(
            x1: Self.never, y1: top, x2: Self.never, y2: bottom, colour: Colour.grid)
    }

    private mutating func caughtBars(_ quality: PatternQuality) {
        let title = quality.pattern.title
        drawing.text(title, x: Self.names, y: y + 16, anchor: .end)
        stack(quality.incidents, title + ", incidents", top: y + 3, height: 12)
        stack(quality.wanted, title + ", subjects", top: y + 16, height: 5)
        let counts = quality.incidents
        drawing.text(
            "\(counts.caught) of \(counts.total)", x: Self.bars.left + Self.bars.width + 8,
            y: y + 16, size: 11, colour: Colour.faint)
    }

    private mutating func stack(
        _ counts: Counts<Catch>, _ title: String, top: Double, height: Double
    ) {
        guard counts.total > 0 else { return }
        var x = Self.bars.left
        let colours = [Colour.automatic, Colour.review, Colour.missed]
        for (outcome, colour) in zip(Catch.allCases, colours) {
            let width = Self.bars.width * Double(counts[outcome]) / Double(counts.total)
            drawing.bar(
                x: x, y: top, width: width, height: height, colour: colour,
                about: "\(title): \(counts[outcome]) of \(counts.total) \(outcome)")
            x += width
        }
    }

    private mutating func dots(_ quality: PatternQuality) {
        let spans = quality.firstActions
        let middle = y + Self.row / 2
        for (span, restricted) in zip(spans, quality.firstRestrictions) {
            let first = span == restricted ? Colour.automatic : Colour.review
            let x = span.map { Self.place(Double($0.milliseconds) / 1_000) } ?? Self.never
            drawing.dot(
                x: x, y: middle, radius: 4,
                colour: span == nil ? Colour.missed : first, opacity: 0.5)
        }
        let median = quantile(0.5, of: spans)
        let x = median.map { Self.place(Double($0.milliseconds) / 1_000) } ?? Self.never
        drawing.line(
            x1: x, y1: middle - 9, x2: x, y2: middle + 9, colour: Colour.ink, width: 2.5)
    }

    /// Sooner than a minute is at the left end, later than a week at the right.
    private static func place(_ seconds: Double) -> Double {
        let (first, last) = (log10(60.0), log10(604_800.0))
        let part = (log10(min(max(seconds, 60), 604_800)) - first) / (last - first)
        return times.left + times.width * part
    }

    private mutating func mistakes(_ patterns: [PatternQuality]) {
        let parts = TruthLabel.Part.allCases.filter(\.isProtected)
        drawing.text("Who should be left alone", x: 20, y: y, size: 15, isBold: true)
        legend(
            [
                (Colour.review, "restricted for a time"),
                (Colour.wrong, "banned, removed or reported"),
            ],
            x: Self.bars.left)
        y += 18
        drawing.text(
            "innocents, victims, and targets of false reports, in per cent of each pattern's",
            x: 20,
            y: y, size: 11, colour: Colour.faint)
        y += 14
        let shown = patterns.filter { quality in parts.contains { quality.labelled[$0] > 0 } }
        let bottom = y + Self.row * Double(shown.count)
        for part in 0...4 {
            let x = Self.bars.left + Self.bars.width * Double(part) / 4
            drawing.line(x1: x, y1: y, x2: x, y2: bottom, colour: Colour.grid)
            drawing.text(
                "\(part * 25) %", x: x, y: bottom + 16, size: 11, anchor: .middle,
                colour: Colour.faint)
        }
        for quality in shown {
            mistake(quality, parts)
            y += Self.row
        }
        y += 20
    }

    private mutating func mistake(_ quality: PatternQuality, _ parts: [TruthLabel.Part]) {
        let total = parts.reduce(0) { $0 + quality.labelled[$1] }
        let wrong = quality.wronglyRestricted
        let final = quality.finallyRestricted
        let title = quality.pattern.title
        drawing.text(title, x: Self.names, y: y + 16, anchor: .end)
        let unit = total > 0 ? Self.bars.width / Double(max(total, wrong)) : 0
        drawing.bar(
            x: Self.bars.left, y: y + 5, width: unit * Double(final), height: 14,
            colour: Colour.wrong, about: "\(title): \(final) for good")
        drawing.bar(
            x: Self.bars.left + unit * Double(final), y: y + 5,
            width: unit * Double(wrong - final), height: 14, colour: Colour.review,
            about: "\(title): \(wrong - final) for a time")
        drawing.text(
            "\(grouped(wrong)) of \(grouped(total)) restricted, \(final) for good",
            x: Self.bars.left + Self.bars.width + 8, y: y + 16, size: 11, colour: Colour.faint)
    }
}
