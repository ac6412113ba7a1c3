/// What a reader has to know before believing a report.
enum BacktestNotes {
    static func lines(_ report: BacktestReport) -> [String] {
        var notes = [
            "A subject is *gained* by a line where only the candidate's run touched it in the "
                + "compared range, *lost* where only the baseline's did. *Only baseline* and *only "
                + "candidate* count single decisions: a rule that fires on the same subject at "
                + "another moment shows in both and gains nobody.",
            "Each pack ran the whole pipeline from the source's first record, with its own "
                + "decisions and their consequences; people did what they did under the pack that "
                + "really ran.",
            "What follows from a decision reaches the rules at the end of its slice, "
                + "\(minutes(report.source.sliceMinutes)) of event time here (--slice). Budgets and "
                + "expiry are counted in event time too. A record that came late stands where its "
                + "time puts it, which may be a slice before the one that it came with, so not "
                + "every recorded decision need be made again.",
        ]
        let missing = report.candidate.verdictsNotApplicable + report.baseline.verdictsNotApplicable
        if missing > 0 {
            notes.append(
                "A verdict is *not applicable* where nothing that it names happened in the run. "
                    + "It was not applied there, so what it ordered and all that followed is "
                    + "missing from that run: part of what is lost may be lost for this reason "
                    + "alone, though a reviewer might have been asked at another moment.")
        }
        let unanswered = report.rules.map(\.reviews.onlyCandidate)
            .reduce(report.refusedVerdicts.onlyCandidate, +)
        if unanswered > 0 {
            notes.append(
                "\(grouped(unanswered)) review requests exist only under the candidate, so no "
                    + "reviewer ever answered them: what a verdict would have added or lifted is "
                    + "not in here.")
        }
        if !report.source.hasOwnKey {
            notes.append(
                "The pipeline's sealing key was not at hand, and what is compared of names depends "
                    + "on it: a few groups may be taken, or not be taken, for re-created ones "
                    + "otherwise than they were.")
        }
        if report.source.mode.hasPrefix("observe") {
            notes.append(
                "The settings observe: enforcements are recorded, not carried out, and rules that "
                    + "read what was enforced saw only what these settings let pass.")
        }
        if report.source.from == nil {
            notes.append(
                "Nothing warmed the packs up: windows were empty at the first record (--from).")
        }
        return notes
    }

    private static func minutes(_ count: Double) -> String {
        count == 1 ? "1 minute" : "\(grouped(Int(count))) minutes"
    }
}
