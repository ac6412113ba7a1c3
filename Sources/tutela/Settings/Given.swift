/// What somebody wrote for a setting, before it is understood.
indirect enum Given: Sendable {
    case scalar(String)
    case list([Given])
    case table([(name: String, value: Given)])
    case nothing
}

/// Reads and shows one kind of value.
struct Codec<Value: Sendable>: Sendable {
    /// What is wanted, for error texts: "a whole number from 1 to 65535".
    var wanted: String
    var parse: @Sendable (Given) -> Value?
    /// The value as it would be written in YAML, on one line.
    var show: @Sendable (Value) -> String
}

extension Codec {
    /// The same kind of value, kept in another form.
    func map<Other: Sendable>(
        _ into: @escaping @Sendable (Value) -> Other?, _ back: @escaping @Sendable (Other) -> Value
    ) -> Codec<Other> {
        Codec<Other>(
            wanted: wanted, parse: { parse($0).flatMap(into) }, show: { show(back($0)) })
    }
}
