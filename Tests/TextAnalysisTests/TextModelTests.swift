import Crypto
import ScoreModels
import TestSupport
import Testing

import TextAnalysis

/// Two made-up languages; a text is positive where it holds words of a family of its own.
private func examples(_ count: Int, seed: UInt64) -> [LabelledText] {
    var random = SeededRandom(seed: seed)
    let tags = ["en", "de"].compactMap(LanguageTag.init)
    return (0..<count).map { index in
        let isPositive = random.below(4) == 0
        let letters = index % 2 == 0 ? "abcdefgh" : "mnopqrst"
        var words = (0..<5 + random.below(5)).map { _ in random.word(letters, 3 + random.below(4)) }
        if isPositive { words[random.below(words.count)] = "term" + random.word("xyz", 2) }
        return LabelledText(
            isPositive: isPositive, language: tags[index % 2],
            text: normalise(words.joined(separator: " ")))
    }
}

private let trainer = TextTrainer(shape: TextShape(bits: 14), epochs: 4)

@Suite("Text models")
struct TextModelTests {
    private func train(_ trainer: TextTrainer = trainer) throws -> TextTrainer.Result {
        try trainer.train(examples(1_500, seed: 1), file: "t.jsonl")
    }

    @Test("It learns what tells the labels apart, in each language, and sees through a disguise")
    func learns() throws {
        let result = try train()
        for group in result.evaluation.groups {
            #expect(group.count > 100)
            #expect(try #require(group.auc) > 0.97)
        }
        #expect(result.evaluation.groups.map(\.language?.description) == [nil, "de", "en"])
        let plain = result.model.score(normalise("abba termxy fade"))
        let other = result.model.score(normalise("abba fade bead"))
        let disguised = result.model.score(normalise("abba t3rmxy fade"))
        #expect(plain.value > 0.7)
        #expect(disguised.value > 0.5)
        #expect(other.value < 0.2)
        #expect(plain.contributions.count == 8)
        #expect(plain.contributions[0].amount > 0)
    }

    @Test("The same lines and seed give the same file; another seed another")
    func deterministic() throws {
        let first = try train().model
        #expect(try train().model.file == first.file)
        var other = trainer
        other.seed = 2
        #expect(try train(other).model.file != first.file)
        let hex = first.digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        // Of any machine: training has no other source of numbers than the lines and the seed.
        #expect(hex.joined() == "0fe22e512d441f93bfdf435c4ba91b78ba542c0c59abafdba105ecc8d2a07ff1")
    }

    @Test("A file is read back to the same model")
    func roundTrip() throws {
        let model = try train().model
        let again = try TextModel(file: "m.tm", bytes: model.file)
        #expect(again.digest == model.digest)
        #expect(again.file == model.file)
        #expect(again.languages.map(\.description) == ["de", "en"])
        for example in examples(200, seed: 9) {
            #expect(again.score(example.text) == model.score(example.text))
        }
    }

