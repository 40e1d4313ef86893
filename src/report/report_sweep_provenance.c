/* SPDX-License-Identifier: Apache-2.0 */
#include "html.h"
#include "report.h"

qf_status qf_report_sweep_provenance(qf_context *context, qf_page *page,
                                     const qf_report_sweep *sweep)
{
    (void)context;
    qf_page_section(page, "provenance", "Where this comes from");
    FILE *out = qf_page_out(page);
    qf_html_facts_begin(out);
    qf_html_fact(out, "Version", "%s", sweep->source->sweep.version);
    qf_html_facts_end(out);
    return QF_OK;
}
