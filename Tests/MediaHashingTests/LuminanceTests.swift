import CJPEGEncoder
import Foundation
import MediaHashing
import Testing

/// JPEG files hashed from their luminance, held to the hash of their RGB pixels.
@Suite("PDQ of a JPEG's luminance")
struct LuminanceTests {
    private struct Picture {
        let name: String
        let columns: Int
        let rows: Int
        let pixels: [UInt8]
        let quality: Int
        let layout: (across: Int, down: Int)

        var jpeg: [UInt8] {
            var memory: UnsafeMutablePointer<UInt8>?
            var count = 0
            encode_jpeg(
                pixels, Int32(columns), Int32(rows), Int32(quality), Int32(layout.across),
                Int32(layout.down), &memory, &count)
            defer { free(memory) }
            return Array(UnsafeBufferPointer(start: memory, count: count))
        }

        /// With so little contrast that its hash has about this quality, if it had more.
        func dulled(to wanted: Int) throws -> Picture {
            var (low, high) = (0.0, 1.0)
            for _ in 0..<8 {
                let middle = (low + high) / 2
                let pixels = dulled(by: middle)
                let hash = try PDQHasher.hash(
                    pixels.span.bytes, columns: columns, rows: rows, format: .rgb)
                if hash.quality < wanted { low = middle } else { high = middle }
            }
            return Picture(
                name: name, columns: columns, rows: rows, pixels: dulled(by: high),
                quality: quality, layout: layout)
        }

        private func dulled(by share: Double) -> [UInt8] {
            pixels.map { UInt8(128 + (Double($0) - 128) * share) }
        }
    }

    /// Photo-like, saturated, and such as an encoder makes leave the cube of colours.
    private func picture(_ random: inout Seeded) -> Picture {
        let (columns, rows) = (40 + random.below(360), 40 + random.below(360))
        let kinds = ["photo", "shapes", "texture", "stripes", "gradient"]
        let name = kinds[random.below(kinds.count)]
        let colours = (0..<24).map { _ in
            (0..<3).map { _ in
                Double([0, 255, 0, 255, random.below(256)][random.below(5)])
            }
        }
        let (block, fine) = (8 + random.below(60), 1 + random.below(3))
        let slope = (0..<6).map { _ in Double(random.below(300)) - 100 }
        var pixels = Synthetic.photo(
            columns: columns, rows: rows, channels: 3, seed: random.next())
        if name != "photo" {
            for y in 0..<rows {
                for x in 0..<columns {
                    let place = (x / block &* 37) ^ (y / block &* 91)
                    for c in 0..<3 {
                        let value =
                            switch name {
                            case "shapes": colours[place % 24][c]
                            case "texture": colours[(place + (x / fine ^ y) & 1 * 7) % 24][c]
                            case "stripes": colours[x / block % 2][c]
                            default:
                                slope[c] * Double(x) / Double(columns)
                                    + slope[c + 3] * Double(y) / Double(rows) + 100
                            }
                        pixels[(y * columns + x) * 3 + c] = UInt8(max(0, min(255, value)))
                    }
                }
            }
        }
        return Picture(
            name: name, columns: columns, rows: rows, pixels: pixels,
            quality: 50 + random.below(51),
            layout: [(1, 1), (2, 1), (1, 2), (2, 2)][random.below(4)])
    }

    @Test("Every hash is within a few bits of that of the RGB pixels, whatever the colours")
    func withinBits() throws {
        var random = Seeded(3)
        for _ in 0..<600 {
            let picture = picture(&random)
            let bytes = picture.jpeg
            let fast = try PDQHasher.hash(file: bytes.span.bytes).hash
            let exact = try PDQHasher.hash(try DecodedImage(bytes.span.bytes))
            let what: Comment =
                "\(picture.name) \(picture.columns)×\(picture.rows) \(picture.quality) \(picture.layout)"
            #expect(fast.distance(to: exact) <= 6, what)
            #expect(abs(fast.quality - exact.quality) <= 3, what)
        }
    }

    @Test("The quality is on the same side of the floor, and exact where it is near")
    func qualityFloor() throws {
        var random = Seeded(2)
        var near = 0
        for number in 0..<500 {
            let bytes = try picture(&random).dulled(to: 48 + number % 4).jpeg
            let exact = try PDQHasher.hash(try DecodedImage(bytes.span.bytes))
            let fast = try PDQHasher.hash(file: bytes.span.bytes).hash
            #expect((fast.quality >= 50) == (exact.quality >= 50), "\(exact.quality)")
            if abs(exact.quality - 50) <= 2 { near += 1 }
        }
        #expect(near > 50)
    }

    @Test("A pixel's luminance is that of its RGB, also where a channel is cut off")
    func pixels() throws {
        var random = Seeded(8)
        for _ in 0..<120 {
            let picture = picture(&random)
            let bytes = picture.jpeg
            let colours = try DecodedImage(bytes.span.bytes)
            let luminance = try DecodedImage(luminanceOf: bytes.span.bytes)
            #expect(luminance.format == .grey && colours.format == .rgb)
            let rgb = colours.withPixels { pixels in
                pixels.withUnsafeBytes { Array($0) }
            }
            let grey = luminance.withPixels { pixels in
                pixels.withUnsafeBytes { Array($0) }
            }
            try #require(3 * grey.count == rgb.count)
            let worst = grey.indices.map { i in
                let expected =
                    0.299 * Double(rgb[3 * i]) + 0.587 * Double(rgb[3 * i + 1])
                    + 0.114 * Double(rgb[3 * i + 2])
                return abs(expected - Double(grey[i]))
            }.max()
            #expect((worst ?? 255) < 2, "\(picture.name) \(picture.layout)")
        }
    }

    @Test("Stripes and gradients, whose bits hang on roundings, are hashed exactly")
    func exactWhereInDoubt() throws {
        for across in [1, 2] {
            let (columns, rows) = (200, 120)
            let pixels = (0..<columns * rows).flatMap { place -> [UInt8] in
                place % columns / 9 % 2 == 0 ? [250, 20, 20] : [10, 30, 240]
            }
            let picture = Picture(
                name: "stripes", columns: columns, rows: rows, pixels: pixels, quality: 90,
                layout: (across, across))
            let bytes = picture.jpeg
            let exact = try PDQHasher.hash(try DecodedImage(bytes.span.bytes))
            #expect(try PDQHasher.hash(file: bytes.span.bytes).hash == exact)
        }
    }
}
