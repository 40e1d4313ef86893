/* SPDX-License-Identifier: Apache-2.0 */
#include "report_notices.h"

#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"
#include "number_text.h"
#include "partial_file.h"
#include "text_block.h"

void qf_report_run_notices(qf_page *page, const qf_report_run *run)
{
    char *status = qf_nc_get_text(run->file, "status");
    const char *text = status ? status : "unknown";
    if (strcmp(text, "running") == 0 && qf_partial_file_is_locked(run->path)) {
        qf_page_notice(page, QF_TONE_NOTED,
                       "This is what the file held when the page was made; more is to come.");
    } else if (strcmp(text, "running") == 0) {
        qf_page_notice(
            page, QF_TONE_BAD,
            "What happened last may be missing: it was not written before the run ended.");
    } else if (strcmp(text, "complete") != 0) {
        qf_page_notice(page, QF_TONE_NOTED, "All that follows is of the part that ran.");
    }
    free(status);
}

void qf_report_sweep_notices(qf_page *page, const qf_case_source *source, const char *complaints)
{
    const qf_stored_sweep *stored = &source->sweep;
    char missing[32], all[32], damaged[32];
    if (stored->n_missing > 0) {
        qf_page_notice(page, QF_TONE_NOTED,
                       "Not finished: %s of %s cases are in shards that are not done; 'qfleet "
                       "sweep --resume' runs them.",
                       qf_group_digits((int64_t)stored->n_missing, missing),
                       qf_group_digits((int64_t)source->n_cases, all));
    } else if (stored->n_journal > 0) {
        qf_page_notice(
            page, QF_TONE_NOTED,
            "Not finished: every case has run, but shards are not closed yet: 'qfleet sweep "
            "--resume' closes them.");
    }
    if (source->n_damaged > 0) {
        qf_page_notice(
            page, QF_TONE_BAD,
            "Damaged: %s of its cases or files do not match their checksums, and do not count. "
            "qfleet info names them all; the first: %.*s",
            qf_group_digits((int64_t)source->n_damaged, damaged), (int)strcspn(complaints, "\n"),
            complaints);
    }
}
