/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PROPULSION_DAMAGED_H
#define QF_PROPULSION_DAMAGED_H

#include "bot.h"

/* Vehicles of a block with damaged thrusters, and what of their state hides that a command is under way. */
typedef struct qf_damaged_list {
    size_t n;
    size_t slot[QF_BLOCK_VEHICLES];
    double pct[QF_BLOCK_VEHICLES];
    uint64_t active[QF_BLOCK_VEHICLES]; /* the bit RCS_ACTIVE, or 0 */
} qf_damaged_list;

/* Makes the damaged vehicles of [begin, end) look as at rest, for the kernel of healthy ones. */
void qf_propulsion_set_aside(const qf_bot_columns *columns, const qf_bot_damage *damage,
                             size_t begin, size_t end, qf_damaged_list *list);

/* Whether the thrusters of an axis give any thrust when they are commanded; propellant is another matter. */
bool qf_propulsion_gives_thrust(const qf_bot_group *group, int64_t axis, size_t slot);

/* Does the tick of those set aside. Returns whether a watched flag changed. */
bool qf_propulsion_damaged(const qf_bot_columns *columns, const qf_bot_group *group,
                           const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                           const qf_damaged_list *list);

#endif
