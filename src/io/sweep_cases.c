/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of cases. A parameter whose place takes a distribution becomes a number of each case, so that one scenario is
 * that of many cases. Where a place takes one value for all, or where what stands there together cannot be judged for all cases at once, the scenario
 * is read for each value: then it means what it does with the value written out, whatever a reader does with it.
 */
#include <math.h>
#include <string.h>

#include "scenario_reader.h"
#include "sweep_internal.h"
#include "writer.h"

/* below it whole numbers are written as such, because some places take nothing else */
#define MOST_WHOLE 9007199254740992.0

static double value_of(const qf_sweep *sweep, size_t p, size_t number)
{
    return sweep->design.values[p * sweep->design.n_cases + number];
}

const char *qf_sweep_value_text(const qf_sweep *sweep, size_t parameter, size_t number,
                                char text[QF_VALUE_BYTES])
{
    const double value = value_of(sweep, parameter, number);
    const char *const *texts = sweep->spec.parameters[parameter].texts;
    if (texts) {
        return texts[(size_t)value];
    }
    if (fabs(value) < MOST_WHOLE && value == floor(value)) {
        snprintf(text, QF_VALUE_BYTES, "%.0f", value);
    } else {
        qf_format_double(value, text);
    }
    return text;
}

/* values of a parameter, and the ends of those of n cases; `numbers` NULL: of all */
static qf_case_values values_of_cases(const qf_sweep *sweep, size_t p, const uint32_t *numbers,
                                      size_t n)
{
    const size_t n_cases = sweep->design.n_cases;
    const qf_sweep_place *place = &sweep->places[p];
    qf_case_values cases = {.values = sweep->design.values + p * n_cases,
                            .n = n_cases,
                            .least = numbers ? numbers[0] : place->least,
                            .most = numbers ? numbers[0] : place->most};
    for (size_t i = 1; numbers && i < n; i++) {
        const double value = cases.values[numbers[i]];
        cases.least = value < cases.values[cases.least] ? numbers[i] : cases.least;
        cases.most = value > cases.values[cases.most] ? numbers[i] : cases.most;
    }
    return cases;
}

/* false after an error */
static bool put_values(const qf_sweep *sweep, qf_arena *arena, qf_yaml_node *root,
                       const uint32_t *numbers, size_t n, qf_case_values *cases,
                       qf_diagnostics *diagnostics, qf_yaml_node **put)
{
    const uint32_t number = numbers ? numbers[0] : 0;
    bool good = true;
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        const qf_sweep_place *place = &sweep->places[p];
        char text[QF_VALUE_BYTES];
        put[p] = NULL;
        if (!place->path) {
            continue;
        }
        put[p] = qf_yaml_put(arena, root, place->path, qf_sweep_value_text(sweep, p, number, text),
                             diagnostics);
        good = good && put[p];
        if (put[p] && !place->fixed && !sweep->spec.parameters[p].texts) {
            cases[p] = values_of_cases(sweep, p, numbers, n);
            put[p]->cases = &cases[p];
        }
    }
    return good;
}

static bool is_in_tree(const qf_yaml_node *node)
{
    while (node->parent && node->parent->children[node->index] == node) {
        node = node->parent;
    }
    return !node->parent;
}

/* a parameter at or around another's place has taken its value out again */
static bool check_overlaps(const qf_sweep *sweep, qf_yaml_node *const *put,
                           qf_diagnostics *diagnostics)
{
    bool good = true;
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        if (put[p] && !is_in_tree(put[p])) {
            qf_diagnose(diagnostics, sweep->places[p].path,
                        "another parameter leads to this place, or to one around it");
            good = false;
        }
    }
    return good;
}

qf_status qf_sweep_read_scenario(const qf_sweep *sweep, qf_context *context,
                                 const uint32_t *numbers, size_t n, qf_case_values *cases,
                                 qf_diagnostics *diagnostics, qf_scenario *scenario)
{
    qf_arena arena = {0};
    qf_yaml_node *root = qf_yaml_merge(&arena, NULL, sweep->scenario_root);
    qf_yaml_node **put = qf_arena_array(&arena, sweep->spec.n_parameters + 1, sizeof *put);
    *scenario = (qf_scenario){0};
    if (!root || !put) {
        qf_diagnose_memory(diagnostics);
    } else if (put_values(sweep, &arena, root, numbers, n, cases, diagnostics, put) &&
               check_overlaps(sweep, put, diagnostics)) {
        const qf_status status = qf_scenario_read_tree(context, sweep->path, arena, root, NULL, 0,
                                                       diagnostics, scenario);
        scenario->n_worlds = 1;
        scenario->first_world = numbers ? numbers[0] : 0;
        return status;
    }
    const bool memory = diagnostics->out_of_memory;
    qf_arena_free(&arena);
    return qf_fail(context, memory ? QF_ERROR_MEMORY : QF_ERROR_SCENARIO, "%s: %s", sweep->path,
                   memory ? "out of memory" : "not a valid scenario");
}

