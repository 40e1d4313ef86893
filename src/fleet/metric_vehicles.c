/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_vehicles.h"

#include <math.h>
#include <string.h>

#include "group.h"
#include "metric_sum.h"

/* vehicles [begin, begin + n) of a group */
typedef struct span {
    size_t begin, n;
    size_t per_world;
} span;

/* the places of each world's vehicles in the row of a span: from i on up to `end` */
#define EACH_WORLD(s, world, i, end)                                                               \
    for (size_t world = (s).begin / (s).per_world, i = 0, end;                                     \
         i < (s).n && (end = end_of(&(s), world), true); world++)

static size_t end_of(const span *s, size_t world)
{
    const size_t end = (world + 1) * s->per_world - s->begin;
    return end < s->n ? end : s->n;
}

/* of nothing so far NaN, which anything replaces, and which replaces nothing */
static void take_least(span s, const double *row, double *column)
{
    EACH_WORLD(s, world, i, end)
    {
        double least = column[world];
        for (; i < end; i++) {
            least = row[i] < least || least != least ? row[i] : least;
        }
        column[world] = least;
    }
}

static void take_most(span s, const double *row, double *column)
{
    EACH_WORLD(s, world, i, end)
    {
        double most = column[world];
        for (; i < end; i++) {
            most = row[i] > most || most != most ? row[i] : most;
        }
        column[world] = most;
    }
}

/* of truths, which are 0 or 1 */
static void take_count(span s, const double *row, double *column)
{
    EACH_WORLD(s, world, i, end)
    {
        double count = column[world];
        for (; i < end; i++) {
            count += row[i];
        }
        column[world] = count;
    }
}

static void take_sum(span s, const double *row, double *column, double *low, double *count)
{
    EACH_WORLD(s, world, i, end)
    {
        qf_metric_sum sum = {column[world], low[world], count[world]};
        for (; i < end; i++) {
            sum = qf_metric_sum_add(sum, row[i]);
        }
        column[world] = sum.high;
        low[world] = sum.low;
        count[world] = sum.n;
    }
}

static void take(const qf_metric_vehicles *v, size_t r, span s, const double *row)
{
    double *column = v->column[r];
    if (s.per_world == 1) { /* whatever the reduction is */
        memcpy(column + s.begin, row, s.n * sizeof *row);
        return;
    }
    switch (v->plan->over_vehicles[r].over) {
    case QF_OVER_MIN:
        take_least(s, row, column);
        break;
    case QF_OVER_MAX:
        take_most(s, row, column);
        break;
    case QF_OVER_SUM:
    case QF_OVER_MEAN:
        take_sum(s, row, column, v->low[r], v->count[r]);
        break;
    default:
        take_count(s, row, column);
        break;
    }
}

static void begin(const qf_metric_vehicles *v, size_t r, size_t n_worlds)
{
    const qf_over over = v->plan->over_vehicles[r].over;
    const double nothing = over == QF_OVER_MIN || over == QF_OVER_MAX ? (double)NAN : 0.0;
    for (size_t w = 0; w < n_worlds; w++) {
        v->column[r][w] = nothing;
    }
    if (v->low[r]) {
        memset(v->low[r], 0, n_worlds * sizeof *v->low[r]);
        memset(v->count[r], 0, n_worlds * sizeof *v->count[r]);
    }
}

static void end(const qf_metric_vehicles *v, size_t r, size_t n_worlds, double per_world)
{
    double *column = v->column[r];
    for (size_t w = 0; w < n_worlds; w++) {
        switch (v->plan->over_vehicles[r].over) {
        case QF_OVER_SUM:
            column[w] = qf_metric_sum_of((qf_metric_sum){column[w], v->low[r][w], v->count[r][w]});
            break;
        case QF_OVER_MEAN:
            column[w] = qf_metric_mean_of((qf_metric_sum){column[w], v->low[r][w], v->count[r][w]});
            break;
        case QF_OVER_ANY:
            column[w] = column[w] > 0.0 ? 1.0 : 0.0;
            break;
        case QF_OVER_ALL:
            column[w] = column[w] == per_world ? 1.0 : 0.0;
            break;
        default:
            return;
        }
    }
}

static void look_at(const qf_metric_vehicles *v, const qf_metric_batch *batch,
                    const qf_metric_program *program, qf_metric_machine *machine)
{
    const qf_group *group = &v->fleet->groups[batch->group];
    const size_t n_worlds = v->fleet->scenario->n_worlds;
    const size_t per_world = group->spec->count;
    for (size_t e = program->begin; per_world > 1 && e < program->end; e++) {
        begin(v, batch->which[e], n_worlds);
    }
    for (size_t first = 0; first < group->n_vehicles; first += QF_PROGRAM_VEHICLES) {
        const size_t rest = group->n_vehicles - first;
        const span s = {.begin = first,
                        .n = rest < QF_PROGRAM_VEHICLES ? rest : QF_PROGRAM_VEHICLES,
                        .per_world = per_world};
        qf_metric_machine_run(machine, program, group->slot_begin + first, s.n);
        for (size_t e = program->begin; e < program->end; e++) {
            const qf_metric_value *value = &batch->programs.values[e];
            take(v, batch->which[e], s, qf_metric_machine_row(machine, value));
        }
    }
    for (size_t e = program->begin; per_world > 1 && e < program->end; e++) {
        end(v, batch->which[e], n_worlds, (double)per_world);
    }
}

