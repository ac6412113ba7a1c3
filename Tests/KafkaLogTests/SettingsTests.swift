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

    @Test("An unknown property or value is refused without repeating the value")
    func refusesUnknown() {
        for (name, value) in [
            ("sasl.pasword", "hunter-2-secret"), ("security.protocol", "hunter-2-secret"),
        ] {
            let settings = KafkaSettings(brokers: "localhost:1", properties: [name: value])
            let error = #expect(throws: LogError.self) { _ = try KafkaLog(settings) }
            #expect(error?.code == .misconfigured)
            #expect(error?.message.contains(name) == true)
            #expect(error?.message.contains(value) == false)
        }
    }

    @Test("TLS and SASL properties are passed through")
    func takesSecurity() async throws {
        let log = try KafkaLog(
            KafkaSettings(
                brokers: "localhost:1",
                properties: [
                    "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512",
                    "sasl.username": "name", "sasl.password": "hunter-2-secret",
                ]))
        await log.close()
    }

    @Test("A certificate that is missing is told of when the client starts")
    func tellsOfMissingCertificate() async throws {
        let log = try KafkaLog(
            KafkaSettings(
                brokers: "localhost:1",
                properties: [
                    "security.protocol": "ssl", "ssl.ca.location": "/nowhere/ca.pem",
                ]))
        let error = await #expect(throws: LogError.self) {
            _ = try await log.partitionCount(of: "topic")
        }
        #expect(error?.code == .misconfigured)
        await log.close()
    }

    @Test("Brokers that cannot be reached are an error that can pass")
    func unreachable() async throws {
        let log = try KafkaLog(
            KafkaSettings(brokers: "localhost:1", requestTimeout: .seconds(1)))
        let error = await #expect(throws: LogError.self) {
            _ = try await log.partitionCount(of: "topic")
        }
        #expect(error?.isRetriable == true)
        await log.close()
    }
}
