import Yams

/// A place in a file: line and column from 1, columns in Unicode scalars, as YAML counts.
struct Place: Comparable {
    var line: Int
    var column: Int

    static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// Where a scalar stands, its quotes and indicators included.
struct ScalarRegion {
    var start: Place
    /// Behind its last sign.
    var end: Place
    /// What the line of a block's indicator says besides, with the space before it.
    var comment = ""
}

extension PackSource {
    /// - Parameter column: of the key that the scalar is the value of.
    /// - Returns: nil where it is written in a way that is left alone.
    func region(of node: Node, under column: Int) -> ScalarRegion? {
        guard case .scalar(let scalar) = node, let mark = scalar.mark,
            lines.indices.contains(mark.line - 1)
        else { return nil }
        let start = Place(line: mark.line, column: mark.column)
        switch scalar.style {
        case .literal, .folded: return block(from: start, under: column)
        case .singleQuoted, .doubleQuoted:
            return quotedEnd(from: start, scalar.style == .singleQuoted ? "'" : "\"")
                .map { ScalarRegion(start: start, end: $0) }
        default:
            return plainEnd(from: start, scalar.string).map {
                ScalarRegion(start: start, end: $0)
            }
        }
    }

    /// Of a line that there is, from a column on.
    func scalars(_ line: Int, from column: Int) -> ArraySlice<Unicode.Scalar> {
        Array(lines[line - 1].unicodeScalars).dropFirst(column - 1)
    }

    /// Sign by sign; white space aside, which YAML folds.
    private func plainEnd(from start: Place, _ content: String) -> Place? {
        var wanted = content.unicodeScalars.filter { !$0.properties.isWhitespace }[...]
        var place = start
        while lines.indices.contains(place.line - 1) {
            for (offset, found) in scalars(place.line, from: place.column).enumerated()
            where !found.properties.isWhitespace {
                guard wanted.popFirst() == found else { return nil }
                if wanted.isEmpty {
                    return Place(line: place.line, column: place.column + offset + 1)
                }
            }
            place = Place(line: place.line + 1, column: 1)
        }
        return nil
    }

    private func quotedEnd(from start: Place, _ quote: Unicode.Scalar) -> Place? {
        guard scalars(start.line, from: start.column).first == quote else { return nil }
        var place = Place(line: start.line, column: start.column + 1)
        while lines.indices.contains(place.line - 1) {
            let line = Array(scalars(place.line, from: place.column))
            var index = 0
            while index < line.count {
                let isDoubled = index + 1 < line.count && line[index + 1] == "'"
                if quote == "\"" ? line[index] == "\\" : line[index] == "'" && isDoubled {
                    index += 2
                } else if line[index] == quote {
                    return Place(line: place.line, column: place.column + index + 1)
                } else {
                    index += 1
                }
            }
            place = Place(line: place.line + 1, column: 1)
        }
        return nil
    }

    /// A block ends before the first line that is indented less than its first.
    private func block(from start: Place, under column: Int) -> ScalarRegion? {
        let header = String(String.UnicodeScalarView(scalars(start.line, from: start.column)))
        let comment = header.firstIndex(of: "#").map { " " + header[$0...] } ?? ""
        let indicator = header.prefix { $0 != "#" && $0 != " " }
        guard let sign = indicator.first, sign == "|" || sign == ">",
            !indicator.contains(where: \.isNumber)
        else { return nil }
        var end: Place?
        var indent = 0
        for line in start.line + 1..<max(lines.count, start.line) + 1 {
            let text = lines[line - 1]
            let spaces = text.prefix { $0 == " " }.count
            guard spaces < text.count else { continue }
            if end == nil { indent = max(spaces, column) }
            guard spaces >= indent else { break }
            end = Place(line: line, column: text.unicodeScalars.count + 1)
        }
        return end.map { ScalarRegion(start: start, end: $0, comment: comment) }
    }
}
