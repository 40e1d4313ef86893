/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_run.h"

#include <math.h>
#include <stdlib.h>

#include "metric_case.h"
#include "metric_listener.h"
#include "metric_time.h"
#include "metric_vehicles.h"
#include "tick_time.h"

/* Expressions of the moment that are computed together. */
typedef struct moments {
    bool late;     /* not before the first tick */
    size_t *which; /* reductions over time; n_over_time: `until` */
    qf_metric_programs programs;
} moments;

struct qf_metric_run {
    const qf_metric_plan *plan;
    const qf_fleet *fleet;
    int64_t every_ticks;
    size_t n_worlds, n_rows; /* padded to whole multiples of 8 */
    qf_tick_fraction tick_s;
    qf_arena arena;
    qf_metric_machine machine;
    qf_metric_vehicles vehicles;
    moments moments[2]; /* those at any look, then the late ones */
    qf_metric_accumulator *accumulators;
    qf_metric_listener listener;
    qf_metric_case of_case;
    double *running; /* by world: 0: it is over */
    double *until;   /* by world, at this look */
    int64_t tick;    /* of the last step, -1: none */
    int64_t look;    /* tick of the last look, -1: none */
};

/* ticks between steps at the most, where events or detections wait to be taken */
enum { MOST_TICKS_TOLD = 64 };

void qf_metric_plan_record(const qf_metric_plan *plan, qf_record_spec *record)
{
    bool false_alarms = false;
    for (size_t r = 0; r < plan->n_over_time; r++) {
        false_alarms = false_alarms || plan->over_time[r].what == QF_REDUCED_FALSE_ALARMS;
    }
    *record = (qf_record_spec){.every_ticks = record->every_ticks,
                               .hash_every_ticks = record->hash_every_ticks,
                               .events = plan->counts_events,
                               .detections = plan->counts_detections,
                               .detections_every_frames = 1,
                               .detections_min_snr_db = -(double)INFINITY,
                               .detections_long_range = true,
                               .detections_short_range = true,
                               .detections_false_alarms = false_alarms,
                               .tracks_every_frames = 1};
}

/* ---- looking ---- */

static bool is_look(const qf_metric_run *run, int64_t tick)
{
    return run->plan->looks_at_vehicles &&
           (tick % run->every_ticks == 0 || tick == run->fleet->scenario->n_ticks);
}

/* what a program comes to in some worlds goes to accumulators, or says who is over */
static void take_moments(qf_metric_run *run, const moments *set, const qf_metric_program *program,
                         qf_metric_look *look)
{
    qf_metric_machine_run(&run->machine, program, look->begin, look->n);
    for (size_t e = program->begin; e < program->end; e++) {
        look->row = qf_metric_machine_row(&run->machine, &set->programs.values[e]);
        if (set->which[e] < run->plan->n_over_time) {
            qf_metric_accumulator_take(&run->accumulators[set->which[e]], look);
            continue;
        }
        for (size_t i = 0; i < look->n; i++) {
            run->until[look->begin + i] = look->row[i];
        }
    }
}

static void take_all_moments(qf_metric_run *run, const moments *set, int64_t tick)
{
    if (set->late && tick == 0) {
        return;
    }
    /* the time before a late one's first look was without one */
    const bool first = run->look < 0 || (set->late && run->look == 0);
    for (size_t p = 0; p < set->programs.n_programs; p++) {
        const qf_metric_program *program = &set->programs.programs[p];
        for (size_t begin = 0; begin < run->n_rows; begin += QF_PROGRAM_VEHICLES) {
            const size_t rest = run->n_rows - begin;
            qf_metric_look look = {.tick = tick,
                                   .since = first ? 0 : tick - run->look,
                                   .begin = begin,
                                   .n = rest < QF_PROGRAM_VEHICLES ? rest : QF_PROGRAM_VEHICLES,
                                   .running = run->running + begin};
            take_moments(run, set, program, &look);
        }
        for (size_t e = program->begin; e < program->end; e++) {
            if (set->which[e] < run->plan->n_over_time) {
                qf_metric_accumulator_done(&run->accumulators[set->which[e]]);
            }
        }
    }
}

