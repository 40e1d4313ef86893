/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same bits from any instruction set, any number of threads, however often somebody looks, any
 * batch of worlds, any compiler and any way of building: golden/engine.yaml and golden/radar.yaml always end
 * on the hashes in the files beside them. Every leg of scripts/test.sh compares itself with those. Other
 * bits from other seeds: test_streams.c.
 *
 * A change that is meant to change results changes those lines:
 *   build/release/test_determinism --print-hash engine > tests/golden/engine.hash
 *   build/release/test_determinism --print-hash radar > tests/golden/radar.hash
 */
#include "group.h"
#include "program_fixture.h"
#include "record.h"
#include "scenario_reader.h"
#include "simulation.h"

/* the scenario that the present test is about */
static const char *scenario_file;
static const char *hash_file;

static int use_engine(void **state)
{
    (void)state;
    scenario_file = TEST_SOURCE_DIR "/golden/engine.yaml";
    hash_file = TEST_SOURCE_DIR "/golden/engine.hash";
    return 0;
}

static int use_radar(void **state)
{
    (void)state;
    scenario_file = TEST_SOURCE_DIR "/golden/radar.yaml";
    hash_file = TEST_SOURCE_DIR "/golden/radar.hash";
    return 0;
}

#define ENGINE(name)                                                                               \
    {                                                                                              \
        "engine: " #name, name, use_engine, NULL, NULL                                             \
    }
#define RADAR(name)                                                                                \
    {                                                                                              \
        "radar: " #name, name, use_radar, NULL, NULL                                               \
    }

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
        uint64_t words[] = {hash, (uint64_t)events[i].tick, 0,
                            (uint64_t)events[i].world << 32 | events[i].entity,
                            (uint64_t)(uint32_t)events[i].subject << 32 |
                                (uint32_t)events[i].code << 8 | events[i].severity};
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

enum { MOST_WORDS = 4 };

/* bits that were on and bits that were off, in any vehicle at any tick */
static struct {
    uint64_t flags[2];
    uint64_t faults[MOST_WORDS][2];
} seen;

static void look_at_bits(const stand *s)
{
    const qf_fleet *fleet = &s->fleet;
    for (size_t e = 0; e < fleet->n_vehicles; e++) {
        const size_t slot = qf_fleet_entity(fleet, e).slot;
        const uint64_t flags = qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
        seen.flags[0] |= ~flags;
        seen.flags[1] |= flags;
        for (size_t w = 0; w < fleet->catalog.n_fault_words; w++) {
            seen.faults[w][0] |= ~fleet->faults[w][slot];
            seen.faults[w][1] |= fleet->faults[w][slot];
        }
    }
}

static void assert_seen(const uint64_t word[2], unsigned bit, const char *name)
{
    for (int on = 0; on < 2; on++) {
        if (!(word[on] >> bit & 1)) {
            fail_msg("%s is never %s", name, on ? "on" : "off");
        }
    }
}

/* else the hash would be that of a fleet in which little happens */
static void every_condition_and_every_fault_occurs_in_the_scenario(void **state)
{
    (void)state;
    const variant v = {.n_threads = 1, .worlds = "worlds=1", .stride = 1};
    stand s;
    set_up_stand(&s, v);
    assert_true(s.fleet.catalog.n_fault_words <= MOST_WORDS);
    static outcome o;
    run_stand(&s, v, look_at_bits, &o);
    for (unsigned f = 0; f < qf_flag_count; f++) {
        assert_seen(seen.flags, qf_flag_table[f].bit, qf_flag_table[f].name);
    }
    for (unsigned bit = 0; bit < QF_FAULT_FIRST_NODE; bit++) {
        if (qf_fault_name(bit)) {
            assert_seen(seen.faults[0], bit, qf_fault_name(bit));
        }
    }
    for (size_t n = 0; n < s.fleet.catalog.n_nodes; n++) {
        const size_t bit = QF_FAULT_FIRST_NODE + n;
        assert_seen(seen.faults[bit / QF_BITS_PER_WORD], bit % QF_BITS_PER_WORD,
                    s.fleet.catalog.node_names[n]);
    }
    tear_down_stand(&s);
}

