import CRdkafka
import Streaming

extension LogError {
    /// - Parameter doing: what was tried, for the message.
    init(_ code: rd_kafka_resp_err_t, doing: String) {
        self.init(Self.code(of: code), "\(doing): \(code.name)")
    }

    private static func code(of code: rd_kafka_resp_err_t) -> Code {
        if code.isFencing { return .fenced }
        switch code {
        case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
            return .timedOut
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
            RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
            return .unreachable
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            return .notFound
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
            return .outOfRange
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, RD_KAFKA_RESP_ERR__AUTHENTICATION,
            RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT,
            RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL,
            RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, RD_KAFKA_RESP_ERR__INVALID_ARG,
            RD_KAFKA_RESP_ERR_POLICY_VIOLATION, RD_KAFKA_RESP_ERR_INVALID_CONFIG,
            RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
            return .misconfigured
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_RECORD,
            RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
            return .rejected
        case RD_KAFKA_RESP_ERR__BAD_MSG, RD_KAFKA_RESP_ERR__BAD_COMPRESSION,
            RD_KAFKA_RESP_ERR_INVALID_MSG:
            return .damaged
        case RD_KAFKA_RESP_ERR__DESTROY: return .closed
        case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE:
            return .fatal
        default:
            return .transient
        }
    }
}

extension rd_kafka_resp_err_t {
    /// The library's name for the code, such as `ILLEGAL_GENERATION`.
    var name: String { String(cString: rd_kafka_err2name(self)) }

    /// Another producer or member has this one's place.
    var isFencing: Bool {
        switch self {
        case RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
            RD_KAFKA_RESP_ERR_PRODUCER_FENCED, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
            RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
            return true
        default:
            return false
        }
    }
}

/// What `rd_kafka_error_t` says, taken out of it.
struct TransactionError: Error {
    var code: rd_kafka_resp_err_t
    var isRetriable: Bool
    var requiresAbort: Bool
    var isFatal: Bool

    /// Frees `error`; nil where there is none.
    init?(taking error: OpaquePointer?) {
        guard let error else { return nil }
        code = rd_kafka_error_code(error)
        isRetriable = rd_kafka_error_is_retriable(error) != 0
        requiresAbort = rd_kafka_error_txn_requires_abort(error) != 0
        isFatal = rd_kafka_error_is_fatal(error) != 0
        rd_kafka_error_destroy(error)
    }

    init(code: rd_kafka_resp_err_t, requiresAbort: Bool) {
        self.code = code
        isRetriable = false
        self.requiresAbort = requiresAbort
        isFatal = false
    }

    func logError(doing: String) -> LogError { LogError(code, doing: doing) }
}
