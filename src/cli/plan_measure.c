/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_measure.h"

#include <math.h>
#include <stdlib.h>

#include "progress.h"
#include "simulation.h"

#define LEAST_ROUND_S 0.15 /* below that a round tells too little */

enum { GROWTH = 4, LEAST_ROUNDS = 2 };

/* a batch job cut short */
typedef struct trial {
    const qf_sweep_job *job;
    int64_t n_ticks;
} trial;

/* mean and sum of squares around it (Welford) */
typedef struct spread {
    size_t n;
    double mean, squares;
} spread;

static void spread_add(spread *s, double value)
{
    s->n++;
    const double off = value - s->mean;
    s->mean += off / (double)s->n;
    s->squares += off * (value - s->mean);
}

/* of the mean of n_all such values, of which s->n were seen; NaN: too few */
static double spread_share(const spread *s, double n_all)
{
    if (s->n < 2) {
        return (double)NAN;
    }
    const double sd = sqrt(s->squares / (double)(s->n - 1)) / s->mean;
    return 2.0 * sd * sqrt(1.0 / (double)s->n + 1.0 / fmax(n_all, 1.0));
}

static qf_status read_short(void *user, qf_context *context, const uint32_t *numbers, size_t n,
                            qf_arena *arena, qf_scenario *scenario, const qf_metric_plan **plan)
{
    const trial *t = user;
    const qf_status status = t->job->read(t->job->user, context, numbers, n, arena, scenario, plan);
    if (status == QF_OK && scenario->n_ticks > t->n_ticks) {
        scenario->n_ticks = t->n_ticks;
    }
    return status;
}

static qf_status drop(void *user, qf_context *context, const qf_case_result *results, size_t n)
{
    (void)user;
    (void)context;
    (void)results;
    (void)n;
    return QF_OK;
}

static bool agree(const qf_sweep_job *job, size_t a, size_t b)
{
    const qf_design *design = job->design;
    bool same = true;
    for (size_t p = 0; p < job->spec->n_parameters; p++) {
        const double *values = &design->values[p * design->n_cases];
        const bool structural = job->spec->parameters[p].path && !job->spec->parameters[p].packed;
        same = same && (!structural || values[a] == values[b]);
    }
    return same;
}

/* up to `most` cases that can share batches with the one at `from`, in ascending order */
static size_t pick(const qf_sweep_job *job, size_t from, size_t most, uint32_t *cases)
{
    size_t n = 0;
    for (size_t i = from; i < job->n_cases && n < most; i++) {
        if (agree(job, job->cases[from], job->cases[i])) {
            cases[n++] = job->cases[i];
        }
    }
    return n;
}

/* seconds of one round; *n cases were run, from number *from of the list on, which moves on */
static qf_status run_round(qf_context *context, const qf_sweep_job *job, size_t most,
                           int64_t n_ticks, size_t *from, uint32_t *cases, size_t *n,
                           double *seconds)
{
    trial t = {job, n_ticks};
    qf_scenario scenario = *job->scenario;
    scenario.n_ticks = n_ticks < scenario.n_ticks ? n_ticks : scenario.n_ticks;
    qf_sweep_job round = *job;
    *n = pick(job, *from, most, cases);
    *from = (*from + *n) % job->n_cases;
    round.scenario = &scenario;
    round.cases = cases;
    round.n_cases = *n;
    round.stop = NULL;
    round.read = job->read ? read_short : NULL;
    round.take = drop;
    round.user = &t;
    const double begin_s = qf_monotonic_s();
    const qf_status status = qf_sweep_run(context, &round);
    *seconds = qf_monotonic_s() - begin_s;
    return status;
}

/*
 * Rounds of a batch for each thread. They grow longer until one takes long enough; what more ticks cost is the difference of the
 * last two lengths, so that what a case costs once is not counted for each tick.
 */
static qf_status measure_rounds(qf_context *context, const qf_sweep_job *job, size_t most,
                                double budget_s, uint32_t *cases, qf_measurement *m)
{
    const bool is_function = job->spec->function != QF_FUNCTION_NONE;
    const int64_t n_all = is_function ? 1 : job->scenario->n_ticks;
    const double begin_s = qf_monotonic_s();
    int64_t n_ticks = is_function ? 1 : job->spec->every_ticks;
    int64_t before = 0; /* ticks of the last shorter round, and what a case of it took */
    double before_s = 0.0;
    size_t from = 0;
    spread of_case = {0};
    n_ticks = n_ticks < n_all ? n_ticks : n_all;
    for (;;) {
        double seconds;
        size_t n;
        const qf_status status = run_round(context, job, most, n_ticks, &from, cases, &n, &seconds);
        if (status != QF_OK) {
            return status;
        }
        const double busy = n < (size_t)context->n_threads ? (double)n : (double)context->n_threads;
        const double case_s = seconds * busy / (double)n;
        m->measured_s = qf_monotonic_s() - begin_s;
        m->n_cases = n;
        if (seconds < LEAST_ROUND_S && n_ticks < n_all) {
            before = n_ticks;
            before_s = case_s;
            n_ticks = n_ticks < n_all / GROWTH ? n_ticks * GROWTH : n_all;
            continue;
        }
        spread_add(&of_case, case_s);
        if (of_case.n >= LEAST_ROUNDS && m->measured_s >= budget_s) {
            break;
        }
        if (m->measured_s >= 2.0 * budget_s) {
            break;
        }
    }
    const double tick_s = (of_case.mean - before_s) / (double)(n_ticks - before);
    m->thread_s = of_case.mean + (tick_s > 0.0 ? tick_s : 0.0) * (double)(n_all - n_ticks);
    m->spread = spread_share(&of_case, (double)job->n_cases / (double)m->n_cases);
    m->n_rounds = of_case.n;
    m->n_ticks = n_ticks;
    m->n_threads = context->n_threads;
    return QF_OK;
}

