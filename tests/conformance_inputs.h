/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_CONFORMANCE_INPUTS_H
#define QF_TEST_CONFORMANCE_INPUTS_H

/*
 * First values that the kernels are compared on. Every column is filled, those too that a kernel
 * should not touch. tests/test_conformance_inputs.c shows that they are worth it.
 */
#include <float.h>

#include "conformance_stand.h"
#include "mask.h"
#include "philox.h"

typedef enum mood {
    MOOD_IDLE,    /* healthy vehicles at rest; nothing is too hot, nobody fires */
    MOOD_FIRING,  /* healthy vehicles, every other one with a thruster command */
    MOOD_AWKWARD, /* one value in eight is at or next to a limit, denormal, zero or huge */
    MOOD_COUNT,
} mood;

static const char *const mood_names[MOOD_COUNT] = {"idle", "firing", "awkward"};

/* coefficient of the vehicle in a slot */
static inline double coefficient_of(const stand *s, size_t number, size_t slot)
{
    const qf_bot_group *group = &s->group->bot;
    return group->column ? group->column[number][slot - group->origin] : group->uniform[number];
}

static inline qf_philox_block dice(size_t column, size_t slot, mood m)
{
    return qf_philox((qf_philox_block){{(uint32_t)column, (uint32_t)slot, (uint32_t)m, 0}}, 2026);
}

/* what healthy vehicles have; of a row of scratch: from 0 to 30 */
static inline double ordinary_value(qf_field_id field, double share)
{
    static const double scale[QF_FIELD_COUNT] = {
        [QF_FIELD_X] = 1e3,
        [QF_FIELD_Y] = -1e3,
        [QF_FIELD_Z] = 10.0,
        [QF_FIELD_HEADING] = 360.0,
        [QF_FIELD_SPEED] = 1.5,
        [QF_FIELD_HEADING_SIN] = 1.0,
        [QF_FIELD_HEADING_COS] = -1.0,
        [QF_FIELD_YAW] = 6.0,
        [QF_FIELD_CPU] = 100.0,
        [QF_FIELD_MEM] = 100.0,
        [QF_FIELD_SENSOR_QUEUE] = 30.0,
        [QF_FIELD_ACTUATOR_QUEUE] = 30.0,
        [QF_FIELD_SOC] = 100.0,
        [QF_FIELD_SOC_MIN] = 100.0,
        [QF_FIELD_NBL_MAX] = 40.0,
        [QF_FIELD_SUPERCAP_WH] = 5.0,
        [QF_FIELD_DOCK_SINCE] = 3.0,
        [QF_FIELD_RCS_PCT] = 100.0,
        [QF_FIELD_RCS_TIME_LEFT] = 0.5,
        [QF_FIELD_PROPELLANT] = 0.02,
        [QF_FIELD_TEMP] = 38.0,
        [QF_FIELD_DOSE] = 5.0,
    };
    return share * (field < QF_FIELD_COUNT && scale[field] != 0.0 ? scale[field] : 30.0);
}

/* where a comparison of this column's value changes its answer, or its arithmetic is at an end */
static inline double awkward_value(const stand *s, size_t k, size_t slot, uint32_t choice)
{
    static const double anywhere[] = {0.0,   -0.0,   DBL_TRUE_MIN, -DBL_TRUE_MIN, DBL_MIN / 3.0,
                                      1e300, -1e300, DBL_MAX,      -DBL_MAX,      100.0,
                                      1.0,   -1.0,   -120.0,       160.0};
    const qf_field_id field = s->field[k];
    double limit[4] = {0.0, 0.0, 0.0, 0.0};
    size_t n = 0;
    if (field == QF_FIELD_SOC) {
        limit[n++] = coefficient_of(s, QF_C_SHED_LOW_PCT, slot);
        limit[n++] = coefficient_of(s, QF_C_SHED_HIGH_PCT, slot);
        limit[n++] = coefficient_of(s, QF_C_SOC_CRITICAL_PCT, slot);
        limit[n++] = coefficient_of(s, QF_C_NBL_SOC_MIN_PCT, slot);
    } else if (field == QF_FIELD_SUPERCAP_WH) {
        limit[n++] = coefficient_of(s, QF_C_SUPERCAP_WH, slot);
    } else if (field == QF_FIELD_DOCK_SINCE) {
        limit[n++] = coefficient_of(s, QF_C_DOCK_SOFT_START_S, slot) - s->v.scenario.dt_s;
    } else if (field == QF_FIELD_RCS_TIME_LEFT) {
        limit[n++] = s->v.scenario.dt_s;
    } else if (field == QF_FIELD_TEMP) {
        const size_t column = k - s->v.fleet.catalog.first_column[QF_FIELD_TEMP];
        for (size_t node = 0; node < s->group->bot.n_nodes && n == 0; node++) {
            if (s->group->bot.nodes[node].column == column) {
                const size_t first = QF_C_FIRST_NODE + node * QF_C_PER_NODE;
                limit[n++] = coefficient_of(s, first + QF_C_NODE_TRIP_C, slot);
                limit[n++] = coefficient_of(s, first + QF_C_NODE_CLEAR_C, slot);
                limit[n++] = coefficient_of(s, QF_C_NBL_CORE_MAX_C, slot);
                limit[n++] = s->group->bot.ambient_c;
            }
        }
    }
    if (field < QF_FIELD_COUNT && qf_field_table[field].checked && n + 2 <= COUNT(limit)) {
        limit[n++] = qf_field_table[field].low;
        limit[n++] = qf_field_table[field].high;
    }
    if (n == 0 || choice % 4 == 0) {
        return anywhere[choice / 4 % COUNT(anywhere)];
    }
    const double at = limit[choice / 16 % n];
    const double step[] = {at, nextafter(at, -DBL_MAX), nextafter(at, DBL_MAX), at};
    return step[choice / 4 % 4];
}

