import Foundation
import HashLists
import SafetyModel

extension DigestSource {
    /// Of a list as `bank import` takes it. Frames of one video – vPDQ rows that share their
    /// `entry_key`, or their id where they have none – are one item, in the order of the rows.
    static func all(inList data: Data, _ format: ListFormat, at path: String) throws
        -> [DigestSource]
    {
        var sources: [DigestSource] = []
        var videos: [String: Int] = [:]
        func take(_ record: ListRecord) throws {
            switch record {
            case .issue(let issue):
                throw ConfigurationError(
                    where: path, "an entry cannot be read: \(issue)",
                    "correct it; what cannot be read is not what matches nothing")
            case .item(let item):
                let key = item.entryKey.isEmpty ? item.key : item.entryKey
                let frames = item.digests.filter { $0.algorithm == .vpdq }
                let others = item.digests.filter { $0.algorithm != .vpdq }
                if !others.isEmpty {
                    sources.append(DigestSource(name: "\(path):\(item.line)", digests: others))
                }
                guard !frames.isEmpty else { return }
                if let known = videos[key] {
                    sources[known].digests += frames
                } else {
                    videos[key] = sources.count
                    sources.append(DigestSource(name: "\(path): video \(key)", digests: frames))
                }
            }
        }
        var parser = format.parser()
        try parser.feed([UInt8](data)) { try take($0) }
        try parser.finish { try take($0) }
        return sources
    }
}