/* the comparisons of this file see a change of one bit in one vehicle */
static void a_flipped_bit_is_seen_by_state_and_records(void **state)
{
    (void)state;
    const variant v = {.n_threads = 1, .worlds = "worlds=1", .stride = 65};
    static outcome before;
    run(v, &before);
    stand s;
    set_up_stand(&s, v);
    qf_u64(&s.fleet, QF_FIELD_Z, 0)[s.fleet.groups[0].slot_begin + 1029] ^= 1;
    static outcome after;
    run_stand(&s, v, NULL, &after);
    assert_true(after.world[0] != before.world[0]);
    assert_true(after.records[65] != before.records[65]);
    tear_down_stand(&s);
}

/* else the hash would be that of radars in which little happens */
static void every_kind_of_detection_occurs_in_the_scenario(void **state)
{
    (void)state;
    stand s;
    set_up_stand(&s, (variant){.n_threads = 1, .worlds = "worlds=1"});
    static outcome o;
    run_stand(&s, (variant){.n_threads = 1}, NULL, &o);
    const qf_sightings *sightings = qf_simulation_sightings(s.simulation);
    const qf_detections *d = &sightings->recorded;
    size_t n_of_mode[QF_TRANSPONDER_MODES] = {0};
    size_t n_of_group[8] = {0};
    size_t n_short = 0;
    for (size_t i = 0; i < d->n; i++) {
        n_of_mode[d->mode[i]]++;
        n_short += d->band[i] == QF_BAND_SHORT_RANGE;
        size_t g = 0;
        while (d->observer[i] >=
               (int32_t)(s.fleet.groups[g].entity_begin + s.fleet.groups[g].n_vehicles)) {
            g++;
        }
        n_of_group[g]++;
    }
    for (size_t mode = 0; mode < QF_TRANSPONDER_MODES; mode++) {
        assert_true(n_of_mode[mode] > 0);
    }
    for (size_t g = 0; g < s.scenario.n_groups; g++) {
        assert_true((n_of_group[g] > 0) == (s.scenario.groups[g].radar != NULL));
    }
    assert_true(n_short > 0 && n_short < d->n);
    assert_true(sightings->n_false_alarms > 0);
    assert_true(sightings->n_dropped > 0);
    size_t n_quarantined;
    qf_simulation_quarantined(s.simulation, &n_quarantined);
    assert_int_equal(n_quarantined, 1);
    tear_down_stand(&s);
}

/* nothing of this is in a column: it changes detections or nothing */
static void whatever_radars_do_is_in_the_hash(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "environment.planet.radius_m=1000",
        "groups[0].radar.merge=false",
        "groups[0].radar.rotation_start_deg=0",
        "groups[0].radar.rotation_dps=-144",
        "groups[0].radar.boresight_elevation_deg=3",
        "groups[0].radar.azimuth_max_deg=110",
        "groups[0].radar.pulses=9",
        "groups[0].signature.swerling=2",
        "groups[0].radar.sr_threshold_m=900",
        "groups[1].radar.elevation_max_deg=40",
        "groups[1].radar.pattern=none",
        "groups[1].radar.capacity=6",
        "groups[1].radar.speed_min_mps=0.2",
        "groups[1].signature.swerling=4",
        "groups[2].radar.range_max_m=2900",
        "groups[2].signature.swerling=1",
        "groups[3].radar.prf_hz=99000",
        "groups[3].radar.coherent_pulses=63",
        "groups[3].signature.swerling=3",
        "groups[4].signature.swerling=0",
    };
    static outcome before;
    run((variant){.n_threads = 1}, &before);
    for (size_t k = 0; k < COUNT(changes); k++) {
        static outcome after;
        run((variant){.n_threads = 1, .worlds = changes[k]}, &after);
        for (size_t w = 0; w < FILE_WORLDS; w++) {
            if (after.world[w] == before.world[w]) {
                fail_msg("%s changes nothing in world %zu", changes[k], w);
            }
        }
    }
}

