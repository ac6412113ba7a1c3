import CoreMetrics
import KafkaLog
import Logging
import Observability

/// Turns what the Kafka client says into logs and a metric.
struct KafkaMonitor {
    let metrics: Observability.Metrics
    let logger: Logger

    func report(_ notice: KafkaNotice) {
        switch notice {
        case .library(let level, let facility, let text):
            let severity: Logger.Level = level <= 3 ? .error : level == 4 ? .warning : .debug
            count("\(severity)")
            logger.log(
                severity, "Kafka client",
                [.kafkaLevel: "\(level)", .kafkaFacility: facility, .errorMessage: text])
        case .consumerError(let instance, let code):
            count("consumer_error")
            logger.log(
                .warning, "Group member met an error",
                [.instance: instance, .errorCode: code])
        case .heldBack(let instance, let isHeld):
            if isHeld { count("held_back") }
            logger.log(
                .debug, "Source held back",
                [.instance: instance, .condition: isHeld ? "held" : "reading"])
        case .releaseOverdue(let instance):
            count("release_overdue")
            logger.log(.error, "Lane did not release in time", [.instance: instance])
        }
    }

    private func count(_ event: String) {
        metrics.counter(.kafkaNotices, [(.event, event)]).increment()
    }
}
