import Foundation
import MediaHashing
import SafetyModel

/// Reads a file once, in pieces: all of it goes through the exact digests, and no more of it than an
/// image may have is kept.
struct FileHasher: Sendable {
    let mode: PDQMode
    let dihedral: Bool
    let limits: ImageLimits

    private static let pieceBytes = 1 << 20

    func hash(_ path: String) -> FileReport {
        var report = FileReport(path: path)
        guard let kept = read(path, into: &report) else { return report }
        do throws(MediaHashError) {
            guard let kept else { throw .tooManyBytes(limit: limits.bytes) }
            try hash(kept, into: &report)
        } catch {
            report.error = "\(error)"
        }
        return report
    }

    private func hash(_ bytes: [UInt8], into report: inout FileReport) throws(MediaHashError) {
        guard dihedral else {
            let image = try PDQHasher.hash(file: bytes.span.bytes, limits: limits, mode: mode)
            report.pdq = image.hash
            report.format = ImageFormat(of: bytes.span.bytes)
            (report.columns, report.rows) = (image.columns, image.rows)
            return
        }
        let image = try DecodedImage(bytes.span.bytes, limits: limits)
        report.pdq = try PDQHasher.hash(image, mode: mode)
        report.variants = try PDQHasher.dihedralHashes(image, mode: mode)
        report.format = ImageFormat(of: bytes.span.bytes)
        (report.columns, report.rows) = (image.columns, image.rows)
    }

    /// Nil where it cannot be read, which the report then says; `.some(nil)` where it is too long for
    /// an image.
    private func read(_ path: String, into report: inout FileReport) -> [UInt8]?? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            report.error = "it cannot be opened: \(Self.reason)"
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        // A pipe or a device could go on for ever.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            report.error = "it is not a regular file"
            return nil
        }
        var digests = ExactDigests()
        var kept: [UInt8]? = []
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            let count = piece.withUnsafeMutableBytes {
                Foundation.read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                report.error = "it cannot be read: \(Self.reason)"
                return nil
            }
            if count == 0 { break }
            digests.update(piece[..<count])
            if let length = kept?.count, length + count > limits.bytes { kept = nil }
            kept?.append(contentsOf: piece[..<count])
        }
        report.digests = digests.finish()
        return kept
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
