/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "html.h"
#include "netcdf_read.h"
#include "report.h"

/* an attribute that is a text; nothing where the file has none */
static void put_attribute(FILE *out, hid_t file, const char *label, const char *name)
{
    char *text = qf_nc_get_text(file, name);
    if (text && *text) {
        qf_html_fact(out, label, "%s", text);
    }
    free(text);
}

qf_status qf_report_run_provenance(qf_context *context, qf_page *page, const qf_report_run *run)
{
    (void)context;
    if (run->heading) {
        return QF_OK;
    }
    qf_page_section(page, "provenance", "Where this comes from");
    FILE *out = qf_page_out(page);
    qf_html_facts_begin(out);
    put_attribute(out, run->file, "Version", "version");
    put_attribute(out, run->file, "Created", "created_utc");
    qf_html_facts_end(out);
    return QF_OK;
}
