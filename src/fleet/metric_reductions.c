/* SPDX-License-Identifier: Apache-2.0 */
/* Reductions of metrics: over the vehicles of a group, which makes values of a moment, and over time. */
#include <stdio.h>
#include <string.h>

#include "expression_internal.h"
#include "metric_plan_internal.h"
#include "nearest_name.h"

#define N_OF(array) (sizeof(array) / sizeof *(array))

enum { NOT = -1 };

typedef enum wanted {
    WANTED_NUMBER,
    WANTED_TRUTH,
    WANTED_ANY, /* choices, too */
} wanted;

static const struct {
    const char *name;
    int over;     /* a qf_over, NOT: not over vehicles */
    int time;     /* a qf_reduce, NOT: not over time */
    wanted of;    /* what it reduces */
    bool happens; /* events and detections, too */
    size_t n_arguments;
} reductions[] = {
    {"initial", NOT, QF_REDUCE_INITIAL, WANTED_ANY, false, 1},
    {"final", NOT, QF_REDUCE_FINAL, WANTED_ANY, false, 1},
    {"min", QF_OVER_MIN, QF_REDUCE_MIN, WANTED_NUMBER, false, 1},
    {"max", QF_OVER_MAX, QF_REDUCE_MAX, WANTED_NUMBER, false, 1},
    {"mean", QF_OVER_MEAN, QF_REDUCE_MEAN, WANTED_NUMBER, false, 1},
    {"sum", QF_OVER_SUM, NOT, WANTED_NUMBER, false, 1},
    {"quantile", NOT, QF_REDUCE_QUANTILE, WANTED_NUMBER, false, 2},
    {"first_time", NOT, QF_REDUCE_FIRST_TIME, WANTED_TRUTH, true, 1},
    {"duration", NOT, QF_REDUCE_DURATION, WANTED_TRUTH, false, 1},
    {"any", QF_OVER_ANY, QF_REDUCE_ANY, WANTED_TRUTH, true, 1},
    {"all", QF_OVER_ALL, QF_REDUCE_ALL, WANTED_TRUTH, false, 1},
    {"count", QF_OVER_COUNT, QF_REDUCE_COUNT, WANTED_TRUTH, true, 1},
};

static bool fail_whole(const qf_reduction *call, qf_expression_error *error, const char *message)
{
    return qf_expression_fail(error, call->whole.begin, call->whole.end, "%s", message);
}

static size_t row_of(const char *name)
{
    size_t r = 0;
    while (r < N_OF(reductions) && strcmp(reductions[r].name, name) != 0) {
        r++;
    }
    return r;
}

static bool fail_unknown(const qf_reduction *call, qf_expression_error *error)
{
    const char *names[N_OF(reductions)];
    for (size_t r = 0; r < N_OF(reductions); r++) {
        names[r] = reductions[r].name;
    }
    const char *nearest = qf_nearest_name(call->name, names, N_OF(reductions));
    nearest = nearest ? nearest : qf_expression_nearest_function(call->name);
    return qf_expression_fail(error, call->name_at.begin, call->name_at.end,
                              "'%.64s' is no reduction and no function%s%s%s", call->name,
                              nearest ? " (did you mean '" : "", nearest ? nearest : "",
                              nearest ? "'?)" : "");
}

/* a known reduction with as many arguments as it takes; *row is it */
static bool check_call(const qf_reduction *call, size_t *row, qf_expression_error *error)
{
    *row = row_of(call->name);
    if (*row == N_OF(reductions)) {
        return fail_unknown(call, error);
    }
    if (call->n_arguments == reductions[*row].n_arguments) {
        return true;
    }
    return qf_expression_fail(error, call->whole.begin, call->whole.end,
                              reductions[*row].n_arguments == 2
                                  ? "%s() needs what it is of and a level, as in %s(VALUE, 0.95)"
                                  : "%s() needs one value, as in %s(VALUE)",
                              call->name, call->name);
}

static bool fail_memory(qf_metric_builder *builder, const qf_reduction *call,
                        qf_expression_error *error)
{
    builder->out_of_memory = true;
    return fail_whole(call, error, "out of memory");
}

/* ---- kinds ---- */

