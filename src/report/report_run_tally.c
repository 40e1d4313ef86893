/* SPDX-License-Identifier: Apache-2.0 */
#include "report_run_tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explain_words.h"
#include "netcdf_read.h"

enum { SLICE = 1 << 15, TIME = 0, CODE, SEVERITY, COLUMNS };

static const char *const paths[COLUMNS] = {"events/time_s", "events/code", "events/severity"};

/* what the words of an event are made of */
static const char *const told_columns[] = {"events/tick",  "events/time_s",   "events/entity",
                                           "events/code",  "events/severity", "events/subject",
                                           "events/track", "events/value",    "events/cause"};

typedef struct slice {
    double time_s[SLICE];
    uint16_t code[SLICE];
    uint8_t severity[SLICE];
} slice;

const char *qf_run_severity_class(uint8_t severity)
{
    return severity >= QF_SEVERITY_CRITICAL ? "bad" : severity == QF_SEVERITY_INFO ? "f0" : "open";
}

static bool read_slice(const hid_t *columns, uint64_t begin, size_t n, slice *s)
{
    return qf_nc_read(columns[TIME], H5T_NATIVE_DOUBLE, begin, n, s->time_s) &&
           qf_nc_read(columns[CODE], H5T_NATIVE_UINT16, begin, n, s->code) &&
           qf_nc_read(columns[SEVERITY], H5T_NATIVE_UINT8, begin, n, s->severity);
}

/* The place of a code, made when it is met for the first time; NULL: no memory. */
static qf_tally_code *place_of(qf_run_fleet *fleet, qf_tally *tally, uint16_t code)
{
    const size_t place = code < QF_EVENT_CODES ? code : 0;
    if (!tally->code[place]) {
        tally->code[place] = qf_arena_array(&fleet->arena, 1, sizeof **tally->code);
        if (tally->code[place]) {
            tally->code[place]->code = code;
        }
    }
    return tally->code[place];
}

static size_t bin_of(const qf_tally *tally, double time_s)
{
    const double share = (time_s - tally->begin_s) / (tally->end_s - tally->begin_s);
    const double bin = isfinite(share) ? floor(share * QF_TALLY_BINS) : 0.0;
    return (size_t)fmin(fmax(bin, 0.0), QF_TALLY_BINS - 1.0);
}

static bool count(qf_run_fleet *fleet, qf_tally *tally, const slice *s, size_t i, uint64_t row)
{
    qf_tally_code *code = place_of(fleet, tally, s->code[i]);
    const uint8_t severity = s->severity[i] < QF_TALLY_SEVERITIES ? s->severity[i] : 0;
    if (!code) {
        return false;
    }
    if (code->n_marks[severity] < QF_TALLY_MARKS) {
        code->mark[severity][code->n_marks[severity]++] =
            (qf_tally_mark){.row = (int64_t)row, .time_s = s->time_s[i], .severity = severity};
    }
    code->all++;
    code->n[severity]++;
    code->worst = severity > code->worst ? severity : code->worst;
    code->bins[severity][bin_of(tally, s->time_s[i])]++;
    tally->n_severity[severity]++;
    tally->n++;
    return true;
}

/* Opened once for all events that the section tells of; qf_run_close closes them. NULL: no memory. */
static const qf_event_words *words_of(qf_run_fleet *fleet)
{
    qf_event_words *words =
        fleet->words ? fleet->words : qf_arena_array(&fleet->arena, 1, sizeof *words);
    if (!fleet->words && words) {
        fleet->words = qf_event_words_open(fleet->run->file, words) ? words : NULL;
        if (!fleet->words) {
            qf_event_words_close(words);
        }
    }
    return fleet->words;
}

static qf_status name_codes(qf_run_fleet *fleet, qf_tally *tally)
{
    const qf_event_words *words = tally->n > 0 ? words_of(fleet) : NULL;
    if (tally->n > 0 && !words) {
        return qf_run_no_memory(fleet);
    }
    for (size_t c = 0; c < QF_EVENT_CODES; c++) {
        if (tally->code[c]) {
            const qf_told_event event = {.code = tally->code[c]->code};
            tally->code[c]->name = qf_run_format(fleet, "%s", qf_event_name(words, &event));
        }
    }
    return QF_OK;
}

