/// The annotated settings file: every setting with its meaning and a value.
package enum ConfigurationExample {
    /// All settings with their defaults, as `tutela config` prints them.
    package static func text(_ configuration: Configuration = Configuration()) -> String {
        var text = header
        var open: [String] = []
        for setting in SettingTable.all {
            let parts = setting.name.split(separator: ".").map(String.init)
            let sections = Array(parts.dropLast())
            let shared = zip(open, sections).prefix { $0.0 == $0.1 }.count
            for depth in shared..<max(shared, sections.count) {
                let path = sections.prefix(depth + 1).joined(separator: ".")
                let indent = String(repeating: "  ", count: depth)
                text += "\n"
                if let about = SettingTable.sections[path] { text += comment(about, indent) }
                text += "\(indent)\(sections[depth]):\n"
            }
            open = sections
            let indent = String(repeating: "  ", count: sections.count)
            text += comment(setting.help, indent)
            text += "\(indent)\(parts.last ?? ""): \(setting.show(configuration))\n"
        }
        return text
    }

    private static let header = """
        # Settings of Tutela, each with its default and its meaning. Keep only what you change.
        #
        # The environment outranks this file: kafka.brokers is TUTELA_KAFKA_BROKERS, lists are
        # separated by commas. Lengths of time are written 250ms, 10s, 90m, 72h, 14d. An unknown name is
        # an error.
        # This file is written by `tutela config`.

        """

    private static func comment(_ text: String, _ indent: String) -> String {
        text.split(separator: "\n").map { "\(indent)# \($0)\n" }.joined()
    }
}
