/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bot.h"
#include "group.h"
#include "metric_run.h"
#include "pipeline.h"
#include "sweep_batch.h"
#include "worker.h"

enum {
    MOST_WORLDS = 4096,
    FUNCTION_WORLDS = 4096,
    /* what the vehicles of a batch may take, radars and tracks included, of which a tick touches a part. On cores with
       1 MiB of second-level cache two bots with a tracker took a sixth longer with three times as much, dockings a
       twelfth longer with a third of it. */
    BATCH_BYTES = 3 << 19,
};

/* cases [begin, end) of the run's list */
typedef struct part {
    size_t begin, end;
} part;

typedef struct run {
    const qf_sweep_job *job;
    uint32_t *cases; /* those of one batch stand together */
    part *parts;     /* by their first case */
    size_t n_parts;
    size_t most; /* cases of the largest */
    atomic_size_t next;
    atomic_int status; /* of the run: the first that is not QF_OK */
} run;

/* ---- batches ---- */

static uint64_t bits_of(const qf_design *design, size_t parameter, uint32_t number)
{
    uint64_t bits;
    memcpy(&bits, &design->values[parameter * design->n_cases + number], sizeof bits);
    return bits;
}

/* by what is not packed */
static int compare_structure(const qf_sweep_job *job, uint32_t a, uint32_t b)
{
    for (size_t p = 0; p < job->spec->n_parameters; p++) {
        const qf_sweep_parameter *parameter = &job->spec->parameters[p];
        if (parameter->path && !parameter->packed) {
            const uint64_t of_a = bits_of(job->design, p, a);
            const uint64_t of_b = bits_of(job->design, p, b);
            if (of_a != of_b) {
                return of_a < of_b ? -1 : 1;
            }
        }
    }
    return 0;
}

static int compare_cases(const void *left, const void *right, void *job)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;
    const int order = compare_structure(job, a, b);
    return order != 0 ? order : (a > b) - (a < b);
}

static int compare_parts(const void *left, const void *right, void *cases)
{
    const uint32_t a = ((const uint32_t *)cases)[((const part *)left)->begin];
    const uint32_t b = ((const uint32_t *)cases)[((const part *)right)->begin];
    return (a > b) - (a < b);
}

static bool has_structure(const qf_sweep_spec *spec)
{
    bool has = false;
    for (size_t p = 0; spec->function == QF_FUNCTION_NONE && p < spec->n_parameters; p++) {
        has = has || (spec->parameters[p].path && !spec->parameters[p].packed);
    }
    return has;
}

/* as even as can be, and as many for every thread */
static size_t worlds_of_part(size_t n, size_t most, size_t n_threads)
{
    size_t n_parts = (n + most - 1) / most;
    n_parts = (n_parts + n_threads - 1) / n_threads * n_threads;
    return (n + n_parts - 1) / n_parts;
}

static void cut(run *r, size_t most, size_t n_threads)
{
    const qf_sweep_job *job = r->job;
    const bool structured = has_structure(job->spec);
    if (structured) {
        const size_t share = (job->n_cases + n_threads - 1) / n_threads;
        most = share < most ? share : most;
        qsort_r(r->cases, job->n_cases, sizeof *r->cases, compare_cases, (void *)job);
    }
    for (size_t begin = 0; begin < job->n_cases;) {
        size_t end = structured ? begin + 1 : job->n_cases;
        while (end < job->n_cases && compare_structure(job, r->cases[begin], r->cases[end]) == 0) {
            end++;
        }
        const size_t size =
            worlds_of_part(end - begin, most, structured || job->batch_worlds > 0 ? 1 : n_threads);
        for (; begin < end; begin += size) {
            const size_t n = end - begin < size ? end - begin : size;
            r->parts[r->n_parts++] = (part){begin, begin + n};
            r->most = n > r->most ? n : r->most;
        }
        begin = end;
    }
    qsort_r(r->parts, r->n_parts, sizeof *r->parts, compare_parts, r->cases);
}

/* ---- threads ---- */

/* what one thread needs besides */
typedef struct runner {
    qf_context context;
    qf_case_result *results;
    double *metrics;
} runner;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static qf_status run_part(run *r, runner *own, const part *p)
{
    const qf_sweep_job *job = r->job;
    const size_t n = p->end - p->begin;
    const double begin_s = seconds_now();
    const qf_status status = job->spec->function != QF_FUNCTION_NONE
                                 ? qf_sweep_batch_compute(&own->context, job, r->cases + p->begin,
                                                          n, own->results, own->metrics)
                                 : qf_sweep_batch_run(&own->context, job, r->cases + p->begin, n,
                                                      own->results, own->metrics);
    const double wall_s = (seconds_now() - begin_s) / (double)n;
    for (size_t i = 0; status == QF_OK && i < n; i++) {
        own->results[i].wall_s = wall_s;
    }
    return status;
}

/* the first to fail says why */
static void fail_run(run *r, qf_context *context, const runner *own, qf_status status)
{
    if (atomic_load(&r->status) == QF_OK) {
        memcpy(context->error, own->context.error, sizeof context->error);
        atomic_store(&r->status, (int)status);
    }
}

static void run_parts(run *r, qf_context *context, runner *own)
{
    const qf_sweep_job *job = r->job;
    while (atomic_load(&r->status) == QF_OK) {
        qf_status status = job->stop && *job->stop != 0
                               ? qf_fail(&own->context, QF_INTERRUPTED, "interrupted")
                               : QF_OK;
        const size_t p = status == QF_OK ? atomic_fetch_add(&r->next, 1) : 0;
        if (p >= r->n_parts) {
            return;
        }
        if (status == QF_OK) {
            status = run_part(r, own, &r->parts[p]);
        }
#pragma omp critical(qf_sweep_take)
        {
            if (status == QF_OK && atomic_load(&r->status) == QF_OK) {
                status = job->take(job->user, &own->context, own->results,
                                   r->parts[p].end - r->parts[p].begin);
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
    own.results = calloc(r->most, sizeof *own.results);
    own.metrics = calloc(r->most * r->job->spec->n_metrics + 1, sizeof *own.metrics);
    if (own.results && own.metrics) {
        run_parts(r, context, &own);
    } else {
        qf_fail(&own.context, QF_ERROR_MEMORY, "no memory for the results of %zu cases", r->most);
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
    r.cases = calloc(job->n_cases, sizeof *r.cases);
    r.parts = calloc(job->n_cases, sizeof *r.parts);
    if (r.cases && r.parts) {
        memcpy(r.cases, job->cases, job->n_cases * sizeof *r.cases);
        cut(&r, chosen, (size_t)context->n_threads);
        run_threads(&r, context);
    } else {
        r.status = (int)qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", job->n_cases);
    }
    free(r.cases);
    free(r.parts);
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
    const size_t of_few = qf_pipeline_predicted_bytes(&some, 1, &meets);
    some.n_worlds = 2 * FEW;
    const size_t of_stages = (qf_pipeline_predicted_bytes(&some, 1, &meets) - of_few) / FEW;
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
    const size_t of_stages = qf_pipeline_predicted_bytes(&scenario, 1, &meets);
    const size_t of_groups =
        scenario.n_groups * (size_t)qf_segment_ticks(&scenario) * sizeof(qf_bot_tick);
    return qf_fleet_predicted_bytes(context, &scenario) + of_stages + of_groups +
           predict_copies(&scenario, meets) + sizeof(qf_bot_scratch) + sizeof(qf_body_scratch) +
           results + qf_metric_run_predicted_bytes(job->plan, &scenario);
}
