import ScoreModels
import TestSupport
import Testing

@Suite("Normal forms of tree models")
struct NormalFormTests {
    @Test("A model comes back whole")
    func roundTrip() throws {
        let model = try load(smallModel())
        let again = try TreeModel(
            file: "m", normalForm: model.normalForm, featureNames: model.featureNames)
        #expect(again.digest == model.digest)
        #expect(again.objective == model.objective)
        for count in [0.4, 0.5, .nan] as [Float] {
            #expect(again.score([0, count]) == model.score([0, count]))
        }
    }

    @Test("A number has one form: longer writing of the same is refused")
    func unique() throws {
        let form = try load(smallModel()).normalForm
        // Behind the head of 14 bytes stands the root's feature.
        #expect(form[14] == 4)
        let longer = Array(form[..<14]) + [0x84, 0] + Array(form[15...])
        #expect(throws: LoadError.self) { try TreeModel(file: "m", normalForm: longer) }
        #expect(throws: LoadError.self) { try TreeModel(file: "m", normalForm: form + [0]) }
        #expect(throws: LoadError.self) {
            try TreeModel(file: "m", normalForm: Array(form.dropLast()))
        }
        #expect(throws: LoadError.self) { try TreeModel(file: "m", normalForm: []) }
    }

    @Test(
        "What is damaged is refused or a model again, with that form",
        .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzz() throws {
        let form = try load(smallModel()).normalForm
        let words = ["\u{0}", "\u{1}", "\u{7f}", "ÿÿ", "@@@@"]
        let report = Fuzzing("forests", seeds: [form], words: words).run(rounds: 20_000) {
            bytes, _ in
            guard let model = try? TreeModel(file: "m", normalForm: bytes) else { return false }
            #expect(model.normalForm == bytes)
            _ = model.score([Float](repeating: .nan, count: model.featureCount))
            return true
        }
        #expect(report.isSound && report.loaded > report.inputs / 200, "\(report)")
    }

    @Test("Base64 is that of RFC 4648's test vectors, and each text is one of bytes")
    func base64() {
        for (bytes, text) in [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ] {
            #expect(Base64.text(Array(bytes.utf8)) == text)
            #expect(Base64.bytes(text) == Array(bytes.utf8))
        }
        for text in [
            "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm-v", "Zé=",
        ] {
            #expect(Base64.bytes(text) == nil, "\(text)")
        }
        let all = (0...255).map { UInt8($0) }
        #expect(Base64.bytes(Base64.text(all)) == all)
    }
}
