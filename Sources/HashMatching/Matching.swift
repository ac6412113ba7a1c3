public import SafetyModel

/// What an event's media matched.
public struct MatchResult: Hashable, Sendable {
    /// In order of media, bank, entry, algorithm.
    public var matches: [Match]
    /// Near matches that a `known_benign` entry held back, for the record; in the same order.
    public var suppressed: [Match]

    /// Why: for each item with such matches the nearest `known_benign` entry, by index of media.
    public var benign: [Int: Match] = [:]

    /// Whose scores had no curve, once for each score.
    public var uncalibrated: [ClassifierModel] = []

    /// What an event's media matched.
    public init(matches: [Match] = [], suppressed: [Match] = []) {
        self.matches = matches
        self.suppressed = suppressed
    }

    /// The most that one event keeps (I11); exact ones first, then the nearest.
    public static let maximumMatches = 64
}

/// Compares media with all banks. The same arguments give the same answer, in the same order (I3).
///
/// Exact algorithms compare bytes, PDQ by distance, and video (vPDQ) by the share of the item's
/// frames that are near frames of one listed file, and of that file's that are near the item's. A
/// `known_benign` entry that an item equals or is near to holds back the item's near matches of our
/// own making: never an exact match, and never what another service found by its own means.
public func match(
    _ media: [MediaItem], in snapshot: BankSnapshot, settings: MatchSettings = MatchSettings()
) -> MatchResult {
    var lookup = NearLookup()
    return match(media, in: snapshot, settings, &lookup)
}

/// The same for each event of a batch: what many media are near to is looked up together, which
/// costs less than half.
public func match(
    events: [[MediaItem]], in snapshot: BankSnapshot, settings: MatchSettings = MatchSettings()
) -> [MatchResult] {
    match(events: events, in: snapshot, settings: settings, limits: CrowdLimits())
}

/// The same with other limits, which change no answer.
package func match(
    events: [[MediaItem]], in snapshot: BankSnapshot, settings: MatchSettings = MatchSettings(),
    limits: CrowdLimits
) -> [MatchResult] {
    var lookup = NearLookup(events, in: snapshot, limits)
    return events.map { match($0, in: snapshot, settings, &lookup) }
}

private func match(
    _ media: [MediaItem], in snapshot: BankSnapshot, _ settings: MatchSettings,
    _ lookup: inout NearLookup
) -> MatchResult {
    var result = MatchResult()
    for (index, item) in media.enumerated() {
        var matcher = ItemMatcher(
            snapshot: snapshot, settings: settings, media: index, lookup: lookup)
        matcher.match(item)
        lookup = matcher.lookup
        let benign = nearestBenign(matcher.found)
        for match in matcher.found where match.category != .knownBenign {
            if let benign, !match.isExact {
                result.suppressed.append(match)
                result.benign[index] = benign
            } else {
                result.matches.append(match)
            }
        }
        for assessment in item.assessments {
            if let match = assessed(assessment, of: item, media: index, settings.classifiers) {
                result.matches.append(match)
            }
            if assessment.list.isEmpty, assessment.score != nil,
                settings.classifiers.probability(assessment) == nil
            {
                result.uncalibrated.append(ClassifierModel(assessment))
            }
        }
    }
    result.matches = bounded(result.matches)
    result.suppressed = bounded(result.suppressed)
    return result
}

/// The nearest; of equally near ones the first by bank and entry.
private func nearestBenign(_ found: [Match]) -> Match? {
    found.filter { $0.category == .knownBenign }
        .min { ($0.distance, $0.bank, $0.entry) < ($1.distance, $1.bank, $1.entry) }
}

/// What another service found, as a match that is never exact. A classifier names no list: its
/// result is a lead, whatever category it gave.
private func assessed(
    _ assessment: MediaAssessment, of item: MediaItem, media: Int, _ settings: ClassifierSettings
) -> Match? {
    let isOfList = !assessment.list.isEmpty
    let lead = isOfList ? nil : settings.lead(assessment)
    guard isOfList || lead != nil else { return nil }
    let category = isOfList ? assessment.category ?? .lead : .lead
    guard category != .knownBenign else { return nil }
    return Match(
        bank: assessment.list, entry: assessment.modelVersion, category: category,
        source: assessment.provider, listVersion: assessment.modelVersion, quarantined: false,
        digest: item.digests.first ?? MediaDigest(.pdq, [], quality: 0), distance: 0,
        threshold: 0, media: media, provider: assessment.provider, lead: lead)
}

private func bounded(_ matches: [Match]) -> [Match] {
    func precedes(_ a: Match, _ b: Match) -> Bool {
        (a.media, a.bank, a.entry, a.digest.algorithm.rawValue, a.distance)
            < (b.media, b.bank, b.entry, b.digest.algorithm.rawValue, b.distance)
    }
    guard matches.count > MatchResult.maximumMatches else { return matches.sorted(by: precedes) }
    let best = matches.sorted { a, b in
        let (x, y) = (a.isExact ? 0 : 1, b.isExact ? 0 : 1)
        return (x, a.distance) != (y, b.distance)
            ? (x, a.distance) < (y, b.distance) : precedes(a, b)
    }
    return best.prefix(MatchResult.maximumMatches).sorted(by: precedes)
}
