/// Cuts the elements of chosen names out of an XML document, each with the line it begins on, so
/// that one malformed element costs nobody else anything. It looks at tags only; what is inside an
/// element is the parser's matter. A document type declaration is skipped, so its entities do not
/// exist.
struct ElementSplitter {
    enum Found {
        case element(name: String, bytes: [UInt8], line: Int)
        /// An element that another tag cut short, or that is too long.
        case broken(line: Int, wanted: String)
        /// A tag outside the chosen elements, with its name; `/` before it where it closes.
        case tag(String)
    }

    private enum State {
        case text
        case markup
        case comment
        case characterData
    }

    private let names: Set<String>
    private var state = State.text
    private var line = 1
    /// The markup in hand, without `<`.
    private var markup: [UInt8] = []
    /// The element in hand.
    private var element: (name: String, line: Int)?
    private var bytes: [UInt8] = []

    init(names: Set<String>) { self.names = names }

    /// Whether the document may end here.
    var isBetween: Bool { element == nil && state == .text }
    var openLine: Int? { element?.line }

    mutating func take(_ byte: UInt8, _ body: (Found) throws -> Void) rethrows {
        if byte == UInt8(ascii: "\n") { line += 1 }
        if element != nil {
            bytes.append(byte)
            if bytes.count > ListLimits.entryBytes { try giveUp("a shorter element", body) }
        }
        switch state {
        case .text:
            if byte == UInt8(ascii: "<") {
                state = .markup
                markup.removeAll(keepingCapacity: true)
            }
        case .markup: try takeMarkup(byte, body)
        case .comment: endIf(byte, "--")
        case .characterData: endIf(byte, "]]")
        }
    }

    private mutating func takeMarkup(_ byte: UInt8, _ body: (Found) throws -> Void) rethrows {
        guard byte == UInt8(ascii: ">") else {
            markup.append(byte)
            if markup.elementsEqual("!--".utf8) { state = .comment }
            if markup.elementsEqual("![CDATA[".utf8) { state = .characterData }
            if markup.count > ListLimits.entryBytes { state = .text }
            return
        }
        state = .text
        guard let tag = Tag(markup) else { return }
        if let open = element {
            if tag.isEnd, tag.name == open.name {
                element = nil
                try body(.element(name: open.name, bytes: bytes, line: open.line))
            } else if names.contains(tag.name) || Self.containers.contains(tag.name) {
                try giveUp("</\(open.name)>", body)
                try outside(tag, body)
            }
        } else {
            try outside(tag, body)
        }
    }

    private mutating func outside(_ tag: Tag, _ body: (Found) throws -> Void) rethrows {
        guard names.contains(tag.name), !tag.isEnd else {
            return try body(.tag(tag.isEnd ? "/" + tag.name : tag.name))
        }
        if tag.isEmpty {
            return try body(.broken(line: line, wanted: "an element with something in it"))
        }
        element = (tag.name, line)
        bytes = [UInt8(ascii: "<")] + markup + [UInt8(ascii: ">")]
    }

    private mutating func giveUp(
        _ wanted: String, _ body: (Found) throws -> Void
    ) rethrows {
        guard let open = element else { return }
        element = nil
        bytes = []
        try body(.broken(line: open.line, wanted: wanted))
    }

    /// The end of a comment or of character data: two bytes that were kept, then `>`.
    private mutating func endIf(_ byte: UInt8, _ mark: String) {
        if byte == UInt8(ascii: ">"), markup.suffix(2).elementsEqual(mark.utf8) {
            state = .text
        } else {
            if markup.count > 16 { markup.removeFirst(markup.count - 2) }
            markup.append(byte)
        }
    }

    /// Elements that hold entries; an entry cannot hold them.
    private static let containers: Set<String> = ["images", "videos", "queryResult", "paging"]

    private struct Tag {
        var name: String
        var isEnd: Bool
        var isEmpty: Bool

        /// nil for declarations and processing instructions.
        init?(_ markup: [UInt8]) {
            guard let first = markup.first, first != UInt8(ascii: "!"), first != UInt8(ascii: "?")
            else { return nil }
            isEnd = first == UInt8(ascii: "/")
            isEmpty = markup.last == UInt8(ascii: "/")
            let full = markup.drop { $0 == UInt8(ascii: "/") }
                .prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }
            name = String(decoding: full, as: UTF8.self)
        }
    }
}