static void end_worlds(qf_metric_run *run, uint32_t *over, size_t *n_over)
{
    for (size_t w = 0; run->plan->until && w < run->n_worlds; w++) {
        if (run->until[w] != 0.0 && run->running[w] != 0.0) {
            run->running[w] = 0.0;
            over[(*n_over)++] = (uint32_t)w;
        }
    }
}

qf_status qf_metric_run_step(qf_context *context, qf_metric_run *run,
                             const qf_simulation *simulation, uint32_t *over, size_t *n_over)
{
    const int64_t tick = run->fleet->tick;
    *n_over = 0;
    if (tick <= run->tick || tick > qf_metric_run_next(run)) {
        return qf_fail(context, QF_ERROR_INTERNAL, "metrics at tick %lld: expected up to %lld",
                       (long long)tick, (long long)qf_metric_run_next(run));
    }
    if (tick > 0) {
        qf_metric_listener_take(&run->listener, run->fleet, simulation, run->running);
    }
    run->tick = tick;
    if (!is_look(run, tick)) {
        return QF_OK;
    }
    run->machine.evaluation.uniform[QF_UNIFORM_TICK] = (double)tick;
    run->machine.evaluation.uniform[QF_UNIFORM_TIME_S] =
        qf_seconds_of_ticks((double)tick, run->tick_s);
    qf_metric_vehicles_look(&run->vehicles, &run->machine);
    for (size_t m = 0; m < 2; m++) {
        take_all_moments(run, &run->moments[m], tick);
    }
    end_worlds(run, over, n_over);
    run->look = tick;
    return QF_OK;
}

int64_t qf_metric_run_next(const qf_metric_run *run)
{
    const int64_t last = run->fleet->scenario->n_ticks;
    const bool waits = run->plan->counts_events || run->plan->counts_detections;
    if (run->tick < 0) {
        return 0;
    }
    int64_t next = last;
    if (run->plan->looks_at_vehicles) { /* no sum: ticks between looks may be very many */
        const int64_t after = run->every_ticks - run->tick % run->every_ticks;
        next = last - run->tick < after ? last : run->tick + after;
    }
    return waits && next - run->tick > MOST_TICKS_TOLD ? run->tick + MOST_TICKS_TOLD : next;
}

qf_status qf_metric_run_finish(qf_context *context, qf_metric_run *run, const qf_design *design,
                               const uint32_t *numbers, double *metrics)
{
    const qf_metric_plan *plan = run->plan;
    for (size_t r = 0; r < plan->n_over_time; r++) {
        qf_metric_accumulator_finish(&run->accumulators[r], run->fleet->scenario->dt_s,
                                     run->n_worlds, run->of_case.columns[r]);
    }
    return qf_metric_case_compute(context, &run->of_case, &run->machine, design, numbers, metrics);
}

/* ---- coming and going ---- */

static qf_status no_memory(qf_context *context)
{
    return qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
}

/* whether an expression of the moment reads what there is not before the first tick; -1: no memory */
static int is_late(qf_metric_run *run, const qf_expression *of)
{
    size_t n;
    int late = 0;
    const size_t *columns = qf_expression_columns(&run->arena, of, &n);
    for (size_t k = 0; columns && k < n; k++) {
        late = late || run->vehicles.late[columns[k]];
    }
    return columns ? late : -1;
}

