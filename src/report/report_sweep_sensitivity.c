/* SPDX-License-Identifier: Apache-2.0 */
/* What metrics depend on: a tornado, and the metric over what matters most. */
#include <math.h>

#include "chart_scatter.h"
#include "chart_tornado.h"
#include "number_text.h"
#include "report_sweep.h"

enum { MOST_ROWS = 15, MOST_PICTURED = 10, N_OVER = 2 };

/* what the tornado does not have */
static const char *say_rest(const qf_sweep_view *view, const qf_sensitivity *first, size_t n_shown)
{
    const size_t n = view->spec->n_parameters;
    const char *more = n_shown == MOST_ROWS && n > n_shown
                           ? qf_text_or_unknown(qf_arena_format(
                                 view->arena, " The %zu that matter most of %zu.", n_shown, n))
                           : "";
    const char *explained =
        isnan(first->r_squared)
            ? ""
            : qf_text_or_unknown(qf_arena_format(
                  view->arena,
                  " A linear regression on all parameters explains %.3g %% of the variance.",
                  100.0 * first->r_squared));
    return qf_text_or_unknown(qf_arena_format(view->arena, "%s%s", explained, more));
}

static void put_tornado(const qf_sweep_view *view, const qf_sensitivity *const *ranked,
                        const char *title)
{
    const bool sobol = view->spec->sampling == QF_SAMPLING_SALTELLI;
    qf_tornado_row rows[MOST_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < view->spec->n_parameters && n < MOST_ROWS; i++) {
        const qf_sensitivity *it = ranked[i];
        if (qf_sensitivity_weight(it) >= 0.0) {
            rows[n++] = (qf_tornado_row){
                .name = view->spec->parameters[it->parameter].name,
                .value = sobol ? it->total : it->rank_correlation,
                .interval = sobol ? it->of_total : it->of_rank_correlation,
                .inner = sobol ? it->first : (double)NAN,
                .of_inner = sobol ? it->of_first : qf_no_interval(),
            };
        }
    }
    const qf_tornado_chart chart = {
        .rows = rows,
        .n_rows = n,
        .low = sobol ? 0.0 : -1.0,
        .high = 1.0,
        .title = title,
        .label = sobol ? "Sobol' index" : "rank correlation",
        .outer_name = sobol ? "total (number)" : NULL,
        .inner_name = sobol ? "first order" : NULL,
    };
    qf_html_figure_begin(view->out, QF_FIGURE_SMALL, title);
    qf_chart_tornado(view->out, &chart);
    const char *meaning =
        sobol
            ? "The share of the variance that goes with a parameter alone (first order), and with "
              "it and all its interactions (total)."
            : "Spearman's rank correlation: to the right the metric grows with the parameter, to "
              "the left it falls.";
    qf_html_figure_end(view->out, qf_text_or_unknown(qf_arena_format(
                                      view->arena, "%s%s", meaning, say_rest(view, ranked[0], n))));
}

static qf_status put_morris(qf_context *context, const qf_sweep_view *view,
                            const qf_sensitivity *const *ranked, const char *title, size_t metric)
{
    const size_t n = view->spec->n_parameters;
    double *x = qf_arena_array(view->arena, n, sizeof *x);
    double *y = qf_arena_array(view->arena, n, sizeof *y);
    const char **names = qf_arena_array(view->arena, n, sizeof(const char *));
    if (!x || !y || !names) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for effects");
    }
    for (size_t i = 0; i < n; i++) {
        x[i] = ranked[i]->mu_star;
        y[i] = ranked[i]->sigma;
        /* names of the many that do not matter would cover each other */
        names[i] = i < MOST_ROWS ? view->spec->parameters[ranked[i]->parameter].name : "";
    }
    const char *unit = qf_unit_word(view->spec->metrics[metric].unit);
    const qf_scatter_chart chart = {
        .x = x,
        .y = y,
        .names = names,
        .n = n,
        .title = title,
        .x_label = qf_text_or_unknown(qf_arena_format(view->arena, "mu*%s%s%s", unit ? " [" : "",
                                                      unit ? unit : "", unit ? "]" : "")),
        .y_label = qf_text_or_unknown(qf_arena_format(view->arena, "sigma%s%s%s", unit ? " [" : "",
                                                      unit ? unit : "", unit ? "]" : "")),
        .limit = (double)NAN,
        .diagonal = true,
        .x_least = 0.0,
        .y_least = 0.0};
    qf_html_figure_begin(view->out, QF_FIGURE_SMALL, title);
    qf_chart_scatter(view->out, &chart);
    const char *named = n > MOST_ROWS
                            ? qf_text_or_unknown(qf_arena_format(
                                  view->arena, " Named are the %d that matter most of %s.",
                                  MOST_ROWS, qf_text_count(view->arena, n)))
                            : "";
    qf_html_figure_end(
        view->out,
        qf_text_or_unknown(qf_arena_format(
            view->arena,
            "Elementary effects (Morris): to the right the parameter matters more; above the "
            "dashed line (sigma = mu*) its effect depends on the others, or is not linear.%s",
            named)));
    return QF_OK;
}

