import Foundation

/// Where a secret is, never the secret itself, so that no print-out can hold one.
package enum SecretReference: Hashable, Sendable {
    case environment(String)
    case file(String)

    init?(_ text: String) {
        if text.hasPrefix("env:"), text.utf8.count > 4 {
            self = .environment(String(text.dropFirst(4)))
        } else if text.hasPrefix("file:"), text.utf8.count > 5 {
            self = .file(String(text.dropFirst(5)))
        } else {
            return nil
        }
    }

    var text: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        }
    }

    /// Fetches the secret, without the line end that editors add.
    func resolve(_ environment: [String: String], for setting: String) throws(ConfigurationError)
        -> String
    {
        switch self {
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw ConfigurationError(
                    where: setting, "the environment has no \(name)",
                    "set it, or name another source: env:NAME or file:PATH")
            }
            return value
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ConfigurationError(
                    where: setting, "the file \(path) cannot be read",
                    "check that it exists and that this user may read it")
            }
            return String(decoding: data, as: UTF8.self).filter { $0 != "\n" && $0 != "\r" }
        }
    }
}

extension Codec where Value == SecretReference? {
    static let secret = Codec(
        wanted: "a reference to a secret: env:NAME or file:PATH (never the secret itself)",
        parse: {
            switch $0 {
            case .nothing: .some(nil)
            case .scalar(let text) where text.isEmpty: .some(nil)
            case .scalar(let text): SecretReference(text).map { Optional($0) }
            case .list, .table: nil
            }
        },
        show: { $0.map { yamlText($0.text) } ?? "\"\"" })
}
