import SafetyModel
import Testing

@Test("RFC 3339 reads zones and fractions and writes them back")
func rfc3339() throws {
    let zoned = try #require(ZonedInstant(rfc3339: Array("2026-02-28T23:30:00.25-01:30".utf8)))
    #expect(zoned.instant.rfc3339 == "2026-03-01T01:00:00.250Z")
    #expect(zoned.rfc3339 == "2026-02-28T23:30:00.250-01:30")
    #expect(Instant(rfc3339: Array("2026-02-29T00:00:00Z".utf8)) == nil)
}

@Test("The common form is read and written as all others are")
func commonForm() {
    for day in stride(from: Int64(0), to: 40_000, by: 11) {
        let instant = Instant(milliseconds: day * 86_400_000 + day * 7_919_333 % 86_400_000)
        let text = ZonedInstant(instant: instant, offsetMinutes: 0).rfc3339
        var written: [UInt8] = []
        instant.appendRFC3339(to: &written)
        #expect(written == Array(text.utf8))
        #expect(written.withUnsafeBytes { Instant(rfc3339: $0) } == instant)
        #expect(written.withUnsafeBytes { ZonedInstant(rfc3339: $0)?.instant } == instant)
    }
    for text in [
        "2026-11-31T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T0a:00:00Z",
        "2026-11-22T00:00:00.12/Z", "2026-11-22T00:00:00,123Z", "2026-13-22T00:00:00.123Z",
    ] {
        #expect(Array(text.utf8).withUnsafeBytes { Instant(rfc3339: $0) } == nil)
    }
}

@Test("The digits of an id are the same, appended or not")
func hexadecimal() {
    let id = ContentID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_0000_0001)
    var text: [UInt8] = []
    id.appendHex(to: &text)
    #expect(String(decoding: text, as: UTF8.self) == id.description)
    #expect(id.description == "0123456789abcdeffedcba9800000001")
}
