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
    EACH = 4, /* of a kind and gravity, where there are many vehicles or events */
    FEW_VEHICLES = 8,
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

static qf_status make_mark(timeline *t, const qf_tally_mark *mark, qf_timeline_mark *made)
{
    qf_run_event event;
    const qf_status status = qf_run_read_event(&t->fleet, mark->row, &event);
    if (status == QF_OK) {
        *made = (qf_timeline_mark){.time_s = mark->time_s,
                                   .grave = mark->severity >= QF_SEVERITY_CRITICAL,
                                   .class = qf_run_severity_class(mark->severity),
                                   .tooltip = qf_run_format(&t->fleet, "%g s, %s: %s%s%s",
                                                            event.time_s, event.vehicle, event.name,
                                                            *event.text ? ", " : "", event.text)};
    }
    return status;
}

static qf_status make_row(timeline *t, const qf_tally_code *code, double *bins,
                          qf_timeline_row *made)
{
    qf_run_fleet *fleet = &t->fleet;
    qf_timeline_row row = {.name = code->name, .count = qf_tally_count_text(fleet, code)};
    qf_status status = QF_OK;
    if (code->all > QF_TALLY_MARKS) {
        row.n_bins = QF_TALLY_BINS;
        for (size_t k = 0; k < QF_TALLY_SEVERITIES; k++) {
            const size_t severity = QF_TALLY_SEVERITIES - 1 - k; /* the gravest at the bottom */
            double *layer = bins + k * QF_TALLY_BINS;
            for (size_t b = 0; b < QF_TALLY_BINS; b++) {
                layer[b] = (double)code->bins[severity][b];
            }
            row.bins[k] = layer;
            row.class[k] = qf_run_severity_class((uint8_t)severity);
        }
        *made = row;
        return QF_OK;
    }
    qf_timeline_mark *marks = qf_arena_array(&fleet->arena, QF_TALLY_MARKS, sizeof *marks);
    if (!marks) {
        return qf_run_no_memory(fleet);
    }
    for (size_t k = 0; k < QF_TALLY_SEVERITIES; k++) {
        for (size_t i = 0; status == QF_OK && i < code->n_marks[k]; i++) {
            status = make_mark(t, &code->mark[k][i], &marks[row.n_marks++]);
        }
    }
    row.marks = marks;
    *made = row;
    return status;
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
    double *bins =
        qf_arena_array(&fleet->arena, n * QF_TALLY_SEVERITIES * QF_TALLY_BINS + 1, sizeof *bins);
    if (!rows || !bins) {
        return qf_run_no_memory(fleet);
    }
    for (size_t i = 0; i < n; i++) {
        const qf_status status =
            make_row(t, t->codes[i], bins + i * QF_TALLY_SEVERITIES * QF_TALLY_BINS, &rows[i]);
        if (status != QF_OK) {
            return status;
        }
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
            "Of at most %d each is a mark, a broad one where it is critical; of more the height "
            "grows with how many fall "
            "into a part of the time (its square root, by row).",
            t->n_codes > n ? qf_run_format(fleet, " (%zu kinds are left out)", t->n_codes - n) : "",
            QF_TALLY_MARKS));
    qf_html_figures_end(t->out);
    return QF_OK;
}

/* Whether a code's events of a severity tell something: warnings do, and what happens seldom but for that all start. */
static bool is_notable(const qf_tally_code *code, size_t severity)
{
    return severity > QF_SEVERITY_INFO || (code->all <= RARE && code->code != QF_EVENT_BOOT_START &&
                                           code->code != QF_EVENT_BOOT_OK);
}

static uint64_t count_notable(const timeline *t, size_t severity)
{
    uint64_t n = 0;
    for (size_t c = 0; c < t->n_codes; c++) {
        n += is_notable(t->codes[c], severity) ? t->codes[c]->n[severity] : 0;
    }
    return n;
}

