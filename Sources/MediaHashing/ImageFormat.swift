/// The image formats that are read, told apart by their first bytes; a file's name says nothing.
public enum ImageFormat: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"
    case gif = "GIF"

    public var description: String { rawValue }

    /// Nil where the bytes begin like none of them.
    public init?(of bytes: RawSpan) {
        func has(_ text: StaticString, at offset: Int = 0) -> Bool {
            guard bytes.byteCount >= offset + text.utf8CodeUnitCount else { return false }
            for i in 0..<text.utf8CodeUnitCount
            where bytes.unsafeLoad(fromByteOffset: offset + i, as: UInt8.self) != text.utf8Start[i]
            {
                return false
            }
            return true
        }
        func hasByte(_ byte: UInt8, at offset: Int) -> Bool {
            bytes.byteCount > offset
                && bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == byte
        }
        if hasByte(0xff, at: 0), hasByte(0xd8, at: 1), hasByte(0xff, at: 2) {
            self = .jpeg
        } else if hasByte(0x89, at: 0), has("PNG\r\n\u{1a}\n", at: 1) {
            self = .png
        } else if has("RIFF"), has("WEBP", at: 8) {
            self = .webp
        } else if has("GIF87a") || has("GIF89a") {
            self = .gif
        } else {
            return nil
        }
    }
}

/// How much an image may ask for before it is refused.
public struct ImageLimits: Hashable, Sendable {
    /// Of the encoded image.
    public var bytes: Int
    /// Columns times rows. Decoding takes three bytes of memory a pixel, nine for a progressive JPEG,
    /// eleven at most. A lossless WebP may name a table of codes, of some 20 KB, for every 16
    /// pixels, but 65,536 at most, so one that is made to be costly may take 1.3 GB more.
    public var pixels: Int

    /// 128 MiB, and 120 million pixels: a little more than today's largest phone cameras make.
    public init(bytes: Int = 128 << 20, pixels: Int = 120_000_000) {
        self.bytes = bytes
        self.pixels = pixels
    }
}
