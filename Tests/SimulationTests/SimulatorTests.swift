import Crypto
import EventSchemas
import SafetyModel
import Simulation
import Streaming
import SwiftProtobuf
import Testing

private func settings(seed: UInt64 = 7) -> SimulationSettings {
    var settings = SimulationSettings()
    settings.seed = seed
    settings.accounts = 200
    settings.days = 2
    return settings
}

private func digest(_ settings: SimulationSettings) -> String {
    var simulator = Simulator(settings)
    var hash = SHA256()
    hash.update(data: simulator.hashEntries().bytes)
    while let slice = simulator.nextSlice() { hash.update(data: slice.records.bytes) }
    return Array(hash.finalize()).hex
}

@Suite("Simulator")
struct SimulatorTests {
    @Test("The same seed gives the same bytes, another seed gives others")
    func repeats() {
        #expect(digest(settings()) == digest(settings()))
        #expect(digest(settings()) != digest(settings(seed: 8)))
    }

    @Test("Every pattern of the settings is started and labelled")
    func startsPatterns() {
        var simulator = Simulator(settings())
        while simulator.nextSlice() != nil {}
        for pattern in TrafficPattern.allCases {
            let wanted = simulator.settings.incidents[pattern]
            #expect(simulator.truth.started[pattern, default: 0] == wanted)
        }
    }

    @Test("Records carry the key's home partition and the slice's end as time stamp")
    func placesRecords() {
        var simulator = Simulator(settings())
        let places = simulator.settings
        var seen = 0
        while let slice = simulator.nextSlice() {
            for entry in slice.records.entries {
                #expect(entry.timestamp == slice.end.milliseconds)
                let topic = slice.records.topics[entry.topic]
                guard topic.hasPrefix("platform."), let key = entry.key else { continue }
                seen += 1
                let home = places.partitioner.partition(
                    of: slice.records.bytes[key], count: places.partitions)
                // A damaged key keeps the partition of the true one.
                if !slice.records.bytes[key].elementsEqual([]), home != entry.partition {
                    let text = String(decoding: slice.records.bytes[key], as: UTF8.self)
                    #expect(text.hasSuffix("-other"))
                }
            }
        }
        #expect(seen > 1_000)
    }

    @Test("With subjects kept together, everyone an event names lives in its partition")
    func keepsTogether() throws {
        var wanted = settings()
        wanted.keepsSubjectsTogether = true
        wanted.days = 5
        wanted.noise = .none
        var simulator = Simulator(wanted)
        func home(_ id: String) -> Int32 {
            wanted.partitioner.partition(of: id.utf8, count: wanted.partitions)
        }
        var seen = 0
        while let slice = simulator.nextSlice() {
            for entry in slice.records.entries {
                let topic = slice.records.topics[entry.topic]
                guard let value = entry.value else { continue }
                let bytes = Array(slice.records.bytes[value])
                let text: String
                switch topic {
                case wanted.topics.accounts:
                    text = try PBAccountEvent(serializedBytes: bytes).jsonString()
                case wanted.topics.groups:
                    text = try PBGroupEvent(serializedBytes: bytes).jsonString()
                case wanted.topics.invites:
                    text = try PBInviteEvent(serializedBytes: bytes).jsonString()
                case wanted.topics.reports:
                    text = try PBReportEvent(serializedBytes: bytes).jsonString()
                default: continue
                }
                for name in text.matches(of: /(?:acct|grp|lnk)-[0-9a-f]{12}/) {
                    seen += 1
                    #expect(home(String(name.output)) == entry.partition, "\(text)")
                }
            }
        }
        #expect(seen > 10_000)
    }
}
