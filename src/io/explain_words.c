/* SPDX-License-Identifier: Apache-2.0 */
/* What an event of a file was about, in words: its subject looked up in the file's other tables. */
#include "explain_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "explain_pieces.h"
#include "results_internal.h"
#include "script_reader.h"
#include "situation.h"

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

/* a number that counts something; -1: it is none */
static int64_t whole(double value)
{
    return value >= 0.0 && value < 9e15 ? (int64_t)value : -1;
}

static void put_track(qf_text_buffer *out, const char *separator, const qf_told_event *event)
{
    if (event->track >= 0) {
        qf_text_put(out, separator);
        qf_text_put(out, "track ");
        qf_text_put_integer(out, event->track);
        qf_words_put_value(out, " at ", event->value, " m");
    }
}

/* the behaviour of the vehicle's group; "none" where it ends one */
static void put_behavior(qf_text_buffer *out, const qf_event_words *words, int64_t group,
                         int64_t number)
{
    qf_words_put_named(
        out, "behaviour",
        number < 0 ? "none"
                   : qf_words_text_of_group(&words->tables[QF_WORDS_BEHAVIORS], group, number),
        number);
}

static void put_port(qf_text_buffer *out, const qf_event_words *words, int64_t group,
                     const qf_told_event *event)
{
    qf_words_put_named(
        out, "port", qf_words_text_of_group(&words->tables[QF_WORDS_PORTS], group, event->subject),
        event->subject);
    if (event->value >= 0.0) {
        qf_words_put_vehicle(out, ", with", words, whole(event->value));
    }
}

/* which limit the contact has failed by, and what was measured */
static void put_failed_capture(qf_text_buffer *out, const qf_event_words *words, int64_t group,
                               const qf_told_event *event)
{
    const qf_capture_limit limit = qf_capture_limit_of(event->subject);
    if (limit == QF_CAPTURE_LIMITS) {
        put_port(out, words, group, event);
        return;
    }
    const int32_t port = event->subject % QF_PORTS_MOST;
    qf_words_put_named(out, "port",
                       qf_words_text_of_group(&words->tables[QF_WORDS_PORTS], group, port), port);
    qf_text_put(out, ", ");
    qf_text_put(out, qf_capture_limit_names[limit]);
    if (limit == QF_CAPTURE_TAKEN && event->value >= 0.0) {
        qf_words_put_vehicle(out, " by", words, whole(event->value));
    } else {
        qf_words_put_value(out, " ", event->value, "");
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
static void put_argument(qf_text_buffer *out, int32_t kind, double value)
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
        qf_text_put(out, ", ");
        qf_text_put(out, argument->name);
        qf_words_put_value(out, " ", value, "");
    } else if (alone && argument->kind == QF_ARGUMENT_SWITCH) {
        qf_text_put(out, ", ");
        qf_text_put(out, argument->name);
        qf_text_put(out, value > 0.0 ? " true" : " false");
    } else if (alone && argument->kind == QF_ARGUMENT_CHOICE && value >= 0.0 &&
               value < (double)argument->n_names) {
        qf_text_put(out, ", ");
        qf_text_put(out, argument->name);
        qf_text_put(out, " ");
        qf_text_put(out, argument->names[(size_t)value]);
    } else {
        qf_words_put_value(out, ", ", value, "");
    }
}

/* charge, link and what it does, of the vehicle itself: these have no subject, or one that may be missing */
static bool put_of_state(const qf_event_words *words, int64_t group, const qf_told_event *event,
                         qf_text_buffer *out)
{
    switch ((int)event->code) {
    case QF_EVENT_BOOT_FAILED:
        qf_words_put_value(out, "", event->value,
                           event->value == 1.0 ? " device down" : " devices down");
        return true;
    case QF_EVENT_BEHAVIOR_STARTED:
        put_behavior(out, words, group, event->subject); /* also none */
        return true;
    case QF_EVENT_LINK_OK:
    case QF_EVENT_LINK_LOST:
        qf_words_put_value(out, "last heard ", event->value, " s ago");
        return true;
    case QF_EVENT_BOOT_START:
    case QF_EVENT_POWER_OK:
    case QF_EVENT_POWER_LOW:
    case QF_EVENT_POWER_CRITICAL:
    case QF_EVENT_ECLIPSE_BEGIN:
    case QF_EVENT_ECLIPSE_END:
        qf_words_put_value(out, "charge ", event->value, " %");
        return true;
    default:
        return false;
    }
}

