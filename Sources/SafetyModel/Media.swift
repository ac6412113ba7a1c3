/// A hash algorithm of list entries and media digests. The raw values are the wire's.
public enum HashAlgorithm: UInt8, Hashable, Sendable, CaseIterable {
    case pdq = 1
    case md5 = 2
    case sha1 = 3
    case sha256 = 4
    case vpdq = 5

    /// Bytes in a digest; for vPDQ, of one frame.
    public var digestBytes: Int {
        switch self {
        case .pdq, .sha256, .vpdq: 32
        case .sha1: 20
        case .md5: 16
        }
    }

    /// Whether equal digests mean equal bytes, for practical purposes.
    public var isExact: Bool { self != .pdq && self != .vpdq }
}

public struct MediaDigest: Hashable, Sendable {
    public var algorithm: HashAlgorithm
    /// `algorithm.digestBytes` bytes.
    public var bytes: [UInt8]
    /// PDQ quality 0–100; 100 where the algorithm has none.
    public var quality: UInt8

    public init(_ algorithm: HashAlgorithm, _ bytes: [UInt8], quality: UInt8 = 100) {
        self.algorithm = algorithm
        self.bytes = bytes
        self.quality = quality
    }
}

public enum MediaUse: UInt8, Sendable, CaseIterable {
    case profilePhoto = 1
    case groupIcon = 2
    case reportedMessage = 3
}

/// Who vouches that the media were where the event says (I7).
public enum Attribution: UInt8, Sendable, CaseIterable {
    case serverObserved = 1
    case frankingVerified = 2
    case reporterClaimed = 3
}

/// A match that another system made and the platform passed on.
public struct MediaAssessment: Hashable, Sendable {
    public var provider: String
    /// The matcher's or classifier's name; empty where the provider has one.
    public var model: String
    public var modelVersion: String
    public var list: String
    public var category: BankCategory?
    /// A classifier's score, larger is worse; nil where it gave none.
    public var score: Double?

    public init(
        provider: String, model: String = "", modelVersion: String, list: String,
        category: BankCategory?, score: Double?
    ) {
        self.provider = provider
        self.model = model
        self.modelVersion = modelVersion
        self.list = list
        self.category = category
        self.score = score
    }
}

/// One item of media as an event names it: never its bytes.
public struct MediaItem: Hashable, Sendable {
    /// The platform's opaque reference; no URL.
    public var reference: String
    public var use: MediaUse
    public var attribution: Attribution
    /// The account that uploaded or set it; for a reported message its sender.
    public var uploader: String?
    public var digests: [MediaDigest]
    public var assessments: [MediaAssessment]
    /// The item's protobuf form, carried to the tip unread.
    public var wire: [UInt8]

    public init(
        reference: String, use: MediaUse, attribution: Attribution, uploader: String?,
        digests: [MediaDigest], assessments: [MediaAssessment] = [], wire: [UInt8] = []
    ) {
        self.reference = reference
        self.use = use
        self.attribution = attribution
        self.uploader = uploader
        self.digests = digests
        self.assessments = assessments
        self.wire = wire
    }
}
