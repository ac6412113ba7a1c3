import CyberTip
import EventSchemas
import FoundationEssentials
import SafetyModel
import Testing

@Suite struct SealerTests {
    private let record = ContentID(high: 0x0011_2233_4455_6677, low: 0x8899_aabb_ccdd_eeff)
    private let keyBytes = (0..<32).map { UInt8($0) }

    private func sealer(id: String? = nil) throws -> Sealer {
        Sealer(try SealingKey(bytes: keyBytes, id: id))
    }

    // Computed with Python's cryptography 48: HKDF-SHA256, HMAC-SHA256 and AESGCM.
    @Test("Sealing gives the known bytes")
    func knownAnswer() throws {
        let sealed = try sealer().seal(
            Array("192.0.2.17".utf8), record: record, field: "session.address")
        #expect(sealed.keyID == "k-cda1efd78a16621f")
        #expect(sealed.nonce.hex == "fe2f316503d3b2c01acc7614")
        #expect(
            sealed.ciphertext.hex == "f276260cf4bc0ed9a0a6c8abaa2fb2a36838801ea7142a8df980")
    }

    @Test("Sealing nothing under a named key gives the known bytes")
    func knownAnswerEmpty() throws {
        let sealed = try sealer(id: "demo-1").seal([], record: record, field: "session.address")
        #expect(sealed.nonce.hex == "3af37aeccd4400813d75c22b")
        #expect(sealed.ciphertext.hex == "b3f09aaf5b943999e42563adb95b587f")
    }

    @Test("What was sealed opens to the same bytes")
    func roundTrip() throws {
        let sealer = try sealer()
        for count in [0, 1, 15, 16, 17, 4_096] {
            let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let sealed = sealer.seal(plaintext, record: record, field: "f")
            #expect(try sealer.open(sealed) == plaintext)
        }
    }

    @Test("Record, field and plaintext each change the nonce")
    func nonceDependsOnAll() throws {
        let sealer = try sealer()
        let base = sealer.seal([1, 2], record: record, field: "ab")
        #expect(base == sealer.seal([1, 2], record: record, field: "ab"))
        #expect(base.nonce != sealer.seal([1, 3], record: record, field: "ab").nonce)
        #expect(base.nonce != sealer.seal([1, 2], record: .zero, field: "ab").nonce)
        #expect(base.nonce != sealer.seal([1, 2], record: record, field: "ac").nonce)
        // Length prefixes keep the border between field and plaintext.
        #expect(
            sealer.seal(Array("b".utf8), record: record, field: "a").nonce
                != sealer.seal([], record: record, field: "ab").nonce)
    }

    @Test("A changed byte does not open")
    func tampering() throws {
        let sealer = try sealer()
        let sealed = sealer.seal([1, 2, 3], record: record, field: "f")
        for index in sealed.ciphertext.indices {
            var changed = sealed
            changed.ciphertext[index] ^= 1
            #expect(throws: SealError.notAuthentic) { try sealer.open(changed) }
        }
        var nonce = sealed
        nonce.nonce[0] ^= 1
        #expect(throws: SealError.notAuthentic) { try sealer.open(nonce) }
        var short = sealed
        short.ciphertext = []
        #expect(throws: SealError.malformed) { try sealer.open(short) }
        var other = sealed
        other.keyID = "k-other"
        #expect(throws: SealError.otherKey(id: "k-other")) { try sealer.open(other) }
    }

    @Test("Another key of the same name does not open")
    func otherKey() throws {
        let sealed = try sealer(id: "same").seal([9], record: record, field: "f")
        let other = Sealer(try SealingKey(bytes: keyBytes.reversed(), id: "same"))
        #expect(throws: SealError.notAuthentic) { try other.open(sealed) }
    }

    @Test("A key reads from hexadecimal, from base64 and from a file")
    func keyForms() throws {
        let id = try SealingKey(bytes: keyBytes).id
        #expect(try SealingKey(text: keyBytes.hex).id == id)
        #expect(try SealingKey(text: "  \(keyBytes.hex.uppercased())\n").id == id)
        #expect(try SealingKey(text: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").id == id)
        let file = FileManager.default.temporaryDirectory.appending(path: "key-\(record)")
        try Data("\(keyBytes.hex)\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try SealingKey(file: file.path, id: "named").id == "named")
    }

    @Test("A bad key is refused with a reason that does not show it")
    func badKeys() {
        #expect(throws: SealingKeyError.empty) { try SealingKey(text: " \n") }
        #expect(throws: SealingKeyError.wrongLength(bytes: 3)) { try SealingKey(text: "AAEC") }
        #expect(throws: SealingKeyError.placeholder) {
            try SealingKey(text: String(repeating: "0", count: 64))
        }
        #expect(throws: SealingKeyError.badID) { try SealingKey(bytes: keyBytes, id: "a b") }
        #expect(throws: SealingKeyError.unreadable(path: "/nonexistent/key")) {
            try SealingKey(file: "/nonexistent/key")
        }
        do {
            _ = try SealingKey(text: "hunter2 hunter2")
            Issue.record("accepted")
        } catch {
            #expect(error == .notHexOrBase64)
            #expect(!"\(error)".contains("hunter2"))
        }
    }

    @Test("Printing a key shows its id only")
    func printing() throws {
        let key = try SealingKey(bytes: keyBytes, id: "demo-1")
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", dumped, String(reflecting: key)] {
            #expect(!text.contains("31"), "no byte of the key")
            #expect(text.contains("demo-1"))
        }
    }
}
