/* SPDX-License-Identifier: Apache-2.0 */
/* /events: what happened, one column per property. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "behavior_symbols.h"
#include "command.h"
#include "expression.h"
#include "results_internal.h"
#include "situation.h"

typedef enum qf_event_column {
    EVENT,
    TICK,
    TIME,
    WORLD,
    ENTITY,
    CODE,
    SEVERITY,
    SUBJECT,
    TRACK,
    CAUSE,
    VALUE,
    MOMENT, /* of files of ranks */
} qf_event_column;

/* the long name of `subject` has them all */
_Static_assert(QF_SITUATION_CPA == 0 && QF_SITUATION_CLOSING == 1 && QF_SITUATION_UNKNOWN == 2 &&
                   QF_SITUATION_KINDS == 3,
               "kinds of situations are told");
_Static_assert(QF_ACTUATION_ACCEPTED == 0 && QF_ACTUATION_EXECUTED == 1 &&
                   QF_ACTUATION_REJECTED == 2 && QF_ACTUATION_FAILED == 3 &&
                   QF_ACTUATION_TIMEOUT == 4 && QF_ACTUATION_UNAVAILABLE == 5 && QF_ACTUATIONS == 6,
               "what may become of a command is told");
_Static_assert(MOMENT + 1 == QF_EVENT_COLUMNS, "every column has its place");

enum { EVENT_BYTES = 8 + 8 + 8 + 4 + 8 + 2 + 1 + 4 + 4 + 8 + 8 + 1 };

static hid_t column_type(int column)
{
    switch ((qf_event_column)column) {
    case TIME:
    case VALUE:
        return H5T_NATIVE_DOUBLE;
    case WORLD:
    case SUBJECT:
    case TRACK:
        return H5T_NATIVE_INT32;
    case CODE:
        return H5T_NATIVE_UINT16;
    case SEVERITY:
    case MOMENT:
        return H5T_NATIVE_UINT8;
    case EVENT:
    case TICK:
    case ENTITY:
    case CAUSE:
        break;
    }
    return H5T_NATIVE_INT64;
}

qf_status qf_events_allocate(qf_context *context, double dt_s, bool of_part, qf_events *events)
{
    *events = (qf_events){.dt_s = dt_s,
                          .n_columns = of_part ? QF_EVENT_COLUMNS : MOMENT,
                          .scratch = calloc(QF_EVENT_CHUNK, 8)};
    return events->scratch ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for events");
}

void qf_events_free(qf_events *events)
{
    free(events->scratch);
    events->scratch = NULL;
}

void qf_severity_flags_put(qf_nc *nc, hid_t variable)
{
    static const uint8_t severities[] = {QF_SEVERITY_INFO, QF_SEVERITY_WARNING,
                                         QF_SEVERITY_CRITICAL};
    qf_nc_put_array(nc, variable, "flag_values", H5T_NATIVE_UINT8,
                    sizeof severities / sizeof *severities, severities);
    qf_nc_put_text(nc, variable, "flag_meanings", "info warning critical");
}

/* codes that machines emit, and the machine whose turn it is */
typedef struct emitter {
    qf_arena *arena;
    qf_symbols symbols;
    bool emitted[QF_EVENT_CODES];
} emitter;

/* the codes that actions of a list emit: each is known before the run */
static void mark_emitted(emitter *to, const qf_action_list *list)
{
    const char *unit = qf_command_table[QF_COMMAND_EMIT].argument[0].unit;
    for (size_t a = 0; a < list->n; a++) {
        if (list->actions[a].kind != QF_COMMAND_EMIT) {
            continue;
        }
        qf_expression_error error;
        double factor;
        double code;
        const qf_expression *expression =
            qf_expression_parse(to->arena, &to->symbols, list->actions[a].argument[0].text, &error);
        if (expression && qf_expression_is_constant(expression, &code) &&
            qf_expression_fits_unit(expression, unit, &factor, &error) && code * factor >= 0.0 &&
            code * factor < QF_EVENT_CODES) {
            to->emitted[(size_t)(code * factor)] = true;
        }
    }
}

static void mark_transitions(emitter *to, const qf_transition_spec *transitions, size_t n)
{
    for (size_t t = 0; t < n; t++) {
        mark_emitted(to, &transitions[t].actions);
    }
}

static void mark_machine(emitter *to, const qf_machine_spec *machine)
{
    mark_transitions(to, machine->any, machine->n_any);
    for (size_t s = 0; s < machine->n_states; s++) {
        const qf_state_spec *state = &machine->states[s];
        mark_emitted(to, &state->on_enter);
        mark_emitted(to, &state->on_exit);
        mark_emitted(to, &state->during);
        mark_transitions(to, state->transitions, state->n_transitions);
    }
    for (size_t r = 0; r < machine->n_rules; r++) {
        mark_emitted(to, &machine->rules[r].actions);
        mark_emitted(to, &machine->rules[r].after);
    }
}

