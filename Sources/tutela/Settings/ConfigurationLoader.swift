import Pipeline
import Yams

/// Reads settings from YAML and the environment, which outranks it. Every mistake is an error that
/// says where, what, and what to do.
package struct ConfigurationLoader {
    private let environment: [String: String]
    private var configuration = Configuration()

    /// Variables with our prefix that are no settings.
    private static let reserved = ["TUTELA_CONFIG"]
    private static let reservedPrefixes = ["TUTELA_TEST_"]

    private init(environment: [String: String]) { self.environment = environment }

    /// - Parameters:
    ///   - yaml: the file's text; nil for none.
    ///   - file: its name, for errors.
    package static func load(
        yaml: String?, file: String, environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        var loader = ConfigurationLoader(environment: environment)
        if let yaml, let root = try parse(yaml, file) {
            try loader.read(root, path: [], file)
        }
        try loader.readEnvironment()
        try loader.validate(file)
        return loader.configuration
    }

    private static func parse(_ yaml: String, _ file: String) throws(ConfigurationError) -> Node? {
        do {
            return try compose(yaml: yaml)
        } catch let error as YamlError {
            throw ConfigurationError(where: file + position(of: error), text(of: error))
        } catch {
            throw ConfigurationError(where: file, "not YAML")
        }
    }

    private mutating func read(
        _ node: Node, path: [String], _ file: String
    ) throws(ConfigurationError) {
        guard case .mapping(let mapping) = node else {
            if path.isEmpty, case .scalar(let scalar) = node, scalar.string.isEmpty { return }
            throw ConfigurationError(
                where: place(file, node), "\(name(of: path)) is a section: settings go below it",
                "indent them by two spaces under `\(path.last ?? "")`")
        }
        var seen: Set<String> = []
        for (key, value) in mapping {
            let name = key.string ?? ""
            let full = (path + [name]).joined(separator: ".")
            guard seen.insert(name).inserted else {
                throw ConfigurationError(where: place(file, key), "\(full) is set twice")
            }
            if let setting = SettingTable.named[full] {
                try apply(setting, given(value), at: place(file, key))
            } else if SettingTable.sectionNames.contains(full) {
                if case .scalar(let scalar) = value, scalar.string.isEmpty { continue }
                try read(value, path: path + [name], file)
            } else {
                throw unknown(full, at: place(file, key))
            }
        }
    }

    private mutating func readEnvironment() throws(ConfigurationError) {
        var known: Set<String> = Set(Self.reserved)
        for setting in SettingTable.all {
            known.insert(setting.variable)
            guard let value = environment[setting.variable] else { continue }
            let given = setting.isSecret ? "env:" + setting.variable : value
            try apply(setting, .scalar(given), at: setting.variable)
        }
        known.formUnion(configuration.referencedVariables)
        for name in environment.keys.sorted() where name.hasPrefix("TUTELA_") {
            if known.contains(name) || Self.reservedPrefixes.contains(where: name.hasPrefix) {
                continue
            }
            let near = nearest(name, among: SettingTable.all.map(\.variable))
            throw ConfigurationError(
                where: name, "no setting has this variable",
                near.map { "did you mean \($0)?" } ?? "`tutela config` lists all settings")
        }
    }

    private mutating func apply(
        _ setting: Setting, _ given: Given, at place: String
    ) throws(ConfigurationError) {
        guard setting.read(given, &configuration) else {
            throw ConfigurationError(
                where: place, "\(setting.name) is not what is wanted",
                "wanted: \(setting.wanted); the default is \(setting.show(Configuration()))")
        }
    }

    private func validate(_ file: String) throws(ConfigurationError) {
        do {
            try configuration.pipeline.validate()
        } catch {
            throw ConfigurationError(where: "\(file): pipeline", error.description)
        }
        do {
            try configuration.enforce.validate()
        } catch {
            throw ConfigurationError(where: "\(file): enforce", error.description)
        }
        try configuration.checkProperties(file)
    }
}

private func unknown(_ name: String, at place: String) -> ConfigurationError {
    let all = SettingTable.all.map(\.name) + SettingTable.sectionNames
    let last = name.split(separator: ".").last.map(String.init) ?? name
    let bySuffix = all.first { $0.hasSuffix("." + last) }
    let near = nearest(name, among: all) ?? bySuffix
    return ConfigurationError(
        where: place, "there is no setting \(name)",
        near.map { "did you mean \($0)?" } ?? "`tutela config` lists all settings")
}

private func given(_ node: Node) -> Given {
    switch node {
    case .scalar(let scalar):
        let isEmpty = scalar.string.isEmpty || scalar.string == "~" || scalar.string == "null"
        return isEmpty && scalar.style == .plain || scalar.string.isEmpty
            ? .nothing : .scalar(scalar.string)
    case .sequence(let sequence): return .list(sequence.map(given))
    case .mapping(let mapping):
        return .table(mapping.map { ($0.key.string ?? "", given($0.value)) })
    case .alias: return .nothing
    }
}

private func name(of path: [String]) -> String {
    path.isEmpty ? "the file" : path.joined(separator: ".")
}

private func place(_ file: String, _ node: Node) -> String {
    node.mark.map { "\(file):\($0.line)" } ?? file
}

private func position(of error: YamlError) -> String {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
        ":\(mark.line)"
    case .duplicatedKeysInMapping(_, let context): ":\(context.mark.line)"
    default: ""
    }
}

private func text(of error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
        .composer(_, let problem, _, _), .reader(let problem, _, _, _):
        "not YAML: \(problem)"
    case .duplicatedKeysInMapping(let duplicates, _):
        "set twice: \(duplicates.sorted().joined(separator: ", "))"
    default: "not YAML"
    }
}

extension SettingTable {
    static let named: [String: Setting] = Dictionary(
        all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Everything that has settings below it.
    static let sectionNames: [String] = {
        var names: [String] = []
        for setting in all {
            let parts = setting.name.split(separator: ".")
            for count in 1..<parts.count {
                let name = parts.prefix(count).joined(separator: ".")
                if !names.contains(name) { names.append(name) }
            }
        }
        return names
    }()
}
