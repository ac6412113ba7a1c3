/// RFC 3339, section 5.6: `2026-11-22T02:31:00.123Z` or with a numeric offset.
extension Instant {
    /// Reads an RFC 3339 date-time. Fractions beyond the millisecond are cut off.
    /// - Returns: `nil` for anything else, a date that does not exist included.
    public init?(rfc3339 text: some Collection<UInt8>) {
        guard let zoned = ZonedInstant(rfc3339: text) else { return nil }
        self = zoned.instant
    }

    /// As above, from memory: every record's time is read this way, twice.
    public init?(rfc3339 text: UnsafeRawBufferPointer) {
        if let plain = Instant(plain: text) {
            self = plain
        } else {
            guard let zoned = ZonedInstant(rfc3339: text) else { return nil }
            self = zoned.instant
        }
    }

    /// `2026-11-22T02:31:00.123Z`, the form nearly all producers write; nil for all else.
    private init?(plain text: UnsafeRawBufferPointer) {
        guard text.count == 20 || text.count == 24, text[text.count - 1] == UInt8(ascii: "Z") else {
            return nil
        }
        var isPlain = text[10] == UInt8(ascii: "T") && text[4] == UInt8(ascii: "-")
        isPlain = isPlain && text[7] == UInt8(ascii: "-") && text[13] == UInt8(ascii: ":")
        isPlain = isPlain && text[16] == UInt8(ascii: ":")
        if text.count == 24 { isPlain = isPlain && text[19] == UInt8(ascii: ".") }
        var highest: UInt8 = 0
        func number(_ start: Int, _ count: Int) -> Int {
            var value = 0
            for index in start..<start + count {
                let digit = text[index] &- 0x30
                highest = max(highest, digit)
                value = value &* 10 &+ Int(digit)
            }
            return value
        }
        let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2))
        let (hour, minute, second) = (number(11, 2), number(14, 2), number(17, 2))
        let fraction = text.count == 24 ? number(20, 3) : 0
        guard isPlain, highest <= 9, year >= 1970, (1...12).contains(month), (1...28).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = daysFromEpoch(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
        self.init(milliseconds: Int64(seconds * 1_000 + fraction))
    }

    /// RFC 3339 in UTC with milliseconds.
    public var rfc3339: String { ZonedInstant(instant: self, offsetMinutes: 0).rfc3339 }

    /// Appends the same text.
    public func appendRFC3339(to text: inout [UInt8]) {
        // The years 1970 to 9999.
        guard milliseconds >= 0, milliseconds <= 253_402_300_799_999 else {
            text.append(contentsOf: rfc3339.utf8)
            return
        }
        let rest = Int(milliseconds % 86_400_000)
        let (year, month, day) = civil(daysFromEpoch: Int(milliseconds / 86_400_000))
        func put(_ number: Int, _ last: UInt8) {
            text.append(0x30 + UInt8(number / 10))
            text.append(0x30 + UInt8(number % 10))
            text.append(last)
        }
        text.append(0x30 + UInt8(year / 1_000))
        text.append(0x30 + UInt8(year / 100 % 10))
        put(year % 100, UInt8(ascii: "-"))
        put(month, UInt8(ascii: "-"))
        put(day, UInt8(ascii: "T"))
        put(rest / 3_600_000, UInt8(ascii: ":"))
        put(rest / 60_000 % 60, UInt8(ascii: ":"))
        put(rest / 1_000 % 60, UInt8(ascii: "."))
        text.append(0x30 + UInt8(rest / 100 % 10))
        put(rest % 100, UInt8(ascii: "Z"))
    }
}

/// An instant and the UTC offset, in minutes, of the clock it was read from.
public struct ZonedInstant: Hashable, Sendable {
    public var instant: Instant
    public var offsetMinutes: Int

    public init(instant: Instant, offsetMinutes: Int) {
        self.instant = instant
        self.offsetMinutes = offsetMinutes
    }

