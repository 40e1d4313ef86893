/* SPDX-License-Identifier: Apache-2.0 */
/* /statistics, /choices and /requirements of sweep.h5: what qf_sweep_report_create came to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_answers_table.h"

enum { VARIABLE_BYTES = 16384, MOST_VARIABLES = 96 };

static const double no_number = (double)NAN;
static const int64_t no_count = -1;
static const char *const kind_names[] = {"truth", "number", "choice"};
static const char *const claim_names[] = {"probability", "mean", "quantile"};

/* a metric's statistics, with nothing in what its kind has not */
static qf_metric_statistics of_its_kind(const qf_metric_statistics *s, qf_value_kind kind)
{
    static const qf_interval none = {(double)NAN, (double)NAN};
    qf_metric_statistics copy = *s;
    if (kind != QF_VALUE_NUMBER) {
        copy.mean = copy.sd = copy.min = copy.max = copy.tolerance_95_95 = (double)NAN;
        copy.of_mean = copy.of_bootstrap = none;
        for (size_t q = 0; q < QF_QUANTILES; q++) {
            copy.quantile[q] = (double)NAN;
            copy.of_quantile[q] = none;
        }
    }
    if (kind != QF_VALUE_TRUTH) {
        copy.n_true = (uint64_t)no_count;
        copy.exact = copy.wilson = none;
    }
    return copy;
}

static void put_texts_of_metrics(const qf_answers_table *t, const qf_sweep_spec *spec,
                                 const qf_metric_statistics *rows)
{
    const char **texts = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        texts[i] = spec->metrics[rows[i].metric].name;
    }
    (void)qf_answers_put(t, "name", t->string_type, "name of the metric", NULL);
    for (size_t i = 0; i < t->n; i++) {
        texts[i] = spec->metrics[rows[i].metric].text;
    }
    (void)qf_answers_put(t, "text", t->string_type, "how it is computed", NULL);
    for (size_t i = 0; i < t->n; i++) {
        const char *unit = spec->metrics[rows[i].metric].unit;
        texts[i] = unit ? unit : "1";
    }
    (void)qf_answers_put(t, "unit", t->string_type, "unit of the metric, and of its numbers here",
                         NULL);
    uint8_t *kinds = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        kinds[i] = (uint8_t)spec->metrics[rows[i].metric].kind;
    }
    const hid_t id = qf_answers_put(t, "kind", H5T_NATIVE_UINT8, "what its values are", NULL);
    qf_put_names(t->nc, id, H5T_NATIVE_UINT8, kind_names, 3);
}

#define ROW(field) rows, sizeof *rows, offsetof(qf_metric_statistics, field)

static void put_numbers_of_metrics(const qf_answers_table *t, const qf_sweep_spec *spec,
                                   const qf_metric_statistics *rows)
{
    const double pct = 100 * spec->confidence;
    hid_t id;
    (void)qf_answers_put_counts(t, "n", "cases with a value", ROW(n));
    (void)qf_answers_put_counts(t, "n_without", "cases that ran or failed and have none",
                                ROW(n_without));
    (void)qf_answers_put_numbers(t, "mean", "mean", ROW(mean));
    (void)qf_answers_put_numbers(t, "sd", "standard deviation of the sample", ROW(sd));
    (void)qf_answers_put_numbers(t, "min", "least value", ROW(min));
    (void)qf_answers_put_numbers(t, "max", "greatest value", ROW(max));
    id = qf_answers_put_numbers(t, "mean_low", "lower end of the interval of the mean",
                                ROW(of_mean.low));
    qf_answers_put_method(t, id, "Student's t, two-sided, %g %%", pct);
    id = qf_answers_put_numbers(t, "mean_high", "upper end of the interval of the mean",
                                ROW(of_mean.high));
    qf_answers_put_method(t, id, "Student's t, two-sided, %g %%", pct);
    id = qf_answers_put_numbers(t, "bootstrap_low", "lower end of the interval of the mean",
                                ROW(of_bootstrap.low));
    qf_answers_put_method(t, id, "bootstrap of %zu resamples, two-sided, %g %%", spec->n_resamples,
                          pct);
    id = qf_answers_put_numbers(t, "bootstrap_high", "upper end of the interval of the mean",
                                ROW(of_bootstrap.high));
    qf_answers_put_method(t, id, "bootstrap of %zu resamples, two-sided, %g %%", spec->n_resamples,
                          pct);
    id = qf_answers_put_numbers(t, "tolerance_95_95", "at least 95 % of all cases lie below",
                                ROW(tolerance_95_95));
    qf_answers_put_method(t, id, "Wilks, confidence 95 %%");
    (void)qf_answers_put_counts(t, "n_true", "cases in which it holds", ROW(n_true));
    id = qf_answers_put_numbers(t, "exact_low", "lower end of the interval of the share",
                                ROW(exact.low));
    qf_answers_put_method(t, id, "Clopper-Pearson, two-sided, %g %%", pct);
    id = qf_answers_put_numbers(t, "exact_high", "upper end of the interval of the share",
                                ROW(exact.high));
    qf_answers_put_method(t, id, "Clopper-Pearson, two-sided, %g %%", pct);
    id = qf_answers_put_numbers(t, "wilson_low", "lower end of the interval of the share",
                                ROW(wilson.low));
    qf_answers_put_method(t, id, "Wilson, two-sided, %g %%", pct);
    id = qf_answers_put_numbers(t, "wilson_high", "upper end of the interval of the share",
                                ROW(wilson.high));
    qf_answers_put_method(t, id, "Wilson, two-sided, %g %%", pct);
}

