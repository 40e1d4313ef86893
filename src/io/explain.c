/* SPDX-License-Identifier: Apache-2.0 */
#include "explain_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "results_open.h"

enum {
    SLICE = 1 << 16, /* events */
    NAMES = 1 << 10,
    LONGEST_NAME = 256, /* that one like it is looked for */
};

static qf_status unreadable(explanation *e, const char *what)
{
    return qf_fail(e->context, QF_ERROR_READ, "%s: %s cannot be read", e->path, what);
}

static qf_status no_memory(explanation *e)
{
    return qf_fail(e->context, QF_ERROR_MEMORY, "no memory to explain %s", e->path);
}

/* Number of the vehicle of that name, `n`: there is none. False: unreadable. */
static bool find_name(hid_t names, const char *name, uint64_t n, uint64_t *found)
{
    char **texts = calloc(NAMES, sizeof *texts);
    bool good = texts != NULL;
    *found = n;
    for (uint64_t begin = 0; good && *found == n && begin < n; begin += NAMES) {
        const uint64_t count = n - begin < NAMES ? n - begin : NAMES;
        good = qf_nc_read_texts(names, begin, count, texts);
        for (uint64_t i = 0; good && i < count; i++) {
            if (*found == n && texts[i] && strcmp(texts[i], name) == 0) {
                *found = begin + i;
            }
        }
        qf_nc_free_texts(texts, count);
    }
    free(texts);
    return good;
}

/* In files of several worlds names begin with the world's: 0 is as good an example as any. */
static qf_status no_such_name(explanation *e, hid_t names, uint64_t n)
{
    char other[LONGEST_NAME];
    const int length = snprintf(other, sizeof other, "w0/%s", e->options->entity);
    uint64_t found = n;
    const bool near = length < LONGEST_NAME && find_name(names, other, n, &found) && found < n;
    return qf_fail(e->context, QF_ERROR_USAGE, "%s: there is no vehicle '%s' (%s%s%s)", e->path,
                   e->options->entity, near ? "did you mean '" : "/entities/name has the names",
                   near ? other : "", near ? "'?" : "");
}

static qf_status find_entity(explanation *e)
{
    const char *asked = e->options->entity;
    const hid_t names = H5Dopen2(e->file, "entities/name", H5P_DEFAULT);
    const uint64_t n = qf_nc_length(names);
    const bool is_number = *asked && strspn(asked, "0123456789") == strlen(asked);
    uint64_t found = n;
    qf_status status = QF_OK;
    if (is_number) {
        found = strtoull(asked, NULL, 10);
    } else if (!find_name(names, asked, n, &found)) {
        status = unreadable(e, "/entities");
    }
    if (status == QF_OK && found >= n) {
        status = is_number
                     ? qf_fail(e->context, QF_ERROR_USAGE,
                               "%s: there is no vehicle %s: it has %" PRIu64 ", counted from 0",
                               e->path, asked, n)
                     : no_such_name(e, names, n);
    }
    e->entity = (int64_t)found;
    e->name = status == QF_OK ? qf_nc_read_text(names, found) : NULL;
    if (status == QF_OK && !e->name) {
        status = unreadable(e, "/entities");
    }
    qf_nc_close_id(names);
    return status;
}

/* The last value of a column of ticks, -1: none. */
static int64_t last_tick(hid_t file, const char *path)
{
    const hid_t ticks = H5Dopen2(file, path, H5P_DEFAULT);
    const hsize_t n = qf_nc_length(ticks);
    int64_t tick = -1;
    if (n > 0) {
        (void)qf_nc_read(ticks, H5T_NATIVE_INT64, n - 1, 1, &tick);
    }
    qf_nc_close_id(ticks);
    return tick;
}

