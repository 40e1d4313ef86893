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
#include "determinism.h"

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
    /* those of behavior are seen in test_determinism_behavior.c */
    for (unsigned f = 0; f < QF_FLAG_BIOS_READY_BIT; f++) {
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
    const bool radar = argc == 3 && strcmp(argv[2], "radar") == 0;
    if (ask_for_hash(argc, argv, radar ? use_radar : use_engine)) {
        return 0;
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
