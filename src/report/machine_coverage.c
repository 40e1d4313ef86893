/* SPDX-License-Identifier: Apache-2.0 */
#include "machine_coverage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"

/* A table of the file as it is there, column by column. */
enum { TEXTS = 5, COUNTS = 2 };

typedef struct table {
    size_t n;
    int64_t *group;
    const char **text[TEXTS];
    int64_t *flag;
    int64_t *count[COUNTS];
    qf_nc_flags groups;
} table;

typedef struct wording {
    const char *path;
    const char *text[TEXTS], *flag, *count[COUNTS];
} wording;

enum { MACHINE, FROM, TO, TRIGGER, CONDITION };
enum { STATE = FROM };

static const wording of_transitions = {"machines/transitions",
                                       {"machine", "from", "to", "trigger", "condition"},
                                       "silent",
                                       {"held", "taken"}};
static const wording of_states = {
    "machines/states", {"machine", "state"}, "terminal", {"entered", "evaluations"}};

/* A block of a machine: rows [begin, end) of either table. */
typedef struct block {
    size_t begin, end;
} block;

typedef struct reading {
    qf_context *context;
    const char *path;
    qf_arena *arena;
    table states, transitions;
} reading;

static qf_status fail(const reading *r, const char *what)
{
    return qf_fail(r->context, QF_ERROR_READ, "%s: %s", r->path, what);
}

static qf_status no_memory(const reading *r)
{
    return qf_fail(r->context, QF_ERROR_MEMORY, "no memory for the state machines of %s", r->path);
}

static hid_t open_column(hid_t group, const char *name)
{
    return H5Lexists(group, name, H5P_DEFAULT) > 0 ? H5Dopen2(group, name, H5P_DEFAULT)
                                                   : H5I_INVALID_HID;
}

static bool read_numbers(hid_t group, const char *name, size_t n, int64_t *values)
{
    const hid_t variable = open_column(group, name);
    const bool good = variable >= 0 && qf_nc_length(variable) == n &&
                      qf_nc_read(variable, H5T_NATIVE_INT64, 0, n, values);
    qf_nc_close_id(variable);
    return good;
}

static bool read_texts(qf_arena *arena, hid_t group, const char *name, size_t n, const char **texts)
{
    const hid_t variable = open_column(group, name);
    char **read = calloc(n + 1, sizeof *read);
    bool good = read && variable >= 0 && qf_nc_length(variable) == n &&
                qf_nc_read_texts(variable, 0, n, read);
    for (size_t i = 0; good && i < n; i++) {
        texts[i] = read[i] ? qf_arena_text(arena, read[i], strlen(read[i])) : "";
        good = texts[i];
    }
    if (read) {
        qf_nc_free_texts(read, n);
    }
    free(read);
    qf_nc_close_id(variable);
    return good;
}

static bool allocate(qf_arena *arena, table *t, size_t n)
{
    *t = (table){.n = n,
                 .group = qf_arena_array(arena, n + 1, sizeof(int64_t)),
                 .flag = qf_arena_array(arena, n + 1, sizeof(int64_t))};
    bool good = t->group && t->flag;
    for (size_t c = 0; c < TEXTS; c++) {
        t->text[c] = qf_arena_array(arena, n + 1, sizeof *t->text[c]);
        good = good && t->text[c];
    }
    for (size_t c = 0; c < COUNTS; c++) {
        t->count[c] = qf_arena_array(arena, n + 1, sizeof(int64_t));
        good = good && t->count[c];
    }
    return good;
}

static bool read_columns(const reading *r, hid_t group, const wording *words, table *t)
{
    const hid_t groups = open_column(group, "group");
    const bool named = groups >= 0 && qf_nc_get_flags(groups, &t->groups);
    qf_nc_close_id(groups);
    bool good = named && read_numbers(group, "group", t->n, t->group) &&
                read_numbers(group, words->flag, t->n, t->flag);
    for (size_t c = 0; c < TEXTS && words->text[c]; c++) {
        good = good && read_texts(r->arena, group, words->text[c], t->n, t->text[c]);
    }
    for (size_t c = 0; c < COUNTS; c++) {
        good = good && read_numbers(group, words->count[c], t->n, t->count[c]);
    }
    return good;
}

