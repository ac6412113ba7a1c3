import ArgumentParser
import Foundation
import SafetyModel
import ScoreModels
import TextAnalysis

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Trains and checks the models that scores use.",
        subcommands: [ModelTrainCommand.self, ModelCheckCommand.self])
}

struct ModelTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a text classifier from labelled lines and says how it does.",
        discussion: """
            A line is a JSON object with label (0 or 1), language and text, or those three with tabs \
            between them. A part of the distinct texts is kept back and judged, for each language. \
            The same lines and options give the same file, byte for byte.
            """)

    @Argument(help: "The labelled lines.")
    var lines: String

    @Option(help: "Where the model goes.")
    var out: String

    @Option(help: "Of the order in which lines are seen.")
    var seed: UInt64 = 1

    @Option(help: "How often each line is seen, 1 to 100.")
    var epochs = 8

    @Option(help: "Percentage of distinct texts to keep back, 0 to 90.")
    var heldOut = 20

    @Option(help: "The model has two to this power weights, 10 to 22.")
    var bits = 18

    func validate() throws {
        guard TextTrainer.epochRange.contains(epochs) else {
            throw ValidationError("--epochs must be from 1 to 100.")
        }
        guard (0...90).contains(heldOut) else {
            throw ValidationError("--held-out must be from 0 to 90.")
        }
        guard TextShape.bitRange.contains(bits) else {
            throw ValidationError("--bits must be from 10 to 22.")
        }
    }

    func run() throws {
        let examples = try LabelledText.read(file: lines, bytes: try TextFiles.bytes(lines))
        let trainer = TextTrainer(
            shape: TextShape(bits: bits), epochs: epochs, seed: seed, heldOut: heldOut)
        let result = try trainer.train(examples, file: lines)
        let bytes = result.model.file
        do {
            try Data(bytes).write(to: URL(filePath: out), options: .atomic)
        } catch {
            throw LoadError(file: out, message: "cannot be written; is there such a folder?")
        }
        print(result.evaluation.markdown)
        print("\(grouped(examples.count)) lines, \(result.model.examples) of them trained on.")
        print("\(out): \(grouped(bytes.count)) bytes, digest \(result.model.digest.hex)")
    }
}

struct ModelCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads a model or a term list and prints its digest, or what is wrong with it.")

    /// What a file holds.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case text, tree, terms, calibration
    }

    @Argument(help: "What it is: text, tree (XGBoost's JSON), terms or calibration.")
    var kind: Kind

    @Argument(help: "The file.")
    var file: String

    func run() throws {
        let bytes = try TextFiles.bytes(file)
        switch kind {
        case .text:
            let model = try TextModel(file: file, bytes: bytes)
            let languages = model.languages.map(\.description).joined(separator: " ")
            print("Text model of \(model.examples) examples in \(languages).")
            print("digest \(model.digest.hex)")
        case .tree:
            let model = try TreeModel(file: file, bytes: bytes)
            print("Tree model of \(model.featureCount) features, \(model.objective.rawValue).")
            print("digest \(model.digest.hex)")
        case .terms:
            let list = try TextFiles.list(file)
            print("Term list \(list.name) of \(list.count) terms.")
            print("digest \(list.digest.hex)")
        case .calibration:
            _ = try Calibration(file: file, bytes: bytes)
            print("The calibration is good.")
        }
    }
}
