/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who computes what, where a run has several ranks. The cuts follow from the scenario and the number of ranks alone. They stand
 * where a leaf of the state hash ends, so that each leaf is one rank's: every QF_LEAF_VEHICLES vehicles of a group in
 * one world; of several worlds, where blocks and worlds end together.
 */
#include "fleet.h"
#include "group.h"
#include "ranks.h"
#include "state_hash.h"

/* vehicles of a group between two places where it may be cut; both are whole blocks */
static size_t piece_of(const qf_fleet *fleet, const qf_group *group)
{
    if (fleet->scenario->n_worlds == 1) {
        return QF_LEAF_VEHICLES;
    }
    size_t piece = group->spec->count;
    while (piece % QF_BLOCK_VEHICLES != 0) {
        piece += group->spec->count;
    }
    return piece;
}

size_t qf_fleet_pieces(const qf_fleet *fleet)
{
    size_t n = 0;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const size_t piece = piece_of(fleet, &fleet->groups[g]);
        n += (fleet->groups[g].n_vehicles + piece - 1) / piece;
    }
    return n;
}

/*
 * What a vehicle takes in a tick, in units of a bot (docs/performance.md): only how even the shares are depends on it. A
 * radar's look is dearer than anything else, but comes once in many ticks.
 */
static size_t cost_of(const qf_group *group)
{
    enum { BODY = 10, RADAR = 20 };
    size_t cost = group->spec->body ? BODY : 1;
    if (group->spec->radar && group->spec->radar_period_ticks > 0) {
        cost += RADAR / (size_t)group->spec->radar_period_ticks + 1;
    }
    return cost;
}

static double total_cost(const qf_fleet *fleet)
{
    double cost = 0.0;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        cost += (double)fleet->groups[g].n_vehicles * (double)cost_of(&fleet->groups[g]);
    }
    return cost;
}

/* the block before which rank `rank` begins: the first cut at which its share of the cost is behind */
static size_t first_block(const qf_fleet *fleet, int rank, int n_ranks)
{
    const double behind = total_cost(fleet) * (double)rank / (double)n_ranks;
    double cost = 0.0;
    size_t block = 0;
    if (rank >= n_ranks) {
        return fleet->n_blocks;
    }
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const size_t piece = piece_of(fleet, group);
        for (size_t first = 0; first < group->n_vehicles; first += piece) {
            const size_t left = group->n_vehicles - first;
            const size_t n = left < piece ? left : piece;
            /* in the middle of a piece: whoever has more of it gets it */
            if (cost + 0.5 * (double)(n * cost_of(group)) >= behind) {
                return block;
            }
            cost += (double)(n * cost_of(group));
            block += (n + QF_BLOCK_VEHICLES - 1) / QF_BLOCK_VEHICLES;
        }
    }
    return block;
}

/* slots before a block's, and those of all */
static size_t slot_before(const qf_fleet *fleet, size_t block)
{
    return block < fleet->n_blocks ? fleet->blocks[block].slot_begin : fleet->n_slots;
}

static size_t entity_before(const qf_fleet *fleet, size_t block)
{
    return block < fleet->n_blocks ? fleet->blocks[block].entity_begin : fleet->n_vehicles;
}

static qf_portion between(const qf_fleet *fleet, size_t begin, size_t end)
{
    return (qf_portion){.block_begin = begin,
                        .block_end = end,
                        .slot_begin = slot_before(fleet, begin),
                        .slot_end = slot_before(fleet, end),
                        .entity_begin = entity_before(fleet, begin),
                        .entity_end = entity_before(fleet, end)};
}

qf_portion qf_fleet_portion(const qf_fleet *fleet, int rank, int n_ranks)
{
    return between(fleet, first_block(fleet, rank, n_ranks), first_block(fleet, rank + 1, n_ranks));
}

qf_portion qf_portion_part(const qf_fleet *fleet, const qf_portion *portion, size_t part,
                           size_t n_parts)
{
    const size_t n = portion->block_end - portion->block_begin;
    return between(fleet, portion->block_begin + n * part / n_parts,
                   portion->block_begin + n * (part + 1) / n_parts);
}

size_t qf_fleet_parts(const qf_context *context)
{
    return qf_n_ranks(context) > 1 ? QF_EXCHANGE_PARTS : 1;
}