void qf_metric_vehicles_look(const qf_metric_vehicles *v, qf_metric_machine *machine)
{
    for (size_t b = 0; b < v->n_batches; b++) {
        const qf_metric_batch *batch = &v->batches[b];
        for (size_t p = 0; p < batch->programs.n_programs; p++) {
            if (v->fleet->tick > 0 || !batch->late) {
                look_at(v, batch, &batch->programs.programs[p], machine);
            }
        }
    }
}

/* ---- preparing ---- */

static qf_status prepare_reduction(qf_context *context, qf_arena *arena, size_t r, size_t n_rows,
                                   qf_metric_vehicles *v)
{
    const qf_vehicle_reduction *reduction = &v->plan->over_vehicles[r];
    const bool of_truths = reduction->over >= QF_OVER_COUNT;
    const bool of_numbers = reduction->over != QF_OVER_ONE && !of_truths;
    const bool is_truth = qf_expression_kind(reduction->of) == QF_VALUE_TRUTH;
    if (reduction->group >= v->fleet->scenario->n_groups || (of_truths && !is_truth) ||
        (of_numbers && is_truth) ||
        (reduction->over == QF_OVER_ONE && v->fleet->groups[reduction->group].spec->count != 1)) {
        return qf_fail(context, QF_ERROR_INTERNAL, "reduction over vehicles %zu was not checked",
                       r);
    }
    size_t n_columns;
    const size_t *columns = qf_expression_columns(arena, reduction->of, &n_columns);
    for (size_t k = 0; columns && k < n_columns; k++) {
        v->late[r] = v->late[r] || qf_catalog_is_output(&v->fleet->catalog, columns[k]);
    }
    v->column[r] = qf_arena_array(arena, n_rows, sizeof **v->column);
    const bool sums = reduction->over == QF_OVER_SUM || reduction->over == QF_OVER_MEAN;
    if (sums) {
        v->low[r] = qf_arena_array(arena, n_rows, sizeof **v->low);
        v->count[r] = qf_arena_array(arena, n_rows, sizeof **v->count);
    }
    return columns && v->column[r] && (!sums || (v->low[r] && v->count[r]))
               ? QF_OK
               : qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
}

/* those of a group that are late, or not; none: no batch */
static qf_status prepare_batch(qf_context *context, qf_arena *arena, size_t group, bool late,
                               qf_metric_machine *machine, qf_metric_vehicles *v)
{
    qf_metric_batch *batch = &v->batches[v->n_batches];
    const size_t most = v->plan->n_over_vehicles;
    *batch = (qf_metric_batch){.group = group, .late = late};
    batch->which = qf_arena_array(arena, most, sizeof *batch->which);
    const qf_expression **of = qf_arena_array(arena, most, sizeof *of);
    size_t n = 0;
    if (!batch->which || !of) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
    }
    for (size_t r = 0; r < most; r++) {
        if (v->plan->over_vehicles[r].group == group && v->late[r] == late) {
            batch->which[n] = r;
            of[n++] = v->plan->over_vehicles[r].of;
        }
    }
    if (n == 0) {
        return QF_OK;
    }
    const qf_status status = qf_metric_programs_create(context, arena, of, n, v->fleet->column,
                                                       v->fleet->n_slots, &batch->programs);
    qf_metric_machine_fit(machine, &batch->programs);
    v->n_batches++;
    return status;
}

qf_status qf_metric_vehicles_create(qf_context *context, qf_arena *arena,
                                    const qf_metric_plan *plan, const qf_fleet *fleet,
                                    size_t n_rows, qf_metric_machine *machine,
                                    qf_metric_vehicles *v)
{
    const size_t n = plan->n_over_vehicles;
    const size_t n_groups = fleet->scenario->n_groups;
    *v = (qf_metric_vehicles){.plan = plan, .fleet = fleet};
    v->batches = qf_arena_array(arena, 2 * n_groups, sizeof *v->batches);
    v->column = qf_arena_array(arena, n, sizeof *v->column);
    v->low = qf_arena_array(arena, n, sizeof *v->low);
    v->count = qf_arena_array(arena, n, sizeof *v->count);
    v->late = qf_arena_array(arena, n, sizeof *v->late);
    if (!v->batches || !v->column || !v->low || !v->count || !v->late) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for metrics");
    }
    qf_status status = QF_OK;
    for (size_t r = 0; r < n && status == QF_OK; r++) {
        status = prepare_reduction(context, arena, r, n_rows, v);
    }
    for (size_t b = 0; n > 0 && b < 2 * n_groups && status == QF_OK; b++) {
        status = prepare_batch(context, arena, b / 2, b % 2 == 1, machine, v);
    }
    return status;
}
