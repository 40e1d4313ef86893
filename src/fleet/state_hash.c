/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash of a fleet's state: what "the same bits" is decided by.
 *
 * Leaves are up to QF_LEAF_VEHICLES vehicles of one group in one world, every column in the order of the field
 * table, NaNs canonicalised; a world's hash is that of its leaves in order. Leaves do not depend on
 * threads, on blocks, or on how many worlds share the columns: where a column holds entities, whose numbers do, each is
 * hashed by its number in the world.
 */
#include <math.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* XXH3_state_t on the stack */
#include <xxhash.h>

#include "fleet.h"
#include "group.h"
#include "ranks.h"
#include "state_hash.h"
#include "threads.h"

static uint64_t canonical_nan_bits(void)
{
    const double nan = NAN;
    uint64_t bits;
    memcpy(&bits, &nan, sizeof bits);
    return bits & INT64_MAX;
}

/* a column as it is hashed: words whose magnitude is above `most` are NaNs */
typedef struct hashed_column {
    const uint64_t *words;
    uint64_t most;
    const qf_fleet *entities_of; /* NULL: it holds none */
} hashed_column;

static bool holds_entities(size_t field)
{
    return field == QF_FIELD_TARGET || field == QF_FIELD_PORT_PARTNER ||
           field == QF_FIELD_BOND_ROOT || field == QF_FIELD_PORT_LEFT ||
           field == QF_FIELD_DATA_ROOT;
}

static void number_within_world(const qf_fleet *fleet, uint64_t *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (words[i] < fleet->n_vehicles) { /* -1 is nobody */
            words[i] = qf_fleet_entity(fleet, (size_t)words[i]).vehicle;
        }
    }
}

/* doubles are hashed by their bits, but for NaNs, whose payload tells how they came about */
static void copy_canonicalised(uint64_t *to, const uint64_t *from, size_t n, uint64_t most)
{
    const uint64_t nan = canonical_nan_bits();
    for (size_t i = 0; i < n; i++) {
        to[i] = (from[i] & INT64_MAX) > most ? nan : from[i];
    }
}

/* gathered in one buffer where they fit: for a leaf of one vehicle, a call for each column is dear */
static uint64_t leaf_hash(const hashed_column *columns, size_t n_columns, size_t slot, size_t n)
{
    uint64_t words[QF_LEAF_VEHICLES];
    size_t n_words = 0;
    const bool in_one = n_columns * n <= QF_LEAF_VEHICLES;
    XXH3_state_t state;
    if (!in_one) {
        XXH3_64bits_reset(&state);
    }
    for (size_t k = 0; k < n_columns; k++) {
        if (n_words + n > QF_LEAF_VEHICLES) {
            XXH3_64bits_update(&state, words, sizeof *words * n_words);
            n_words = 0;
        }
        copy_canonicalised(words + n_words, columns[k].words + slot, n, columns[k].most);
        if (columns[k].entities_of) {
            number_within_world(columns[k].entities_of, words + n_words, n);
        }
        n_words += n;
    }
    if (in_one) {
        return XXH3_64bits(words, sizeof *words * n_words);
    }
    XXH3_64bits_update(&state, words, sizeof *words * n_words);
    return XXH3_64bits_digest(&state);
}

static size_t leaves_of(size_t n_vehicles)
{
    return (n_vehicles + QF_LEAF_VEHICLES - 1) / QF_LEAF_VEHICLES;
}

/* in the order of the field table */
static hashed_column *list_columns(qf_arena *arena, const qf_fleet *fleet)
{
    const uint64_t infinity = UINT64_C(0x7FF0000000000000);
    hashed_column *columns = qf_arena_array(arena, fleet->catalog.n_columns, sizeof *columns);
    size_t n = 0;
    for (size_t field = 0; columns && field < QF_FIELD_COUNT; field++) {
        const bool numbers = qf_field_table[field].type == QF_TYPE_F64;
        for (size_t k = 0; k < fleet->catalog.n_columns_of[field]; k++) {
            columns[n++] = (hashed_column){.words = qf_u64(fleet, (qf_field_id)field, k),
                                           .most = numbers ? infinity : INT64_MAX,
                                           .entities_of = holds_entities(field) ? fleet : NULL};
        }
    }
    return columns;
}

/* the first leaf of a group, over all its worlds, that begins at that slot or after */
static size_t leaf_from(const qf_group *group, size_t slot)
{
    if (slot <= group->slot_begin) {
        return 0;
    }
    const size_t last = group->slot_begin + group->n_vehicles;
    const size_t within = (slot < last ? slot : last) - group->slot_begin;
    const size_t count = group->spec->count;
    return within / count * leaves_of(count) + leaves_of(within % count);
}

typedef struct leaf_table {
    const qf_fleet *fleet;
    const hashed_column *columns;
    uint64_t *hashes; /* by world, group and leaf */
    size_t per_world;
    qf_arena arena; /* of the columns and hashes */
} leaf_table;