/* A row of the story: an event, or how many more there were of its kind and gravity. */
typedef struct told {
    qf_tally_mark mark;
    const qf_tally_code *code;
    uint64_t n_more; /* 0: an event */
} told;

static int earlier_first(const void *left, const void *right)
{
    const told *a = left, *b = right;
    return a->mark.row != b->mark.row ? (a->mark.row > b->mark.row ? 1 : -1)
                                      : (a->n_more > b->n_more) - (a->n_more < b->n_more);
}

/* Of each kind of a severity the event of that turn, as far as there is room. How many rows there are then. */
static size_t take_turn(const timeline *t, size_t severity, size_t turn, told *rows, size_t n)
{
    for (size_t c = 0; c < t->n_codes && n < MOST_TOLD; c++) {
        const qf_tally_code *code = t->codes[c];
        if (turn < code->n_marks[severity] && is_notable(code, severity)) {
            rows[n++] = (told){.mark = code->mark[severity][turn], .code = code};
        }
    }
    return n;
}

/*
 * Of each kind the first, graver ones first, so that none is used up by others; then of graver ones the second, the third and so on.
 */
static size_t collect(const timeline *t, size_t each, told *rows)
{
    size_t n = 0;
    for (size_t severity = QF_TALLY_SEVERITIES; severity-- > 0;) {
        n = take_turn(t, severity, 0, rows, n);
    }
    for (size_t severity = QF_TALLY_SEVERITIES; severity-- > 0;) {
        for (size_t turn = 1; turn < each; turn++) {
            n = take_turn(t, severity, turn, rows, n);
        }
    }
    return n;
}

/* Kinds, of each severity by itself, for which there was no room. */
static size_t count_left_out(const timeline *t, const told *rows, size_t n)
{
    size_t n_kinds = 0, n_told = 0;
    for (size_t severity = 0; severity < QF_TALLY_SEVERITIES; severity++) {
        for (size_t c = 0; c < t->n_codes; c++) {
            const qf_tally_code *code = t->codes[c];
            bool found = false;
            for (size_t i = 0; i < n && !found; i++) {
                found = rows[i].code == code && rows[i].mark.severity == severity;
            }
            n_told += found;
            n_kinds += code->n[severity] > 0 && is_notable(code, severity);
        }
    }
    return n_kinds - n_told;
}

/* Below the last told one of a kind, how many more of it there are. */
static size_t add_rests(const timeline *t, told *rows, size_t n)
{
    const size_t n_events = n;
    for (size_t severity = QF_TALLY_SEVERITIES; severity-- > 0;) {
        for (size_t c = 0; c < t->n_codes; c++) {
            told rest = {.code = t->codes[c], .n_more = t->codes[c]->n[severity]};
            for (size_t i = 0; i < n_events; i++) {
                if (rows[i].code == rest.code && rows[i].mark.severity == severity) {
                    rest.mark = rows[i].mark;
                    rest.n_more--;
                }
            }
            if (rest.n_more > 0 && rest.n_more < t->codes[c]->n[severity]) {
                rows[n++] = rest;
            }
        }
    }
    return n;
}

/* The sign besides the word is for who sees no colours. */
static void put_gravity(FILE *out, const qf_run_event *event)
{
    if (event->severity > QF_SEVERITY_INFO) {
        fprintf(out, "<span class=\"badge %s\">%s ", qf_run_severity_class(event->severity),
                event->severity == QF_SEVERITY_WARNING ? "!" : "!!");
        qf_html_text(out, event->gravity);
        fputs("</span> ", out);
    }
}

static void put_event(const timeline *t, const qf_run_event *event, bool with_cause)
{
    qf_html_row_begin(t->out);
    qf_html_cell(t->out, true, "%.6g", event->time_s);
    qf_html_cell_begin(t->out, false);
    fputs("<span class=\"name\">", t->out);
    qf_html_text(t->out, event->vehicle);
    fputs("</span>", t->out);
    qf_html_cell_end(t->out);
    qf_html_cell_begin(t->out, false);
    put_gravity(t->out, event);
    qf_html_text(t->out, event->name);
    qf_html_cell_end(t->out);
    qf_html_cell(t->out, false, "%s", event->text);
    if (with_cause) {
        qf_html_cell(t->out, false, "%s", event->cause);
    }
    qf_html_row_end(t->out);
}