/* ---- which parameters are packed ---- */

/* one reading with what it says */
typedef struct attempt {
    qf_scenario scenario;
    qf_case_values *cases;
    qf_diagnostics diagnostics;
    bool good;
} attempt;

static void forget(attempt *a)
{
    qf_scenario_free(&a->scenario);
    qf_diagnostics_free(&a->diagnostics);
}

/* case 0, with the ranges of all; or only what `number` points to */
static attempt try_case(qf_reader *reader, const qf_sweep *sweep, qf_context *context,
                        const uint32_t *number)
{
    attempt a = {.cases = qf_reader_array(reader, sweep->spec.n_parameters + 1, sizeof *a.cases)};
    qf_diagnostics_init(&a.diagnostics);
    if (!a.cases) {
        return a;
    }
    a.good = qf_sweep_read_scenario(sweep, context, number, 1, a.cases, &a.diagnostics,
                                    &a.scenario) == QF_OK;
    return a;
}

/* parameters that were read as one value are fixed; whether there are any of which that was not known */
static bool fix_read_values(qf_sweep *sweep, const attempt *a)
{
    bool any = false;
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        qf_sweep_place *place = &sweep->places[p];
        /* what nobody has read may be anything */
        if (place->path && !place->fixed && (a->cases[p].fixed || !a->cases[p].packed)) {
            place->fixed = true;
            any = true;
        }
    }
    return any;
}

static void set_fixed(qf_sweep *sweep, bool fixed)
{
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        sweep->places[p].fixed = fixed && sweep->places[p].path;
    }
}

/*
 * Where cases cannot be judged together, the one parameter that is in the way is fixed, or else all. Whether the
 * scenario is then good.
 */
static bool fix_what_is_in_the_way(qf_reader *reader, qf_sweep *sweep, qf_context *context)
{
    const size_t n = sweep->spec.n_parameters;
    bool *before = qf_reader_array(reader, n + 1, sizeof *before);
    for (size_t p = 0; before && p < n; p++) {
        before[p] = sweep->places[p].fixed;
    }
    for (size_t p = 0; before && p < n; p++) {
        if (before[p] || !sweep->places[p].path) {
            continue;
        }
        sweep->places[p].fixed = true;
        attempt a = try_case(reader, sweep, context, NULL);
        forget(&a);
        if (a.good) {
            return true;
        }
        sweep->places[p].fixed = false;
    }
    set_fixed(sweep, true);
    return false;
}

static size_t count_steps(const char *path)
{
    size_t n = 0;
    for (; *path; path++) {
        n += *path == '.' || *path == '[';
    }
    return n;
}

/* an error at the end of a path is about the value there, one before it about the path */
static bool is_at(const qf_diagnostics *diagnostics, const qf_diagnostic *item,
                  const qf_yaml_node *path)
{
    return path && item->line == path->line && item->column >= path->column &&
           item->column <= path->column + strlen(path->text) + 1 &&
           strcmp(diagnostics->files[item->file], path->file) == 0 &&
           strncmp(item->path, "sweep.", strlen("sweep.")) != 0 &&
           count_steps(item->path) == count_steps(path->text);
}

/* what a value far out on the tail of a distribution without ends wants; empty: nothing is known */
static const char *hint_about(const qf_sweep *sweep, size_t p, uint32_t number)
{
    const qf_number *values = &sweep->spec.parameters[p].values;
    const bool has_tails =
        (values->kind == QF_NUMBER_NORMAL || values->kind == QF_NUMBER_LOGNORMAL) &&
        sweep->spec.sampling != QF_SAMPLING_TABLE;
    if (!has_tails) {
        return "";
    }
    const double centre = values->kind == QF_NUMBER_NORMAL ? values->a : exp(values->a);
    const bool above = value_of(sweep, p, number) > centre;
    return isfinite(above ? values->high : values->low) ? ""
           : above ? " (give the distribution a 'max', or a narrower one)"
                   : " (give the distribution a 'min', or a narrower one)";
}

/* all errors of case `number`, with the value of the parameter that they are about: p, or where p is n_parameters, that
   at whose path they are */
