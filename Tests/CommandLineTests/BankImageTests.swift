import BankStorage
import EventSchemas
import FileLog
import Foundation
import HashMatching
import Pipeline
import SafetyModel
import Testing

@Suite("A bank's image on the command line")
struct BankImageTests {
    private let stranger = String(repeating: "ab", count: 16)

    @Test("A match goes on from the pipeline's image, sees what came after it and leaves it alone")
    func match() async throws {
        let folder = try Program.makeDirectory()
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = folder.appending(path: "log").path()
        let list = folder.appending(path: "l.csv").path()
        let images = BankImageFile(
            folder: folder.appending(path: "images").path(), name: Topics().hashEntries)
        func bank(_ command: String, _ more: String...) throws -> String {
            let result = try Program.run(
                ["bank", command, "--dir", log] + more,
                environment: ["TUTELA_BANK_IMAGE_FOLDER": folder.appending(path: "images").path()])
            #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
            return result.output
        }
        try Data(bigList.utf8).write(to: URL(filePath: list))
        _ = try bank("import", "--bank", "list-a", list)
        #expect(try bank("match", listDigest(8)).contains("list-a/e8  lead"))
        #expect(try bank("match", stranger).contains("no match"))
        #expect(try images.load() == nil, "a tool writes none")

        try await save(images, of: log)
        let before = try Data(contentsOf: URL(filePath: images.path))
        #expect(try bank("match", stranger).contains("list-b/extra"))
        #expect(try bank("match", listDigest(8)).contains("may not be shared\n"))
        _ = try bank("set", "list-a", "--shareable", "--terms", "agreement-7")
        #expect(try bank("match", listDigest(8)).contains("may be shared: agreement-7"))
        _ = try bank("set", "list-a", "--disabled")
        #expect(try bank("match", listDigest(8)).contains("no match"))
        #expect(try Data(contentsOf: URL(filePath: images.path)) == before)
    }

    /// As a process of the pipeline does, but with an entry that the topic does not have.
    private func save(_ images: BankImageFile, of log: String) async throws {
        let files = try FileLog(directory: log, durability: .system, clock: { 0 })
        defer { files.close() }
        let entry = HashEntry(
            operation: .add, bank: "list-b", entry: "extra", category: .lead,
            digest: MediaDigest(.md5, [UInt8](repeating: 0xAB, count: 16), quality: 100),
            source: "source-b", listVersion: "1")
        let feed = BankFeed(
            log: files, sealer: NoSealer(),
            bank: Bank(
                snapshot: BankSnapshot.empty.applying([(offset: 0, entry: entry)], version: 0)),
            images: images)
        try await feed.catchUp()
        await feed.settle()
    }
}

/// For a topic that holds nothing personal.
private struct NoSealer: FieldSealer {
    var keyID: String { "none" }
    var sketchKey: [UInt8] { [] }

    func seal(_ plaintext: [UInt8], record: ContentID, field: String) -> SealedBytes {
        preconditionFailure("hash entries hold no personal data")
    }
}
