/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RECORD_H
#define QF_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "fleet.h"

/*
 * Which quantities are recorded, and how a block's values get from the columns into the row of a
 * frame. Rows are filled by the threads that compute, while the block is still in their cache.
 */
typedef struct qf_record_plan {
    const qf_quantity *
        *quantities; /* in the order of the field table; owned by the fleet's arena */
    size_t n_quantities;
    int64_t every_ticks;
    size_t first_entity, n_entities; /* which vehicles */
    bool has_outputs; /* some quantity is written only on ticks that somebody looks at */
} qf_record_plan;

/* One recorded moment: for each quantity of the plan a row of n_entities values. */
typedef struct qf_frame {
    int64_t tick;
    void **row; /* n_quantities pointers; element type is the quantity's */
} qf_frame;

size_t qf_type_bytes(qf_type type);

/* Whether the scenario records the state after that tick. */
bool qf_record_is_due(const qf_scenario *scenario, int64_t tick);

/* Records of a whole run. */
int64_t qf_record_count(const qf_scenario *scenario);

/*
 * The first tick after `tick` whose hashes are stored: a rung of the ladder. The last tick always is
 * one. A hash covers output columns too, so a rung must be the end of a qf_simulation_advance.
 */
int64_t qf_record_next_hash(const qf_scenario *scenario, int64_t tick);

/* Rungs of a whole run. */
int64_t qf_record_hash_count(const qf_scenario *scenario);

/* The plan that the fleet's scenario asks for. Unknown names were refused when it was read. */
qf_status qf_record_plan_create(qf_context *context, qf_fleet *fleet, qf_record_plan *plan);

/* Only those of its vehicles that are in [begin, end): what a rank records. Of nobody no quantity is recorded. */
void qf_record_plan_narrow(qf_record_plan *plan, size_t begin, size_t end);

/*
 * Copies a quantity of n vehicles of a group, from a slot on, as it is recorded: what the group does
 * not have (a thermal node of another group) becomes the fill value, NaN or 255 for a flag; NaNs
 * leave as the one canonical NaN.
 */
void qf_record_quantity(const qf_fleet *fleet, const qf_quantity *quantity, size_t group,
                        size_t slot, size_t n, void *to);

/* Copies one block into its part of the frame's rows. */
void qf_record_block(const qf_fleet *fleet, const qf_record_plan *plan, size_t block,
                     const qf_frame *frame);

#endif
