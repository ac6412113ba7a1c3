import EventSchemas
import SafetyModel

/// What somebody of an incident does at a planned time, if they and what they act on are still
/// there. Where nobody is named, it is somebody of the public.
enum Deed {
    /// The pattern's own later parts, by its own numbers.
    case scene(Int)
    /// Joins by the link, and by this chance leaves again some minutes later.
    case join(link: Int, member: Int? = nil, leaves: Double = 0)
    /// Finds the group by search and joins.
    case find(group: Int, member: Int? = nil, leaves: Double = 0)
    case leave(group: Int, member: Int)
    case complain(Complaint)
    case withdraw(Subject, by: Int)
    case block(account: Int, by: Int? = nil)
    case sight(link: Int, PBSightingSourceClass, token: String)
    case summary(account: Int, Contacts)
}

/// A report that somebody is going to file.
struct Complaint {
    var subject: Subject
    var category = PBReportCategory.csam
    /// Nil for somebody of the public, or somebody not drawn yet.
    var reporter: Int?
    var source = PBReportSource.user
    var relation = PBReporterRelation.stranger
    /// Whom it is about, where the subject is not that account.
    var about: Int?
    var group: Int?
    /// What is said to have been sent by `about`.
    var file: SimulatedFile?
    var attribution = PBAttribution.reporterClaimed
    /// The reporter knows that it is not so.
    var isFalse = false
}

/// What an account did in an hour, as counts.
struct Contacts {
    var first = 0
    var minors = 0
    var blocked = 0
    var groupAdds = 0
    var strangersAdded = 0
    var links = 0
    var forwards = 0
}
