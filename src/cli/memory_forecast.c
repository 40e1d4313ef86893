/* SPDX-License-Identifier: Apache-2.0 */
#include "memory_forecast.h"

#include <stdio.h>

#include "behavior.h"
#include "bot.h"
#include "catalog.h"
#include "event_asked.h"
#include "event_causes.h"
#include "group.h"
#include "pipeline.h"
#include "ranks.h"
#include "results.h"
#include "summary.h"
#include "worker.h"

/* measured with runs of 1 to 3000 groups and 1 to 4000 threads */
enum {
    PROGRAM_BYTES = 13 << 20, /* what the smallest run takes: libraries, the machine's topology */
    GROUP_BYTES = 7 << 10,    /* what a group keeps besides its vehicles and constants of ticks */
    THREAD_BYTES =
        112 << 10,          /* a thread's stack as far as it is touched, and its copy of a block */
    RESULT_BYTES = 7 << 20, /* what HDF5 takes besides, and for each variable */
    RESULT_BYTES_PER_QUANTITY = 200 << 10,
    EVENT_COPIES = 4, /* the finder's, the ordered, the sorter's, the writer's */
};

/* devices of a vehicle that its first self-test is expected to find down */
static double count_failures(const qf_group_spec *spec)
{
    double n = 0.0;
    for (size_t i = 0; i < spec->n_incidents; i++) {
        n += spec->incidents[i].at_post ? spec->incidents[i].probability : 0.0;
    }
    return n;
}

/*
 * Of one vehicle, in the fuller of two moments: when it starts, which is two, its behaviour's and what its machines do
 * first, and when its self-test ends. What lies between them is not waited for (command_run.c).
 */
static double count_first_events(const qf_group_spec *spec)
{
    double start = spec->n_guidances > 0 ? 3.0 : 2.0;
    for (size_t m = 0; m < spec->n_machines; m++) {
        const qf_machine_spec *machine = spec->machines[m];
        start += (double)machine->states[machine->initial].on_enter.n;
    }
    const double tested = 1.0 + count_failures(spec);
    return start > tested ? start : tested;
}

/* what can be open of a ship at a time: its behaviour, its link, captures by its ports, a task */
static size_t count_open(const qf_group_spec *spec)
{
    size_t n = spec->docking ? spec->docking->n_ports : 0;
    n += spec->n_guidances > 0;
    n += spec->radio != NULL;
    n += qf_group_has_shape(spec, QF_SHAPE_TASK);
    return n;
}

/* what events are remembered by, so that others find them as their causes; open at the start are the self-test and
   what it finds, and in time what ships do */
static size_t predict_cause_bytes(const qf_scenario *scenario)
{
    size_t n_latest = 0;
    size_t n_open = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *spec = &scenario->groups[g];
        if (qf_group_behaves(spec)) {
            const size_t n_vehicles = spec->count * scenario->n_worlds;
            n_latest += n_vehicles * qf_group_most_asked(spec);
            n_open += (size_t)((double)n_vehicles * (1.0 + count_failures(spec)));
        }
        n_open += spec->count * scenario->n_worlds * count_open(spec);
    }
    return qf_event_causes_predicted_bytes(n_latest, n_open);
}

/* memory of the result file: rows on their way, HDF5's own tables, and the events of the start */
static size_t predict_result_bytes(qf_context *context, const qf_scenario *scenario)
{
    qf_fleet outline = {.scenario = scenario, .n_vehicles = qf_scenario_n_vehicles(scenario)};
    qf_record_plan plan;
    size_t bytes = 0;
    if (qf_catalog_create(context, &outline.arena, scenario->groups, scenario->n_groups,
                          &outline.catalog) == QF_OK &&
        qf_record_plan_create(context, &outline, &plan) == QF_OK) {
        bytes = RESULT_BYTES + plan.n_quantities * RESULT_BYTES_PER_QUANTITY +
                qf_results_buffer_bytes(&outline, &plan);
    }
    qf_arena_free(&outline.arena);
    if (scenario->record.events) {
        double n_events = 0.0;
        for (size_t g = 0; g < scenario->n_groups; g++) {
            const qf_group_spec *spec = &scenario->groups[g];
            n_events += (double)(spec->count * scenario->n_worlds) * count_first_events(spec);
        }
        bytes += EVENT_COPIES * sizeof(qf_event) * (size_t)n_events + predict_cause_bytes(scenario);
    }
    return bytes;
}

