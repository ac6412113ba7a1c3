/// Bytes as text (RFC 4648, section 4): the standard alphabet, with padding, nothing else.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// Four characters for every three bytes begun.
    public static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = (0..<3).reduce(UInt32(0)) { word, index in
                word << 8 | UInt32(index < part.count ? part[start + index] : 0)
            }
            for index in 0..<4 {
                let six = Int(word >> (18 - 6 * UInt32(index)) & 63)
                text.append(index <= part.count ? alphabet[six] : padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// nil where the text is not what `text` gives for some bytes.
    public static func bytes(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        for start in stride(from: 0, to: characters.count, by: 4) {
            let part = characters[start..<start + 4]
            let isLast = start + 4 == characters.count
            let count = part.prefix { $0 != padding }.count
            guard count == 4 || isLast && count >= 2 && part.dropFirst(count).allSatisfy(isPadding)
            else { return nil }
            var word: UInt32 = 0
            for character in part.prefix(count) {
                guard let six = value(of: character) else { return nil }
                word = word << 6 | UInt32(six)
            }
            word <<= 6 * UInt32(4 - count)
            let kept = count - 1
            // What padding stands for is nothing.
            guard word & (1 << (8 * UInt32(3 - kept)) - 1) == 0 else { return nil }
            for index in 0..<kept { bytes.append(UInt8(word >> (16 - 8 * UInt32(index)) & 0xff)) }
        }
        return bytes
    }

    private static func isPadding(_ character: UInt8) -> Bool { character == padding }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
