/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_diff.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case_alone.h"
#include "fleet_difference.h"
#include "json_text.h"
#include "simulation.h"

enum { WORDS_BYTES = 256 };

/* what is compared of each case, in the order in which the first difference is named */
typedef struct compared {
    const char *name;
    size_t n_different;
    size_t first; /* case */
} compared;

typedef struct sweep_pair {
    qf_context *context;
    qf_stored_sweep stored[2];
    size_t n_common;   /* cases of both */
    size_t n_compared; /* of them, that ran in both */
    size_t n_only[2];  /* that ran in one of both */
    compared *columns; /* parameters, metrics, then outcome, ticks and hash */
    size_t n_columns;
    size_t n_different;      /* cases */
    size_t first_case;       /* SIZE_MAX: none */
    const char *first_name;  /* of its first difference */
    size_t first_hash_case;  /* SIZE_MAX: none */
    char where[WORDS_BYTES]; /* tick, vehicle and column of the first difference of that case */
} sweep_pair;

static void tell(sweep_pair *p, compared *column, size_t number, bool *differs)
{
    column->first = column->n_different++ == 0 ? number : column->first;
    if (!*differs && p->first_case == SIZE_MAX) {
        p->first_case = number;
        p->first_name = column->name;
    }
    *differs = true;
}

static size_t find_parameter(const qf_sweep_spec *spec, const char *name)
{
    size_t i = 0;
    while (i < spec->n_parameters && strcmp(spec->parameters[i].name, name) != 0) {
        i++;
    }
    return i;
}

static size_t find_metric(const qf_sweep_spec *spec, const char *name)
{
    size_t i = 0;
    while (i < spec->n_metrics && strcmp(spec->metrics[i].name, name) != 0) {
        i++;
    }
    return i;
}

/* a parameter's values may be numbers of other words */
static bool same_parameter(const sweep_pair *p, size_t a, size_t b, size_t number)
{
    const qf_design *design[2] = {qf_sweep_design(p->stored[0].sweep),
                                  qf_sweep_design(p->stored[1].sweep)};
    if (!qf_sweep_get_spec(p->stored[0].sweep)->parameters[a].texts &&
        !qf_sweep_get_spec(p->stored[1].sweep)->parameters[b].texts) {
        return qf_same_value(design[0]->values[a * design[0]->n_cases + number],
                             design[1]->values[b * design[1]->n_cases + number]);
    }
    char text[2][QF_CASE_VALUE_BYTES];
    return strcmp(qf_case_value_text(p->stored[0].sweep, a, (uint32_t)number, text[0]),
                  qf_case_value_text(p->stored[1].sweep, b, (uint32_t)number, text[1])) == 0;
}

/* whether a case is to be compared: those that ran in one only are counted */
static bool ran_in_both(sweep_pair *p, size_t number)
{
    bool ran[2];
    for (int f = 0; f < 2; f++) {
        ran[f] = p->stored[f].table.outcome[number] != QF_OUTCOME_NOT_RUN;
    }
    p->n_only[0] += ran[0] && !ran[1];
    p->n_only[1] += ran[1] && !ran[0];
    p->n_compared += ran[0] && ran[1];
    return ran[0] && ran[1];
}

static void compare_case(sweep_pair *p, size_t number)
{
    const qf_sweep_spec *spec[2] = {qf_sweep_get_spec(p->stored[0].sweep),
                                    qf_sweep_get_spec(p->stored[1].sweep)};
    const qf_sweep_table *table[2] = {&p->stored[0].table, &p->stored[1].table};
    bool differs = false;
    compared *column = p->columns;
    for (size_t a = 0; a < spec[0]->n_parameters; a++, column++) {
        const size_t b = find_parameter(spec[1], spec[0]->parameters[a].name);
        if (b < spec[1]->n_parameters && !same_parameter(p, a, b, number)) {
            tell(p, column, number, &differs);
        }
    }
    for (size_t a = 0; a < spec[0]->n_metrics; a++, column++) {
        const size_t b = find_metric(spec[1], spec[0]->metrics[a].name);
        if (b < spec[1]->n_metrics &&
            !qf_same_value(table[0]->metrics[a * table[0]->n_cases + number],
                           table[1]->metrics[b * table[1]->n_cases + number])) {
            tell(p, column, number, &differs);
        }
    }
    if (table[0]->outcome[number] != table[1]->outcome[number]) {
        tell(p, column, number, &differs);
    }
    column++;
    if (table[0]->ticks[number] != table[1]->ticks[number]) {
        tell(p, column, number, &differs);
    }
    column++;
    if (table[0]->hash[number] != table[1]->hash[number]) {
        tell(p, column, number, &differs);
        p->first_hash_case = p->first_hash_case == SIZE_MAX ? number : p->first_hash_case;
    }
    p->n_different += differs;
}

