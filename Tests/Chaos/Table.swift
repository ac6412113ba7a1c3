import Foundation

/// The findings as a person reads them.
struct Table {
    var findings: [Finding]

    /// Prints all, problems below each.
    /// - Returns: whether all hold.
    func show() -> Bool {
        let width = findings.map(\.title.count).max() ?? 0
        say("")
        for finding in findings {
            let title = finding.title + String(repeating: " ", count: width - finding.title.count)
            say(
                "(\(finding.check)) \(finding.holds ? "ok  " : "FAIL")  \(title)  \(finding.detail)"
            )
            for problem in finding.problems.prefix(10) { say("          \(problem)") }
            if finding.problems.count > 10 {
                say("          and \(finding.problems.count - 10) more")
            }
        }
        return findings.allSatisfy(\.holds)
    }
}

extension Duration {
    /// Seconds with one digit.
    var brief: String {
        let tenths = components.seconds * 10 + components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

/// A line on the screen, at once even where the output is a file.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}