static void put_index(const qf_sweep_view *view, double value)
{
    if (isnan(value)) {
        qf_html_cell(view->out, true, "-");
    } else {
        qf_html_cell(view->out, true, "%.3f", value);
    }
}

static void put_index_interval(const qf_sweep_view *view, qf_interval i)
{
    if (isnan(i.low) && isnan(i.high)) {
        qf_html_cell(view->out, true, "-");
    } else {
        qf_html_cell(view->out, true, "[%.3f, %.3f]", i.low, i.high);
    }
}

static void put_row(const qf_sweep_view *view, const qf_sensitivity *it)
{
    const qf_sampling sampling = view->spec->sampling;
    qf_html_row_begin(view->out);
    qf_html_cell(view->out, false, "%s", qf_word_parameter(view, it->parameter));
    qf_html_cell(view->out, true, "%s", qf_text_count(view->arena, it->n));
    if (sampling == QF_SAMPLING_SALTELLI) {
        put_index(view, it->total);
        put_index_interval(view, it->of_total);
        put_index(view, it->first);
        put_index_interval(view, it->of_first);
    } else if (sampling == QF_SAMPLING_MORRIS) {
        qf_html_cell(view->out, true, "%s", qf_text_number(view->arena, it->mu_star));
        qf_html_cell(view->out, true, "%s", qf_word_interval(view->arena, it->of_mu_star));
        qf_html_cell(view->out, true, "%s", qf_text_number(view->arena, it->mu));
        qf_html_cell(view->out, true, "%s", qf_text_number(view->arena, it->sigma));
    } else {
        put_index(view, it->rank_correlation);
        put_index_interval(view, it->of_rank_correlation);
        put_index(view, it->regression);
        put_index_interval(view, it->of_regression);
    }
    qf_html_row_end(view->out);
}

static void put_table(const qf_sweep_view *view, const qf_sensitivity *const *ranked,
                      const char *title)
{
    static const qf_html_column of_sample[] = {{"parameter", false},       {"n", true},
                                               {"rank correlation", true}, {"interval", true},
                                               {"regression", true},       {"interval", true}};
    static const qf_html_column of_saltelli[] = {{"parameter", false}, {"rows", true},
                                                 {"total", true},      {"interval", true},
                                                 {"first", true},      {"interval", true}};
    static const qf_html_column of_morris[] = {{"parameter", false}, {"trajectories", true},
                                               {"mu*", true},        {"interval", true},
                                               {"mu", true},         {"sigma", true}};
    enum { N_COLUMNS = sizeof of_sample / sizeof *of_sample };
    const qf_sampling sampling = view->spec->sampling;
    qf_html_details_begin(view->out,
                          qf_text_or_unknown(qf_arena_format(view->arena, "Table: %s", title)));
    qf_html_table_begin(view->out, NULL,
                        sampling == QF_SAMPLING_SALTELLI ? of_saltelli
                        : sampling == QF_SAMPLING_MORRIS ? of_morris
                                                         : of_sample,
                        N_COLUMNS);
    for (size_t i = 0; i < view->spec->n_parameters; i++) {
        put_row(view, ranked[i]);
    }
    qf_html_table_end(view->out);
    qf_html_details_end(view->out);
}

/* parameters of which no order is known */
static void tell_unordered(const qf_sweep_view *view)
{
    const char *names = "";
    for (size_t p = 0; p < view->spec->n_parameters; p++) {
        if (!qf_parameter_is_ordered(&view->spec->parameters[p])) {
            names = qf_text_or_unknown(qf_arena_format(
                view->arena, "%s%s%s", names, *names ? ", " : "", view->spec->parameters[p].name));
        }
    }
    if (*names) {
        qf_html_note(view->out, QF_TONE_PLAIN,
                     "%s: three words or more have no order, so that there is no correlation; of "
                     "truths the share is shown word by word, where they are no more than 12.",
                     names);
    }
}