    public init?(rfc3339 text: some Collection<UInt8>) {
        let read = text.withContiguousStorageIfAvailable {
            ZonedInstant(rfc3339: UnsafeRawBufferPointer($0))
        }
        if let read {
            guard let read else { return nil }
            self = read
        } else {
            guard let copied = Array(text).withUnsafeBytes({ ZonedInstant(rfc3339: $0) }) else {
                return nil
            }
            self = copied
        }
    }

    /// As above, from memory: every record's time is read this way.
    public init?(rfc3339 text: UnsafeRawBufferPointer) {
        var cursor = DigitCursor(text)
        guard let year = cursor.number(4), cursor.take(UInt8(ascii: "-")),
            let month = cursor.number(2), cursor.take(UInt8(ascii: "-")),
            let day = cursor.number(2), cursor.take(oneOf: "Tt "),
            let hour = cursor.number(2), cursor.take(UInt8(ascii: ":")),
            let minute = cursor.number(2), cursor.take(UInt8(ascii: ":")),
            let second = cursor.number(2),
            (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year),
            hour < 24, minute < 60, second <= 60,
            let millisecond = cursor.fraction(), let offset = cursor.offsetMinutes(),
            cursor.isAtEnd
        else { return nil }
        let days = daysFromEpoch(year: year, month: month, day: day)
        let minutes = (days * 24 + hour) * 60 + minute - offset
        let milliseconds = (minutes * 60 + min(second, 59)) * 1_000 + millisecond
        self.init(instant: Instant(milliseconds: Int64(milliseconds)), offsetMinutes: offset)
    }

    public var rfc3339: String {
        let local = instant + .minutes(Int64(offsetMinutes))
        let day = 86_400_000 as Int64
        var days = local.milliseconds / day
        var rest = local.milliseconds % day
        if rest < 0 { (days, rest) = (days - 1, rest + day) }
        let (year, month, dayOfMonth) = civil(daysFromEpoch: Int(days))
        let seconds = Int(rest) / 1_000
        let date = "\(pad(year, 4))-\(pad(month, 2))-\(pad(dayOfMonth, 2))"
        let time = "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
        let fraction = pad(Int(rest) % 1_000, 3)
        return "\(date)T\(time).\(fraction)\(zone)"
    }

    private var zone: String {
        if offsetMinutes == 0 { return "Z" }
        let size = abs(offsetMinutes)
        return "\(offsetMinutes < 0 ? "-" : "+")\(pad(size / 60, 2)):\(pad(size % 60, 2))"
    }
}

private struct DigitCursor {
    private let text: UnsafeRawBufferPointer
    private var index = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func take(oneOf bytes: StaticString) -> Bool {
        for i in 0..<bytes.utf8CodeUnitCount where take(bytes.utf8Start[i]) { return true }
        return false
    }

    mutating func digit() -> Int? {
        guard index < text.count, (0x30...0x39).contains(text[index]) else { return nil }
        index += 1
        return Int(text[index - 1] - 0x30)
    }

    mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let next = digit() else { return nil }
            value = value * 10 + next
        }
        return value
    }

    mutating func fraction() -> Int? {
        guard take(UInt8(ascii: ".")) else { return 0 }
        guard let first = digit() else { return nil }
        var value = first * 100
        var weight = 10
        while let next = digit() {
            value += next * weight
            weight /= 10
        }
        return value
    }

    mutating func offsetMinutes() -> Int? {
        if take(oneOf: "Zz") { return 0 }
        let sign: Int
        if take(UInt8(ascii: "+")) {
            sign = 1
        } else if take(UInt8(ascii: "-")) {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(2), take(UInt8(ascii: ":")), let minutes = number(2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

private func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

private func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil, civil_from_days.
private func daysFromEpoch(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func civil(daysFromEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * mp + 2) / 5 + 1)
}
