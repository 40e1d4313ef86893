/* SPDX-License-Identifier: Apache-2.0 */
#include "worst_cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nearest_name.h"

static qf_status find_metric(qf_context *context, const qf_sweep_spec *spec, const char *name,
                             size_t *metric)
{
    const char **names = calloc(spec->n_metrics + 1, sizeof *names);
    if (!names) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    for (*metric = 0; *metric < spec->n_metrics; (*metric)++) {
        names[*metric] = spec->metrics[*metric].name;
        if (strcmp(name, names[*metric]) == 0) {
            free(names);
            return QF_OK;
        }
    }
    const char *nearest = qf_nearest_name(name, names, spec->n_metrics);
    free(names);
    return qf_fail(context, QF_ERROR_USAGE, "no metric '%s'%s%s%s", name,
                   nearest ? " (did you mean '" : "", nearest ? nearest : "", nearest ? "'?)" : "");
}

/* whether large values are the good ones */
static bool large_is_good(const qf_sweep_spec *spec, size_t metric)
{
    for (size_t r = 0; r < spec->n_requirements; r++) {
        if (spec->requirements[r].metric == metric) {
            return spec->requirements[r].at_least;
        }
    }
    return spec->metrics[metric].kind == QF_VALUE_TRUTH;
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

static void say_which(const qf_metric_spec *metric, bool large, size_t most, size_t n)
{
    const bool is_truth = metric->kind == QF_VALUE_TRUTH;
    if (is_truth && n < most) {
        const char *how = large ? "does not hold" : "holds";
        if (n > 0) {
            fprintf(stderr, "only %zu case%s without a value of %s, or where it %s\n", n,
                    n == 1 ? "" : "s", metric->name, how);
        } else {
            fprintf(stderr, "no case without a value of %s, or where it %s\n", metric->name, how);
        }
        return;
    }
    char count[32] = "";
    if (n != 1) {
        snprintf(count, sizeof count, "%zu ", n);
    }
    fprintf(stderr, "the %sworst case%s by %s: those without a value, then the %s\n", count,
            n == 1 ? "" : "s", metric->name,
            is_truth ? (large ? "ones where it does not hold" : "ones where it holds")
                     : (large ? "least" : "greatest"));
}

qf_status qf_worst_cases(qf_context *context, const qf_case_source *source, const char *name,
                         size_t most, uint32_t *worst, size_t *n)
{
    *n = 0;
    if (!source->is_sweep) {
        return qf_fail(context, QF_ERROR_USAGE, "%s is no sweep and has no metrics", source->path);
    }
    const qf_sweep_spec *spec = qf_sweep_get_spec(source->sweep.sweep);
    const qf_sweep_table *table = &source->sweep.table;
    size_t metric = 0;
    qf_status status = find_metric(context, spec, name ? name : "success", &metric);
    if (status != QF_OK) {
        return status;
    }
    const bool large = large_is_good(spec, metric);
    ranked *cases = calloc(table->n_cases + 1, sizeof *cases);
    if (!cases) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to rank %zu cases", table->n_cases);
    }
    size_t n_ranked = 0;
    for (size_t k = 0; k < table->n_cases; k++) {
        const double value = table->metrics[metric * table->n_cases + k];
        if (table->outcome[k] != QF_OUTCOME_NOT_RUN && table->outcome[k] != QF_OUTCOME_FAILED) {
            cases[n_ranked++] =
                (ranked){isnan(value) ? (double)INFINITY : (large ? -value : value), (uint32_t)k};
        }
    }
    qsort(cases, n_ranked, sizeof *cases, compare_ranked);
    const bool is_truth = spec->metrics[metric].kind == QF_VALUE_TRUTH;
    if (is_truth) {
        /* the others are none of the worst: they are as good as can be */
        const double best = large ? -1.0 : 0.0;
        while (n_ranked > 0 && cases[n_ranked - 1].badness == best) {
            n_ranked--;
        }
    }
    *n = most < n_ranked ? most : n_ranked;
    for (size_t i = 0; i < *n; i++) {
        worst[i] = cases[i].number;
    }
    free(cases);
    say_which(&spec->metrics[metric], large, most, *n);
    return QF_OK;
}
