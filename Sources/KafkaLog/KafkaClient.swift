import CRdkafka
import Streaming

/// A handle of the client library. The library locks inside, so that the pointer may be used from any
/// thread; it is destroyed by an explicit `destroy`, which blocks.
final class KafkaClient: @unchecked Sendable {
    /// What the library's callbacks reach through the handle's opaque.
    final class Context: Sendable {
        typealias Rebalance =
            @Sendable (OpaquePointer, rd_kafka_resp_err_t, borrowing PartitionList) -> Void

        let report: @Sendable (KafkaNotice) -> Void
        let onRebalance: Rebalance?
        let onDeliveryFailure: (@Sendable (rd_kafka_resp_err_t) -> Void)?

        init(
            report: @escaping @Sendable (KafkaNotice) -> Void,
            onRebalance: Rebalance? = nil,
            onDeliveryFailure: (@Sendable (rd_kafka_resp_err_t) -> Void)? = nil
        ) {
            self.report = report
            self.onRebalance = onRebalance
            self.onDeliveryFailure = onDeliveryFailure
        }
    }

    let raw: OpaquePointer
    private let context: Unmanaged<Context>

    /// - Parameter own: properties that the settings may not change; they win.
    /// - Throws: `misconfigured`, naming the property but not its value.
    init(
        _ type: rd_kafka_type_t, _ settings: KafkaSettings, own: [(String, String)],
        context: Context
    ) throws(LogError) {
        guard let configuration = rd_kafka_conf_new() else {
            throw LogError(.fatal, "no memory for a Kafka configuration")
        }
        do throws(LogError) {
            try Self.set(settings, own, type, in: configuration)
        } catch {
            rd_kafka_conf_destroy(configuration)
            throw error
        }
        let retained = Unmanaged.passRetained(context)
        rd_kafka_conf_set_opaque(configuration, retained.toOpaque())
        Self.setCallbacks(in: configuration, context)
        var reason = [CChar](repeating: 0, count: 512)
        guard let raw = rd_kafka_new(type, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            retained.release()
            let text = reason.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
            throw LogError(
                .misconfigured,
                "the Kafka client cannot start: " + settings.withoutValues(text ?? ""))
        }
        self.raw = raw
        self.context = retained
        if type == RD_KAFKA_CONSUMER { rd_kafka_poll_set_consumer(raw) }
    }

    /// Gives the handle back. Blocks; nothing may use the handle afterwards.
    func destroy() {
        rd_kafka_destroy(raw)
        context.release()
    }

    /// The library's fatal error, once it has one.
    var fatalError: rd_kafka_resp_err_t? {
        let code = rd_kafka_fatal_error(raw, nil, 0)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : code
    }

    /// Whether the settings' properties are known and valid, as far as that shows without a broker.
    static func check(_ settings: KafkaSettings) throws(LogError) {
        guard let configuration = rd_kafka_conf_new() else {
            throw LogError(.fatal, "no memory for a Kafka configuration")
        }
        defer { rd_kafka_conf_destroy(configuration) }
        try set(settings, [], RD_KAFKA_CONSUMER, in: configuration)
    }

    private static func set(
        _ settings: KafkaSettings, _ own: [(String, String)], _ type: rd_kafka_type_t,
        in configuration: OpaquePointer
    ) throws(LogError) {
        var all = settings.defaults(type)
        all += settings.properties.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        all += own
        for (name, value) in all {
            switch rd_kafka_conf_set(configuration, name, value, nil, 0) {
            case RD_KAFKA_CONF_OK: continue
            case RD_KAFKA_CONF_UNKNOWN:
                throw LogError(
                    .misconfigured, "the Kafka client knows no property \(name); check its name")
            default:
                throw LogError(
                    .misconfigured, "the Kafka property \(name) cannot have the value it was given")
            }
        }
    }

    private static func setCallbacks(in configuration: OpaquePointer, _ context: Context) {
        rd_kafka_conf_set_log_cb(configuration) { handle, level, facility, text in
            guard let handle, let context = KafkaClient.context(of: handle) else { return }
            let facility = facility.map { String(cString: $0) } ?? ""
            // Said of every handle that gets the properties of the other kind too.
            if facility == "CONFWARN" { return }
            context.report(
                .library(
                    level: Int(level), facility: facility,
                    text: text.map { String(cString: $0) } ?? ""))
        }
        rd_kafka_conf_set_error_cb(configuration) { handle, code, _, _ in
            guard let handle, let context = KafkaClient.context(of: handle) else { return }
            let name = rd_kafka_resp_err_t(rawValue: code).name
            context.report(.library(level: 4, facility: name, text: "client error"))
        }
        if context.onRebalance != nil {
            rd_kafka_conf_set_rebalance_cb(configuration) { handle, code, partitions, _ in
                guard let handle, let partitions,
                    let context = KafkaClient.context(of: handle)
                else { return }
                context.onRebalance?(handle, code, PartitionList(borrowing: partitions))
            }
        }
        if context.onDeliveryFailure != nil {
            rd_kafka_conf_set_dr_msg_cb(configuration) { handle, message, _ in
                guard let handle, let message, message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR
                else { return }
                KafkaClient.context(of: handle)?.onDeliveryFailure?(message.pointee.err)
            }
        }
    }

    private static func context(of handle: OpaquePointer) -> Context? {
        rd_kafka_opaque(handle).map {
            Unmanaged<Context>.fromOpaque($0).takeUnretainedValue()
        }
    }
}

extension KafkaSettings {
    /// The library's words, unless they repeat a value: that may be a secret.
    func withoutValues(_ text: String) -> String {
        let isRepeated = properties.values.contains { $0.count > 3 && text.contains($0) }
        return isRepeated ? "check the properties that were set together" : text
    }

    /// What we set unless told otherwise.
    func defaults(_ type: rd_kafka_type_t) -> [(String, String)] {
        let common = [
            ("bootstrap.servers", brokers), ("client.id", clientID), ("log.queue", "false"),
            ("reconnect.backoff.max.ms", "2000"), ("socket.nagle.disable", "true"),
        ]
        guard type == RD_KAFKA_PRODUCER else {
            return common + [
                ("receive.message.max.bytes", "1000000000"), ("fetch.max.bytes", "16777216"),
                ("fetch.wait.max.ms", "100"), ("fetch.error.backoff.ms", "100"),
                ("check.crcs", "true"), ("queued.min.messages", "20000"),
                ("queued.max.messages.kbytes", "32768"),
            ]
        }
        return common + [
            ("linger.ms", "5"), ("batch.size", "1000000"), ("batch.num.messages", "10000"),
            ("queue.buffering.max.messages", "1000000"),
            ("queue.buffering.max.kbytes", "1048576"), ("compression.type", "lz4"),
            ("retry.backoff.ms", "50"),
        ]
    }
}
