/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_batch.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "metric_run.h"
#include "simulation.h"

/* cases on their way */
typedef struct batch {
    const qf_sweep_job *job;
    const uint32_t *numbers;
    size_t n;
    qf_scenario scenario; /* n worlds of it */
    const qf_metric_plan *plan;
    qf_fleet fleet;
    qf_simulation *simulation;
    qf_metric_run *metrics;
    uint32_t *over; /* worlds that end at a look; then those that never did */
    uint64_t *hashes;
    size_t n_running;
    bool *done; /* by world: `until` held */
    qf_case_result *results;
} batch;

static bool is_stopped(const qf_sweep_job *job)
{
    return job->stop && *job->stop > 1;
}

static qf_status open_batch(qf_context *context, batch *b)
{
    const qf_simulation_options options = {
        .kernels = b->job->kernels,
        .keep_events = b->plan->counts_events,
        .late_outputs = !b->job->spec->until && !b->plan->looks_at_outputs,
    };
    qf_status status = qf_fleet_create(context, &b->scenario, &b->fleet);
    if (status != QF_OK) {
        return status;
    }
    b->over = qf_arena_array(&b->fleet.arena, b->n, sizeof *b->over);
    b->hashes = qf_arena_array(&b->fleet.arena, b->n, sizeof *b->hashes);
    b->done = qf_arena_array(&b->fleet.arena, b->n, sizeof *b->done);
    if (!b->over || !b->hashes || !b->done) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for a batch of %zu cases", b->n);
    }
    status = qf_simulation_create(context, &b->fleet, &options, &b->simulation);
    if (status == QF_OK) {
        status = qf_metric_run_create(context, b->plan, b->job->spec, &b->fleet, b->job->kernels,
                                      &b->metrics);
    }
    return status;
}

static void close_batch(batch *b)
{
    qf_metric_run_free(b->metrics);
    qf_simulation_free(b->simulation);
    qf_fleet_free(&b->fleet);
}

/* what comes out of some worlds is that of this tick */
static qf_status end_worlds(qf_context *context, batch *b, size_t n)
{
    const qf_status status =
        n > 0 ? qf_fleet_hash_worlds(context, &b->fleet, b->over, n, b->hashes) : QF_OK;
    for (size_t i = 0; status == QF_OK && i < n; i++) {
        qf_case_result *result = &b->results[b->over[i]];
        result->ticks = b->fleet.tick;
        result->hash = b->hashes[i];
    }
    return status;
}

static qf_status look(qf_context *context, batch *b)
{
    size_t n;
    qf_status status = qf_metric_run_step(context, b->metrics, b->simulation, b->over, &n);
    if (status == QF_OK) {
        status = end_worlds(context, b, n);
    }
    for (size_t i = 0; status == QF_OK && i < n; i++) {
        b->done[b->over[i]] = true;
        b->n_running--;
    }
    return status;
}

static qf_status run_to_end(qf_context *context, batch *b)
{
    qf_status status = look(context, b);
    while (status == QF_OK && b->n_running > 0 && b->fleet.tick < b->scenario.n_ticks) {
        if (b->job->poke) {
            b->job->poke(b->job->user);
        }
        if (is_stopped(b->job)) {
            return qf_fail(context, QF_INTERRUPTED, "interrupted");
        }
        status =
            qf_simulation_advance(context, b->simulation, qf_metric_run_next(b->metrics), NULL, 0);
        if (status == QF_OK) {
            status = look(context, b);
        }
    }
    if (status != QF_OK) {
        return status;
    }
    size_t n = 0;
    for (size_t w = 0; w < b->n; w++) {
        if (!b->done[w]) {
            b->over[n++] = (uint32_t)w;
        }
    }
    return end_worlds(context, b, n);
}

static void tell_quarantine(const batch *b, const qf_quarantine *found, qf_case_result *result)
{
    const qf_entity e = qf_fleet_entity(&b->fleet, found->entity);
    const char *quantity = b->fleet.catalog.quantities[found->quantity].name;
    const char *group = b->scenario.groups[e.group].name;
    result->outcome = QF_OUTCOME_QUARANTINED;
    if (found->reason == QF_REASON_NOT_FINITE) {
        snprintf(result->cause, sizeof result->cause, "tick %" PRId64 ": %s-%u: %s not finite",
                 found->tick, group, e.index, quantity);
    } else {
        snprintf(result->cause, sizeof result->cause,
                 "tick %" PRId64 ": %s-%u: %s out of range (%g)", found->tick, group, e.index,
                 quantity, found->value);
    }
}

