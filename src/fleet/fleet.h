/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_FLEET_H
#define QF_FLEET_H

#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "arena.h"
#include "bot.h"
#include "catalog.h"
#include "context.h"
#include "event.h"
#include "scenario.h"

/*
 * The fleet: the columns of every vehicle of every world, and how they are cut into blocks.
 *
 * Vehicles are ordered by group, then world, then index within the group; that order gives each its
 * entity number. A group starts at a multiple of 16 slots, so that lanes never hold two groups;
 * entity e of a group stands in slot group.slot_begin + (e - group.entity_begin).
 */

enum {
    QF_SLOT_PADDING = 16, /* lanes of the widest kernel */
};

typedef struct qf_group qf_group; /* group.h: a group's parameters, ready for the kernels */

typedef struct qf_block {
    size_t group;
    size_t slot_begin; /* slots [slot_begin, slot_end) */
    size_t slot_end;
    size_t entity_begin;
} qf_block;

/* Blocks that stand together, and the slots and entities in them. */
typedef struct qf_portion {
    size_t block_begin, block_end;
    size_t slot_begin, slot_end; /* padding included */
    size_t entity_begin, entity_end;
} qf_portion;

typedef struct qf_fleet {
    const qf_scenario *scenario; /* outlives the fleet */
    qf_arena arena;              /* everything small */
    qf_catalog catalog;
    size_t n_vehicles;
    size_t n_slots;
    void **column;     /* catalog.n_columns pointers to n_slots elements of 8 bytes */
    double **temp_c;   /* those of the thermal nodes, typed as kernels want them */
    uint64_t **faults; /* and of the fault words */
    void *memory;      /* the one block they lie in */
    size_t memory_bytes;
    qf_group *groups; /* scenario->n_groups */
    qf_block *blocks;
    size_t n_blocks;
    qf_portion own; /* what this rank computes (fleet_portion.c); alone: all */
    int64_t tick;   /* ticks done */
    double clock_s; /* the vehicles' own clock: dt added `tick` times, as the reference does */
} qf_fleet;

/*
 * Lays out the columns, draws the first values (in parallel, each page touched first by the thread
 * that will compute it) and prepares the groups. On failure nothing is left allocated.
 */
qf_status qf_fleet_create(qf_context *context, const qf_scenario *scenario, qf_fleet *fleet);

void qf_fleet_free(qf_fleet *fleet);

/*
 * What rank `rank` of `n_ranks` computes: entities in order, cut where leaves of the state hash end, in equal shares of the cost. The
 * columns of the others are there, but they hold only what an exchange has put there (exchange.h), and pages that nobody writes take no memory.
 * A rank may have none.
 */
qf_portion qf_fleet_portion(const qf_fleet *fleet, int rank, int n_ranks);

/* How many pieces it may be cut into so: with more ranks than these some have none. */
size_t qf_fleet_pieces(const qf_fleet *fleet);

/* Saves or loads how far it has come: time, scripts and the columns of its own vehicles (fleet_archive.c). */
void qf_fleet_archive(qf_fleet *fleet, qf_archive *archive);

/* One of `n_parts` about equal ones that it is cut into, in order. */
qf_portion qf_portion_part(const qf_fleet *fleet, const qf_portion *portion, size_t part,
                           size_t n_parts);

/* In how many parts own blocks are computed, one after the other, each by all threads: alone one, else QF_EXCHANGE_PARTS. */
enum { QF_EXCHANGE_PARTS = 4 };
size_t qf_fleet_parts(const qf_context *context);

/*
 * Bytes that qf_fleet_create will take for this scenario; 0 when the count overflows. Over ranks those of one with an equal
 * share, and what it sees of all others with the room for its exchange.
 */
size_t qf_fleet_predicted_bytes(qf_context *context, const qf_scenario *scenario);

/* Column `k` of a field (k: thermal node or fault word, else 0). */
static inline double *qf_f64(const qf_fleet *fleet, qf_field_id field, size_t k)
{
    return fleet->column[fleet->catalog.first_column[field] + k];
}

static inline uint64_t *qf_u64(const qf_fleet *fleet, qf_field_id field, size_t k)
{
    return fleet->column[fleet->catalog.first_column[field] + k];
}

static inline int64_t *qf_i64(const qf_fleet *fleet, qf_field_id field, size_t k)
{
    return fleet->column[fleet->catalog.first_column[field] + k];
}

/* Slot of an entity, and what it is. */
typedef struct qf_entity {
    size_t slot;
    size_t group;
    uint32_t world;   /* its place in the fleet */
    uint32_t number;  /* of its world: with `vehicle`, what keys its random draws */
    uint32_t index;   /* within its group and world */
    uint32_t vehicle; /* within its world */
} qf_entity;

qf_entity qf_fleet_entity(const qf_fleet *fleet, size_t entity);

/*
 * Hash of every column of every vehicle, NaNs canonicalised; one word for each world, in order. Over ranks it is
 * collective: each hashes its own vehicles, and all get the hashes of the whole fleet.
 */
qf_status qf_fleet_world_hashes(qf_context *context, const qf_fleet *fleet, uint64_t *hashes);

/* The same of some worlds only, one after the other; over ranks of the same worlds. */
qf_status qf_fleet_hash_worlds(qf_context *context, const qf_fleet *fleet, const uint32_t *worlds,
                               size_t n, uint64_t *hashes);

/* The world hashes combined in order: the `state_hash` of results. */
uint64_t qf_combine_hashes(const uint64_t *hashes, size_t n);

#endif
