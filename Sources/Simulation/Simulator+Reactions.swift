import EventSchemas
import SafetyModel
public import Streaming
import SwiftProtobuf

extension Simulator {
    /// Tells the simulated world what the pipeline published. Other topics' records are passed over.
    /// - Returns: false for a record that should be readable and is not.
    @discardableResult
    public mutating func observe(_ record: Record) -> Bool {
        let topic = record.source.topic
        guard record.bytes(of: .value) != nil else { return true }
        if topic == settings.topics.enforcement {
            guard let enforcement: PBEnforcement = record.message() else { return false }
            react(to: enforcement)
            return true
        }
        if topic == settings.topics.reviewRequests {
            guard let request: PBReviewRequest = record.message() else { return false }
            reviewer.read(request, at: now)
        }
        return true
    }

    private mutating func react(to enforcement: PBEnforcement) {
        guard let subject = Subject(enforcement.subject), enforcement.mode == .enforce else {
            return
        }
        reviewer.read(enforcement, subject, truth: world.truth, at: now)
        if enforcement.action == .reverse {
            guard !enforcement.stillHeld else { return }
            setGone(subject, false, by: enforcement.reversedAction)
        } else {
            setGone(subject, true, by: enforcement.action)
        }
    }

    /// The platform carries an action out, or lifts it.
    private mutating func setGone(_ subject: Subject, _ isGone: Bool, by action: PBActionKind) {
        guard let at = world.index[subject] else { return }
        switch (subject.kind, action) {
        case (.account, .banAccount), (.account, .suspendAccount):
            let was = world.accounts[at].isGone
            world.accounts[at].isGone = isGone
            if isGone, !was {
                world.accounts[at].priorEnforcements += 1
                comeBack(subject)
            } else if !isGone, was {
                agenda.plan(.reinstate(account: at), at: now + .minutes(5))
            }
        case (.group, .removeGroup), (.group, .disableGroup):
            let was = world.groups[at].isGone
            world.groups[at].isGone = isGone
            if isGone, !was { comeBack(subject) }
        case (.inviteLink, .revokeInviteLink): world.links[at].isGone = isGone
        default: break
        }
    }

    /// Some offenders come back when they lose what they had.
    private mutating func comeBack(_ subject: Subject) {
        guard settings.isReactive else { return }
        let label = world.truth.label(of: subject)
        guard label.part == .offender,
            label.pattern == .banEvasion || label.pattern == .outreach && subject.kind == .account,
            let index = incidents.firstIndex(where: {
                $0.pattern == label.pattern && $0.number == label.incident
            }),
            incidents[index].returns < Incident.maximumReturns
        else { return }
        incidents[index].returns += 1
        next(index, about: .hours(5), from: now)
    }
}

extension Subject {
    init?(_ reference: PBSubjectRef) {
        switch reference.kind {
        case .account: self.init(.account, reference.id)
        case .group: self.init(.group, reference.id)
        case .inviteLink: self.init(.inviteLink, reference.id)
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }

    var reference: PBSubjectRef {
        .with {
            $0.kind = PBSubjectKind(rawValue: Int(kind.rawValue)) ?? .unspecified
            $0.id = id
        }
    }
}
