internal import SafetyModel
public import ScoreModels

/// A version of another service's classifier.
public struct ClassifierModel: Hashable, Sendable {
    public var provider: String
    /// Empty where the provider has one model.
    public var name: String
    public var version: String

    init(_ assessment: MediaAssessment) {
        provider = assessment.provider
        name = assessment.model
        version = assessment.modelVersion
    }
}

/// How other services' words about media that no list names lead to review. They never conclude (I7).
public struct ClassifierSettings: Hashable, Sendable {
    /// What scores mean.
    public var calibration: Calibration
    /// The smallest calibrated probability that is a lead, 0 to 1.
    public var leastProbability: Double
    /// The smallest score that is a lead of a version without a curve. What it means is not known, so
    /// such a lead stands low in the queue: `ReviewLead.uncalibratedPriority`.
    public var uncalibratedFloor: Double

    /// How classifiers lead to review.
    public init(
        calibration: Calibration = Calibration(), leastProbability: Double = 0.1,
        uncalibratedFloor: Double = 0.9
    ) {
        self.calibration = calibration
        self.leastProbability = leastProbability
        self.uncalibratedFloor = uncalibratedFloor
    }

    /// The calibrated probability of a score; nil where there is no score, or no curve for it.
    func probability(_ assessment: MediaAssessment) -> Double? {
        guard let score = assessment.score else { return nil }
        return calibration.probability(
            of: ClassifierScore(
                provider: assessment.provider, model: assessment.model,
                version: assessment.modelVersion, score: score))
    }

    /// nil for a score that is too small. A word without a score is no doubt of its own: a lead.
    func lead(_ assessment: MediaAssessment) -> ReviewLead? {
        if let probability = probability(assessment) {
            return probability >= leastProbability ? ReviewLead(probability: probability) : nil
        }
        if let score = assessment.score, score < uncalibratedFloor { return nil }
        return ReviewLead(probability: nil)
    }

    /// Without curves their floor decides nothing, and has no part.
    var normalForm: [UInt8] {
        var bytes: [UInt8] = []
        func write(_ number: Double) {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
        }
        write(uncalibratedFloor)
        if calibration.isEmpty { return bytes }
        write(leastProbability)
        return bytes + calibration.normalForm
    }
}
