import Foundation
import Policy

/// Models beside the tests' packs: one from a file, and some that are wrong or pass a bound.
enum TestModels {
    static let small: [UInt8] = {
        let file = repository.appending(path: "Tests/Golden/models/small.json")
        return ((try? Data(contentsOf: file)).map { [UInt8]($0) }) ?? []
    }()

    /// In a folder with a file more, which cannot be read.
    static let all = PackModels(
        files: [
            "small.json": small, "damaged.json": Array(small.prefix(200)),
            "unnamed.json": model(features: ["f0", "f1"], trees: 1, depth: 1, isNamed: false),
            "crowded.json": model(features: ["groups"], trees: 1_001, depth: 0),
            "heavy.json": model(features: ["groups"], trees: 960, depth: 5),
            "wide.json": model(features: (0..<65).map { "f\($0)" }, trees: 1, depth: 0),
            "quiet.json": model(features: ["groups", "new\nline"], trees: 1, depth: 0),
        ],
        known: [
            "crowded.json", "damaged.json", "heavy.json", "locked.json", "quiet.json",
            "small.json", "unnamed.json", "wide.json",
        ])

    /// Full trees that ask for the first feature at every node, at depth `depth` for leaves.
    static func model(
        features: [String], trees: Int, depth: Int, isNamed: Bool = true
    ) -> [UInt8] {
        let count = (2 << depth) - 1
        let inner = (1 << depth) - 1
        func column(_ value: (Int) -> Int) -> String { "\((0..<count).map(value))" }
        let tree = """
            {"left_children":\(column { $0 < inner ? 2 * $0 + 1 : -1 }),
            "right_children":\(column { $0 < inner ? 2 * $0 + 2 : -1 }),
            "split_indices":\(column { _ in 0 }),"split_conditions":\(column { $0 % 7 }),
            "default_left":\(column { $0 % 2 }),"sum_hessian":\(column { $0 < inner ? 2 : 1 }),
            "tree_param":{"num_nodes":"\(count)"}}
            """
        let all = Array(repeating: tree, count: trees).joined(separator: ",\n")
        let names = features.map { $0 == "new\nline" ? "\"new\\nline\"" : "\"\($0)\"" }
            .joined(separator: ",")
        let text = """
            {"learner":{"feature_names":[\(isNamed ? names : "")],
            "gradient_booster":{"name":"gbtree","model":{"trees":[\(all)]}},
            "learner_model_param":{"base_score":"0.5","num_feature":"\(features.count)"},
            "objective":{"name":"reg:squarederror"}}}
            """
        return Array(text.utf8)
    }
}
