/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reaction control thrusters of the simple robot, for slots [begin, end).
 *
 * A command (axis, percent, time left) fires the axis' group of thrusters:
 *   duty = pct / 100,  fire time = min(dt, time left)
 *   mass flow = sum |F_i| duty / (isp g0),  used = mass flow * fire time              [kg]
 *   valve i is open iff (phase + 0.07 i) mod 1 < duty, phase = (t mod window) / window
 *   power = rcs_w * duty * share of open valves                                       [W]
 * Forces and torques are duty averages; a rigid body (group->body) is also handed what they are on average over the tick,
 * for the time and with the propellant that they really had, and what that took; docked it has none of it. Used up: command percent 0.
 * An empty tank, or a capture, stops the command at once; a tank that runs dry during the tick ends at 0 with the reported duty scaled.
 *
 * In: axis, percent, time left, propellant. Out: power and duty into scratch for the power plane,
 * forces, torques. Most vehicles fire seldom: all are written as at rest, and then only those are
 * visited that have a command or have just lost theirs. (Where one in sixteen fires this takes a
 * third of what visiting all of a range with a firing one does; where all fire, a fifth more.)
 * Per vehicle 2 reads of 8 bytes, and 6 writes when observed; per vehicle that fires 9 reads and
 * writes, 6 more when observed, and 40 operations with 4 divisions.
 * Vehicles with a damaged thruster are set aside and look at rest; then propulsion_damaged.c does them.
 * Source: world.md section 4. Guarded by tests/test_golden_world.c, tests/test_propulsion.c.
 */
#include "clamp.h"
#include "coefficient.h"
#include "kernels.h"
#include "propulsion_damaged.h"

/* what a vehicle that does not fire shows */
static void rest(const qf_bot_columns *c, const qf_bot_tick *tick, qf_bot_scratch *scratch,
                 size_t begin, size_t end, bool body)
{
    if (body) {
        for (size_t j = 0; j < end - begin; j++) {
            for (int k = 0; k < 3; k++) {
                scratch->body->force_n[k][j] = 0.0;
                scratch->body->torque_nm[k][j] = 0.0;
            }
            scratch->body->used_kg[j] = 0.0;
        }
    }
    for (size_t j = 0; j < end - begin; j++) {
        scratch->rcs_w[j] = 0.0;
        scratch->rcs_duty[j] = 0.0;
    }
    if (tick->observed) {
        for (int k = 0; k < 3; k++) {
            for (size_t i = begin; i < end; i++) {
                c->rcs_force_n[k][i] = 0.0;
                c->rcs_torque_nm[k][i] = 0.0;
            }
        }
    }
}