/* what it is told to do, and does */
static bool put_of_control(const qf_event_words *words, int64_t group, const qf_told_event *event,
                           qf_text_buffer *out)
{
    const qf_word_table *tables = words->tables;
    const int32_t subject = event->subject;
    switch ((int)event->code) {
    case QF_EVENT_TRANSITION:
    case QF_EVENT_TRIGGER:
        qf_words_put_transition(out, words, event);
        return true;
    case QF_EVENT_LOG:
        qf_words_put_named(out, "text", qf_words_text(&tables[QF_WORDS_MESSAGES], 0, subject),
                           subject);
        return true;
    case QF_EVENT_COMMAND:
        qf_words_put_named(out, "command", command_name(subject), subject);
        if (subject == QF_COMMAND_BEHAVE) {
            qf_text_put(out, ", ");
            put_behavior(out, words, group, whole(event->value));
            return true;
        }
        put_argument(out, subject, event->value);
        return true;
    case QF_EVENT_ACTUATION:
    case QF_EVENT_ACTUATION_FAILED:
        qf_words_put_named(out, "command", command_name(subject), subject);
        qf_text_put(out, " ");
        qf_text_put(out, event->value >= 0.0 && event->value < QF_ACTUATIONS
                             ? qf_actuation_names[(int)event->value]
                             : "?");
        return true;
    default:
        return false;
    }
}

/* what it sees */
static bool put_of_sight(const qf_event_words *words, int64_t group, const qf_told_event *event,
                         qf_text_buffer *out)
{
    static const char *const situations[QF_SITUATION_KINDS] = {
        [QF_SITUATION_CPA] = "closest approach",
        [QF_SITUATION_CLOSING] = "closing",
        [QF_SITUATION_UNKNOWN] = "unknown near"};
    const qf_word_table *tables = words->tables;
    const int32_t subject = event->subject;
    switch ((int)event->code) {
    case QF_EVENT_TRACK_CONFIRMED:
        put_track(out, "", event);
        return true;
    case QF_EVENT_TRACK_GONE:
        qf_words_put_named(out, "track", NULL, event->track);
        if (event->value >= 0.0) {
            qf_words_put_named(out, ", now part of track", NULL, whole(event->value));
        }
        return true;
    case QF_EVENT_SITUATION:
    case QF_EVENT_SITUATION_LOST:
    case QF_EVENT_SITUATION_RESOLVED:
        qf_text_put(out, subject >= 0 && subject < QF_SITUATION_KINDS ? situations[subject] : "?");
        put_track(out, ", ", event);
        return true;
    case QF_EVENT_GUARD_ALERT:
    case QF_EVENT_GUARD_CLEAR:
        qf_words_put_named(out, "guard",
                           qf_words_text_of_group(&tables[QF_WORDS_GUARDS], group, subject),
                           subject);
        put_track(out, ", ", event);
        return true;
    default:
        return false;
    }
}

/* where it goes */
static bool put_of_motion(const qf_event_words *words, int64_t group, const qf_told_event *event,
                          qf_text_buffer *out)
{
    const int32_t subject = event->subject;
    switch ((int)event->code) {
    case QF_EVENT_RCS_START:
    case QF_EVENT_RCS_STOP:
        qf_words_put_named(out, "axis",
                           subject >= 0 && subject <= QF_AXIS_DOWN ? qf_axis_names[subject] : "?",
                           subject);
        qf_words_put_value(out, ", ", event->value, " kg of propellant left");
        return true;
    case QF_EVENT_BEHAVIOR_DONE:
        put_behavior(out, words, group, subject);
        return true;
    case QF_EVENT_WAYPOINT_REACHED:
        put_behavior(out, words, group, subject);
        qf_words_put_value(out, ", waypoint ", event->value, "");
        return true;
    case QF_EVENT_AVOIDING:
    case QF_EVENT_AVOIDED:
        put_behavior(out, words, group, subject);
        qf_words_put_value(out, ", else passing at ", event->value, " m");
        return true;
    case QF_EVENT_COLLISION:
        qf_words_put_vehicle(out, "with", words, subject);
        qf_words_put_value(out, ", closing at ", event->value, " m/s");
        return true;
    default:
        return false;
    }
}