static bool check_kind(const qf_expression *value, wanted of, bool over_time,
                       qf_expression_error *error)
{
    if (of == WANTED_ANY ||
        value->kind == (of == WANTED_TRUTH ? QF_VALUE_TRUTH : QF_VALUE_NUMBER)) {
        return true;
    }
    const char *help =
        value->kind == QF_VALUE_CHOICE ? " (compare it with one of its names by '==')"
        : of == WANTED_NUMBER && over_time
            ? " (of truth values there are any(), all(), count(), first_time() and duration())"
        : of == WANTED_NUMBER ? " (of truth values there are any(), all() and count())"
                              : " (compare it)";
    return qf_expression_fail(error, value->begin, value->end, "a %s where a %s belongs%s",
                              value->kind == QF_VALUE_TRUTH    ? "truth value"
                              : value->kind == QF_VALUE_NUMBER ? "number"
                                                               : "choice",
                              of == WANTED_TRUTH ? "truth value" : "number", help);
}

/* ---- over vehicles ---- */

bool qf_metric_reduce_vehicle(void *user, const qf_reduction *call, qf_symbol *symbol,
                              qf_expression_error *error)
{
    (void)user;
    (void)symbol;
    size_t row;
    if (!check_call(call, &row, error)) {
        return false;
    }
    return qf_expression_fail(
        error, call->whole.begin, call->whole.end,
        call->has_over
            ? "%s(... over ...) within another reduction over vehicles: they are reduced once"
            : "%s() within a reduction over vehicles: here, names are those of one vehicle, "
              "and time is reduced outside",
        call->name);
}

/* without `over` at a moment */
static bool fail_no_vehicles(const qf_metric_builder *builder, const qf_reduction *call, size_t row,
                             qf_expression_error *error)
{
    const bool until = builder->current == builder->n_specs;
    if (reductions[row].over == NOT) {
        return qf_expression_fail(error, call->whole.begin, call->whole.end,
                                  until ? "%s() is of a whole case, and this is of a moment"
                                        : "%s() is over time, and within a reduction over time: "
                                          "once is enough",
                                  call->name);
    }
    return qf_expression_fail(error, call->whole.begin, call->whole.end,
                              "%s() %s is over vehicles: say of which group, as in %s(... over "
                              "GROUP)",
                              call->name, until ? "at a moment" : "within a reduction over time",
                              call->name);
}

static qf_value_kind kind_over(qf_over over, const qf_expression *value)
{
    return over == QF_OVER_COUNT ? QF_VALUE_NUMBER : value->kind;
}

bool qf_metric_reduce_moment(void *user, const qf_reduction *call, qf_symbol *symbol,
                             qf_expression_error *error)
{
    qf_metric_builder *builder = user;
    qf_vehicle_names names;
    qf_vehicle_reduction made;
    size_t row;
    if (!check_call(call, &row, error)) {
        return false;
    }
    if (!call->has_over) {
        return fail_no_vehicles(builder, call, row, error);
    }
    if (reductions[row].over == NOT) {
        return qf_expression_fail(error, call->whole.begin, call->whole.end,
                                  "%s() is over time: over vehicles there are min, max, mean, sum, "
                                  "count, any and all",
                                  call->name);
    }
    if (!qf_metric_read_group(builder, call, &made.group, error)) {
        return false;
    }
    const qf_symbols symbols = qf_metric_vehicle_symbols(builder, made.group, &names);
    made.over = (qf_over)reductions[row].over;
    made.of = qf_expression_parse_part(builder->arena, &symbols, call, call->argument[0], error);
    if (!made.of || !check_kind(made.of, reductions[row].of, false, error)) {
        return false;
    }
    const size_t column = qf_metric_add_over(builder, &made);
    *symbol = qf_metric_symbol(made.of, column);
    symbol->kind = kind_over(made.over, made.of);
    return column != SIZE_MAX || fail_memory(builder, call, error);
}

/* ---- over time ---- */

/* `over` where values of the whole case belong */
static bool fail_moment(const qf_reduction *call, size_t row, qf_expression_error *error)
{
    const size_t length = call->whole.end - call->whole.begin;
    const char *outer = reductions[row].time == NOT ? "final" : call->name;
    if (reductions[row].over == NOT) {
        return qf_expression_fail(
            error, call->whole.begin, call->whole.end,
            "%s() is over time: vehicles are reduced within, as in %s(min(... "
            "over GROUP))",
            call->name, call->name);
    }
    if (reductions[row].over == QF_OVER_COUNT) {
        outer = "max";
    }
    return qf_expression_fail(error, call->whole.begin, call->whole.end,
                              "this is of a moment: reduce it over time, as in %s(%.*s%s)", outer,
                              length < 100 ? (int)length : 100, call->text + call->whole.begin,
                              length < 100 ? "" : "...");
}

