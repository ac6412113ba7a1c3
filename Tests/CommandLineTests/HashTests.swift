import Foundation
import Testing

@Suite("The hash command")
struct HashTests {
    private static let images = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "MediaHashingTests/Images")

    private func copy(_ name: String, to directory: URL, as other: String? = nil) throws {
        let target = directory.appending(path: other ?? name)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: Self.images.appending(path: name), to: target)
    }

    private func objects(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map {
            try #require(
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test("A directory is hashed to its depths, in the order of paths, whatever finishes first")
    func directory() throws {
        try Program.withDirectory { directory in
            try copy("over-512.jpg", to: directory, as: "a.jpg")
            try copy("still.gif", to: directory, as: "b/c.gif")
            try copy("rgb.png", to: directory, as: "B.png")
            let result = try Program.run(["hash", "--json", "--jobs", "3", directory.path()])
            #expect(result.status == 0, "\(result.error)")
            let all = try objects(result.output)
            let files = all.compactMap { $0["file"] as? String }
            #expect(files.map { String($0.suffix(5)) } == ["B.png", "a.jpg", "c.gif"])
            #expect(all.allSatisfy { ($0["pdq"] as? String)?.count == 64 })
            #expect(all.allSatisfy { $0["quality"] as? Int == 100 })
        }
    }

    @Test("The exact digests are those of the bytes, also where there is no picture")
    func digests() throws {
        try Program.withDirectory { directory in
            let file = directory.appending(path: "abc.png")
            try Data("abc".utf8).write(to: file)
            let result = try Program.run(["hash", "--json", file.path()])
            #expect(result.status == 1)
            let report = try #require(try objects(result.output).first)
            #expect(report["md5"] as? String == "900150983cd24fb0d6963f7d28e17f72")
            #expect(report["sha1"] as? String == "a9993e364706816aba3e25717850c26c9cd0d89d")
            #expect(
                report["sha256"] as? String
                    == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            #expect(report["pdq"] == nil)
            #expect((report["error"] as? String)?.contains("JPEG, PNG, WebP or GIF") == true)
        }
    }

    @Test("One bad file does not stop the others; each error is told, and the exit code is 1")
    func errors() throws {
        try Program.withDirectory { directory in
            try copy("rgb.png", to: directory, as: "whole.png")
            let bytes = try Data(contentsOf: Self.images.appending(path: "baseline.jpg"))
            try bytes.prefix(bytes.count / 2).write(to: directory.appending(path: "half.jpg"))
            try Data().write(to: directory.appending(path: "nothing.gif"))
            let result = try Program.run(["hash", directory.path(), "/no/such/file"])
            #expect(result.status == 1)
            #expect(result.output.contains("there is no such file"))
            #expect(result.output.contains("a JPEG that ends too early"))
            #expect(result.output.contains("the file is empty"))
            #expect(result.output.contains("quality 100"))
            #expect(result.error == "tutela: 3 of 4 files have no PDQ hash\n")
        }
    }

    @Test("Modes differ above 512 pixels only; the turned hashes come by name")
    func modes() throws {
        func hash(_ name: String, _ arguments: [String]) throws -> [String: Any] {
            let path = Self.images.appending(path: name).path()
            let result = try Program.run(["hash", "--json"] + arguments + [path])
            return try #require(try objects(result.output).first)
        }
        let big = "over-512.jpg"
        let (full, small) = (try hash(big, []), try hash(big, ["--mode", "nn512"]))
        #expect(full["pdq"] as? String != small["pdq"] as? String)
        let tall = try hash("tall.jpg", ["--dihedral"])
        #expect(
            tall["pdq"] as? String == (try hash("tall.jpg", ["--mode", "nn512"]))["pdq"] as? String)
        let turned = try #require(tall["dihedral"] as? [String: String])
        #expect(turned.count == 8 && turned["original"] == tall["pdq"] as? String)
        #expect(Set(turned.values).count == 8)
    }

    @Test("A limit on pixels is a clear error, and wrong usage is told apart")
    func limits() throws {
        let path = Self.images.appending(path: "rgb.png").path()
        let result = try Program.run(["hash", "--max-pixels", "100", path])
        #expect(result.status == 1)
        #expect(result.output.contains("90 × 70 PNG is more than 100 pixels"))
        #expect(try Program.run(["hash", "--mode", "half", path]).status == 64)
        #expect(try Program.run(["hash"]).status == 64)
    }

    @Test("What is not a terminal gets neither colours nor a bar")
    func plain() throws {
        let result = try Program.run(["hash", Self.images.path()])
        #expect(result.status == 0, "\(result.error)")
        #expect(!result.output.contains("\u{1b}") && result.error.isEmpty)
    }
}