/* what it docks with, and which tasks it has */
static bool put_of_work(const qf_event_words *words, int64_t group, const qf_told_event *event,
                        qf_text_buffer *out)
{
    const qf_word_table *tables = words->tables;
    const int32_t subject = event->subject;
    switch ((int)event->code) {
    case QF_EVENT_SOFT_CAPTURE:
    case QF_EVENT_HARD_CAPTURE:
    case QF_EVENT_UNDOCKED:
    case QF_EVENT_LATCH_BROKEN:
        put_port(out, words, group, event);
        return true;
    case QF_EVENT_CAPTURE_FAILED:
        put_failed_capture(out, words, group, event);
        return true;
    case QF_EVENT_TASK_WON:
    case QF_EVENT_TASK_DONE:
    case QF_EVENT_TASK_LOST:
        qf_words_put_named(out, "task", qf_words_text(&tables[QF_WORDS_TASKS], 0, subject),
                           subject);
        qf_words_put_value(out, event->code == QF_EVENT_TASK_DONE ? ", after " : ", ", event->value,
                           event->code == QF_EVENT_TASK_DONE ? " s" : " m away");
        return true;
    default:
        return false;
    }
}

/*
 * Of what the scenario says of a fault (results_faults.c) what it does: when it comes, how likely and for how long is known
 * of an event, or is no matter any more.
 */
static void put_fault(qf_text_buffer *out, const char *description, int64_t number)
{
    static const char *const ends[] = {", each time the self-test runs", ", at random, ", ", at "};
    const char *end = NULL;
    for (size_t i = 0; description && i < sizeof ends / sizeof *ends && !end; i++) {
        end = strstr(description, ends[i]);
    }
    if (!end) {
        qf_words_put_named(out, "fault:", description, number);
        return;
    }
    qf_text_put(out, "fault: ");
    qf_text_put_bytes(out, description, (size_t)(end - description));
}

/* what fails, and what is too hot */
static bool put_of_hardware(const qf_event_words *words, int64_t group, const qf_told_event *event,
                            qf_text_buffer *out)
{
    const qf_word_table *tables = words->tables;
    const int32_t subject = event->subject;
    switch ((int)event->code) {
    case QF_EVENT_DEVICE_OK:
    case QF_EVENT_DEVICE_FAILED:
        qf_words_put_named(out, "device", qf_words_text(&tables[QF_WORDS_DEVICES], 0, subject),
                           subject);
        return true;
    case QF_EVENT_THERMAL_OK:
    case QF_EVENT_THERMAL_TRIP:
        qf_words_put_quantity(out, "node", words, "temp_", "_c", subject);
        qf_words_put_value(out, " at ", event->value, " deg C");
        return true;
    case QF_EVENT_FAULT:
    case QF_EVENT_FAULT_OVER:
        put_fault(out, qf_words_text_of_group(&tables[QF_WORDS_FAULTS], group, subject), subject);
        if (event->code == QF_EVENT_FAULT && isnan(event->value)) {
            qf_text_put(out, ", but it is docked and stays where it is");
        }
        return true;
    case QF_EVENT_HALT:
        qf_words_put_quantity(out, "quarantined:", words, "", "", subject);
        qf_text_put(out, " = ");
        qf_text_put_rounded(out, event->value);
        return true;
    default:
        return false;
    }
}

void qf_event_put(const qf_event_words *words, int64_t group, const qf_told_event *event,
                  qf_text_buffer *out)
{
    static bool (*const kinds[])(const qf_event_words *, int64_t, const qf_told_event *,
                                 qf_text_buffer *) = {put_of_control, put_of_sight, put_of_motion,
                                                      put_of_work, put_of_hardware};
    bool told = put_of_state(words, group, event, out) ||
                /* about nothing: a machine may emit any code */
                (event->subject < 0 && event->track < 0);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !told; i++) {
        told = kinds[i](words, group, event, out);
    }
}

bool qf_events_are_off(hid_t file)
{
    char *scenario = qf_nc_get_text(file, "scenario_yaml");
    const char *record = scenario ? strstr(scenario, "\nrecord:") : NULL;
    const bool off = record && strstr(record, "\n  events: false");
    free(scenario);
    return off;
}
