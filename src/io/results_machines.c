/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /machines: the transitions and states of all state machines, what of them was exercised, and the texts of their
 * logs. Absent when no group has any. A row of /machines/transitions is the subject of events 150 and 151, one of
 * /machines/messages that of 160.
 */
#include <stdlib.h>
#include <string.h>

#include "machine_build.h"
#include "results_internal.h"

enum {
    TEXTS = 6, /* of a row, at most */
    VARIABLES = 11,
    ROW_BYTES = 8 + 4 + 8 + 8 + 1 + TEXTS * 16, /* 16: a reference to a text */
};

/* Rows of either table, column by column. */
typedef struct table {
    size_t n;
    uint32_t *group;
    int64_t *count[2];
    uint8_t *flag;
    const char **text[TEXTS];
} table;

/* columns of texts of either table */
enum { MACHINE, FROM, TO, TRIGGER, CONDITION, WITNESS };
enum { STATE = FROM };

static size_t n_rows(const qf_coverage *coverage, bool states)
{
    size_t n = 0;
    for (size_t m = 0; m < coverage->n; m++) {
        const qf_state_machine *machine = &coverage->machines[m].built->machine;
        n += states ? machine->n_states : machine->n_rows;
    }
    return n;
}

static bool allocate(table *t, size_t n)
{
    *t = (table){.n = n, .group = calloc(n, sizeof *t->group), .flag = calloc(n, 1)};
    bool good = t->group && t->flag;
    for (size_t c = 0; c < 2; c++) {
        t->count[c] = calloc(n, sizeof *t->count[c]);
        good = good && t->count[c];
    }
    for (size_t c = 0; c < TEXTS; c++) {
        t->text[c] = calloc(n, sizeof *t->text[c]);
        good = good && t->text[c];
    }
    return good;
}

