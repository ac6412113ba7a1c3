import Foundation
import MediaHashing

/// CPU seconds of this thread.
private func cpu() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Hashes one file again and again; a line of JSON with CPU microseconds an image, in all and for the
/// decoding that is part of it.
private func measure(_ path: String, rounds: Int) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var (decode, all) = (0.0, 0.0)
    var last: PDQHash?
    for round in 0...rounds {
        let start = cpu()
        _ = try DecodedImage(luminanceOf: bytes.span.bytes)
        let decoded = cpu()
        last = try PDQHasher.hash(file: bytes.span.bytes).hash
        // The first round warms up.
        guard round > 0 else { continue }
        decode += decoded - start
        all += cpu() - decoded
    }
    let scale = 1e6 / Double(rounds)
    print(
        "{\"file\": \"\(URL(filePath: path).lastPathComponent)\", \"pdq\": \"\(last?.hex ?? "")\", "
            + "\"decode_us\": \(decode * scale), \"hash_us\": \((all - decode) * scale)}")
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard let rounds = arguments.first.flatMap({ Int($0) }), rounds > 0, arguments.count > 1 else {
    FileHandle.standardError.write(Data("usage: tutela-bench-images ROUNDS FILE…\n".utf8))
    exit(64)
}
for path in arguments.dropFirst() { try measure(path, rounds: rounds) }
