/* SPDX-License-Identifier: Apache-2.0 */
/* /sensitivity of sweep.h5: what each metric depends on. */
#include <math.h>
#include <string.h>

#include "sweep_answers_table.h"

typedef struct sensitivity_column {
    const char *name;
    const char *long_name;
    size_t offset;
} sensitivity_column;

#define COLUMN(name, field, text)                                                                  \
    {                                                                                              \
        name, text, offsetof(qf_sensitivity, field)                                                \
    }

static const sensitivity_column sensitivity_columns[] = {
    COLUMN("rank_correlation", rank_correlation, "Spearman's rank correlation"),
    COLUMN("rank_correlation_low", of_rank_correlation.low, "lower end of its interval"),
    COLUMN("rank_correlation_high", of_rank_correlation.high, "upper end of its interval"),
    COLUMN("regression", regression, "standardised coefficient of the linear regression"),
    COLUMN("regression_low", of_regression.low, "lower end of its interval"),
    COLUMN("regression_high", of_regression.high, "upper end of its interval"),
    COLUMN("r_squared", r_squared, "share of the variance that the whole regression explains"),
    COLUMN("first", first, "Sobol' index of the first order"),
    COLUMN("first_low", of_first.low, "lower end of its interval"),
    COLUMN("first_high", of_first.high, "upper end of its interval"),
    COLUMN("total", total, "total Sobol' index"),
    COLUMN("total_low", of_total.low, "lower end of its interval"),
    COLUMN("total_high", of_total.high, "upper end of its interval"),
    COLUMN("mu", mu, "Morris: mean elementary effect"),
    COLUMN("mu_star", mu_star, "Morris: mean size of elementary effects"),
    COLUMN("mu_star_low", of_mu_star.low, "lower end of its interval"),
    COLUMN("mu_star_high", of_mu_star.high, "upper end of its interval"),
    COLUMN("sigma", sigma, "Morris: standard deviation of elementary effects"),
};

#undef COLUMN

/* what the design gives for no metric and no parameter is left out */
static void put_sensitivity(const qf_answers_table *t, const sensitivity_column *column,
                            const qf_sensitivity *rows)
{
    double *values = t->buffer;
    bool any = false;
    for (size_t i = 0; i < t->n * t->width; i++) {
        memcpy(&values[i], (const char *)&rows[i] + column->offset, sizeof *values);
        any = any || !isnan(values[i]);
    }
    if (any) {
        (void)qf_answers_put_grid(t, column->name, column->long_name);
    }
}

qf_status qf_answers_write_sensitivities(qf_context *context, qf_nc *nc, const qf_sweep_spec *spec,
                                         const qf_sweep_report *report)
{
    qf_answers_table t;
    if (!report->sensitivities || spec->n_parameters == 0 || report->n_metrics == 0) {
        return QF_OK;
    }
    const qf_status status =
        qf_answers_begin(context, nc, "sensitivity", report->n_metrics, spec->n_parameters, &t);
    if (status) {
        return status;
    }
    const char **texts = t.buffer;
    t.scales[0] = qf_answers_dimension(&t, "metric", "number of the metric", t.n);
    t.scales[1] = qf_answers_dimension(&t, "parameter", "number of the parameter", t.width);
    for (size_t i = 0; i < t.n; i++) {
        texts[i] = spec->metrics[report->metrics[i].metric].name;
    }
    (void)qf_answers_put(&t, "metric_name", t.string_type, "name of the metric", NULL);
    for (size_t p = 0; p < t.width; p++) {
        texts[p] = spec->parameters[p].name;
    }
    const qf_nc_variable names = {"parameter_name", t.string_type, "1", "name of the parameter",
                                  NULL};
    (void)qf_nc_column(nc, t.group, t.scales[1], &names, t.width, texts);
    for (size_t i = 0; i < sizeof sensitivity_columns / sizeof *sensitivity_columns; i++) {
        put_sensitivity(&t, &sensitivity_columns[i], report->sensitivities);
    }
    double *counts = t.buffer;
    for (size_t i = 0; i < t.n * t.width; i++) {
        counts[i] = (double)report->sensitivities[i].n;
    }
    (void)qf_answers_put_grid(&t, "n", "cases, rows or trajectories that it rests on");
    qf_answers_end(&t);
    return QF_OK;
}
