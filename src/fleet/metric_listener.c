/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_listener.h"

#include "group.h"

static bool counts(const qf_time_reduction *of, uint32_t code)
{
    return of->what == QF_REDUCED_EVENTS && (of->code == QF_ANY_CODE || of->code == (int32_t)code);
}

qf_status qf_metric_listener_create(qf_context *context, qf_arena *arena,
                                    const qf_metric_plan *plan,
                                    const qf_metric_accumulator *accumulators,
                                    qf_metric_listener *listener)
{
    *listener = (qf_metric_listener){.plan = plan, .accumulators = accumulators};
    size_t most = 0;
    for (size_t r = 0; r < plan->n_over_time; r++) {
        const qf_time_reduction *of = &plan->over_time[r];
        most += of->what != QF_REDUCED_EVENTS ? 0 : of->code == QF_ANY_CODE ? QF_EVENT_CODES : 1;
    }
    listener->of_code = qf_arena_array(arena, most, sizeof *listener->of_code);
    listener->first = qf_arena_array(arena, QF_EVENT_CODES + 1, sizeof *listener->first);
    if (!listener->of_code || !listener->first) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
    }
    uint32_t n = 0;
    for (uint32_t code = 0; code < QF_EVENT_CODES; code++) {
        for (size_t r = 0; r < plan->n_over_time; r++) {
            if (counts(&plan->over_time[r], code)) {
                listener->of_code[n++] = (uint32_t)r;
            }
        }
        listener->first[code + 1] = n;
    }
    return QF_OK;
}

static size_t group_of(const qf_fleet *fleet, size_t entity)
{
    size_t g = 0;
    while (entity - fleet->groups[g].entity_begin >= fleet->groups[g].n_vehicles) {
        g++;
    }
    return g;
}

static bool is_of_group(const qf_time_reduction *of, size_t group)
{
    return of->group == QF_ANY_GROUP || (size_t)of->group == group;
}

static void take_events(const qf_metric_listener *listener, const qf_fleet *fleet,
                        const qf_simulation *simulation, const double *running)
{
    size_t n;
    const qf_event *all = qf_simulation_events(simulation, &n);
    for (size_t e = 0; e < n; e++) {
        const uint32_t begin = listener->first[all[e].code];
        const uint32_t end = listener->first[all[e].code + 1];
        if (begin == end || running[all[e].world] == 0.0) {
            continue;
        }
        const size_t group = group_of(fleet, all[e].entity);
        for (uint32_t i = begin; i < end; i++) {
            const qf_metric_accumulator *to = &listener->accumulators[listener->of_code[i]];
            if (is_of_group(to->of, group)) {
                qf_metric_accumulator_tell(to, all[e].world, all[e].tick);
            }
        }
    }
}

static void take_detections(const qf_metric_listener *listener, const qf_fleet *fleet,
                            const qf_simulation *simulation, const double *running)
{
    const qf_detections *all = &qf_simulation_sightings(simulation)->recorded;
    for (size_t d = 0; d < all->n; d++) {
        const qf_entity observer = qf_fleet_entity(fleet, (size_t)all->observer[d]);
        const qf_reduced what =
            all->target[d] == QF_NO_ENTITY ? QF_REDUCED_FALSE_ALARMS : QF_REDUCED_DETECTIONS;
        for (size_t r = 0; running[observer.world] != 0.0 && r < listener->plan->n_over_time; r++) {
            const qf_metric_accumulator *to = &listener->accumulators[r];
            if (to->of->what == what && is_of_group(to->of, observer.group)) {
                qf_metric_accumulator_tell(to, observer.world, all->tick[d]);
            }
        }
    }
}

void qf_metric_listener_take(const qf_metric_listener *listener, const qf_fleet *fleet,
                             const qf_simulation *simulation, const double *running)
{
    if (listener->plan->counts_events) {
        take_events(listener, fleet, simulation, running);
    }
    if (listener->plan->counts_detections) {
        take_detections(listener, fleet, simulation, running);
    }
}
