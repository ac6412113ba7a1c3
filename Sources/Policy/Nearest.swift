/// Longer names are not compared, nor shown whole.
let maximumNameBytes = 64

/// The known name that was most likely meant; nil where none is close.
func nearest(_ name: String, among known: [String]) -> String? {
    guard name.utf8.count <= maximumNameBytes else { return nil }
    let limit = max(1, name.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in known {
        let distance = editDistance(Array(name.lowercased()), Array(candidate))
        if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// Insertions, deletions, changes and swaps of neighbours.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var before: [Int] = []
    var above = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var cost = min(above[j] + (a[i] == b[j] ? 0 : 1), above[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                cost = min(cost, before[j - 1] + 1)
            }
            row.append(cost)
        }
        (before, above) = (above, row)
    }
    return above[b.count]
}