qf_status qf_measure_sweep(qf_context *context, const qf_sweep_job *job, size_t batch_worlds,
                           double budget_s, qf_measurement *measurement)
{
    *measurement = (qf_measurement){.spread = (double)NAN};
    const size_t wanted = batch_worlds * (size_t)context->n_threads;
    const size_t most = wanted < job->n_cases ? wanted : job->n_cases;
    uint32_t *cases = malloc((most + 1) * sizeof *cases);
    if (!cases) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to measure with");
    }
    const qf_status status = measure_rounds(context, job, most, budget_s, cases, measurement);
    free(cases);
    return status;
}

/* where the time of the ticks from `from_tick` on went, and what ranks would exchange in them */
static void take_profile(const qf_simulation *simulation, const qf_fleet *fleet,
                         const qf_profile *before, int64_t from_tick, qf_measurement *m)
{
    const qf_profile *now = qf_simulation_profile(simulation);
    double columns = 0.0;
    m->profile = (qf_profile){.own_s = now->own_s - before->own_s,
                              .replicated_s = now->replicated_s - before->replicated_s,
                              .n_meetings = now->n_meetings - before->n_meetings};
    m->profiled_ticks = fleet->tick - from_tick;
    for (int64_t tick = from_tick; tick < fleet->tick; tick++) {
        columns += (double)qf_simulation_seen_columns(simulation, tick);
    }
    m->seen_bytes = m->profiled_ticks > 0 ? 8.0 * columns / (double)m->profiled_ticks : 0.0;
}

/* The first call is not counted, since it touches memory that nothing has touched before; nor are those that are too short. */
static qf_status measure_ticks(qf_context *context, qf_simulation *simulation, qf_fleet *fleet,
                               double budget_s, qf_measurement *m)
{
    const int64_t n_all = fleet->scenario->n_ticks;
    const double begin_s = qf_monotonic_s();
    int64_t step = 1;
    double n_events = 0.0;
    double cold_s = 0.0; /* what came before the ticks that are counted */
    int64_t cold = 0;
    spread of_tick = {0};
    qf_profile before = {0}; /* of the ticks that are counted */
    int64_t from_tick = 0;
    while (fleet->tick < n_all && (m->measured_s < budget_s || of_tick.n < LEAST_ROUNDS)) {
        const int64_t from = fleet->tick;
        const int64_t until = from + step < n_all ? from + step : n_all;
        if (of_tick.n == 0) {
            before = *qf_simulation_profile(simulation);
            from_tick = from;
        }
        const double start_s = qf_monotonic_s();
        const qf_status status = qf_simulation_advance(context, simulation, until, NULL, 0);
        if (status != QF_OK) {
            return status;
        }
        const double seconds = qf_monotonic_s() - start_s;
        m->measured_s = qf_monotonic_s() - begin_s;
        if (of_tick.n == 0 && (from == 0 || seconds < LEAST_ROUND_S / 2.0) && until < n_all) {
            step *= from == 0 || seconds >= LEAST_ROUND_S / 2.0 ? 1 : 2;
            cold = until;
            cold_s = m->measured_s;
            continue;
        }
        size_t told;
        qf_simulation_events(simulation, &told);
        n_events += (double)told;
        spread_add(&of_tick, seconds / (double)(until - from));
    }
    take_profile(simulation, fleet, &before, from_tick, m);
    const bool whole = fleet->tick == n_all;
    m->thread_s = (whole ? m->measured_s : cold_s + of_tick.mean * (double)(n_all - cold)) *
                  context->n_threads;
    m->spread = whole ? (double)NAN : spread_share(&of_tick, (double)(n_all - cold) / (double)step);
    m->n_ticks = fleet->tick;
    m->n_rounds = of_tick.n;
    m->n_threads = context->n_threads;
    m->events_per_tick = of_tick.n > 0 ? n_events / (double)(fleet->tick - cold) : 0.0;
    return QF_OK;
}

qf_status qf_measure_scenario(qf_context *context, const qf_scenario *scenario,
                              const qf_kernels *kernels, double budget_s,
                              qf_measurement *measurement)
{
    *measurement = (qf_measurement){.spread = (double)NAN};
    qf_fleet fleet;
    qf_simulation *simulation = NULL;
    qf_status status = qf_fleet_create(context, scenario, &fleet);
    if (status != QF_OK) {
        return status;
    }
    const qf_simulation_options options = {.kernels = kernels, .keep_events = true};
    status = qf_simulation_create(context, &fleet, &options, &simulation);
    measurement->n_pieces = qf_fleet_pieces(&fleet);
    if (status == QF_OK) {
        status = measure_ticks(context, simulation, &fleet, budget_s, measurement);
    }
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    return status;
}