/* the level of a quantile */
static bool read_level(qf_metric_builder *builder, const qf_reduction *call, double *level,
                       qf_expression_error *error)
{
    const qf_symbols symbols = qf_metric_case_symbols(builder);
    const qf_expression *given =
        qf_expression_parse_part(builder->arena, &symbols, call, call->argument[1], error);
    if (!given) {
        return false;
    }
    if (given->kind == QF_VALUE_NUMBER && given->bare && qf_expression_is_constant(given, level) &&
        *level > 0.0 && *level < 1.0) {
        return true;
    }
    return qf_expression_fail(
        error, given->begin, given->end,
        "the level of a quantile is a constant between 0 and 1, such as 0.95");
}

static bool reduce_moments(qf_metric_builder *builder, const qf_reduction *call, size_t row,
                           qf_symbol *symbol, qf_expression_error *error)
{
    const qf_symbols symbols = qf_metric_moment_symbols(builder);
    qf_time_reduction made = {.reduce = (qf_reduce)reductions[row].time,
                              .what = QF_REDUCED_MOMENTS,
                              .code = QF_ANY_CODE,
                              .group = QF_ANY_GROUP};
    made.of = qf_expression_parse_part(builder->arena, &symbols, call, call->argument[0], error);
    if (!made.of || !check_kind(made.of, reductions[row].of, true, error) ||
        (made.reduce == QF_REDUCE_QUANTILE && !read_level(builder, call, &made.level, error))) {
        return false;
    }
    const size_t column = qf_metric_add_time(builder, &made);
    *symbol = qf_metric_symbol(made.of, column);
    const bool is_time = made.reduce == QF_REDUCE_FIRST_TIME || made.reduce == QF_REDUCE_DURATION;
    if (is_time || made.reduce == QF_REDUCE_COUNT) {
        symbol->kind = QF_VALUE_NUMBER;
        symbol->unit = is_time ? "s" : NULL;
    }
    return column != SIZE_MAX || fail_memory(builder, call, error);
}

/* ---- events and detections ---- */

static bool reduce_happening(qf_metric_builder *builder, const qf_reduction *call, size_t row,
                             qf_reduced what, qf_symbol *symbol, qf_expression_error *error)
{
    qf_time_reduction made = {.reduce = (qf_reduce)reductions[row].time, .what = what};
    if (!reductions[row].happens) {
        return qf_expression_fail(error, call->whole.begin, call->whole.end,
                                  "%s() of events or detections: there are count(), first_time() "
                                  "and any()",
                                  call->name);
    }
    if (!qf_metric_read_happening(builder, call, &made, error)) {
        return false;
    }
    const bool any = made.reduce == QF_REDUCE_ANY;
    made.reduce =
        any ? QF_REDUCE_COUNT : made.reduce; /* a number is a truth value where it is not 0 */
    const size_t column = qf_metric_add_time(builder, &made);
    *symbol = (qf_symbol){.kind = any ? QF_VALUE_TRUTH : QF_VALUE_NUMBER,
                          .source = QF_SYMBOL_COLUMN,
                          .unit = made.reduce == QF_REDUCE_FIRST_TIME ? "s" : NULL,
                          .column = column,
                          .cause = {QF_TOPIC_NONE, -1}};
    return column != SIZE_MAX || fail_memory(builder, call, error);
}

bool qf_metric_reduce_case(void *user, const qf_reduction *call, qf_symbol *symbol,
                           qf_expression_error *error)
{
    qf_metric_builder *builder = user;
    qf_reduced what;
    size_t row;
    if (!check_call(call, &row, error)) {
        return false;
    }
    const bool happens = qf_metric_happening(call, &what);
    if (call->has_over && happens) {
        return qf_expression_fail(error, call->over.begin, call->over.end,
                                  "events and detections are 'of' a group");
    }
    if (call->has_over) {
        return fail_moment(call, row, error);
    }
    if (reductions[row].time == NOT) {
        return qf_expression_fail(error, call->whole.begin, call->whole.end,
                                  "%s() is over vehicles, and then over time, as in "
                                  "final(%s(... over GROUP))",
                                  call->name, call->name);
    }
    if (happens) {
        return reduce_happening(builder, call, row, what, symbol, error);
    }
    if (call->has_of) {
        return qf_expression_fail(error, call->of.begin, call->of.end,
                                  "'of GROUP' belongs to event, detection and false_alarm; "
                                  "vehicles are reduced by 'over GROUP'");
    }
    return reduce_moments(builder, call, row, symbol, error);
}
