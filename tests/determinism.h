/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_DETERMINISM_H
#define QF_TEST_DETERMINISM_H

/*
 * Runs of a scenario in many ways, for the tests that want the same bits from all of them. A file of such tests has
 * its scenario and the file with the hash that every build must give in golden/.
 */
#include "group.h"
#include "program_fixture.h"
#include "record.h"
#include "scenario_reader.h"
#include "simulation.h"

/* the scenario that the present test is about */
static const char *scenario_file;
static const char *hash_file;

enum { FILE_WORLDS = 3, MOST_WORLDS = 64, N_TICKS = 130 };

typedef struct variant {
    const char *isa; /* NULL: the best */
    int n_threads;
    const char *worlds; /* NULL: the file's; or anything else that is set */
    int64_t stride;     /* ticks between calls, each with one frame at its end; 0: one call, none */
} variant;

typedef struct outcome {
    uint64_t world[MOST_WORLDS];
    size_t n_worlds;
    uint64_t all;
    uint64_t events;     /* of every event in order, when all were handed out */
    uint64_t detections; /* of every detection in order */
    size_t n_detections;
    uint64_t tracks;               /* of every sample of a track in order */
    uint64_t pictures;             /* likewise of fleet pictures */
    uint64_t records[N_TICKS + 1]; /* of the frame at that tick, 0 where there is none */
} outcome;

/* a run in parts */
typedef struct stand {
    qf_context context;
    qf_scenario scenario;
    qf_fleet fleet;
    qf_record_plan plan;
    qf_simulation *simulation;
    qf_frame frame;
} stand;

static void set_up_stand(stand *s, variant v)
{
    *s = (stand){.context = qf_context_default()};
    s->context.n_threads = v.n_threads;
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    if (qf_scenario_read(&s->context, scenario_file, &v.worlds, v.worlds ? 1 : 0, &diagnostics,
                         &s->scenario) != QF_OK) {
        qf_diagnostics_print(&diagnostics, stderr);
        fail_msg("the scenario does not load");
    }
    qf_diagnostics_free(&diagnostics);
    assert_int_equal(s->scenario.n_ticks, N_TICKS);
    assert_int_equal(qf_fleet_create(&s->context, &s->scenario, &s->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&s->context, &s->fleet, &s->plan), QF_OK);
    const qf_kernels *kernels = v.isa ? qf_kernels_for(v.isa) : NULL;
    assert_true(!v.isa || kernels);
    const qf_simulation_options options = {
        .kernels = kernels, .plan = &s->plan, .keep_events = true};
    assert_int_equal(qf_simulation_create(&s->context, &s->fleet, &options, &s->simulation), QF_OK);
    if (v.stride > 0) {
        s->frame.row = qf_arena_array(&s->fleet.arena, s->plan.n_quantities, sizeof(void *));
        for (size_t q = 0; q < s->plan.n_quantities; q++) {
            /* whole words of 8 bytes, the last of a row of flags filled up with zeros */
            s->frame.row[q] = qf_arena_array(&s->fleet.arena, s->fleet.n_vehicles, 8);
            assert_non_null(s->frame.row[q]);
        }
    }
}

static void tear_down_stand(stand *s)
{
    qf_simulation_free(s->simulation);
    qf_fleet_free(&s->fleet);
    qf_scenario_free(&s->scenario);
}

static uint64_t frame_hash(const stand *s)
{
    uint64_t hash = 0;
    for (size_t q = 0; q < s->plan.n_quantities; q++) {
        const size_t bytes = qf_type_bytes(s->plan.quantities[q]->type) * s->fleet.n_vehicles;
        const uint64_t pair[] = {hash, qf_combine_hashes(s->frame.row[q], (bytes + 7) / 8)};
        hash = qf_combine_hashes(pair, 2);
    }
    return hash;
}

static uint64_t add_events(const stand *s, uint64_t hash)
{
    size_t n;
    const qf_event *events = qf_simulation_events(s->simulation, &n);
    for (size_t i = 0; i < n; i++) {
        uint64_t words[] = {hash,
                            (uint64_t)events[i].tick,
                            0,
                            (uint64_t)events[i].world << 32 | events[i].entity,
                            (uint64_t)(uint32_t)events[i].subject << 32 |
                                (uint32_t)events[i].code << 8 | events[i].severity,
                            (uint64_t)events[i].track,
                            (uint64_t)events[i].cause};
        memcpy(&words[2], &events[i].value, sizeof words[2]);
        hash = qf_combine_hashes(words, COUNT(words));
    }
    return hash;
}

