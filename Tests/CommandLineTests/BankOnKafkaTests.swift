import Foundation
import KafkaLog
import KafkaTesting
import Streaming
import Testing

@Suite("Banks on a broker")
struct BankOnKafkaTests {
    private let source = TopicPartition("bank-test-\(UInt32.random(in: 0 ... .max))", 0)

    @Test("An import that is killed on a broker is gone on with, and nothing is doubled")
    func killed() async throws {
        // Of its own where none is given: so large an import delays what others time there.
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        let log = try KafkaLog(KafkaSettings(brokers: broker.address))
        let topic = source.topic
        _ = try await log.createTopics([TopicPlan(topic, partitions: 1)])
        let folder = try Program.makeDirectory()
        defer { try? FileManager.default.removeItem(at: folder) }
        let list = folder.appending(path: "l.csv")
        try Data(bigList.utf8).write(to: list)
        let arguments = ["bank", "import", "--bank", "list-a"]
        let environment = [
            "TUTELA_KAFKA_BROKERS": broker.address, "TUTELA_TOPICS_HASH_ENTRIES": topic,
        ]
        let pipe = folder.appending(path: "half.csv")
        let writer = try Program.stuckFile(halfOfBigList, at: pipe)
        defer { writer.terminate() }
        let wasKilled = try await Program.kill(arguments + [pipe.path()], environment: environment)
        {
            ((try? await log.bounds(of: source).end) ?? 0) > 4_000
        }
        #expect(wasKilled)
        let rest = try Program.run(arguments + [list.path()], environment: environment)
        #expect(rest.status == 0, "\(rest.error)")
        #expect(!rest.output.contains("unchanged       0"))
        let keys = try await keys(log)
        #expect(keys.count == bigListCount && Set(keys).count == bigListCount)
        let again = try Program.run(arguments + [list.path()], environment: environment)
        #expect(again.output.contains("unchanged  60,000"), "\(again.output)")
        await log.close()
    }

    private func keys(_ log: KafkaLog) async throws -> [String] {
        let reader = try await log.openReader(source, from: 0, follow: false)
        var keys: [String] = []
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count {
                keys.append(String(decoding: chunk[index].bytes(of: .key) ?? [], as: UTF8.self))
            }
        }
        await reader.close()
        return keys
    }
}