/* A whole file tells of the whole run, another one of as much as is in it. */
static qf_status settle_time(explanation *e)
{
    int64_t end = -1;
    char *state = qf_nc_get_text(e->file, "status");
    const bool complete = state && strcmp(state, "complete") == 0;
    free(state);
    if (!qf_nc_get_number(e->file, "dt_s", H5T_NATIVE_DOUBLE, &e->dt_s) || !(e->dt_s > 0.0) ||
        (complete && !qf_nc_get_number(e->file, "n_ticks", H5T_NATIVE_INT64, &end))) {
        return unreadable(e, "the length of the run");
    }
    static const char *const series[] = {"state/tick", "events/tick", "hashes/tick"};
    for (size_t i = 0; i < sizeof series / sizeof *series && !complete; i++) {
        const int64_t tick = last_tick(e->file, series[i]);
        end = tick > end ? tick : end;
    }
    e->end_s = (double)(end > 0 ? end : 0) * e->dt_s;
    e->time_s = e->options->has_time ? e->options->time_s : e->end_s;
    /* a time that is written in decimal means the tick next to it */
    const double slack = 1e-6 * e->dt_s;
    if (e->time_s < 0.0 || e->time_s > e->end_s + slack) {
        return qf_fail(e->context, QF_ERROR_USAGE,
                       "%s: --at %g is outside of what it tells of: 0 to %.15g s%s", e->path,
                       e->time_s, e->end_s, complete ? "" : "; it is not complete");
    }
    e->end_tick = (int64_t)floor((e->time_s + slack) / e->dt_s);
    return QF_OK;
}

/* Columns of a slice of /events. */
typedef struct slice {
    int64_t entity[SLICE], tick[SLICE], cause[SLICE];
    double time_s[SLICE], value[SLICE];
    int32_t subject[SLICE], track[SLICE];
    uint16_t code[SLICE];
    uint8_t severity[SLICE];
} slice;

static bool read_column(const explanation *e, const char *name, hid_t type, uint64_t begin,
                        size_t n, void *values)
{
    char path[QF_NC_NAME_BYTES];
    snprintf(path, sizeof path, "events/%s", name);
    const hid_t column = H5Dopen2(e->file, path, H5P_DEFAULT);
    const bool good = qf_nc_read(column, type, begin, n, values);
    qf_nc_close_id(column);
    return good;
}

static bool keep(explanation *e, const slice *s, size_t i, uint64_t index)
{
    if (e->n == e->capacity) {
        const size_t capacity = e->capacity ? 2 * e->capacity : 256;
        qf_told_event *grown = realloc(e->events, capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        e->events = grown;
        e->capacity = capacity;
    }
    e->events[e->n++] = (qf_told_event){.index = (int64_t)index,
                                        .tick = s->tick[i],
                                        .cause = s->cause[i],
                                        .time_s = s->time_s[i],
                                        .value = s->value[i],
                                        .subject = s->subject[i],
                                        .track = s->track[i],
                                        .code = s->code[i],
                                        .severity = s->severity[i]};
    return true;
}

/* The vehicle's events of one slice; *last: there is nothing more to look at. */
static qf_status gather_slice(explanation *e, slice *s, uint64_t begin, size_t n, bool *last)
{
    bool good = read_column(e, "entity", H5T_NATIVE_INT64, begin, n, s->entity) &&
                read_column(e, "tick", H5T_NATIVE_INT64, begin, n, s->tick);
    size_t end = 0;
    bool any = false;
    while (good && end < n && s->tick[end] <= e->end_tick) {
        any = any || s->entity[end] == e->entity;
        end++;
    }
    *last = end < n;
    if (good && any) {
        good = read_column(e, "cause", H5T_NATIVE_INT64, begin, n, s->cause) &&
               read_column(e, "time_s", H5T_NATIVE_DOUBLE, begin, n, s->time_s) &&
               read_column(e, "value", H5T_NATIVE_DOUBLE, begin, n, s->value) &&
               read_column(e, "subject", H5T_NATIVE_INT32, begin, n, s->subject) &&
               read_column(e, "track", H5T_NATIVE_INT32, begin, n, s->track) &&
               read_column(e, "code", H5T_NATIVE_UINT16, begin, n, s->code) &&
               read_column(e, "severity", H5T_NATIVE_UINT8, begin, n, s->severity);
    }
    if (!good) {
        return unreadable(e, "/events");
    }
    for (size_t i = 0; any && i < end; i++) {
        if (s->entity[i] == e->entity && !keep(e, s, i, begin + i)) {
            return no_memory(e);
        }
    }
    return QF_OK;
}

/* columns of a file that is being written, or was killed, may be unequally long: to the shortest */
static uint64_t count_events(hid_t file)
{
    static const char *const names[] = {"entity",  "tick",  "cause", "time_s",  "value",
                                        "subject", "track", "code",  "severity"};
    uint64_t n = UINT64_MAX;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[QF_NC_NAME_BYTES];
        snprintf(path, sizeof path, "events/%s", names[i]);
        const hid_t column = H5Dopen2(file, path, H5P_DEFAULT);
        const uint64_t length = qf_nc_length(column);
        n = length < n ? length : n;
        qf_nc_close_id(column);
    }
    return n;
}