static void add_detections(const stand *s, outcome *o)
{
    const qf_detections *d = &qf_simulation_sightings(s->simulation)->recorded;
    for (size_t i = 0; i < d->n; i++) {
        const float measured[] = {d->range_m[i], d->bearing_deg[i], d->elev_deg[i],
                                  d->vr_mps[i],  d->snr_db[i],      d->rcs_dbsm[i]};
        uint64_t words[7] = {o->detections, (uint64_t)d->tick[i],
                             (uint64_t)(uint32_t)d->observer[i] << 32 | (uint32_t)d->target[i],
                             (uint64_t)(uint32_t)d->identity[i] << 32 | (uint64_t)d->band[i] << 8 |
                                 d->mode[i]};
        memcpy(&words[4], measured, sizeof measured);
        o->detections = qf_combine_hashes(words, COUNT(words));
    }
    o->n_detections += d->n;
}

static void add_samples(const stand *s, outcome *o)
{
    const qf_track_samples *t = &qf_simulation_sightings(s->simulation)->tracks;
    const qf_picture_samples *p = &qf_simulation_sightings(s->simulation)->pictures;
    uint64_t words[64];
    /* element by element, so that how many come in one go does not matter */
    for (size_t i = 0; i < t->n; i++) {
        size_t n = 0;
        words[n++] = o->tracks;
#define QF_COLUMN(type, name)                                                                      \
    words[n] = 0;                                                                                  \
    memcpy(&words[n++], &t->name[i], sizeof t->name[i]);
        QF_TRACK_SAMPLE_TABLE(QF_COLUMN)
        o->tracks = qf_combine_hashes(words, n);
    }
    for (size_t i = 0; i < p->n; i++) {
        size_t n = 0;
        words[n++] = o->pictures;
#define t p
        QF_PICTURE_SAMPLE_TABLE(QF_COLUMN)
#undef t
#undef QF_COLUMN
        o->pictures = qf_combine_hashes(words, n);
    }
}

static void run_stand(stand *s, variant v, void look(const stand *s), outcome *o)
{
    *o = (outcome){.n_worlds = s->scenario.n_worlds};
    assert_true(o->n_worlds <= MOST_WORLDS);
    for (int64_t tick = 0; tick < N_TICKS;) {
        const int64_t step = v.stride > 0 ? v.stride : N_TICKS;
        tick = tick + step < N_TICKS ? tick + step : N_TICKS;
        s->frame.tick = tick;
        assert_int_equal(qf_simulation_advance(&s->context, s->simulation, tick,
                                               v.stride > 0 ? &s->frame : NULL, v.stride > 0),
                         QF_OK);
        o->events = add_events(s, o->events);
        add_detections(s, o);
        add_samples(s, o);
        if (v.stride > 0) {
            o->records[tick] = frame_hash(s);
        }
        if (look) {
            look(s);
        }
    }
    assert_int_equal(qf_fleet_world_hashes(&s->context, &s->fleet, o->world), QF_OK);
    o->all = qf_combine_hashes(o->world, o->n_worlds);
}

static void run(variant v, outcome *o)
{
    stand s;
    set_up_stand(&s, v);
    run_stand(&s, v, NULL, o);
    tear_down_stand(&s);
}

static uint64_t golden_hash(void)
{
    char *text = read_file(hash_file);
    char *end;
    const uint64_t hash = strtoull(text, &end, 16);
    assert_int_equal(end - text, 16);
    assert_string_equal(end, "\n");
    free(text);
    return hash;
}

static void assert_hash(uint64_t found, uint64_t expected, variant v, const char *what)
{
    if (found != expected) {
        fail_msg("%s, %d threads, %s, stride %lld: %s is %016llx, expected %016llx",
                 v.isa ? v.isa : "best", v.n_threads, v.worlds ? v.worlds : "worlds of the file",
                 (long long)v.stride, what, (unsigned long long)found,
                 (unsigned long long)expected);
    }
}

static const char *isas[8]; /* those that this processor has */
static size_t n_isas;

