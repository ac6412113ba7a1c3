import KafkaLog
import Streaming
import Testing

@Suite struct SettingsTests {
    @Test(
        "A property that would break a guarantee is refused by name",
        arguments: ["isolation.level", "transactional.id", "partition.assignment.strategy"])
    func refusesReserved(name: String) {
        let settings = KafkaSettings(brokers: "localhost:1", properties: [name: "secret-value"])
        let error = #expect(throws: LogError.self) { _ = try KafkaLog(settings) }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains(name) == true)
        #expect(error?.message.contains("secret-value") == false)
    }
}
