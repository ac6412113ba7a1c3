internal import BankStorage
internal import Crypto
internal import HashMatching
internal import SafetyModel
internal import Streaming

/// Where the feed's first reading starts is known only once the image was looked at.
enum Opening {
    case notYet, running, done
}

extension BankFeed {
    /// Goes on from the image, once; a second caller waits for the first.
    func open() async {
        switch opening {
        case .done: return
        case .running: await withCheckedContinuation { openers.append($0) }
        case .notYet:
            opening = .running
            await openImage()
            opening = .done
            for opener in openers { opener.resume() }
            openers = []
        }
    }

    private func openImage() async {
        guard let images else { return }
        let result = await WorkThread.run { () -> Result<BankImage?, BankImageError> in
            do throws(BankImageError) { return .success(try images.load()) } catch {
                return .failure(error)
            }
        }
        do {
            guard let image = try result.get() else { return }
            try await take(image)
        } catch let error as BankImageError {
            observer(.bankImageFailed(error))
        } catch {
            // The log's own trouble shows again, and is told, when the topic is read.
        }
    }

    private func take(_ image: BankImage) async throws {
        let notes = try BankNotes(image.notes)
        guard notes.topic == source.topic, notes.settingsDigest == settingsDigest,
            try await holds(notes.lastRecord, before: image.snapshot.version)
        else {
            throw BankImageError(
                .otherTopic,
                "the image of \(notes.topic) at \(image.snapshot.version) does not belong to this "
                    + "topic as it is now, or to these settings; the bank is read from the topic")
        }
        position = image.snapshot.version
        imageVersion = position
        lastRecord = notes.lastRecord
        treatment = notes.treatment(standard: initial.settings)
        var bank = initial
        bank.snapshot = image.snapshot
        bank.treatment = treatment
        publish(bank)
        observer(.bank(version: bank.version, entries: bank.snapshot.entryCount))
    }

    /// Whether the topic's record before `version` is the one that the image ended with.
    private func holds(_ digest: [UInt8], before version: Int64) async throws -> Bool {
        guard try await log.bounds(of: source).end >= version else { return false }
        let reader = try await log.openReader(source, from: version - 1, follow: false)
        var found = false
        do {
            while let chunk = try await reader.next() {
                if chunk.count == 0 { continue }
                found = chunk[0].offset == version - 1 && Self.digest(of: chunk[0]) == digest
                break
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
        return found
    }

    static func digest(of record: Record) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: record.bytes(of: .key) ?? [])
        hash.update(data: record.bytes(of: .value) ?? [])
        return Array(hash.finalize())
    }

    /// What an image of the bank as it is published says beside its entries.
    var notes: [UInt8] {
        BankNotes(
            topic: source.topic, settingsDigest: settingsDigest, lastRecord: lastRecord,
            treatment: treatment
        ).bytes
    }
}
