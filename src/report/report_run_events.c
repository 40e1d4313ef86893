/* SPDX-License-Identifier: Apache-2.0 */
/* What happened when: a row of time for each kind of event, and the notable ones in words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_timeline.h"
#include "html.h"
#include "report_run_tally.h"

enum {
    MOST_ROWS = 24,
    MOST_TOLD = 30,
    RARE = 8, /* times that something may happen to be notable without being a warning */
    MOST_WIDTHS = 2,
};

typedef struct timeline {
    qf_run_fleet fleet;
    qf_tally tally;
    FILE *out;
    const qf_tally_code *codes[QF_EVENT_CODES]; /* in the order of rows */
    size_t n_codes;
} timeline;

static int graver_first(const void *left, const void *right)
{
    const qf_tally_code *a = *(const qf_tally_code *const *)left;
    const qf_tally_code *b = *(const qf_tally_code *const *)right;
    return a->worst != b->worst ? (a->worst > b->worst ? -1 : 1)
                                : (a->code > b->code) - (a->code < b->code);
}

static int earlier_first(const void *left, const void *right)
{
    const qf_tally_mark *a = left, *b = right;
    return (a->row > b->row) - (a->row < b->row);
}

static qf_timeline_mark make_mark(timeline *t, const qf_tally_mark *mark)
{
    qf_run_event event;
    const bool good = qf_run_read_event(&t->fleet, mark->row, &event);
    return (qf_timeline_mark){
        .time_s = mark->time_s,
        .class = qf_run_severity_class(mark->severity),
        .tooltip = good ? qf_run_format(&t->fleet, "%g s, %s: %s%s%s", event.time_s, event.vehicle,
                                        event.name, *event.text ? ", " : "", event.text)
                        : NULL};
}

static qf_timeline_row make_row(timeline *t, const qf_tally_code *code, double *bins)
{
    static const char *const gravity[QF_TALLY_SEVERITIES] = {"", ", warning", ", critical"};
    qf_run_fleet *fleet = &t->fleet;
    qf_timeline_row row = {.name = qf_run_format(fleet, "%s%s", code->name, gravity[code->worst]),
                           .class = qf_run_severity_class(code->worst),
                           .count = qf_run_count(fleet, code->all)};
    if (code->all > QF_TALLY_MARKS) {
        for (size_t b = 0; b < QF_TALLY_BINS; b++) {
            bins[b] = (double)code->bins[b];
        }
        row.bins = bins;
        row.n_bins = QF_TALLY_BINS;
        return row;
    }
    qf_timeline_mark *marks = qf_arena_array(&fleet->arena, QF_TALLY_MARKS, sizeof *marks);
    for (size_t k = 0; marks && k < QF_TALLY_SEVERITIES; k++) {
        for (size_t i = 0; i < code->n_marks[k]; i++) {
            marks[row.n_marks++] = make_mark(t, &code->mark[k][i]);
        }
    }
    row.marks = marks;
    return row;
}

/* Twice: with names beside the rows for wide pages, above them for narrow ones. */
static qf_status put_chart(timeline *t)
{
    static const struct {
        const char *class;
        double width;
    } drawings[MOST_WIDTHS] = {{"wide-only", QF_FIGURE_WIDE_WIDTH},
                               {"narrow-only", QF_FIGURE_WIDTH}};
    qf_run_fleet *fleet = &t->fleet;
    const size_t n = t->n_codes < MOST_ROWS ? t->n_codes : MOST_ROWS;
    qf_timeline_row *rows = qf_arena_array(&fleet->arena, n + 1, sizeof *rows);
    double *bins = qf_arena_array(&fleet->arena, n * QF_TALLY_BINS + 1, sizeof *bins);
    if (!rows || !bins) {
        return qf_run_no_memory(fleet);
    }
    for (size_t i = 0; i < n; i++) {
        rows[i] = make_row(t, t->codes[i], bins + i * QF_TALLY_BINS);
    }
    qf_html_figures_begin(t->out);
    qf_html_figure_begin(t->out, QF_FIGURE_WIDE, "Events over time");
    for (size_t d = 0; d < MOST_WIDTHS; d++) {
        fprintf(t->out, "<div class=\"%s\">\n", drawings[d].class);
        qf_chart_timeline(t->out, &(qf_timeline_chart){.title = "Events over time",
                                                       .begin_s = t->tally.begin_s,
                                                       .end_s = t->tally.end_s,
                                                       .rows = rows,
                                                       .n_rows = n,
                                                       .width = drawings[d].width});
        fputs("</div>\n", t->out);
    }
    qf_html_figure_end(
        t->out,
        qf_run_format(
            fleet,
            "A row for each kind of event, graver kinds first%s, with how many there are. "
            "Of at most %d each is a mark; of more the height grows with how many fall "
            "into a part of the time (its square root, by row).",
            t->n_codes > n ? qf_run_format(fleet, " (%zu kinds are left out)", t->n_codes - n) : "",
            QF_TALLY_MARKS));
    qf_html_figures_end(t->out);
    return QF_OK;
}

