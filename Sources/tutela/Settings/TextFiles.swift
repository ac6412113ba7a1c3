import Foundation
import Pipeline
import ScoreModels
import TextAnalysis

/// Term lists and text models from their files.
enum TextFiles {
    static func bytes(_ file: String) throws(LoadError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: file)))
        } catch {
            throw LoadError(file: file, message: "cannot be read; is there such a file?")
        }
    }

    /// Called by the file's name without its ending.
    static func list(_ file: String) throws(LoadError) -> TermList {
        let name = URL(filePath: file).deletingPathExtension().lastPathComponent
        return try TermList(name: name, file: file, bytes: bytes(file))
    }

    static func model(_ file: String) throws(LoadError) -> TextModel {
        try TextModel(file: file, bytes: bytes(file))
    }
}

extension Configuration {
    /// What Assess looks at texts with.
    func textLibrary() throws(ConfigurationError) -> TextLibrary {
        do {
            return try TextLibrary(
                lists: text.lists.map(TextFiles.list),
                model: text.model.isEmpty ? nil : TextFiles.model(text.model))
        } catch let error as LoadError {
            throw ConfigurationError(where: "text", "\(error)")
        } catch {
            throw ConfigurationError(where: "text.lists", "\(error)")
        }
    }
}

extension Configuration {
    /// What a replay finds term lists and models in: the settings' own, and former ones.
    func textShelf(lists: [String] = [], models: [String] = []) throws -> TextShelf {
        TextShelf(
            lists: try (text.lists + lists).map(TextFiles.list),
            models: try ([text.model] + models).filter { !$0.isEmpty }.map(TextFiles.model))
    }
}