static qf_status create_moments(qf_context *context, qf_metric_run *run, bool late, moments *set)
{
    const qf_metric_plan *plan = run->plan;
    const qf_expression **of = qf_arena_array(&run->arena, plan->n_over_time + 1, sizeof *of);
    size_t n = 0;
    set->late = late;
    set->which = qf_arena_array(&run->arena, plan->n_over_time + 1, sizeof *set->which);
    if (!of || !set->which) {
        return no_memory(context);
    }
    for (size_t r = 0; r <= plan->n_over_time; r++) {
        const bool of_moments =
            r == plan->n_over_time || plan->over_time[r].what == QF_REDUCED_MOMENTS;
        const qf_expression *it = r == plan->n_over_time ? plan->until : plan->over_time[r].of;
        const int is = of_moments && it ? is_late(run, it) : 0;
        if (is < 0) {
            return no_memory(context);
        }
        if (of_moments && it && (is > 0) == late) {
            set->which[n] = r;
            of[n++] = it;
        }
    }
    const qf_status status =
        qf_metric_programs_create(context, &run->arena, of, n, (void *const *)run->vehicles.column,
                                  run->n_rows, &set->programs);
    qf_metric_machine_fit(&run->machine, &set->programs);
    return status;
}

static size_t count_looks(const qf_scenario *scenario, int64_t every_ticks)
{
    const int64_t n_ticks = scenario->n_ticks;
    return 1 + (size_t)(n_ticks / every_ticks) + (n_ticks % every_ticks > 0);
}

static size_t rows_of(const qf_scenario *scenario)
{
    return (scenario->n_worlds + 7) / 8 * 8;
}

static qf_status create_accumulators(qf_context *context, qf_metric_run *run)
{
    const qf_metric_plan *plan = run->plan;
    const size_t n_looks = count_looks(run->fleet->scenario, run->every_ticks);
    run->accumulators = qf_arena_array(&run->arena, plan->n_over_time, sizeof *run->accumulators);
    run->running = qf_arena_array(&run->arena, run->n_rows, sizeof *run->running);
    run->until = qf_arena_array(&run->arena, run->n_rows, sizeof *run->until);
    if (!run->accumulators || !run->running || !run->until) {
        return no_memory(context);
    }
    for (size_t w = 0; w < run->n_worlds; w++) {
        run->running[w] = 1.0;
    }
    qf_status status = QF_OK;
    for (size_t r = 0; r < plan->n_over_time && status == QF_OK; r++) {
        status = qf_metric_accumulator_create(context, &run->arena, &plan->over_time[r],
                                              run->n_rows, n_looks, &run->accumulators[r]);
    }
    return status;
}

static qf_status create(qf_context *context, qf_metric_run *run, const qf_sweep_spec *spec)
{
    qf_arena *arena = &run->arena;
    qf_status status = qf_metric_vehicles_create(context, arena, run->plan, run->fleet, run->n_rows,
                                                 &run->machine, &run->vehicles);
    for (size_t m = 0; m < 2 && status == QF_OK; m++) {
        status = create_moments(context, run, m == 1, &run->moments[m]);
    }
    if (status == QF_OK) {
        status = create_accumulators(context, run);
    }
    if (status == QF_OK) {
        status =
            qf_metric_listener_create(context, arena, run->plan, run->accumulators, &run->listener);
    }
    if (status == QF_OK) {
        status = qf_metric_case_create(context, arena, run->plan, spec->n_parameters, run->n_worlds,
                                       run->n_rows, &run->machine, &run->of_case);
    }
    if (status == QF_OK && !qf_metric_machine_prepare(&run->machine, arena)) {
        status = no_memory(context);
    }
    return status;
}

qf_status qf_metric_run_create(qf_context *context, const qf_metric_plan *plan,
                               const qf_sweep_spec *spec, const qf_fleet *fleet,
                               const qf_kernels *kernels, qf_metric_run **out)
{
    qf_metric_run *run = calloc(1, sizeof *run);
    *out = NULL;
    if (!run) {
        return no_memory(context);
    }
    run->plan = plan;
    run->fleet = fleet;
    run->every_ticks = spec->every_ticks;
    run->n_worlds = fleet->scenario->n_worlds;
    run->n_rows = rows_of(fleet->scenario);
    run->tick_s = qf_tick_fraction_of(fleet->scenario->dt_s);
    run->machine.kernels = kernels ? kernels : qf_kernels_best();
    run->tick = run->look = -1;
    const qf_status status =
        fleet->tick != 0 || spec->every_ticks < 1
            ? qf_fail(context, QF_ERROR_INTERNAL, "metrics begin before the first tick")
            : create(context, run, spec);
    if (status != QF_OK) {
        qf_metric_run_free(run);
        return status;
    }
    *out = run;
    return QF_OK;
}

