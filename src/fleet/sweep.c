/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot.h"
#include "group.h"
#include "metric_run.h"
#include "pipeline.h"
#include "profile.h"
#include "sweep_batch.h"
#include "sweep_cut.h"
#include "worker.h"

enum {
    MOST_WORLDS = 4096,
    FUNCTION_WORLDS = 4096,
    /* what the vehicles of a batch may take, radars and tracks included, of which a tick touches a part. On cores with
       1 MiB of second-level cache two bots with a tracker took a sixth longer with three times as much, dockings a
       twelfth longer with a third of it. */
    BATCH_BYTES = 3 << 19,
};

typedef struct run {
    const qf_sweep_job *job;
    qf_sweep_cut cut;
    atomic_size_t next;
    atomic_int status; /* of the run: the first that is not QF_OK */
} run;

/* ---- threads ---- */

/* what one thread needs besides */
typedef struct runner {
    qf_context context;
    qf_case_result *results;
    double *metrics;
} runner;

static qf_status run_part(run *r, runner *own, const qf_sweep_part *p)
{
    const qf_sweep_job *job = r->job;
    const size_t n = p->end - p->begin;
    const double begin_s = qf_seconds_now();
    const qf_status status =
        job->spec->function != QF_FUNCTION_NONE
            ? qf_sweep_batch_compute(&own->context, job, r->cut.cases + p->begin, n, own->results,
                                     own->metrics)
            : qf_sweep_batch_run(&own->context, job, r->cut.cases + p->begin, n, own->results,
                                 own->metrics);
    const double wall_s = (qf_seconds_now() - begin_s) / (double)n;
    for (size_t i = 0; status == QF_OK && i < n; i++) {
        own->results[i].wall_s = wall_s;
    }
    return status;
}

/* how many batches were taken before, by threads of any rank */
static size_t take_parts(run *r, size_t n)
{
    return r->job->next ? r->job->next(r->job->user, n) : atomic_fetch_add(&r->next, n);
}

/* the number of a batch to run; none is left where it is no smaller than n_parts */
static size_t begin_part(run *r)
{
    const qf_sweep_cut *cut = &r->cut;
    const size_t p = take_parts(r, 1);
    if (r->job->begun) {
        const size_t now = p < cut->n_parts
                               ? cut->parts[p].n_before + cut->parts[p].end - cut->parts[p].begin
                               : r->job->n_cases;
        size_t before = atomic_load(r->job->begun);
        while (before < now && !atomic_compare_exchange_weak(r->job->begun, &before, now)) {
        }
    }
    return p;
}

/* the first to fail says why, and leaves nothing to begin */
static void fail_run(run *r, qf_context *context, const runner *own, qf_status status)
{
    if (atomic_load(&r->status) == QF_OK) {
        memcpy(context->error, own->context.error, sizeof context->error);
        atomic_store(&r->status, (int)status);
        (void)take_parts(r, r->job->n_cases); /* as many batches at most */
    }
}

static void run_parts(run *r, qf_context *context, runner *own)
{
    const qf_sweep_job *job = r->job;
    while (atomic_load(&r->status) == QF_OK) {
        qf_status status = job->stop && *job->stop != 0
                               ? qf_fail(&own->context, QF_INTERRUPTED, "interrupted")
                               : QF_OK;
        const size_t p = status == QF_OK ? begin_part(r) : 0;
        if (p >= r->cut.n_parts) {
            return;
        }
        if (status == QF_OK) {
            status = run_part(r, own, &r->cut.parts[p]);
        }
#pragma omp critical(qf_sweep_take)
        {
            if (status == QF_OK && atomic_load(&r->status) == QF_OK) {
                status = job->take(job->user, &own->context, own->results,
                                   r->cut.parts[p].end - r->cut.parts[p].begin);
            }
            if (status != QF_OK) {
                fail_run(r, context, own, status);
            }
        }
    }
}

static void run_thread(run *r, qf_context *context)
{
    runner own = {0};
#pragma omp critical(qf_sweep_take)
    own.context = *context; /* where another thread may say by now what failed */
    own.context.n_threads = 1;
    own.context.ranks = NULL; /* a batch is the business of one thread of one rank */
    own.results = calloc(r->cut.most, sizeof *own.results);
    own.metrics = calloc(r->cut.most * r->job->spec->n_metrics + 1, sizeof *own.metrics);
    if (own.results && own.metrics) {
        run_parts(r, context, &own);
    } else {
        qf_fail(&own.context, QF_ERROR_MEMORY, "no memory for the results of %zu cases",
                r->cut.most);
#pragma omp critical(qf_sweep_take)
        fail_run(r, context, &own, QF_ERROR_MEMORY);
    }
    free(own.results);
    free(own.metrics);
}

