import Streaming
import Testing

@Suite struct BoundedChannelTests {
    @Test("Elements leave in the order in which they were sent")
    func order() async throws {
        let channel = BoundedChannel<Int>(capacity: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<1_000 { try await channel.send(number) }
                channel.finish()
            }
            var received: [Int] = []
            while let number = try await channel.receive() { received.append(number) }
            #expect(received == Array(0..<1_000))
            try await group.waitForAll()
        }
    }

    @Test("A sender waits while the channel is full")
    func full() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        try await channel.send(1)
        #expect(!channel.offer(2))
        let sent = Task { try await channel.send(2) }
        #expect(channel.count == 1)
        #expect(try await channel.receive() == 1)
        #expect(try await sent.value)
        #expect(try await channel.receive() == 2)
    }

    @Test("A cancelled sender throws, and its element is not sent")
    func cancelledSender() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        try await channel.send(1)
        let blocked = Task { try await channel.send(2) }
        blocked.cancel()
        await #expect(throws: CancellationError.self) { try await blocked.value }
        #expect(channel.tryReceive() == 1)
        #expect(channel.tryReceive() == nil)
    }

    @Test("A cancelled receiver throws, and takes nothing from those after it")
    func cancelledReceiver() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let blocked = Task { try await channel.receive() }
        blocked.cancel()
        await #expect(throws: CancellationError.self) { try await blocked.value }
        try await channel.send(7)
        #expect(try await channel.receive() == 7)
    }

    @Test("After finish what waits is received, then nil; senders learn that it was not taken")
    func finish() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        try await channel.send(1)
        let blocked = Task { try await channel.send(2) }
        while channel.count < 1 { await Task.yield() }
        channel.finish()
        let late = try await blocked.value
        #expect(!late)
        #expect(try await channel.send(3) == false)
        #expect(try await channel.receive() == 1)
        #expect(try await channel.receive() == nil)
    }

    @Test("Many senders and receivers under cancellation lose and repeat nothing")
    func storm() async throws {
        let channel = BoundedChannel<Int>(capacity: 2)
        let received = await withTaskGroup(of: [Int].self) { group in
            let senders = (0..<8).map { sender in
                Task {
                    var sent: [Int] = []
                    for number in 0..<200 {
                        let element = sender * 1_000 + number
                        let attempt = Task { try await channel.send(element) }
                        if number % 7 == 0 { attempt.cancel() }
                        if (try? await attempt.value) == true { sent.append(element) }
                    }
                    return sent
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    var taken: [Int] = []
                    while let element = try? await channel.receive() { taken.append(element) }
                    return taken
                }
            }
            var sent: [Int] = []
            for sender in senders { sent += await sender.value }
            channel.finish()
            var taken: [Int] = []
            for await part in group { taken += part }
            #expect(taken.sorted() == sent.sorted())
            return taken
        }
        #expect(received.count > 1_000)
    }
}
