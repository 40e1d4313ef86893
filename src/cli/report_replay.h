/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_REPLAY_H
#define QF_REPORT_REPLAY_H

#include "case_source.h"
#include "machine.h"
#include "options.h"
#include "page.h"
#include "report.h"
#include "report_cases.h"

/* Cases of a sweep that are run again for a page, each into a result that is gone when its pictures are drawn. */
typedef struct qf_report_replay {
    const qf_case_source *source;
    const qf_options *options; /* progress, bind */
    const qf_machine *machine;
    const char *command_line;
    qf_page *page;
    /* puts its head on the page, with the result that it ran into; NULL: it could not be run, or came to another hash */
    qf_status (*head)(void *user, const qf_report_run *run, const qf_report_case *shown);
    /* puts on the page what is in the result */
    qf_status (*show)(void *user, const qf_report_run *run);
    void *user;
} qf_report_replay;

/*
 * A part of the page. States are recorded so often that there are no more than QF_REPLAY_MOST_TIMES times of them. A case that
 * cannot be run again, or does not come to its hash, is a notice of the page and no failure; QF_INTERRUPTED: a
 * signal asked for the end; QF_ERROR_MEMORY; what `show` returns.
 */
enum { QF_REPLAY_MOST_TIMES = 1500 };
qf_status qf_report_replay_show(qf_context *context, const qf_report_replay *replay,
                                const qf_report_case *shown);

#endif
