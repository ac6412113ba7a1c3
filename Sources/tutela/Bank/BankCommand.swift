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

extension ListFormat: ExpressibleByArgument {}

extension BankCategory: @retroactive ExpressibleByArgument {
    public init?(argument: String) { self.init(listName: argument) }
    public static var allValueStrings: [String] { allCases.map(\.listName) }
}

extension HashAlgorithm: @retroactive ExpressibleByArgument {
    public init?(argument: String) {
        guard let found = Self.allCases.first(where: { "\($0)" == argument }) else { return nil }
        self = found
    }
    public static var allValueStrings: [String] { allCases.map { "\($0)" } }
}