/* a table that is not there has no rows */
static qf_status read_table(reading *r, hid_t file, const wording *words, table *t)
{
    *t = (table){0};
    if (H5Lexists(file, "machines", H5P_DEFAULT) <= 0 ||
        H5Lexists(file, words->path, H5P_DEFAULT) <= 0) {
        return QF_OK;
    }
    const hid_t group = H5Gopen2(file, words->path, H5P_DEFAULT);
    const hid_t first = group >= 0 ? open_column(group, "machine") : H5I_INVALID_HID;
    const size_t n = first >= 0 ? qf_nc_length(first) : 0;
    qf_nc_close_id(first);
    qf_status status = allocate(r->arena, t, n) ? QF_OK : no_memory(r);
    if (status == QF_OK && !(group >= 0 && read_columns(r, group, words, t))) {
        status = qf_fail(r->context, QF_ERROR_READ, "%s: /%s cannot be read", r->path, words->path);
    }
    if (group >= 0) {
        H5Gclose(group);
    }
    return status;
}

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* rows of the machine that row `begin` is of; an empty block at `begin` where the row is of another one */
static block block_at(const table *t, size_t begin, int64_t group, const char *machine)
{
    size_t end = begin;
    while (end < t->n && t->group[end] == group && same(t->text[MACHINE][end], machine)) {
        end++;
    }
    return (block){begin, end};
}

static const char *name_of_group(const reading *r, int64_t group)
{
    const qf_nc_flags *flags = &r->states.groups;
    for (size_t i = 0; i < flags->n; i++) {
        if (flags->values[i] == group) {
            return qf_arena_text(r->arena, flags->meanings[i], strlen(flags->meanings[i]));
        }
    }
    return qf_arena_format(r->arena, "group %" PRId64, group);
}

static bool is_same_machine(const reading *r, const qf_covered_machine *m, block states, block rows)
{
    if (!same(m->name, r->states.text[MACHINE][states.begin]) ||
        m->n_states != states.end - states.begin || m->n_transitions != rows.end - rows.begin) {
        return false;
    }
    bool equal = true;
    for (size_t i = 0; i < m->n_states && equal; i++) {
        equal = same(m->states[i].name, r->states.text[STATE][states.begin + i]) &&
                m->states[i].terminal == (r->states.flag[states.begin + i] != 0);
    }
    for (size_t i = 0; i < m->n_transitions && equal; i++) {
        const qf_covered_transition *t = &m->transitions[i];
        const size_t row = rows.begin + i;
        const char *to = r->transitions.text[TO][row];
        equal = same(m->states[t->from].name, r->transitions.text[FROM][row]) &&
                same(t->stays ? "" : m->states[t->to].name, to) &&
                same(t->trigger, r->transitions.text[TRIGGER][row]) &&
                same(t->condition, r->transitions.text[CONDITION][row]) &&
                t->silent == (r->transitions.flag[row] != 0);
    }
    return equal;
}

static size_t state_of(const qf_covered_machine *m, const char *name)
{
    size_t s = 0;
    while (s < m->n_states && !same(m->states[s].name, name)) {
        s++;
    }
    return s;
}

static bool allocate_count(qf_arena *arena, qf_count_of *count, size_t n_groups)
{
    count->by_group = qf_arena_array(arena, n_groups, sizeof *count->by_group);
    return count->by_group;
}

static bool allocate_counts(qf_arena *arena, qf_covered_machine *m, size_t most_groups)
{
    bool good = true;
    for (size_t i = 0; i < m->n_states; i++) {
        good = good && allocate_count(arena, &m->states[i].entered, most_groups) &&
               allocate_count(arena, &m->states[i].evaluations, most_groups) &&
               allocate_count(arena, &m->states[i].started, most_groups);
    }
    for (size_t i = 0; i < m->n_transitions; i++) {
        good = good && allocate_count(arena, &m->transitions[i].held, most_groups) &&
               allocate_count(arena, &m->transitions[i].taken, most_groups);
    }
    return good;
}

