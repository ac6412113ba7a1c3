import SafetyModel

/// What few subjects have. It is apart, so that the others have a pointer of it: there are a million
/// rows.
struct Seldom: Sendable, Equatable {
    var numberChange = OptionalInstant()
    /// When the account reported being threatened.
    var threat = OptionalInstant()
    var feedback = Feedback()
    var arming = RuleArming()
    var testimony = Testimony()

    var isEmpty: Bool {
        numberChange.instant == nil && threat.instant == nil && feedback.all.isEmpty
            && arming.shots.isEmpty && testimony.isEmpty
    }
}

extension SubjectState {
    var seldom: Seldom { seldomBox.first ?? Seldom() }
    var testimony: Testimony? { seldomBox.first?.testimony }

    /// Changes it in place; where nothing is left, the room is given back.
    mutating func changeSeldom<Result>(_ body: (inout Seldom) -> Result) -> Result {
        if seldomBox.isEmpty { seldomBox = [Seldom()] }
        let result = body(&seldomBox[0])
        if seldomBox[0].isEmpty { seldomBox = [] }
        return result
    }
}
