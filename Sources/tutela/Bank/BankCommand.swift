import ArgumentParser
import HashLists
import SafetyModel

struct BankCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bank",
        abstract: "Brings lists of hashes in, and says what is in the banks.",
        subcommands: [
            BankImportCommand.self, BankStatsCommand.self, BankMatchCommand.self,
            BankExportCommand.self, BankSetCommand.self, BankQuarantineCommand.self,
        ])
}

/// The name of a bank; it ends where the entry's id begins in a record's key.
func checkBank(_ name: String) throws {
    guard (1...64).contains(name.utf8.count), !name.contains("/") else {
        throw ValidationError("a bank's name has 1 to 64 bytes and no slash")
    }
}

extension ListFormat {
    /// For options.
    static func option(_ text: String) throws -> ListFormat {
        guard let format = ListFormat(rawValue: text) else {
            let names = allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("a format is one of \(names)")
        }
        return format
    }
}

extension BankCategory {
    static var optionNames: String { allCases.map(\.listName).joined(separator: ", ") }

    /// For options.
    static func option(_ text: String) throws -> BankCategory {
        guard let category = BankCategory(listName: text) else {
            throw ValidationError("a category is one of \(optionNames)")
        }
        return category
    }
}

extension HashAlgorithm {
    /// nil for a name that is none.
    init?(name: String) {
        guard let found = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = found
    }

    /// For options.
    static func option(_ text: String) throws -> HashAlgorithm {
        guard let algorithm = HashAlgorithm(name: text) else {
            let names = allCases.map { "\($0)" }.joined(separator: ", ")
            throw ValidationError("an algorithm is one of \(names)")
        }
        return algorithm
    }
}
