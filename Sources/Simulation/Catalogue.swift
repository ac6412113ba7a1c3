import EventSchemas
import FoundationEssentials
import SafetyModel
import Streaming
import SwiftProtobuf

/// One file of the simulated world: nothing but random digests.
struct SimulatedFile {
    var pdq: [UInt8]
    var md5: [UInt8]
    var sha1: [UInt8]
    var sha256: [UInt8]

    init(_ random: inout SeededRandom) {
        pdq = random.bytes(32)
        md5 = random.bytes(16)
        sha1 = random.bytes(20)
        sha256 = random.bytes(32)
    }

    /// The same picture saved again: other bytes, a PDQ a few bits away.
    func resaved(bits: Int, _ random: inout SeededRandom) -> SimulatedFile {
        var copy = SimulatedFile(&random)
        copy.pdq = pdq
        var flipped: Set<Int> = []
        while flipped.count < bits {
            let bit = random.below(256)
            guard flipped.insert(bit).inserted else { continue }
            copy.pdq[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        return copy
    }

    var digests: PBMediaDigests {
        .with {
            $0.pdq = Data(pdq)
            $0.pdqQuality = 90
            $0.md5 = Data(md5)
            $0.sha1 = Data(sha1)
            $0.sha256 = Data(sha256)
        }
    }
}

/// The files that lists know, and the entries that tell of them.
struct Catalogue {
    /// Listed as illegal.
    var listed: [SimulatedFile] = []
    /// Submitted by minors about themselves.
    var minorSubmitted: [SimulatedFile] = []
    /// Known to be harmless.
    var benign: [SimulatedFile] = []

    init(_ random: inout SeededRandom) {
        listed = (0..<200).map { _ in SimulatedFile(&random) }
        minorSubmitted = (0..<20).map { _ in SimulatedFile(&random) }
        benign = (0..<50).map { _ in SimulatedFile(&random) }
    }

    /// All entries as events of the hash-entries topic, in order.
    func entries() -> [PBHashEntryEvent] {
        bank("list-a", listed, .csam, [.sha256, .pdq])
            + bank("list-b", Array(listed.prefix(50)), .csam, [.md5, .sha1])
            + bank("minor-submitted", minorSubmitted, .minorSubmitted, [.sha256, .pdq])
            + bank("benign", benign, .knownBenign, [.pdq])
    }

    private func bank(
        _ name: String, _ files: [SimulatedFile], _ category: PBHashCategory,
        _ algorithms: [PBHashAlgorithm]
    ) -> [PBHashEntryEvent] {
        files.enumerated().flatMap { index, file in
            algorithms.map { algorithm in
                PBHashEntryEvent.with {
                    $0.bank = name
                    $0.added = .with {
                        $0.entryID = "\(index)-\(algorithm.rawValue)"
                        $0.algorithm = algorithm
                        $0.digest = Data(file.digest(algorithm))
                        $0.quality = 100
                        $0.category = category
                        $0.source = "simulated-list"
                        $0.listVersion = "1"
                        $0.entryKey = "\(index)"
                        $0.environment = "test"
                    }
                }
            }
        }
    }
}

extension SimulatedFile {
    func digest(_ algorithm: PBHashAlgorithm) -> [UInt8] {
        switch algorithm {
        case .md5: md5
        case .sha1: sha1
        case .sha256: sha256
        case .pdq, .vpdq, .unspecified, .UNRECOGNIZED: pdq
        }
    }
}
