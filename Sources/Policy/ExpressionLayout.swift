/// Breaks an expression in normal form into lines, always the same way: as few as its words allow,
/// each broken before a word that joins.
struct ExpressionLayout {
    /// Where the first line begins, from 1.
    var column: Int
    /// Spaces before each line that follows.
    var indent: Int

    static let width = 100
    /// What binds loosest first.
    private static let joints: [Set<Substring>] = [
        ["where"], ["where", "over", "half-life"], ["where", "over", "half-life", "or"],
        ["where", "over", "half-life", "or", "and"],
    ]

    /// Breaks where parts bind loosest, and inside parentheses only where that is not enough.
    func lines(_ text: String) -> [String] {
        var lines: [String] = []
        for depth in 0...Parser.maximumDepth {
            for joints in depth == 0 ? Self.joints[...] : Self.joints.suffix(1) {
                lines = filled(Self.parts(text, before: joints, depth: depth))
                let isWide = lines.indices.contains { index in
                    (index == 0 ? column - 1 : 0) + lines[index].count > Self.width
                }
                if !isWide { return lines }
            }
        }
        return lines
    }

    private func filled(_ parts: [Substring]) -> [String] {
        var lines: [String] = []
        var line = ""
        var start = column - 1
        for part in parts {
            if !line.isEmpty, start + line.count + 1 + part.count > Self.width {
                lines.append(line)
                line = String(repeating: " ", count: indent) + part
                start = 0
            } else {
                line += (line.isEmpty ? "" : " ") + part
            }
        }
        return lines + [line]
    }

    /// What may not be broken. Of texts in quotes nothing is looked at.
    private static func parts(
        _ text: String, before joints: Set<Substring>, depth limit: Int
    ) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var (depth, isQuoted) = (0, false)
        for index in text.indices {
            switch text[index] {
            case "\"": isQuoted.toggle()
            case "(" where !isQuoted: depth += 1
            case ")" where !isQuoted: depth -= 1
            case " " where !isQuoted && depth <= limit:
                let rest = text[text.index(after: index)...]
                guard joints.contains(rest.prefix { $0 != " " }) else { continue }
                parts.append(text[start..<index])
                start = rest.startIndex
            default: break
            }
        }
        return parts + [text[start...]]
    }
}

/// How YAML writes an expression.
enum PlainScalar {
    /// In single quotes only where YAML would read it otherwise.
    /// - Returns: nil for what needs escapes.
    static func text(_ text: String, isFlow: Bool) -> String? {
        // Others are line ends to YAML, or not to be seen.
        let isPrintable = text.unicodeScalars.allSatisfy {
            (0x20..<0x7f).contains($0.value)
                || (0xa0..<0xd800).contains($0.value)
                    && $0.value != 0x2028 && $0.value != 0x2029
        }
        guard isPrintable, let first = text.first else { return nil }
        let needsQuotes =
            "\"'[]{}#&*!|>%@`,?:".contains(first) || text.hasPrefix("- ") || text.hasSuffix(":")
            || text.contains(": ") || text.contains(" #")
            || isFlow && text.contains { ",[]{}".contains($0) }
        return needsQuotes ? quoted(text) : text
    }
}
