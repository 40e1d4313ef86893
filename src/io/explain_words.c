/* SPDX-License-Identifier: Apache-2.0 */
/* What an event of a file was about, in words: its subject looked up in the file's other tables. */
#include "explain_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "results_internal.h"
#include "script_reader.h"
#include "situation.h"

void qf_event_words_open(hid_t file, int64_t entity, qf_event_words *words)
{
    *words = (qf_event_words){.file = file, .group = -1};
    const hid_t group = H5Dopen2(file, "entities/group", H5P_DEFAULT);
    const hid_t code = H5Dopen2(file, "events/code", H5P_DEFAULT);
    const hid_t severity = H5Dopen2(file, "events/severity", H5P_DEFAULT);
    (void)qf_nc_read(group, H5T_NATIVE_INT64, (hsize_t)entity, 1, &words->group);
    (void)qf_nc_get_flags(code, &words->codes);
    (void)qf_nc_get_flags(severity, &words->severities);
    qf_nc_close_id(severity);
    qf_nc_close_id(code);
    qf_nc_close_id(group);
}

void qf_event_words_close(qf_event_words *words)
{
    qf_nc_free_flags(&words->codes);
    qf_nc_free_flags(&words->severities);
}

static const char *meaning(const qf_nc_flags *flags, long long value)
{
    for (size_t i = 0; i < flags->n; i++) {
        if (flags->values[i] == value) {
            return flags->meanings[i];
        }
    }
    return "?";
}

const char *qf_event_name(const qf_event_words *words, const qf_told_event *event)
{
    return meaning(&words->codes, event->code);
}

const char *qf_event_gravity(const qf_event_words *words, const qf_told_event *event)
{
    return meaning(&words->severities, event->severity);
}

/* One text of a table, to be freed; NULL: the file has none. */
static char *text_at(hid_t file, const char *table, const char *name, int64_t row)
{
    char path[QF_NC_NAME_BYTES];
    snprintf(path, sizeof path, "%s/%s", table, name);
    const hid_t variable = row >= 0 && H5Lexists(file, table, H5P_DEFAULT) > 0
                               ? H5Dopen2(file, path, H5P_DEFAULT)
                               : H5I_INVALID_HID;
    char *text =
        (hsize_t)row < qf_nc_length(variable) ? qf_nc_read_text(variable, (hsize_t)row) : NULL;
    qf_nc_close_id(variable);
    return text;
}

/* The row of a table that has a vehicle's group and that number in it, -1: none. */
static int64_t row_of(const qf_event_words *words, const char *table, const char *number_name,
                      int32_t number)
{
    char path[2][QF_NC_NAME_BYTES];
    snprintf(path[0], sizeof path[0], "%s/group", table);
    snprintf(path[1], sizeof path[1], "%s/%s", table, number_name);
    if (H5Lexists(words->file, table, H5P_DEFAULT) <= 0) {
        return -1;
    }
    const hid_t group = H5Dopen2(words->file, path[0], H5P_DEFAULT);
    const hid_t numbers = H5Dopen2(words->file, path[1], H5P_DEFAULT);
    const hsize_t n = qf_nc_length(group);
    int64_t found = -1;
    for (hsize_t row = 0; row < n && found < 0; row++) {
        int64_t pair[2] = {-1, -1};
        if (qf_nc_read(group, H5T_NATIVE_INT64, row, 1, &pair[0]) &&
            qf_nc_read(numbers, H5T_NATIVE_INT64, row, 1, &pair[1]) && pair[0] == words->group &&
            pair[1] == number) {
            found = (int64_t)row;
        }
    }
    qf_nc_close_id(numbers);
    qf_nc_close_id(group);
    return found;
}

/* The number-th name, of those with that beginning and end, of all quantities; to be freed, NULL: none. */
static char *quantity_name(hid_t file, const char *begin, const char *end, int32_t number)
{
    char *names = qf_nc_get_text(file, "quantities");
    char *rest = names;
    char *found = NULL;
    for (char *name; !found && number >= 0 && (name = strsep(&rest, " "));) {
        const size_t length = strlen(name);
        const bool fits = length >= strlen(begin) + strlen(end) &&
                          strncmp(name, begin, strlen(begin)) == 0 &&
                          strcmp(name + length - strlen(end), end) == 0;
        if (fits && number-- == 0) {
            found = strndup(name + strlen(begin), length - strlen(begin) - strlen(end));
        }
    }
    free(names);
    return found;
}

