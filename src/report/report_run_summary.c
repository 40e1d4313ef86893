/* SPDX-License-Identifier: Apache-2.0 */
/* How a run went, in ten seconds: its headline, facts, vehicles that were quarantined, and what happened how often. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_bars.h"
#include "html.h"
#include "netcdf_read.h"
#include "number_text.h"
#include "partial_file.h"
#include "report_run_tally.h"

enum { MOST_FROZEN = 20, MOST_EXPLAINED = 5, ONE_FIGURE = 8 /* bars */ };

typedef struct summary {
    qf_run_fleet fleet;
    qf_tally tally;
    FILE *out;
    uint64_t n_frozen;
    bool frozen_known; /* a run that was killed has no list */
    bool interrupted, running;
} summary;

static uint64_t count_code(const summary *s, qf_event_code code)
{
    return s->tally.code[code] ? s->tally.code[code]->all : 0;
}

static void settle_outcome(summary *s)
{
    const hid_t frozen = qf_run_variable(&s->fleet, "quarantine/entity");
    const bool complete = strcmp(s->fleet.status, "complete") == 0;
    s->n_frozen = frozen >= 0 ? qf_nc_length(frozen) : count_code(s, QF_EVENT_HALT);
    s->frozen_known = frozen >= 0 || complete || s->tally.recorded;
    s->running =
        strcmp(s->fleet.status, "running") == 0 && qf_partial_file_is_locked(s->fleet.run->path);
    s->interrupted = !complete && !s->running;
    qf_nc_close_id(frozen);
}

static const char *seconds(summary *s, double time_s)
{
    return qf_text_seconds(&s->fleet.arena, time_s);
}

/* "4,000 vehicles for 10 min 0 s" */
static const char *extent(summary *s)
{
    const char *vehicles = qf_run_counted(&s->fleet, s->fleet.n_vehicles, "vehicle", "vehicles");
    return qf_run_format(&s->fleet, "%s for %s of simulated time", vehicles,
                         seconds(s, s->fleet.end_s));
}

/* What went wrong, as ", 3 collisions, 2 thermal_trip"; events of severity critical by code, the most frequent first. */
static const char *list_critical(summary *s)
{
    enum { MOST = 3 };
    const char *text = "";
    bool told[QF_EVENT_CODES] = {false};
    size_t n_codes = 0;
    for (size_t c = 0; c < QF_EVENT_CODES; c++) {
        n_codes += s->tally.code[c] && s->tally.code[c]->n[QF_SEVERITY_CRITICAL] > 0;
    }
    for (size_t k = 0; k < MOST && k < n_codes; k++) {
        size_t best = 0;
        uint64_t most = 0;
        for (size_t c = 0; c < QF_EVENT_CODES; c++) {
            const qf_tally_code *code = s->tally.code[c];
            if (code && !told[c] && code->n[QF_SEVERITY_CRITICAL] > most) {
                best = c;
                most = code->n[QF_SEVERITY_CRITICAL];
            }
        }
        told[best] = true;
        text = qf_run_format(&s->fleet, "%s%s%s %s", text, *text ? ", " : "",
                             qf_run_count(&s->fleet, most), s->tally.code[best]->name);
    }
    return n_codes > MOST ? qf_run_format(&s->fleet, "%s and %zu more kinds", text, n_codes - MOST)
                          : text;
}

typedef struct headline {
    qf_tone tone;
    const char *verdict, *sentence;
} headline;

static const char *verdict_of_complete(summary *s, qf_tone *tone)
{
    const uint64_t collisions = count_code(s, QF_EVENT_COLLISION);
    const uint64_t critical = s->tally.n_severity[QF_SEVERITY_CRITICAL];
    const uint64_t warnings = s->tally.n_severity[QF_SEVERITY_WARNING];
    *tone = QF_TONE_BAD;
    if (s->n_frozen > 0) {
        return qf_run_format(&s->fleet, "Complete, but %s quarantined",
                             qf_run_counted(&s->fleet, s->n_frozen, "vehicle", "vehicles"));
    }
    if (collisions > 0) {
        return qf_run_format(&s->fleet, "Complete, with %s",
                             qf_run_counted(&s->fleet, collisions, "collision", "collisions"));
    }
    *tone = QF_TONE_OPEN;
    if (critical > 0) {
        return qf_run_format(
            &s->fleet, "Complete, with %s",
            qf_run_counted(&s->fleet, critical, "critical event", "critical events"));
    }
    *tone = QF_TONE_GOOD;
    return warnings > 0 ? qf_run_format(&s->fleet, "Complete, with %s",
                                        qf_run_counted(&s->fleet, warnings, "warning", "warnings"))
                        : "Complete";
}

