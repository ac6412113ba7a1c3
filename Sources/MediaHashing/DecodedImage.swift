import CImageDecoders

/// How the bytes of a pixel lie. The raw value is their number.
public enum PixelFormat: Int, Hashable, Sendable {
    /// Luminance.
    case grey = 1
    case rgb = 3
    /// The fourth byte is not looked at: alpha is dropped, as by the reference.
    case rgba = 4
}

/// The pixels of one still image, freed with it.
///
/// As the reference's decoders leave them: EXIF rotation, colour profiles and gamma are not applied,
/// alpha is dropped, 16-bit channels keep their upper 8 bits, CMYK becomes RGB by Adobe's convention. Of
/// an animation it is the first frame on its canvas.
public struct DecodedImage: ~Copyable {
    public let columns: Int
    public let rows: Int
    public let format: PixelFormat
    private let memory: UnsafeRawBufferPointer

    /// - Throws: what is wrong with the bytes. No input makes it trap or take more than the limits.
    public init(_ bytes: RawSpan, limits: ImageLimits = ImageLimits()) throws(MediaHashError) {
        try self.init(bytes, limits, jpeg: cimage_jpeg)
    }

    /// Of a JPEG with luminance and chroma only the luminance that its RGB pixels have, give or take a
    /// rounding, at less cost; else the whole image.
    ///
    /// - Throws: what `init(_:limits:)` does.
    public init(
        luminanceOf bytes: RawSpan, limits: ImageLimits = ImageLimits()
    ) throws(MediaHashError) {
        try self.init(bytes, limits, jpeg: cimage_jpeg_luminance)
    }

    private typealias Decoder = (
        UnsafePointer<UInt8>?, Int, UInt64, UnsafeMutablePointer<cimage>?
    ) -> cimage_status

    private init(
        _ bytes: RawSpan, _ limits: ImageLimits, jpeg: Decoder
    ) throws(MediaHashError) {
        guard bytes.byteCount > 0 else { throw .empty }
        guard bytes.byteCount <= limits.bytes else { throw .tooManyBytes(limit: limits.bytes) }
        guard let kind = ImageFormat(of: bytes) else { throw .unknownFormat }
        var image = cimage()
        let maximum = UInt64(max(0, limits.pixels))
        let status = bytes.withUnsafeBytes { raw in
            let start = raw.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return switch kind {
            case .jpeg: jpeg(start, raw.count, maximum, &image)
            case .png: cimage_png(start, raw.count, maximum, &image)
            case .webp: cimage_webp(start, raw.count, maximum, &image)
            case .gif: cimage_gif(start, raw.count, maximum, &image)
            }
        }
        guard status == CIMAGE_OK, let format = PixelFormat(rawValue: Int(image.channels)) else {
            throw Self.error(status, kind, image, limits)
        }
        columns = Int(image.columns)
        rows = Int(image.rows)
        self.format = format
        memory = UnsafeRawBufferPointer(
            start: image.pixels, count: columns * rows * format.rawValue)
    }

    deinit { cimage_release(UnsafeMutableRawPointer(mutating: memory.baseAddress)) }

    /// Interleaved rows without gaps, top row first.
    public func withPixels<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try body(memory.bytes)
    }

    private static func error(
        _ status: cimage_status, _ kind: ImageFormat, _ image: cimage, _ limits: ImageLimits
    ) -> MediaHashError {
        let detail = withUnsafeBytes(of: image.message) { raw in
            String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        return switch status {
        case CIMAGE_TRUNCATED: .truncated(kind)
        case CIMAGE_UNSUPPORTED: .unsupported(kind, detail: detail)
        case CIMAGE_NO_MEMORY: .outOfMemory
        case CIMAGE_TOO_LARGE where detail.isEmpty:
            .tooLarge(
                kind, columns: Int(image.columns), rows: Int(image.rows), limit: limits.pixels)
        case CIMAGE_TOO_LARGE: .tooCostly(kind, detail: detail)
        default: .damaged(kind, detail: detail)
        }
    }
}
