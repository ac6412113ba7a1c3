import SafetyModel

/// The keys and names of a pack outside its expressions. Closed: everything else is an error.
enum Vocabulary {
    static let packKeys = ["pack", "features", "scores", "rules"]
    static let ruleKeys = ["id", "on", "when", "harm", "propose", "budget", "cooldown", "shadow"]
    static let budgetKeys = ["per", "limit", "baseline", "floor", "cap"]

    static let harms: [(String, Harm)] = [
        ("csam", .csam), ("enticement", .enticement), ("sextortion", .sextortion),
        ("trafficking", .trafficking), ("imminent", .imminent),
    ]

    static let triggers: [(String, Trigger)] = [
        ("match", .match), ("account", .account), ("group", .group), ("link", .link),
    ]

    static let targets: [(String, Target)] = [
        ("self", .subject), ("uploader", .uploader), ("actor", .actor), ("creator", .creator),
        ("administrators", .administrators), ("group", .group), ("links", .links),
        ("related", .related),
    ]

    /// `reverse` answers a verdict and is never proposed.
    static let actions: [(String, Action)] = Action.allCases.filter { $0 != .reverse }
        .map { ($0.name, $0) }

    /// The kinds of subject that a section of features is about.
    static let sections: [(String, [SubjectKind])] = [
        ("account", [.account]), ("group", [.group]), ("link", [.inviteLink]),
        ("all", SubjectKind.allCases),
    ]
}

/// An unknown name, with the nearest known one, or with all of a few.
/// - Parameter what: what the known names are, where there are too many to list.
func unknown(_ noun: String, _ name: String, _ known: [String], what: String? = nil) -> String {
    guard name.utf8.count <= maximumNameBytes else { return "unknown \(noun)" }
    if let near = nearest(name, among: known) {
        return "unknown \(noun) \"\(name)\"; did you mean \"\(near)\"?"
    }
    if known.isEmpty { return "unknown \(noun) \"\(name)\"; the pack defines none" }
    guard known.count <= 20 else {
        let hint = what.map { "; `tutela policy docs` lists the \($0)" } ?? ""
        return "unknown \(noun) \"\(name)\"\(hint)"
    }
    return "unknown \(noun) \"\(name)\"; expected one of \(known.joined(separator: ", "))"
}
