import CPDQ
import Foundation
import MediaHashing
import Testing

@Suite("PDQ of pixels")
struct HashTests {
    @Test("The reference's vectors come out bit for bit, turned and mirrored too")
    func vectors() throws {
        let all = try lines(of: "vectors.txt")
        #expect(all.count == 40)
        for line in all {
            let (kind, columns, rows) = (Int(line[0]) ?? -1, Int(line[1]) ?? 0, Int(line[2]) ?? 0)
            let pixels = Synthetic.rgb(kind: kind, columns: columns, rows: rows)
            let hash = try PDQHasher.hash(
                pixels.span.bytes, columns: columns, rows: rows, format: .rgb)
            #expect("\(hash.quality)" == line[3], "\(line.prefix(3))")
            guard line.count > 4 else { continue }
            #expect(hash.hex == line[4], "\(line.prefix(3))")
            let turned = try PDQHasher.dihedralHashes(
                pixels.span.bytes, columns: columns, rows: rows, format: .rgb)
            let variants = Dihedral.allCases.compactMap { turned[$0] }
            #expect(variants.map(\.hex) == Array(line[6...]), "\(line.prefix(3))")
            #expect(variants.allSatisfy { "\($0.quality)" == line[5] }, "\(line.prefix(3))")
        }
    }