/* Whether a code's events tell something: warnings do, and what happens seldom. */
static bool is_notable(const qf_tally_code *code)
{
    return code->worst > QF_SEVERITY_INFO || code->all <= RARE;
}

/* What of that severity or a higher one is known, ascending. */
static size_t collect(const timeline *t, uint8_t least, qf_tally_mark *marks)
{
    size_t n = 0;
    for (size_t c = 0; c < t->n_codes; c++) {
        const qf_tally_code *code = t->codes[c];
        for (size_t k = least; k < QF_TALLY_SEVERITIES && is_notable(code); k++) {
            for (size_t i = 0; i < code->n_marks[k]; i++) {
                marks[n++] = code->mark[k][i];
            }
        }
    }
    qsort(marks, n, sizeof *marks, earlier_first);
    return n;
}

static uint64_t count_notable(const timeline *t, uint8_t least)
{
    uint64_t n = 0;
    for (size_t c = 0; c < t->n_codes; c++) {
        for (size_t k = least; k < QF_TALLY_SEVERITIES && is_notable(t->codes[c]); k++) {
            n += t->codes[c]->n[k];
        }
    }
    return n;
}

static void put_event(timeline *t, const qf_run_event *event)
{
    static const qf_tone tones[QF_TALLY_SEVERITIES] = {QF_TONE_PLAIN, QF_TONE_OPEN, QF_TONE_BAD};
    qf_html_row_begin(t->out);
    qf_html_cell(t->out, true, "%.6g", event->time_s);
    qf_html_cell(t->out, false, "%s", event->vehicle);
    qf_html_cell_begin(t->out, false);
    if (event->severity > 0 && event->severity < QF_TALLY_SEVERITIES) {
        qf_html_badge(t->out, tones[event->severity], event->gravity);
        fputc(' ', t->out);
    }
    qf_html_text(t->out, event->name);
    qf_html_cell_end(t->out);
    qf_html_cell(t->out, false, "%s", event->text);
    qf_html_cell(t->out, false, "%s", event->cause);
    qf_html_row_end(t->out);
}

/* Of few all; of more than the table holds, what is a warning or worse before what is only rare. */
static qf_status put_story(timeline *t)
{
    static const qf_html_column columns[] = {{"at, s", true},
                                             {"vehicle", false},
                                             {"event", false},
                                             {"what", false},
                                             {"because of", false}};
    qf_run_fleet *fleet = &t->fleet;
    qf_tally_mark *marks = qf_arena_array(
        &fleet->arena, t->n_codes * QF_TALLY_SEVERITIES * QF_TALLY_MARKS + 1, sizeof *marks);
    if (!marks) {
        return qf_run_no_memory(fleet);
    }
    uint8_t least = QF_SEVERITY_INFO;
    while (least < QF_SEVERITY_CRITICAL && count_notable(t, least) > MOST_TOLD &&
           count_notable(t, (uint8_t)(least + 1)) > 0) {
        least++;
    }
    static const char *const what[QF_TALLY_SEVERITIES] = {
        "warnings, critical events and what happened rarely", "warnings and critical events",
        "critical events"};
    const uint64_t all = count_notable(t, least);
    const size_t n = collect(t, least, marks);
    const size_t shown = n < MOST_TOLD ? n : MOST_TOLD;
    if (shown == 0) {
        return QF_OK;
    }
    qf_html_heading(t->out, "What happened, in words");
    qf_html_table_begin(
        t->out,
        shown < all ? qf_run_format(fleet, "The first %zu of %s: %s.", shown,
                                    qf_run_count(fleet, all), what[least])
                    : qf_run_format(fleet, "All %s: %s.", qf_run_count(fleet, all), what[least]),
        columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < shown; i++) {
        qf_run_event event;
        if (qf_run_read_event(fleet, marks[i].row, &event)) {
            put_event(t, &event);
        }
    }
    qf_html_table_end(t->out);
    return QF_OK;
}

static qf_status put_timeline(timeline *t, qf_page *page)
{
    for (size_t c = 0; c < QF_EVENT_CODES; c++) {
        if (t->tally.code[c]) {
            t->codes[t->n_codes++] = t->tally.code[c];
        }
    }
    qsort(t->codes, t->n_codes, sizeof *t->codes, graver_first);
    qf_run_section(&t->fleet, page, "events", "Timeline of events");
    t->out = qf_page_out(page);
    const qf_status status = put_chart(t);
    return status == QF_OK ? put_story(t) : status;
}

qf_status qf_report_run_events(qf_context *context, qf_page *page, const qf_report_run *run)
{
    timeline *t = calloc(1, sizeof *t);
    if (!t) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the page of %s", run->path);
    }
    qf_status status = qf_run_open(context, run, &t->fleet);
    status = status == QF_OK ? qf_tally_read(&t->fleet, &t->tally) : status;
    if (status == QF_OK && t->tally.n > 0) {
        status = put_timeline(t, page);
    }
    qf_run_close(&t->fleet);
    free(t);
    return status;
}
