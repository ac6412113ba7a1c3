import CPDQ

/// The hash of an image file, and the size of the image.
public struct HashedImage: Hashable, Sendable {
    public let hash: PDQHash
    public let columns: Int
    public let rows: Int
}

extension PDQHasher {
    // A rounding of every pixel moves no coefficient by much more than this, and an accepted hash by
    // no more bits than there are coefficients so near the median.
    private static let doubt: Float = 0.5
    private static let doubtfulBits = 8
    // The quality below which a hash is not matched where a bank says nothing else, and how near to
    // it a quality is in doubt: three is the most it was seen to move.
    private static let qualityFloor = 50
    private static let doubtfulQuality = 3

    /// The hash of an image's bytes: `hash(_:mode:)` of what they decode to, but faster for most JPEGs.
    ///
    /// A JPEG's luminance, which is decoded without its colours, stands in for that of its RGB pixels,
    /// and the box filters are summed in another order. That turns a few bits at most, and moves the
    /// quality by three at most. Where more bits hang on a rounding, as in stripes and smooth
    /// gradients, whose frequencies are mostly zero, and where the quality is about 50, below which a
    /// hash is not matched, the image is decoded to RGB and hashed exactly. A bank with a quality floor
    /// of its own may still see an image on the other side of that.
    ///
    /// - Throws: what is wrong with the bytes, as `DecodedImage` does.
    public static func hash(
        file bytes: RawSpan, limits: ImageLimits = ImageLimits(), mode: PDQMode = .full
    ) throws(MediaHashError) -> HashedImage {
        if mode == .full, ImageFormat(of: bytes) == .jpeg {
            let image = try DecodedImage(luminanceOf: bytes, limits: limits)
            if let hash = try fastHash(image) {
                return HashedImage(hash: hash, columns: image.columns, rows: image.rows)
            }
        }
        let image = try DecodedImage(bytes, limits: limits)
        return HashedImage(
            hash: try hash(image, mode: mode), columns: image.columns, rows: image.rows)
    }

    /// Nil where it could be off by more than a few bits, or on the floor's other side.
    private static func fastHash(
        _ image: borrowing DecodedImage
    ) throws(MediaHashError) -> PDQHash? {
        let (columns, rows) = (image.columns, image.rows)
        guard image.format == .grey, min(columns, rows) >= smallestSide else { return nil }
        var done = false
        let luma = image.withPixels { pixels in
            [Float](unsafeUninitializedCapacity: Int(CPDQ_SIDE * CPDQ_SIDE)) { buffer, count in
                buffer.initialize(repeating: 0)
                count = buffer.count
                done = pixels.withUnsafeBytes { raw in
                    var picture = cpdq_image(
                        pixels: raw.baseAddress?.assumingMemoryBound(to: UInt8.self),
                        row_bytes: columns, columns: Int32(columns), rows: Int32(rows),
                        channels: 1)
                    return cpdq_downsample_separable(&picture, buffer.baseAddress)
                }
            }
        }
        guard done else { throw .outOfMemory }
        let coefficients = coefficients(luma)
        let hash = hash(coefficients, quality: quality(luma))
        let near = cpdq_near_median(coefficients, hash.words, doubt)
        guard near <= doubtfulBits, abs(hash.quality - qualityFloor) > doubtfulQuality else {
            return nil
        }
        return hash
    }
}