static void mark_machines(emitter *to, const qf_fleet *fleet)
{
    const qf_scenario *scenario = fleet->scenario;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        for (size_t m = 0; m < scenario->groups[g].n_machines; m++) {
            qf_behavior_names names = {.catalog = &fleet->catalog,
                                       .scenario = scenario,
                                       .group = g,
                                       .machine = m,
                                       .arena = to->arena};
            to->symbols = qf_behavior_symbols(&names);
            mark_machine(to, scenario->groups[g].machines[m]);
        }
    }
}

/* names of commands by number, between blanks: what events 310 to 312 are about */
static void put_commands(qf_nc *nc, hid_t variable)
{
    char names[QF_COMMAND_COUNT * 24] = "";
    char *end = names;
    for (int kind = 0; kind < QF_COMMAND_COUNT; kind++) {
        const size_t room = sizeof names - (size_t)(end - names);
        end += snprintf(end, room, "%s%s", kind ? " " : "", qf_command_table[kind].name);
    }
    qf_nc_put_text(nc, variable, "commands", names);
}

/* codes of the table, then those that machines emit besides */
static qf_status put_flags(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                           const qf_events *events)
{
    static const struct {
        uint16_t code;
        const char *name;
    } table[] = {
#define QF_EVENT(id, code, severity, name) {code, name},
        QF_EVENT_TABLE(QF_EVENT)
#undef QF_EVENT
    };
    uint16_t codes[QF_EVENT_CODES];
    qf_arena arena = {0};
    emitter machines = {.arena = &arena};
    char *meanings = NULL;
    size_t n = 0;
    size_t size;
    FILE *text = open_memstream(&meanings, &size);
    mark_machines(&machines, fleet);
    qf_arena_free(&arena);
    for (size_t i = 0; text && i < sizeof table / sizeof *table; i++) {
        fprintf(text, "%s%s", n ? " " : "", table[i].name);
        machines.emitted[table[i].code] = false;
        codes[n++] = table[i].code;
    }
    for (uint16_t code = 0; text && code < QF_EVENT_CODES; code++) {
        if (machines.emitted[code]) {
            fprintf(text, " emitted_%u", (unsigned)code);
            codes[n++] = code;
        }
    }
    if (!text || fclose(text) != 0) {
        free(meanings);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the names of events");
    }
    qf_nc_put_array(nc, events->columns[CODE], "flag_values", H5T_NATIVE_UINT16, n, codes);
    qf_nc_put_text(nc, events->columns[CODE], "flag_meanings", meanings);
    free(meanings);
    qf_severity_flags_put(nc, events->columns[SEVERITY]);
    put_commands(nc, events->columns[SUBJECT]);
    return QF_OK;
}

