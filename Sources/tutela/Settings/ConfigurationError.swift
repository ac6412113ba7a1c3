/// Something is wrong with the settings: where, what, and what to do. Holds no secret.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `tutela.yaml:12`, or the name of a variable or setting.
    package var place: String
    package var problem: String
    package var remedy: String

    package init(where place: String, _ problem: String, _ remedy: String = "") {
        self.place = place
        self.problem = problem
        self.remedy = remedy
    }

    package var description: String {
        remedy.isEmpty ? "\(place): \(problem)" : "\(place): \(problem)\n  \(remedy)"
    }
}

/// The known name that is nearest to what was written, if any is near.
func nearest(_ written: String, among known: [String]) -> String? {
    let limit = max(2, written.count / 3)
    var best: (name: String, distance: Int)?
    for name in known {
        let distance = editDistance(Array(written.utf8), Array(name.utf8))
        if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let replaced = diagonal + (x == y ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
