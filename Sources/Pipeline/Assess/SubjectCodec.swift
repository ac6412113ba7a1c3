internal import Behaviour
internal import SafetyModel
internal import StateStore

/// Rows of Assess: one for each subject, laid out by the pack.
struct SubjectCodec: RowCodec {
    let layout: Layout

    func encode(_ row: SubjectState, to bytes: inout [UInt8]) {
        row.encode(layout, into: &bytes)
    }

    func decode(_ bytes: UnsafeRawBufferPointer) throws(RowError) -> SubjectState {
        do throws(StateError) {
            return try SubjectState(decoding: bytes, layout)
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
