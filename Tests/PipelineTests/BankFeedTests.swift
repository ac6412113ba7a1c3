import BankStorage
import CyberTip
import EventSchemas
import Foundation
import HashMatching
import Pipeline
import SafetyModel
import Streaming
import Testing

@Suite("The bank's feed")
struct BankFeedTests {
    @Test("A rebuild makes the bank one again and changes no answer; so for every later version")
    func rebuild() async throws {
        let rig = try AssessRig()
        let feed = rig.feed()
        try await rig.list(0..<33_000)
        try await feed.catchUp()
        await feed.settle()
        let before = feed.current
        try await rig.list(33_000..<38_500)
        try await rig.remove(10..<20)
        try await feed.catchUp()
        await feed.settle()
        let after = feed.current
        #expect(after.snapshot.baseRows == 38_500, "a removal stays until the next rebuild")
        #expect(after.snapshot.looseRows == 0)
        #expect(after.snapshot.entryCount == 38_490)
        #expect(before.snapshot.entryCount == 33_000)
        #expect(found(15, before) == ["entry-15"])
        #expect(found(15, after) == [])
        for index in [0, 9, 20, 32_999, 33_000, 38_499] {
            #expect(found(index, after) == ["entry-\(index)"])
        }
        try await rig.remove(30..<31)
        let version = try await feed.catchUp()
        #expect(found(30, after) == ["entry-30"])
        #expect(found(30, feed.current) == [])
        // Back to a version, as replay goes, and forward again.
        let task = TaskID(stage: AssessStage.name, partition: 0)
        try await feed.move(to: before.version, for: task)
        #expect(feed.current.version == before.version)
        #expect(found(15, feed.current) == ["entry-15"])
        #expect(found(33_000, feed.current) == [])
        try await feed.move(to: version, for: task)
        #expect(found(30, feed.current) == [])
        #expect(feed.current.snapshot.entryCount == 38_489)
    }

    @Test("A restart goes on from the image and reads only what came after it")
    func image() async throws {
        let rig = try AssessRig()
        let folder = try ImageFolder()
        let saved = Locked<[Int64]>([])
        let first = rig.feed(images: folder.file) { notice in
            if case .bankImageSaved(let version, _) = notice {
                saved.withLock { $0.append(version) }
            }
        }
        try await rig.list(0..<33_000)
        try await first.catchUp()
        await first.settle()
        try await rig.list(33_000..<39_000)
        try await first.catchUp()
        await first.settle()
        #expect(first.current.snapshot.looseRows == 0)
        let image = try #require(saved.withLock { $0.last })
        #expect(image == first.current.version)
        try await rig.remove(3..<4)

        let versions = Locked<[Int64]>([])
        let second = rig.feed(images: folder.file) { notice in
            if case .bank(let version, _) = notice { versions.withLock { $0.append(version) } }
            if case .bankImageFailed(let error) = notice { Issue.record(error) }
        }
        try await second.catchUp()
        #expect(versions.withLock { $0.first } == image)
        #expect(versions.withLock { $0.count } == 2)
        let plain = rig.feed()
        try await plain.catchUp()
        #expect(second.current.version == plain.current.version)
        #expect(second.current.snapshot.entryCount == 38_999)
        for index in [3, 4, 38_999] {
            #expect(found(index, second.current) == found(index, plain.current))
        }
        // A version from before the image is read from the topic.
        let task = TaskID(stage: AssessStage.name, partition: 0)
        try await second.move(to: 5_000, for: task)
        #expect(second.current.snapshot.entryCount == 5_000)
    }

    @Test("Entries under quarantine are kept up to a limit; past it the whole bank is")
    func quarantineLimit() async throws {
        let rig = try AssessRig()
        let told = Locked<[String]>([])
        let feed = rig.feed { notice in
            if case .bankQuarantined(let bank) = notice { told.withLock { $0.append(bank) } }
        }
        let limit = BankTreatment.maximumFlags
        try await rig.quarantine((0..<limit).map { "entry-\($0)" }, is: true)
        try await rig.quarantine("one-more", is: false)
        try await feed.catchUp()
        #expect(feed.current.treatment.flags.count == limit)
        #expect(feed.current.treatment.quarantined.isEmpty)
        try await rig.quarantine("one-more", "another", is: true)
        try await feed.catchUp()
        #expect(feed.current.treatment.flags.count == limit)
        #expect(feed.current.treatment.quarantined == ["list-a"])
        #expect(told.withLock { $0 } == ["list-a"])
        // One that is known still changes, and settings lift what holds for the whole bank.
        try await rig.quarantine("entry-7", is: false)
        try await rig.rule("list-a", BankRules())
        try await feed.catchUp()
        #expect(feed.current.treatment.quarantined.isEmpty)
        let name = EntryName(bank: "list-a", entry: "entry-7")
        #expect(feed.current.treatment.flags[name]?.isQuarantined == false)
    }

