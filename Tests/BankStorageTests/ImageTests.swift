import BankStorage
import Foundation
import HashMatching
import SafetyModel
import Testing

@Suite("Images of a bank")
struct ImageTests {
    @Test("A loaded image answers as the bank it was made of, and goes on from its version")
    func roundTrip() throws {
        let folder = try Folder()
        let banks = Self.bank()
        let file = BankImageFile(folder: folder.path, name: "entries")
        #expect(try file.load() == nil)
        let written = try file.save(BankImage(banks, notes: [1, 2, 3]))
        #expect(try written == FileManager.default.contentsOfFile(file.path).count)
        let image = try #require(try file.load())
        #expect(image.notes == [1, 2, 3])
        #expect(image.snapshot.version == banks.version)
        #expect(image.snapshot.entryCount == banks.entryCount)
        for id in Self.ids {
            #expect(
                image.snapshot.contains(bank: "listed", entry: id)
                    == banks.contains(bank: "listed", entry: id))
        }
        for item in Self.media {
            let expected = match([item], in: banks)
            #expect(match([item], in: image.snapshot) == expected)
        }
        let removal = HashEntry(
            operation: .remove, bank: "listed", entry: "p1", category: .csam,
            digest: MediaDigest(.sha256, []), source: "", listVersion: "")
        let later = image.snapshot.applying([(banks.version, removal)], version: 90_000)
        #expect(later.version == 90_000)
        #expect(later.entryCount == banks.entryCount - 1)
        #expect(later.contains(bank: "listed", entry: "p1") == nil)
    }

    @Test("An empty bank has an image too")
    func empty() throws {
        let folder = try Folder()
        let file = BankImageFile(folder: folder.path, name: "entries")
        let banks = BankSnapshot.empty.applying([(4, nil)], version: 5)
        try file.save(BankImage(banks, notes: []))
        let image = try #require(try file.load())
        #expect(image.snapshot.version == 5)
        #expect(image.snapshot.entryCount == 0)
    }

    @Test("A changed byte anywhere but in the gaps is refused, as damage or as a foreign file")
    func damage() throws {
        let folder = try Folder()
        let file = BankImageFile(folder: folder.path, name: "entries")
        try file.save(BankImage(Self.bank(), notes: Array(0..<40)))
        let bytes = try FileManager.default.contentsOfFile(file.path)
        let regions = Self.regions(of: bytes)
        #expect(regions.count > 20)
        var places = Array(0..<64) + Array(stride(from: 64, to: 64 + 24 * regions.count, by: 5))
        for region in regions where region.count > 0 {
            places += [
                region.lowerBound, region.lowerBound + region.count / 2, region.upperBound - 1,
            ]
        }
        for place in places {
            var other = bytes
            other[place] ^= 0x10
            try Data(other).write(to: URL(filePath: file.path))
            let error = #expect(throws: BankImageError.self, "byte \(place)") {
                _ = try file.load()
            }
            guard let error else { continue }
            #expect(error.description.contains(file.path))
            switch error.reason {
            case .damaged, .foreign, .format, .cut: break
            default: Issue.record("byte \(place): \(error)")
            }
        }
    }

    @Test("A cut file is refused wherever it was cut, and a longer one too")
    func cut() throws {
        let folder = try Folder()
        let file = BankImageFile(folder: folder.path, name: "entries")
        try file.save(BankImage(Self.bank(), notes: [7]))
        let bytes = try FileManager.default.contentsOfFile(file.path)
        let cuts =
            [0, 1, 63, 64, 65, 200, bytes.count - 1]
            + Self.regions(of: bytes).flatMap { [$0.lowerBound, $0.upperBound - 1] }
        for count in cuts where count < bytes.count {
            try Data(bytes.prefix(count)).write(to: URL(filePath: file.path))
            let error = #expect(throws: BankImageError.self) { _ = try file.load() }
            #expect(error?.reason == .cut)
        }
        try Data(bytes + [0]).write(to: URL(filePath: file.path))
        #expect(throws: BankImageError.self) { _ = try file.load() }
        try Data("not an image at all, but longer than a header: 64 bytes and more".utf8)
            .write(to: URL(filePath: file.path))
        let error = #expect(throws: BankImageError.self) { _ = try file.load() }
        #expect(error?.reason == .foreign)
    }

    @Test("A save that fails leaves the old image, and a left-over part does no harm")
    func atomic() throws {
        let folder = try Folder()
        let file = BankImageFile(folder: folder.path, name: "entries")
        try Data(repeating: 9, count: 1 << 20).write(to: URL(filePath: file.path + ".part"))
        try file.save(BankImage(Self.bank(), notes: [1]))
        #expect(try file.load()?.notes == [1])
        #expect(!FileManager.default.fileExists(atPath: file.path + ".part"))
        try FileManager.default.createDirectory(
            atPath: file.path + ".part", withIntermediateDirectories: false)
        let error = #expect(throws: BankImageError.self) {
            try file.save(BankImage(Self.bank(), notes: [2]))
        }
        #expect(error?.reason == .unreachable)
        #expect(try file.load()?.notes == [1])
    }

    // MARK: -

    private static let ids = ["p1", "p8000", "twin", "m", "s", "t", "f3", "gone", "odd"]

    /// All algorithms, an index, equal digests, a removal, and a digest of a wrong length.
    private static func bank() -> BankSnapshot {
        var entries = (0..<9_000).map { entry("p\($0)", .pdq, digest($0)) }
        entries += [
            entry("twin", .pdq, digest(1)), entry("m", .md5, Array(digest(2).prefix(16))),
            entry("s", .sha1, Array(digest(3).prefix(20))), entry("t", .sha256, digest(4)),
            entry("gone", .pdq, digest(5)), entry("odd", .md5, [1, 2, 3]),
        ]
        entries += (0..<5).map { entry("f\($0)", .vpdq, digest(20_000 + $0)) }
        entries.append(
            HashEntry(
                operation: .remove, bank: "listed", entry: "gone", category: .csam,
                digest: MediaDigest(.sha256, []), source: "", listVersion: ""))
        let numbered = entries.enumerated().map {
            (offset: Int64($0), entry: $1 as HashEntry?)
        }
        return BankSnapshot.empty.applying(numbered, version: Int64(entries.count))
    }

    private static var media: [MediaItem] {
        let digests =
            [1, 77, 8_000].map { index -> MediaDigest in
                var bytes = digest(index)
                bytes[index % 32] ^= 0xFF
                return MediaDigest(.pdq, bytes)
            } + [
                MediaDigest(.md5, Array(digest(2).prefix(16))),
                MediaDigest(.sha1, Array(digest(3).prefix(20))), MediaDigest(.sha256, digest(4)),
            ]
        let video = (0..<5).map { MediaDigest(.vpdq, digest(20_000 + $0)) }
        return (digests.map { [$0] } + [video]).map {
            MediaItem(
                reference: "m", use: .profilePhoto, attribution: .serverObserved, uploader: nil,
                digests: $0)
        }
    }

    private static func entry(
        _ id: String, _ algorithm: HashAlgorithm, _ bytes: [UInt8]
    ) -> HashEntry {
        HashEntry(
            operation: .add, bank: "listed", entry: id, category: .csam,
            digest: MediaDigest(algorithm, bytes, quality: 90), source: "source-a",
            listVersion: "v-\(id.count)", quarantined: id == "twin",
            entryKey: algorithm == .vpdq ? "film" : "")
    }

    private static func digest(_ index: Int) -> [UInt8] {
        var state = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<32).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    /// As the image's table has them.
    private static func regions(of bytes: [UInt8]) -> [Range<Int>] {
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
        }
        return (0..<number(32, 4)).map { index in
            let at = 64 + 24 * index
            return number(at + 8, 8)..<number(at + 8, 8) + number(at + 16, 8)
        }
    }
}

/// A folder of its own, gone with the test.
private final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "tutela-images-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension FileManager {
    fileprivate func contentsOfFile(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }
}