/*
 * Each thread of the context's team is a team of its own: what a simulation does in parallel and what it does outside
 * of that is all done by thread 0.
 */
static void run_threads(run *r, qf_context *context)
{
#pragma omp parallel num_threads(context->n_threads)
    {
#pragma omp parallel num_threads(1)
        run_thread(r, context);
    }
}

qf_status qf_sweep_run(qf_context *context, const qf_sweep_job *job)
{
    run r = {.job = job, .status = QF_OK};
    const bool is_function = job->spec->function != QF_FUNCTION_NONE;
    const size_t chosen = job->batch_worlds > 0 ? job->batch_worlds
                          : is_function         ? FUNCTION_WORLDS
                                                : qf_sweep_batch_worlds(job->scenario);
    if (job->n_cases == 0) {
        return QF_OK;
    }
    const size_t n_threads = job->n_threads > 0 ? job->n_threads : (size_t)context->n_threads;
    const qf_status status = qf_sweep_cut_make(context, job, n_threads, chosen, &r.cut);
    if (status == QF_OK) {
        run_threads(&r, context);
    } else {
        fail_run(&r, context, &(runner){.context = *context}, status);
    }
    qf_sweep_cut_free(&r.cut);
    return (qf_status)atomic_load(&r.status);
}

/* ---- sizes ---- */

static size_t column_bytes_per_world(const qf_scenario *scenario)
{
    qf_context context = qf_context_default();
    qf_scenario one = *scenario;
    one.n_worlds = 1;
    qf_arena arena = {0};
    qf_catalog catalog;
    size_t bytes = 0;
    if (qf_catalog_create(&context, &arena, one.groups, one.n_groups, &catalog) == QF_OK) {
        bytes = sizeof(double) * catalog.n_columns * qf_scenario_n_vehicles(&one);
    }
    qf_arena_free(&arena);
    return bytes;
}

/* what one more world takes */
static size_t bytes_per_world(const qf_scenario *scenario)
{
    enum { FEW = 64 };
    qf_scenario some = *scenario;
    bool meets;
    some.n_worlds = FEW;
    const size_t of_few = qf_pipeline_predicted_bytes(&some, 1, 1, &meets);
    some.n_worlds = 2 * FEW;
    const size_t of_stages = (qf_pipeline_predicted_bytes(&some, 1, 1, &meets) - of_few) / FEW;
    return (meets ? 2 : 1) * column_bytes_per_world(scenario) + of_stages;
}

size_t qf_sweep_batch_worlds(const qf_scenario *scenario)
{
    const size_t bytes = bytes_per_world(scenario);
    const size_t n = bytes > 0 ? BATCH_BYTES / bytes : 1;
    return n < 1 ? 1 : n > MOST_WORLDS ? MOST_WORLDS : n;
}

/* what vehicles were before a tick: of one block, and of all where threads meet within it */
static size_t predict_copies(const qf_scenario *scenario, bool meets)
{
    qf_scenario one = *scenario;
    one.n_worlds = 1;
    const size_t per_vehicle = column_bytes_per_world(scenario) / qf_scenario_n_vehicles(&one);
    size_t n_blocks = 1;
    for (size_t g = 0; meets && g < scenario->n_groups; g++) {
        const size_t n = scenario->groups[g].count * scenario->n_worlds;
        n_blocks += (n + QF_BLOCK_VEHICLES - 1) / QF_BLOCK_VEHICLES;
    }
    return n_blocks * per_vehicle * QF_BLOCK_VEHICLES;
}

size_t qf_sweep_predicted_bytes(qf_context *context, const qf_sweep_job *job)
{
    qf_scenario scenario = *job->scenario;
    const size_t most =
        job->batch_worlds > 0 ? job->batch_worlds : qf_sweep_batch_worlds(&scenario);
    const size_t n = most < job->n_cases ? most : job->n_cases;
    const size_t n_metrics = job->spec->n_metrics;
    const size_t results = n * (sizeof(qf_case_result) + 2 * sizeof(double) * n_metrics);
    if (job->spec->function != QF_FUNCTION_NONE) {
        return results + sizeof(double) * n * (2 * job->spec->n_parameters + n_metrics + 1);
    }
    scenario.n_worlds = n;
    scenario.sweep = job->spec;
    bool meets;
    const size_t of_stages = qf_pipeline_predicted_bytes(&scenario, 1, 1, &meets);
    const size_t of_groups =
        scenario.n_groups * (size_t)qf_segment_ticks(&scenario) * sizeof(qf_bot_tick);
    return qf_fleet_predicted_bytes(context, &scenario) + of_stages + of_groups +
           predict_copies(&scenario, meets) + sizeof(qf_bot_scratch) + sizeof(qf_body_scratch) +
           results + qf_metric_run_predicted_bytes(job->plan, &scenario);
}
