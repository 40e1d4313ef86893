/* SPDX-License-Identifier: Apache-2.0 */
/* What cases came to, metric by metric. */
#include <inttypes.h>
#include <math.h>

#include "number_text.h"
#include "report_sweep.h"

/* what is asked for first, then what is merely listed */
static qf_status put_distributions(qf_context *context, const qf_sweep_view *view)
{
    qf_status status = QF_OK;
    qf_html_figures_begin(view->out);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t m = 0; m < view->spec->n_metrics && status == QF_OK; m++) {
            if (qf_metric_is_asked_for(view->spec, m) == (pass == 0)) {
                status = qf_view_distribution(context, view, m);
            }
        }
    }
    qf_html_figures_end(view->out);
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
