/* SPDX-License-Identifier: Apache-2.0 */
#include "worst_cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nearest_name.h"

/* names that may be asked for: metrics in the file, and requirements that have a name; returns how many */
static size_t list_names(const qf_sweep_spec *spec, const char **names)
{
    size_t n = 0;
    for (size_t m = 0; m < spec->n_metrics; m++) {
        if (!spec->metrics[m].required) {
            names[n++] = spec->metrics[m].name;
        }
    }
    for (size_t r = 0; r < spec->n_requirements; r++) {
        if (strcmp(spec->requirements[r].name, spec->requirements[r].text) != 0) {
            names[n++] = spec->requirements[r].name;
        }
    }
    return n;
}

/* where no name is near, all that there are */
static qf_status fail_with_list(qf_context *context, const char *const *names, size_t n,
                                const char *name)
{
    char *list = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&list, &bytes);
    for (size_t i = 0; out && i < n; i++) {
        fprintf(out, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    const bool good = out && fclose(out) == 0;
    const qf_status status = qf_fail(context, QF_ERROR_USAGE, "no metric '%s': there are %s", name,
                                     good ? list : "others");
    free(list);
    return status;
}

static qf_status fail_unknown(qf_context *context, const qf_sweep_spec *spec, const char *name)
{
    const char **names = calloc(spec->n_metrics + spec->n_requirements + 1, sizeof *names);
    if (!names) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    const size_t n = list_names(spec, names);
    const char *nearest = qf_nearest_name(name, names, n);
    const qf_status status = nearest ? qf_fail(context, QF_ERROR_USAGE,
                                               "no metric '%s' (did you mean '%s'?)", name, nearest)
                                     : fail_with_list(context, names, n, name);
    free(names);
    return status;
}

qf_worst_order qf_worst_order_of_metric(const qf_sweep_spec *spec, size_t metric)
{
    qf_worst_order order = {.metric = metric,
                            .large_is_good = spec->metrics[metric].kind == QF_VALUE_TRUTH};
    for (size_t r = 0; r < spec->n_requirements; r++) {
        if (spec->requirements[r].metric == metric) {
            order.large_is_good = spec->requirements[r].at_least;
            break;
        }
    }
    return order;
}

qf_worst_order qf_worst_order_of_requirement(const qf_requirement *requirement)
{
    return (qf_worst_order){
        .metric = requirement->metric, .large_is_good = requirement->at_least, .sound_only = true};
}

typedef struct ranked {
    double badness; /* infinite without a value */
    uint32_t number;
} ranked;

static int compare_ranked(const void *left, const void *right)
{
    const ranked *a = left;
    const ranked *b = right;
    if (a->badness != b->badness) {
        return a->badness > b->badness ? -1 : 1;
    }
    return (a->number > b->number) - (a->number < b->number);
}

static void say_which(const qf_sweep_spec *spec, qf_worst_order order, size_t most, size_t n,
                      FILE *said)
{
    const bool large = order.large_is_good;
    const char *metric = qf_metric_title(spec, order.metric);
    const bool is_truth = spec->metrics[order.metric].kind == QF_VALUE_TRUTH;
    if (is_truth && n < most) {
        const char *how = large ? "does not hold" : "holds";
        if (n > 0) {
            fprintf(said, "only %zu case%s without a value of %s, or where it %s\n", n,
                    n == 1 ? "" : "s", metric, how);
        } else {
            fprintf(said, "no case without a value of %s, or where it %s\n", metric, how);
        }
        return;
    }
    char count[32] = "";
    if (n != 1) {
        snprintf(count, sizeof count, "%zu ", n);
    }
    fprintf(said, "the %sworst case%s by %s: those without a value, then the %s\n", count,
            n == 1 ? "" : "s", metric,
            is_truth ? (large ? "ones where it does not hold" : "ones where it holds")
                     : (large ? "least" : "greatest"));
}

/* NaN: none that counts; false: the case does not count at all */
static bool value_of(const qf_sweep_table *table, qf_worst_order order, size_t number,
                     double *value)
{
    const qf_outcome outcome = (qf_outcome)table->outcome[number];
    *value = table->metrics[order.metric * table->n_cases + number];
    if (order.sound_only && outcome == QF_OUTCOME_QUARANTINED) {
        *value = (double)NAN;
    }
    return outcome != QF_OUTCOME_NOT_RUN && (order.sound_only || outcome != QF_OUTCOME_FAILED);
}

qf_status qf_worst_in_order(qf_context *context, const qf_sweep_spec *spec,
                            const qf_sweep_table *table, size_t n_cases, qf_worst_order order,
                            size_t most, uint32_t *worst, size_t *n)
{
    *n = 0;
    ranked *cases = calloc(n_cases + 1, sizeof *cases);
    if (!cases) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to rank %zu cases", n_cases);
    }
    size_t n_ranked = 0;
    for (size_t k = 0; k < n_cases; k++) {
        double value;
        if (value_of(table, order, k, &value)) {
            cases[n_ranked++] = (ranked){isnan(value)          ? (double)INFINITY
                                         : order.large_is_good ? -value
                                                               : value,
                                         (uint32_t)k};
        }
    }
    qsort(cases, n_ranked, sizeof *cases, compare_ranked);
    if (spec->metrics[order.metric].kind == QF_VALUE_TRUTH) {
        /* the others are none of the worst: they are as good as can be */
        const double best = order.large_is_good ? -1.0 : 0.0;
        while (n_ranked > 0 && cases[n_ranked - 1].badness == best) {
            n_ranked--;
        }
    }
    *n = most < n_ranked ? most : n_ranked;
    for (size_t i = 0; i < *n; i++) {
        worst[i] = cases[i].number;
    }
    free(cases);
    return QF_OK;
}

qf_status qf_worst_cases(qf_context *context, const qf_case_source *source, const char *name,
                         size_t most, FILE *said, uint32_t *worst, size_t *n)
{
    *n = 0;
    if (!source->is_sweep) {
        return qf_fail(context, QF_ERROR_USAGE, "%s is no sweep and has no metrics", source->path);
    }
    const qf_sweep_spec *spec = qf_sweep_get_spec(source->sweep.sweep);
    const qf_sweep_table *table = &source->sweep.table;
    const char *asked = name ? name : "success";
    const size_t metric = qf_metric_named(spec, asked);
    if (metric == spec->n_metrics) {
        return fail_unknown(context, spec, asked);
    }
    const qf_worst_order order = qf_worst_order_of_metric(spec, metric);
    const qf_status status =
        qf_worst_in_order(context, spec, table, table->n_cases, order, most, worst, n);
    if (status == QF_OK && said) {
        say_which(spec, order, most, *n, said);
    }
    return status;
}