/* the metric over those that matter most, and a truth over parameters of words, of which nobody knows whether they do */
static qf_status put_dependences(qf_context *context, const qf_sweep_view *view,
                                 const qf_sensitivity *const *ranked, size_t metric)
{
    const bool truth = view->spec->metrics[metric].kind == QF_VALUE_TRUTH;
    qf_status status = QF_OK;
    size_t n_over = 0, n_words = 0;
    for (size_t i = 0; i < view->spec->n_parameters && status == QF_OK; i++) {
        const size_t p = ranked[i]->parameter;
        const bool words = !qf_parameter_is_ordered(&view->spec->parameters[p]);
        const bool known = qf_sensitivity_weight(ranked[i]) >= 0.0;
        if (known && n_over < N_OVER) {
            status = qf_view_dependence(context, view, metric, p);
            n_over++;
        } else if (!known && words && truth && n_words < N_OVER) {
            status = qf_view_dependence(context, view, metric, p);
            n_words++;
        }
    }
    return status;
}

/* A tornado of next to nothing, or one that may be chance, is said to be that. */
static void tell_weak(const qf_sweep_view *view, const qf_sensitivity *first, size_t metric)
{
    const double weak = 0.05; /* share of the variance of ranks */
    const double explained = first->rank_correlation * first->rank_correlation;
    const qf_sampling sampling = view->spec->sampling;
    if (sampling == QF_SAMPLING_SALTELLI || sampling == QF_SAMPLING_MORRIS || !(explained < weak)) {
        return;
    }
    qf_html_note(view->out, QF_TONE_PLAIN,
                 "No rank correlation with %s is stronger than %.2f: it may rise and fall with a "
                 "parameter, which pictures of shares and points show, or come of something else: "
                 "look at the worst cases, below.",
                 qf_metric_title(view->spec, metric),
                 ceil(100.0 * fabs(first->rank_correlation)) / 100.0);
}

static qf_status put_metric(qf_context *context, const qf_sweep_view *view, size_t metric,
                            bool pictured)
{
    const qf_sensitivity **ranked =
        qf_sensitivities_ranked(view->arena, view->spec, view->answers, metric);
    if (!ranked) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for sensitivities");
    }
    const char *title = qf_text_or_unknown(
        qf_arena_format(view->arena, "What %s depends on", qf_metric_title(view->spec, metric)));
    if (view->spec->metrics[metric].kind == QF_VALUE_CHOICE) {
        qf_html_note(view->out, QF_TONE_PLAIN, "%s: it is a choice, whose names have no order.",
                     title);
        return QF_OK;
    }
    if (!qf_metric_varies(view->spec, view->answers, metric)) {
        qf_html_note(view->out, QF_TONE_PLAIN, "%s: on nothing that was seen, %s.", title,
                     view->answers->metrics[metric].n > 0 ? "it is the same in all cases"
                                                          : "no case has a value");
        return QF_OK;
    }
    qf_status status = QF_OK;
    tell_weak(view, ranked[0], metric);
    if (pictured) {
        qf_html_figures_begin(view->out);
        if (view->spec->sampling == QF_SAMPLING_MORRIS) {
            status = put_morris(context, view, ranked, title, metric);
        } else if (qf_sensitivity_weight(ranked[0]) >= 0.0) {
            put_tornado(view, ranked, title);
        }
        status = status == QF_OK ? put_dependences(context, view, ranked, metric) : status;
        qf_html_figures_end(view->out);
    }
    put_table(view, ranked, title);
    return status;
}

qf_status qf_report_sweep_sensitivity(qf_context *context, qf_page *page,
                                      const qf_report_sweep *sweep)
{
    qf_arena arena = {0};
    const qf_sweep_view view = qf_sweep_view_of(sweep, page, &arena);
    qf_status status = QF_OK;
    if (view.spec->n_parameters == 0) {
        return QF_OK;
    }
    qf_page_section(page, "sensitivity", "What it depends on");
    if (!view.answers->sensitivities) {
        qf_html_note(view.out, QF_TONE_PLAIN, "Too few cases to tell what anything depends on.");
    } else {
        tell_unordered(&view);
    }
    size_t n_pictured = 0;
    for (size_t m = 0; view.answers->sensitivities && m < view.spec->n_metrics && status == QF_OK;
         m++) {
        if (qf_metric_is_asked_for(view.spec, m)) {
            status = put_metric(context, &view, m, n_pictured < MOST_PICTURED);
            n_pictured += qf_metric_varies(view.spec, view.answers, m);
        }
    }
    if (n_pictured > MOST_PICTURED) {
        qf_html_note(view.out, QF_TONE_PLAIN,
                     "Pictures are of the first %d metrics that vary; of the others there is the "
                     "table.",
                     MOST_PICTURED);
    }
    qf_arena_free(&arena);
    return status;
}
