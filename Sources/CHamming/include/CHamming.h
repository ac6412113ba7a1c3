// Hamming distances of 256-bit digests, over many at once.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The instruction sets that a scan is written for. All give equal answers.
typedef enum {
    chamming_portable = 0,
    chamming_avx2 = 1,
    chamming_avx512 = 2,
} chamming_kernel;

/// The fastest kernel that this processor runs.
chamming_kernel chamming_best(void);

/// Whether this processor runs the kernel.
int chamming_supports(chamming_kernel kernel);

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