static inline uint64_t first_word(const stand *s, size_t k, size_t slot, mood m)
{
    const qf_philox_block drawn = dice(k, slot, m);
    const uint64_t word = (uint64_t)drawn.word[0] << 32 | drawn.word[1];
    const double share = drawn.word[0] * 0x1p-32;
    const bool fires = m != MOOD_IDLE && slot % 2 == 0;
    const qf_field_id field = s->field[k];
    switch (field) {
    case QF_FIELD_RCS_AXIS:
        return word % (QF_RCS_AXES + 1);
    case QF_FIELD_FLAGS:
        return fires ? word : word & ~QF_FLAG_BIT(RCS_ACTIVE);
    case QF_FIELD_FAULTS: /* one in four stands */
        return m == MOOD_AWKWARD ? word & ((uint64_t)drawn.word[2] << 32 | drawn.word[3]) : 0;
    case QF_FIELD_RCS_PCT:
        if (!fires) {
            return qf_bits_of(0.0);
        }
        break;
    default:
        break;
    }
    if (!is_f64(s, k)) {
        return word;
    }
    if (m == MOOD_AWKWARD && drawn.word[2] % 8 == 0) {
        return qf_bits_of(awkward_value(s, k, slot, drawn.word[3]));
    }
    return qf_bits_of(ordinary_value(field, share));
}

#define AT(s, id, slot)                                                                            \
    (*(double *)&(s)->initial[(s)->v.fleet.catalog.first_column[QF_FIELD_##id]][slot])

/* the tank holds exactly what the tick takes, and the bus carries exactly what is drawn */
static inline void meet_limits(stand *s, size_t slot)
{
    const size_t axis_column = s->v.fleet.catalog.first_column[QF_FIELD_RCS_AXIS];
    const size_t flags_column = s->v.fleet.catalog.first_column[QF_FIELD_FLAGS];
    const double thrust_n = s->group->bot.rcs.thrust_sum_n[s->initial[axis_column][slot]];
    const double dt_s = s->v.scenario.dt_s;
    const double pct = AT(s, RCS_PCT, slot);
    AT(s, RCS_TIME_LEFT, slot) = slot % 3 ? 0.0 : dt_s;
    AT(s, PROPELLANT, slot) =
        thrust_n * (pct / 100.0) / coefficient_of(s, QF_C_EXHAUST_MPS, slot) * dt_s;
    /* nothing but base and motors: at no charge 22 V * 5 A = 60 W + 40 W s/m * 1.25 m/s */
    const double limit_w =
        coefficient_of(s, QF_C_MAX_BUS_A, slot) * coefficient_of(s, QF_C_BUS_V_MIN, slot);
    const double speed_mps = (limit_w - coefficient_of(s, QF_C_BASE_OUT_W, slot)) /
                             coefficient_of(s, QF_C_MOTION_W_PER_MPS, slot);
    AT(s, SOC, slot) = 0.0;
    AT(s, CPU, slot) = 0.0;
    AT(s, NBL_MAX, slot) = 0.0;
    AT(s, SPEED, slot) = slot % 2 ? speed_mps : nextafter(speed_mps, DBL_MAX);
    s->initial[flags_column][slot] &=
        ~(QF_FLAG_BIT(RADAR_ENABLED) | QF_FLAG_BIT(TRANSPONDER_ACTIVE));
}

/* First values of the tested vehicles, for all cases of a mood. */
static inline void fill(stand *s, mood m)
{
    s->mood = mood_names[m];
    for (size_t k = 0; k < s->n_columns; k++) {
        for (size_t slot = s->group->slot_begin; slot < s->v.fleet.n_slots; slot++) {
            s->initial[k][slot] = first_word(s, k, slot, m);
        }
    }
    for (size_t e = 0; m == MOOD_AWKWARD && e < s->group->n_vehicles; e += 7) {
        meet_limits(s, s->group->slot_begin + e);
    }
}

#endif