static qf_status open_table(qf_context *context, const qf_fleet *fleet, size_t n_worlds,
                            leaf_table *table)
{
    const qf_scenario *scenario = fleet->scenario;
    *table = (leaf_table){.fleet = fleet};
    for (size_t g = 0; g < scenario->n_groups; g++) {
        table->per_world += leaves_of(scenario->groups[g].count);
    }
    table->hashes =
        qf_arena_array(&table->arena, n_worlds * table->per_world, sizeof *table->hashes);
    table->columns = list_columns(&table->arena, fleet);
    if (!table->hashes || !table->columns) {
        qf_arena_free(&table->arena);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the state hash");
    }
    return QF_OK;
}

/* leaf `l` of a group in one world */
static uint64_t hash_leaf(const leaf_table *table, const qf_group *group, size_t world, size_t l)
{
    const size_t count = group->spec->count;
    const size_t begin = l * QF_LEAF_VEHICLES;
    const size_t left = count - begin;
    return leaf_hash(table->columns, table->fleet->catalog.n_columns,
                     group->slot_begin + world * count + begin,
                     left < QF_LEAF_VEHICLES ? left : QF_LEAF_VEHICLES);
}

/* the leaves that begin in [slot_begin, slot_end) */
static void hash_share(const leaf_table *table, size_t slot_begin, size_t slot_end)
{
    const qf_fleet *fleet = table->fleet;
    size_t first = 0; /* leaf of the group within its world */
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const size_t n_leaves = leaves_of(group->spec->count);
        const size_t end = leaf_from(group, slot_end);
        for (size_t l = leaf_from(group, slot_begin); l < end; l++) {
            const size_t world = l / n_leaves;
            table->hashes[world * table->per_world + first + l % n_leaves] =
                hash_leaf(table, group, world, l % n_leaves);
        }
        first += n_leaves;
    }
}

/* leaves are gathered on all ranks or none */
static qf_status open_on_all(qf_context *context, const qf_fleet *fleet, size_t n_worlds,
                             leaf_table *table)
{
    const qf_status own = open_table(context, fleet, n_worlds, table);
    const qf_status agreed = qf_ranks_agree(context, own);
    if (own == QF_OK && agreed != QF_OK) {
        qf_arena_free(&table->arena);
    }
    return agreed;
}

/* each leaf is one rank's, and zero on the others: its sum is itself */
static void gather_leaves(const qf_context *context, const leaf_table *table, size_t n_worlds)
{
    qf_ranks_sum(context, (int64_t *)table->hashes, n_worlds * table->per_world);
}

static bool is_own(const leaf_table *table, const qf_group *group, size_t world, size_t l)
{
    const qf_portion *own = &table->fleet->own;
    const size_t slot = group->slot_begin + world * group->spec->count + l * QF_LEAF_VEHICLES;
    return slot >= own->slot_begin && slot < own->slot_end;
}

static uint64_t combine_leaves(const leaf_table *table, size_t i)
{
    return XXH3_64bits(table->hashes + i * table->per_world,
                       table->per_world * sizeof *table->hashes);
}

qf_status qf_fleet_world_hashes(qf_context *context, const qf_fleet *fleet, uint64_t *hashes)
{
    const size_t n_worlds = fleet->scenario->n_worlds;
    leaf_table table;
    const qf_status status = open_on_all(context, fleet, n_worlds, &table);
    if (status != QF_OK) {
        return status;
    }
    /* equal shares of the own slots: equal work also where large groups stand beside small ones, and
     * near where the first values put the pages */
    const size_t n_shares = (size_t)context->n_threads;
    const size_t first = fleet->own.slot_begin;
    const size_t n = fleet->own.slot_end - first;
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t s = 0; s < n_shares; s++) {
        hash_share(&table, first + n * s / n_shares, first + n * (s + 1) / n_shares);
    }
    gather_leaves(context, &table, n_worlds);
    for (size_t w = 0; w < n_worlds; w++) {
        hashes[w] = combine_leaves(&table, w);
    }
    qf_arena_free(&table.arena);
    return QF_OK;
}

qf_status qf_fleet_hash_worlds(qf_context *context, const qf_fleet *fleet, const uint32_t *worlds,
                               size_t n, uint64_t *hashes)
{
    leaf_table table;
    const qf_status status = open_on_all(context, fleet, n, &table);
    if (status != QF_OK) {
        return status;
    }
#pragma omp parallel for schedule(static) num_threads(context->n_threads)
    for (size_t i = 0; i < n; i++) {
        uint64_t *leaf = table.hashes + i * table.per_world;
        for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
            const qf_group *group = &fleet->groups[g];
            for (size_t l = 0; l < leaves_of(group->spec->count); l++) {
                *leaf++ = is_own(&table, group, worlds[i], l)
                              ? hash_leaf(&table, group, worlds[i], l)
                              : 0;
            }
        }
    }
    gather_leaves(context, &table, n);
    for (size_t i = 0; i < n; i++) {
        hashes[i] = combine_leaves(&table, i);
    }
    qf_arena_free(&table.arena);
    return QF_OK;
}

uint64_t qf_combine_hashes(const uint64_t *hashes, size_t n)
{
    return XXH3_64bits(hashes, n * sizeof *hashes);
}
