/// An SVG picture, written element by element. Fonts are the viewer's own.
struct Drawing {
    enum Anchor: String { case start, middle, end }

    private var body = ""
    private let width: Double

    init(width: Double) { self.width = width }

    /// The whole file.
    func svg(height: Double, title: String, about: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size(width)) \(size(height))" \
        width="\(size(width))" height="\(size(height))" font-family="sans-serif" role="img">
        <title>\(escaped(title))</title>
        <desc>\(escaped(about))</desc>
        <rect width="100%" height="100%" fill="#ffffff"/>
        \(body)</svg>

        """
    }

    mutating func text(
        _ words: String, x: Double, y: Double, size: Double = 12, anchor: Anchor = .start,
        colour: String = "#222222", isBold: Bool = false
    ) {
        let weight = isBold ? #" font-weight="bold""# : ""
        body += """
            <text x="\(self.size(x))" y="\(self.size(y))" font-size="\(self.size(size))" \
            text-anchor="\(anchor.rawValue)" fill="\(colour)"\(weight)>\(escaped(words))</text>

            """
    }

    /// - Parameter about: shown where the pointer rests.
    mutating func bar(
        x: Double, y: Double, width: Double, height: Double, colour: String, about: String
    ) {
        guard width > 0 else { return }
        body += """
            <rect x="\(size(x))" y="\(size(y))" width="\(size(width))" height="\(size(height))" \
            fill="\(colour)"><title>\(escaped(about))</title></rect>

            """
    }

    mutating func dot(x: Double, y: Double, radius: Double, colour: String, opacity: Double = 1) {
        body += """
            <circle cx="\(size(x))" cy="\(size(y))" r="\(size(radius))" fill="\(colour)" \
            fill-opacity="\(size(opacity))"/>

            """
    }

    mutating func line(
        x1: Double, y1: Double, x2: Double, y2: Double, colour: String, width: Double = 1,
        isDashed: Bool = false
    ) {
        let dash = isDashed ? #" stroke-dasharray="4 3""# : ""
        body += """
            <line x1="\(size(x1))" y1="\(size(y1))" x2="\(size(x2))" y2="\(size(y2))" \
            stroke="\(colour)" stroke-width="\(size(width))"\(dash)/>

            """
    }

    /// Tenths are enough, and the same on every machine.
    private func size(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        if tenths % 10 == 0 { return "\(tenths / 10)" }
        return (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}

private func escaped(_ text: String) -> String {
    var safe = ""
    for character in text {
        switch character {
        case "&": safe += "&amp;"
        case "<": safe += "&lt;"
        case ">": safe += "&gt;"
        case "\"": safe += "&quot;"
        default: safe.append(character)
        }
    }
    return safe
}
