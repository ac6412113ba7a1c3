// The search of one kernel: included with KERNEL, its name, and INSTRUCTIONS, what it may use, after
// `near_signatures` and `distance` of that name.

// Looks at the digests that have arrived.
INSTRUCTIONS static int NAMED(verify, KERNEL)(search *s) {
    for (size_t i = 0; i < s->digest_count; i++) {
        uint32_t place = s->digests[i].position;
        const chamming_digest *digest = s->index->digests + place;
        uint32_t distance = NAMED(distance, KERNEL)(digest, s->query);
        if (__builtin_expect(distance > s->radius, 1)) continue;
        if (was_found_before(digest, s->query, s->digests[i].chunk)) continue;
        if (s->found == s->room) return 0;
        s->indices[s->found] = place;
        s->distances[s->found] = (uint16_t)distance;
        s->found++;
    }
    s->digest_count = 0;
    return 1;
}

// Candidates move on by one step: looked at, place read, digest asked for.
INSTRUCTIONS static int NAMED(advance, KERNEL)(search *s) {
    if (!NAMED(verify, KERNEL)(s)) return 0;
    s->looked_at += s->candidate_count;
    if (s->looked_at > most_candidates(s->index)) return 0;
    for (size_t i = 0; i < s->candidate_count; i++) {
        uint32_t place = s->index->places[s->candidates[i].position];
        __builtin_prefetch(s->index->digests + place);
        s->digests[i] = (candidate){place, s->candidates[i].chunk};
    }
    s->digest_count = s->candidate_count;
    s->candidate_count = 0;
    return 1;
}

// Candidates of a run by their signatures, a line at a time.
INSTRUCTIONS static int NAMED(scan_run, KERNEL)(
    search *s, run r, uint32_t chunk, uint16_t sibling, uint32_t limit) {
    const uint16_t *signatures = s->index->signatures;
    for (uint32_t at = r.from & ~(uint32_t)(signatures_per_line - 1); at < r.to;
         at += signatures_per_line) {
        uint32_t mask = NAMED(near_signatures, KERNEL)(signatures + at, sibling, limit);
        if (__builtin_expect(!mask, 1)) continue;
        if (at < r.from) mask &= ~(uint32_t)0 << (r.from - at);
        if (r.to - at < signatures_per_line) mask &= ((uint32_t)1 << (r.to - at)) - 1;
        for (; mask; mask &= mask - 1) {
            if (s->candidate_count == candidate_room && !NAMED(advance, KERNEL)(s)) return 0;
            uint32_t position = at + (uint32_t)__builtin_ctz(mask);
            __builtin_prefetch(s->index->places + position);
            s->candidates[s->candidate_count++] = (candidate){position, chunk};
        }
    }
    return 1;
}

INSTRUCTIONS static size_t NAMED(find, KERNEL)(search *s) {
    const uint16_t *signatures = s->index->signatures;
    for (int i = 0; i < run_count; i++) {
        if (i + runs_ahead < run_count) {
            run ahead = s->runs[i + runs_ahead];
            __builtin_prefetch(signatures + ahead.from);
            __builtin_prefetch(signatures + ahead.from + signatures_per_line);
        }
        uint32_t chunk = (uint32_t)(i / values_per_chunk);
        int flip = i % values_per_chunk;
        if (flip == 0 && !NAMED(advance, KERNEL)(s)) return CHAMMING_SCAN;
        uint16_t sibling = s->query->chunks[sibling_of(chunk)];
        if (!NAMED(scan_run, KERNEL)(s, s->runs[i], chunk, sibling, flip ? 2 : 3)) {
            return CHAMMING_SCAN;
        }
    }
    if (!NAMED(advance, KERNEL)(s) || !NAMED(verify, KERNEL)(s)) return CHAMMING_SCAN;
    return s->found;
}

INSTRUCTIONS static size_t NAMED(look, KERNEL)(
    const chamming_digest *digests, size_t first, size_t count, const chamming_digest *query,
    uint32_t radius, uint32_t *indices, uint16_t *distances) {
    size_t found = 0;
    for (size_t i = first; i < first + count; i++) {
        uint32_t distance = NAMED(distance, KERNEL)(digests + i, query);
        if (__builtin_expect(distance > radius, 1)) continue;
        indices[found] = (uint32_t)i;
        distances[found++] = (uint16_t)distance;
    }
    return found;
}
