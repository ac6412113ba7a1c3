// Finding 256-bit digests within a Hamming distance, and the memory that such searches want.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The instruction sets that searches are written for. All give equal answers.
typedef enum {
    chamming_portable = 0,
    /// x86-64 with AVX2 and POPCNT.
    chamming_avx2 = 1,
    /// x86-64 with AVX-512 F, BW, VL, BITALG and VPOPCNTDQ.
    chamming_avx512 = 2,
    /// 64-bit Arm.
    chamming_neon = 3,
} chamming_kernel;

/// The fastest kernel that this processor runs.
chamming_kernel chamming_best(void);

/// Whether this processor runs the kernel.
int chamming_supports(chamming_kernel kernel);

// MARK: - A flat scan over planes

/// Finds the digests within a distance of a query.
///
/// Digests lie in four planes: word w of digest i is `planes[w * stride + i]`. The caller chooses
/// `first` and `count`; both outputs must have room for `count` elements.
///
/// - Parameters:
///   - query: four words.
///   - indices: receives the digests' indices, ascending.
///   - distances: receives their distances.
/// - Returns: how many were found.
size_t chamming_scan(
    chamming_kernel kernel, const uint64_t *planes, size_t stride, size_t first, size_t count,
    const uint64_t *query, uint32_t radius, uint32_t *indices, uint16_t *distances);

// MARK: - The two-level index

/// The largest distance that the index answers.
#define CHAMMING_RADIUS 31
/// A digest is searched by this many parts of 16 bits.
#define CHAMMING_CHUNKS 16
/// Numbers in `starts` for each chunk.
#define CHAMMING_STARTS 65537
/// The most digests of an index: positions of all chunks, and of the line of signatures after the
/// last one, are 32-bit numbers.
#define CHAMMING_MAXIMUM (((size_t)1 << 28) - 4)

/// A digest in the order of bits that the index wants: chunk j holds bit (j - r) mod 16 of each
/// 16-bit row r. A row of PDQ is one row of its DCT, whose bits depend on each other; taken
/// diagonally, those of a chunk do not. Distances stay what they are.
typedef struct {
    uint16_t chunks[CHAMMING_CHUNKS];
} chamming_digest;

/// - Parameter words: four, the digest's first bytes in the first word's high bits.
chamming_digest chamming_spread(const uint64_t *words);

/// Undoes `chamming_spread`.
void chamming_gather(const chamming_digest *digest, uint64_t *words);

/// Bytes readable beyond the signatures, which are read by two lines.
#define CHAMMING_PADDING 128

/// Digests with, for each chunk, their places by the chunk's value.
typedef struct {
    const chamming_digest *digests;
    size_t count;
    /// For chunk c and value v, `starts[c * CHAMMING_STARTS + v]` up to the next one's are positions
    /// in the two arrays below, from `c * count` on.
    const uint32_t *starts;
    /// The sibling chunk's value, at each position. Aligned to 64 bytes, and readable by
    /// `CHAMMING_PADDING` bytes beyond.
    const uint16_t *signatures;
    /// The index of the digest.
    const uint32_t *places;
} chamming_index;

/// Fills `starts` (`CHAMMING_CHUNKS * CHAMMING_STARTS`), `signatures` and `places`
/// (`CHAMMING_CHUNKS * count` each) for at most `CHAMMING_MAXIMUM` digests.
void chamming_build(
    const chamming_digest *digests, size_t count, uint32_t *starts, uint16_t *signatures,
    uint32_t *places);

/// What `chamming_find` returns where a scan of all digests is less work.
#define CHAMMING_SCAN SIZE_MAX

/// Finds all digests within a radius of at most `CHAMMING_RADIUS`.
///
/// Exact, by the pigeonhole principle twice. The 16 chunks form 8 pairs of 32 bits; if all distances
/// add up to 31 or less, some pair's is 3 or less, and then one of its two chunks' is 1 or less. So
/// it is enough to look, for each chunk, at the 17 values within 1 bit of the query's, and there at
/// digests whose pair is within 3. (Norouzi, Punjani, Fleet: Fast Exact Search in Hamming Space with
/// Multi-Index Hashing, 2014, has the first level.)
///
/// - Parameters:
///   - room: for how many results the outputs have room.
///   - indices: receives the digests' indices, in no order.
///   - distances: receives their distances.
/// - Returns: how many were found; `CHAMMING_SCAN` where there are more than `room`, or so many
///   candidates that `chamming_scan_digests` is less work. The outputs mean nothing then.
size_t chamming_find(
    chamming_kernel kernel, const chamming_index *index, const chamming_digest *query,
    uint32_t radius, size_t room, uint32_t *indices, uint16_t *distances);

/// The most queries of one call.
#define CHAMMING_CROWD 16384

/// A digest near a query, each by its index.
typedef struct {
    uint32_t query;
    uint32_t place;
    uint32_t distance;
} chamming_hit;

/// Finds for many queries what `chamming_find` finds for one, at less than half the cost.
///
/// Goes through the chunks one by one and through each in order of its values, for all queries: what
/// they share is read once, and memory is asked for long before it is needed. Takes 280 kB of stack.
///
/// - Parameters:
///   - count: at most `CHAMMING_CROWD`.
///   - room: for how many hits, of all queries, there is room.
///   - hits: receives them in no order.
///   - alone: by query, 0 at first; 1 where `chamming_find` must be asked, for the room was too small
///     or a scan is less work. Hits of such a query mean nothing.
/// - Returns: the number of hits.
size_t chamming_find_all(
    chamming_kernel kernel, const chamming_index *index, const chamming_digest *queries,
    size_t count, uint32_t radius, size_t room, chamming_hit *hits, uint8_t *alone);

/// Finds digests within a radius by looking at each of `count` from `first` on; both outputs must
/// have room for `count` elements.
/// - Returns: how many were found.
size_t chamming_scan_digests(
    chamming_kernel kernel, const chamming_digest *digests, size_t first, size_t count,
    const chamming_digest *query, uint32_t radius, uint32_t *indices, uint16_t *distances);

// MARK: - Memory

/// Zeroed memory, aligned to 64 bytes, on huge pages where it is large and the system has them;
/// NULL where there is none. Pages that are never written take no memory.
void *chamming_allocate(size_t bytes);

/// - Parameter bytes: as they were asked for.
void chamming_release(void *memory, size_t bytes);

/// CRC-32C (Castagnoli) of the bytes, going on from that of what came before, which is 0 at first.
uint32_t chamming_checksum(uint32_t before, const void *bytes, size_t count);