static qf_status gather(explanation *e)
{
    e->n_events = count_events(e->file);
    if (e->n_events == 0) {
        return qf_fail(e->context, QF_ERROR_READ,
                       "%s: has no events: its scenario does not record them, or it ended before "
                       "any was written",
                       e->path);
    }
    slice *s = malloc(sizeof *s);
    qf_status status = s ? QF_OK : no_memory(e);
    bool last = false;
    for (uint64_t begin = 0; status == QF_OK && !last && begin < e->n_events; begin += SLICE) {
        const uint64_t left = e->n_events - begin;
        status = gather_slice(e, s, begin, left < SLICE ? (size_t)left : SLICE, &last);
    }
    free(s);
    if (status == QF_OK && e->n == 0) {
        status = qf_fail(e->context, QF_ERROR_READ,
                         "%s: has no event of vehicle %" PRId64 " '%s' up to %.15g s", e->path,
                         e->entity, e->name, e->time_s);
    }
    return status;
}

/* Place of an event by its number in the file; n: it is none of the vehicle's. */
static size_t place_of(const explanation *e, int64_t index)
{
    size_t low = 0;
    size_t high = e->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (e->events[middle].index < index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < e->n && e->events[low].index == index ? low : e->n;
}

/* Names of machines by row of /machines/transitions; none where the file has no such table. */
static qf_status read_machines(explanation *e)
{
    const bool known = H5Lexists(e->file, "machines", H5P_DEFAULT) > 0 &&
                       H5Lexists(e->file, "machines/transitions", H5P_DEFAULT) > 0;
    const hid_t names =
        known ? H5Dopen2(e->file, "machines/transitions/machine", H5P_DEFAULT) : H5I_INVALID_HID;
    const hsize_t n = known ? qf_nc_length(names) : 0;
    qf_status status = QF_OK;
    if (n > 0) {
        e->machines = calloc(n, sizeof *e->machines);
        e->n_rows = e->machines ? n : 0;
        status = !e->machines ? no_memory(e)
                 : qf_nc_read_texts(names, 0, n, e->machines)
                     ? QF_OK
                     : unreadable(e, "/machines/transitions");
    }
    qf_nc_close_id(names);
    return status;
}

static qf_status check_machine(const explanation *e)
{
    const char *asked = e->options->machine;
    bool found = !asked;
    for (size_t r = 0; r < e->n_rows && !found; r++) {
        found = e->machines[r] && strcmp(e->machines[r], asked) == 0;
    }
    return found ? QF_OK
                 : qf_fail(e->context, QF_ERROR_USAGE,
                           "%s: there is no machine '%s' (/machines/transitions has the names)",
                           e->path, asked);
}

const char *qf_explain_machine(const explanation *e, size_t event)
{
    const qf_told_event *told = &e->events[event];
    const bool is_known = (told->code == QF_EVENT_TRANSITION || told->code == QF_EVENT_TRIGGER) &&
                          told->subject >= 0 && (size_t)told->subject < e->n_rows;
    return is_known ? e->machines[told->subject] : NULL;
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The last transition of each machine, or of the one that is asked for; else the last event. */
static qf_status find_targets(explanation *e)
{
    size_t n = 0;
    size_t found[MOST_CHAINS];
    for (size_t i = e->n; i-- > 0 && n < MOST_CHAINS;) {
        const char *machine = qf_explain_machine(e, i);
        bool wanted =
            (e->events[i].code == QF_EVENT_TRANSITION || e->events[i].code == QF_EVENT_TRIGGER) &&
            (!e->options->machine || is_same(machine, e->options->machine));
        for (size_t k = 0; k < n; k++) {
            wanted = wanted && !is_same(machine, qf_explain_machine(e, found[k]));
        }
        if (wanted) {
            found[n++] = i;
        }
    }
    if (n == 0 && e->options->machine) {
        return qf_fail(e->context, QF_ERROR_READ,
                       "%s: machine '%s' of vehicle %" PRId64 " '%s' has no transition up to "
                       "%.15g s",
                       e->path, e->options->machine, e->entity, e->name, e->time_s);
    }
    if (n == 0) {
        found[n++] = e->n - 1;
    }
    for (size_t k = 0; k < n; k++) { /* the first one first */
        e->targets[k] = found[n - 1 - k];
    }
    e->n_targets = n;
    e->chain = calloc(e->n, sizeof *e->chain);
    e->depth = calloc(e->n, sizeof *e->depth);
    e->printed = calloc(e->n, sizeof *e->printed);
    return e->chain && e->depth && e->printed ? QF_OK : no_memory(e);
}

void qf_explain_follow(explanation *e, size_t target)
{
    e->n_chain = 0;
    memset(e->depth, 0, e->n * sizeof *e->depth);
    for (size_t at = target; at < e->n;) {
        e->chain[e->n_chain++] = at;
        const size_t cause = place_of(e, e->events[at].cause);
        at = cause < at ? cause : e->n; /* causes come first; else the file is damaged */
    }
    for (size_t i = 0; i < e->n_chain / 2; i++) {
        const size_t swapped = e->chain[i];
        e->chain[i] = e->chain[e->n_chain - 1 - i];
        e->chain[e->n_chain - 1 - i] = swapped;
    }
    for (size_t i = target + 1; i < e->n; i++) {
        const size_t cause = place_of(e, e->events[i].cause);
        if (cause == target) {
            e->depth[i] = 1;
        } else if (cause < i && e->depth[cause] > 0) {
            e->depth[i] = e->depth[cause] + 1;
        }
    }
}

static qf_status explain(explanation *e, FILE *out)
{
    qf_status status = find_entity(e);
    if (status == QF_OK) {
        status = settle_time(e);
    }
    if (status == QF_OK) {
        status = gather(e);
    }
    if (status == QF_OK) {
        status = read_machines(e);
    }
    if (status == QF_OK) {
        status = check_machine(e);
    }
    if (status == QF_OK) {
        status = find_targets(e);
    }
    if (status != QF_OK) {
        return status;
    }
    const hid_t groups = H5Dopen2(e->file, "entities/group", H5P_DEFAULT);
    e->group = -1;
    (void)qf_nc_read(groups, H5T_NATIVE_INT64, (hsize_t)e->entity, 1, &e->group);
    qf_nc_close_id(groups);
    const bool good = qf_event_words_open(e->file, &e->words) &&
                      (e->options->json ? qf_explain_json : qf_explain_text)(e, out);
    qf_event_words_close(&e->words);
    qf_text_free(&e->text);
    if (!good) {
        return no_memory(e);
    }
    return ferror(out)
               ? qf_fail(e->context, QF_ERROR_WRITE, "cannot print what explains %s", e->path)
               : QF_OK;
}

qf_status qf_explain(qf_context *context, const char *path, const qf_explain_options *options,
                     FILE *out)
{
    explanation e = {.context = context, .path = path, .options = options, .file = H5I_INVALID_HID};
    uint64_t bytes;
    qf_status status = qf_results_open(context, path, &e.file, &bytes);
    if (status == QF_OK) {
        status = explain(&e, out);
    }
    free(e.name);
    free(e.events);
    free(e.chain);
    free(e.depth);
    free(e.printed);
    qf_nc_free_texts(e.machines, e.n_rows);
    free(e.machines);
    qf_nc_close_id(e.file);
    return status;
}
