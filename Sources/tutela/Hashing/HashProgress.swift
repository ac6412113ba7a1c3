import Foundation

/// A moving bar on standard error; nothing where that is no terminal or the work is short.
struct HashProgress {
    private let total: Int
    private var done = 0
    private let isShown: Bool
    private var isDrawn = false
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    private var drawn: ContinuousClock.Instant

    private static let width = 30
    private static let interval = Duration.milliseconds(100)
    private static let patience = Duration.milliseconds(500)

    init(total: Int) {
        self.total = total
        isShown = isatty(2) == 1 && total > 1
        began = clock.now
        drawn = began
    }

    mutating func step() {
        done += 1
        let now = clock.now
        guard isShown, now - began > Self.patience, now - drawn > Self.interval else { return }
        drawn = now
        isDrawn = true
        write("\r\u{1b}[2K" + Self.bar(done: done, total: total))
    }

    /// Makes room for a line of output.
    mutating func clear() {
        guard isDrawn else { return }
        write("\r\u{1b}[2K")
        isDrawn = false
    }

    mutating func end() { clear() }

    static func bar(done: Int, total: Int) -> String {
        let filled = total > 0 ? min(width, done * width / total) : width
        let rest = String(repeating: ".", count: width - filled)
        let counts = "\(grouped(done)) of \(grouped(total))"
        return "[" + String(repeating: "#", count: filled) + rest + "] " + counts
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
