/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thrusters of rigid bodies as control uses them, for slots [begin, end); after propulsion.c, which does the commands of
 * axes and thrusters that are stuck on, and leaves what they give in scratch->body.
 *
 *   wanted of thruster i: share x_i of its full thrust (allocate.c), of the wrench that is wanted less what is given
 *   duty d_i = x_i / health i; below half of the least duty 0, from there to the least duty that
 *   given: sum d_i health_i F_i and T_i, averages over the tick                     [N, N m]
 *   used = sum |F_i| d_i health_i dt / (isp g0)                                     [kg]
 *   power = rcs_w * sum over open valves of d_i * part of thruster i                [W]
 * A valve is open iff (phase + 0.07 i) mod 1 < d_i, as in propulsion.c. A tank that runs dry within the tick closes all
 * valves then: force, torque and the reported duties are scaled by the propellant that was there, power is not.
 * Control is left out where an emergency stop, safe mode or docking locks thrusters, and where a command of an axis is
 * under way; where nothing is wanted, nothing is done. A wrench that is no finite number leaves thrusters closed.
 *
 * Vehicles that want something are put together first, and all that follows runs over them alone. Per vehicle that does
 * not 10 reads; of those that do see allocate.c, and 25 operations for each thruster.
 * Source: world.md section 4. Guarded by tests/test_thrust.c.
 */
#include "firing.h"

#include "coefficient.h"
#include "kernels.h"

/* whether control has the thrusters, and they something to give it */
static bool has_control(const qf_bot_columns *c, size_t slot)
{
    const uint64_t locks = QF_FLAG_BIT(EMERGENCY_STOP) | QF_FLAG_BIT(SAFE_MODE) |
                           QF_FLAG_BIT(DOCKED) | QF_FLAG_BIT(RCS_ACTIVE);
    return !(c->flags[slot] & locks) && !(c->rcs_pct[slot] > 0.0);
}

static bool wants(const qf_body_scratch *body, size_t j)
{
    bool any = false; /* NaN is not 0 */
    for (int k = 0; k < 3; k++) {
        any = any || body->wanted_force_n[k][j] != 0.0 || body->wanted_torque_nm[k][j] != 0.0;
    }
    return any;
}

/* shares that thrusters of a vehicle can give */
static void bound(const qf_bot_group *group, qf_allocation *allocation, size_t n_thrusters,
                  size_t slot, size_t k)
{
    const qf_bot_damage *damage = group->damage;
    for (size_t t = 0; t < n_thrusters; t++) {
        const bool stuck = (damage->stuck_on[slot] >> t & 1) != 0;
        allocation->bound[t][k] = stuck ? 0.0f : (float)damage->health[t][slot];
    }
}

/* enters a vehicle if there is something to allocate; else says in its flags why there is not */
static void enter(const qf_bot_columns *c, const qf_bot_group *group, const qf_firing *firing,
                  qf_body_scratch *body, size_t slot, size_t j)
{
    qf_firing_rows *rows = &body->firing;
    qf_allocation *allocation = &rows->allocation;
    double wrench[QF_WRENCH];
    float row[QF_WRENCH];
    for (int k = 0; k < 3; k++) {
        wrench[k] = body->wanted_force_n[k][j] - body->force_n[k][j];
        wrench[3 + k] = body->wanted_torque_nm[k][j] - body->torque_nm[k][j];
    }
    const bool fuel = c->propellant_kg[slot] > 0.0;
    if (!fuel || !qf_allocator_weigh(firing->allocator, wrench, row)) {
        c->flags[slot] |= fuel ? 0 : QF_FLAG_BIT(WRENCH_SATURATED);
        return;
    }
    const size_t k = allocation->n++;
    rows->place[k] = (uint32_t)j;
    for (int d = 0; d < QF_WRENCH; d++) {
        allocation->wanted[d][k] = row[d];
    }
    if (allocation->bounded) {
        bound(group, allocation, firing->allocator->n_thrusters, slot, k);
    }
}

