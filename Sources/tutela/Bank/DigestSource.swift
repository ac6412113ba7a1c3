import EventSchemas
import Foundation
import HashLists
import MediaHashing
import SafetyModel

/// Where the digests come from that a person wants compared.
struct DigestSource {
    /// The name they are shown under: a digest's own beginning, or a file's name and line.
    var name: String
    var digests: [MediaDigest]

    init(name: String, digests: [MediaDigest]) {
        self.name = name
        self.digests = digests
    }

    /// Of a digest as it is written. 64 digits may be PDQ or SHA-256: both are tried.
    init(digest text: String, algorithm: HashAlgorithm?, quality: UInt8 = 100) throws {
        let wanted = algorithm.map { [$0] } ?? [.md5, .sha1, .sha256, .pdq]
        guard let bytes = [UInt8](hex: text),
            case let fitting = wanted.filter({ $0.digestBytes == bytes.count }), !fitting.isEmpty
        else {
            throw ConfigurationError(
                where: "digest", "this is no digest",
                "32 hexadecimal digits for md5, 40 for sha1, 64 for sha256 and pdq")
        }
        name = "digest"
        digests = fitting.map { MediaDigest($0, bytes, quality: quality) }
    }

    /// Of a file, or of all below a directory. An image is hashed; a list whose name ends in `.csv`,
    /// `.jsonl` or `.xml` is read as `bank import` reads it; any other text as digests, one a line:
    /// `[algorithm] digest [quality]`, of which those of vpdq are frames of one video.
    static func all(at path: String) throws -> [DigestSource] {
        let list = FileList([path])
        if let problem = list.problems.first {
            throw ConfigurationError(
                where: path, problem.error ?? "", "check that this user may read it")
        }
        return try list.files.flatMap { try all(inFile: $0) }
    }

    private static let mostBytes = 64 << 20

    private static func all(inFile path: String) throws -> [DigestSource] {
        if let start = FileHandle(forReadingAtPath: path)?.readData(ofLength: 64),
            ImageFormat(of: [UInt8](start).span.bytes) != nil
        {
            return [try DigestSource(image: path)]
        }
        // At the end of a file there is nil, not an error.
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: mostBytes + 1) ?? Data()
        else {
            throw ConfigurationError(
                where: path, "the file cannot be read",
                "check that it exists and that this user may read it")
        }
        guard data.count <= mostBytes else {
            throw ConfigurationError(
                where: path, "a text of digests has at most 64 MB", "give a part of it")
        }
        if let format = ListFormat(fileName: path) {
            return try all(inList: data, format, at: path)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationError(
                where: path, "this is no text of digests", "give one digest a line")
        }
        var sources: [DigestSource] = []
        var frames: [MediaDigest] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        where !line.allSatisfy(\.isWhitespace) {
            let source = try source(line, "\(path):\(index + 1)")
            if source.digests.contains(where: { $0.algorithm == .vpdq }) {
                frames += source.digests
            } else {
                sources.append(source)
            }
        }
        if !frames.isEmpty { sources.append(DigestSource(name: path, digests: frames)) }
        return sources
    }

    private init(image path: String) throws {
        let report = FileHasher(mode: .full, dihedral: false, limits: ImageLimits()).hash(path)
        if let error = report.error {
            throw ConfigurationError(
                where: path, "the image cannot be hashed: \(error)",
                "an image that cannot be hashed is not one that matches nothing")
        }
        name = path
        digests = report.digests + [report.pdq?.digest].compactMap { $0 }
    }

    private static func source(_ line: Substring, _ place: String) throws -> DigestSource {
        var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        let algorithm = words.first.flatMap { HashAlgorithm(name: $0) }
        if algorithm != nil { words.removeFirst() }
        let quality = words.count == 2 ? UInt8(words[1]) : 100
        guard (1...2).contains(words.count), let quality, quality <= 100 else {
            throw ConfigurationError(
                where: place, "this is no digest", "wanted: [algorithm] digest [quality]")
        }
        do {
            var source = try DigestSource(
                digest: words[0], algorithm: algorithm, quality: quality)
            source.name = place
            return source
        } catch let error as ConfigurationError {
            throw ConfigurationError(where: place, error.problem, error.remedy)
        }
    }
}