/* a machine as the file has it of the first of its groups, without counts */
static qf_status begin_machine(const reading *r, block states, block rows, qf_covered_machine *m)
{
    qf_arena *arena = r->arena;
    const size_t most_groups = r->states.groups.n + 1;
    *m = (qf_covered_machine){.name = r->states.text[MACHINE][states.begin],
                              .n_states = states.end - states.begin,
                              .n_transitions = rows.end - rows.begin};
    m->groups = qf_arena_array(arena, most_groups, sizeof *m->groups);
    m->states = qf_arena_array(arena, m->n_states, sizeof *m->states);
    m->transitions = qf_arena_array(arena, m->n_transitions + 1, sizeof *m->transitions);
    if (!m->groups || !m->states || !m->transitions || !allocate_counts(arena, m, most_groups)) {
        return no_memory(r);
    }
    for (size_t i = 0; i < m->n_states; i++) {
        m->states[i].name = r->states.text[STATE][states.begin + i];
        m->states[i].terminal = r->states.flag[states.begin + i] != 0;
    }
    for (size_t i = 0; i < m->n_transitions; i++) {
        qf_covered_transition *t = &m->transitions[i];
        const size_t row = rows.begin + i;
        const char *to = r->transitions.text[TO][row];
        t->from = state_of(m, r->transitions.text[FROM][row]);
        t->stays = *to == '\0';
        t->to = t->stays ? t->from : state_of(m, to);
        t->silent = r->transitions.flag[row] != 0;
        t->trigger = r->transitions.text[TRIGGER][row];
        t->condition = r->transitions.text[CONDITION][row];
        t->arrow = QF_NO_ARROW;
        if (t->from == m->n_states || t->to == m->n_states) {
            return fail(r, "a transition of /machines/transitions is of a state that "
                           "/machines/states does not have");
        }
    }
    return QF_OK;
}

static void count(qf_count_of *c, size_t group, int64_t n)
{
    c->by_group[group] += n;
    c->all += n;
}

static qf_status add_group(const reading *r, block states, block rows, qf_covered_machine *m)
{
    const size_t g = m->n_groups;
    if (g > r->states.groups.n) {
        return fail(r, "/machines/states has a machine of a group twice");
    }
    m->groups[g] = name_of_group(r, r->states.group[states.begin]);
    if (!m->groups[g]) {
        return no_memory(r);
    }
    m->n_groups++;
    for (size_t i = 0; i < m->n_states; i++) {
        count(&m->states[i].entered, g, r->states.count[0][states.begin + i]);
        count(&m->states[i].evaluations, g, r->states.count[1][states.begin + i]);
        count(&m->states[i].started, g, r->states.count[0][states.begin + i]);
    }
    for (size_t i = 0; i < m->n_transitions; i++) {
        qf_covered_transition *t = &m->transitions[i];
        count(&t->held, g, r->transitions.count[0][rows.begin + i]);
        count(&t->taken, g, r->transitions.count[1][rows.begin + i]);
        if (!t->stays) {
            count(&m->states[t->to].started, g, -r->transitions.count[1][rows.begin + i]);
        }
    }
    return QF_OK;
}

static qf_status gather(const reading *r, qf_covered_machine *machines, size_t *n)
{
    size_t row = 0;
    qf_status status = QF_OK;
    for (size_t i = 0; i < r->states.n && status == QF_OK;) {
        const char *name = r->states.text[MACHINE][i];
        const block states = block_at(&r->states, i, r->states.group[i], name);
        const block rows = block_at(&r->transitions, row, r->states.group[i], name);
        size_t m = 0;
        while (m < *n && !is_same_machine(r, &machines[m], states, rows)) {
            m++;
        }
        if (m == *n) {
            status = begin_machine(r, states, rows, &machines[m]);
            (*n)++;
        }
        if (status == QF_OK) {
            status = add_group(r, states, rows, &machines[m]);
        }
        i = states.end;
        row = rows.end;
    }
    if (status == QF_OK && row != r->transitions.n) {
        status = fail(r, "/machines/transitions has a machine that /machines/states does not have");
    }
    return status;
}

qf_status qf_machine_coverage_read(qf_context *context, hid_t file, const char *path,
                                   qf_arena *arena, qf_covered_machine **machines, size_t *n)
{
    reading r = {.context = context, .path = path, .arena = arena};
    *n = 0;
    qf_status status = read_table(&r, file, &of_states, &r.states);
    if (status == QF_OK) {
        status = read_table(&r, file, &of_transitions, &r.transitions);
    }
    if (status == QF_OK) {
        *machines = qf_arena_array(arena, r.states.n + 1, sizeof **machines);
        status = *machines ? gather(&r, *machines, n) : no_memory(&r);
    }
    for (size_t m = 0; m < *n && status == QF_OK; m++) {
        status = qf_machine_arrows_find(arena, &(*machines)[m]) ? QF_OK : no_memory(&r);
    }
    qf_nc_free_flags(&r.states.groups);
    qf_nc_free_flags(&r.transitions.groups);
    return status;
}
