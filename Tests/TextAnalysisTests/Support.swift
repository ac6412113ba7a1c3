import ScoreModels
import TestSupport
import TextAnalysis

extension SeededRandom {
    /// A made-up word of so many letters.
    mutating func word(_ letters: String, _ count: Int) -> String {
        let all = Array(letters)
        return String((0..<count).map { _ in all[below(all.count)] })
    }

    /// A made-up name of two or three words.
    mutating func name() -> String {
        (0..<2 + below(2)).map { _ in word("abcdefghijklmnopqrstuvwxyz", 4 + below(6)) }
            .joined(separator: " ")
    }
}

func list(_ text: String, name: String = "list-a") throws(LoadError) -> TermList {
    try TermList(name: name, file: "l.csv", bytes: Array(text.utf8))
}
