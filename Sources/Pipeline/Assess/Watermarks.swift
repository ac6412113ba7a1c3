internal import Streaming

/// The largest event time of each source of a task, Unix milliseconds.
struct Watermarks: Sendable {
    private var marks: [(source: TopicPartition, time: Int64)]
    private var hint = 0

    init(_ times: [TopicPartition: Int64]) {
        marks = times.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    var times: [TopicPartition: Int64] {
        Dictionary(uniqueKeysWithValues: marks.map { ($0.source, $0.time) })
    }

    /// Notes an event time.
    /// - Returns: the watermark before it, nil where it is the source's first.
    mutating func advance(_ source: TopicPartition, to time: Int64) -> Int64? {
        if hint >= marks.count || marks[hint].source != source {
            guard let found = marks.firstIndex(where: { $0.source == source }) else {
                marks.append((source, time))
                hint = marks.count - 1
                return nil
            }
            hint = found
        }
        let before = marks[hint].time
        if time > before { marks[hint].time = time }
        return before
    }
}
