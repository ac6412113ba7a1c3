/// One setting: its name, what it means, how it is read and shown.
struct Setting: Sendable {
    /// Dotted: `kafka.brokers`.
    var name: String
    var help: String
    var wanted: String
    /// The variable of the environment holds the secret itself.
    var isSecret = false
    /// False where the value is not what was wanted.
    var read: @Sendable (Given, inout Configuration) -> Bool
    /// The value as YAML on one line.
    var show: @Sendable (Configuration) -> String

    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        _ codec: Codec<Value>, _ help: String
    ) {
        self.name = name
        self.help = help
        wanted = codec.wanted
        isSecret = Value.self == SecretReference?.self
        read = { given, configuration in
            guard let value = codec.parse(given) else { return false }
            configuration[keyPath: path] = value
            return true
        }
        show = { codec.show($0[keyPath: path]) }
    }

    /// `TUTELA_KAFKA_BROKERS`
    var variable: String {
        "TUTELA_" + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }
}
