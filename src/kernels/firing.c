/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thrusters of rigid bodies as control uses them, for slots [begin, end); after propulsion.c, which does the commands of
 * axes and thrusters that are stuck on, and leaves what they give in scratch->body.
 *
 *   wanted of thruster i: share x_i of its full thrust (allocate.c), of the wrench that is wanted less what is given
 *   duty d_i = x_i / health i; where there is a least duty m:  due = x_i / health i + rest_i,
 *     d_i = 0 where due < m / 2, m where it is below m, else due but no more than 1;  rest_i = due - d_i
 *   given: sum d_i health_i F_i and T_i, averages over the tick                     [N, N m]
 *   used = sum |F_i| d_i health_i dt / (isp g0)                                     [kg]
 *   power = rcs_w * sum over open valves of d_i * part of thruster i                [W]
 * A valve is open iff (phase + 0.07 i) mod 1 < d_i, as in propulsion.c. A tank that runs dry within the tick closes all
 * valves then: force, torque and the reported duties are scaled by the propellant that was there, power is not.
 * The rest of one tick is due in the next, so that pulses give what is wanted on average: it stays within m / 2 either
 * way. It is 0 where the vehicle has not fired, or the thruster gives nothing.
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
#include "lanes_convert.h"

enum { WANTS = 1, GOOD = 2, EIGHT = 8 };

/* whether control has the thrusters, and they something to give it */
static bool has_control(const qf_bot_columns *c, size_t slot)
{
    const uint64_t locks = QF_FLAG_BIT(EMERGENCY_STOP) | QF_FLAG_BIT(SAFE_MODE) |
                           QF_FLAG_BIT(DOCKED) | QF_FLAG_BIT(RCS_ACTIVE);
    return !(c->flags[slot] & locks) && !(c->rcs_pct[slot] > 0.0);
}

/*
 * What is wanted of thrusters beyond what they give already, as qf_allocation wants it, of all vehicles of the block;
 * and whether something is.
 */
static void weigh(const qf_firing *firing, qf_body_scratch *body, size_t n)
{
    qf_allocation *allocation = &body->firing.allocation;
    const qf_allocator *allocator = firing->allocator;
    for (size_t j = 0; j < n; j++) {
        uint64_t wants = 0; /* NaN is not 0 */
        double wrench[QF_WRENCH];
        float row[QF_WRENCH];
        for (int k = 0; k < 3; k++) {
            wants |= body->wanted_force_n[k][j] != 0.0;
            wants |= body->wanted_torque_nm[k][j] != 0.0;
            wrench[k] = body->wanted_force_n[k][j] - body->force_n[k][j];
            wrench[3 + k] = body->wanted_torque_nm[k][j] - body->torque_nm[k][j];
        }
        const uint64_t good = qf_wrench_weigh(allocator->weight, wrench, row);
        for (int d = 0; d < QF_WRENCH; d++) {
            allocation->wanted[d][j] = row[d];
        }
        body->firing.wants[j] = wants | good << 1;
    }
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
    const bool fuel = c->propellant_kg[slot] > 0.0;
    if (!fuel || !(rows->wants[j] & GOOD)) {
        c->flags[slot] |= fuel ? 0 : QF_FLAG_BIT(WRENCH_SATURATED);
        return;
    }
    const size_t k = allocation->n++;
    rows->place[k] = (uint32_t)j;
    for (int d = 0; d < QF_WRENCH && k < j; d++) {
        allocation->wanted[d][k] = allocation->wanted[d][j];
    }
    if (allocation->bounded) {
        bound(group, allocation, firing->allocator->n_thrusters, slot, k);
    }
}

/* a vehicle whose thrusters stay closed owes nothing */
static void forget_rest(const qf_firing *firing, size_t slot)
{
    for (size_t t = 0; t < firing->allocator->n_thrusters; t++) {
        firing->rest[t][slot] = 0.0;
    }
}

static void gather(const qf_bot_columns *c, const qf_bot_group *group, const qf_firing *firing,
                   qf_body_scratch *body, size_t begin, size_t end)
{
    body->firing.allocation.n = 0;
    body->firing.allocation.bounded = group->damage && group->damage->thrusters != 0;
    weigh(firing, body, end - begin);
    for (size_t slot = begin; slot < end; slot++) {
        const size_t n_before = body->firing.allocation.n;
        c->flags[slot] &= ~QF_FLAG_BIT(WRENCH_SATURATED);
        if ((body->firing.wants[slot - begin] & WANTS) && has_control(c, slot)) {
            enter(c, group, firing, body, slot, slot - begin);
        }
        if (firing->least_duty > 0.0 && body->firing.allocation.n == n_before) {
            forget_rest(firing, slot);
        }
    }
}

typedef qf_f64x8 D;

#define ADD    qf_f64x8_add
#define MUL    qf_f64x8_mul
#define SET(x) qf_f64x8_set1(x)

/* the duty at which a thruster gives a share of what it gave when it was new, `most` of which it still does */
QF_LANES D duty_of(D share, D most)
{
    const D none = SET(0.0);
    return qf_f64x8_select(qf_f64x8_gt(most, none), qf_f64x8_div(share, most), none);
}

