/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in a run, in a sentence: the event that decided, and what led to it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report_run_tally.h"

/* the first that is critical; NULL: none is */
static const qf_tally_mark *first_of(const qf_tally *tally, size_t severity)
{
    const qf_tally_mark *first = NULL;
    for (size_t c = 0; c < QF_EVENT_CODES; c++) {
        const qf_tally_code *code = tally->code[c];
        if (code && code->n_marks[severity] > 0 &&
            (!first || code->mark[severity][0].row < first->row)) {
            first = &code->mark[severity][0];
        }
    }
    return first;
}

/* the last step of a state machine; NULL: there is none, or so many that the last is not known */
static const qf_tally_mark *last_transition(const qf_tally *tally)
{
    const qf_tally_code *code = tally->code[QF_EVENT_TRANSITION];
    const qf_tally_mark *last = NULL;
    size_t n = 0;
    for (size_t severity = 0; code && severity < QF_TALLY_SEVERITIES; severity++) {
        n += code->n_marks[severity];
        for (size_t i = 0; i < code->n_marks[severity]; i++) {
            const qf_tally_mark *mark = &code->mark[severity][i];
            last = !last || mark->row > last->row ? mark : last;
        }
    }
    return code && n == code->all ? last : NULL;
}

static const qf_tally_mark *decisive(const qf_tally *tally, const char **what)
{
    const qf_tally_mark *mark = first_of(tally, QF_SEVERITY_CRITICAL);
    *what = "The first critical event";
    if (!mark) {
        mark = last_transition(tally);
        *what = "The last step of a state machine";
    }
    if (!mark) {
        mark = first_of(tally, QF_SEVERITY_WARNING);
        *what = "The first warning";
    }
    return mark;
}

static qf_status tell(qf_run_fleet *fleet, const qf_tally *tally, qf_report_story *story)
{
    const char *what;
    qf_run_event event;
    const qf_tally_mark *mark = decisive(tally, &what);
    const qf_status status = mark ? qf_run_read_event(fleet, mark->row, &event) : QF_OK;
    if (!mark || status != QF_OK) {
        return status;
    }
    story->entity = event.entity;
    story->time_s = event.time_s;
    /* a step tells its machine, and a fault that it is one; of others the text may be a mere number */
    const qf_tally_code *step = tally->code[QF_EVENT_TRANSITION];
    const bool named = (step && strcmp(event.name, step->name) == 0) ||
                       strncmp(event.text, event.name, strlen(event.name)) == 0;
    snprintf(story->text, sizeof story->text, "%s, at %.6g s, %s: %s%s%s.%s%s%s", what,
             event.time_s, event.vehicle, named ? "" : event.name,
             named || !*event.text ? "" : ": ", event.text, *event.cause ? " Behind it: " : "",
             event.cause, *event.cause ? "." : "");
    return QF_OK;
}

qf_status qf_report_run_story(qf_context *context, const qf_report_run *run, qf_report_story *story)
{
    qf_run_fleet fleet;
    qf_tally *tally = malloc(sizeof *tally);
    *story = (qf_report_story){.entity = -1, .time_s = (double)NAN};
    if (!tally) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the story of %s", run->path);
    }
    qf_status status = qf_run_open(context, run, &fleet);
    status = status == QF_OK ? qf_tally_read(&fleet, tally) : status;
    status = status == QF_OK ? tell(&fleet, tally, story) : status;
    status = qf_run_close(&fleet, status);
    free(tally);
    return status;
}