static void gather(const qf_bot_columns *c, const qf_bot_group *group, const qf_firing *firing,
                   qf_body_scratch *body, size_t begin, size_t end)
{
    body->firing.allocation.n = 0;
    body->firing.allocation.bounded = group->damage && group->damage->thrusters != 0;
    for (size_t slot = begin; slot < end; slot++) {
        c->flags[slot] &= ~QF_FLAG_BIT(WRENCH_SATURATED);
        if (wants(body, slot - begin) && has_control(c, slot)) {
            enter(c, group, firing, body, slot, slot - begin);
        }
    }
}

/* adds what one thruster gives, and leaves its duties in its row of shares */
static void add_thruster(const qf_firing *firing, qf_firing_rows *restrict rows, size_t t)
{
    const size_t n = rows->allocation.n;
    double b[QF_WRENCH];
    for (int d = 0; d < QF_WRENCH; d++) {
        b[d] = firing->allocator->wrench[t][d];
    }
    const double thrust_n = firing->allocator->thrust_n[t];
    const double least = firing->least_duty;
    const double threshold = firing->valve_threshold[t];
    const double part = firing->valve_share[t];
    float *restrict share = rows->allocation.share[t];
    const float *restrict health = rows->allocation.bound[t];
    const bool bounded = rows->allocation.bounded;
    for (size_t k = 0; k < n; k++) {
        const double most = bounded ? (double)health[k] : 1.0;
        const double wanted = most > 0.0 ? (double)share[k] / most : 0.0;
        const double pulse = wanted < 0.5 * least ? 0.0 : least;
        const double duty = wanted < least ? pulse : wanted;
        const double given = duty * most;
        share[k] = (float)duty;
        for (int d = 0; d < QF_WRENCH; d++) {
            rows->wrench[d][k] += b[d] * given;
        }
        rows->thrust_n[k] += thrust_n * given;
        rows->valves[k] += threshold < duty ? duty * part : 0.0;
        rows->most_duty[k] = duty > rows->most_duty[k] ? duty : rows->most_duty[k];
    }
}

static void add_up(const qf_firing *firing, qf_firing_rows *rows)
{
    for (size_t k = 0; k < rows->allocation.n; k++) {
        for (int d = 0; d < QF_WRENCH; d++) {
            rows->wrench[d][k] = 0.0;
        }
        rows->thrust_n[k] = 0.0;
        rows->valves[k] = 0.0;
        rows->most_duty[k] = 0.0;
    }
    for (size_t t = 0; t < firing->allocator->n_thrusters; t++) {
        add_thruster(firing, rows, t);
    }
}

/* takes the propellant of one vehicle and gives it its wrench; returns the part of the tick that it lasts */
static double burn(const qf_bot_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
                   qf_bot_scratch *scratch, size_t k, size_t begin)
{
    qf_body_scratch *body = scratch->body;
    const qf_firing_rows *rows = &body->firing;
    const size_t j = rows->place[k];
    const size_t slot = begin + j;
    const bool dispersed = group->column != NULL;
    const qf_coefficients exhaust_mps = COEFFICIENTS(EXHAUST_MPS);
    const qf_coefficients full_w = COEFFICIENTS(RCS_W);
    const double tank_kg = c->propellant_kg[slot];
    const double full_kg = rows->thrust_n[k] / VALUE_OF(exhaust_mps) * tick->dt_s;
    const bool emptied = full_kg >= tank_kg; /* nothing is entered without propellant */
    const double scale = emptied ? tank_kg / full_kg : 1.0;
    c->propellant_kg[slot] = emptied ? 0.0 : tank_kg - full_kg;
    body->used_kg[j] += emptied ? tank_kg : full_kg;
    for (int d = 0; d < 3; d++) {
        body->force_n[d][j] += rows->wrench[d][k] * scale;
        body->torque_nm[d][j] += rows->wrench[3 + d][k] * scale;
    }
    const double duty = rows->most_duty[k] * scale;
    scratch->rcs_w[j] += VALUE_OF(full_w) * rows->valves[k];
    scratch->rcs_duty[j] = duty > scratch->rcs_duty[j] ? duty : scratch->rcs_duty[j];
    if (emptied || (double)rows->allocation.missing[k] > QF_WRENCH_SHORT) {
        c->flags[slot] |= QF_FLAG_BIT(WRENCH_SATURATED);
    }
    return scale;
}