    @Test("The streaming downsampler agrees with plain loops in every bit, at every kind of size")
    func streamingIsExact() throws {
        var random = Seeded(11)
        let edges = [5, 6, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 384, 385]
        for round in 0..<240 {
            func side() -> Int {
                round < 160 ? edges[random.below(edges.count)] : 5 + random.below(700)
            }
            let (columns, rows, channels) = (side(), side(), [1, 3, 4][random.below(3)])
            let pixels =
                round.isMultiple(of: 3)
                ? Synthetic.noise(columns * rows * channels, seed: random.next())
                : Synthetic.photo(
                    columns: columns, rows: rows, channels: channels, seed: random.next())
            let (fast, plain) = downsampled(pixels, columns, rows, channels)
            #expect(
                fast.map(\.bitPattern) == plain.map(\.bitPattern), "\(columns)×\(rows)×\(channels)")
        }
    }

    @Test("The separable downsampler agrees with plain loops but for roundings")
    func separableIsNear() throws {
        var random = Seeded(12)
        for _ in 0..<120 {
            let (columns, rows) = (5 + random.below(700), 5 + random.below(700))
            let pixels = Synthetic.noise(columns * rows, seed: random.next())
            let (_, plain) = downsampled(pixels, columns, rows, 1)
            var fast = [Float](repeating: 0, count: 4096)
            pixels.withUnsafeBufferPointer { buffer in
                var image = cpdq_image(
                    pixels: buffer.baseAddress, row_bytes: columns, columns: Int32(columns),
                    rows: Int32(rows), channels: 1)
                #expect(cpdq_downsample_separable(&image, &fast))
            }
            let worst = zip(fast, plain).map { abs($0 - $1) }.max() ?? 255
            #expect(worst < 0.002, "\(columns)×\(rows)")
        }
    }

    @Test("Nothing is read past the last pixel", arguments: [1, 3, 4])
    func end(channels: Int) throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let room = 16 * page
        let memory = try #require(
            mmap(
                nil, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        try #require(memory != MAP_FAILED)
        defer { munmap(memory, room + page) }
        // Whoever reads the page behind the pixels ends the process.
        try #require(mprotect(memory + room, page, PROT_NONE) == 0)
        for columns in 5...34 {
            let count = columns * 20 * channels
            let start = memory + (room - count)
            let pixels = Synthetic.noise(count, seed: UInt64(columns))
            pixels.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(start: start, count: count).copyMemory(from: bytes)
            }
            var image = cpdq_image(
                pixels: start.assumingMemoryBound(to: UInt8.self), row_bytes: columns * channels,
                columns: Int32(columns), rows: 20, channels: Int32(channels))
            var luma = [Float](repeating: 0, count: 4096)
            #expect(cpdq_downsample(&image, &luma))
            #expect(luma == downsampled(pixels, columns, 20, channels).1)
        }
    }

    private func downsampled(
        _ pixels: [UInt8], _ columns: Int, _ rows: Int, _ channels: Int
    ) -> ([Float], [Float]) {
        var (fast, plain) = ([Float](repeating: 0, count: 4096), [Float](repeating: 1, count: 4096))
        pixels.withUnsafeBufferPointer { buffer in
            var image = cpdq_image(
                pixels: buffer.baseAddress, row_bytes: columns * channels,
                columns: Int32(columns), rows: Int32(rows), channels: Int32(channels))
            #expect(cpdq_downsample(&image, &fast))
            #expect(cpdq_downsample_plain(&image, &plain))
        }
        return (fast, plain)
    }

    @Test("The written-out cosines are those of the formula")
    func cosines() {
        withUnsafeBytes(of: cpdq_cosines) { raw in
            let table = raw.bindMemory(to: Float.self)
            for i in 0..<16 {
                for j in 0..<64 {
                    let angle = Double.pi / 2 / 64 * Double(i + 1) * Double(2 * j + 1)
                    let expected = Float(Double(Float(0.03125.squareRoot())) * cos(angle))
                    let folded = (i + 1) * (2 * j + 1) % 256
                    let m = folded > 128 ? 256 - folded : folded
                    #expect((m <= 64 ? table[m] : -table[128 - m]) == expected)
                }
            }
        }
    }

    @Test("Grey is its own luminance, and the fourth byte of a pixel is not looked at")
    func layouts() throws {
        let (columns, rows) = (97, 83)
        let rgb = Synthetic.photo(columns: columns, rows: rows, channels: 3, seed: 4)
        var rgba: [UInt8] = []
        for pixel in 0..<columns * rows {
            rgba += rgb[3 * pixel..<3 * pixel + 3]
            rgba.append(UInt8(truncatingIfNeeded: pixel &* 31))
        }
        let plain = try PDQHasher.hash(rgb.span.bytes, columns: columns, rows: rows, format: .rgb)
        let fourth = try PDQHasher.hash(
            rgba.span.bytes, columns: columns, rows: rows, format: .rgba)
        #expect(plain == fourth)
        let grey = Synthetic.photo(columns: columns, rows: rows, channels: 1, seed: 4)
        let tripled = grey.flatMap { [$0, $0, $0] }
        let one = try PDQHasher.hash(grey.span.bytes, columns: columns, rows: rows, format: .grey)
        let three = try PDQHasher.hash(
            tripled.span.bytes, columns: columns, rows: rows, format: .rgb)
        #expect(one.distance(to: three) <= 2)
    }

    @Test("Bytes between rows are not pixels")
    func rowGaps() throws {
        let (columns, rows) = (70, 90)
        let tight = Synthetic.photo(columns: columns, rows: rows, channels: 3, seed: 9)
        var gapped: [UInt8] = []
        for y in 0..<rows {
            gapped += tight[y * columns * 3..<(y + 1) * columns * 3]
            if y < rows - 1 { gapped += [UInt8](repeating: 255, count: 13) }
        }
        let a = try PDQHasher.hash(tight.span.bytes, columns: columns, rows: rows, format: .rgb)
        let b = try PDQHasher.hash(
            gapped.span.bytes, columns: columns, rows: rows, format: .rgb,
            rowBytes: columns * 3 + 13)
        #expect(a == b)
    }

    @Test("The 512 mode is the hash of the nearest-neighbour 512 × 512, and of nothing smaller")
    func nearest() throws {
        let (columns, rows) = (700, 300)
        let pixels = Synthetic.photo(columns: columns, rows: rows, channels: 3, seed: 21)
        var small: [UInt8] = []
        for y in 0..<512 {
            for x in 0..<512 {
                let at = (y * rows / 512 * columns + x * columns / 512) * 3
                small += pixels[at..<at + 3]
            }
        }
        let shrunk = try PDQHasher.hash(small.span.bytes, columns: 512, rows: 512, format: .rgb)
        let mode = try PDQHasher.hash(
            pixels.span.bytes, columns: columns, rows: rows, format: .rgb, mode: .nn512)
        let full = try PDQHasher.hash(
            pixels.span.bytes, columns: columns, rows: rows, format: .rgb)
        #expect(mode == shrunk)
        #expect(mode != full && mode.distance(to: full) <= 20)
    }

    @Test("A buffer that is too short, or a size that cannot be, is an error")
    func wrongBuffers() {
        let pixels = [UInt8](repeating: 7, count: 300)
        func fails(_ columns: Int, _ rows: Int, rowBytes: Int? = nil) -> MediaHashError? {
            do throws(MediaHashError) {
                _ = try PDQHasher.hash(
                    pixels.span.bytes, columns: columns, rows: rows, format: .rgb,
                    rowBytes: rowBytes)
                return nil
            } catch {
                return error
            }
        }
        #expect(fails(10, 10) == nil)
        #expect(fails(10, 11) == .wrongBuffer(expected: 330, found: 300))
        #expect(fails(10, 5, rowBytes: 29) != nil)
        #expect(fails(10, 5, rowBytes: .max) != nil)
        #expect(fails(.max, .max) != nil)
        #expect(fails(70_000, 5) != nil)
        #expect(fails(-1, 5) == nil && fails(0, 0) == nil)
    }

    @Test("Too small for a hash is 0 with quality 0; a flat picture has quality 0")
    func smallAndFlat() throws {
        let pixels = [UInt8](repeating: 90, count: 200 * 100 * 3)
        for (columns, rows) in [(4, 100), (100, 4), (1, 1), (0, 0)] {
            let hash = try PDQHasher.hash(
                pixels.span.bytes, columns: columns, rows: rows, format: .rgb)
            #expect(hash.quality == 0 && hash.hex.allSatisfy { $0 == "0" })
        }
        let flat = try PDQHasher.hash(pixels.span.bytes, columns: 200, rows: 100, format: .rgb)
        #expect(flat.quality == 0)
    }
}
