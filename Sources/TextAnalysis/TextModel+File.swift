private import Crypto
public import ScoreModels

/// The file: `TUTELATM`, version, shape, digest of Unicode's tables, bias, languages, number of
/// examples, the weights that are not 0 in rising order, SHA-256 over all that. Numbers are
/// little-endian.
extension TextModel {
    public static let maximumBytes = 64 << 20
    static let magic = Array("TUTELATM".utf8)
    static let version: UInt32 = 1
    static let maximumLanguages = 256

    package init(
        shape: TextShape, languages: [LanguageTag], examples: UInt64, bias: Double,
        weights: [Float]
    ) {
        self.shape = shape
        self.languages = languages
        self.examples = examples
        self.bias = bias
        self.weights = weights
        digest = Array(
            SHA256.hash(
                data: Self.content(
                    shape: shape, languages: languages, examples: examples, bias: bias,
                    weights: weights)))
    }

    /// The bytes of the model's file.
    public var file: [UInt8] {
        Self.content(
            shape: shape, languages: languages, examples: examples, bias: bias, weights: weights)
            + digest
    }

    private static func content(
        shape: TextShape, languages: [LanguageTag], examples: UInt64, bias: Double,
        weights: [Float]
    ) -> [UInt8] {
        var bytes = magic
        func add(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
        }
        add(version)
        for number in [
            shape.bits, shape.shortestCharacters, shape.longestCharacters, shape.longestWords,
        ] {
            add(UInt8(number))
        }
        bytes += UnicodeData.digest
        add(bias.bitPattern)
        add(UInt32(languages.count))
        for language in languages {
            add(UInt8(language.description.utf8.count))
            bytes += Array(language.description.utf8)
        }
        add(examples)
        let present = weights.indices.filter { weights[$0] != 0 }
        add(UInt32(present.count))
        for index in present {
            add(UInt32(index))
            add(weights[index].bitPattern)
        }
        return bytes
    }

    /// Reads a model's file.
    ///
    /// - Throws: where the file is cut, changed, of another version, or made with other tables of
    ///   Unicode, for then its n-grams are not those of this program.
    public init(file: String, bytes: [UInt8]) throws(LoadError) {
        guard bytes.count <= Self.maximumBytes else {
            throw LoadError(
                file: file,
                message: "\(bytes.count) bytes; at most \(Self.maximumBytes) are read")
        }
        guard bytes.starts(with: Self.magic) else {
            throw LoadError(
                file: file, message: "not a text model; make one with `tutela model train`")
        }
        var reader = ModelReader(file: file, bytes: bytes, at: Self.magic.count)
        let version = try reader.number(UInt32.self)
        guard version == Self.version else {
            throw LoadError(
                file: file,
                message: "version \(version) of the format; this program reads \(Self.version)")
        }
        guard bytes.count >= 32,
            Array(SHA256.hash(data: bytes.dropLast(32))) == Array(bytes.suffix(32))
        else {
            throw LoadError(
                file: file, message: "the checksum does not fit; the file is cut or changed")
        }
        let shape = try reader.shape()
        guard try reader.slice(32).elementsEqual(UnicodeData.digest) else {
            throw LoadError(
                file: file,
                message: "made with another text normalisation than this program's (Unicode "
                    + "\(UnicodeData.version)); train it again")
        }
        let bias = Double(bitPattern: try reader.number(UInt64.self))
        guard bias.isFinite else { throw reader.error("the bias is no finite number") }
        let languages = try reader.languages()
        let examples = try reader.number(UInt64.self)
        let weights = try reader.weights(shape)
        guard reader.at == bytes.count - 32 else {
            throw reader.error("expected the checksum here")
        }
        self.init(
            shape: shape, languages: languages, examples: examples, bias: bias, weights: weights)
    }
}

private struct ModelReader {
    let file: String
    let bytes: [UInt8]
    var at: Int

    func error(_ message: String) -> LoadError {
        LoadError(file: file, message: "at byte \(at): \(message)")
    }

    mutating func slice(_ count: Int) throws(LoadError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - at else { throw error("the file ends too early") }
        defer { at += count }
        return bytes[at..<at + count]
    }

    mutating func number<T: FixedWidthInteger & UnsignedInteger>(
        _ type: T.Type
    ) throws(LoadError) -> T {
        try slice(T.bitWidth / 8).reversed().reduce(0) { $0 << 8 | T($1) }
    }

    mutating func shape() throws(LoadError) -> TextShape {
        var numbers: [Int] = []
        for _ in 0..<4 { numbers.append(Int(try number(UInt8.self))) }
        let shape = TextShape(
            bits: numbers[0], shortestCharacters: numbers[1], longestCharacters: numbers[2],
            longestWords: numbers[3])
        guard
            numbers == [
                shape.bits, shape.shortestCharacters, shape.longestCharacters, shape.longestWords,
            ]
        else { throw error("the shape is out of range") }
        return shape
    }

    mutating func languages() throws(LoadError) -> [LanguageTag] {
        let count = try number(UInt32.self)
        guard count <= TextModel.maximumLanguages else {
            throw error("more than \(TextModel.maximumLanguages) languages")
        }
        var found: [LanguageTag] = []
        for _ in 0..<count {
            let length = Int(try number(UInt8.self))
            let text = String(decoding: try slice(length), as: UTF8.self)
            guard let tag = LanguageTag(text), tag.description == text else {
                throw error("expected a language code")
            }
            found.append(tag)
        }
        return found
    }

    mutating func weights(_ shape: TextShape) throws(LoadError) -> [Float] {
        var weights = [Float](repeating: 0, count: 1 << shape.bits)
        let count = Int(try number(UInt32.self))
        var next = 0
        for _ in 0..<count {
            let slot = Int(try number(UInt32.self))
            let weight = Float(bitPattern: try number(UInt32.self))
            guard slot >= next, slot < weights.count else {
                throw error("a weight is out of order or out of range")
            }
            guard weight.isFinite, weight != 0 else {
                throw error("a weight is 0 or no finite number")
            }
            weights[slot] = weight
            next = slot + 1
        }
        return weights
    }
}