    @Test("A restart from an image knows settings and quarantines as the topic had them")
    func treatment() async throws {
        let rig = try AssessRig()
        let folder = try ImageFolder()
        let first = rig.feed(images: folder.file)
        try await rig.list(0..<33_000)
        try await first.catchUp()
        await first.settle()
        try await rig.rule(
            "list-a",
            BankRules(
                maximumDistance: 24, qualityFloor: 60, framePercentage: 70,
                listedFramePercentage: 40))
        try await rig.rule("list-b", BankRules(isQuarantined: true))
        try await rig.rule("list-c", BankRules(isEnabled: false))
        try await rig.quarantine("entry-1", is: true)
        try await rig.quarantine("entry-2", is: true)
        try await rig.quarantine("entry-2", is: false)
        try await rig.list(33_000..<39_000)
        try await first.catchUp()
        await first.settle()

        let versions = Locked<[Int64]>([])
        let second = rig.feed(images: folder.file) { notice in
            if case .bank(let version, _) = notice { versions.withLock { $0.append(version) } }
            if case .bankImageFailed(let error) = notice { Issue.record(error) }
        }
        try await second.catchUp()
        #expect(versions.withLock { $0 } == [first.current.version], "all of it is the image's")
        let plain = rig.feed()
        try await plain.catchUp()
        let treatment = second.current.treatment
        #expect(treatment == plain.current.treatment)
        #expect(treatment.quarantined == ["list-b"])
        #expect(Set(treatment.settings.banks.keys) == ["list-a", "list-b", "list-c"])
        #expect(treatment.settings.banks["list-a"]?.distance == 24)
        #expect(treatment.settings.banks["list-a"]?.listedFramePercentage == 40)
        let flags = (1...2).map { treatment.flags[EntryName(bank: "list-a", entry: "entry-\($0)")] }
        #expect(flags.map { $0?.isQuarantined } == [true, false])
    }

    @Test("Once caught up, being ready is reading and waits for no index", .timeLimit(.minutes(2)))
    func readyOnlyReads() async throws {
        let rig = try AssessRig()
        let folder = try ImageFolder()
        let (isHeld, isAsked) = (Locked(false), Locked(false))
        // While an image is being saved, no other rebuild starts.
        let feed = rig.feed(images: folder.file) { notice in
            guard case .bankImageSaved = notice else { return }
            isAsked.withLock { $0 = true }
            while isHeld.withLock({ $0 }) { usleep(1_000) }
        }
        try await rig.list(0..<33_000)
        let task = TaskID(stage: AssessStage.name, partition: 0)
        try await feed.ready(for: task, version: 1)
        await feed.settle()
        isHeld.withLock { $0 = true }
        isAsked.withLock { $0 = false }
        try await rig.list(33_000..<39_000)
        try await feed.ready(for: task, version: feed.current.version + 6_000)
        while !isAsked.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
        try await rig.list(39_000..<45_000)
        try await feed.ready(for: task, version: feed.current.version + 6_000)
        #expect(feed.current.snapshot.looseRows == 6_000)
        #expect(feed.current.snapshot.entryCount == 45_000)
        #expect(found(44_999, feed.current) == ["entry-44999"])
        isHeld.withLock { $0 = false }
        await feed.settle()
    }