#undef ROW

/* the cases that have the least and the greatest value; -1 where there is none */
static void put_extreme_cases(const qf_answers_table *t, const qf_metric_statistics *rows)
{
    int64_t *values = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        values[i] = isnan(rows[i].min) ? no_count : rows[i].least_case;
    }
    (void)qf_answers_put(t, "min_case", H5T_NATIVE_INT64, "the first case with the least value",
                         &no_count);
    for (size_t i = 0; i < t->n; i++) {
        values[i] = isnan(rows[i].max) ? no_count : rows[i].most_case;
    }
    (void)qf_answers_put(t, "max_case", H5T_NATIVE_INT64, "the first case with the greatest value",
                         &no_count);
}

static void put_quantiles(const qf_answers_table *t, const qf_sweep_spec *spec,
                          const qf_metric_statistics *rows)
{
    double *values = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        memcpy(values + i * QF_QUANTILES, rows[i].quantile, sizeof rows[i].quantile);
    }
    (void)qf_answers_put_grid(t, "quantile", "quantile of that level");
    for (size_t end = 0; end < 2; end++) {
        for (size_t i = 0; i < t->n * QF_QUANTILES; i++) {
            const qf_interval interval = rows[i / QF_QUANTILES].of_quantile[i % QF_QUANTILES];
            values[i] = end ? interval.high : interval.low;
        }
        const hid_t id = qf_answers_put_grid(t, end ? "quantile_high" : "quantile_low",
                                             end ? "upper end of the interval of the quantile"
                                                 : "lower end of the interval of the quantile");
        qf_answers_put_method(t, id, "order statistics, two-sided, %g %%", 100 * spec->confidence);
    }
}

static hid_t add_levels(const qf_answers_table *t)
{
    const qf_nc_variable levels = {"level", H5T_NATIVE_DOUBLE, "1", "level of a quantile", NULL};
    const hid_t scale = qf_nc_dimension(t->nc, t->group, &levels, QF_QUANTILES, 0);
    qf_nc_write(t->nc, scale, H5T_NATIVE_DOUBLE, 0, QF_QUANTILES, 0, qf_quantile_levels);
    return scale;
}

static qf_status write_statistics(qf_context *context, qf_nc *nc, const qf_sweep_spec *spec,
                                  const qf_sweep_report *report)
{
    qf_answers_table t;
    qf_metric_statistics *rows = calloc(report->n_metrics + 1, sizeof *rows);
    if (!rows) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < report->n_metrics; i++) {
        rows[i] = of_its_kind(&report->metrics[i], spec->metrics[report->metrics[i].metric].kind);
    }
    const qf_status status =
        qf_answers_begin(context, nc, "statistics", report->n_metrics, QF_QUANTILES, &t);
    if (status == QF_OK) {
        t.scales[0] = qf_answers_dimension(&t, "metric", "number of the metric", t.n);
        t.scales[1] = add_levels(&t);
        put_texts_of_metrics(&t, spec, rows);
        put_numbers_of_metrics(&t, spec, rows);
        put_extreme_cases(&t, rows);
        put_quantiles(&t, spec, rows);
        qf_answers_end(&t);
    }
    free(rows);
    return status;
}

