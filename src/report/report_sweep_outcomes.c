/* SPDX-License-Identifier: Apache-2.0 */
/* What became of cases, and why some are not ok. */
#include <inttypes.h>
#include <stdlib.h>

#include "chart_shares.h"
#include "message_text.h"
#include "number_text.h"
#include "report_sweep.h"
#include "sweep_causes.h"

enum { MOST_CAUSES = 12, MOST_RANGES = 12 };

static const char *const outcome_class[QF_OUTCOMES] = {
    [QF_OUTCOME_OK] = "f2",        [QF_OUTCOME_QUARANTINED] = "f3", [QF_OUTCOME_FAILED] = "f1",
    [QF_OUTCOME_TIMED_OUT] = "f4", [QF_OUTCOME_NOT_RUN] = "f7",
};

static void put_shares(const qf_sweep_view *view)
{
    const size_t n = view->answers->n_cases;
    size_t count[QF_OUTCOMES] = {0};
    for (size_t k = 0; k < n; k++) {
        count[view->table->outcome[k]]++;
    }
    qf_share_part parts[QF_OUTCOMES];
    for (size_t o = 0; o < QF_OUTCOMES; o++) {
        const char *text = qf_arena_format(
            view->arena, "%s, %s", qf_text_count(view->arena, count[o]),
            qf_word_percent(view->arena, n ? (double)count[o] / (double)n : 0.0, (double)0.0));
        parts[o] = (qf_share_part){.name = qf_word_outcome((qf_outcome)o),
                                   .class = outcome_class[o],
                                   .n = count[o],
                                   .text = text ? text : "?"};
    }
    qf_html_figures_begin(view->out);
    qf_html_figure_begin(view->out, QF_FIGURE_SMALL, "How cases ended");
    qf_chart_shares(view->out, "How cases ended", parts, QF_OUTCOMES);
    const char *caption = qf_arena_format(
        view->arena, "Of the %s that count%s.%s", qf_word_cases(view->arena, n), n == 1 ? "s" : "",
        count[QF_OUTCOME_QUARANTINED] > 0
            ? " Quarantined cases are in all pictures and tables with the values "
              "they were frozen with; requirements count them against."
            : "");
    qf_html_figure_end(view->out, caption);
    qf_html_figures_end(view->out);
}

static qf_status put_causes(qf_context *context, const qf_sweep_view *view)
{
    size_t n;
    const qf_cause_group *groups =
        qf_sweep_causes(view->arena, view->table, view->answers->n_cases, &n);
    if (!groups) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the causes of cases");
    }
    if (n == 0) {
        return QF_OK;
    }
    static const qf_html_column columns[] = {
        {"outcome", false}, {"cases", true}, {"for example case", true}, {"its cause", false}};
    qf_html_table_begin(view->out,
                        "Why cases are not ok. Causes that differ in numbers only are one kind.",
                        columns, sizeof columns / sizeof *columns);
    for (size_t g = 0; g < n && g < MOST_CAUSES; g++) {
        qf_html_row_begin(view->out);
        qf_html_cell(view->out, false, "%s", qf_word_outcome(groups[g].outcome));
        qf_html_cell(view->out, true, "%s", qf_text_count(view->arena, groups[g].n));
        qf_html_cell(view->out, true, "%" PRIu32, groups[g].first_case);
        qf_html_cell(view->out, false, "%s", groups[g].cause);
        qf_html_row_end(view->out);
    }
    qf_html_table_end(view->out);
    if (n > MOST_CAUSES) {
        qf_html_paragraph(view->out,
                          "%zu more kinds of causes are not shown; sweep.h5 has each case's.",
                          n - MOST_CAUSES);
    }
    return QF_OK;
}

static bool is_damaged(const void *of, size_t k)
{
    return ((const bool *)of)[k];
}

static bool is_not_run(const void *of, size_t k)
{
    return ((const qf_sweep_table *)of)->outcome[k] == QF_OUTCOME_NOT_RUN;
}

/* "which: 3,5-9" where any of the cases that count is */
static qf_status put_ranges(qf_context *context, const qf_sweep_view *view, qf_tone tone,
                            const char *what, bool (*is)(const void *of, size_t k), const void *of)
{
    const size_t n_cases = view->answers->n_cases;
    size_t n = 0;
    for (size_t k = 0; k < n_cases; k++) {
        n += is(of, k);
    }
    if (n == 0) {
        return QF_OK;
    }
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (out) {
        qf_put_ranges(out, 0, n_cases, MOST_RANGES, is, of);
    }
    const bool good = out && fclose(out) == 0;
    if (good) {
        qf_html_note(view->out, tone, "%s %s of %s: %s", what, qf_text_count(view->arena, n),
                     qf_word_cases(view->arena, n_cases), text);
    }
    free(text);
    return good ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for the numbers of cases");
}

qf_status qf_view_outcomes(qf_context *context, const qf_sweep_view *view)
{
    qf_status status = QF_OK;
    const qf_stored_sweep *stored = &view->sweep->source->sweep;
    put_shares(view);
    if (stored->damaged) {
        status =
            put_ranges(context, view, QF_TONE_BAD,
                       "Damaged, and left out of everything below:", is_damaged, stored->damaged);
    }
    if (status == QF_OK) {
        status = put_ranges(context, view, QF_TONE_OPEN,
                            "Without a result, and left out of everything below:", is_not_run,
                            view->table);
    }
    if (stored->n_journal > 0) {
        const bool one = stored->n_journal == 1;
        qf_html_note(view->out, QF_TONE_OPEN, "%s %s only: %s.",
                     qf_word_cases(view->arena, stored->n_journal),
                     one ? "is in a journal" : "are in journals",
                     one ? "its shard is not finished" : "their shards are not finished");
    }
    return status == QF_OK ? put_causes(context, view) : status;
}
