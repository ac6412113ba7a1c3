import CRdkafka

/// How the process keeps its memory.
enum ProcessMemory {
    /// A round takes tens of megabytes and gives them back, several times a second. Kept, a process
    /// stays at the size of its largest rounds and does without a fifth of its CPU time. Set once.
    static let isKept = tutela_keep_memory() == 1
}