qf_status qf_tally_read(qf_run_fleet *fleet, qf_tally *tally)
{
    hid_t columns[COLUMNS];
    uint64_t n = UINT64_MAX;
    *tally = (qf_tally){.end_s = fleet->end_s > 0.0 ? fleet->end_s : 1.0,
                        .recorded = H5Lexists(fleet->run->file, "events", H5P_DEFAULT) > 0 &&
                                    !qf_events_are_off(fleet->run->file)};
    slice *s = malloc(sizeof *s);
    qf_status status = s ? QF_OK : qf_run_no_memory(fleet);
    for (size_t c = 0; c < COLUMNS; c++) {
        columns[c] = qf_run_variable(fleet, paths[c]);
    }
    /* a killed run may have written less of some columns: an event is told only with all of them */
    for (size_t c = 0; c < sizeof told_columns / sizeof *told_columns; c++) {
        const hid_t column = qf_run_variable(fleet, told_columns[c]);
        const uint64_t length = qf_nc_length(column);
        n = column >= 0 && length < n ? length : n;
        qf_nc_close_id(column);
    }
    n = n == UINT64_MAX ? 0 : n;
    for (uint64_t begin = 0; status == QF_OK && begin < n; begin += SLICE) {
        const size_t length = n - begin < SLICE ? (size_t)(n - begin) : SLICE;
        if (!read_slice(columns, begin, length, s)) {
            status = qf_run_unreadable(fleet, "events");
        }
        for (size_t i = 0; status == QF_OK && i < length; i++) {
            status = count(fleet, tally, s, i, begin + i) ? QF_OK : qf_run_no_memory(fleet);
        }
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        qf_nc_close_id(columns[c]);
    }
    free(s);
    return status == QF_OK ? name_codes(fleet, tally) : status;
}

const char *qf_tally_count_text(qf_run_fleet *fleet, const qf_tally_code *code)
{
    const uint64_t critical = code->n[QF_SEVERITY_CRITICAL];
    const uint64_t warnings = code->n[QF_SEVERITY_WARNING];
    const char *all = qf_run_count(fleet, code->all);
    if (critical == code->all) {
        return qf_run_format(fleet, "%s critical", all);
    }
    if (critical > 0) {
        return qf_run_format(fleet, "%s, %s critical", all, qf_run_count(fleet, critical));
    }
    return warnings > 0 ? qf_run_counted(fleet, warnings, "warning", "warnings") : all;
}

static bool read_one(const qf_run_fleet *fleet, const char *path, hid_t type, int64_t row,
                     void *value)
{
    const hid_t column = qf_run_variable(fleet, path);
    const bool good = qf_nc_read(column, type, (hsize_t)row, 1, value);
    qf_nc_close_id(column);
    return good;
}

static bool read_told(const qf_run_fleet *fleet, int64_t row, qf_told_event *told)
{
    told->index = row;
    return read_one(fleet, "events/tick", H5T_NATIVE_INT64, row, &told->tick) &&
           read_one(fleet, "events/cause", H5T_NATIVE_INT64, row, &told->cause) &&
           read_one(fleet, "events/time_s", H5T_NATIVE_DOUBLE, row, &told->time_s) &&
           read_one(fleet, "events/value", H5T_NATIVE_DOUBLE, row, &told->value) &&
           read_one(fleet, "events/subject", H5T_NATIVE_INT32, row, &told->subject) &&
           read_one(fleet, "events/track", H5T_NATIVE_INT32, row, &told->track) &&
           read_one(fleet, "events/code", H5T_NATIVE_UINT16, row, &told->code) &&
           read_one(fleet, "events/severity", H5T_NATIVE_UINT8, row, &told->severity);
}

static const char *text_of(qf_run_fleet *fleet, const qf_event_words *words, int64_t group,
                           const qf_told_event *told)
{
    qf_text_buffer text = {0};
    qf_event_put(words, group, told, &text);
    const char *kept =
        text.failed ? "?" : qf_run_format(fleet, "%.*s", (int)text.n, text.n > 0 ? text.bytes : "");
    qf_text_free(&text);
    return kept;
}

qf_status qf_run_read_event(qf_run_fleet *fleet, int64_t row, qf_run_event *event)
{
    qf_told_event told, cause;
    const qf_event_words *words = words_of(fleet);
    *event = (qf_run_event){.text = "", .cause = ""};
    if (!words) {
        return qf_run_no_memory(fleet);
    }
    if (!read_told(fleet, row, &told) ||
        !read_one(fleet, "events/entity", H5T_NATIVE_INT64, row, &event->entity)) {
        return qf_run_unreadable(fleet, "events");
    }
    if (told.cause >= row) { /* nothing comes of what is later */
        return qf_run_unreadable(fleet, "events/cause");
    }
    int64_t group = -1;
    (void)read_one(fleet, "entities/group", H5T_NATIVE_INT64, event->entity, &group);
    event->time_s = told.time_s;
    event->severity = told.severity;
    event->name = qf_run_format(fleet, "%s", qf_event_name(words, &told));
    event->gravity = qf_run_format(fleet, "%s", qf_event_gravity(words, &told));
    event->vehicle = qf_run_vehicle_name(fleet, event->entity);
    event->text = text_of(fleet, words, group, &told);
    if (told.cause >= 0) {
        if (!read_told(fleet, told.cause, &cause)) {
            return qf_run_unreadable(fleet, "events");
        }
        const char *about = text_of(fleet, words, group, &cause);
        const char *name = qf_event_name(words, &cause);
        /* some texts begin with the name: "fault: thruster 5 is stuck on" */
        const bool named = strncmp(about, name, strlen(name)) == 0;
        event->cause =
            named ? about : qf_run_format(fleet, "%s%s%s", name, *about ? ": " : "", about);
    }
    return QF_OK;
}
