import Foundation

/// Damaged input for a loader: a fixed number of inputs from a fixed seed, or as many as
/// `FUZZ_SECONDS` allow (`make fuzz-loaders`), from `FUZZ_SEED` on.
public struct Fuzzing {
    /// What became of the inputs.
    public struct Report {
        /// All that were tried.
        public var inputs = 0
        /// Those that the loader took.
        public var loaded = 0
        /// The longest that one took.
        public var slowest = Duration.zero

        /// None took long, and the loader both takes and refuses: else the loop would show nothing.
        public var isSound: Bool { loaded > 0 && loaded < inputs && slowest < .seconds(10) }
    }

    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["FUZZ_SECONDS"].flatMap { Int($0) }
    private static let folder = URL(filePath: FileManager.default.currentDirectoryPath)
        .appending(path: ".build/fuzz")

    /// For the time limit of a test that fuzzes.
    public static let minutes = 2 + (seconds ?? 0) / 30

    private let name: String
    private let seeds: [[UInt8]]
    private let words: [String]

    /// - Parameters:
    ///   - name: for the report, and for the file that holds an input until the loader is through.
    ///   - seeds: what is damaged.
    ///   - words: what is put in.
    public init(_ name: String, seeds: [[UInt8]], words: [String]) {
        self.name = name
        self.seeds = seeds
        self.words = words
    }

    /// - Parameters:
    ///   - rounds: inputs where no time is given.
    ///   - load: whether the loader took the input.
    public func run(rounds: Int, _ load: ([UInt8], inout SeededRandom) -> Bool) -> Report {
        let seed = Self.environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
        var random = SeededRandom(seed: seed)
        var report = Report()
        let clock = ContinuousClock()
        let start = clock.now
        let file = Self.folder.appending(path: name)
        if Self.seconds != nil {
            try? FileManager.default.createDirectory(
                at: Self.folder, withIntermediateDirectories: true)
        }
        while Self.seconds.map({ clock.now - start < .seconds($0) }) ?? (report.inputs < rounds) {
            let input = damaged(&random)
            if Self.seconds != nil { try? Data(input).write(to: file) }
            let before = clock.now
            if load(input, &random) { report.loaded += 1 }
            report.slowest = max(report.slowest, clock.now - before)
            report.inputs += 1
        }
        if Self.seconds != nil {
            try? FileManager.default.removeItem(at: file)
            let milliseconds = report.slowest / .milliseconds(1)
            print(
                "fuzz \(name): \(report.inputs) inputs, \(report.loaded) taken, slowest "
                    + "\(Int(milliseconds.rounded(.up))) ms")
        }
        return report
    }

    /// One of the seeds, at times with the end of another, and damage in it.
    private func damaged(_ random: inout SeededRandom) -> [UInt8] {
        var input = seeds[random.below(seeds.count)]
        if random.below(4) == 0, !input.isEmpty {
            let other = seeds[random.below(seeds.count)]
            let end = other.suffix(random.below(other.count + 1))
            input = Array(input.prefix(random.below(input.count))) + end
        }
        return random.mutated(input, words: words)
    }
}