    @Test("A file that is cut, changed or foreign is refused")
    func refusals() throws {
        let file = try train().model.file
        func complaint(_ bytes: [UInt8]) -> String? {
            do throws(LoadError) {
                _ = try TextModel(file: "m.tm", bytes: bytes)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(complaint([]) == "m.tm: not a text model; make one with `tutela model train`")
        let checksum = "m.tm: the checksum does not fit; the file is cut or changed"
        #expect(complaint(Array(file.dropLast())) == checksum)
        for at in stride(from: 12, to: file.count, by: 97) {
            var changed = file
            changed[at] ^= 1
            #expect(complaint(changed) == checksum)
        }
        var version = file
        version[8] = 2
        #expect(complaint(version) == "m.tm: version 2 of the format; this program reads 1")
        var tables = Array(file.dropLast(32))
        tables[20] ^= 1
        #expect(complaint(sealed(tables))?.contains("train it again") == true)
    }

    @Test(
        "Mutated files with a right checksum neither crash nor hang",
        .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzz() throws {
        let model = TextModel(
            shape: TextShape(bits: 10), languages: ["en", "de"].compactMap(LanguageTag.init),
            examples: 3, bias: -1, weights: (0..<1_024).map { $0 % 64 == 5 ? 0.5 : 0 })
        let words = ["\u{0}\u{0}\u{0}\u{0}", "TUTELATM", "en", "~~~~"]
        let fuzzing = Fuzzing("text-models", seeds: [Array(model.file.dropLast(32))], words: words)
        let report = fuzzing.run(rounds: 5_000) { bytes, _ in
            guard let model = try? TextModel(file: "m.tm", bytes: sealed(bytes)) else {
                return false
            }
            #expect((0...1).contains(model.score(normalise("term-a")).value))
            return true
        }
        #expect(report.isSound && report.loaded > report.inputs / 100, "\(report)")
    }

    @Test("Mutated training lines neither crash nor hang", .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzzLines() {
        let lines = [
            "1\ten\tterm-a\n0\tde\tein Name\n\n1\ten\tterm-b, and more\n",
            "{\"label\": 1, \"language\": \"en\", \"text\": \"term-a\"}\n"
                + "{\"text\": \"b\\u0301\", \"label\": 0, \"language\": \"pt-BR\"}\n",
        ]
        let words = ["\t", "\n", "\r\n", "{", "\"", "\\ud800", "2", "en-", "[[[[", "\u{200B}"]
        let fuzzing = Fuzzing(
            "training-lines", seeds: lines.map { Array($0.utf8) }, words: words)
        let report = fuzzing.run(rounds: 10_000) { bytes, _ in
            (try? LabelledText.read(file: "l", bytes: bytes)) != nil
        }
        #expect(report.isSound, "\(report)")
    }

    private func sealed(_ bytes: [UInt8]) -> [UInt8] { bytes + Array(SHA256.hash(data: bytes)) }

    @Test("Copies of a text, however written, fall on the same side of the split")
    func split() {
        var held = 0
        for index in 0..<2_000 {
            let text = "made up text \(index)x"
            let isHeldOut = trainer.isHeldOut(normalise(text))
            #expect(trainer.isHeldOut(normalise(text.uppercased() + " ")) == isHeldOut)
            held += isHeldOut ? 1 : 0
        }
        #expect((300...500).contains(held))
    }

    @Test("Training without both labels is refused")
    func oneLabel() {
        let all = examples(200, seed: 1).filter { !$0.isPositive }
        #expect(throws: LoadError.self) { try trainer.train(all, file: "t.jsonl") }
    }

    @Test("AUC is the share of pairs in the right order, ties half")
    func auc() throws {
        var random = SeededRandom(seed: 6)
        let language = try #require(LanguageTag("en"))
        let outcomes = (0..<200).map { _ in
            TextEvaluation.Outcome(
                language: language, isPositive: random.below(3) == 0,
                score: Double(random.below(20)) / 20)
        }
        var pairs = 0.0
        var right = 0.0
        for a in outcomes where a.isPositive {
            for b in outcomes where !b.isPositive {
                pairs += 1
                right += a.score > b.score ? 1 : a.score == b.score ? 0.5 : 0
            }
        }
        let group = TextEvaluation(outcomes).groups[0]
        #expect((try #require(group.auc) - right / pairs).magnitude < 1e-12)
        let half = try #require(group.lines.first { $0.threshold == 0.5 })
        let flagged = outcomes.filter { $0.score >= 0.5 }
        #expect(half.flagged == flagged.count)
        #expect(half.recall == Double(flagged.count { $0.isPositive }) / Double(group.positives))
        #expect(TextEvaluation([]).markdown.contains("| all | 0 | 0 | – |"))
    }

    @Test("Lines are read from tabs and from JSON, and refused without their text")
    func lines() throws {
        let text =
            "1\ten\tterm-a is\there\n\n{\"label\":0,\"language\":\"de-AT\",\"text\":\"x\"}\r\n"
        let read = try LabelledText.read(file: "t", bytes: Array(text.utf8))
        #expect(read.map(\.isPositive) == [true, false])
        #expect(read.map(\.language.description) == ["en", "de"])
        #expect(read.map(\.text.foldedText) == ["term-a is here", "x"])
        let wrong = [
            ("\n2\ten\tsecret", "t:2:1: expected the label 0 or 1"),
            ("1\tenglish\tsecret", "t:1:3: expected a language code such as en"),
            ("1 en secret", "t:1:1: expected label, language and text with a tab between them"),
            ("\n{\"label\":1,\"text\":\"secret\"}", "t:2:1: language is missing"),
            ("{\"label\":1,\"language\":\"en\",\"text\":5}", "t:1:35: text: expected a string"),
        ]
        for (line, expected) in wrong {
            do throws(LoadError) {
                _ = try LabelledText.read(file: "t", bytes: Array(line.utf8))
                Issue.record("it was read")
            } catch {
                #expect(error.description.hasPrefix(expected), "\(error)")
                #expect(!error.description.contains("secret"))
            }
        }
    }
}