/* "word NAME", or "word number" where the file has no name */
static void put_named(FILE *out, const char *word, char *name, int64_t number)
{
    if (name) {
        fprintf(out, "%s %s", word, name);
    } else {
        fprintf(out, "%s %" PRId64, word, number);
    }
    free(name);
}

static void put_value(FILE *out, const char *before, double value, const char *after)
{
    if (!isnan(value)) {
        fprintf(out, "%s%.6g%s", before, value, after);
    }
}

enum { MACHINE, FROM, TO, TRIGGER, CONDITION, WITNESS, ROW_TEXTS };

/* Texts of a row of /machines/transitions, to be freed whatever comes of it; false: the file has none. */
static bool read_row(hid_t file, int64_t row, char **text)
{
    static const char *const columns[ROW_TEXTS] = {
        [MACHINE] = "machine", [FROM] = "from",           [TO] = "to",
        [TRIGGER] = "trigger", [CONDITION] = "condition", [WITNESS] = "witness"};
    bool known = H5Lexists(file, "machines", H5P_DEFAULT) > 0;
    for (int c = 0; c < ROW_TEXTS; c++) {
        text[c] = known ? text_at(file, "machines/transitions", columns[c], row) : NULL;
        known = known && text[c];
    }
    return known;
}

static void free_row(char **text)
{
    for (int c = 0; c < ROW_TEXTS; c++) {
        free(text[c]);
    }
}

static bool same_state(char *const *a, char *const *b)
{
    return strcmp(a[MACHINE], b[MACHINE]) == 0 && strcmp(a[FROM], b[FROM]) == 0;
}

/* The condition by which the vehicle stayed in the state of a row, of those before it; to be freed, NULL: none. */
static char *staying_condition(hid_t file, int64_t row, char *const *text)
{
    char *found = NULL;
    bool same = true;
    for (int64_t r = row - 1; r >= 0 && same && !found; r--) {
        char *before[ROW_TEXTS];
        same = read_row(file, r, before) && same_state(before, text);
        if (same && !*before[TO] && !*before[TRIGGER]) {
            found = before[CONDITION];
            before[CONDITION] = NULL;
        }
        free_row(before);
    }
    return found;
}

/* one that always holds is taken because of those before it */
static void put_reason(FILE *out, hid_t file, int64_t row, char *const *text)
{
    char *stayed = strcmp(text[CONDITION], "true") == 0 ? staying_condition(file, row, text) : NULL;
    fprintf(out, ", because '%s'%s", stayed ? stayed : text[CONDITION],
            stayed ? " no longer holds" : "");
    free(stayed);
}

static void put_transition(FILE *out, hid_t file, const qf_told_event *event)
{
    char *text[ROW_TEXTS];
    if (read_row(file, event->subject, text)) {
        fprintf(out, "%s: %s", text[MACHINE], text[FROM]);
        fprintf(out, "%s%s", *text[TO] ? " -> " : " stays", text[TO]);
        fprintf(out, "%s%s", *text[TRIGGER] ? ", trigger " : "", text[TRIGGER]);
        put_reason(out, file, event->subject, text);
        if (*text[WITNESS] && !isnan(event->value)) {
            fprintf(out, " (%s = %.6g)", text[WITNESS], event->value);
        } else {
            put_value(out, " (", event->value, ")");
        }
    } else {
        fprintf(out, "transition %" PRId32 " (named only in files of runs that were closed)",
                event->subject);
    }
    free_row(text);
}

static void put_track(FILE *out, const char *separator, const qf_told_event *event)
{
    if (event->track >= 0) {
        fprintf(out, "%strack %" PRId32, separator, event->track);
        put_value(out, " at ", event->value, " m");
    }
}

/* the behaviour of the vehicle's group; "none" where it ends one */
static void put_behavior(FILE *out, const qf_event_words *words, int64_t number)
{
    put_named(out, "behaviour",
              number < 0 ? strdup("none")
                         : text_at(words->file, "behaviors", "name",
                                   row_of(words, "behaviors", "behavior", (int32_t)number)),
              number);
}

/* a vehicle by its name */
static void put_vehicle(FILE *out, const char *word, const qf_event_words *words, int64_t entity)
{
    put_named(out, word, text_at(words->file, "entities", "name", entity), entity);
}

static void put_port(FILE *out, const qf_event_words *words, const qf_told_event *event)
{
    put_named(out, "port",
              text_at(words->file, "ports", "id", row_of(words, "ports", "port", event->subject)),
              event->subject);
    if (event->value >= 0.0) {
        put_vehicle(out, ", with", words, (int64_t)event->value);
    }
}