size_t qf_memory_program_bytes(void)
{
    const size_t taken = qf_peak_resident_bytes();
    return taken > PROGRAM_BYTES ? taken : PROGRAM_BYTES;
}

/*
 * What there is besides vehicles and results. A scenario of thousands of groups takes most when it
 * is read, which is over: that is what the process takes already.
 */
static size_t predict_program_bytes(const qf_context *context, const qf_scenario *scenario)
{
    const size_t net_w = qf_group_most_nodes(scenario) * sizeof(double) * QF_BLOCK_VEHICLES;
    bool bodies = false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        bodies = bodies || scenario->groups[g].body;
    }
    const size_t scratch = sizeof(qf_bot_scratch) + (bodies ? sizeof(qf_body_scratch) : 0);
    return qf_memory_program_bytes() +
           scenario->n_groups *
               (GROUP_BYTES + (size_t)qf_segment_ticks(scenario) * sizeof(qf_bot_tick)) +
           (size_t)context->n_threads * (THREAD_BYTES + scratch + net_w);
}

/*
 * The hashes of worlds, and the leaves that they are combined from: one for each group of a world.
 * More leaves than that come with so many vehicles that they do not count.
 */
static size_t predict_hash_bytes(const qf_scenario *scenario)
{
    return scenario->n_worlds * (1 + scenario->n_groups) * sizeof(uint64_t);
}

/* What vehicles were before a tick in which threads meet: worker.h. */
static size_t predict_meeting_bytes(qf_context *context, const qf_scenario *scenario)
{
    qf_arena arena = {0};
    qf_catalog catalog;
    size_t bytes_per_vehicle = 0;
    bool keeps_outputs = false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        keeps_outputs = keeps_outputs || qf_behavior_reads_outputs(&scenario->groups[g]);
    }
    if (qf_catalog_create(context, &arena, scenario->groups, scenario->n_groups, &catalog) ==
        QF_OK) {
        for (size_t field = 0; field < QF_FIELD_COUNT; field++) {
            const bool kept = qf_field_table[field].role != QF_ROLE_OUTPUT || keeps_outputs;
            bytes_per_vehicle += kept ? 8 * catalog.n_columns_of[field] : 0;
        }
    }
    qf_arena_free(&arena);
    return bytes_per_vehicle * qf_scenario_n_vehicles(scenario);
}

/* Of each of several ranks, on average, where it is of own vehicles. */
static size_t share(const qf_context *context, size_t bytes)
{
    return bytes / (size_t)qf_n_ranks(context);
}

/* What stages keep, and what vehicles were before a tick in which threads meet for them. */
static size_t predict_stage_bytes(qf_context *context, const qf_scenario *scenario)
{
    bool meets;
    const size_t bytes =
        qf_pipeline_predicted_bytes(scenario, context->n_threads, qf_n_ranks(context), &meets);
    return bytes + (meets ? share(context, predict_meeting_bytes(context, scenario)) : 0);
}

qf_status qf_memory_check(qf_context *context, const qf_scenario *scenario, const qf_limits *limits,
                          bool with_results, size_t *bytes)
{
    const size_t fleet_bytes = qf_fleet_predicted_bytes(context, scenario);
    const bool shared = context->ranks && limits->local_ranks > 1;
    const size_t n_local = shared ? (size_t)limits->local_ranks : 1;
    char what[64] = "the fleet";
    if (fleet_bytes == 0) {
        return qf_fail(context, QF_ERROR_MEMORY, "the fleet is too large to address");
    }
    *bytes = fleet_bytes + predict_program_bytes(context, scenario) + predict_hash_bytes(scenario) +
             predict_stage_bytes(context, scenario);
    if (with_results) {
        *bytes += share(context, predict_result_bytes(context, scenario));
    }
    if (n_local > 1) {
        snprintf(what, sizeof what, "the fleet, on %zu ranks of this machine,", n_local);
    }
    return qf_memory_fits(context, limits, what, n_local * *bytes);
}

qf_status qf_memory_fits(qf_context *context, const qf_limits *limits, const char *what,
                         size_t bytes)
{
    const char *source;
    const size_t available = qf_limits_free_bytes(limits, &source);
    if (available > 0 && bytes > available) {
        return qf_fail(context, QF_ERROR_MEMORY,
                       "%s needs %zu MiB, of which %zu MiB are available (%s)", what, bytes >> 20,
                       available >> 20, source);
    }
    return QF_OK;
}