void qf_metric_run_free(qf_metric_run *run)
{
    if (run) {
        for (size_t r = 0; run->accumulators && r < run->plan->n_over_time; r++) {
            qf_metric_accumulator_free(&run->accumulators[r]);
        }
        qf_arena_free(&run->arena);
        free(run);
    }
}

/* ---- memory ---- */

/* what all programs take, and their counters, of which those of vehicles are as long as columns */
static bool add_programs(const qf_metric_plan *plan, size_t n_slots, size_t n_rows, size_t *bytes)
{
    qf_context context = qf_context_default();
    qf_arena arena = {0};
    bool complete = true;
    size_t n_counted = 0;
    for (size_t i = 0; i < plan->n_over_vehicles + plan->n_over_time + plan->n_metrics + 1; i++) {
        size_t k = i;
        qf_metric_programs programs = {0};
        const bool of_vehicles = k < plan->n_over_vehicles;
        const qf_expression *of = of_vehicles ? plan->over_vehicles[k].of : plan->until;
        k -= of_vehicles ? 0 : plan->n_over_vehicles;
        if (!of_vehicles && k < plan->n_over_time) {
            of = plan->over_time[k].of;
        } else if (!of_vehicles && k - plan->n_over_time < plan->n_metrics) {
            of = plan->metrics[k - plan->n_over_time].of;
        }
        if (of) {
            complete = complete && qf_metric_programs_create(&context, &arena, &of, 1, NULL, 0,
                                                             &programs) == QF_OK;
            n_counted += programs.n_holds * (of_vehicles ? n_slots : n_rows);
        }
    }
    *bytes += arena.used_bytes + sizeof(int64_t) * n_counted;
    qf_arena_free(&arena);
    return complete;
}

size_t qf_metric_run_predicted_bytes(const qf_metric_plan *plan, const qf_scenario *scenario)
{
    const size_t n_rows = rows_of(scenario);
    const int64_t every_ticks = scenario->sweep ? scenario->sweep->every_ticks : 1;
    const size_t n_looks = count_looks(scenario, every_ticks);
    const size_t n_parameters = scenario->sweep ? scenario->sweep->n_parameters : 0;
    size_t n_slots = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        n_slots += scenario->groups[g].count * scenario->n_worlds + QF_SLOT_PADDING;
    }
    /* an accumulator and a sum have three columns at the most; two say who runs */
    const size_t n_columns =
        3 * plan->n_over_vehicles + 4 * plan->n_over_time + n_parameters + plan->n_metrics + 2;
    size_t bytes = n_columns * n_rows * sizeof(double) + sizeof(qf_metric_run);
    bytes += QF_PROGRAM_MOST_NUMBERS * QF_PROGRAM_VEHICLES * sizeof(double);
    for (size_t r = 0; r < plan->n_over_time; r++) {
        const bool any =
            plan->over_time[r].what == QF_REDUCED_EVENTS && plan->over_time[r].code == QF_ANY_CODE;
        bytes += sizeof(qf_metric_accumulator) + (any ? QF_EVENT_CODES * sizeof(uint32_t) : 0);
    }
    if (!add_programs(plan, n_slots, n_rows, &bytes)) {
        return SIZE_MAX;
    }
    bytes *= 2; /* memory is taken in pieces, each twice the one before */
    for (size_t r = 0; r < plan->n_over_time; r++) {
        size_t history;
        if (!qf_metric_history_bytes(&plan->over_time[r], n_rows, n_looks, &history) ||
            __builtin_add_overflow(bytes, history, &bytes)) {
            return SIZE_MAX;
        }
    }
    return bytes;
}
