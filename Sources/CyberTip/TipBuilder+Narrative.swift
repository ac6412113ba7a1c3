internal import EventSchemas
internal import FoundationEssentials
internal import SafetyModel

extension TipBuilder {
    /// Facts in fixed words, about accounts and traffic and without conclusions about a person
    /// (CT-19, CT-24).
    func narrative(_ tip: PBCyberTip, id: ContentID) -> PBSealedValue {
        var manifest = PBManifest()
        manifest.hasText_p = true
        let text = tip.relation == .corrects ? Self.correctionText(tip) : Self.text(tip)
        return PBSealedValue(
            sealer.seal(Array(text.utf8), record: id, field: "narrative"), holds: manifest)
    }

    private static func correctionText(_ tip: PBCyberTip) -> String {
        """
        Correction. The decision on which report \(tip.relatedTipID.hex) rests was reversed after \
        review by a person. Do not rely on the earlier report.
        """
    }

    private static func text(_ tip: PBCyberTip) -> String {
        var lines = ["How it came to light: \(words(tip.discovery))."]
        lines.append("The incident time is \(tip.incidentTime.description_p).")
        for (index, file) in tip.files.enumerated() {
            let seen = file.viewedByEsp ? "was viewed entirely" : "was not viewed entirely"
            lines.append("File \(index + 1) \(seen) by a person at the platform.")
            for match in file.matches { lines.append(line(match, file: index + 1)) }
            if file.availability != .bytesHeld {
                lines.append("The platform does not hold the bytes of file \(index + 1).")
            }
        }
        if tip.textOnly { lines.append("No file belongs to this report.") }
        lines.append("All evidence should be independently verified.")
        return lines.joined(separator: "\n")
    }

    private static func line(_ match: PBMatchEvidence, file: Int) -> String {
        let how =
            match.kind == .exact
            ? "is equal by \(match.algorithm)"
            : "is near (not equal) by \(match.algorithm), distance \(match.distance) of at most "
                + "\(match.threshold)"
        return "File \(file) \(how) to entry \(match.entryID) of list \(match.bank), version "
            + "\(match.listVersion), category \(match.category)."
    }

    private static func words(_ method: PBDiscoveryMethod) -> String {
        switch method {
        case .userReport: "a user's report"
        case .hashMatch: "a match with a list of known material"
        case .lawEnforcementRequest: "a request by an authority"
        case .organisationNotice: "an organisation's notice"
        case .thirdParty: "another service's match"
        case .behaviour, .unspecified, .UNRECOGNIZED: "the account's behaviour"
        }
    }
}
