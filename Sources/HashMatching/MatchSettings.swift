/// How one bank's entries are compared.
public struct BankSettings: Hashable, Sendable {
    /// The largest Hamming distance of a perceptual digest that still matches, 0 to 31.
    public var distance: UInt16
    /// The smallest PDQ quality that is compared, of media and of entries, 0 to 100.
    public var qualityFloor: UInt8
    /// The percentage of a video's frames that must be near frames of one listed file, 1 to 100.
    public var framePercentage: UInt8
    /// The percentage of that file's frames that must be near frames of the video, 0 to 100. At 0 a
    /// short cut-out of a listed file matches; a larger one asks for more of the file.
    public var listedFramePercentage: UInt8
    /// Off: the bank's entries do not match.
    public var isEnabled: Bool

    /// The largest distance that the index answers exactly.
    public static let maximumDistance: UInt16 = 31

    /// Values outside their range are brought into it.
    public init(
        distance: UInt16 = 31, qualityFloor: UInt8 = 50, framePercentage: UInt8 = 80,
        listedFramePercentage: UInt8 = 0, isEnabled: Bool = true
    ) {
        self.distance = min(distance, Self.maximumDistance)
        self.qualityFloor = min(qualityFloor, 100)
        self.framePercentage = min(max(framePercentage, 1), 100)
        self.listedFramePercentage = min(listedFramePercentage, 100)
        self.isEnabled = isEnabled
    }
}

/// How all banks are compared. Its `normalForm` belongs to what decides (I3).
public struct MatchSettings: Hashable, Sendable {
    /// For banks that `banks` does not name.
    public var standard: BankSettings
    /// By name of bank.
    public var banks: [String: BankSettings]
    /// How classifiers, whose results rest on no list, lead to review.
    public var classifiers: ClassifierSettings

    /// How all banks are compared.
    public init(
        standard: BankSettings = BankSettings(), banks: [String: BankSettings] = [:],
        classifiers: ClassifierSettings = ClassifierSettings()
    ) {
        self.standard = standard
        self.banks = banks
        self.classifiers = classifiers
    }

    /// How one bank is compared.
    public subscript(bank: String) -> BankSettings { banks[bank] ?? standard }

    /// The same bytes for the same settings, banks in order of name: to take a digest of.
    public var normalForm: [UInt8] {
        var bytes: [UInt8] = []
        func write(_ name: String, _ settings: BankSettings) {
            bytes += Array("\(name.utf8.count):\(name)".utf8)
            bytes += [
                UInt8(truncatingIfNeeded: settings.distance), settings.qualityFloor,
                settings.framePercentage, settings.listedFramePercentage,
                settings.isEnabled ? 1 : 0,
            ]
        }
        write("", standard)
        for (bank, settings) in banks.sorted(by: { $0.key < $1.key }) { write(bank, settings) }
        return bytes + classifiers.normalForm
    }
}
