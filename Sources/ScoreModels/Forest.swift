/// Reads the trees of a model file into one array of nodes; only nodes that a root reaches are kept.
struct Forest {
    let featureCount: Int
    private(set) var nodes: [TreeModel.Node] = []
    private(set) var roots: [Int32] = []

    init(featureCount: Int) { self.featureCount = featureCount }

    mutating func read(_ model: JSONPlace) throws(LoadError) {
        if let info = model.optional("tree_info") {
            for group in try info.elements(atMost: TreeModel.maximumTrees) {
                guard try group.integer(in: 0...1_000_000) == 0 else {
                    throw group.error("only models with one output are evaluated")
                }
            }
        }
        let place = try model.member("trees")
        let trees = try place.elements(atMost: TreeModel.maximumTrees)
        if let parameters = model.optional("gbtree_model_param"),
            let stated = parameters.optional("num_trees")
        {
            let count = try stated.integer(in: 0...TreeModel.maximumTrees)
            guard count == trees.count else {
                throw place.error("\(trees.count) trees, but num_trees says \(count)")
            }
        }
        for tree in trees {
            let columns = try TreeColumns(tree, featureCount: featureCount)
            guard nodes.count + columns.count <= TreeModel.maximumNodes else {
                throw tree.error("more than \(TreeModel.maximumNodes) nodes")
            }
            try add(columns, tree)
        }
    }

    /// From the root down, so that a node that is met twice (a cycle, a shared child) is found and the
    /// depth is known; then from the leaves up for the means.
    private mutating func add(_ tree: TreeColumns, _ place: JSONPlace) throws(LoadError) {
        let base = nodes.count
        roots.append(Int32(base))
        var isMet = [Bool](repeating: false, count: tree.count)
        var queue: [(source: Int, depth: Int)] = [(0, 0)]
        isMet[0] = true
        var done = 0
        while done < queue.count {
            let (source, depth) = queue[done]
            done += 1
            guard depth <= TreeModel.maximumDepth else {
                throw place.error("deeper than \(TreeModel.maximumDepth)")
            }
            guard let (left, right) = tree.children(source) else {
                nodes.append(
                    TreeModel.Node(
                        feature: -1, condition: tree.conditions[source], left: 0, right: 0,
                        missingGoesLeft: false, mean: tree.conditions[source]))
                continue
            }
            for child in [left, right] {
                guard (1..<tree.count).contains(child), !isMet[child] else {
                    throw place.error(
                        "node \(source) has the child \(child), which is outside the tree or has a "
                            + "parent already")
                }
                isMet[child] = true
            }
            nodes.append(
                TreeModel.Node(
                    feature: Int32(tree.features[source]), condition: tree.conditions[source],
                    left: Int32(base + queue.count), right: Int32(base + queue.count + 1),
                    missingGoesLeft: tree.missingGoesLeft[source], mean: 0))
            queue.append((left, depth + 1))
            queue.append((right, depth + 1))
        }
        fillMeans(from: base, queue.map { tree.covers[$0.source] })
        guard nodes[base...].allSatisfy({ $0.mean.isFinite }) else {
            throw place.error("the means of its nodes pass what 32 bits hold")
        }
    }

    /// As XGBoost's `FillNodeMeanValues`, in its order and precision.
    private mutating func fillMeans(from base: Int, _ covers: [Float]) {
        for at in (base..<nodes.count).reversed() where nodes[at].feature >= 0 {
            let (left, right) = (Int(nodes[at].left), Int(nodes[at].right))
            var mean = nodes[left].mean * covers[left - base]
            mean += nodes[right].mean * covers[right - base]
            let whole = covers[at - base]
            nodes[at].mean = whole > 0 ? mean / whole : 0
        }
    }
}

/// One tree as the file has it: parallel arrays, by node.
struct TreeColumns {
    let count: Int
    private let left: [Int]
    private let right: [Int]
    let features: [Int]
    /// Of leaves: the value.
    let conditions: [Float]
    let missingGoesLeft: [Bool]
    /// Sums of second derivatives: how much of the training data came by.
    let covers: [Float]

    init(_ tree: JSONPlace, featureCount: Int) throws(LoadError) {
        let parameters = try tree.member("tree_param")
        let count = try parameters.member("num_nodes").integer(in: 1...TreeModel.maximumNodes)
        self.count = count
        if let size = parameters.optional("size_leaf_vector"), try size.integer(in: 0...1_000) > 1 {
            throw size.error("only leaves with one value are evaluated")
        }
        if let categories = tree.optional("categories"),
            try !categories.elements(atMost: TreeModel.maximumNodes).isEmpty
        {
            throw categories.error("categorical splits are not evaluated")
        }
        if let types = tree.optional("split_type") {
            for type in try types.elements(atMost: TreeModel.maximumNodes)
            where try type.integer(in: 0...255) != 0 {
                throw type.error("categorical splits are not evaluated")
            }
        }
        left = try Self.column(tree, "left_children", count) { place throws(LoadError) in
            try place.integer(in: -1...count - 1)
        }
        right = try Self.column(tree, "right_children", count) { place throws(LoadError) in
            try place.integer(in: -1...count - 1)
        }
        conditions = try Self.column(tree, "split_conditions", count, Self.float)
        covers = try Self.column(tree, "sum_hessian", count, Self.float)
        missingGoesLeft = try Self.column(tree, "default_left", count, Self.truth)
        let leaves = left
        var node = 0
        features = try Self.column(tree, "split_indices", count) { place throws(LoadError) in
            // Of a leaf it means nothing, and may be anything.
            let limit = leaves[node] < 0 ? Int(UInt32.max) : featureCount - 1
            node += 1
            return try place.integer(in: 0...limit)
        }
    }

    /// nil for a leaf.
    func children(_ node: Int) -> (left: Int, right: Int)? {
        left[node] < 0 ? nil : (left[node], right[node])
    }

    private static func column<T>(
        _ tree: JSONPlace, _ name: String, _ count: Int,
        _ read: (JSONPlace) throws(LoadError) -> T
    ) throws(LoadError) -> [T] {
        let place = try tree.member(name)
        let elements = try place.elements(atMost: TreeModel.maximumNodes)
        guard elements.count == count else {
            throw place.error("\(elements.count) values for \(count) nodes")
        }
        var values: [T] = []
        values.reserveCapacity(count)
        for element in elements { values.append(try read(element)) }
        return values
    }

    private static func float(_ place: JSONPlace) throws(LoadError) -> Float {
        guard case .number(let text) = place.node.content, let value = Float(text), value.isFinite
        else { throw place.error("expected a finite number") }
        return value
    }

    /// `0` and `1`, or truth values, as the version has it.
    private static func truth(_ place: JSONPlace) throws(LoadError) -> Bool {
        if case .bool(let value) = place.node.content { return value }
        return try place.integer(in: 0...1) == 1
    }
}
