/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_ARCHIVE_STAND_H
#define QF_TEST_ARCHIVE_STAND_H

/*
 * Runs that are stopped, saved, loaded elsewhere and gone on with, and an account of all that a run comes to: what it
 * handed out, piece by piece, and what it is at its end.
 */
#include "behavior.h"
#include "group.h"
#include "machine_build.h"
#include "scenario_fixture.h"
#include "simulation.h"
#include "tracking.h"

typedef struct growing {
    char *bytes;
    size_t n, capacity;
    size_t at; /* read so far */
} growing;

static inline void put_bytes(growing *to, const void *bytes, size_t n)
{
    if (to->n + n > to->capacity) {
        to->capacity = 2 * (to->n + n);
        to->bytes = realloc(to->bytes, to->capacity);
        assert_non_null(to->bytes);
    }
    if (n > 0) {
        memcpy(to->bytes + to->n, bytes, n);
    }
    to->n += n;
}

static inline qf_status write_memory(void *user, qf_context *context, void *bytes, size_t n)
{
    (void)context;
    put_bytes(user, bytes, n);
    return QF_OK;
}

static inline qf_status read_memory(void *user, qf_context *context, void *bytes, size_t n)
{
    growing *from = user;
    if (n > from->n - from->at) {
        return qf_fail(context, QF_ERROR_READ, "the archive ends");
    }
    memcpy(bytes, from->bytes + from->at, n);
    from->at += n;
    return QF_OK;
}

static inline qf_archive saving(qf_context *context, growing *to)
{
    return (qf_archive){.context = context, .move = write_memory, .user = to};
}

static inline qf_archive loading(qf_context *context, growing *from)
{
    from->at = 0;
    return (qf_archive){.context = context, .loads = true, .move = read_memory, .user = from};
}

/* ---- what a run comes to ---- */

typedef enum section {
    /* handed out by every advance */
    EVENTS,
    DETECTIONS,
    TRACKS,
    PICTURES,
    STREAMS,
    /* at the end */
    TIME_AND_SCRIPTS = STREAMS,
    COLUMNS,
    HASHES,
    QUARANTINED,
    COUNTS,
    COVERAGE,
    QUALITY,
    SECTIONS
} section;

static const char *const section_names[SECTIONS] = {
    "events", "detections",  "tracks", "pictures", "time and scripts", "columns",
    "a hash", "quarantined", "counts", "coverage", "quality"};

typedef struct account {
    growing of[SECTIONS];
} account;

static inline void free_account(account *a)
{
    for (int s = 0; s < SECTIONS; s++) {
        free(a->of[s].bytes);
    }
    *a = (account){0};
}

typedef struct course {
    qf_context context;
    qf_fleet fleet;
    qf_simulation *simulation;
} course;

static qf_ranks *course_ranks; /* of all runs; NULL: this process is alone */

static inline void begin_course(course *c, const qf_scenario *scenario, int n_threads,
                                const char *isa)
{
    *c = (course){.context = qf_context_default()};
    c->context.n_threads = n_threads;
    c->context.ranks = course_ranks;
    assert_int_equal(qf_fleet_create(&c->context, scenario, &c->fleet), QF_OK);
    const qf_simulation_options options = {.kernels = isa ? qf_kernels_for(isa) : NULL,
                                           .keep_events = true};
    assert_int_equal(qf_simulation_create(&c->context, &c->fleet, &options, &c->simulation), QF_OK);
}

static inline void end_course(course *c)
{
    qf_simulation_free(c->simulation);
    qf_fleet_free(&c->fleet);
}

static inline void add_rows(growing *to, const qf_table_layout *layout, const void *table)
{
    for (size_t row = 0; row < qf_table_rows(table); row++) {
        for (size_t k = 0; k < layout->n_columns; k++) {
            const qf_table_column *column = &layout->columns[k];
            const char *elements = qf_table_elements(table, column->offset);
            put_bytes(to, elements + row * column->size, column->size);
        }
    }
}

static inline void add_events(growing *to, const qf_simulation *simulation)
{
    size_t n;
    const qf_event *events = qf_simulation_events(simulation, &n);
    for (size_t i = 0; i < n; i++) {
        const qf_event *e = &events[i];
        const int64_t words[] = {e->tick,    e->cause,    e->world,   e->entity,
                                 e->subject, e->track,    e->code,    e->severity,
                                 e->moment,  e->sequence, e->machine, e->n_because};
        put_bytes(to, words, sizeof words);
        put_bytes(to, &e->value, sizeof e->value);
    }
}

static inline void advance_course(course *c, int64_t until_tick, account *a)
{
    assert_int_equal(qf_simulation_advance(&c->context, c->simulation, until_tick, NULL, 0), QF_OK);
    const qf_sightings *seen = qf_simulation_sightings(c->simulation);
    add_events(&a->of[EVENTS], c->simulation);
    add_rows(&a->of[DETECTIONS], &qf_detection_layout, &seen->recorded);
    add_rows(&a->of[TRACKS], &qf_track_sample_layout, &seen->tracks);
    add_rows(&a->of[PICTURES], &qf_picture_sample_layout, &seen->pictures);
}

