import Foundation
import MediaHashing
import SafetyModel
import Testing

@Suite("PDQ of image files")
struct DecoderTests {
    @Test("Every encoding gives the reference's hash within 10 bits at quality 80 and above")
    func encodings() throws {
        let expected = try lines(of: "expected.txt")
        #expect(expected.count == 34)
        for line in expected {
            let hash = try outcome(of: try imageBytes(line[0])).get()
            let reference = [UInt8](hex: line[1]) ?? []
            let distance = zip(hash.bytes, reference).reduce(0) {
                $0 + ($1.0 ^ $1.1).nonzeroBitCount
            }
            let quality = Int(line[2]) ?? -1
            #expect(quality >= 80, "\(line[0]) proves nothing")
            #expect(abs(hash.quality - quality) <= 1, "\(line[0])")
            // Only where the decoders may differ by a rounding are bits given away.
            #expect(distance <= (isLossless(line[0]) ? 2 : 10), "\(line[0]): \(distance)")
        }
    }

    private func isLossless(_ name: String) -> Bool {
        name.hasSuffix(".gif") || name.contains("lossless")
            || name.hasSuffix(".png") && name != "jpeg-named.png"
    }

    @Test("The content decides the format, not the name")
    func format() throws {
        let bytes = try imageBytes("jpeg-named.png")
        let format = ImageFormat(of: bytes.span.bytes)
        #expect(format == .jpeg)
        #expect(outcome(of: Array("<svg></svg>".utf8)) == .failure(.unknownFormat))
        #expect(outcome(of: Array("RIFF1234WAVE".utf8)) == .failure(.unknownFormat))
        #expect(outcome(of: []) == .failure(.empty))
    }

    @Test("A file cut anywhere is an error or, past its last pixel, the whole picture")
    func truncation() throws {
        let names = [
            "baseline.jpg", "progressive.jpg", "cmyk.jpg", "rgb.png", "interlaced.png",
            "lossy.webp", "lossless.webp", "animated.webp", "still.gif", "interlaced.gif",
        ]
        for name in names {
            let bytes = try imageBytes(name)
            let whole = try outcome(of: bytes).get()
            for tenth in 0..<40 {
                let cut = Array(bytes.prefix(bytes.count * tenth / 40))
                switch outcome(of: cut) {
                case .failure: break
                case .success(let hash):
                    // Of an animation the first frame, and it may be the smaller part.
                    #expect(hash == whole, "\(name) at \(tenth)/40")
                    #expect(tenth >= 36 || name.hasPrefix("animated"), "\(name) at \(tenth)/40")
                }
            }
        }
    }

    @Test("Sizes beyond the limit are refused before memory is taken, with their numbers")
    func tooLarge() throws {
        for name in ["baseline.jpg", "rgb.png", "lossy.webp", "animated.webp", "still.gif"] {
            guard
                case .failure(.tooLarge(_, let columns, let rows, 6_000)) = outcome(
                    of: try imageBytes(name), limits: ImageLimits(pixels: 6_000))
            else {
                Issue.record("\(name)")
                continue
            }
            #expect(columns * rows > 6_000)
        }
        var png = try imageBytes("rgb.png")
        png.replaceSubrange(16..<24, with: [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff])
        guard case .failure(let error) = outcome(of: png) else {
            Issue.record("a size that cannot be")
            return
        }
        #expect(error != .outOfMemory)
        let bytes = try imageBytes("baseline.jpg")
        #expect(
            outcome(of: bytes, limits: ImageLimits(bytes: 100))
                == .failure(.tooManyBytes(limit: 100)))
    }

    @Test("A GIF that promises 65,535 × 65,535 pixels in 40 bytes is refused")
    func gifBomb() {
        var bytes = Array("GIF89a".utf8)
        bytes += [0xff, 0xff, 0xff, 0xff, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
        bytes += [0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 2, 0x4c, 1, 0, 0x3b]
        guard case .failure(.tooLarge(.gif, 65_535, 65_535, _)) = outcome(of: bytes) else {
            Issue.record("\(outcome(of: bytes))")
            return
        }
    }

    @Test("A JPEG of more scans than any encoder writes is refused")
    func scanBomb() throws {
        let bytes = try imageBytes("progressive.jpg")
        // The last scan refines; repeated, it is work without end.
        let marker = try #require(
            bytes.indices.dropLast().last { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda })
        let scan = bytes[marker..<bytes.count - 2]
        var bomb = Array(bytes.dropLast(2))
        for _ in 0..<150 { bomb += scan }
        bomb += [0xff, 0xd9]
        guard case .failure(let error) = outcome(of: bomb) else {
            Issue.record("it was hashed")
            return
        }
        guard case .tooCostly(.jpeg, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("A WebP's chunks after its first frame are not looked at, and before it not without end")
    func chunkBomb() throws {
        let bytes = try imageBytes("animated.webp")
        let whole = try outcome(of: bytes).get()
        let empty = Array("JUNK".utf8) + [0, 0, 0, 0]
        func grown(at place: Int, by count: Int) -> [UInt8] {
            var bomb = bytes
            bomb.insert(
                contentsOf: (0..<count).flatMap { _ in empty }, at: place)
            let size = UInt32(bomb.count - 8)
            bomb.replaceSubrange(
                4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) })
            return bomb
        }
        let frame = try #require(
            bytes.indices.dropLast(3).first { bytes[$0..<$0 + 4].elementsEqual("ANMF".utf8) })
        #expect(outcome(of: grown(at: bytes.count, by: 100_000)) == .success(whole))
        #expect(outcome(of: grown(at: frame, by: 500)) == .success(whole))
        guard case .failure(.tooCostly(.webp, _)) = outcome(of: grown(at: frame, by: 1_000)) else {
            Issue.record("\(outcome(of: grown(at: frame, by: 1_000)))")
            return
        }
    }

    @Test("Every error says what is wrong, in one line")
    func texts() {
        let errors: [MediaHashError] = [
            .empty, .tooManyBytes(limit: 1), .unknownFormat, .outOfMemory, .truncated(.gif),
            .tooLarge(.png, columns: 1, rows: 2, limit: 3), .damaged(.jpeg, detail: "x"),
            .tooCostly(.jpeg, detail: "y"), .unsupported(.webp, detail: ""),
            .wrongBuffer(expected: 1, found: 0),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(errors.allSatisfy { !$0.description.contains("\n") })
    }
}
