/* SPDX-License-Identifier: Apache-2.0 */
/* What was required, what came out, and whether that has settled. */
#include <inttypes.h>
#include <math.h>

#include "chart_interval.h"
#include "chart_trend.h"
#include "number_text.h"
#include "report_sweep.h"

static void put_picture(const qf_sweep_view *view, const qf_requirement_result *it)
{
    const qf_requirement *requirement = it->requirement;
    const qf_running_estimate both =
        qf_requirement_so_far(requirement, view->spec, view->table, view->answers->n_cases);
    const qf_interval_chart chart = {.estimate = it->estimate,
                                     .interval = both.interval,
                                     .limit = requirement->limit,
                                     .at_least = requirement->at_least,
                                     .share = requirement->claim == QF_CLAIM_PROBABILITY,
                                     .tone = qf_verdict_tone(it->verdict),
                                     .title = qf_word_verdict(view, it)};
    fputs("<div class=\"picture\">", view->out);
    qf_chart_interval(view->out, &chart);
    fputs("</div>", view->out);
}

static const char *say_against(const qf_sweep_view *view, const qf_requirement_result *it)
{
    const char *text =
        it->n_against > 0
            ? qf_arena_format(view->arena,
                              ", of which %s failed, quarantined or without a value count against "
                              "it%s",
                              qf_text_count(view->arena, it->n_against),
                              qf_requirement_beyond(it->requirement))
            : "";
    return text ? text : "?";
}

/* what is required, and how it was judged */
static void put_claim(const qf_sweep_view *view, const qf_requirement_result *it)
{
    qf_html_cell_begin(view->out, false);
    qf_html_text(view->out, qf_word_claim(view, it));
    fputs("<br><small>", view->out);
    qf_html_textf(view->out, "%s; %s%s", it->method, qf_word_cases(view->arena, it->n),
                  say_against(view, it));
    fputs("</small>", view->out);
    qf_html_cell_end(view->out);
}

static void put_row(const qf_sweep_view *view, const qf_requirement_result *it)
{
    FILE *out = view->out;
    qf_html_row_begin(out);
    qf_html_cell_begin(out, false);
    qf_html_badge(out, qf_verdict_tone(it->verdict), qf_verdict_names[it->verdict]);
    qf_html_cell_end(out);
    put_claim(view, it);
    qf_html_cell_begin(out, false);
    put_picture(view, it);
    qf_html_cell_end(out);
    qf_html_cell(out, true, "%s", qf_word_found(view, it->requirement, it->estimate));
    qf_html_cell(out, true, "%s", qf_word_found(view, it->requirement, it->bound));
    qf_html_cell(out, true, "%s", qf_word_limit(view, it->requirement));
    if (!isfinite(it->margin)) {
        qf_html_cell(out, true, "-");
    } else {
        qf_html_cell(out, true, "%+.3g", it->margin);
    }
    if (it->has_worst) {
        qf_html_cell(out, true, "%" PRIu32, it->worst_case);
    } else {
        qf_html_cell(out, true, "none");
    }
    if (it->n_needed > 0) {
        qf_html_cell(out, true, "%s", qf_text_count(view->arena, it->n_needed));
    } else {
        qf_html_cell(out, true, "-");
    }
    qf_html_row_end(out);
}

void qf_view_verdicts(const qf_sweep_view *view)
{
    static const qf_html_column columns[] = {
        {"verdict", false}, {"requirement", false}, {"", false},
        {"estimate", true}, {"bound", true},        {"limit", true},
        {"margin", true},   {"worst case", true},   {"cases needed in all", true}};
    qf_html_paragraph(
        view->out, "The bound decides: it is what the estimate is at least, or at most, with the "
                   "requirement's confidence. In the pictures the side of the limit (dashed) "
                   "where the requirement is kept is shaded.");
    fputs("<div class=\"stacks verdicts\">\n", view->out);
    qf_html_table_begin(view->out, NULL, columns, sizeof columns / sizeof *columns);
    for (size_t r = 0; r < view->answers->n_requirements; r++) {
        put_row(view, &view->answers->requirements[r]);
    }
    qf_html_table_end(view->out);
    fputs("</div>\n", view->out);
}

enum { MOST_POINTS = 40 };

/* numbers of cases of whole points, about evenly spread; returns how many */
static size_t steps_of(const qf_sweep_view *view, size_t steps[MOST_POINTS])
{
    const size_t replications = view->spec->n_replications;
    size_t end = view->answers->n_cases;
    while (end > 0 && view->table->outcome[end - 1] == QF_OUTCOME_NOT_RUN) {
        end--; /* cases that are missing would look as if all had settled */
    }
    const size_t n_points = end / replications;
    size_t n = 0;
    for (size_t i = 1; i <= MOST_POINTS; i++) {
        const size_t points = n_points * i / MOST_POINTS;
        const size_t cases = points * replications;
        if (points > 0 && (n == 0 || cases > steps[n - 1])) {
            steps[n++] = cases;
        }
    }
    return n;
}

static void put_trend(const qf_sweep_view *view, const qf_requirement_result *it)
{
    size_t steps[MOST_POINTS];
    double cases[MOST_POINTS], estimate[MOST_POINTS];
    qf_interval interval[MOST_POINTS];
    const size_t n = steps_of(view, steps);
    if (n == 0) {
        return; /* nothing was run */
    }
    for (size_t i = 0; i < n; i++) {
        const qf_running_estimate so_far =
            qf_requirement_so_far(it->requirement, view->spec, view->table, steps[i]);
        cases[i] = (double)steps[i];
        estimate[i] = so_far.estimate;
        interval[i] = so_far.interval;
    }
    const qf_requirement *requirement = it->requirement;
    const char *unit = requirement->claim == QF_CLAIM_PROBABILITY
                           ? "share of cases"
                           : qf_unit_word(view->spec->metrics[requirement->metric].unit);
    const qf_trend_chart chart = {.cases = cases,
                                  .estimate = estimate,
                                  .interval = interval,
                                  .n = n,
                                  .limit = requirement->limit,
                                  .at_least = requirement->at_least,
                                  .title = "Estimate and interval as cases grow",
                                  .label = unit ? unit : "estimate"};
    qf_html_figure_begin(view->out, QF_FIGURE_SMALL, requirement->name);
    qf_chart_trend(view->out, &chart);
    qf_html_figure_end(view->out,
                       isinf(estimate[n - 1])
                           ? "Where the line runs along the edge the estimate is infinite: cases "
                             "without a value count as values beyond the limit."
                       : isnan(interval[n - 1].low) && isnan(interval[n - 1].high)
                           ? "There is no interval."
                           : NULL);
}

void qf_view_convergence(const qf_sweep_view *view, qf_page *page)
{
    if (view->answers->n_cases / view->spec->n_replications < 2) {
        return; /* one case is no trend */
    }
    qf_page_section(page, "convergence", "Has it settled?");
    qf_html_paragraph(
        view->out, "Each requirement's estimate over the first so many cases, with the interval "
                   "whose ends decide (band), and the limit (dashed; kept on the shaded side). "
                   "An estimate that still wanders, or a band that still reaches over the limit, "
                   "wants more cases.");
    qf_html_figures_begin(view->out);
    for (size_t r = 0; r < view->answers->n_requirements; r++) {
        put_trend(view, &view->answers->requirements[r]);
    }
    qf_html_figures_end(view->out);
}