/* /choices: how many cases have each value of metrics that are choices */
static qf_status write_choices(qf_context *context, qf_nc *nc, const qf_sweep_spec *spec,
                               const qf_sweep_report *report)
{
    size_t n = 0;
    for (size_t i = 0; i < report->n_metrics; i++) {
        const qf_metric_spec *metric = &spec->metrics[report->metrics[i].metric];
        n += metric->kind == QF_VALUE_CHOICE && report->metrics[i].n_of_name ? metric->n_names : 0;
    }
    qf_answers_table t;
    qf_status status = n > 0 ? qf_answers_begin(context, nc, "choices", n, 0, &t) : QF_OK;
    if (status || n == 0) {
        return status;
    }
    t.scales[0] = qf_answers_dimension(&t, "choice", "number of the row", n);
    static const char *const names[] = {"metric", "name", "n"};
    static const char *const long_names[] = {"name of the metric", "value",
                                             "cases that have the value"};
    for (size_t column = 0; column < 3; column++) {
        size_t row = 0;
        for (size_t i = 0; i < report->n_metrics; i++) {
            const qf_metric_spec *metric = &spec->metrics[report->metrics[i].metric];
            const uint64_t *counts = report->metrics[i].n_of_name;
            for (size_t c = 0; metric->kind == QF_VALUE_CHOICE && counts && c < metric->n_names;
                 c++, row++) {
                if (column < 2) {
                    ((const char **)t.buffer)[row] = column ? metric->names[c] : metric->name;
                } else {
                    ((int64_t *)t.buffer)[row] = (int64_t)counts[c];
                }
            }
        }
        (void)qf_answers_put(&t, names[column], column < 2 ? t.string_type : H5T_NATIVE_INT64,
                             long_names[column], NULL);
    }
    qf_answers_end(&t);
    return QF_OK;
}

static void put_texts_of_requirements(const qf_answers_table *t, const qf_sweep_spec *spec,
                                      const qf_requirement_result *rows)
{
    const char **texts = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        texts[i] = rows[i].requirement->name;
    }
    (void)qf_answers_put(t, "name", t->string_type, "name of the requirement", NULL);
    for (size_t i = 0; i < t->n; i++) {
        texts[i] = rows[i].requirement->text;
    }
    (void)qf_answers_put(t, "text", t->string_type, "what is required", NULL);
    for (size_t i = 0; i < t->n; i++) {
        texts[i] = rows[i].method ? rows[i].method : "";
    }
    (void)qf_answers_put(t, "method", t->string_type, "how the bound was come to", NULL);
    for (size_t i = 0; i < t->n; i++) {
        texts[i] = spec->metrics[rows[i].requirement->metric].name;
    }
    (void)qf_answers_put(t, "metric", t->string_type, "metric that it is about", NULL);
}

static void put_codes_of_requirements(const qf_answers_table *t, const qf_requirement_result *rows)
{
    uint8_t *codes = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        codes[i] = (uint8_t)rows[i].verdict;
    }
    hid_t id = qf_answers_put(t, "verdict", H5T_NATIVE_UINT8, "whether it is met", NULL);
    qf_put_names(t->nc, id, H5T_NATIVE_UINT8, qf_verdict_names, 3);
    for (size_t i = 0; i < t->n; i++) {
        codes[i] = (uint8_t)rows[i].requirement->claim;
    }
    id = qf_answers_put(t, "claim", H5T_NATIVE_UINT8, "what of the metric is bounded", NULL);
    qf_put_names(t->nc, id, H5T_NATIVE_UINT8, claim_names, 3);
    for (size_t i = 0; i < t->n; i++) {
        codes[i] = rows[i].requirement->at_least;
    }
    (void)qf_answers_put(t, "at_least", H5T_NATIVE_UINT8,
                         "1: it is to be at least the limit; 0: at most", NULL);
}

#define ROW(field) rows, sizeof *rows, offsetof(qf_requirement_result, field)