/* makes shares those of pulses that valves can do */
static void round_to_pulses(const qf_firing *firing, qf_firing_rows *rows, size_t begin)
{
    const double least = firing->least_duty;
    const bool bounded = rows->allocation.bounded;
    for (size_t t = 0; t < firing->allocator->n_thrusters; t++) {
        float *share = rows->allocation.share[t];
        for (size_t k = 0; k < rows->allocation.n; k++) {
            const double most = bounded ? (double)rows->allocation.bound[t][k] : 1.0;
            double *rest = &firing->rest[t][begin + rows->place[k]];
            if (!(most > 0.0)) {
                *rest = 0.0;
                continue;
            }
            const double due = (double)share[k] / most + *rest;
            const double pulse = due < 0.5 * least ? 0.0 : least;
            const double duty = due < least ? pulse : due < 1.0 ? due : 1.0;
            *rest = due - duty;
            share[k] = (float)(duty * most);
        }
    }
}

/* what is the same for all axes, of eight vehicles */
typedef struct valves {
    D thrust_n, power, most_duty;
} valves;

QF_LANES valves add_valve(const qf_firing *firing, size_t t, D duty, D given, valves sum)
{
    const D drawn = MUL(duty, SET(firing->valve_share[t]));
    const qf_mask64x8 open = qf_f64x8_lt(SET(firing->valve_threshold[t]), duty);
    return (valves){
        ADD(sum.thrust_n, MUL(SET(firing->allocator->thrust_n[t]), given)),
        ADD(sum.power, qf_f64x8_select(open, drawn, SET(0.0))),
        qf_f64x8_select(qf_f64x8_gt(duty, sum.most_duty), duty, sum.most_duty),
    };
}

static void save_valves(qf_firing_rows *rows, size_t from, const valves *sum)
{
    qf_f64x8_store(rows->thrust_n + from, sum->thrust_n);
    qf_f64x8_store(rows->valves + from, sum->power);
    qf_f64x8_store(rows->most_duty + from, sum->most_duty);
}

/* what each thruster gives sixteen vehicles, and at which duty */
static void add_valves(const qf_firing *firing, qf_firing_rows *rows, size_t from, bool observed)
{
    const D none = SET(0.0);
    const qf_allocation *allocation = &rows->allocation;
    valves low = {none, none, none};
    valves high = low;
    for (size_t t = 0; t < firing->allocator->n_thrusters; t++) {
        const qf_f64x16 share = qf_f64x16_from_f32x16(qf_f32x16_load(allocation->share[t] + from));
        qf_f64x16 duty = share;
        qf_f64x16 given = share;
        if (allocation->bounded) {
            const qf_f64x16 most =
                qf_f64x16_from_f32x16(qf_f32x16_load(allocation->bound[t] + from));
            duty.low = duty_of(share.low, most.low);
            duty.high = duty_of(share.high, most.high);
            given = (qf_f64x16){MUL(duty.low, most.low), MUL(duty.high, most.high)};
        }
        qf_f64x8_store(rows->given[t], given.low);
        qf_f64x8_store(rows->given[t] + EIGHT, given.high);
        low = add_valve(firing, t, duty.low, given.low, low);
        high = add_valve(firing, t, duty.high, given.high, high);
        if (observed) {
            qf_f32x16_store(rows->allocation.share[t] + from, qf_f32x16_from_f64x16(duty));
        }
    }
    save_valves(rows, from, &low);
    save_valves(rows, from + EIGHT, &high);
}

/* the wrench that this is; of eight of them, from `first` on */
static void add_wrench(const qf_firing *firing, qf_firing_rows *rows, size_t from,
                       const size_t first)
{
    const size_t n = firing->allocator->n_thrusters;
    D w0 = SET(0.0), w1 = w0, w2 = w0, w3 = w0, w4 = w0, w5 = w0;
    for (size_t t = 0; t < n; t++) {
        const double *b = firing->allocator->wrench[t];
        const D given = qf_f64x8_load(rows->given[t] + first);
        w0 = ADD(w0, MUL(SET(b[0]), given));
        w1 = ADD(w1, MUL(SET(b[1]), given));
        w2 = ADD(w2, MUL(SET(b[2]), given));
        w3 = ADD(w3, MUL(SET(b[3]), given));
        w4 = ADD(w4, MUL(SET(b[4]), given));
        w5 = ADD(w5, MUL(SET(b[5]), given));
    }
    qf_f64x8_store(rows->wrench[0] + from + first, w0);
    qf_f64x8_store(rows->wrench[1] + from + first, w1);
    qf_f64x8_store(rows->wrench[2] + from + first, w2);
    qf_f64x8_store(rows->wrench[3] + from + first, w3);
    qf_f64x8_store(rows->wrench[4] + from + first, w4);
    qf_f64x8_store(rows->wrench[5] + from + first, w5);
}

/* where `observed`, leaves duties in the rows of shares */
static void add_up(const qf_firing *firing, qf_firing_rows *rows, bool observed)
{
    for (size_t from = 0; from < rows->allocation.n; from += 2 * (size_t)EIGHT) {
        add_valves(firing, rows, from, observed);
        add_wrench(firing, rows, from, 0);
        add_wrench(firing, rows, from, EIGHT);
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
        if (firing->least_duty > 0.0) {
            round_to_pulses(firing, rows, begin);
        }
        add_up(firing, rows, tick->observed);
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