qf_status qf_events_define(qf_context *context, qf_nc *nc, const qf_fleet *fleet, qf_events *events)
{
    static const char *const names[QF_EVENT_COLUMNS] = {"event",  "tick",  "time_s",   "world",
                                                        "entity", "code",  "severity", "subject",
                                                        "track",  "cause", "value",    "moment"};
    static const char *const long_names[QF_EVENT_COLUMNS] = {
        "number of the event",
        "ticks done when it happened",
        "simulated time when it happened",
        "world it happened in",
        "vehicle it happened to",
        "what happened",
        "how grave it is",
        ("what it is about: transition (150, 151: of /machines/transitions), text (160: of "
         "/machines/messages), device (200, 202: of /devices), thruster axis (300, 301), command "
         "(310, 311, 312: from 0, in the attribute commands), behaviour of the vehicle's group "
         "(320 to 324: behavior of /behaviors), kind of situation (500 to 502: 0 closest approach, "
         "1 closing, 2 unknown near), port of the vehicle (520 to 524: port of /ports; 523: that "
         "and 16 times one more than the limit it fails by, 0 port_taken, 1 no_soft_capture, 2 "
         "lateral_m, "
         "3 axial_mps, 4 lateral_mps, 5 angle_deg, 6 clock_deg, 7 rate_dps), task (530 "
         "to 532: of /tasks), thermal node (700, 702), fault of the vehicle's group (701, "
         "703: number of /faults), guard rule of the vehicle's group (8xx: rule of /guards), "
         "quantity (901) or the other vehicle (920)"),
        "number of the vehicle's track it is about",
        "event that led to it, -1: none",
        ("percent of charge (100, 101 without a self-test, 6xx), devices that are down (101 and "
         "102 of a self-test, 200, 202), the first number in the condition (150, 151), m of "
         "range (211, 500 to 502, 8xx; NaN: the track is no more), number of the track that "
         "this one became (212; -1: none), kg of propellant (300, 301), the first number of the "
         "command (310), what became of the command (311, 312: 0 accepted, 1 executed, 2 "
         "rejected, 3 failed, 4 timeout, 5 unavailable), waypoint (322), m that it would pass "
         "at (323), s since what was last heard (400, 401), the other vehicle (520, 521, 522, "
         "524), what was measured against the limit (523), m of way (530, 532), s of work (531), "
         "deg C (700, 702), what the fault brings (701, "
         "703), bad value (901), m/s of closing (920)"),
        "0 at the end of the tick before, 1 when it was told what to do, 2 when it looked around, "
        "3 "
        "when it decided: what orders events of a tick before their vehicles do",
    };
    static const int32_t none = -1;
    static const double no_number = (double)NAN;
    static const void *const fills[QF_EVENT_COLUMNS] = {
        [SUBJECT] = &none, [TRACK] = &none, [VALUE] = &no_number};
    const hid_t group = qf_nc_group(nc, "events");
    qf_nc_shape shape = {.rank = 1, .length = {H5S_UNLIMITED}, .chunk = {QF_EVENT_CHUNK}};
    for (int c = 0; c < events->n_columns && !nc->failed; c++) {
        const qf_nc_variable variable = {.name = names[c],
                                         .type = column_type(c),
                                         .units = c == TIME ? "s" : "1",
                                         .long_name = long_names[c],
                                         .fill = fills[c]};
        if (c == EVENT) {
            events->columns[c] =
                qf_nc_dimension(nc, group, &variable, H5S_UNLIMITED, QF_EVENT_CHUNK);
            shape.scales[0] = events->columns[c];
        } else {
            events->columns[c] = qf_nc_define(nc, group, &variable, &shape);
        }
    }
    return put_flags(context, nc, fleet, events);
}

uint64_t qf_events_growth(const qf_events *events, size_t n)
{
    const uint64_t chunks = qf_new_chunks(events->n_written, n, QF_EVENT_CHUNK);
    const uint64_t chunk_bytes =
        QF_EVENT_CHUNK * EVENT_BYTES + QF_EVENT_COLUMNS * QF_META_CHUNK_BYTES;
    return chunks > 0 ? chunks * chunk_bytes + QF_EVENT_COLUMNS * QF_META_VARIABLE_BYTES : 0;
}

/* One property of n <= QF_EVENT_CHUNK events, as the file has it. */
static void gather(const qf_events *events, int column, const qf_event *list, size_t n)
{
    double *f64 = events->scratch;
    int64_t *i64 = events->scratch;
    int32_t *i32 = events->scratch;
    uint16_t *u16 = events->scratch;
    uint8_t *u8 = events->scratch;
    for (size_t i = 0; i < n; i++) {
        const qf_event *event = &list[i];
        switch ((qf_event_column)column) {
        case EVENT:
            i64[i] = events->n_written + (int64_t)i;
            break;
        case TICK:
            i64[i] = event->tick;
            break;
        case TIME:
            f64[i] = (double)event->tick * events->dt_s;
            break;
        case WORLD:
            i32[i] = (int32_t)event->world;
            break;
        case ENTITY:
            i64[i] = event->entity;
            break;
        case CODE:
            u16[i] = event->code;
            break;
        case SEVERITY:
            u8[i] = event->severity;
            break;
        case SUBJECT:
            i32[i] = event->subject;
            break;
        case TRACK:
            i32[i] = event->track;
            break;
        case CAUSE:
            i64[i] = event->cause;
            break;
        case VALUE:
            f64[i] = event->value;
            break;
        case MOMENT:
            u8[i] = event->moment;
            break;
        }
    }
}

void qf_events_write(qf_nc *nc, qf_events *events, const qf_event *list, size_t n)
{
    while (n > 0 && !nc->failed) {
        const size_t some = n < QF_EVENT_CHUNK ? n : QF_EVENT_CHUNK;
        const hsize_t first = (hsize_t)events->n_written;
        for (int c = 0; c < events->n_columns; c++) {
            gather(events, c, list, some);
            qf_nc_extend(nc, events->columns[c], first + some, 0);
            qf_nc_write(nc, events->columns[c], column_type(c), first, some, 0, events->scratch);
        }
        events->n_written += (int64_t)some;
        list += some;
        n -= some;
    }
}
