internal import Behaviour
internal import SafetyModel
internal import StateStore

/// Rows of Assess: one for each subject.
struct SubjectCodec: RowCodec {
    func encode(_ row: SubjectState, to bytes: inout [UInt8]) {
        row.encode(into: &bytes)
    }

    func decode(_ bytes: UnsafeRawBufferPointer) throws(RowError) -> SubjectState {
        do throws(StateError) {
            return try SubjectState(decoding: bytes)
        } catch {
            throw RowError("a subject's row is \(error.reason.rawValue)")
        }
    }
}

extension StateKey {
    init(_ key: SubjectKey) {
        self.init(high: key.high, low: key.low)
    }
}
