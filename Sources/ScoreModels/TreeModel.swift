/// A score of a tree model, with what each feature did to it.
public struct TreeScore: Hashable, Sendable {
    /// After the objective's transformation: a probability for logistic objectives.
    public var value: Double
    /// Before it: the base and all leaves, added as XGBoost does, in 32-bit floating point.
    public var margin: Float
    /// What the margin would be knowing no feature. With the contributions it adds up to the margin.
    public var bias: Float
    /// By feature, in units of the margin.
    public var contributions: [Float]

    /// The features that moved the margin most, largest first, ties in order of feature.
    public func largest(_ count: Int) -> [(feature: Int, amount: Float)] {
        let moved = contributions.enumerated().filter { $0.element != 0 }
        let sorted = moved.sorted { a, b in
            (b.element.magnitude, a.offset) < (a.element.magnitude, b.offset)
        }
        return sorted.prefix(count).map { ($0.offset, $0.element) }
    }
}

/// Gradient-boosted trees from XGBoost's JSON model file.
///
/// Features are 32-bit floating point, as XGBoost's are; not a number is *missing* and goes the node's
/// default way. A value goes left where it is less than the node's condition. All trees count, as
/// `Booster.predict` has them by default.
public struct TreeModel: Sendable {
    public static let maximumTrees = 10_000
    public static let maximumNodes = 1_000_000
    public static let maximumDepth = 64
    public static let maximumFeatures = 10_000
    public static let maximumBytes = 64 << 20

    /// How the margin becomes the value.
    public enum Objective: String, Hashable, Sendable, CaseIterable {
        case binaryLogistic = "binary:logistic"
        case logisticRegression = "reg:logistic"
        case squaredError = "reg:squarederror"

        var isLogistic: Bool { self != .squaredError }
    }

    struct Node: Hashable {
        /// Negative: a leaf.
        var feature: Int32
        /// Of a leaf, its value.
        var condition: Float
        var left: Int32
        var right: Int32
        var missingGoesLeft: Bool
        /// The mean of the leaves below, weighted with their cover.
        var mean: Float
    }

    public let objective: Objective
    /// In the order of `score`'s features; empty where the file names none.
    public let featureNames: [String]
    public let featureCount: Int
    /// SHA-256 over the features' names and the normal form.
    public internal(set) var digest: [UInt8]
    let baseMargin: Float
    let nodes: [Node]
    let roots: [Int32]

    /// The objective's transformation of the margin.
    public func value(ofMargin margin: Float) -> Double {
        objective.isLogistic ? PortableMath.logistic(Double(margin)) : Double(margin)
    }

    public var treeCount: Int { roots.count }
    /// Of all trees.
    public var nodeCount: Int { nodes.count }

    /// - Parameter features: `featureCount` of them; not a number where unknown.
    public func margin(_ features: [Float]) -> Float {
        features.withUnsafeBufferPointer { margin($0) }
    }

    /// The same, without an array.
    public func margin(_ features: UnsafeBufferPointer<Float>) -> Float {
        precondition(features.count == featureCount, "a row does not have the model's features")
        var margin = baseMargin
        for root in roots {
            var at = Int(root)
            while nodes[at].feature >= 0 { at = next(at, features) }
            margin += nodes[at].condition
        }
        return margin
    }

    /// The value and, for each feature, how far the splits on it moved the mean of what lies below.
    ///
    /// The attribution is Saabas' ("Interpreting random forests", 2014), XGBoost's `approx_contribs`.
    /// - Parameter features: `featureCount` of them; not a number where unknown.
    public func score(_ features: [Float]) -> TreeScore {
        features.withUnsafeBufferPointer { score($0) }
    }

    private func score(_ features: UnsafeBufferPointer<Float>) -> TreeScore {
        let margin = margin(features)
        var contributions = [Float](repeating: 0, count: featureCount)
        var bias = baseMargin
        for root in roots {
            var at = Int(root)
            bias += nodes[at].mean
            while nodes[at].feature >= 0 {
                let below = next(at, features)
                contributions[Int(nodes[at].feature)] += nodes[below].mean - nodes[at].mean
                at = below
            }
        }
        return TreeScore(
            value: value(ofMargin: margin), margin: margin, bias: bias,
            contributions: contributions)
    }

    private func next(_ at: Int, _ features: UnsafeBufferPointer<Float>) -> Int {
        let node = nodes[at]
        let value = features[Int(node.feature)]
        let goesLeft = value.isNaN ? node.missingGoesLeft : value < node.condition
        return Int(goesLeft ? node.left : node.right)
    }
}