/* which limit the contact has failed by, and what was measured */
static void put_failed_capture(FILE *out, const qf_event_words *words, const qf_told_event *event)
{
    const qf_capture_limit limit = qf_capture_limit_of(event->subject);
    if (limit == QF_CAPTURE_LIMITS) {
        put_port(out, words, event);
        return;
    }
    const int32_t port = event->subject % QF_PORTS_MOST;
    put_named(out, "port",
              text_at(words->file, "ports", "id", row_of(words, "ports", "port", port)), port);
    fprintf(out, ", %s", qf_capture_limit_names[limit]);
    if (limit == QF_CAPTURE_TAKEN && event->value >= 0.0) {
        put_vehicle(out, " by", words, (int64_t)event->value);
    } else {
        put_value(out, " ", event->value, "");
    }
}

static const char *command_name(int32_t kind)
{
    return kind >= 0 && kind < QF_COMMAND_COUNT ? qf_command_table[kind].name : "?";
}

static bool is_number(const qf_command_argument *argument)
{
    return argument->kind == QF_ARGUMENT_NUMBER || argument->kind == QF_ARGUMENT_VALUE;
}

/* what event 310 has of a command: its first number that is given, or else its first argument that is (order.h) */
static void put_argument(FILE *out, int32_t kind, double value)
{
    const qf_command_argument *arguments =
        kind >= 0 && kind < QF_COMMAND_COUNT ? qf_command_table[kind].argument : NULL;
    const qf_command_argument *argument = arguments;
    if (!arguments || !arguments[0].name || isnan(value)) {
        return;
    }
    for (size_t a = QF_COMMAND_MAX_ARGUMENTS; a-- > 0;) {
        argument = arguments[a].name && is_number(&arguments[a]) ? &arguments[a] : argument;
    }
    /* which of several that may be left out it is, nobody knows */
    const bool alone = !arguments[1].name;
    if (is_number(argument) && argument->required) {
        fprintf(out, ", %s %.6g", argument->name, value);
    } else if (alone && argument->kind == QF_ARGUMENT_SWITCH) {
        fprintf(out, ", %s %s", argument->name, value > 0.0 ? "true" : "false");
    } else if (alone && argument->kind == QF_ARGUMENT_CHOICE && value >= 0.0 &&
               value < (double)argument->n_names) {
        fprintf(out, ", %s %s", argument->name, argument->names[(size_t)value]);
    } else {
        fprintf(out, ", %.6g", value);
    }
}

