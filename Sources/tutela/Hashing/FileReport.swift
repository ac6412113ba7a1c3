import Foundation
import MediaHashing
import Observability
import SafetyModel

/// What is known of one file, or why not.
struct FileReport: Sendable {
    var path: String
    var format: ImageFormat?
    var columns: Int?
    var rows: Int?
    var pdq: PDQHash?
    var variants: [Dihedral: PDQHash] = [:]
    /// MD5, SHA-1, SHA-256; empty where the file cannot be read.
    var digests: [MediaDigest] = []
    var error: String?

    init(path: String, error: String? = nil) {
        self.path = path
        self.error = error
    }

    private var turned: [(Dihedral, PDQHash)] {
        Dihedral.allCases.compactMap { name in variants[name].map { (name, $0) } }
    }

    func text(_ screen: Screen) -> String {
        var head = screen.paint(path, .bold)
        if let format, let columns, let rows { head += "  \(format) \(columns) × \(rows)" }
        var lines = [head]
        func add(_ name: String, _ value: String, _ note: String = "") {
            let label = name.padding(toLength: 13, withPad: " ", startingAt: 0)
            lines.append("  " + label + value + note)
        }
        if let error { add("error", screen.paint(error, .red)) }
        if let pdq {
            let isLow = pdq.quality < 50
            let note = "  quality \(pdq.quality)" + (isLow ? ", too low to be matched" : "")
            add("PDQ", pdq.hex, isLow ? screen.paint(note, .yellow) : note)
        }
        for (name, hash) in turned { add(name.rawValue, hash.hex) }
        for digest in digests { add(digest.algorithm.title, digest.bytes.hex) }
        return lines.joined(separator: "\n")
    }

    /// One object; what is not known is left out.
    var json: String {
        var fields = [("file", jsonString(path))]
        if let error { fields.append(("error", jsonString(error))) }
        if let format { fields.append(("format", jsonString(format.rawValue))) }
        if let columns { fields.append(("columns", "\(columns)")) }
        if let rows { fields.append(("rows", "\(rows)")) }
        if let pdq {
            fields += [("pdq", jsonString(pdq.hex)), ("quality", "\(pdq.quality)")]
        }
        if !variants.isEmpty {
            let pairs = turned.map { "\(jsonString($0.0.rawValue)): \(jsonString($0.1.hex))" }
            fields.append(("dihedral", "{\(pairs.joined(separator: ", "))}"))
        }
        for digest in digests {
            fields.append((digest.algorithm.key, jsonString(digest.bytes.hex)))
        }
        return "{" + fields.map { "\(jsonString($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
    }
}

extension HashAlgorithm {
    fileprivate var title: String {
        switch self {
        case .pdq: "PDQ"
        case .md5: "MD5"
        case .sha1: "SHA-1"
        case .sha256: "SHA-256"
        case .vpdq: "vPDQ"
        }
    }

    fileprivate var key: String {
        switch self {
        case .pdq: "pdq"
        case .md5: "md5"
        case .sha1: "sha1"
        case .sha256: "sha256"
        case .vpdq: "vpdq"
        }
    }
}