static void put_rest(timeline *t, const told *row, const qf_run_event *like, bool with_cause)
{
    qf_html_row_begin(t->out);
    qf_html_cell(t->out, true, "…");
    qf_html_cell(t->out, false, "%s", "");
    qf_html_cell_begin(t->out, false);
    put_gravity(t->out, like);
    qf_html_text(t->out, like->name);
    qf_html_cell_end(t->out);
    qf_html_cell(t->out, false, "%s more of this kind", qf_run_count(&t->fleet, row->n_more));
    if (with_cause) {
        qf_html_cell(t->out, false, "%s", "");
    }
    qf_html_row_end(t->out);
}

static const char *story_caption(timeline *t, size_t shown, uint64_t all, size_t each,
                                 size_t n_left_out)
{
    qf_run_fleet *fleet = &t->fleet;
    const char *of = "warnings, critical events and what happened rarely";
    return shown == all
               ? qf_run_format(fleet, "All %s: %s.", qf_run_count(fleet, all), of)
               : qf_run_format(
                     fleet, "%zu of %s (%s): of each kind the first, at most %zu%s.", shown,
                     qf_run_count(fleet, all), of, each,
                     n_left_out > 0
                         ? qf_run_format(fleet, "; %s left out",
                                         qf_run_counted(fleet, n_left_out, "kind is", "kinds are"))
                         : "");
}

/* Which vehicle is of interest where they are few; of many, they all say the same. */
static size_t most_of_each(const timeline *t, uint64_t all)
{
    return t->fleet.n_vehicles <= FEW_VEHICLES && all <= MOST_TOLD ? MOST_TOLD : EACH;
}

static qf_status put_story(timeline *t)
{
    static const qf_html_column columns[] = {{"at, s", true},
                                             {"vehicle", false},
                                             {"event", false},
                                             {"what", false},
                                             {"because of", false}};
    enum { COLUMNS = sizeof columns / sizeof *columns };
    uint64_t all = 0;
    for (size_t severity = 0; severity < QF_TALLY_SEVERITIES; severity++) {
        all += count_notable(t, severity);
    }
    const size_t most = MOST_TOLD + QF_TALLY_SEVERITIES * t->n_codes;
    told *rows = qf_arena_array(&t->fleet.arena, most, sizeof *rows);
    qf_run_event *events = qf_arena_array(&t->fleet.arena, most, sizeof *events);
    if (!rows || !events) {
        return qf_run_no_memory(&t->fleet);
    }
    const size_t each = most_of_each(t, all);
    const size_t shown = collect(t, each, rows);
    const size_t n_left_out = count_left_out(t, rows, shown);
    const size_t n = add_rests(t, rows, shown);
    bool with_cause = false;
    qsort(rows, n, sizeof *rows, earlier_first);
    for (size_t i = 0; i < n; i++) {
        const qf_status status = qf_run_read_event(&t->fleet, rows[i].mark.row, &events[i]);
        if (status != QF_OK) {
            return status;
        }
        with_cause = with_cause || *events[i].cause;
    }
    if (n == 0) {
        return QF_OK;
    }
    qf_html_heading(t->out, "What happened, in words");
    fputs("<div class=\"stacks story\">\n", t->out);
    qf_html_table_begin(t->out, story_caption(t, shown, all, each, n_left_out), columns,
                        with_cause ? COLUMNS : COLUMNS - 1);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].n_more > 0) {
            put_rest(t, &rows[i], &events[i], with_cause);
        } else {
            put_event(t, &events[i], with_cause);
        }
    }
    qf_html_table_end(t->out);
    fputs("</div>\n", t->out);
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
    status = qf_run_close(&t->fleet, status);
    free(t);
    return status;
}
