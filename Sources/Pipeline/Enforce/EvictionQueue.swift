internal import SafetyModel

/// The order in which rows are forgotten. What the open batch took or added can be undone.
struct EvictionQueue: Sendable {
    struct Item: Sendable {
        var sequence: Int64
        var origin: ContentID
    }

    private var items: ContiguousArray<Item> = []
    private var start = 0
    private var committedStart = 0
    private var committedEnd = 0

    init() {}

    /// - Parameter items: in any order.
    init(_ items: [Item]) {
        self.items = ContiguousArray(items.sorted { $0.sequence < $1.sequence })
        committedEnd = items.count
    }

    var count: Int { items.count - start }
    var first: Item? { start < items.count ? items[start] : nil }

    mutating func append(_ item: Item) { items.append(item) }

    mutating func removeFirst() -> Item? {
        guard start < items.count else { return nil }
        defer { start += 1 }
        return items[start]
    }

    mutating func publish() {
        if start > 1_024, start * 2 > items.count {
            items.removeFirst(start)
            start = 0
        }
        committedStart = start
        committedEnd = items.count
    }

    mutating func discard() {
        start = committedStart
        items.removeSubrange(committedEnd...)
    }
}