/* a vehicle that comes to harm after its case is over is not the case's */
static void judge(const batch *b)
{
    const double end_s = (double)b->scenario.n_ticks * b->scenario.dt_s;
    size_t n;
    const qf_quarantine *all = qf_simulation_quarantined(b->simulation, &n);
    for (size_t i = 0; i < n; i++) {
        qf_case_result *result = &b->results[all[i].world];
        if (result->outcome == QF_OUTCOME_OK && all[i].tick <= result->ticks) {
            tell_quarantine(b, &all[i], result);
        }
    }
    for (size_t w = 0; b->job->spec->until && w < b->n; w++) {
        qf_case_result *result = &b->results[w];
        if (result->outcome == QF_OUTCOME_OK && !b->done[w]) {
            result->outcome = QF_OUTCOME_TIMED_OUT;
            snprintf(result->cause, sizeof result->cause, "until: not within %.15g s", end_s);
        }
    }
}

/* [metric][case] -> [case][metric] */
static qf_status hand_metrics(qf_context *context, const batch *b, double *metrics)
{
    const size_t n_metrics = b->plan->n_metrics;
    double *columns = calloc(b->n * n_metrics + 1, sizeof *columns);
    if (!columns) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the metrics of %zu cases", b->n);
    }
    const qf_status status =
        qf_metric_run_finish(context, b->metrics, b->job->design, b->numbers, columns);
    for (size_t w = 0; status == QF_OK && w < b->n; w++) {
        for (size_t m = 0; m < n_metrics; m++) {
            metrics[w * n_metrics + m] = columns[m * b->n + w];
        }
    }
    free(columns);
    return status;
}

static qf_status run_worlds(qf_context *context, batch *b, double *metrics)
{
    b->n_running = b->n;
    for (size_t w = 0; w < b->n; w++) {
        b->results[w] = (qf_case_result){.number = b->numbers[w],
                                         .outcome = QF_OUTCOME_OK,
                                         .metrics = metrics + w * b->plan->n_metrics};
    }
    b->scenario.n_worlds = b->n;
    b->scenario.world_numbers = b->numbers;
    b->scenario.sweep = b->job->spec;
    qf_metric_plan_record(b->plan, &b->scenario.record);
    qf_status status = open_batch(context, b);
    if (status == QF_OK) {
        status = run_to_end(context, b);
    }
    if (status == QF_OK) {
        judge(b);
        status = hand_metrics(context, b, metrics);
    }
    close_batch(b);
    return status;
}

/* of a single case that cannot be run */
static void fail_case(const qf_context *context, const batch *b, double *metrics)
{
    qf_case_result *result = &b->results[0];
    *result =
        (qf_case_result){.number = b->numbers[0], .outcome = QF_OUTCOME_FAILED, .metrics = metrics};
    snprintf(result->cause, sizeof result->cause, "%.*s", (int)sizeof result->cause - 1,
             context->error);
    for (size_t m = 0; m < b->job->spec->n_metrics; m++) {
        metrics[m] = (double)NAN;
    }
}

qf_status qf_sweep_batch_run(qf_context *context, const qf_sweep_job *job, const uint32_t *numbers,
                             size_t n, qf_case_result *results, double *metrics)
{
    batch b = {.job = job, .numbers = numbers, .n = n, .plan = job->plan, .results = results};
    qf_arena arena = {0};
    qf_scenario own = {0};
    qf_status status = QF_OK;
    if (job->read) {
        status = job->read(job->user, context, numbers, n, &arena, &own, &b.plan);
        b.scenario = own;
    } else {
        b.scenario = *job->scenario;
    }
    if (status == QF_OK) {
        status = run_worlds(context, &b, metrics);
    }
    if (job->read) {
        qf_scenario_free(&own);
    }
    qf_arena_free(&arena);
    const bool ends = status != QF_ERROR_MEMORY && status != QF_ERROR_SCENARIO;
    if (!ends && n > 1) {
        /* less memory, and of what cannot be run each case its own cause */
        const size_t half = n / 2;
        status = qf_sweep_batch_run(context, job, numbers, half, results, metrics);
        return status == QF_OK
                   ? qf_sweep_batch_run(context, job, numbers + half, n - half, results + half,
                                        metrics + half * job->spec->n_metrics)
                   : status;
    }
    if (status == QF_ERROR_SCENARIO) {
        fail_case(context, &b, metrics);
        return QF_OK;
    }
    return status;
}
