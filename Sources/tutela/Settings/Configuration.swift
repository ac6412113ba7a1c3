import KafkaLog
import Observability
package import Pipeline
import SafetyModel
import Streaming

/// Everything that can be set, with its defaults. What each means: `SettingTable`.
package struct Configuration: Sendable {
    package var pipeline = PipelineSettings(partitions: 8)
    package var enforce = EnforceSettings()
    var run = RunSettings()
    var kafka = KafkaOptions()
    var batch = BatchOptions()
    var policy = PolicyOptions()
    var text = TextOptions()
    var bank = BankOptions()
    var classifiers = ClassifierOptions()
    var sealing = SealingOptions()
    var http = HTTPOptions()
    var log = LogOptions()

    package init() {}
}

struct RunSettings: Sendable {
    var stage = StageChoice.both
    var lanes = 2
    var instance = ""
    var groupPrefix = "tutela"
    var drainDeadline = Duration.seconds(20)
    var stallAfter = Duration.seconds(60)
    var restarts = 8
}

/// Which stages a process runs.
enum StageChoice: String, Sendable, CaseIterable {
    case assess, enforce, both

    var names: [String] {
        switch self {
        case .assess: [AssessStage.name]
        case .enforce: [EnforceStage.name]
        case .both: [AssessStage.name, EnforceStage.name]
        }
    }
}

struct KafkaOptions: Sendable {
    var brokers = "localhost:9092"
    var clientID = "tutela"
    var sessionTimeout = Duration.seconds(10)
    var maximumPollInterval = Duration.seconds(20)
    var transactionTimeout = Duration.seconds(15)
    var requestTimeout = Duration.seconds(30)
    var replication = 0
    var minimumInSyncReplicas = 0
    var retention = TimeSpan.days(30)
    var longRetention = TimeSpan.days(400)
    var properties: [String: String] = [:]
}

struct BatchOptions: Sendable {
    var records = 8_192
    var bytes = 8 << 20
    var linger = Duration.milliseconds(100)
    var bufferedRecords = 131_072
    var bufferedBytes = 64 << 20
    var retries = 8
    var retryPause = Duration.milliseconds(50)
    var longestRetryPause = Duration.seconds(10)
}

struct PolicyOptions: Sendable {
    var pack = ""
    var watch = Duration.seconds(5)
}

struct TextOptions: Sendable {
    var lists: [String] = []
    var model = ""
}

struct BankOptions: Sendable {
    var imageFolder = ""
}

struct ClassifierOptions: Sendable {
    var calibration = ""
    var leastProbability = 0.1
    var uncalibratedFloor = 0.9
}

struct SealingOptions: Sendable {
    var key: SecretReference? = .environment("TUTELA_SEALING_KEY")
    var keyID = ""
}

struct HTTPOptions: Sendable {
    var enabled = true
    var host = "127.0.0.1"
    var port = 9464
}

struct LogOptions: Sendable {
    enum Format: String, Sendable, CaseIterable { case auto, json, terminal }
    enum Level: String, Sendable, CaseIterable { case debug, info, notice, warning, error }

    var level = Level.info
    var format = Format.auto
}
