import Operations
import Pipeline
import Policy
import ScoreModels
import Streaming

/// How an error leaves the process: a text that says what, where and what to do, and an exit code.
struct Failure {
    var text: String
    var code: Int32

    static let findings: Int32 = 1
    static let unavailable: Int32 = 69
    static let software: Int32 = 70
    static let settings: Int32 = 78

    /// nil for the argument parser's own errors, help and exit codes included.
    init?(_ error: any Error) {
        switch error {
        case let error as ConfigurationError: self.init(text: "\(error)", code: Self.settings)
        case let error as LoadError: self.init(text: "\(error)", code: Self.settings)
        case let error as PackError: self.init(text: "\(error)", code: Self.settings)
        case let error as SettingsError: self.init(text: "\(error)", code: Self.settings)
        case let error as LogError:
            self.init(text: "\(error)", code: error.code.exitCode)
        case let error as PipelineError: self.init(text: "\(error)", code: Self.software)
        case let error as LaneError: self.init(text: "\(error)", code: Self.software)
        case let error as StartError: self.init(text: "\(error)", code: Self.software)
        case let error as RunnerError: self.init(text: "\(error)", code: Self.software)
        case let error as OperationsError: self.init(text: "\(error)", code: Self.settings)
        case let error as Finding: self.init(text: error.text, code: Self.findings)
        default: return nil
        }
    }

    private init(text: String, code: Int32) {
        self.text = text
        self.code = code
    }
}

/// What was asked for was looked at, and is not as it should be.
struct Finding: Error {
    var text: String
}

extension LogError.Code {
    fileprivate var exitCode: Int32 {
        switch self {
        case .unreachable, .timedOut, .transient: Failure.unavailable
        case .misconfigured, .notFound: Failure.settings
        case .fenced, .fatal, .outOfRange, .damaged, .closed, .rejected: Failure.software
        }
    }
}
