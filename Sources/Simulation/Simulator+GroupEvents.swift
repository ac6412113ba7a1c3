import EventSchemas
import SafetyModel
import SwiftProtobuf

/// What happens to groups and their links.
extension Simulator {
    /// The group has just been made by its creator.
    mutating func announce(group: Int, _ profile: GroupProfile, at time: Instant) {
        let creator = world.groups[group].creator
        let name = sealable(profile.name, by: creator)
        let icon = profile.icon.map { media($0, .groupIcon, by: creator, at: time) }
        groupEvent(
            group, by: creator, "created", at: time, snapshot: icon != nil,
            .created(
                .with {
                    $0.kind = .group
                    $0.settings = profile.settings
                    $0.name = name
                    $0.nameSketch = GeneratedText.sketch(profile.name)
                    if let icon { $0.icon = icon }
                }))
    }

    mutating func setIcon(_ group: Int, by setter: Int, _ file: SimulatedFile?, at time: Instant) {
        let new = file.map { media($0, .groupIcon, by: setter, at: time) }
        groupEvent(
            group, by: setter, "changed", at: time, snapshot: true,
            .changed(
                .with {
                    $0.field = .icon
                    if let new { $0.newMedia = new }
                }))
    }

    /// Changes the name or the description.
    mutating func setText(
        _ group: Int, by setter: Int, _ field: PBGroupField, _ text: String, at time: Instant
    ) {
        let old = field == .name ? sealable(world.groups[group].name, by: setter) : nil
        let new = sealable(text, by: setter)
        if field == .name { world.groups[group].name = text }
        groupEvent(
            group, by: setter, "changed", at: time,
            .changed(
                .with {
                    $0.field = field
                    $0.newText = new
                    if let old { $0.oldText = old }
                    $0.newTextSketch = GeneratedText.sketch(text)
                }))
    }

    mutating func makeAdmin(_ group: Int, _ member: Int, by admin: Int, at time: Instant) {
        let id = world.accounts[member].id
        groupEvent(
            group, by: admin, "admin_changed", at: time,
            .adminChanged(
                .with {
                    $0.memberAccountID = id
                    $0.isAdmin = true
                }))
    }

    mutating func addMember(
        _ group: Int, _ member: Int, by adder: Int, known: PBTriState = .yes, at time: Instant
    ) {
        world.groups[group].members.append(member)
        let account = world.accounts[member]
        groupEvent(
            group, by: adder, "member_added", at: time,
            .memberAdded(
                .with {
                    $0.memberAccountID = account.id
                    $0.adderInContacts = known
                    $0.memberAgeBand = account.ageBand
                }))
    }

    /// Somebody declined to be added.
    mutating func refuse(_ group: Int, by member: Int, adder: Int? = nil, at time: Instant) {
        let id = world.accounts[member].id
        let other = adder.map { world.accounts[$0].id } ?? ""
        groupEvent(
            group, by: member, "member_refused", at: time,
            .memberRefused(
                .with {
                    $0.memberAccountID = id
                    $0.kind = .addDeclined
                    $0.otherAccountID = other
                }))
    }

    /// Leaves, if a member.
    mutating func leave(_ group: Int, _ member: Int, at time: Instant) {
        guard let place = world.groups[group].members.lastIndex(of: member) else { return }
        world.groups[group].members.remove(at: place)
        let id = world.accounts[member].id
        groupEvent(
            group, by: member, "member_left", at: time,
            .memberLeft(.with { $0.memberAccountID = id }))
    }

    mutating func remove(_ group: Int, _ member: Int, by admin: Int, at time: Instant) {
        if let place = world.groups[group].members.lastIndex(of: member) {
            world.groups[group].members.remove(at: place)
        }
        let id = world.accounts[member].id
        groupEvent(
            group, by: admin, "member_removed", at: time,
            .memberRemoved(.with { $0.memberAccountID = id }))
    }

    mutating func dissolve(_ group: Int, by actor: Int, at time: Instant) {
        groupEvent(group, by: actor, "dissolved", at: time, .dissolved(PBGroupDissolved()))
        world.groups[group].isGone = true
    }

    /// The link has just been made.
    mutating func announce(link: Int, by creator: Int, at time: Instant) {
        inviteEvent(link, by: creator, "created", at: time, .created(PBInviteCreated()))
    }

    /// The link is replaced by another, which exists already.
    mutating func resetLink(_ link: Int, by actor: Int, next: Int, at time: Instant) {
        let nextID = world.links[next].id
        inviteEvent(
            link, by: actor, "reset", at: time, .reset(.with { $0.replacedByLinkID = nextID }))
        world.links[link].isGone = true
    }

    mutating func join(_ link: Int, by member: Int, at time: Instant) {
        let account = world.accounts[member]
        inviteEvent(
            link, by: member, "joined", at: time,
            .joined(
                .with {
                    $0.memberAccountID = account.id
                    $0.memberAgeBand = account.ageBand
                }))
        joined(world.links[link].group, by: member, link: world.links[link].id, at: time)
    }

    /// Joins without a link, having found the group by search.
    mutating func find(_ group: Int, by member: Int, at time: Instant) {
        joined(group, by: member, link: "", at: time)
    }

    private mutating func joined(_ group: Int, by member: Int, link: String, at time: Instant) {
        world.groups[group].members.append(member)
        let account = world.accounts[member]
        groupEvent(
            group, by: member, "member_joined", at: time,
            .memberJoined(
                .with {
                    $0.memberAccountID = account.id
                    $0.linkID = link
                    $0.memberAgeBand = account.ageBand
                }))
    }

    /// A crawler sees the link outside.
    mutating func sight(
        _ link: Int, _ place: PBSightingSourceClass, token: String, at time: Instant
    ) {
        inviteEvent(
            link, by: nil, "sighted", at: time,
            .sighted(
                .with {
                    $0.sourceClass = place
                    $0.sourceToken = token
                    $0.crawler = "crawler-a"
                    $0.firstSeenUnixMs = time.milliseconds
                }))
    }
}
