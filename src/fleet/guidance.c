/* SPDX-License-Identifier: Apache-2.0 */
/* The stage of guidance, and how behaviours begin. */
#include "guidance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "guidance_stage.h"
#include "motion.h"
#include "targets.h"
#include "threads.h"

/* wheels stand still of their own accord only where somebody says so each tick */
int64_t qf_guidance_period_ticks(const qf_group *group)
{
    const qf_group_spec *spec = group->spec;
    return spec->n_guidances > 0 || (spec->body && spec->body->wheels) ? 1 : 0;
}

/* ---- memory ---- */

static bool has(const qf_fleet *fleet, qf_shape shape)
{
    return fleet->catalog.n_of_shape[shape] > 0;
}

static void bind3(const qf_fleet *fleet, qf_field_id first, const double **to)
{
    for (unsigned k = 0; k < 3; k++) {
        to[k] = qf_f64(fleet, (qf_field_id)(first + k), 0);
    }
}

static void bind4(const qf_fleet *fleet, qf_field_id first, const double **to)
{
    to[0] = qf_f64(fleet, first, 0);
    bind3(fleet, (qf_field_id)(first + 1), to + 1);
}

static bool bind_columns(const qf_fleet *fleet, qf_guidance *guidance)
{
    qf_guidance_columns *c = &guidance->columns;
    c->rcs_pct = qf_f64(fleet, QF_FIELD_RCS_PCT, 0);
    if (has(fleet, QF_SHAPE_GUIDED)) {
        c->behavior = qf_i64(fleet, QF_FIELD_GUIDANCE, 0);
        c->step = qf_i64(fleet, QF_FIELD_GUIDANCE_STEP, 0);
        bind3(fleet, QF_FIELD_GUIDANCE_X, c->begun_m);
        bind4(fleet, QF_FIELD_GUIDANCE_QW, c->begun_attitude);
    }
    if (has(fleet, QF_SHAPE_TARGET)) {
        c->target_tick = qf_i64(fleet, QF_FIELD_TARGET_TICK, 0);
        bind3(fleet, QF_FIELD_TARGET_X, c->target_m);
        bind3(fleet, QF_FIELD_TARGET_VX, c->target_mps);
        bind4(fleet, QF_FIELD_TARGET_QW, c->target_attitude);
        bind3(fleet, QF_FIELD_TARGET_RATE_X, c->target_rps);
    }
    if (has(fleet, QF_SHAPE_TASK)) {
        c->task = qf_i64(fleet, QF_FIELD_TASK, 0);
    }
    if (has(fleet, QF_SHAPE_AVOID)) {
        c->threat_tick = qf_i64(fleet, QF_FIELD_THREAT_TICK, 0);
        bind3(fleet, QF_FIELD_THREAT_X, c->threat_m);
        bind3(fleet, QF_FIELD_THREAT_VX, c->threat_mps);
    }
    const size_t n_ports = fleet->catalog.n_of_shape[QF_SHAPE_PORT];
    const int64_t **ports = qf_arena_array(&guidance->arena, n_ports, sizeof *ports);
    for (size_t k = 0; ports && k < n_ports; k++) {
        ports[k] = qf_i64(fleet, QF_FIELD_PORT_STATE, k);
    }
    c->port_state = n_ports > 0 ? ports : NULL;
    return ports != NULL;
}

static qf_status check_control(qf_context *context, const qf_scenario *scenario)
{
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        for (size_t b = 0; group->body && b < group->n_guidances; b++) {
            const char *keys[2];
            if (qf_guidance_unstable(&group->guidances[b], scenario->dt_s, keys) > 0) {
                return qf_fail(context, QF_ERROR_SCENARIO,
                               "group %s, behaviour %s: with ticks of %g s control swings up; "
                               "lower control.%s or time.dt_s",
                               group->name, group->guidances[b].name, scenario->dt_s, keys[0]);
            }
        }
    }
    return QF_OK;
}

qf_status qf_guidance_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    const size_t n_groups = fleet->scenario->n_groups;
    const qf_status status = check_control(context, fleet->scenario);
    if (status != QF_OK) {
        return status;
    }
    qf_guidance *guidance = calloc(1, sizeof *guidance);
    bool complete = guidance != NULL;
    if (complete) {
        guidance->groups = qf_arena_array(&guidance->arena, n_groups, sizeof *guidance->groups);
        guidance->rows =
            qf_arena_array(&guidance->arena, (size_t)context->n_threads, sizeof *guidance->rows);
        complete = guidance->groups && guidance->rows && bind_columns(fleet, guidance);
    }
    for (size_t g = 0; g < n_groups && complete; g++) {
        complete =
            qf_guidance_laws_of(fleet, &fleet->groups[g], &guidance->arena, &guidance->groups[g]);
    }
    if (!complete) {
        qf_guidance_close(guidance);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for guidance");
    }
    *user = guidance;
    return QF_OK;
}

void qf_guidance_close(void *user)
{
    qf_guidance *guidance = user;
    if (guidance) {
        qf_arena_free(&guidance->arena);
        free(guidance);
    }
}

/* ---- a tick ---- */

static void want_nothing(qf_body_scratch *scratch)
{
    memset(scratch->wanted_force_n, 0, sizeof scratch->wanted_force_n);
    memset(scratch->wanted_torque_nm, 0, sizeof scratch->wanted_torque_nm);
    memset(scratch->wheel_torque_nm, 0, sizeof scratch->wheel_torque_nm);
}

