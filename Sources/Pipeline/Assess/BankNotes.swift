internal import HashMatching

/// What the image of a bank says beside its entries: which engine made it, of which topic, and how
/// banks are compared. Texts and digests come after their length in four bytes, little-endian.
struct BankNotes: Hashable {
    /// `WriterContext.engineVersion`: another one may have read the same topic otherwise.
    var engineVersion: String
    var topic: String
    /// Of how banks are compared that no settings record names.
    var settingsDigest: [UInt8]
    /// SHA-256 over key and value of the last record that the image holds.
    var lastRecord: [UInt8]
    var banks: [String: BankSettings]
    var quarantined: Set<String>
    var flags: [EntryName: EntryFlag]

    init(
        engineVersion: String = WriterContext.engineVersion, topic: String,
        settingsDigest: [UInt8], lastRecord: [UInt8], treatment: BankTreatment
    ) {
        self.engineVersion = engineVersion
        self.topic = topic
        self.settingsDigest = settingsDigest
        self.lastRecord = lastRecord
        banks = treatment.settings.banks
        quarantined = treatment.quarantined
        flags = treatment.flags
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func write(_ part: some Collection<UInt8>) {
            withUnsafeBytes(of: UInt32(part.count).littleEndian) { bytes += $0 }
            bytes += part
        }
        write(engineVersion.utf8)
        write(topic.utf8)
        write(settingsDigest)
        write(lastRecord)
        for (name, settings) in banks.sorted(by: { $0.key < $1.key }) {
            write(name.utf8)
            write([
                UInt8(truncatingIfNeeded: settings.distance), settings.qualityFloor,
                settings.framePercentage, settings.listedFramePercentage,
                settings.isEnabled ? 1 : 0,
            ])
        }
        write([])
        for name in quarantined.sorted() { write(name.utf8) }
        write([])
        for (name, flag) in flags.sorted(by: { $0.key < $1.key }) {
            write(name.bank.utf8)
            write(name.entry.utf8)
            write([flag.isQuarantined ? 1 : 0])
            withUnsafeBytes(of: flag.offset.littleEndian) { write($0) }
        }
        return bytes
    }

    /// - Throws: `damaged` where the bytes are not those of notes, `otherEngine` where they are those
    ///   of another version of the decision logic.
    init(_ bytes: [UInt8]) throws(BankImageError) {
        var rest = bytes[...]
        func read() throws(BankImageError) -> [UInt8] {
            let head = Array(rest.prefix(4))
            let count = head.reversed().reduce(0) { $0 << 8 | Int($1) }
            guard head.count == 4, count <= rest.count - 4 else {
                throw BankImageError(.damaged, "the image's notes are cut")
            }
            defer { rest = rest.dropFirst(4 + count) }
            return Array(rest.dropFirst(4).prefix(count))
        }
        engineVersion = String(decoding: try read(), as: UTF8.self)
        guard engineVersion == WriterContext.engineVersion else {
            throw BankImageError(
                .otherEngine,
                "the image was made by another version of the decision logic than "
                    + "\(WriterContext.engineVersion); the bank is read from the topic")
        }
        topic = String(decoding: try read(), as: UTF8.self)
        settingsDigest = try read()
        lastRecord = try read()
        banks = [:]
        while true {
            let name = String(decoding: try read(), as: UTF8.self)
            if name.isEmpty { break }
            let values = try read()
            guard values.count == 5 else {
                throw BankImageError(.damaged, "the image's settings of a bank are cut")
            }
            banks[name] = BankSettings(
                distance: UInt16(values[0]), qualityFloor: values[1], framePercentage: values[2],
                listedFramePercentage: values[3], isEnabled: values[4] == 1)
        }
        quarantined = []
        while true {
            let name = String(decoding: try read(), as: UTF8.self)
            if name.isEmpty { break }
            quarantined.insert(name)
        }
        flags = [:]
        while !rest.isEmpty {
            let bank = String(decoding: try read(), as: UTF8.self)
            let name = EntryName(bank: bank, entry: String(decoding: try read(), as: UTF8.self))
            let (isQuarantined, offset) = (try read(), try read())
            guard isQuarantined.count == 1, offset.count == 8 else {
                throw BankImageError(.damaged, "the image's quarantine of an entry is cut")
            }
            flags[name] = EntryFlag(
                isQuarantined: isQuarantined == [1],
                offset: offset.reversed().reduce(0) { $0 << 8 | Int64($1) })
        }
    }

    /// The image's banks over the settings of all others.
    func treatment(standard: MatchSettings) -> BankTreatment {
        var treatment = BankTreatment(settings: standard)
        treatment.settings.banks = banks
        treatment.quarantined = quarantined
        treatment.flags = flags
        return treatment
    }
}
