/// Why media have no perceptual hash. Never to be read as "no match" (I6).
public enum MediaHashError: Error, Hashable, Sendable {
    case empty
    /// More bytes than `ImageLimits.bytes`.
    case tooManyBytes(limit: Int)
    /// The first bytes are of no format that is read.
    case unknownFormat
    /// More pixels than `ImageLimits.pixels`, or a side beyond 65,535.
    case tooLarge(ImageFormat?, columns: Int, rows: Int, limit: Int)
    /// More work than any honest encoder asks for.
    case tooCostly(ImageFormat, detail: String)
    /// The bytes end before the image does.
    case truncated(ImageFormat)
    case damaged(ImageFormat, detail: String)
    /// Well formed, but of a kind that is not read.
    case unsupported(ImageFormat, detail: String)
    /// A pixel buffer that is shorter than its size says.
    case wrongBuffer(expected: Int, found: Int)
    case outOfMemory
}

extension MediaHashError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "the file is empty"
        case .tooManyBytes(let limit):
            "it has more than \(limit) bytes, the limit for an image; raise the limit to hash it"
        case .unknownFormat:
            "its first bytes are not those of a JPEG, PNG, WebP or GIF image"
        case .tooLarge(let format, let columns, let rows, let limit):
            "\(columns) × \(rows)\(format.map { " \($0)" } ?? "") is more than \(limit) pixels "
                + "or has a side over 65535; raise the limit to hash it"
        case .tooCostly(let format, let detail): "a \(format) that is refused: \(detail)"
        case .truncated(let format): "a \(format) that ends too early; fetch it again"
        case .damaged(let format, let detail):
            "a damaged \(format)\(detail.isEmpty ? "" : ": \(detail)")"
        case .unsupported(let format, let detail):
            "a kind of \(format) that is not read\(detail.isEmpty ? "" : ": \(detail)")"
        case .wrongBuffer(let expected, let found):
            "the pixel buffer has \(found) bytes, but its size asks for \(expected)"
        case .outOfMemory: "no memory for its pixels; lower the limit or hash fewer at once"
        }
    }
}