/* ---- what is reported ---- */

/* duties of what propulsion.c has fired: the command's group, and thrusters that are stuck on */
static void report_others(const qf_bot_columns *c, const qf_bot_group *group,
                          const qf_firing *firing, const qf_bot_scratch *scratch, size_t slot,
                          size_t j)
{
    const qf_rcs_table *rcs = &group->rcs;
    const int64_t axis = c->rcs_axis[slot];
    const bool stuck = group->damage && group->damage->thrusters != 0;
    for (size_t t = 0; t < firing->allocator->n_thrusters; t++) {
        firing->duty[t][slot] = 0.0;
        if (stuck && (group->damage->stuck_on[slot] >> t & 1) != 0) {
            firing->duty[t][slot] = scratch->body->used_kg[j] > 0.0 ? 1.0 : 0.0;
        }
    }
    if (c->flags[slot] & QF_FLAG_BIT(RCS_ACTIVE)) {
        for (int k = 0; k < rcs->n_thrusters[axis]; k++) {
            double *duty = &firing->duty[rcs->thruster[axis][k]][slot];
            *duty = scratch->rcs_duty[j] > *duty ? scratch->rcs_duty[j] : *duty;
        }
    }
}

/* of one vehicle that control has fired thrusters of, for that part of the tick; on top of what stuck ones do */
static void report_given(const qf_bot_columns *c, const qf_firing *firing,
                         const qf_firing_rows *rows, size_t k, size_t slot, double scale)
{
    for (size_t t = 0; t < firing->allocator->n_thrusters; t++) {
        firing->duty[t][slot] += (double)rows->allocation.share[t][k] * scale;
    }
    for (int d = 0; d < 3; d++) {
        c->rcs_force_n[d][slot] += rows->wrench[d][k] * scale;
        c->rcs_torque_nm[d][slot] += rows->wrench[3 + d][k] * scale;
    }
}

static void report_residual(const qf_firing *firing, const qf_body_scratch *body, size_t slot,
                            size_t j)
{
    double force = 0.0;
    double torque = 0.0;
    for (int d = 0; d < 3; d++) {
        const double f = body->wanted_force_n[d][j] - body->force_n[d][j];
        const double t = body->wanted_torque_nm[d][j] - body->torque_nm[d][j];
        force += f * f;
        torque += t * t;
    }
    firing->residual_force_n[slot] = __builtin_sqrt(force);
    firing->residual_torque_nm[slot] = __builtin_sqrt(torque);
}

void QF_KERNEL(qf_firing_step)(const qf_bot_columns *columns, const qf_bot_group *group,
                               const qf_firing *firing, const qf_bot_tick *tick,
                               qf_bot_scratch *scratch, size_t begin, size_t end)
{
    qf_body_scratch *body = scratch->body;
    qf_firing_rows *rows = &body->firing;
    gather(columns, group, firing, body, begin, end);
    if (tick->observed) {
        for (size_t slot = begin; slot < end; slot++) {
            report_others(columns, group, firing, scratch, slot, slot - begin);
        }
    }
    if (rows->allocation.n > 0) {
        QF_KERNEL(qf_allocate)(firing->allocator, &rows->allocation);
        add_up(firing, rows);
    }
    for (size_t k = 0; k < rows->allocation.n; k++) {
        const double scale = burn(columns, group, tick, scratch, k, begin);
        if (tick->observed) {
            report_given(columns, firing, rows, k, begin + rows->place[k], scale);
        }
    }
    if (tick->observed) {
        for (size_t slot = begin; slot < end; slot++) {
            report_residual(firing, body, slot, slot - begin);
        }
    }
}