    @Test("An image that is damaged, of another topic or engine, is told and not used")
    func refused() async throws {
        let rig = try AssessRig()
        let folder = try ImageFolder()
        try await rig.list(0..<33_000)
        let first = rig.feed(images: folder.file)
        try await first.catchUp()
        await first.settle()
        try await rig.list(33_000..<39_000)
        try await first.catchUp()
        await first.settle()

        let other = try AssessRig()
        try await other.list(100..<40_000)
        try await expectRefused(.otherTopic, folder, other, entries: 39_900)
        let short = try AssessRig()
        try await short.list(0..<5)
        try await expectRefused(.otherTopic, folder, short, entries: 5)
        let settings = MatchSettings(standard: BankSettings(distance: 20))
        try await expectRefused(.otherTopic, folder, rig, Bank(settings: settings), entries: 39_000)

        let image = try #require(try folder.file.load())
        var notes = image.notes
        // The engine's version comes first, after its length.
        notes[4] ^= 1
        try folder.file.save(BankImage(image.snapshot, notes: notes))
        try await expectRefused(.otherEngine, folder, rig, entries: 39_000)

        var bytes = Array(try Data(contentsOf: URL(filePath: folder.file.path)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(filePath: folder.file.path))
        try await expectRefused(.damaged, folder, rig, entries: 39_000)
    }

    private func expectRefused(
        _ reason: BankImageError.Reason, _ folder: ImageFolder, _ rig: AssessRig,
        _ bank: Bank = Bank(), entries: Int
    ) async throws {
        let refusals = Locked<[BankImageError]>([])
        let feed = rig.feed(bank: bank, images: folder.file) { notice in
            if case .bankImageFailed(let error) = notice { refusals.withLock { $0.append(error) } }
        }
        // Before anything is read, and so before an image of this bank may take the other's place.
        try await feed.move(to: 0, for: TaskID(stage: AssessStage.name, partition: 0))
        #expect(refusals.withLock { $0.map(\.reason) } == [reason])
        let plain = rig.feed(bank: bank)
        #expect(try await plain.catchUp() > 0)
        #expect(plain.current.snapshot.entryCount == entries)
    }

    private func found(_ index: Int, _ bank: Bank) -> [String] {
        var digest = AssessRig.digest(index)
        digest[index % 32] ^= 0x7F
        let media = MediaItem(
            reference: "m", use: .profilePhoto, attribution: .serverObserved, uploader: nil,
            digests: [MediaDigest(.pdq, digest)])
        return match([media], in: bank.snapshot, settings: bank.settings).matches.map(\.entry)
    }
}

/// A folder of its own, gone with the test.
private final class ImageFolder {
    let path: String
    let file: BankImageFile

    init() throws {
        path = NSTemporaryDirectory() + "tutela-feed-\(UUID().uuidString)"
        file = BankImageFile(folder: path, name: "entries")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension AssessRig {
    fileprivate static func digest(_ index: Int) -> [UInt8] {
        var random = TestRandom(seed: UInt64(index) + 1)
        return (0..<32).map { _ in UInt8(truncatingIfNeeded: random.below(256)) }
    }

    fileprivate func feed(
        bank: Bank = Bank(), images: BankImageFile? = nil,
        observer: @escaping PipelineObserver = { _ in }
    ) -> BankFeed {
        BankFeed(
            log: log, topic: settings.topics.hashEntries, sealer: sealer, bank: bank,
            images: images, observer: observer)
    }

    fileprivate func list(_ range: Range<Int>) async throws {
        try await send(
            range.map { index in
                TestEvents.hashEntry(
                    HashEntry(
                        operation: .add, bank: "list-a", entry: "entry-\(index)", category: .csam,
                        digest: MediaDigest(.pdq, Self.digest(index)), source: "test",
                        listVersion: "1"))
            })
    }

    fileprivate func rule(_ bank: String, _ rules: BankRules) async throws {
        try await send([
            Input(
                settings.topics.hashEntries, key: "\(bank)/", type: EventType.bankSettings,
                id: "\(bank)/", time: Self.start,
                value: PBHashEntryEvent(bank: bank, rules).canonicalBytes()
            ).at(0)
        ])
    }

    fileprivate func quarantine(_ entries: String..., is isQuarantined: Bool) async throws {
        try await quarantine(entries, is: isQuarantined)
    }

    fileprivate func quarantine(_ entries: [String], is isQuarantined: Bool) async throws {
        try await send(
            entries.map { entry in
                let word = EntryQuarantine(
                    bank: "list-a", entry: entry, isQuarantined: isQuarantined,
                    reason: .operation)
                return Input(
                    settings.topics.hashEntries, key: word.recordKey,
                    type: EventType.entryQuarantined, id: "\(word.recordKey)/\(isQuarantined)",
                    time: Self.start, value: PBHashEntryEvent(word).canonicalBytes()
                ).at(0)
            })
    }

    fileprivate func remove(_ range: Range<Int>) async throws {
        try await send(
            range.map { TestEvents.hashEntry(.removal(bank: "list-a", entry: "entry-\($0)")) })
    }
}
