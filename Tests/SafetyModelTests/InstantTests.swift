import SafetyModel
import Testing

@Test("RFC 3339 reads zones and fractions and writes them back")
func rfc3339() throws {
    let zoned = try #require(ZonedInstant(rfc3339: Array("2026-02-28T23:30:00.25-01:30".utf8)))
    #expect(zoned.instant.rfc3339 == "2026-03-01T01:00:00.250Z")
    #expect(zoned.rfc3339 == "2026-02-28T23:30:00.250-01:30")
    #expect(Instant(rfc3339: Array("2026-02-29T00:00:00Z".utf8)) == nil)
}
