/// A Kafka broker for tests.
public final class TestBroker: Sendable {
    /// `host:port`.
    public let address: String

    init(address: String) { self.address = address }
}
