import CoreMetrics
import Foundation
import Logging
import Observability
import Pipeline
import Policy
import SafetyModel
import Streaming

/// Looks at the pack's files every few seconds and hands a changed pack to Assess. A wrong one is
/// told, counted and refused; the old one stays.
struct PackWatch: Sendable {
    let location: PackLocation
    let interval: Duration
    let packs: PackFeed
    let clock: any LaneClock
    let metrics: Observability.Metrics
    let logger: Logger

    func run() async throws {
        var looks = PackLooks<PackLocation.Content>()
        while true {
            try await clock.sleep(for: interval)
            if let content = looks.take(try? location.content()) { take(content) }
        }
    }

    private func take(_ content: PackLocation.Content) {
        do throws(PackError) {
            let pack = try Pack.load(
                yaml: content.text, file: location.name, models: content.models)
            guard pack.digest != packs.current.digest else { return }
            packs.replace(with: pack)
            metrics.counter(.packChanges, [(.outcome, "taken")]).increment()
            logger.log(
                .notice, "The policy pack has changed; tasks go on with it at their next batch",
                [.packName: pack.name, .packDigest: pack.digest.hex])
        } catch {
            metrics.counter(.packChanges, [(.outcome, "refused")]).increment()
            logger.log(
                .error, "The changed policy pack is wrong and is refused; the old one stays",
                [
                    .errorMessage: "\(error)", .packName: packs.current.name,
                    .packDigest: packs.current.digest.hex,
                ])
        }
    }
}
