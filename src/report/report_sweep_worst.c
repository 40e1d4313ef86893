/* SPDX-License-Identifier: Apache-2.0 */
/* The cases that speak most against what is wanted, and how to see each of them again. */
#include <inttypes.h>
#include <math.h>

#include "number_text.h"
#include "report_sweep.h"
#include "worst_cases.h"

enum { MOST_WORST = 5, MOST_PARAMETERS = 6 };

/* the parameters that the metric depends on most, or where that is not known the first; returns how many */
static size_t choose_parameters(const qf_sweep_view *view, size_t metric,
                                size_t chosen[MOST_PARAMETERS], bool *by_weight)
{
    const size_t n_all = view->spec->n_parameters;
    const size_t n = n_all < MOST_PARAMETERS ? n_all : MOST_PARAMETERS;
    const qf_sensitivity **ranked =
        view->answers->sensitivities && n_all > n
            ? qf_sensitivities_ranked(view->arena, view->spec, view->answers, metric)
            : NULL;
    *by_weight = ranked && qf_sensitivity_weight(ranked[0]) >= 0.0;
    for (size_t i = 0; i < n; i++) {
        chosen[i] = *by_weight ? ranked[i]->parameter : i;
    }
    return n;
}

static void put_head(const qf_sweep_view *view, const size_t *parameters, size_t n)
{
    qf_html_column columns[MOST_PARAMETERS + 4] = {{"case", true}, {"value", true}};
    size_t c = 2;
    for (size_t i = 0; i < n; i++) {
        columns[c++] = (qf_html_column){qf_word_parameter(view, parameters[i]), true};
    }
    columns[c++] = (qf_html_column){"outcome", false};
    /* a function has nothing to record */
    if (view->spec->function == QF_FUNCTION_NONE) {
        columns[c++] = (qf_html_column){"run it again", false};
    }
    qf_html_table_begin(view->out, NULL, columns, c);
}

static void put_case(const qf_sweep_view *view, size_t metric, uint32_t number,
                     const size_t *parameters, size_t n)
{
    FILE *out = view->out;
    qf_html_row_begin(out);
    qf_html_cell(out, true, "%" PRIu32, number);
    qf_html_cell(out, true, "%s", qf_word_value(view, metric, qf_view_value(view, metric, number)));
    for (size_t i = 0; i < n; i++) {
        qf_view_parameter_cell(view, parameters[i], number);
    }
    const char *cause = view->table->cause[number];
    qf_html_cell(out, false, "%s%s%s", qf_word_outcome((qf_outcome)view->table->outcome[number]),
                 cause ? ": " : "", cause ? cause : "");
    if (view->spec->function == QF_FUNCTION_NONE) {
        qf_html_cell_begin(out, false);
        fputs("<code class=\"command\">", out);
        qf_html_text(out, qf_word_replay(view, number));
        fputs("</code>", out);
        qf_html_cell_end(out);
    }
    qf_html_row_end(out);
}

/* how they were chosen */
static const char *say_order(const qf_sweep_view *view, qf_worst_order order, size_t n_shown,
                             bool by_weight)
{
    const bool truth = view->spec->metrics[order.metric].kind == QF_VALUE_TRUTH;
    const char *last =
        truth ? (order.large_is_good ? "those where it does not hold" : "those where it holds")
              : (order.large_is_good ? "the least" : "the greatest");
    const char *hidden =
        view->spec->n_parameters > MOST_PARAMETERS
            ? qf_arena_format(view->arena,
                              by_weight ? "; of %zu parameters the %d that matter most"
                                        : "; of %zu parameters the first %d",
                              view->spec->n_parameters, MOST_PARAMETERS)
            : "";
    const char *text = qf_arena_format(
        view->arena, "%zu case%s: %sthose without a value, then %s; of equals the first%s", n_shown,
        n_shown == 1 ? "" : "s",
        order.sound_only ? "those that failed or were quarantined and " : "", last,
        hidden ? hidden : "");
    return text ? text : "?";
}

static qf_status put_worst(qf_context *context, const qf_sweep_view *view, qf_worst_order order,
                           const char *title)
{
    uint32_t worst[MOST_WORST];
    size_t n, parameters[MOST_PARAMETERS];
    const qf_status status = qf_worst_in_order(
        context, view->spec, view->table, view->answers->n_cases, order, MOST_WORST, worst, &n);
    if (status != QF_OK) {
        return status;
    }
    qf_html_heading(view->out, "%s", title);
    if (n == 0) {
        qf_html_paragraph(view->out, "No case speaks against it.");
        return QF_OK;
    }
    bool by_weight;
    const size_t n_parameters = choose_parameters(view, order.metric, parameters, &by_weight);
    qf_html_paragraph(view->out, "%s.", say_order(view, order, n, by_weight));
    put_head(view, parameters, n_parameters);
    for (size_t i = 0; i < n; i++) {
        put_case(view, order.metric, worst[i], parameters, n_parameters);
    }
    qf_html_table_end(view->out);
    return QF_OK;
}

static bool is_required(const qf_sweep_spec *spec, size_t metric)
{
    bool required = false;
    for (size_t r = 0; r < spec->n_requirements; r++) {
        required = required || spec->requirements[r].metric == metric;
    }
    return required;
}

/* those without a requirement, of which people want to know all the same */
static qf_status put_metrics(qf_context *context, const qf_sweep_view *view)
{
    qf_status status = QF_OK;
    for (size_t m = 0; m < view->spec->n_metrics && status == QF_OK; m++) {
        if (qf_metric_is_asked_for(view->spec, m) && !is_required(view->spec, m) &&
            view->spec->metrics[m].kind != QF_VALUE_CHOICE) {
            const char *title =
                qf_arena_format(view->arena, "By %s", qf_metric_title(view->spec, m));
            status = put_worst(context, view, qf_worst_order_of_metric(view->spec, m),
                               title ? title : "?");
        }
    }
    return status;
}

qf_status qf_report_sweep_worst(qf_context *context, qf_page *page, const qf_report_sweep *sweep)
{
    qf_arena arena = {0};
    const qf_sweep_view view = qf_sweep_view_of(sweep, page, &arena);
    qf_status status = QF_OK;
    qf_page_section(page, "worst-cases", "Worst cases");
    for (size_t r = 0; r < view.answers->n_requirements && status == QF_OK; r++) {
        const qf_requirement *requirement = view.answers->requirements[r].requirement;
        const char *title = qf_arena_format(view.arena, "By the requirement %s",
                                            qf_word_claim(&view, &view.answers->requirements[r]));
        status = put_worst(context, &view, qf_worst_order_of_requirement(requirement),
                           title ? title : "?");
    }
    status = status == QF_OK ? put_metrics(context, &view) : status;
    qf_arena_free(&arena);
    return status;
}
