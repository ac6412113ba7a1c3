import EventSchemas
import SwiftProtobuf

/// What a new group looks like, and who may do what in it.
struct GroupProfile {
    var name: String
    var icon: SimulatedFile?
    var isDiscoverable = false
    var needsApproval = false
    /// Everybody may change name and icon, not only admins.
    var everybodyEdits = false

    var settings: PBGroupSettings {
        .with {
            $0.send = .everyone
            $0.addMembers = .admins
            $0.editProfile = everybodyEdits ? .everyone : .admins
            $0.joinApproval = needsApproval
            $0.discoverable = isDiscoverable
        }
    }
}
