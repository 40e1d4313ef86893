/* SPDX-License-Identifier: Apache-2.0 */
#include "report_cases.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "number_text.h"
#include "sweep_questions.h"
#include "worst_cases.h"

enum { NONE = -1 };

/* of which a case is typical: see report_cases.h; NONE: there is none */
static int metric_of_typical(const qf_sweep_spec *spec, const char *by)
{
    int first = NONE;
    const size_t asked = by ? qf_metric_named(spec, by) : spec->n_metrics;
    if (asked < spec->n_metrics && spec->metrics[asked].kind == QF_VALUE_NUMBER) {
        return (int)asked;
    }
    for (size_t m = 0; m < spec->n_metrics; m++) {
        if (spec->metrics[m].kind != QF_VALUE_NUMBER) {
            continue;
        }
        if (qf_metric_is_asked_for(spec, m)) {
            return (int)m;
        }
        first = first == NONE && qf_metric_is_listed(&spec->metrics[m]) ? (int)m : first;
    }
    return first;
}

static qf_status give_reason(qf_context *context, qf_report_case *shown, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static qf_status give_reason(qf_context *context, qf_report_case *shown, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const bool good = vasprintf(&shown->reason, format, arguments) >= 0;
    va_end(arguments);
    if (!good) {
        shown->reason = NULL;
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    return QF_OK;
}

static qf_report_case name_case(uint32_t number, const char *what)
{
    qf_report_case shown = {.number = number};
    snprintf(shown.heading, sizeof shown.heading, "%s: %" PRIu32, what, number);
    snprintf(shown.anchor, sizeof shown.anchor, "case-%" PRIu32 "-", number);
    return shown;
}

/* cases that are ranked: all that could be run */
static size_t count_ranked(const qf_sweep_table *table)
{
    return table->n_cases - table->count[QF_OUTCOME_NOT_RUN] - table->count[QF_OUTCOME_FAILED];
}

/* of cases that are ranked: those in which a truth has the same value */
static size_t count_equal(const qf_sweep_table *table, size_t metric, double value)
{
    size_t n = 0;
    for (size_t k = 0; k < table->n_cases; k++) {
        const bool ranked =
            table->outcome[k] != QF_OUTCOME_NOT_RUN && table->outcome[k] != QF_OUTCOME_FAILED;
        n += ranked && table->metrics[metric * table->n_cases + k] == value;
    }
    return n;
}

/* why the i-th of the worst is one; of truths that are equal none is worse than another */
static qf_status give_reason_of_worst(qf_context *context, const qf_case_source *source,
                                      size_t metric, size_t i, qf_report_case *shown)
{
    const qf_sweep_spec *spec = qf_sweep_get_spec(source->sweep.sweep);
    const qf_sweep_table *table = &source->sweep.table;
    const char *title = qf_metric_title(spec, metric);
    const double value = table->metrics[metric * table->n_cases + shown->number];
    char ranked[32], equal[32];
    qf_group_digits((int64_t)count_ranked(table), ranked);
    if (spec->metrics[metric].kind != QF_VALUE_TRUTH || isnan(value)) {
        return give_reason(context, shown, "By %s it is %s of all %s cases that ran.", title,
                           i == 0 ? "the worst" : "among the worst", ranked);
    }
    qf_group_digits((int64_t)count_equal(table, metric, value), equal);
    return give_reason(context, shown, "In %s of all %s cases that ran %s %s; this is %s of them.",
                       equal, ranked, title, value == 1.0 ? "holds" : "does not hold",
                       i == 0 ? "the first" : "another");
}

static qf_status choose_worst(qf_context *context, const qf_case_source *source, const char *by,
                              size_t n_worst, qf_report_case *cases, size_t *n)
{
    const qf_sweep_spec *spec = qf_sweep_get_spec(source->sweep.sweep);
    const int number = metric_of_typical(spec, by);
    const char *name = by ? by : "success";
    uint32_t *worst = calloc(n_worst, sizeof *worst);
    if (!worst) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", n_worst);
    }
    qf_status status = qf_worst_cases(context, source, name, n_worst, NULL, worst, n);
    if (status == QF_OK && *n == 0 && !by && number != NONE) {
        name = spec->metrics[number].name;
        status = qf_worst_cases(context, source, name, n_worst, NULL, worst, n);
    }
    const size_t found = status == QF_OK ? *n : 0;
    const size_t metric = qf_metric_named(spec, name);
    *n = 0;
    for (size_t i = 0; i < found && status == QF_OK; i++) {
        char what[40];
        snprintf(what, sizeof what, i == 0 ? "The worst case" : "The worst but %zu", i);
        cases[i] = name_case(worst[i], what);
        status = give_reason_of_worst(context, source, metric, i, &cases[i]);
        *n += status == QF_OK;
    }
    free(worst);
    return status;
}

static bool ended_well(const qf_sweep_table *table, size_t success, size_t k)
{
    return table->outcome[k] == QF_OUTCOME_OK &&
           (success >= table->n_metrics || table->metrics[success * table->n_cases + k] == 1.0);
}

typedef struct valued {
    double value;
    uint32_t number;
} valued;

static int compare_valued(const void *left, const void *right)
{
    const valued *a = left;
    const valued *b = right;
    return a->value != b->value ? (a->value > b->value) - (a->value < b->value)
                                : (a->number > b->number) - (a->number < b->number);
}

static qf_status choose_typical(qf_context *context, const qf_case_source *source, const char *by,
                                qf_report_case *shown, size_t *n)
{
    const qf_sweep_spec *spec = qf_sweep_get_spec(source->sweep.sweep);
    const qf_sweep_table *table = &source->sweep.table;
    const size_t success = qf_metric_named(spec, "success");
    const int metric = metric_of_typical(spec, by);
    valued *cases = calloc(table->n_cases + 1, sizeof *cases);
    size_t n_good = 0;
    if (!cases) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to rank %zu cases", table->n_cases);
    }
    for (size_t k = 0; k < table->n_cases; k++) {
        const double value =
            metric == NONE ? 0.0 : table->metrics[(size_t)metric * table->n_cases + k];
        if (ended_well(table, success, k) && !isnan(value)) {
            cases[n_good++] = (valued){value, (uint32_t)k};
        }
    }
    qsort(cases, n_good, sizeof *cases, compare_valued);
    qf_status status = QF_OK;
    *n = n_good > 0;
    if (n_good > 0) {
        const valued *middle = &cases[metric == NONE ? 0 : (n_good - 1) / 2];
        *shown = name_case(middle->number, "A typical case");
        char count[32];
        qf_group_digits((int64_t)n_good, count);
        const char *unit = metric == NONE ? NULL : spec->metrics[metric].unit;
        status =
            metric == NONE
                ? give_reason(context, shown, "It is the first case that ended well.")
                : give_reason(context, shown,
                              "Its %s, %.4g%s%s, is the median of the %s cases that ended well.",
                              qf_metric_title(spec, (size_t)metric), middle->value, unit ? " " : "",
                              unit ? unit : "", count);
    }
    free(cases);
    return status;
}

qf_status qf_report_cases_choose(qf_context *context, const qf_case_source *source, const char *by,
                                 size_t n_worst, qf_report_case *cases, size_t *n)
{
    size_t n_typical = 0;
    *n = 0;
    qf_status status = choose_worst(context, source, by, n_worst, cases, n);
    if (status == QF_OK) {
        status = choose_typical(context, source, by, &cases[*n], &n_typical);
    }
    /* where few cases ran, the typical one is among the worst */
    for (size_t i = 0; i < *n && n_typical > 0; i++) {
        if (cases[i].number == cases[*n].number) {
            free(cases[*n].reason);
            n_typical = 0;
        }
    }
    *n += n_typical;
    return status;
}

void qf_report_cases_free(qf_report_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(cases[i].reason);
    }
}
