/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash of a fleet's state: what "the same bits" is decided by.
 *
 * Leaves are up to LEAF_VEHICLES vehicles of one group in one world, every column in the order of the field
 * table, NaNs canonicalised; a world's hash is that of its leaves in order. Leaves do not depend on
 * threads, on blocks, or on how many worlds share the columns.
 */
#include <math.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* XXH3_state_t on the stack */
#include <xxhash.h>

#include "fleet.h"
#include "group.h"
#include "threads.h"

enum { LEAF_VEHICLES = 1024 }; /* part of every hash */

static uint64_t canonical_nan_bits(void)
{
    const double nan = NAN;
    uint64_t bits;
    memcpy(&bits, &nan, sizeof bits);
    return bits & INT64_MAX;
}

/* doubles are hashed by their bits, but for NaNs, whose payload tells how they came about */
static void canonicalise(uint64_t *bits, size_t n)
{
    const uint64_t nan = canonical_nan_bits();
    const uint64_t infinity = UINT64_C(0x7FF0000000000000);
    for (size_t i = 0; i < n; i++) {
        bits[i] = (bits[i] & INT64_MAX) > infinity ? nan : bits[i];
    }
}

/* memcpy, which is a call where the length is not known, only for lengths that are worth one */
static void copy_words(uint64_t *to, const uint64_t *from, size_t n)
{
    if (n >= 8) {
        memcpy(to, from, sizeof *to * n);
    } else {
        for (size_t i = 0; i < n; i++) {
            to[i] = from[i];
        }
    }
}

/* columns are gathered until a buffer is full: for a leaf of one vehicle, a call for each is dear */
static uint64_t leaf_hash(const qf_fleet *fleet, size_t slot, size_t n)
{
    uint64_t words[LEAF_VEHICLES];
    size_t n_words = 0;
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (size_t field = 0; field < QF_FIELD_COUNT; field++) {
        for (size_t k = 0; k < fleet->catalog.n_columns_of[field]; k++) {
            if (n_words + n > LEAF_VEHICLES) {
                XXH3_64bits_update(&state, words, sizeof *words * n_words);
                n_words = 0;
            }
            copy_words(words + n_words, qf_u64(fleet, (qf_field_id)field, k) + slot, n);
            if (qf_field_table[field].type == QF_TYPE_F64) {
                canonicalise(words + n_words, n);
            }
            n_words += n;
        }
    }
    XXH3_64bits_update(&state, words, sizeof *words * n_words);
    return XXH3_64bits_digest(&state);
}

static size_t leaves_of(size_t n_vehicles)
{
    return (n_vehicles + LEAF_VEHICLES - 1) / LEAF_VEHICLES;
}

qf_status qf_fleet_world_hashes(qf_context *context, const qf_fleet *fleet, uint64_t *hashes)
{
    const qf_scenario *scenario = fleet->scenario;
    size_t per_world = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        per_world += leaves_of(scenario->groups[g].count);
    }
    qf_arena arena = {0};
    uint64_t *leaves = qf_arena_array(&arena, scenario->n_worlds * per_world, sizeof *leaves);
    if (!leaves) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the state hash");
    }
    size_t first = 0; /* leaf of the group within its world */
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const size_t count = scenario->groups[g].count;
        const size_t n_leaves = leaves_of(count);
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
        for (size_t l = 0; l < scenario->n_worlds * n_leaves; l++) {
            const size_t world = l / n_leaves;
            const size_t begin = l % n_leaves * LEAF_VEHICLES;
            const size_t left = count - begin;
            leaves[world * per_world + first + l % n_leaves] =
                leaf_hash(fleet, fleet->groups[g].slot_begin + world * count + begin,
                          left < LEAF_VEHICLES ? left : LEAF_VEHICLES);
        }
        first += n_leaves;
    }
    for (size_t w = 0; w < scenario->n_worlds; w++) {
        hashes[w] = XXH3_64bits(leaves + w * per_world, per_world * sizeof *leaves);
    }
    qf_arena_free(&arena);
    return QF_OK;
}

uint64_t qf_combine_hashes(const uint64_t *hashes, size_t n)
{
    return XXH3_64bits(hashes, n * sizeof *hashes);
}
