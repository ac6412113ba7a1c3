internal import CHamming

/// Memory for a fixed number of elements, outside of any array: aligned for the kernels, on huge
/// pages where it is large, and taken from the system only as far as it is written.
///
/// Filled by one owner before it is shared and never changed after that, which is why it may be
/// `Sendable`. Elements start as zero bits.
final class Slab<Element: BitwiseCopyable>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Element>
    let capacity: Int
    private let byteCount: Int

    /// - Parameter padding: bytes that may be read beyond the last element.
    init(capacity: Int, padding: Int = 0) {
        self.capacity = capacity
        byteCount = capacity * MemoryLayout<Element>.stride + padding
        guard let memory = chamming_allocate(byteCount) else {
            preconditionFailure("no memory for \(byteCount) bytes of a bank")
        }
        base = memory.bindMemory(to: Element.self, capacity: capacity)
    }

    deinit { chamming_release(base, byteCount) }

    subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < capacity)
            return base[index]
        }
        set {
            assert(index >= 0 && index < capacity)
            base[index] = newValue
        }
    }

    /// The first elements.
    func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: count * MemoryLayout<Element>.stride)
    }

    /// All of it, to be filled.
    var memory: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base, count: capacity * MemoryLayout<Element>.stride)
    }
}
