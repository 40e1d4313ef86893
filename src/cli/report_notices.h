/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_NOTICES_H
#define QF_REPORT_NOTICES_H

#include "case_source.h"
#include "page.h"
#include "report.h"

/* What stands at the top of the page because what is below it is not the whole truth. */

/* A run that is going on, was interrupted or killed. */
void qf_report_run_notices(qf_page *page, const qf_report_run *run);

/* A sweep of which cases are missing or damaged; `complaints`: a line for each that is damaged. */
void qf_report_sweep_notices(qf_page *page, const qf_case_source *source, const char *complaints);

#endif
