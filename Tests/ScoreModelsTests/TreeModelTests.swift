import ScoreModels
import TestSupport
import Testing

@Suite("Tree models")
struct TreeModelTests {
    @Test("A value goes left below the condition, a missing one the default way")
    func walks() throws {
        let model = try load(smallModel())
        #expect(model.margin([0, 0.4]) == -0.25 + 0.125)
        #expect(model.margin([0, 0.5]) == 0.75 + 0.125)
        #expect(model.margin([0, .nan]) == -0.25 + 0.125)
        let other = try load(smallModel(defaults: "[false,false,false]"))
        #expect(other.margin([0, .nan]) == 0.75 + 0.125)
        #expect(model.featureNames == ["age", "count"])
    }

    @Test("Bias and contributions add up to the margin; the largest come first")
    func contributions() throws {
        let score = try load(smallModel()).score([0, 0.4])
        // The mean of the root is (1 × -0.25 + 3 × 0.75) / 4.
        #expect(score.bias == 0.5 + 0.125)
        #expect(score.contributions == [0, -0.75])
        #expect(score.bias + score.contributions.reduce(0, +) == score.margin)
        #expect(score.largest(3).map(\.feature) == [1])
        #expect(score.largest(3).map(\.amount) == [-0.75])
    }

    @Test(
        "The base score is read in every form, and is a probability for logistic objectives",
        arguments: ["\"5E-1\"", "0.5", "\"[5E-1]\"", "[0.5]", "[\"5E-1\"]"])
    func baseScores(form: String) throws {
        #expect(try load(smallModel(base: form)).margin([0, 0]) == -0.125)
        let squared = try load(smallModel(objective: "reg:squarederror", base: form))
        #expect(squared.margin([0, 0]) == 0.5 - 0.125)
        #expect(squared.score([0, 0]).value == 0.375)
    }

    @Test("The digest is that of what decides")
    func digests() throws {
        let model = try load(smallModel())
        #expect(try load(smallModel() + "\n").digest == model.digest)
        #expect(try load(smallModel(conditions: "[0.5,-0.25,0.76]")).digest != model.digest)
        #expect(try load(smallModel(names: "[\"count\",\"age\"]")).digest != model.digest)
    }

    @Test(
        "A model that cannot be evaluated is refused with place and reason",
        arguments: [
            (smallModel(booster: "dart"), "only the booster gbtree is evaluated"),
            (
                smallModel(objective: "rank:map"),
                "this objective is not evaluated; known: binary:lo"
            ),
            (smallModel(classes: "\"3\""), "learner.learner_model_param.num_class: only models"),
            (smallModel(types: "[1,0,0]"), "trees[0].split_type[0]: categorical splits are not"),
            (smallModel(categories: "[4]"), "trees[0].categories: categorical splits are not"),
            (smallModel(base: "\"[5E-1,5E-1]\""), "base_score: expected one finite number"),
            (smallModel(base: "\"1.5\""), "base_score: expected a probability between 0 and 1"),
            (smallModel(base: "null"), "base_score: expected a number, found null"),
            (smallModel(left: "[1,-1]"), "trees[0].left_children: 2 values for 3 nodes"),
            (smallModel(left: "[0,-1,-1]"), "node 0 has the child 0, which is outside the tree or"),
            (smallModel(left: "[2,-1,-1]"), "node 0 has the child 2, which is outside the tree or"),
            (
                smallModel(left: "[3,-1,-1]"),
                "left_children[0]: expected a whole number from -1 to 2"
            ),
            (smallModel(right: "[-1,-1,-1]"), "node 0 has the child -1"),
            (
                smallModel(indices: "[2,0,0]"),
                "split_indices[0]: expected a whole number from 0 to 1"
            ),
            (smallModel(conditions: "[1e99,0,0]"), "split_conditions[0]: expected a finite number"),
            (
                smallModel(conditions: "[\"a\",0,0]"),
                "split_conditions[0]: expected a finite number"
            ),
            (
                smallModel(defaults: "[2,0,0]"),
                "default_left[0]: expected a whole number from 0 to 1"
            ),
            (smallModel(names: "[\"age\"]"), "feature_names: 1 names for 2 features"),
            (smallModel(names: "[\"a\",\"a\"]"), "feature_names[1]: a name stands twice"),
            (smallModel(trees: "\"3\""), "trees: 2 trees, but num_trees says 3"),
            ("{}", "m.json:1:1: learner is missing"),
            (
                "{\"learner\":[]}",
                "m.json:1:12: learner: expected an object with objective, found an"
            ),
            ("{\"learner\":{", "m.json:1:13: expected a name in quotes"),
            ("[1,2]", "m.json: not JSON; save the model"),
            (
                "{L\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{7}learner",
                "m.json: not JSON; save the model"
            ),
            ("", "m.json:1:1: expected a value, found the end of the file"),
        ])
    func refusals(text: String, words: String) throws {
        let said = try #require(complaint(text))
        #expect(said.contains(words), "\(said)")
        #expect(said.hasPrefix("m.json"))
    }

    @Test("A tree deeper than the bound is refused")
    func depth() throws {
        func chain(_ depth: Int) -> String {
            let count = 2 * depth + 1
            let inner = (0..<count).map { $0 % 2 == 0 && $0 < count - 1 }
            func column(_ value: (Int) -> Int) -> String { "\((0..<count).map(value))" }
            return """
                {"learner":{"gradient_booster":{"model":{"trees":[{
                "default_left":\(column { _ in 0 }),"left_children":\(column { inner[$0] ? $0 + 1 : -1 }),
                "right_children":\(column { inner[$0] ? $0 + 2 : -1 }),
                "split_conditions":\(column { _ in 1 }),"split_indices":\(column { _ in 0 }),
                "sum_hessian":\(column { _ in 1 }),"tree_param":{"num_nodes":"\(count)"}}]},
                "name":"gbtree"},"learner_model_param":{"base_score":"0.5","num_feature":"1"},
                "objective":{"name":"binary:logistic"}}}
                """
        }
        #expect(complaint(chain(TreeModel.maximumDepth)) == nil)
        let text = try #require(complaint(chain(TreeModel.maximumDepth + 1)))
        #expect(text.contains("trees[0]: deeper than 64"))
    }

    @Test("Mutated models neither crash nor hang", .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzz() throws {
        let words = [
            "-1", "1e400", "[", "{", "\"", "999999999999999999999", "null", "[[[[[[[[", "\\u", "0",
            "2147483647", "-0.0", ",", "NaN", "{\"a\":", "1,1,1,1", "\u{FEFF}",
        ]
        let fuzzing = Fuzzing("trees", seeds: [Array(smallModel().utf8)], words: words)
        let report = fuzzing.run(rounds: 20_000) { bytes, _ in
            guard let model = try? TreeModel(file: "m.json", bytes: bytes) else { return false }
            _ = model.score([Float](repeating: .nan, count: model.featureCount))
            return true
        }
        // Mutations of what is not read load well; if all failed, the loop would test nothing.
        #expect(report.isSound && report.loaded > report.inputs / 200, "\(report)")
    }
}
