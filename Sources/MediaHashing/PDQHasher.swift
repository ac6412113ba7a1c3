import CPDQ

/// What is done to an image before it is hashed.
public enum PDQMode: String, Hashable, Sendable, CaseIterable {
    /// Nothing: what most banks hold (`pdqhash`, `threatexchange`, HMA, vPDQ).
    case full
    /// The reference tool's shortcut: an image with a side over 512 becomes 512 × 512 by nearest
    /// neighbour, whatever its shape. A few bits away from `full`.
    case nn512
}

/// Computes PDQ, the perceptual hash of Meta's ThreatExchange, bit for bit as its C++ core does
/// (`pdq/cpp/hashing`). A frame of a video is hashed the same way.
public enum PDQHasher {
    /// The reference refuses smaller ones: hash and quality are 0.
    static let smallestSide = 5

    /// - Parameters:
    ///   - pixels: rows from the top; `rowBytes` apart, which is `columns` pixels where nil.
    /// - Throws: `wrongBuffer`, `tooLarge` (a side over 65,535) or `outOfMemory`.
    public static func hash(
        _ pixels: RawSpan, columns: Int, rows: Int, format: PixelFormat, rowBytes: Int? = nil,
        mode: PDQMode = .full
    ) throws(MediaHashError) -> PDQHash {
        let image = Picture(columns, rows, format, rowBytes, mode)
        guard let luma = try image.luma(of: pixels, copiesSmall: true) else { return none }
        return hash(coefficients(luma), quality: quality(luma))
    }

    /// All eight turned and mirrored variants, at little more than the cost of one.
    public static func dihedralHashes(
        _ pixels: RawSpan, columns: Int, rows: Int, format: PixelFormat, rowBytes: Int? = nil,
        mode: PDQMode = .full
    ) throws(MediaHashError) -> [Dihedral: PDQHash] {
        let image = Picture(columns, rows, format, rowBytes, mode)
        // The reference's own dihedral path filters 64 × 64 images too; that rounds a little.
        let luma = try image.luma(of: pixels, copiesSmall: false)
        var hashes: [Dihedral: PDQHash] = [:]
        let original = luma.map(coefficients)
        for variant in Dihedral.allCases {
            guard let luma, let original else {
                hashes[variant] = none
                continue
            }
            hashes[variant] = hash(variant.turned(original), quality: quality(luma))
        }
        return hashes
    }

    public static func hash(
        _ image: borrowing DecodedImage, mode: PDQMode = .full
    ) throws(MediaHashError) -> PDQHash {
        let (columns, rows, format) = (image.columns, image.rows, image.format)
        return try image.withPixels { (pixels) throws(MediaHashError) in
            try hash(pixels, columns: columns, rows: rows, format: format, mode: mode)
        }
    }

    public static func dihedralHashes(
        _ image: borrowing DecodedImage, mode: PDQMode = .full
    ) throws(MediaHashError) -> [Dihedral: PDQHash] {
        let (columns, rows, format) = (image.columns, image.rows, image.format)
        return try image.withPixels { (pixels) throws(MediaHashError) in
            try dihedralHashes(pixels, columns: columns, rows: rows, format: format, mode: mode)
        }
    }

    private static var none: PDQHash { PDQHash(words: [0, 0, 0, 0], quality: 0) }

    static func quality(_ luma: [Float]) -> Int { Int(cpdq_quality(luma)) }

    static func coefficients(_ luma: [Float]) -> [Float] {
        Array(unsafeUninitializedCapacity: Int(CPDQ_COEFFICIENTS)) { buffer, count in
            cpdq_transform(luma, buffer.baseAddress)
            count = buffer.count
        }
    }

    static func hash(_ coefficients: [Float], quality: Int) -> PDQHash {
        var words: [UInt64] = [0, 0, 0, 0]
        cpdq_bits(coefficients, &words)
        return PDQHash(words: words, quality: quality)
    }
}

/// A pixel buffer's shape, checked against the buffer before any C code sees it.
private struct Picture {
    let columns: Int
    let rows: Int
    let format: PixelFormat
    let rowBytes: Int
    let mode: PDQMode

    private static let longestSide = 65_535
    private static let lumaCount = 64 * 64

    init(_ columns: Int, _ rows: Int, _ format: PixelFormat, _ rowBytes: Int?, _ mode: PDQMode) {
        self.columns = columns
        self.rows = rows
        self.format = format
        // A side that makes this overflow is refused below.
        self.rowBytes = rowBytes ?? columns &* format.rawValue
        self.mode = mode
    }

    /// The 64 × 64 luminance to hash; nil for an image that is too small to have a hash.
    func luma(of pixels: RawSpan, copiesSmall: Bool) throws(MediaHashError) -> [Float]? {
        guard columns <= Self.longestSide, rows <= Self.longestSide else {
            throw .tooLarge(
                nil, columns: columns, rows: rows, limit: Self.longestSide * Self.longestSide)
        }
        let expected = try expectedBytes()
        guard pixels.byteCount >= expected else {
            throw .wrongBuffer(expected: expected, found: pixels.byteCount)
        }
        guard columns >= PDQHasher.smallestSide, rows >= PDQHasher.smallestSide else { return nil }
        let shrinks = mode == .nn512 && max(columns, rows) > Int(CPDQ_NEAREST_SIDE)
        let luma = pixels.withUnsafeBytes { raw in
            let image = cpdq_image(
                pixels: raw.baseAddress?.assumingMemoryBound(to: UInt8.self), row_bytes: rowBytes,
                columns: Int32(columns), rows: Int32(rows), channels: Int32(format.rawValue))
            return shrinks ? shrunk(image) : filtered(image, copiesSmall)
        }
        guard let luma else { throw .outOfMemory }
        return luma
    }

    private func expectedBytes() throws(MediaHashError) -> Int {
        guard columns > 0, rows > 0 else { return 0 }
        let row = columns * format.rawValue
        let (all, overflows) = (rows - 1).multipliedReportingOverflow(by: rowBytes)
        guard rowBytes >= row, !overflows, all <= Int.max - row else {
            throw .wrongBuffer(expected: row, found: rowBytes)
        }
        return all + row
    }

    private func filtered(_ image: cpdq_image, _ copiesSmall: Bool) -> [Float]? {
        var image = image
        var done = true
        let luma = [Float](unsafeUninitializedCapacity: Self.lumaCount) { buffer, count in
            buffer.initialize(repeating: 0)
            count = buffer.count
            if copiesSmall, image.columns == 64, image.rows == 64 {
                cpdq_copy(&image, buffer.baseAddress)
            } else {
                done = cpdq_downsample(&image, buffer.baseAddress)
            }
        }
        return done ? luma : nil
    }

    private func shrunk(_ image: cpdq_image) -> [Float]? {
        let side = Int(CPDQ_NEAREST_SIDE)
        var image = image
        let small = [UInt8](unsafeUninitializedCapacity: side * side * format.rawValue) {
            cpdq_nearest(&image, $0.baseAddress)
            $1 = $0.count
        }
        return small.withUnsafeBufferPointer { pixels in
            filtered(
                cpdq_image(
                    pixels: pixels.baseAddress, row_bytes: side * format.rawValue,
                    columns: Int32(side), rows: Int32(side), channels: Int32(format.rawValue)),
                false)
        }
    }
}
