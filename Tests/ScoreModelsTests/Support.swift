import ScoreModels

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
