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

/* ---- groups ---- */

const char *qf_metric_nearest_group(const qf_scenario *scenario, const char *name)
{
    const char *best = NULL;
    for (size_t g = 0; g < scenario->n_groups; g++) { /* the nearer of the best and the next */
        const char *two[] = {best ? best : scenario->groups[g].name, scenario->groups[g].name};
        best = qf_nearest_name(name, two, 2);
    }
    return best;
}

/* the group that `over` or `of` is about: its name as it is or in quotes, which is no part of *span then */
static bool read_group(const qf_metric_builder *builder, const qf_reduction *call, size_t *group,
                       qf_expression_error *error)
{
    const qf_span at = call->has_over ? call->over : call->of;
    const char *begin = call->text + at.begin;
    size_t length = at.end - at.begin;
    char name[65];
    if (length == 0) {
        return qf_expression_fail(error, at.begin, at.end,
                                  "the name of a group belongs behind '%s'",
                                  call->has_over ? "over" : "of");
    }
    if (length >= 2 && begin[0] == '"' && begin[length - 1] == '"') {
        begin++;
        length -= 2;
    }
    *group = qf_metric_group(builder->scenario, begin, length);
    if (*group < builder->scenario->n_groups) {
        return true;
    }
    snprintf(name, sizeof name, "%.*s", length < 64 ? (int)length : 64, begin);
    const char *nearest = qf_metric_nearest_group(builder->scenario, name);
    return qf_expression_fail(error, at.begin, at.end, "there is no group '%s'%s%.64s%s", name,
                              nearest ? " (did you mean '" : "", nearest ? nearest : "",
                              nearest ? "'?)" : "");
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
    if (!read_group(builder, call, &made.group, error)) {
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

static const struct {
    const char *word;
    qf_reduced what;
} happenings[] = {
    {"event", QF_REDUCED_EVENTS},
    {"detection", QF_REDUCED_DETECTIONS},
    {"false_alarm", QF_REDUCED_FALSE_ALARMS},
};

/* which of them the argument begins with, N_OF: none; *rest is what follows the word */
static size_t happening_of(const qf_reduction *call, qf_span *rest)
{
    const qf_span at = call->argument[0];
    for (size_t h = 0; h < N_OF(happenings); h++) {
        const size_t length = strlen(happenings[h].word);
        const char *end = call->text + at.begin + length;
        if (at.end - at.begin >= length &&
            memcmp(call->text + at.begin, happenings[h].word, length) == 0 &&
            (at.begin + length == at.end || strchr(" \t\n\r", *end))) {
            *rest = (qf_span){at.begin + length, at.end};
            while (rest->begin < rest->end && strchr(" \t\n\r", call->text[rest->begin])) {
                rest->begin++;
            }
            return h;
        }
    }
    return N_OF(happenings);
}

/* detections are made by radars */
static bool check_radar(const qf_metric_builder *builder, const qf_reduction *call, int32_t group,
                        qf_expression_error *error)
{
    bool found = false;
    for (size_t g = 0; g < builder->scenario->n_groups; g++) {
        found = found || ((group == QF_ANY_GROUP || (size_t)group == g) &&
                          builder->scenario->groups[g].radar);
    }
    if (found) {
        return true;
    }
    return group == QF_ANY_GROUP
               ? fail_whole(call, error, "nothing is detected: no group has a radar")
               : (bool)qf_expression_fail(error, call->of.begin, call->of.end,
                                          "nothing is detected: group '%.64s' has no radar",
                                          builder->scenario->groups[group].name);
}

static bool reduce_happenings(qf_metric_builder *builder, const qf_reduction *call, size_t row,
                              size_t happening, qf_span rest, qf_symbol *symbol,
                              qf_expression_error *error)
{
    qf_time_reduction made = {.reduce = (qf_reduce)reductions[row].time,
                              .what = happenings[happening].what,
                              .code = QF_ANY_CODE,
                              .group = QF_ANY_GROUP};
    size_t group;
    if (!reductions[row].happens) {
        return qf_expression_fail(error, call->whole.begin, call->whole.end,
                                  "%s() of a%s %s: there are count(), first_time() and any()",
                                  call->name, happening == 0 ? "n" : "",
                                  happenings[happening].word);
    }
    if (made.what == QF_REDUCED_EVENTS) {
        if (!qf_metric_event(call, rest, &made.code, error)) {
            return false;
        }
    } else if (rest.end > rest.begin) {
        return qf_expression_fail(error, rest.begin, rest.end,
                                  "nothing belongs behind '%s' but 'of GROUP'",
                                  happenings[happening].word);
    }
    if (call->has_of) {
        if (!read_group(builder, call, &group, error)) {
            return false;
        }
        made.group = (int32_t)group;
    }
    if (made.what != QF_REDUCED_EVENTS && !check_radar(builder, call, made.group, error)) {
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
    qf_span rest;
    size_t row;
    if (!check_call(call, &row, error)) {
        return false;
    }
    const size_t happening = happening_of(call, &rest);
    if (call->has_over && happening < N_OF(happenings)) {
        return qf_expression_fail(error, call->over.begin, call->over.end,
                                  "whose %ss they are is said by 'of'", happenings[happening].word);
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
    if (happening < N_OF(happenings)) {
        return reduce_happenings(builder, call, row, happening, rest, symbol, error);
    }
    if (call->has_of) {
        return qf_expression_fail(error, call->of.begin, call->of.end,
                                  "'of GROUP' belongs to event, detection and false_alarm; "
                                  "vehicles are reduced by 'over GROUP'");
    }
    return reduce_moments(builder, call, row, symbol, error);
}
