/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reaction control thrusters of vehicles of which some are damaged; otherwise as propulsion.c.
 *
 *   share of thruster i = health i * (1 if stuck on, duty if the command's group has it, else 0)
 *   force = sum F_i share_i, torque = sum T_i share_i, both over all thrusters        [N, N m]
 *   used = sum |F_i| share_i t_i / (isp g0), t_i = dt if stuck on, else the fire time [kg]
 *   power = rcs_w * (sum over stuck ones of their part of the valves' power
 *                    + duty * part of each open valve of the command's group)         [W]
 *
 * A valve that is commanded draws power whatever comes out of it. An empty tank stops the command, and nothing comes
 * out of a thruster that is stuck on; one that runs dry during the tick ends at 0 with the reported duty scaled, and
 * force, torque and power of that tick are whole. The reported duty is the command's, 1 without one. A vehicle's
 * thrusters are active where its command gives some thrust: one that is stuck on obeys nobody.
 *
 * A rigid body is handed averages over the tick as by propulsion.c. While it is docked the valve before all of its
 * thrusters is closed: one that is stuck on gives nothing and takes nothing.
 *
 * Scalar, compiled once, thruster by thruster in ascending order: damage is rare.
 * Guarded by tests/test_damage.c.
 */
#include "propulsion_damaged.h"

#include "body.h"
#include "clamp.h"

/* what the thrusters of one vehicle do together in one tick */
typedef struct effort {
    double force_n[3];
    double torque_nm[3];
    double used_kg; /* if the tank holds it */
    double power_w;
    double mean_n[3]; /* over the whole tick */
    double mean_nm[3];
    bool stuck; /* one is stuck on and gives thrust */
} effort;

void qf_propulsion_set_aside(const qf_bot_columns *columns, const qf_bot_damage *damage,
                             size_t begin, size_t end, qf_damaged_list *list)
{
    uint64_t any = 0; /* of most blocks nothing stands, and this takes vectors */
    for (size_t i = begin; i < end; i++) {
        any |= damage->standing[i];
    }
    list->n = 0;
    if (!(any & damage->thrusters)) {
        return;
    }
    for (size_t i = begin; i < end; i++) {
        if (damage->standing[i] & damage->thrusters) {
            list->slot[list->n] = i;
            list->pct[list->n] = columns->rcs_pct[i];
            list->active[list->n++] = columns->flags[i] & QF_FLAG_BIT(RCS_ACTIVE);
            columns->rcs_pct[i] = 0.0;
            columns->flags[i] &= ~QF_FLAG_BIT(RCS_ACTIVE);
        }
    }
}

/* place of a thruster in the group of an axis, or QF_RCS_MAX_GROUP */
static int place_in(const qf_rcs_table *rcs, int64_t axis, size_t thruster)
{
    for (int k = 0; k < rcs->n_thrusters[axis]; k++) {
        if (rcs->thruster[axis][k] == (int)thruster) {
            return k;
        }
    }
    return QF_RCS_MAX_GROUP;
}

bool qf_propulsion_gives_thrust(const qf_bot_group *group, int64_t axis, size_t slot)
{
    const qf_rcs_table *rcs = &group->rcs;
    const qf_bot_damage *damage = group->damage;
    if (!damage || damage->thrusters == 0) {
        return rcs->thrust_sum_n[axis] > 0.0;
    }
    bool gives = false;
    for (int k = 0; k < rcs->n_thrusters[axis]; k++) {
        const int t = rcs->thruster[axis][k];
        gives = gives || damage->thrust_n[t] * damage->health[t][slot] > 0.0;
    }
    return gives && rcs->thrust_sum_n[axis] > 0.0;
}

static double coefficient_of(const qf_bot_group *group, size_t number, size_t slot)
{
    return group->column ? group->column[number][slot - group->origin] : group->uniform[number];
}

static effort sum_up(const qf_bot_group *group, const qf_bot_tick *tick, size_t slot, int64_t axis,
                     double duty, double fire_s, bool is_closed)
{
    const qf_bot_damage *damage = group->damage;
    const double exhaust_mps = coefficient_of(group, QF_C_EXHAUST_MPS, slot);
    const double full_w = coefficient_of(group, QF_C_RCS_W, slot);
    effort sum = {0};
    if (is_closed) {
        return sum;
    }
    for (size_t t = 0; t < damage->n_thrusters; t++) {
        const bool stuck = (damage->stuck_on[slot] >> t & 1) != 0;
        const int k = place_in(&group->rcs, axis, t);
        const bool commanded = k < QF_RCS_MAX_GROUP && duty > 0.0;
        if (!stuck && !commanded) {
            continue;
        }
        const double share = damage->health[t][slot] * (stuck ? 1.0 : duty);
        const double part = share * (stuck ? 1.0 : fire_s / tick->dt_s);
        for (int d = 0; d < 3; d++) {
            sum.force_n[d] += damage->force_n[t][d] * share;
            sum.torque_nm[d] += damage->torque_nm[t][d] * share;
            sum.mean_n[d] += damage->force_n[t][d] * part;
            sum.mean_nm[d] += damage->torque_nm[t][d] * part;
        }
        sum.used_kg += damage->thrust_n[t] * share / exhaust_mps * (stuck ? tick->dt_s : fire_s);
        if (stuck) {
            sum.power_w += full_w * damage->valve_share[t];
            sum.stuck = sum.stuck || share > 0.0;
        } else if (tick->valve_threshold[k][axis] < duty) {
            sum.power_w += full_w * duty * group->rcs.valve_share[axis];
        }
    }
    return sum;
}

/* one vehicle; `before` are its flags. Returns them as they are afterwards. */
static uint64_t fire(const qf_bot_columns *c, const qf_bot_group *group, const qf_bot_tick *tick,
                     qf_bot_scratch *scratch, size_t i, size_t j, uint64_t before)
{
    const int64_t axis = c->rcs_axis[i];
    const double duty = group->rcs.thrust_sum_n[axis] > 0.0 ? c->rcs_pct[i] / 100.0 : 0.0;
    const double left_s = c->rcs_time_left_s[i];
    const double fire_s = left_s > 0.0 ? lower(tick->dt_s, left_s) : tick->dt_s;
    const bool is_closed = group->body && c->bond_kg && c->bond_kg[i] > 0.0;
    const effort sum = sum_up(group, tick, i, axis, duty, fire_s, is_closed);

    const bool commanded = duty > 0.0;
    const double tank_kg = c->propellant_kg[i];
    const bool starved = sum.used_kg > 0.0 && !(tank_kg > 0.0);
    const bool runs = commanded && !starved;
    const bool fires = (runs || sum.stuck) && !starved;
    const bool emptied = fires && sum.used_kg > 0.0 && sum.used_kg >= tank_kg;
    const double scale = emptied ? tank_kg / sum.used_kg : 1.0;
    const double left_after_s = runs && left_s > 0.0 ? left_s - fire_s : left_s;
    const bool finished = runs && left_s > 0.0 && !(left_after_s > 0.0);

    c->propellant_kg[i] = !fires ? tank_kg : emptied ? 0.0 : tank_kg - sum.used_kg;
    c->rcs_time_left_s[i] = higher(0.0, left_after_s);
    c->rcs_pct[i] = starved || emptied || finished ? 0.0 : c->rcs_pct[i];
    if (group->body && fires) {
        for (int k = 0; k < 3; k++) {
            scratch->body->force_n[k][j] = sum.mean_n[k] * scale;
            scratch->body->torque_nm[k][j] = sum.mean_nm[k] * scale;
        }
        scratch->body->used_kg[j] = emptied ? tank_kg : sum.used_kg;
    }
    scratch->rcs_w[j] = fires ? sum.power_w : 0.0;
    scratch->rcs_duty[j] = !fires ? 0.0 : (commanded ? duty : 1.0) * scale;
    if (tick->observed) {
        for (int k = 0; k < 3; k++) {
            c->rcs_force_n[k][i] = fires ? sum.force_n[k] : 0.0;
            c->rcs_torque_nm[k][i] = fires ? sum.torque_nm[k] : 0.0;
        }
    }
    const bool active = runs && qf_propulsion_gives_thrust(group, axis, i);
    return active ? before | QF_FLAG_BIT(RCS_ACTIVE) : before & ~QF_FLAG_BIT(RCS_ACTIVE);
}

bool qf_propulsion_damaged(const qf_bot_columns *columns, const qf_bot_group *group,
                           const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                           const qf_damaged_list *list)
{
    uint64_t changed = 0;
    for (size_t n = 0; n < list->n; n++) {
        const size_t i = list->slot[n];
        const uint64_t before = columns->flags[i] | list->active[n];
        columns->rcs_pct[i] = list->pct[n];
        const uint64_t after = fire(columns, group, tick, scratch, i, i - begin, before);
        columns->flags[i] = after;
        changed |= before ^ after;
    }
    return (changed & QF_WATCHED_FLAGS) != 0;
}