static qf_status compare_cases(sweep_pair *p)
{
    const qf_sweep_spec *spec = qf_sweep_get_spec(p->stored[0].sweep);
    const size_t n_cases[2] = {p->stored[0].table.n_cases, p->stored[1].table.n_cases};
    p->n_columns = spec->n_parameters + spec->n_metrics + 3;
    p->columns = calloc(p->n_columns, sizeof *p->columns);
    if (!p->columns) {
        return qf_fail(p->context, QF_ERROR_MEMORY, "no memory to compare sweeps");
    }
    compared *column = p->columns;
    for (size_t i = 0; i < spec->n_parameters; i++) {
        (column++)->name = spec->parameters[i].name;
    }
    for (size_t i = 0; i < spec->n_metrics; i++) {
        (column++)->name = qf_metric_title(spec, i);
    }
    (column++)->name = "outcome";
    (column++)->name = "ticks";
    column->name = "hash";
    p->n_common = n_cases[0] < n_cases[1] ? n_cases[0] : n_cases[1];
    p->first_case = p->first_hash_case = SIZE_MAX;
    for (size_t k = 0; k < p->n_common; k++) {
        if (ran_in_both(p, k)) {
            compare_case(p, k);
        }
    }
    return QF_OK;
}

/* one case of one sweep, run again */
typedef struct rerun {
    qf_scenario scenario;
    qf_fleet fleet;
    qf_simulation *simulation;
} rerun;

static qf_status start(sweep_pair *p, int f, const qf_kernels *kernels, rerun *run)
{
    qf_status status = qf_sweep_case_alone(p->context, p->stored[f].sweep,
                                           (uint32_t)p->first_hash_case, &run->scenario);
    if (status == QF_OK) {
        run->scenario.n_ticks = p->stored[f].table.ticks[p->first_hash_case];
        status = qf_fleet_create(p->context, &run->scenario, &run->fleet);
    }
    if (status == QF_OK) {
        const qf_simulation_options options = {.kernels = kernels};
        status = qf_simulation_create(p->context, &run->fleet, &options, &run->simulation);
    }
    return status;
}

static void end(rerun *run)
{
    qf_simulation_free(run->simulation);
    qf_fleet_free(&run->fleet);
    qf_scenario_free(&run->scenario);
}

static void put_value(char *text, size_t size, qf_type type, uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    if (type == QF_TYPE_F64) {
        snprintf(text, size, "%.17g", number);
    } else if (type == QF_TYPE_I64) {
        snprintf(text, size, "%" PRId64, (int64_t)bits);
    } else {
        snprintf(text, size, "%" PRIu64, bits);
    }
}

static void describe(sweep_pair *p, const rerun *run, const qf_fleet_difference *difference)
{
    char value[2][32];
    const qf_entity e = qf_fleet_entity(&run->fleet, difference->entity);
    for (int f = 0; f < 2; f++) {
        put_value(value[f], sizeof value[f], difference->quantity->type, difference->bits[f]);
    }
    snprintf(p->where, sizeof p->where,
             "tick %" PRId64 " (%.15g s), vehicle %s-%" PRIu32 ", %s: %s in A, %s in B",
             run->fleet.tick, (double)run->fleet.tick * run->scenario.dt_s,
             run->scenario.groups[e.group].name, e.index, difference->quantity->name, value[0],
             value[1]);
}

/* both step by step until something differs */
static qf_status search(sweep_pair *p, rerun run[2])
{
    const int64_t last = run[0].scenario.n_ticks > run[1].scenario.n_ticks
                             ? run[0].scenario.n_ticks
                             : run[1].scenario.n_ticks;
    if (!qf_scenario_same_shape(&run[0].scenario, &run[1].scenario)) {
        snprintf(p->where, sizeof p->where, "the vehicles are not the same");
        return QF_OK;
    }
    qf_status status = QF_OK;
    for (int64_t tick = 0; tick <= last && status == QF_OK; tick++) {
        for (int f = 0; f < 2 && status == QF_OK && tick > 0; f++) {
            if (tick <= run[f].scenario.n_ticks) {
                status = qf_simulation_advance(p->context, run[f].simulation, tick, NULL, 0);
            }
        }
        const qf_fleet_difference difference = qf_fleet_compare(&run[0].fleet, &run[1].fleet);
        if (status == QF_OK && difference.found) {
            describe(p, &run[0], &difference);
            return QF_OK;
        }
    }
    if (status == QF_OK) {
        snprintf(
            p->where, sizeof p->where,
            "run again, both come to the same: a result was changed, or made by another build");
    }
    return status;
}