static void assert_same_columns(const qf_fleet *a, const qf_fleet *b, qf_field_id but)
{
    for (size_t field = 0; field < QF_FIELD_COUNT; field++) {
        for (size_t k = 0; field != but && k < a->catalog.n_columns_of[field]; k++) {
            for (size_t e = 0; e < a->n_vehicles; e++) {
                const size_t slot = qf_fleet_entity(a, e).slot;
                assert_true(qf_u64(a, (qf_field_id)field, k)[slot] ==
                            qf_u64(b, (qf_field_id)field, k)[slot]);
            }
        }
    }
}

/* an error that is larger by 1e-7 of itself: as many detections, and all columns are the same but one */
static void the_last_bit_of_a_detection_is_in_the_hash(void **state)
{
    (void)state;
    static const char *const floors[] = {"groups[3].radar.range_floor_m=1.0",
                                         "groups[3].radar.range_floor_m=1.0000002"};
    stand s[2];
    static outcome o[2];
    for (int k = 0; k < 2; k++) {
        const variant v = {.n_threads = 1, .worlds = floors[k]};
        set_up_stand(&s[k], v);
        run_stand(&s[k], v, NULL, &o[k]);
    }
    assert_int_equal(o[0].n_detections, o[1].n_detections);
    assert_same_columns(&s[0].fleet, &s[1].fleet, QF_FIELD_RADAR_DIGEST);
    for (size_t w = 0; w < FILE_WORLDS; w++) {
        assert_true(o[0].world[w] != o[1].world[w]);
    }
    tear_down_stand(&s[0]);
    tear_down_stand(&s[1]);
}

static void another_seed_gives_other_detections(void **state)
{
    (void)state;
    static outcome o[2];
    run((variant){.n_threads = 2}, &o[0]);
    run((variant){.n_threads = 2, .worlds = "seed=13"}, &o[1]);
    assert_true(o[0].all != o[1].all);
    assert_true(o[0].detections != o[1].detections);
}

int main(int argc, char **argv)
{
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        if (qf_kernels_for(*isa)) {
            isas[n_isas++] = *isa;
        } else {
            fprintf(stderr, "this processor or build has no %s\n", *isa);
        }
    }
    if (argc == 3 && strcmp(argv[1], "--print-hash") == 0) {
        static outcome o;
        (strcmp(argv[2], "radar") == 0 ? use_radar : use_engine)(NULL);
        run((variant){.isa = "generic", .n_threads = 1}, &o);
        return printf("%016llx\n", (unsigned long long)o.all) < 0;
    }
    const struct CMUnitTest tests[] = {
        ENGINE(every_instruction_set_and_number_of_threads_gives_the_golden_hash),
        ENGINE(how_often_somebody_looks_changes_nothing),
        ENGINE(a_world_is_the_same_in_any_batch),
        ENGINE(the_program_says_the_golden_hash),
        ENGINE(every_condition_and_every_fault_occurs_in_the_scenario),
        ENGINE(a_flipped_bit_is_seen_by_state_and_records),
        RADAR(every_instruction_set_and_number_of_threads_gives_the_golden_hash),
        RADAR(how_often_somebody_looks_changes_nothing),
        RADAR(a_world_is_the_same_in_any_batch),
        RADAR(the_program_says_the_golden_hash),
        RADAR(every_kind_of_detection_occurs_in_the_scenario),
        RADAR(whatever_radars_do_is_in_the_hash),
        RADAR(the_last_bit_of_a_detection_is_in_the_hash),
        RADAR(another_seed_gives_other_detections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