static void release(table *t)
{
    free(t->group);
    free(t->flag);
    for (size_t c = 0; c < 2; c++) {
        free(t->count[c]);
    }
    for (size_t c = 0; c < TEXTS; c++) {
        free(t->text[c]);
    }
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* the quantity that the value of the events is, empty: it cannot be recorded, or there is none */
static const char *witness_of(const qf_fleet *fleet, const qf_machine_change *change)
{
    for (size_t q = 0; change->has_witness && q < fleet->catalog.n_quantities; q++) {
        const qf_quantity *quantity = &fleet->catalog.quantities[q];
        if (quantity->column == change->witness && quantity->bit == QF_NO_BIT) {
            return quantity->name;
        }
    }
    return "";
}

static void gather_transitions(const qf_fleet *fleet, const qf_coverage *coverage, table *t)
{
    size_t i = 0;
    for (size_t m = 0; m < coverage->n; m++) {
        const qf_coverage_machine *machine = &coverage->machines[m];
        const qf_machine_spec *spec = machine->built->spec;
        for (size_t r = 0; r < machine->built->machine.n_rows; r++, i++) {
            const qf_machine_change *change = &machine->built->changes[r];
            const bool leaves = machine->built->machine.rows[r].leaves;
            t->group[i] = (uint32_t)machine->group;
            t->text[MACHINE][i] = spec->name;
            t->text[FROM][i] = spec->states[change->from].name;
            t->text[TO][i] = leaves ? spec->states[change->to].name : "";
            t->text[TRIGGER][i] = or_empty(change->spec->trigger);
            t->text[CONDITION][i] = or_empty(change->spec->condition.text);
            t->text[WITNESS][i] = witness_of(fleet, change);
            t->flag[i] = machine->built->machine.rows[r].silent;
            t->count[0][i] = (int64_t)machine->rows[r].held;
            t->count[1][i] = (int64_t)machine->rows[r].taken;
        }
    }
}

static void gather_states(const qf_fleet *fleet, const qf_coverage *coverage, table *t)
{
    (void)fleet;
    size_t i = 0;
    for (size_t m = 0; m < coverage->n; m++) {
        const qf_coverage_machine *machine = &coverage->machines[m];
        const qf_machine_spec *spec = machine->built->spec;
        for (size_t s = 0; s < machine->built->machine.n_states; s++, i++) {
            t->group[i] = (uint32_t)machine->group;
            t->text[MACHINE][i] = spec->name;
            t->text[STATE][i] = spec->states[s].name;
            t->flag[i] = spec->states[s].terminal;
            t->count[0][i] = (int64_t)machine->entered[s];
            t->count[1][i] = (int64_t)machine->in_state[s];
        }
    }
}

static uint64_t text_bytes(const table *t)
{
    uint64_t bytes = 0;
    for (size_t c = 0; c < TEXTS; c++) {
        size_t longest = 0;
        for (size_t i = 0; i < t->n; i++) {
            const size_t length = t->text[c][i] ? strlen(t->text[c][i]) : 0;
            longest = length > longest ? length : longest;
        }
        bytes += qf_text_heap_bytes(t->n, longest);
    }
    return bytes;
}

static uint64_t message_bytes(const qf_coverage *coverage)
{
    size_t longest = 0;
    for (size_t i = 0; i < coverage->n_log_texts; i++) {
        const size_t length = strlen(coverage->log_texts[i]);
        longest = length > longest ? length : longest;
    }
    return coverage->n_log_texts == 0
               ? 0
               : VARIABLES * QF_META_VARIABLE_BYTES + coverage->n_log_texts * ROW_BYTES +
                     qf_text_heap_bytes(coverage->n_log_texts, longest);
}

uint64_t qf_machines_bytes(const qf_fleet *fleet, const qf_coverage *coverage)
{
    uint64_t bytes = message_bytes(coverage);
    for (int states = 0; states < 2; states++) {
        const size_t n = n_rows(coverage, states);
        table t;
        /* without memory to ask, writing fails for the same reason */
        if (n > 0 && allocate(&t, n)) {
            (states ? gather_states : gather_transitions)(fleet, coverage, &t);
            bytes += text_bytes(&t) + VARIABLES * QF_META_VARIABLE_BYTES + n * ROW_BYTES +
                     qf_group_flags_bytes(fleet);
        }
        if (n > 0) {
            release(&t);
        }
    }
    return bytes;
}

/* What a table is made of, in the order of its columns in memory. */
typedef struct wording {
    const char *path;
    qf_nc_variable dimension;
    struct {
        const char *name, *long_name;
    } text[TEXTS], count[2], flag;
} wording;

static const wording transitions = {
    .path = "machines/transitions",
    .dimension = {.name = "transition",
                  .units = "1",
                  .long_name = "number of the transition over all machines: the subject of events "
                               "150 and 151"},
    .text =
        {[MACHINE] = {"machine", "name of the state machine"},
         [FROM] = {"from", "state in which it may be taken"},
         [TO] = {"to", "state that it leads to, empty: the vehicle stays as it is"},
         [TRIGGER] = {"trigger", "its name for the event log, empty: none"},
         [CONDITION] = {"condition", "when it is taken"},
         [WITNESS] =
             {"witness",
              "quantity that the value of its events is: the first in the condition, empty: none"}},
    .count = {{"held", "evaluations of vehicles in that state in which the condition held"},
              {"taken", "of those, in which it was the first, and so was taken; 0 of silent ones"}},
    .flag = {"silent",
             "whether it changes and tells nothing, and only keeps others from being taken"},
};

static const wording machine_states = {
    .path = "machines/states",
    .dimension = {.name = "machine_state",
                  .units = "1",
                  .long_name = "number of the state over all machines"},
    .text = {[MACHINE] = {"machine", "name of the state machine"}, [STATE] = {"state", "its name"}},
    .count = {{"entered", "times that a vehicle came into it, those at the start among them"},
              {"evaluations", "evaluations of vehicles in it"}},
    .flag = {"terminal", "whether there is no way out of it"},
};

static qf_status write_table(qf_context *context, qf_nc *nc, const qf_fleet *fleet, const table *t,
                             const wording *words, hid_t texts)
{
    static const uint8_t no_yes[] = {0, 1};
    const hid_t group = qf_nc_group(nc, words->path);
    const hsize_t n = t->n;
    qf_nc_variable dimension = words->dimension;
    dimension.type = H5T_NATIVE_INT64;
    const hid_t scale = qf_nc_dimension(nc, group, &dimension, n, 0);
    qf_nc_write_numbers(nc, scale, n);
    const qf_nc_variable of_group = {"group", H5T_NATIVE_UINT32, "1",
                                     "group of the scenario whose machine it is", NULL};
    const hid_t groups = qf_nc_column(nc, group, scale, &of_group, n, t->group);
    for (size_t c = 0; c < TEXTS && words->text[c].name; c++) {
        const qf_nc_variable text = {words->text[c].name, texts, "1", words->text[c].long_name,
                                     NULL};
        qf_nc_column(nc, group, scale, &text, n, t->text[c]);
    }
    const qf_nc_variable flag = {words->flag.name, H5T_NATIVE_UINT8, "1", words->flag.long_name,
                                 NULL};
    const hid_t flags = qf_nc_column(nc, group, scale, &flag, n, t->flag);
    qf_nc_put_array(nc, flags, "flag_values", H5T_NATIVE_UINT8, 2, no_yes);
    qf_nc_put_text(nc, flags, "flag_meanings", "no yes");
    for (size_t c = 0; c < 2; c++) {
        const qf_nc_variable count = {words->count[c].name, H5T_NATIVE_INT64, "1",
                                      words->count[c].long_name, NULL};
        qf_nc_column(nc, group, scale, &count, n, t->count[c]);
    }
    return qf_group_flags_put(context, nc, fleet, groups, H5T_NATIVE_UINT32);
}

static qf_status write_rows(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                            const qf_coverage *coverage, bool states, hid_t texts)
{
    const size_t n = n_rows(coverage, states);
    if (n == 0) {
        return QF_OK;
    }
    table t;
    qf_status status;
    if (allocate(&t, n)) {
        (states ? gather_states : gather_transitions)(fleet, coverage, &t);
        status =
            write_table(context, nc, fleet, &t, states ? &machine_states : &transitions, texts);
    } else {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory to write what machines did");
    }
    release(&t);
    return status;
}

static void write_messages(qf_nc *nc, const qf_coverage *coverage, hid_t texts)
{
    const hsize_t n = coverage->n_log_texts;
    const hid_t group = qf_nc_group(nc, "machines/messages");
    const qf_nc_variable dimension = {"message", H5T_NATIVE_INT64, "1",
                                      "number of the text: the subject of events 160", NULL};
    const qf_nc_variable text = {"text", texts, "1", "what is logged", NULL};
    const hid_t scale = qf_nc_dimension(nc, group, &dimension, n, 0);
    qf_nc_write_numbers(nc, scale, n);
    qf_nc_column(nc, group, scale, &text, n, coverage->log_texts);
}

qf_status qf_machines_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                            const qf_coverage *coverage)
{
    if (coverage->n == 0) {
        return QF_OK;
    }
    const hid_t texts = qf_nc_string_type(nc);
    (void)qf_nc_group(nc, "machines");
    qf_status status = write_rows(context, nc, fleet, coverage, false, texts);
    if (status == QF_OK) {
        status = write_rows(context, nc, fleet, coverage, true, texts);
    }
    if (status == QF_OK && coverage->n_log_texts > 0) {
        write_messages(nc, coverage, texts);
    }
    qf_nc_close_type(nc, texts);
    return status;
}