static qf_status find_place(sweep_pair *p, const qf_kernels *kernels)
{
    rerun run[2] = {0};
    qf_status status = QF_OK;
    for (int f = 0; f < 2 && status == QF_OK; f++) {
        status = start(p, f, kernels, &run[f]);
    }
    status = status == QF_OK ? search(p, run) : status;
    end(&run[0]);
    end(&run[1]);
    return status;
}

static void print(const sweep_pair *p, FILE *out)
{
    const size_t n[2] = {p->stored[0].table.n_cases, p->stored[1].table.n_cases};
    if (n[0] != n[1]) {
        fprintf(out, "A has %zu cases, B has %zu: the first %zu are compared\n", n[0], n[1],
                p->n_common);
    }
    for (int f = 0; f < 2; f++) {
        if (p->n_only[f] > 0) {
            fprintf(out, "%zu case%s ran only in %c: not compared\n", p->n_only[f],
                    p->n_only[f] == 1 ? "" : "s", "AB"[f]);
        }
    }
    fprintf(out, "%zu of %zu cases differ\n", p->n_different, p->n_compared);
    for (size_t c = 0; c < p->n_columns; c++) {
        if (p->columns[c].n_different > 0) {
            fprintf(out, "  %-24s %zu, first in case %zu\n", p->columns[c].name,
                    p->columns[c].n_different, p->columns[c].first);
        }
    }
    if (p->first_case != SIZE_MAX) {
        fprintf(out, "first difference: case %zu, %s\n", p->first_case, p->first_name);
    }
    if (p->where[0]) {
        fprintf(out, "first state that differs: case %zu, %s\n", p->first_hash_case, p->where);
    }
}

static void print_json(const sweep_pair *p, FILE *out)
{
    fprintf(out,
            "{\"cases\": [%zu, %zu], \"compared\": %zu, \"only_in\": [%zu, %zu], "
            "\"different\": %zu, \"columns\": {",
            p->stored[0].table.n_cases, p->stored[1].table.n_cases, p->n_compared, p->n_only[0],
            p->n_only[1], p->n_different);
    const char *separator = "";
    for (size_t c = 0; c < p->n_columns; c++) {
        if (p->columns[c].n_different > 0) {
            fputs(separator, out);
            qf_json_put_text(out, p->columns[c].name);
            fprintf(out, ": {\"different\": %zu, \"first_case\": %zu}", p->columns[c].n_different,
                    p->columns[c].first);
            separator = ", ";
        }
    }
    fputs("}, \"first_state\": ", out);
    if (p->where[0]) {
        qf_json_put_text(out, p->where);
    } else {
        fputs("null", out);
    }
    fputs("}\n", out);
}

static bool is_different(const sweep_pair *p)
{
    return p->n_different + p->n_only[0] + p->n_only[1] > 0 ||
           p->stored[0].table.n_cases != p->stored[1].table.n_cases;
}

qf_status qf_sweep_diff(qf_context *context, const char *const paths[2],
                        const qf_sweep_diff_options *options, FILE *out)
{
    sweep_pair p = {.context = context};
    qf_status status = QF_OK;
    for (int f = 0; f < 2 && status == QF_OK; f++) {
        size_t n_damaged = 0;
        status = qf_sweep_store_read(context, paths[f], stderr, &n_damaged, &p.stored[f]);
    }
    status = status == QF_OK ? compare_cases(&p) : status;
    const bool runs = status == QF_OK && p.first_hash_case != SIZE_MAX &&
                      qf_sweep_get_spec(p.stored[0].sweep)->function == QF_FUNCTION_NONE &&
                      qf_sweep_get_spec(p.stored[1].sweep)->function == QF_FUNCTION_NONE &&
                      p.stored[0].table.ticks[p.first_hash_case] > 0 &&
                      p.stored[1].table.ticks[p.first_hash_case] > 0;
    status = runs ? find_place(&p, options->kernels) : status;
    if (status == QF_OK) {
        (options->json ? print_json : print)(&p, out);
        status = is_different(&p) ? QF_DIFFERENT : QF_OK;
    }
    free(p.columns);
    qf_stored_sweep_free(&p.stored[0]);
    qf_stored_sweep_free(&p.stored[1]);
    return status;
}
