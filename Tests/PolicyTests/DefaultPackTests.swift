import Behaviour
import Policy
import SafetyModel
import Testing

@Suite("The default pack")
struct DefaultPackTests {
    private func run(_ signals: [Signal]) -> [ProposalDraft] {
        var state = SubjectState()
        return signals.flatMap { evaluate(.builtin, &state, $0).drafts }
    }

    private func media(
        _ use: MediaUse, _ match: Match, _ attribution: Attribution = .serverObserved,
        of subject: Subject = account("a"), uploader: String? = "u", actor: String? = nil
    ) -> Signal {
        signal(
            .mediaSet, of: subject, actor: actor,
            media: [item(use, attribution, uploader: uploader)], matches: [match])
    }

    private func actions(_ drafts: [ProposalDraft]) -> Set<Action> {
        Set(drafts.flatMap(\.actions))
    }

    @Test("Known media on a profile photo asks for everything, against who set it")
    func profilePhoto() {
        #expect(
            lines(run([media(.profilePhoto, match(), uploader: nil)])) == [
                "known-media-on-profile account:a preserve_evidence remove_profile_media "
                    + "suspend_account ban_account report_cybertip"
            ])
    }

    @Test("Known media as an icon brings the group down only when who runs it set it")
    func groupIcon() {
        let created = signal(.created, of: group("g"), actor: "owner")
        let byOwner = run([created, media(.groupIcon, match(), of: group("g"), uploader: "owner")])
        #expect(byOwner.map(\.rule).allSatisfy { $0 == "known-media-as-group-icon" })
        #expect(actions(byOwner).contains(.disableGroup))
        let byMember = run([created, media(.groupIcon, match(), of: group("g"), uploader: "m")])
        #expect(byMember.map(\.target) == [account("m"), group("g")])
        #expect(!actions(byMember).contains(.disableGroup))
        #expect(actions(byMember).contains(.removeGroupMedia))
    }

    @Test("Media that a reporter claims lead to review only, whatever they match")
    func claimed() {
        for category in BankCategory.allCases where category != .knownBenign {
            for algorithm in [HashAlgorithm.sha256, .pdq] {
                let drafts = run([
                    media(.reportedMessage, match(category, algorithm), .reporterClaimed)
                ])
                #expect(!drafts.isEmpty)
                #expect(actions(drafts).isSubset(of: [.preserveEvidence, .requestReview]))
            }
        }
    }

    @Test("Only exact matches with listed entries ask for what cannot be undone")
    func irreversible() {
        for category in BankCategory.allCases {
            for use in MediaUse.allCases {
                for attribution in Attribution.allCases {
                    for external in [nil, "service-a"] {
                        for algorithm in [HashAlgorithm.sha256, .pdq] {
                            let hit = match(category, algorithm, provider: external)
                            let drafts = run([media(use, hit, attribution)])
                            guard
                                actions(drafts).contains(where: { $0.actionClass == .irreversible })
                            else { continue }
                            #expect(category == .csam && algorithm == .sha256 && external == nil)
                            #expect(attribution != .reporterClaimed)
                            #expect(!actions(drafts).contains(.removeGroup))
                        }
                    }
                }
            }
        }
    }

    @Test("Every match leads to something, except with what is known benign")
    func noMatchIsSilent() {
        for category in BankCategory.allCases where category != .knownBenign {
            for use in MediaUse.allCases {
                for attribution in Attribution.allCases {
                    for algorithm in [HashAlgorithm.sha256, .pdq] {
                        let drafts = run([media(use, match(category, algorithm), attribution)])
                        #expect(actions(drafts).contains(.requestReview) || !drafts.isEmpty)
                    }
                }
            }
        }
        #expect(run([media(.profilePhoto, match(.knownBenign))]).isEmpty)
    }

    @Test("The minor-submitted path removes, supports, secures and never punishes")
    func minorSubmitted() {
        for use in MediaUse.allCases {
            let drafts = run([media(use, match(.minorSubmitted))])
            #expect(actions(drafts).isSuperset(of: [.offerSupport, .requestReview]))
            #expect(
                actions(drafts).isDisjoint(with: [.banAccount, .suspendAccount, .reportCyberTip]))
        }
    }

    @Test("However many report, reports alone restrict nobody")
    func brigading() {
        for subject in [account("a"), group("g"), link("l")] {
            let kinds: [EventFlags] = [[], .agedReporter, [.agedReporter, .imminent]]
            for flags in kinds {
                var reports: [Signal] = []
                for n in 0..<1000 as Range<UInt64> {
                    reports.append(
                        signal(
                            n % 2 == 0 ? .reported : .reportWeighed,
                            at: noon + .minutes(Int64(n / 2)), of: subject,
                            actor: "r\(n / 2)", party: n / 2 + 1, flags: flags,
                            category: UInt8(n / 2 % 8 + 1)))
                }
                let drafts = run(reports)
                #expect(!drafts.isEmpty)
                #expect(actions(drafts).allSatisfy { $0.actionClass == .protective })
            }
        }
    }

    @Test("Behaviour alone asks only for what expires, and always for a human too")
    func behaviourAlone() {
        var generator: UInt64 = 1
        var drafts: [ProposalDraft] = []
        for subject in [account("a"), group("g"), link("l")] {
            var signals: [Signal] = []
            for n in 0..<3000 as Range<UInt64> {
                generator = generator &* 6_364_136_223_846_793_005 &+ 1
                let kinds = SignalKind.allCases
                let others = [account("r"), group("r"), link("r")]
                signals.append(
                    signal(
                        kinds[Int(generator >> 33) % kinds.count],
                        at: noon + .minutes(Int64(n)), of: subject, actor: "x",
                        related: others[Int(n % 3)], party: generator >> 40, amount: 3,
                        flags: EventFlags(rawValue: UInt32(truncatingIfNeeded: generator >> 50)),
                        category: UInt8(n % 9), decision: id(n), action: .disableGroup))
            }
            drafts += run(signals)
        }
        #expect(Set(drafts.map(\.rule)).count > 12)
        #expect(actions(drafts).allSatisfy { $0.actionClass != .irreversible })
        for rule in Set(drafts.map(\.rule)) {
            #expect(drafts.contains { $0.rule == rule && $0.actions.contains(.requestReview) })
        }
    }

    @Test("An advertised group that old accounts report is restricted; with new ones it is not")
    func advertised() {
        func story(_ flags: EventFlags) -> [ProposalDraft] {
            var signals = [
                signal(.created, of: group("g"), actor: "owner"),
                signal(.linkCreated, of: group("g"), related: link("l")),
            ]
            for n in 1...3 as ClosedRange<UInt64> {
                signals.append(
                    signal(
                        .sighted, of: group("g"), related: link("l"), party: n,
                        category: UInt8(n)))
                for kind in [SignalKind.reported, .reportWeighed] {
                    signals.append(
                        signal(kind, of: group("g"), party: n, flags: flags, category: 1))
                }
            }
            return run(signals)
        }
        #expect(
            lines(story(.agedReporter)).contains(
                "advertised-group-with-reports inviteLink:l delist_invite_link"))
        #expect(actions(story([])) == [.requestReview])
    }

    @Test("A report of danger, and a minor's about themselves, reach a human every time")
    func alwaysReview() {
        let kinds: [EventFlags] = [.imminent, [.aboutReporter, .reporterMinor]]
        for flags in kinds {
            let reports = (0..<5).map { n in
                signal(.reported, at: noon + .seconds(n), actor: "r", party: 1, flags: flags)
            }
            let drafts = run(reports).filter { $0.target == account("a") }
            #expect(drafts.count == 5)
            #expect(drafts.allSatisfy { $0.actions.contains(.requestReview) })
        }
    }

    @Test("A new account on a known device that creates groups at once meets friction")
    func evasion() {
        let start = signal(.registered, flags: .reusedDevice)
        let groups = (1...2).map { signal(.groupCreated, at: noon + .hours($0)) }
        #expect(
            run([start] + groups).map(\.rule) == [
                "new-on-known-device-at-work", "evasion-by-device-groups",
            ])
        #expect(run([signal(.registered)] + groups).isEmpty)
    }

    @Test("Ordinary life leads to nothing")
    func ordinary() {
        var life = [signal(.registered, at: noon - .days(300))]
        for day in 0..<60 as Range<Int64> {
            let morning = noon + .days(day)
            life.append(signal(.contacts, at: morning, amount: 3))
            life.append(signal(.joinedByLink, at: morning, related: group("j\(day)")))
            if day % 7 == 0 {
                life.append(signal(.groupCreated, at: morning, related: group("g\(day)")))
                life.append(signal(.linkCreated, at: morning, related: link("l\(day)")))
                life.append(signal(.profileChanged, at: morning))
            }
            if day % 30 == 0 { life.append(signal(.deviceChanged, at: morning)) }
        }
        #expect(run(life).isEmpty)
    }
}