static inline __attribute__((always_inline)) uint64_t
fire(const qf_bot_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
     qf_bot_scratch *scratch, size_t begin, size_t end, const bool dispersed, const bool observed,
     const bool body)
{
    const double dt_s = tick->dt_s;
    const qf_coefficients exhaust_mps = COEFFICIENTS(EXHAUST_MPS);
    const qf_coefficients full_w = COEFFICIENTS(RCS_W);
    const qf_rcs_table *rcs = &group->rcs;
    double *restrict pct = c->rcs_pct;
    double *restrict time_left_s = c->rcs_time_left_s;
    double *restrict propellant_kg = c->propellant_kg;
    uint64_t *restrict flags = c->flags;
    uint64_t changed = 0;
    for (size_t i = begin; i < end; i++) {
        const uint64_t before = flags[i];
        if (!(pct[i] > 0.0) && !(before & QF_FLAG_BIT(RCS_ACTIVE))) {
            continue; /* rest() has written it */
        }
        const size_t j = i - begin;
        const int64_t axis = c->rcs_axis[i];
        const double thrust_sum_n = rcs->thrust_sum_n[axis];
        const double commanded_pct = thrust_sum_n > 0.0 ? pct[i] : 0.0;
        const double duty = commanded_pct / 100.0;
        const double left_s = time_left_s[i];
        const double fire_s = left_s > 0.0 ? lower(dt_s, left_s) : dt_s;
        const double tank_kg = propellant_kg[i];
        const double used_kg = thrust_sum_n * duty / VALUE_OF(exhaust_mps) * fire_s;

        const bool commanded = duty > 0.0;
        const bool starved = used_kg > 0.0 && !(tank_kg > 0.0);
        const bool active = commanded && !starved;
        const bool emptied = active && used_kg > 0.0 && used_kg >= tank_kg;
        const double scale = emptied ? tank_kg / (used_kg > 0.0 ? used_kg : 1.0) : 1.0;

        double open = 0.0;
        for (int k = 0; k < QF_RCS_MAX_GROUP; k++) {
            open += tick->valve_threshold[k][axis] < duty ? 1.0 : 0.0;
        }
        const double power_w =
            VALUE_OF(full_w) * commanded_pct / 100.0 * (open * rcs->valve_share[axis]);

        propellant_kg[i] = !active ? tank_kg : emptied ? 0.0 : tank_kg - used_kg;
        const double left_after_s = active && left_s > 0.0 ? left_s - fire_s : left_s;
        const bool finished = active && left_s > 0.0 && !(left_after_s > 0.0);
        time_left_s[i] = higher(0.0, left_after_s); /* NaN stays, as in clamp() */
        pct[i] = (commanded && starved) || emptied || finished ? 0.0 : pct[i];

        const double active_duty = active ? duty : 0.0;
        scratch->rcs_w[j] = active ? power_w : 0.0;
        scratch->rcs_duty[j] = active_duty * scale;
        const uint64_t after =
            active ? before | QF_FLAG_BIT(RCS_ACTIVE) : before & ~QF_FLAG_BIT(RCS_ACTIVE);
        flags[i] = after;
        changed |= before ^ after;
        if (body && active) {
            /* averages over the tick, of the propellant that was there */
            const double part = duty * scale * (fire_s / dt_s);
            for (int k = 0; k < 3; k++) {
                scratch->body->force_n[k][j] = rcs->force_n[k][axis] * part;
                scratch->body->torque_nm[k][j] = rcs->torque_nm[k][axis] * part;
            }
            scratch->body->used_kg[j] = emptied ? tank_kg : used_kg;
        }
        if (observed) {
            for (int k = 0; k < 3; k++) {
                /* at rest +0, as rest() writes: a negative force times 0 would be -0 */
                c->rcs_force_n[k][i] = active ? rcs->force_n[k][axis] * duty : 0.0;
                c->rcs_torque_nm[k][i] = active ? rcs->torque_nm[k][axis] * duty : 0.0;
            }
        }
    }
    return changed;
}

static bool step(const qf_bot_columns *columns, const qf_bot_group *group, const qf_bot_tick *tick,
                 qf_bot_scratch *scratch, size_t begin, size_t end)
{
    uint64_t busy = 0;
#pragma omp simd reduction(| : busy)
    for (size_t i = begin; i < end; i++) {
        busy |= columns->rcs_pct[i] > 0.0 ? QF_FLAG_BIT(RCS_ACTIVE) : 0;
        busy |= columns->flags[i];
    }
    rest(columns, tick, scratch, begin, end, group->body != NULL);
    if (!(busy & QF_FLAG_BIT(RCS_ACTIVE))) {
        return false;
    }
    const bool dispersed = group->column != NULL;
    uint64_t changed;
    if (group->body) {
        changed =
            dispersed
                ? fire(columns, group, tick, scratch, begin, end, true, tick->observed, true)
                : fire(columns, group, tick, scratch, begin, end, false, tick->observed, true);
    } else if (tick->observed) {
        changed = dispersed ? fire(columns, group, tick, scratch, begin, end, true, true, false)
                            : fire(columns, group, tick, scratch, begin, end, false, true, false);
    } else {
        changed = dispersed ? fire(columns, group, tick, scratch, begin, end, true, false, false)
                            : fire(columns, group, tick, scratch, begin, end, false, false, false);
    }
    return (changed & QF_WATCHED_FLAGS) != 0;
}

/* docking closes what leads to the thrusters: a command that is under way is over */
static void close_docked(const qf_bot_columns *columns, size_t begin, size_t end)
{
    const double *bond_kg = columns->bond_kg;
    double *restrict pct = columns->rcs_pct;
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        pct[i] = bond_kg[i] > 0.0 ? 0.0 : pct[i];
    }
}

bool QF_KERNEL(qf_propulsion_step)(const qf_bot_columns *columns, const qf_bot_group *group,
                                   const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                   size_t end)
{
    if (group->body && columns->bond_kg) {
        close_docked(columns, begin, end);
    }
    if (!group->damage || group->damage->thrusters == 0) {
        return step(columns, group, tick, scratch, begin, end);
    }
    qf_damaged_list damaged;
    qf_propulsion_set_aside(columns, group->damage, begin, end, &damaged);
    const bool changed = step(columns, group, tick, scratch, begin, end);
    return qf_propulsion_damaged(columns, group, tick, scratch, begin, &damaged) || changed;
}
