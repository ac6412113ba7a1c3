import Foundation

/// The files that paths stand for: themselves, or all below a directory in the order of their paths.
struct FileList {
    private(set) var files: [String] = []
    /// Paths that stand for nothing.
    private(set) var problems: [FileReport] = []

    init(_ paths: [String]) {
        for path in paths { add(path) }
    }

    private mutating func add(_ path: String) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            problems.append(FileReport(path: path, error: "there is no such file"))
            return
        }
        guard isDirectory.boolValue else {
            files.append(path)
            return
        }
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
            problems.append(FileReport(path: path, error: "the directory cannot be read"))
            return
        }
        let base = path.hasSuffix("/") ? path : path + "/"
        // By bytes, which no language setting changes.
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let type = try? FileManager.default.attributesOfItem(atPath: base + name)[.type]
            if type as? FileAttributeType != .typeDirectory { files.append(base + name) }
        }
    }
}