static void put_numbers_of_requirements(const qf_answers_table *t,
                                        const qf_requirement_result *rows)
{
    double *values = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        values[i] = rows[i].requirement->limit;
    }
    (void)qf_answers_put(t, "limit", H5T_NATIVE_DOUBLE, "limit, in the metric's unit", &no_number);
    for (size_t i = 0; i < t->n; i++) {
        const qf_requirement *r = rows[i].requirement;
        values[i] = r->claim == QF_CLAIM_QUANTILE ? r->level : (double)NAN;
    }
    (void)qf_answers_put(t, "level", H5T_NATIVE_DOUBLE, "level of the quantile", &no_number);
    for (size_t i = 0; i < t->n; i++) {
        values[i] = rows[i].requirement->confidence;
    }
    (void)qf_answers_put(t, "confidence", H5T_NATIVE_DOUBLE,
                         "of the verdict, one-sided; 0: the estimate decides", &no_number);
    (void)qf_answers_put_numbers(t, "estimate", "estimate", ROW(estimate));
    (void)qf_answers_put_numbers(t, "bound", "one-sided bound that decides", ROW(bound));
    (void)qf_answers_put_numbers(t, "margin",
                                 "distance of the estimate to the limit, positive where it is kept",
                                 ROW(margin));
    (void)qf_answers_put_counts(t, "n", "cases that count", ROW(n));
    (void)qf_answers_put_counts(
        t, "n_against", "of them, those that count against it for want of a value", ROW(n_against));
    (void)qf_answers_put_counts(t, "n_needed",
                                "cases that would decide it; 0: it is decided, or no number would",
                                ROW(n_needed));
    int64_t *cases = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        cases[i] = rows[i].has_worst ? rows[i].worst_case : no_count;
    }
    (void)qf_answers_put(t, "worst_case", H5T_NATIVE_INT64, "case that speaks most against it",
                         &no_count);
}

#undef ROW

static qf_status write_requirements(qf_context *context, qf_nc *nc, const qf_sweep_spec *spec,
                                    const qf_sweep_report *report)
{
    qf_answers_table t;
    qf_status status = QF_OK;
    if (report->n_requirements > 0) {
        status = qf_answers_begin(context, nc, "requirements", report->n_requirements, 0, &t);
    }
    if (report->n_requirements > 0 && status == QF_OK) {
        t.scales[0] = qf_answers_dimension(&t, "requirement", "number of the requirement", t.n);
        put_texts_of_requirements(&t, spec, report->requirements);
        put_codes_of_requirements(&t, report->requirements);
        put_numbers_of_requirements(&t, report->requirements);
        qf_answers_end(&t);
    }
    return status;
}

uint64_t qf_answers_bytes(const qf_sweep_spec *spec, const qf_sweep_report *report)
{
    const uint64_t grid = (uint64_t)report->n_metrics * (spec->n_parameters + QF_QUANTILES);
    uint64_t texts = 0;
    uint64_t n_names = 0;
    for (size_t m = 0; m < spec->n_metrics; m++) {
        const qf_metric_spec *metric = &spec->metrics[m];
        texts += 256 + 2 * strlen(metric->text) + 4 * strlen(metric->name);
        for (size_t c = 0; c < metric->n_names; c++) {
            texts += 256 + strlen(metric->names[c]) + strlen(metric->name);
            n_names++;
        }
    }
    for (size_t p = 0; p < spec->n_parameters; p++) {
        texts += 128 + strlen(spec->parameters[p].name);
    }
    for (size_t i = 0; i < report->n_requirements; i++) {
        texts += 512 + strlen(report->requirements[i].requirement->text);
        texts += strlen(report->requirements[i].requirement->name);
    }
    return MOST_VARIABLES * VARIABLE_BYTES + texts +
           8 * (24 * grid + 32 * (uint64_t)report->n_metrics + 3 * n_names +
                24 * (uint64_t)report->n_requirements);
}

qf_status qf_answers_write(qf_context *context, qf_nc *nc, const qf_sweep_spec *spec,
                           const qf_sweep_report *report)
{
    qf_status status = write_statistics(context, nc, spec, report);
    if (status == QF_OK) {
        status = write_choices(context, nc, spec, report);
    }
    if (status == QF_OK) {
        status = write_requirements(context, nc, spec, report);
    }
    if (status == QF_OK) {
        status = qf_answers_write_sensitivities(context, nc, spec, report);
    }
    return status;
}
