import Foundation

import ScoreModels

/// SplitMix64: the same seed gives the same numbers on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// One to four of: a byte changed, bytes removed, repeated, cut off, or nasty words put in.
    mutating func mutated(_ bytes: [UInt8], words: [String]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(4) where !bytes.isEmpty {
            let at = below(bytes.count)
            let end = min(bytes.count, at + below(20))
            switch below(7) {
            case 0: bytes[at] = UInt8(truncatingIfNeeded: next())
            case 1: bytes[at] ^= 1 << UInt8(below(8))
            case 2: bytes.removeSubrange(at..<end)
            case 3: bytes.insert(contentsOf: Array(bytes[at..<end]), at: below(bytes.count))
            case 4: bytes.removeSubrange(at...)
            case 5: bytes.insert(contentsOf: Array(words[below(words.count)].utf8), at: at)
            default: bytes.replaceSubrange(at..<end, with: Array(words[below(words.count)].utf8))
            }
        }
        return bytes
    }
}

/// A model of two features: two trees, the second a lone leaf.
func smallModel(
    objective: String = "binary:logistic", base: String = "\"[5E-1]\"", booster: String = "gbtree",
    left: String = "[1,-1,-1]", right: String = "[2,-1,-1]", indices: String = "[1,0,0]",
    conditions: String = "[0.5,-0.25,0.75]", defaults: String = "[1,0,0]",
    hessian: String = "[4.0,1.0,3.0]", types: String = "[0,0,0]", categories: String = "[]",
    names: String = "[\"age\",\"count\"]", classes: String = "\"0\"", trees: String = "\"2\""
) -> String {
    """
    {"learner":{"attributes":{},"feature_names":\(names),"feature_types":["float","float"],
    "gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":\(trees)},
    "tree_info":[0,0],"trees":[
    {"categories":\(categories),"default_left":\(defaults),"id":0,"left_children":\(left),
    "right_children":\(right),"split_conditions":\(conditions),"split_indices":\(indices),
    "split_type":\(types),"sum_hessian":\(hessian),
    "tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"3","size_leaf_vector":"1"}},
    {"categories":[],"default_left":[0],"id":1,"left_children":[-1],"right_children":[-1],
    "split_conditions":[0.125],"split_indices":[0],"split_type":[0],"sum_hessian":[4.0],
    "tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"1","size_leaf_vector":"1"}}
    ]},"name":"\(booster)"},
    "learner_model_param":{"base_score":\(base),"num_class":\(classes),"num_feature":"2","num_target":"1"},
    "objective":{"name":"\(objective)"}},"version":[3,2,0]}
    """
}

func load(_ text: String) throws(LoadError) -> TreeModel {
    try TreeModel(file: "m.json", bytes: Array(text.utf8))
}

/// What the loader says; nil where it says nothing.
func complaint(_ text: String) -> String? {
    do throws(LoadError) {
        _ = try load(text)
        return nil
    } catch {
        return error.description
    }
}