static inline void add_coverage(growing *to, const qf_simulation *simulation)
{
    qf_coverage coverage;
    qf_simulation_coverage(simulation, &coverage);
    for (size_t m = 0; m < coverage.n; m++) {
        const qf_coverage_machine *machine = &coverage.machines[m];
        const qf_state_machine *built = &machine->built->machine;
        put_bytes(to, machine->in_state, built->n_states * sizeof *machine->in_state);
        put_bytes(to, machine->entered, built->n_states * sizeof *machine->entered);
        put_bytes(to, machine->rows, built->n_rows * sizeof *machine->rows);
    }
}

static inline void add_quality(growing *to, const course *c)
{
    const qf_sightings *seen = qf_simulation_sightings(c->simulation);
    const int64_t counts[] = {seen->n_detections, seen->n_false_alarms, seen->n_dropped,
                              seen->tracking != NULL};
    put_bytes(to, counts, sizeof counts);
    if (seen->tracking) {
        qf_tracking_metrics *rows = calloc(c->fleet.scenario->n_groups + 1, sizeof *rows);
        assert_non_null(rows);
        const qf_context alone = qf_context_default();
        const size_t n = qf_tracking_quality(&alone, seen->tracking, rows);
        for (size_t i = 0; i < n; i++) {
            put_bytes(to, &rows[i].group, sizeof rows[i].group);
            put_bytes(to, &rows[i].frames, sizeof rows[i] - offsetof(qf_tracking_metrics, frames));
        }
        free(rows);
    }
}

static inline void close_account(course *c, account *a)
{
    const qf_fleet *fleet = &c->fleet;
    put_bytes(&a->of[TIME_AND_SCRIPTS], &fleet->tick, sizeof fleet->tick);
    put_bytes(&a->of[TIME_AND_SCRIPTS], &fleet->clock_s, sizeof fleet->clock_s);
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        put_bytes(&a->of[TIME_AND_SCRIPTS], &fleet->groups[g].next_command, sizeof(size_t));
    }
    for (size_t k = 0; k < fleet->catalog.n_columns; k++) {
        put_bytes(&a->of[COLUMNS], (const uint64_t *)fleet->column[k] + fleet->own.slot_begin,
                  (fleet->own.slot_end - fleet->own.slot_begin) * sizeof(uint64_t));
    }
    uint64_t *hashes = calloc(fleet->scenario->n_worlds, sizeof *hashes);
    assert_non_null(hashes);
    assert_int_equal(qf_fleet_world_hashes(&c->context, fleet, hashes), QF_OK);
    put_bytes(&a->of[HASHES], hashes, fleet->scenario->n_worlds * sizeof *hashes);
    free(hashes);
    size_t n;
    const qf_quarantine *quarantined = qf_simulation_quarantined(c->simulation, &n);
    put_bytes(&a->of[QUARANTINED], quarantined, n * sizeof *quarantined);
    for (int code = 0; code < QF_EVENT_CODES; code++) {
        const int64_t count = qf_simulation_event_count(c->simulation, (qf_event_code)code);
        put_bytes(&a->of[COUNTS], &count, sizeof count);
    }
    add_coverage(&a->of[COVERAGE], c->simulation);
    add_quality(&a->of[QUALITY], c);
}

/* the field that has that word of all columns of own vehicles */
static inline const char *field_at(const qf_fleet *fleet, size_t word)
{
    const size_t column = word / (fleet->own.slot_end - fleet->own.slot_begin);
    size_t field = 0;
    while (field + 1 < QF_FIELD_COUNT &&
           column >= fleet->catalog.first_column[field] + fleet->catalog.n_columns_of[field]) {
        field++;
    }
    return qf_field_table[field].name;
}

static inline void assert_same_account(const qf_fleet *fleet, const account *found,
                                       const account *expected, const char *what)
{
    for (int s = 0; s < SECTIONS; s++) {
        const growing *f = &found->of[s];
        const growing *e = &expected->of[s];
        const size_t n = f->n < e->n ? f->n : e->n;
        size_t same = 0;
        while (same < n && f->bytes[same] == e->bytes[same]) {
            same++;
        }
        if (f->n != e->n || same < n) {
            fail_msg("%s: %s differ: %zu bytes, expected %zu, the same up to byte %zu%s%s", what,
                     section_names[s], f->n, e->n, same, s == COLUMNS ? ", which is of " : "",
                     s == COLUMNS ? field_at(fleet, same / sizeof(uint64_t)) : "");
        }
    }
}

static inline void save_course(course *c, growing *to)
{
    qf_archive archive = saving(&c->context, to);
    qf_simulation_archive(c->simulation, &archive);
    assert_int_equal(archive.status, QF_OK);
}

static inline void load_course(course *c, growing *from)
{
    qf_archive archive = loading(&c->context, from);
    qf_simulation_archive(c->simulation, &archive);
    if (archive.status != QF_OK) {
        fail_msg("not loaded: %s", c->context.error);
    }
    assert_int_equal(from->at, from->n);
}

#endif