static headline write_headline(summary *s)
{
    headline head = {.tone = QF_TONE_OPEN};
    const char *critical = list_critical(s);
    const char *nobody = s->n_frozen > 0 || !s->frozen_known
                             ? ""
                             : (s->tally.recorded && s->tally.n_severity[QF_SEVERITY_CRITICAL] == 0
                                    ? ": nobody was quarantined, nothing critical happened"
                                    : ": nobody was quarantined");
    if (s->running) {
        head.verdict = "Still running";
        head.sentence =
            qf_run_format(&s->fleet, "%s so far, of %s%s%s.", extent(s),
                          seconds(s, s->fleet.duration_s), *critical ? "; " : "", critical);
    } else if (s->interrupted) {
        const char *detail = qf_run_attribute(&s->fleet, s->fleet.run->file, "status_detail");
        head.verdict = "Not complete";
        head.sentence = qf_run_format(
            &s->fleet, "%s, of %s; %s%s%s.", extent(s), seconds(s, s->fleet.duration_s),
            *detail                                   ? detail
            : strcmp(s->fleet.status, "running") == 0 ? "the run ended without closing its file"
                                                      : "the run was interrupted",
            *critical ? "; " : "", critical);
    } else {
        head.verdict = verdict_of_complete(s, &head.tone);
        head.sentence = qf_run_format(&s->fleet, "%s%s%s%s.", extent(s), nobody,
                                      *critical ? "; " : "", critical);
    }
    return head;
}

/* How many vehicles are in which state of their machine in the end; "": they have none, or it was not recorded. */
static const char *list_states(summary *s)
{
    qf_run_fleet *fleet = &s->fleet;
    const hid_t variable = qf_run_variable(fleet, "state/fsm_state");
    const qf_run_quantity quantity = {.missing = -1.0};
    qf_nc_flags flags = {0};
    double *values = malloc(((size_t)fleet->n_vehicles + 1) * sizeof *values);
    const char *text = "";
    const bool known =
        values && fleet->n_records > 0 && variable >= 0 && qf_nc_get_flags(variable, &flags);
    if (known && !qf_run_read_record(fleet, &quantity, variable, fleet->n_records - 1, values)) {
        s->fleet.unreadable = "state/fsm_state";
    } else if (known) {
        for (size_t k = 0; k < flags.n; k++) {
            uint64_t n = 0;
            for (uint64_t e = 0; e < fleet->n_vehicles; e++) {
                n += values[e] == (double)flags.values[k];
            }
            if (n > 0) {
                text = qf_run_format(fleet, "%s%s%s %s", text, *text ? ", " : "",
                                     qf_run_count(fleet, n), flags.meanings[k]);
            }
        }
    }
    qf_nc_free_flags(&flags);
    qf_nc_close_id(variable);
    free(values);
    return text;
}

static void put_facts(summary *s)
{
    qf_run_fleet *fleet = &s->fleet;
    const hid_t file = fleet->run->file;
    uint64_t seed;
    const char *title = qf_run_attribute(fleet, file, "title");
    qf_html_facts_begin(s->out);
    qf_html_fact(s->out, "Scenario", "%s", *title ? title : "-");
    const char *groups = "";
    for (size_t g = 0; g < fleet->n_groups; g++) {
        groups = qf_run_format(fleet, "%s%s%s %s", groups, *groups ? ", " : "",
                               qf_run_count(fleet, fleet->groups[g].n), fleet->groups[g].name);
    }
    qf_html_fact(s->out, "Vehicles", "%s: %s", qf_run_count(fleet, fleet->n_vehicles), groups);
    if (fleet->n_worlds > 1) {
        qf_html_fact(s->out, "Worlds", "%s, independent of each other",
                     qf_run_count(fleet, fleet->n_worlds));
    }
    qf_html_fact(s->out, "Simulated time", "%s in steps of %g s", seconds(s, fleet->end_s),
                 fleet->dt_s);
    if (fleet->n_records > 0) {
        qf_html_fact(s->out, "Records", "%s", qf_run_count(fleet, fleet->n_records));
    } else {
        qf_html_fact(s->out, "Records", "none");
    }
    qf_html_fact(s->out, "Quarantined", "%s",
                 s->frozen_known ? qf_run_count(fleet, s->n_frozen) : "not known");
    if (s->tally.recorded) {
        qf_html_fact(
            s->out, "Events", "%s: %s critical, %s", qf_run_count(fleet, s->tally.n),
            qf_run_count(fleet, s->tally.n_severity[QF_SEVERITY_CRITICAL]),
            qf_run_counted(fleet, s->tally.n_severity[QF_SEVERITY_WARNING], "warning", "warnings"));
    } else {
        qf_html_fact(s->out, "Events", "not recorded");
    }
    const char *states = list_states(s);
    if (*states) {
        qf_html_fact(s->out, "Machines ended in", "%s", states);
    }
    if (qf_nc_get_number(file, "seed", H5T_NATIVE_UINT64, &seed)) {
        qf_html_fact(s->out, "Seed", "%llu", (unsigned long long)seed);
    }
    qf_html_facts_end(s->out);
}

