import ArgumentParser
import Foundation
import MediaHashing

struct HashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Prints PDQ, quality, MD5, SHA-1 and SHA-256 of image files.",
        discussion: """
            Reads JPEG, PNG, WebP and GIF (its first frame), told apart by content. Of a directory, \
            every file below it in the order of their paths. A file that has no PDQ hash still gets \
            the other three, and a line that says why; the exit code is then 1.

            A PDQ hash of quality below 50 says too little to be matched.
            """)

    @Argument(help: "Files, and directories of files.")
    var paths: [String]

    @Flag(help: "One JSON object a line.")
    var json = false

    @Flag(help: "Also the hashes of the turned and mirrored pictures.")
    var dihedral = false

    @Option(
        help: """
            full: the image as it is, as most lists were made; nn512: first to 512 × 512 by nearest \
            neighbour, as the reference's own tool does.
            """)
    var mode = Mode.full

    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case full
        case nn512
    }

    @Option(help: "Images of more pixels are refused.")
    var maxPixels = ImageLimits().pixels

    @Option(help: "Files hashed at the same time.")
    var jobs = min(8, ProcessInfo.processInfo.activeProcessorCount)

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("Name a file or a directory.") }
        guard maxPixels > 0 else { throw ValidationError("--max-pixels must be positive.") }
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs must be 1 to 64.") }
    }

    func run() async throws {
        let list = FileList(paths)
        let hasher = FileHasher(
            mode: mode == .full ? .full : .nn512, dihedral: dihedral,
            limits: ImageLimits(pixels: maxPixels))
        let screen = Screen()
        var progress = HashProgress(total: list.files.count)
        var failed = list.problems.count
        for problem in list.problems { show(problem, screen, &progress) }
        try await forEachInOrder(list.files, atOnce: jobs, hasher.hash) { report in
            if report.error != nil { failed += 1 }
            show(report, screen, &progress)
            progress.step()
        }
        progress.end()
        if failed > 0 {
            let total = grouped(list.files.count + list.problems.count)
            throw Finding(text: "\(grouped(failed)) of \(total) files have no PDQ hash")
        }
    }

    private func show(_ report: FileReport, _ screen: Screen, _ progress: inout HashProgress) {
        progress.clear()
        screen.line(json ? report.json : report.text(screen))
    }
}

/// Runs `work` on several items at once and hands the results over in the items' order.
func forEachInOrder<Item: Sendable, Output: Sendable>(
    _ items: [Item], atOnce: Int, _ work: @escaping @Sendable (Item) -> Output,
    _ receive: (Output) -> Void
) async throws {
    // A result may wait for a slower one before it; no more than this many do.
    let window = atOnce * 4
    try await withThrowingTaskGroup(of: (Int, Output).self) { group in
        var (next, delivered, running) = (0, 0, 0)
        var waiting: [Int: Output] = [:]
        while delivered < items.count {
            while running < atOnce, next < items.count, next < delivered + window {
                let (index, item) = (next, items[next])
                group.addTask { (index, work(item)) }
                next += 1
                running += 1
            }
            guard let (index, output) = try await group.next() else { break }
            running -= 1
            waiting[index] = output
            while let ready = waiting.removeValue(forKey: delivered) {
                receive(ready)
                delivered += 1
            }
        }
    }
}
