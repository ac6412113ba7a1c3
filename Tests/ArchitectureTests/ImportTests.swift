import Testing

/// What each module may import: the design's table. `Foundation` is a matter of its own, below.
private let allowed: [String: Set<String>] = [
    "SafetyModel": [],
    "Observability": ["Logging", "Metrics", "CoreMetrics"],
    "EventSchemas": ["SafetyModel", "CDigest", "SwiftProtobuf"],
    "Streaming": [],
    "KafkaLog": ["CRdkafka", "Streaming"],
    "FileLog": ["Streaming"],
    "StateStore": ["Streaming"],
    // What other services' scores mean is part of what they match.
    "HashMatching": ["SafetyModel", "CHamming", "ScoreModels"],
    // A model or a list is bytes in and numbers out: it need not know what an event is.
    "ScoreModels": [],
    // Its classifier needs the same exponential, its loaders the same errors.
    "TextAnalysis": ["ScoreModels"],
    // Files and a thread for banks' images and rebuilds, apart from what is compared (I3).
    "BankStorage": ["HashMatching"],
    // Apart from HashMatching, so that no consumer stage links an image decoder.
    "MediaHashing": ["SafetyModel", "CPDQ", "CImageDecoders"],
    // Reads lists from files for tools; decides nothing, so it may use Foundation's parsers.
    "HashLists": ["SafetyModel", "FoundationXML"],
    "Behaviour": ["SafetyModel", "ScoreModels"],
    "Policy": ["SafetyModel", "ScoreModels", "Behaviour", "Yams"],
    "CyberTip": ["SafetyModel", "EventSchemas", "SwiftProtobuf"],
    "AuditTrail": ["SafetyModel", "EventSchemas", "Streaming", "SwiftProtobuf"],
    "Pipeline": [
        "SafetyModel", "EventSchemas", "Streaming", "StateStore", "HashMatching", "BankStorage",
        "Behaviour", "Policy", "CyberTip", "AuditTrail", "SwiftProtobuf", "TextAnalysis",
        "ScoreModels",
    ],
    "Simulation": ["SafetyModel", "EventSchemas", "Streaming", "SwiftProtobuf"],
    "Operations": [
        "Hummingbird", "HTTPTypes", "NIOCore", "ServiceLifecycle", "Logging", "Metrics",
        "CoreMetrics",
    ],
    "StreamingTesting": ["Streaming"],
    "KafkaTesting": ["KafkaLog", "CRdkafka", "Streaming"],
]

/// Not `SafetyModel`, which imports nothing.
private let everyones: Set<String> = ["Observability", "Crypto", "Synchronization"]

/// Modules whose results must not depend on the machine (I3), so that they may not even see a clock,
/// a locale or a random number generator.
private let withoutFoundation: Set<String> = [
    "SafetyModel", "Streaming", "StateStore", "HashMatching", "Behaviour", "Policy", "EventSchemas",
    "CyberTip", "AuditTrail", "Pipeline", "ScoreModels", "TextAnalysis",
    "SafetyModel", "Streaming", "StateStore", "HashMatching", "MediaHashing", "Behaviour", "Policy",
    "EventSchemas", "CyberTip", "AuditTrail", "Pipeline",
]

private let system: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch",
]

/// Where protobuf's bytes, which are `Data`, are handled; clocks and locales are banned by word.
private let handlesData: Set<String> = ["EventSchemas", "CyberTip", "AuditTrail", "Pipeline"]

struct ImportFinding: Equatable {
    let path: String
    let line: Int
    let module: String
}

/// The imports of a file that its module's line does not allow.
func forbiddenImports(in file: SourceFile) -> [ImportFinding] {
    guard let own = allowed[file.target] else { return [] }
    var permitted = own
    if file.target != "SafetyModel" { permitted.formUnion(everyones) }
    if !withoutFoundation.contains(file.target) { permitted.formUnion(system) }
    if handlesData.contains(file.target) { permitted.insert("FoundationEssentials") }
    if file.isGenerated { permitted.insert("Foundation") }
    return file.lines.enumerated().compactMap { index, line in
        guard let module = importedModule(line), !permitted.contains(module) else { return nil }
        return ImportFinding(path: file.path, line: index + 1, module: module)
    }
}

/// `Crypto` for `public import struct Crypto.SHA256`; nil for a line that imports nothing.
func importedModule(_ line: String) -> String? {
    let words = line.split(separator: " ").map(String.init)
    guard let at = words.firstIndex(of: "import"),
        words[..<at].allSatisfy({ isImportModifier($0) }), at + 1 < words.count
    else { return nil }
    let kinds: Set<String> = ["struct", "class", "enum", "func", "protocol", "var", "typealias"]
    let name = kinds.contains(words[at + 1]) && at + 2 < words.count ? words[at + 2] : words[at + 1]
    return name.split(separator: ".").first.map(String.init)
}

private func isImportModifier(_ word: String) -> Bool {
    ["public", "package", "internal", "fileprivate", "private"].contains(word)
        || word.hasPrefix("@")
}

@Suite("Imports")
struct ImportTests {
    @Test("No module imports what its line of the design does not allow")
    func arrowsPointDown() throws {
        let findings = try SourceTree.files().filter { $0.path.hasPrefix("Sources/") }
            .flatMap(forbiddenImports)
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test("Every module of the tree has a line")
    func everyModuleIsListed() throws {
        let targets = Set(
            try SourceTree.files().filter { $0.path.hasPrefix("Sources/") }.map(\.target))
        #expect(targets.subtracting(allowed.keys) == ["tutela"])
    }

    @Test("A forbidden import is found, with its modifiers and its kind")
    func findsForbiddenImports() {
        let file = SourceFile(
            path: "Sources/Behaviour/X.swift",
            lines: ["public import SafetyModel", "@preconcurrency import struct Yams.Node"])
        #expect(
            forbiddenImports(in: file) == [
                ImportFinding(path: "Sources/Behaviour/X.swift", line: 2, module: "Yams")
            ])
    }

    @Test("A clock is out of reach of the modules that decide")
    func decidersHaveNoClock() {
        let file = SourceFile(path: "Sources/Policy/X.swift", lines: ["import Foundation"])
        #expect(forbiddenImports(in: file).map(\.module) == ["Foundation"])
    }
}
