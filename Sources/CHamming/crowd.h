// The search for many queries at once, of one kernel: included with KERNEL and INSTRUCTIONS, after
// `near_signatures` and `distance` of that name.

// Looks at the digests that have arrived; each counts once for a query, as in `search.h`.
INSTRUCTIONS static void NAMED(verify_crowd, KERNEL)(crowd *c) {
    for (size_t i = 0; i < c->digest_count; i++) {
        candidate_of known = c->digests[i];
        const chamming_digest *digest = c->index->digests + known.position;
        const chamming_digest *query = c->queries + known.query;
        uint32_t distance = NAMED(distance, KERNEL)(digest, query);
        if (__builtin_expect(distance > c->radius, 1)) continue;
        if (c->alone[known.query] || was_found_before(digest, query, known.chunk)) continue;
        if (c->found == c->room) {
            c->alone[known.query] = 1;
            continue;
        }
        c->hits[c->found++] = (chamming_hit){known.query, known.position, distance};
    }
    c->digest_count = 0;
}

// Candidates move on by one step: looked at, place read, digest asked for.
INSTRUCTIONS static void NAMED(advance_crowd, KERNEL)(crowd *c) {
    NAMED(verify_crowd, KERNEL)(c);
    uint32_t most = (uint32_t)most_candidates(c->index);
    for (size_t i = 0; i < c->candidate_count; i++) {
        candidate_of next = c->candidates[i];
        if (++c->candidates_of[next.query] > most) {
            c->alone[next.query] = 1;
            continue;
        }
        next.position = c->index->places[next.position];
        __builtin_prefetch(c->index->digests + next.position);
        c->digests[c->digest_count++] = next;
    }
    c->candidate_count = 0;
}

// Marks become candidates. Inlined, it would take the scan's registers.
INSTRUCTIONS __attribute__((noinline)) static void NAMED(collect, KERNEL)(crowd *c, size_t count) {
    for (size_t i = 0; i < count; i++) {
        mark m = c->marks[i];
        const probe *p = c->probes + m.probe;
        uint32_t from = c->start[p->value], to = c->start[p->value + 1];
        if (m.at < from) m.mask &= ~(uint64_t)0 << (from - m.at);
        if (to - m.at < 64) m.mask &= ((uint64_t)1 << (to - m.at)) - 1;
        for (; m.mask; m.mask &= m.mask - 1) {
            if (c->candidate_count == candidate_room) NAMED(advance_crowd, KERNEL)(c);
            uint32_t position = m.at + (uint32_t)__builtin_ctzll(m.mask);
            __builtin_prefetch(c->index->places + position);
            c->candidates[c->candidate_count++] = (candidate_of){position, p->query, c->chunk};
        }
    }
}

// Scans for all probes but the last few in order of their runs, so that a run is read once for all who
// want it; the lines of those few are asked for, and they stay. Two lines at a time; what is near is
// only marked, which costs no branch that goes either way.
INSTRUCTIONS static void NAMED(scan_probes, KERNEL)(crowd *c, size_t kept) {
    sort_probes(c);
    if (kept > c->probe_count) kept = c->probe_count;
    const uint16_t *signatures = c->index->signatures;
    const uint32_t *start = c->start;
    uint32_t long_run = c->long_run, lines_ahead = c->lines_ahead;
    size_t count = c->probe_count - kept, mark_count = 0;
    for (size_t i = 0; i < count; i++) {
        const uint16_t *coming = signatures + start[c->probes[i + probes_ahead].value];
        for (uint32_t ahead = 0; ahead < lines_ahead; ahead += 2) {
            __builtin_prefetch(coming + ahead * signatures_per_line);
            __builtin_prefetch(coming + (ahead + 1) * signatures_per_line);
        }
        probe p = c->probes[i];
        uint32_t from = start[p.value], to = start[p.value + 1];
        if (__builtin_expect(to - from > long_run, 0) && is_too_much(c, p.query, to - from)) {
            continue;
        }
        for (uint32_t at = from & ~(uint32_t)(signatures_per_line - 1); at < to;
             at += 2 * signatures_per_line) {
            const uint16_t *line = signatures + at;
            uint64_t low = NAMED(near_signatures, KERNEL)(line, p.sibling, p.limit);
            uint64_t high = NAMED(near_signatures, KERNEL)(
                line + signatures_per_line, p.sibling, p.limit);
            c->marks[mark_count] = (mark){low | high << 32, at, (uint32_t)i};
            mark_count += (low | high) != 0;
            if (__builtin_expect(mark_count == mark_room, 0)) {
                NAMED(collect, KERNEL)(c, mark_count);
                mark_count = 0;
            }
        }
    }
    NAMED(collect, KERNEL)(c, mark_count);
    for (size_t i = 0; i < kept; i++) c->probes[i] = c->probes[count + i];
    c->probe_count = kept;
}

INSTRUCTIONS static inline void NAMED(add_probe, KERNEL)(
    crowd *c, uint32_t value, uint16_t query, uint16_t sibling, uint16_t limit) {
    c->coming[c->coming_count++] = (probe){(uint16_t)value, query, sibling, limit};
    c->of_value[value % block_values]++;
    if (__builtin_expect(c->coming_count == probe_room, 0)) {
        NAMED(scan_probes, KERNEL)(c, probes_ahead);
    }
}

// All probes into one block of the chunk's values: those of queries of the block, and one each of
// queries whose value differs by one high bit.
INSTRUCTIONS static void NAMED(probe_block, KERNEL)(crowd *c, uint32_t block) {
    size_t chunk = c->chunk, sibling = sibling_of(chunk);
    for (uint32_t i = c->blocks[block]; i < c->blocks[block + 1]; i++) {
        uint16_t query = c->order[i];
        uint32_t value = c->queries[query].chunks[chunk];
        uint16_t other = c->queries[query].chunks[sibling];
        NAMED(add_probe, KERNEL)(c, value, query, other, 3);
        for (uint32_t bit = 0; bit < low_bits; bit++) {
            NAMED(add_probe, KERNEL)(c, value ^ 1u << bit, query, other, 2);
        }
    }
    for (uint32_t bit = 0; bit < block_bits; bit++) {
        uint32_t from = block ^ 1u << bit;
        for (uint32_t i = c->blocks[from]; i < c->blocks[from + 1]; i++) {
            uint16_t query = c->order[i];
            uint32_t value = c->queries[query].chunks[chunk] ^ 1u << (low_bits + bit);
            uint16_t other = c->queries[query].chunks[sibling];
            NAMED(add_probe, KERNEL)(c, value, query, other, 2);
        }
    }
    NAMED(scan_probes, KERNEL)(c, probes_ahead);
}

INSTRUCTIONS static size_t NAMED(find_all, KERNEL)(crowd *c) {
    for (uint16_t chunk = 0; chunk < CHAMMING_CHUNKS; chunk++) {
        c->chunk = chunk;
        c->start = c->index->starts + (size_t)chunk * CHAMMING_STARTS;
        sort_queries(c);
        for (uint32_t block = 0; block < block_count; block++) {
            NAMED(probe_block, KERNEL)(c, block);
        }
        NAMED(scan_probes, KERNEL)(c, 0);
    }
    NAMED(advance_crowd, KERNEL)(c);
    NAMED(verify_crowd, KERNEL)(c);
    return c->found;
}