static double number_at(summary *s, const char *path, hsize_t row)
{
    double value = (double)NAN;
    const hid_t variable = qf_run_variable(&s->fleet, path);
    if (!qf_nc_read(variable, H5T_NATIVE_DOUBLE, row, 1, &value)) {
        s->fleet.unreadable = path;
    }
    qf_nc_close_id(variable);
    return value;
}

static const char *reason_at(summary *s, hsize_t row)
{
    qf_run_fleet *fleet = &s->fleet;
    const hid_t variable = qf_run_variable(fleet, "quarantine/reason");
    qf_nc_flags flags = {0};
    long long reason = -1;
    const char *text = "?";
    if (!qf_nc_read(variable, H5T_NATIVE_LLONG, row, 1, &reason)) {
        s->fleet.unreadable = "quarantine/reason";
    } else if (qf_nc_get_flags(variable, &flags)) {
        for (size_t i = 0; i < flags.n; i++) {
            text = flags.values[i] == reason ? flags.meanings[i] : text;
        }
        text = strcmp(text, "not_finite") == 0     ? "is no number"
               : strcmp(text, "out_of_range") == 0 ? "left its range"
                                                   : qf_run_format(fleet, "%s", text);
    }
    qf_nc_free_flags(&flags);
    qf_nc_close_id(variable);
    return text;
}

static void put_frozen(summary *s)
{
    static const qf_html_column columns[] = {
        {"vehicle", false}, {"at, s", true}, {"quantity", false}, {"why", false}, {"value", true}};
    qf_run_fleet *fleet = &s->fleet;
    const hid_t quantities = qf_run_variable(fleet, "quarantine/quantity");
    if (quantities < 0 || s->n_frozen == 0) {
        qf_nc_close_id(quantities);
        return;
    }
    qf_html_heading(s->out, "Quarantined vehicles");
    const uint64_t shown = s->n_frozen < MOST_FROZEN ? s->n_frozen : MOST_FROZEN;
    qf_html_table_begin(s->out,
                        shown < s->n_frozen ? qf_run_format(fleet, "The first %llu of %s.",
                                                            (unsigned long long)shown,
                                                            qf_run_count(fleet, s->n_frozen))
                                            : NULL,
                        columns, sizeof columns / sizeof *columns);
    for (uint64_t row = 0; row < shown; row++) {
        char *quantity = qf_nc_read_text(quantities, row);
        s->fleet.unreadable = quantity ? s->fleet.unreadable : "quarantine/quantity";
        qf_html_row_begin(s->out);
        qf_html_cell(s->out, false, "%s",
                     qf_run_vehicle_name(fleet, (int64_t)number_at(s, "quarantine/entity", row)));
        qf_html_cell(s->out, true, "%.6g", number_at(s, "quarantine/time_s", row));
        qf_html_cell(s->out, false, "%s", quantity ? quantity : "?");
        qf_html_cell(s->out, false, "%s", reason_at(s, row));
        qf_html_cell(s->out, true, "%.6g", number_at(s, "quarantine/value", row));
        qf_html_row_end(s->out);
        free(quantity);
    }
    qf_html_table_end(s->out);
    qf_nc_close_id(quantities);
}

static int more_first(const void *left, const void *right)
{
    const qf_tally_code *a = *(const qf_tally_code *const *)left;
    const qf_tally_code *b = *(const qf_tally_code *const *)right;
    if (a->worst != b->worst) {
        return a->worst > b->worst ? -1 : 1;
    }
    return a->all != b->all ? (a->all > b->all ? -1 : 1)
                            : (a->code > b->code) - (a->code < b->code);
}

static qf_bar make_bar(qf_run_fleet *fleet, const qf_tally_code *code)
{
    qf_bar bar = {.name = qf_run_format(fleet, "%s (%u)", code->name, (unsigned)code->code),
                  .text = qf_tally_count_text(fleet, code)};
    for (size_t k = 0; k < QF_TALLY_SEVERITIES; k++) {
        const size_t severity = QF_TALLY_SEVERITIES - 1 - k; /* the gravest first */
        bar.value[k] = (double)code->n[severity];
        bar.class[k] = qf_run_severity_class((uint8_t)severity);
    }
    return bar;
}

