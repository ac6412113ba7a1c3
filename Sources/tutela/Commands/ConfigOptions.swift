import ArgumentParser
import Foundation

/// The settings file, for every command that has settings.
struct ConfigOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "Settings file; without it TUTELA_CONFIG, else tutela.yaml where there is one.")
    var config: String?

    func load() throws(ConfigurationError) -> (Configuration, [String: String]) {
        let environment = ProcessInfo.processInfo.environment
        let named = config ?? environment["TUTELA_CONFIG"]
        let path = named ?? "tutela.yaml"
        var yaml: String?
        if let data = FileManager.default.contents(atPath: path) {
            guard let text = String(data: data, encoding: .utf8) else {
                throw ConfigurationError(where: path, "not UTF-8 text")
            }
            yaml = text
        } else if named != nil {
            throw ConfigurationError(
                where: path, "the settings file cannot be read",
                "`tutela config > tutela.yaml` writes one to start from")
        }
        let configuration = try ConfigurationLoader.load(
            yaml: yaml, file: path, environment: environment)
        return (configuration, environment)
    }

    /// As above; without --config, a directory with a log may hold the settings it was made with.
    func load(beside dir: String?) throws(ConfigurationError) -> (Configuration, [String: String]) {
        guard let dir, config == nil else { return try load() }
        let own = dir + "/tutela.yaml"
        guard FileManager.default.fileExists(atPath: own) else { return try load() }
        var inside = self
        inside.config = own
        return try inside.load()
    }
}