static void every_instruction_set_and_number_of_threads_gives_the_golden_hash(void **state)
{
    (void)state;
    const uint64_t expected = golden_hash();
    static outcome first;
    run((variant){.isa = "generic", .n_threads = 1}, &first);
    assert_int_equal(first.n_worlds, FILE_WORLDS);
    for (size_t i = 0; i < n_isas; i++) {
        for (int n_threads = 1; n_threads <= 3; n_threads++) {
            const variant v = {.isa = isas[i], .n_threads = n_threads};
            static outcome found;
            run(v, &found);
            assert_hash(found.all, expected, v, "the state");
            assert_hash(found.events, first.events, v, "the list of events");
            assert_hash(found.detections, first.detections, v, "the list of detections");
            assert_hash(found.tracks, first.tracks, v, "the list of tracks");
            assert_hash(found.pictures, first.pictures, v, "the list of pictures");
        }
    }
}

/* what is recorded of a tick is the same too, whoever else is looked at in between */
static void how_often_somebody_looks_changes_nothing(void **state)
{
    (void)state;
    static const int64_t strides[] = {1, 7, 64, 65};
    static outcome every_tick;
    run((variant){.isa = "generic", .n_threads = 1, .worlds = "worlds=1", .stride = 1},
        &every_tick);
    static outcome whole;
    run((variant){.isa = "generic", .n_threads = 1}, &whole);
    for (size_t k = 0; k < COUNT(strides) * n_isas * 3; k++) {
        const variant v = {.isa = isas[k / 3 % n_isas],
                           .n_threads = 1 + (int)(k % 3),
                           .worlds = "worlds=1",
                           .stride = strides[k / 3 / n_isas]};
        static outcome found;
        run(v, &found);
        assert_hash(found.world[0], whole.world[0], v, "the state");
        assert_hash(found.events, every_tick.events, v, "the list of events");
        assert_hash(found.detections, every_tick.detections, v, "the list of detections");
        assert_hash(found.tracks, every_tick.tracks, v, "the list of tracks");
        assert_hash(found.pictures, every_tick.pictures, v, "the list of pictures");
        for (size_t tick = 1; tick <= N_TICKS; tick++) {
            if (tick % (size_t)v.stride == 0 || tick == N_TICKS) {
                assert_hash(found.records[tick], every_tick.records[tick], v, "a record");
            }
        }
    }
}

static void a_world_is_the_same_in_any_batch(void **state)
{
    (void)state;
    static const char *const batches[] = {"worlds=1", "worlds=3", "worlds=7", "worlds=64"};
    static outcome largest;
    run((variant){.n_threads = 1, .worlds = "worlds=64"}, &largest);
    for (size_t a = 0; a < MOST_WORLDS; a++) {
        for (size_t b = 0; b < a; b++) {
            assert_true(largest.world[a] != largest.world[b]);
        }
    }
    for (size_t k = 0; k < COUNT(batches); k++) {
        const variant v = {.n_threads = 1 + (int)k % 3, .worlds = batches[k]};
        static outcome found;
        run(v, &found);
        for (size_t w = 0; w < found.n_worlds; w++) {
            assert_hash(found.world[w], largest.world[w], v, "a world");
        }
    }
}

static void the_program_says_the_golden_hash(void **state)
{
    (void)state;
    char directory[64];
    enter_directory(directory);
    char line[64];
    snprintf(line, sizeof line, "state hash     %016llx\n", (unsigned long long)golden_hash());
    program_end end = RUN("run", scenario_file, "-o", "golden.h5");
    if (end.exit_code != 0) {
        fail_msg("exit code %d: %s", end.exit_code, end.err);
    }
    assert_contains(end.err, line);
    release(&end);
    leave_directory(directory);
}

/* which sets there are, or the hash that was asked for: then the program is over */
static bool ask_for_hash(int argc, char **argv, int use(void **state))
{
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        if (qf_kernels_for(*isa)) {
            isas[n_isas++] = *isa;
        } else {
            fprintf(stderr, "this processor or build has no %s\n", *isa);
        }
    }
    if (argc < 2 || strcmp(argv[1], "--print-hash") != 0) {
        return false;
    }
    static outcome o;
    use(NULL);
    run((variant){.isa = "generic", .n_threads = 1}, &o);
    printf("%016llx\n", (unsigned long long)o.all);
    return true;
}

#endif