/* Of the first codes with critical events, or where there are none with warnings, how to ask for what led to the first. */
static qf_status put_commands(summary *s)
{
    qf_run_fleet *fleet = &s->fleet;
    const qf_tally *tally = &s->tally;
    const uint8_t wanted =
        tally->n_severity[QF_SEVERITY_CRITICAL] > 0 ? QF_SEVERITY_CRITICAL : QF_SEVERITY_WARNING;
    size_t n = 0;
    for (size_t c = 0; c < QF_EVENT_CODES && n < MOST_EXPLAINED; c++) {
        const qf_tally_code *code = tally->code[c];
        qf_run_event event;
        if (!code || code->n_marks[wanted] == 0) {
            continue;
        }
        const qf_tally_mark *mark = code->mark[wanted];
        const qf_status status = qf_run_read_event(fleet, mark->row, &event);
        if (status != QF_OK) {
            return status;
        }
        n++;
        qf_html_heading(s->out, "What led to the first %s", event.name);
        qf_html_paragraph(s->out, "%s of %s at %g s%s%s. To see its causes:", event.name,
                          event.vehicle, event.time_s, *event.text ? ", " : "", event.text);
        qf_html_command_on(s->out, "qfleet explain", fleet->run->path,
                           qf_run_format(fleet, "--entity %lld --at %.10g", (long long)event.entity,
                                         event.time_s));
    }
    return QF_OK;
}

/* Bars by code, the graver ones first; a long list in three figures side by side. */
static qf_status put_counts(summary *s)
{
    qf_run_fleet *fleet = &s->fleet;
    const qf_tally_code *codes[QF_EVENT_CODES];
    size_t n = 0;
    double longest = 0.0;
    for (size_t c = 0; c < QF_EVENT_CODES; c++) {
        if (s->tally.code[c]) {
            codes[n++] = s->tally.code[c];
            longest = fmax(longest, (double)s->tally.code[c]->all);
        }
    }
    qsort(codes, n, sizeof *codes, more_first);
    qf_bar *bars = qf_arena_array(&fleet->arena, n, sizeof *bars);
    if (!bars) {
        return qf_run_no_memory(fleet);
    }
    for (size_t i = 0; i < n; i++) {
        bars[i] = make_bar(fleet, codes[i]);
    }
    const size_t part = n > ONE_FIGURE ? (n + 2) / 3 : n;
    qf_html_figures_begin(s->out);
    for (size_t begin = 0; begin < n; begin += part) {
        const char *title = begin == 0 ? "What happened how often" : "... and what else happened";
        qf_html_figure_begin(s->out, QF_FIGURE_SMALL, title);
        qf_chart_bars(s->out, &(qf_bars_chart){.title = title,
                                               .bars = bars + begin,
                                               .n = n - begin < part ? n - begin : part,
                                               .longest = longest});
        qf_html_figure_end(
            s->out, begin == 0 ? "Events by kind (code), graver kinds first. Of a bar the first "
                                 "part is what was critical, then warnings, then the others."
                               : NULL);
    }
    /* the commands use the room beside a single figure */
    qf_status status = QF_OK;
    if (part == n) {
        fputs("<div class=\"beside\">\n", s->out);
        status = put_commands(s);
        fputs("</div>\n", s->out);
    }
    qf_html_figures_end(s->out);
    return part == n ? status : put_commands(s);
}

static qf_status put_summary(summary *s, qf_page *page)
{
    const headline head = write_headline(s);
    qf_page_headline(page, head.tone, head.verdict, head.sentence);
    qf_run_section(&s->fleet, page, "summary", "Summary");
    s->out = qf_page_out(page);
    put_facts(s);
    put_frozen(s);
    return s->tally.n > 0 ? put_counts(s) : QF_OK;
}

qf_status qf_report_run_summary(qf_context *context, qf_page *page, const qf_report_run *run)
{
    summary *s = calloc(1, sizeof *s);
    if (!s) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the page of %s", run->path);
    }
    qf_status status = qf_run_open(context, run, &s->fleet);
    status = status == QF_OK ? qf_tally_read(&s->fleet, &s->tally) : status;
    if (status == QF_OK) {
        settle_outcome(s);
        status = put_summary(s, page);
    }
    status = qf_run_close(&s->fleet, status);
    free(s);
    return status;
}
