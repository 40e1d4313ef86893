/* SPDX-License-Identifier: Apache-2.0 */
/* What cases came to, metric by metric. */
#include <inttypes.h>
#include <math.h>

#include "number_text.h"
#include "report_sweep.h"

/* metrics of which a picture would show nothing */
static void put_others(const qf_sweep_view *view, const char *const *instead)
{
    size_t n = 0;
    for (size_t m = 0; m < view->spec->n_metrics; m++) {
        if (instead[m] && n++ == 0) {
            qf_html_heading(view->out, "The same in all cases");
            qf_html_facts_begin(view->out);
        }
        if (instead[m]) {
            qf_html_fact(view->out, qf_metric_title(view->spec, m), "%s", instead[m]);
        }
    }
    if (n > 0) {
        qf_html_facts_end(view->out);
    }
}

/* what is asked for first, then what is merely listed */
static qf_status put_distributions(qf_context *context, const qf_sweep_view *view)
{
    qf_status status = QF_OK;
    const char **instead = qf_arena_array(view->arena, view->spec->n_metrics, sizeof *instead);
    if (!instead) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu metrics",
                       view->spec->n_metrics);
    }
    qf_html_figures_begin(view->out);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t m = 0; m < view->spec->n_metrics && status == QF_OK; m++) {
            if (qf_metric_is_asked_for(view->spec, m) == (pass == 0)) {
                status = qf_view_distribution(context, view, m, &instead[m]);
            }
        }
    }
    qf_html_figures_end(view->out);
    put_others(view, instead);
    return status;
}

qf_status qf_report_sweep_metrics(qf_context *context, qf_page *page, const qf_report_sweep *sweep)
{
    qf_arena arena = {0};
    const qf_sweep_view view = qf_sweep_view_of(sweep, page, &arena);
    qf_status status = QF_OK;
    if (view.spec->n_metrics > 0) {
        qf_page_section(page, "metrics", "Metrics");
        if (view.answers->interval_note) {
            qf_html_note(view.out, QF_TONE_PLAIN, "About intervals: %s.",
                         view.answers->interval_note);
        }
        status = put_distributions(context, &view);
        qf_view_statistics(&view);
    }
    qf_arena_free(&arena);
    return status;
}
