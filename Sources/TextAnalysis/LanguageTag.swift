/// A language, as ISO 639 codes it: two or three letters, lower case.
public struct LanguageTag: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let description: String

    /// The primary part of a BCP 47 tag (`pt` of `pt-BR`); nil where it is no such tag.
    public init?(_ tag: String) {
        let primary = tag.prefix { $0 != "-" && $0 != "_" }
        guard (2...3).contains(primary.utf8.count),
            primary.utf8.allSatisfy({ isASCIILetter(UInt32($0)) })
        else { return nil }
        description = primary.lowercased()
    }

    public static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}