static void put_text(FILE *out, const qf_event_words *words, const qf_told_event *event)
{
    static const char *const situations[QF_SITUATION_KINDS] = {
        [QF_SITUATION_CPA] = "closest approach",
        [QF_SITUATION_CLOSING] = "closing",
        [QF_SITUATION_UNKNOWN] = "unknown near"};
    const hid_t file = words->file;
    const int32_t subject = event->subject;
    switch ((int)event->code) {
    case QF_EVENT_BOOT_FAILED:
        put_value(out, "", event->value, event->value == 1.0 ? " device down" : " devices down");
        return;
    case QF_EVENT_BEHAVIOR_STARTED:
        put_behavior(out, words, subject); /* also none */
        return;
    case QF_EVENT_LINK_OK:
    case QF_EVENT_LINK_LOST:
        put_value(out, "last heard ", event->value, " s ago");
        return;
    case QF_EVENT_BOOT_START:
    case QF_EVENT_POWER_OK:
    case QF_EVENT_POWER_LOW:
    case QF_EVENT_POWER_CRITICAL:
    case QF_EVENT_ECLIPSE_BEGIN:
    case QF_EVENT_ECLIPSE_END:
        put_value(out, "charge ", event->value, " %");
        return;
    default:
        break;
    }
    if (subject < 0 && event->track < 0) {
        return; /* about nothing: a machine may emit any code */
    }
    switch ((int)event->code) {
    case QF_EVENT_TRANSITION:
    case QF_EVENT_TRIGGER:
        put_transition(out, file, event);
        return;
    case QF_EVENT_LOG:
        put_named(out, "text",
                  H5Lexists(file, "machines", H5P_DEFAULT) > 0
                      ? text_at(file, "machines/messages", "text", subject)
                      : NULL,
                  subject);
        return;
    case QF_EVENT_DEVICE_OK:
    case QF_EVENT_DEVICE_FAILED:
        put_named(out, "device", text_at(file, "devices", "name", subject), subject);
        return;
    case QF_EVENT_TRACK_CONFIRMED:
        put_track(out, "", event);
        return;
    case QF_EVENT_TRACK_GONE:
        fprintf(out, "track %" PRId32, event->track);
        if (event->value >= 0.0) {
            fprintf(out, ", now part of track %.0f", event->value);
        }
        return;
    case QF_EVENT_RCS_START:
    case QF_EVENT_RCS_STOP:
        fprintf(out, "axis %s",
                subject >= 0 && subject <= QF_AXIS_DOWN ? qf_axis_names[subject] : "?");
        put_value(out, ", ", event->value, " kg of propellant left");
        return;
    case QF_EVENT_COMMAND:
        fprintf(out, "command %s", command_name(subject));
        if (subject == QF_COMMAND_BEHAVE) {
            fputs(", ", out);
            put_behavior(out, words, (int64_t)event->value);
            return;
        }
        put_argument(out, subject, event->value);
        return;
    case QF_EVENT_ACTUATION:
    case QF_EVENT_ACTUATION_FAILED:
        fprintf(out, "command %s %s", command_name(subject),
                event->value >= 0.0 && event->value < QF_ACTUATIONS
                    ? qf_actuation_names[(int)event->value]
                    : "?");
        return;
    case QF_EVENT_SITUATION:
    case QF_EVENT_SITUATION_LOST:
    case QF_EVENT_SITUATION_RESOLVED:
        fputs(subject >= 0 && subject < QF_SITUATION_KINDS ? situations[subject] : "?", out);
        put_track(out, ", ", event);
        return;
    case QF_EVENT_BEHAVIOR_DONE:
        put_behavior(out, words, subject);
        return;
    case QF_EVENT_WAYPOINT_REACHED:
        put_behavior(out, words, subject);
        put_value(out, ", waypoint ", event->value, "");
        return;
    case QF_EVENT_AVOIDING:
    case QF_EVENT_AVOIDED:
        put_behavior(out, words, subject);
        put_value(out, ", else passing at ", event->value, " m");
        return;
    case QF_EVENT_SOFT_CAPTURE:
    case QF_EVENT_HARD_CAPTURE:
    case QF_EVENT_UNDOCKED:
    case QF_EVENT_LATCH_BROKEN:
        put_port(out, words, event);
        return;
    case QF_EVENT_CAPTURE_FAILED:
        put_failed_capture(out, words, event);
        return;
    case QF_EVENT_TASK_WON:
    case QF_EVENT_TASK_DONE:
    case QF_EVENT_TASK_LOST:
        put_named(out, "task", text_at(file, "tasks", "name", subject), subject);
        put_value(out, event->code == QF_EVENT_TASK_DONE ? ", after " : ", ", event->value,
                  event->code == QF_EVENT_TASK_DONE ? " s" : " m away");
        return;
    case QF_EVENT_COLLISION:
        put_vehicle(out, "with", words, subject);
        put_value(out, ", closing at ", event->value, " m/s");
        return;
    case QF_EVENT_THERMAL_OK:
    case QF_EVENT_THERMAL_TRIP:
        put_named(out, "node", quantity_name(file, "temp_", "_c", subject), subject);
        put_value(out, " at ", event->value, " deg C");
        return;
    case QF_EVENT_FAULT:
    case QF_EVENT_FAULT_OVER:
        put_named(
            out, "fault:",
            text_at(file, "faults", "description", row_of(words, "faults", "number", subject)),
            subject);
        if (event->code == QF_EVENT_FAULT && isnan(event->value)) {
            fputs(", but it is docked and stays where it is", out);
        }
        return;
    case QF_EVENT_GUARD_ALERT:
    case QF_EVENT_GUARD_CLEAR:
        put_named(out, "guard",
                  text_at(file, "guards", "id", row_of(words, "guards", "rule", subject)), subject);
        put_track(out, ", ", event);
        return;
    case QF_EVENT_HALT:
        put_named(out, "quarantined:", quantity_name(file, "", "", subject), subject);
        fprintf(out, " = %.6g", event->value);
        return;
    default:
        return;
    }
}

char *qf_event_text(const qf_event_words *words, const qf_told_event *event)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out) {
        put_text(out, words, event);
        if (fclose(out) != 0) {
            free(text);
            text = NULL;
        }
    }
    return text;
}