bool qf_guidance_run(const qf_stage_call *call)
{
    const qf_guidance *guidance = call->user;
    const qf_group_spec *spec = call->fleet->groups[call->block->group].spec;
    if (spec->n_guidances == 0) {
        want_nothing(call->scratch->body);
        return false;
    }
    if (!spec->body) {
        qf_guidance_steer_bots(call, guidance);
        return false;
    }
    qf_guidance_rows *rows = &guidance->rows[qf_thread_index()];
    call->kernels->guidance(call->bodies, &guidance->columns, &guidance->groups[call->block->group],
                            call->tick, call->constants->dt_s, call->scratch->body, rows,
                            call->block->slot_begin, call->block->slot_end);
    qf_guidance_follow(call, rows);
    return false;
}

/* ---- how behaviours begin ---- */

/* where it comes to rest from its velocity, braking as guidance does; a bot does at once */
static void keep_state(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t behavior)
{
    static const qf_field_id place[] = {QF_FIELD_X, QF_FIELD_Y, QF_FIELD_Z};
    const bool is_body = group->spec->body != NULL;
    double velocity_mps[3] = {0.0};
    double speed2 = 0.0;
    for (unsigned d = 0; d < 3 && is_body; d++) {
        velocity_mps[d] = qf_f64(fleet, (qf_field_id)(QF_FIELD_VX + d), 0)[slot];
        speed2 += velocity_mps[d] * velocity_mps[d];
    }
    double brake_s = 0.0; /* distance to rest over speed */
    if (speed2 > 0.0 && behavior >= 0) {
        const qf_guidance_spec *spec = &group->spec->guidances[behavior];
        const double gain = qf_guidance_place_gain(spec);
        const double brake_mps2 = 0.5 * spec->max_accel_mps2;
        const double speed_mps = sqrt(speed2);
        const double near_mps = brake_mps2 / gain;
        const double far_m = 0.5 * (speed2 / brake_mps2 + near_mps / gain);
        brake_s = speed_mps > near_mps ? far_m / speed_mps : 1.0 / gain;
    }
    for (unsigned d = 0; d < 3; d++) {
        qf_f64(fleet, (qf_field_id)(QF_FIELD_GUIDANCE_X + d), 0)[slot] =
            qf_f64(fleet, place[d], 0)[slot] + velocity_mps[d] * brake_s;
    }
    for (unsigned k = 0; k < 4; k++) {
        qf_f64(fleet, (qf_field_id)(QF_FIELD_GUIDANCE_QW + k), 0)[slot] =
            is_body ? qf_f64(fleet, (qf_field_id)(QF_FIELD_QW + k), 0)[slot] : (k == 0);
    }
}

static void start(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick,
                  int64_t behavior)
{
    qf_i64(fleet, QF_FIELD_GUIDANCE, 0)[slot] = behavior;
    qf_i64(fleet, QF_FIELD_GUIDANCE_SINCE, 0)[slot] = tick;
    qf_i64(fleet, QF_FIELD_GUIDANCE_STEP, 0)[slot] = 0;
    qf_f64(fleet, QF_FIELD_GOAL_DISTANCE, 0)[slot] = (double)NAN;
    qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot] &= ~QF_FLAG_BIT(BEHAVIOR_DONE);
    for (size_t t = 0; t < fleet->catalog.n_of_shape[QF_SHAPE_PULSE]; t++) {
        qf_f64(fleet, QF_FIELD_PULSE_REST, t)[slot] = 0.0;
    }
    keep_state(fleet, group, slot, behavior);
}

void qf_guidance_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e)
{
    (void)e;
    static const qf_field_id unknown[] = {QF_FIELD_TARGET_RANGE, QF_FIELD_TARGET_RANGE_RATE,
                                          QF_FIELD_PORT_AXIAL, QF_FIELD_PORT_LATERAL,
                                          QF_FIELD_PORT_ANGLE};
    for (size_t k = 0; has(fleet, QF_SHAPE_TARGET) && k < sizeof unknown / sizeof *unknown; k++) {
        qf_f64(fleet, unknown[k], 0)[slot] = (double)NAN;
    }
    if (has(fleet, QF_SHAPE_AVOID)) {
        qf_i64(fleet, QF_FIELD_THREAT_TICK, 0)[slot] = -1;
        qf_i64(fleet, QF_FIELD_THREAT_TRACK, 0)[slot] = -1;
    }
    if (has(fleet, QF_SHAPE_GUIDED)) {
        start(fleet, group, slot, 0, group->spec->n_guidances > 0 ? 0 : -1);
    }
}

void qf_guidance_begin(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick,
                       int64_t behavior, const qf_event *told, qf_event_queue *events)
{
    const uint64_t flags = qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
    if (group->spec->n_guidances == 0 || behavior < -1 ||
        behavior >= (int64_t)group->spec->n_guidances ||
        (behavior == qf_i64(fleet, QF_FIELD_GUIDANCE, 0)[slot] &&
         (flags & QF_FLAG_BIT(BEHAVIOR_DONE)) == 0)) {
        return;
    }
    if (!group->spec->body) {
        *qf_ordered_speed(fleet, group, slot) = 0.0; /* what drove it so far does no longer */
    }
    start(fleet, group, slot, tick, behavior);
    qf_targets_retarget(fleet, group, slot);
    qf_event event = *told;
    event.code = QF_EVENT_BEHAVIOR_STARTED;
    event.severity = (uint8_t)qf_event_severity(QF_EVENT_BEHAVIOR_STARTED);
    event.subject = (int32_t)behavior;
    event.value = (double)NAN;
    qf_event_queue_add(events, &event);
}
