/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_LIVE_COLUMN_H
#define QF_TEST_LIVE_COLUMN_H

/*
 * What the tests of drawn numbers read: a column of a running fleet at one moment. Every number
 * that a scenario can disperse ends in one, either as state of the vehicle or as a coefficient of
 * its hardware.
 */
#include "vehicle.h"

typedef struct live_column {
    const char *name;
    int64_t tick; /* ticks run before it is looked at */
    enum { LIVE_FIELD, LIVE_COEFFICIENT } kind;
    size_t number; /* qf_field_id, or of bot.column of the only group */
    size_t node;   /* thermal node of a field */
} live_column;

#define LIVE(id, ticks)                                                                            \
    {                                                                                              \
        .name = #id, .tick = (ticks), .number = QF_FIELD_##id                                      \
    }
#define LIVE_TEMP(k)                                                                               \
    {                                                                                              \
        .name = "TEMP[" #k "]", .number = QF_FIELD_TEMP, .node = (k)                               \
    }
#define COEFFICIENT(id) COEFFICIENT_AT(#id, QF_C_##id)
#define COEFFICIENT_AT(what, k)                                                                    \
    {                                                                                              \
        .name = (what), .kind = LIVE_COEFFICIENT, .number = (k)                                    \
    }

/* The values of all vehicles, in the order of entities; the fleet stands at the column's tick. */
static inline void copy_live(const vehicles *v, const live_column *column, double *values)
{
    assert_int_equal(v->fleet.tick, column->tick);
    assert_int_equal(v->scenario.n_groups, 1);
    for (size_t e = 0; e < v->fleet.n_vehicles; e++) {
        values[e] = column->kind == LIVE_COEFFICIENT
                        ? v->fleet.groups[0].bot.column[column->number][e]
                        : qf_f64(&v->fleet, (qf_field_id)column->number,
                                 column->node)[qf_fleet_entity(&v->fleet, e).slot];
    }
}

#endif