static void tell_errors(qf_reader *reader, const qf_sweep *sweep, const qf_diagnostics *found,
                        uint32_t number, size_t p)
{
    const size_t n = sweep->spec.n_parameters;
    for (size_t i = 0; i < found->errors.n_items; i++) {
        size_t about = p;
        for (size_t q = 0; about == n && q < n; q++) {
            about = is_at(found, &found->errors.items[i], sweep->places[q].path) ? q : n;
            if (about < n) {
                break;
            }
        }
        char text[QF_VALUE_BYTES];
        char after[280] = "";
        if (about < n) {
            snprintf(after, sizeof after, " (case %u: %.80s = %.64s)%s", number,
                     sweep->spec.parameters[about].name,
                     qf_sweep_value_text(sweep, about, number, text),
                     hint_about(sweep, about, number));
        }
        qf_diagnostics one = *found;
        one.errors.items += i;
        one.errors.n_items = one.errors.n_reported = 1;
        qf_diagnostics_append(reader->diagnostics, &one, false, after);
    }
    if (found->out_of_memory) {
        qf_diagnose_memory(reader->diagnostics);
    }
}

/* whether the case can be read by itself */
static bool check_case(qf_reader *reader, const qf_sweep *sweep, qf_context *context,
                       uint32_t number, size_t p)
{
    attempt a = try_case(reader, sweep, context, &number);
    if (!a.good) {
        tell_errors(reader, sweep, &a.diagnostics, number, p);
    }
    forget(&a);
    return a.good;
}

/* whether it can be read without any value of a parameter: what is wrong then is not theirs */
static bool check_as_written(qf_reader *reader, const qf_sweep *sweep, qf_context *context)
{
    attempt a = {0};
    qf_arena arena = {0};
    qf_diagnostics_init(&a.diagnostics);
    qf_yaml_node *root = qf_yaml_merge(&arena, NULL, sweep->scenario_root);
    a.good = qf_scenario_read_tree(context, sweep->path, arena, root, NULL, 0, &a.diagnostics,
                                   &a.scenario) == QF_OK;
    if (!a.good) {
        qf_diagnostics_append(reader->diagnostics, &a.diagnostics, false, "");
    }
    forget(&a);
    return a.good;
}

void qf_sweep_find_ends(qf_sweep *sweep)
{
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        qf_sweep_place *place = &sweep->places[p];
        for (uint32_t k = 1; k < sweep->design.n_cases; k++) {
            const double value = value_of(sweep, p, k);
            place->least = value < value_of(sweep, p, place->least) ? k : place->least;
            place->most = value > value_of(sweep, p, place->most) ? k : place->most;
        }
    }
}

/* the first case with each word */
static void check_words(qf_reader *reader, const qf_sweep *sweep, qf_context *context, size_t p)
{
    size_t n_words = 0;
    for (uint32_t k = 0; k < sweep->design.n_cases; k++) {
        const size_t word = (size_t)value_of(sweep, p, k);
        n_words = word >= n_words ? word + 1 : n_words;
    }
    bool *seen = qf_reader_array(reader, n_words, sizeof *seen);
    for (uint32_t k = 0; seen && k < sweep->design.n_cases; k++) {
        const size_t word = (size_t)value_of(sweep, p, k);
        if (!seen[word] && k > 0) {
            check_case(reader, sweep, context, k, p);
        }
        seen[word] = true;
    }
}

static void check_fixed_values(qf_reader *reader, const qf_sweep *sweep, qf_context *context)
{
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        const qf_sweep_place *place = &sweep->places[p];
        if (!place->fixed) {
            continue;
        }
        if (sweep->spec.parameters[p].texts) {
            check_words(reader, sweep, context, p);
            continue;
        }
        if ((place->least == 0 || check_case(reader, sweep, context, place->least, p)) &&
            place->most != 0) {
            check_case(reader, sweep, context, place->most, p);
        }
    }
}

void qf_sweep_settle_scenario(qf_reader *reader, qf_sweep *sweep, qf_context *context)
{
    attempt a = try_case(reader, sweep, context, NULL);
    if (!a.good) {
        forget(&a);
        set_fixed(sweep, true);
        if (!check_as_written(reader, sweep, context) ||
            !check_case(reader, sweep, context, 0, sweep->spec.n_parameters)) {
            return;
        }
        set_fixed(sweep, false);
        fix_what_is_in_the_way(reader, sweep, context);
        a = try_case(reader, sweep, context, NULL);
    }
    while (a.good && fix_read_values(sweep, &a)) {
        forget(&a);
        a = try_case(reader, sweep, context, NULL);
    }
    if (!a.good) {
        tell_errors(reader, sweep, &a.diagnostics, 0, sweep->spec.n_parameters);
        forget(&a);
        return;
    }
    qf_diagnostics_append(reader->diagnostics, &a.diagnostics, true, "");
    sweep->scenario = a.scenario;
    a.scenario = (qf_scenario){0};
    qf_diagnostics_free(&a.diagnostics);
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        sweep->parameters[p].packed = !sweep->places[p].fixed;
    }
    check_fixed_values(reader, sweep, context);
}
