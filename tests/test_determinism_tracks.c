/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same tracks, guards, situations and pictures from any instruction set, number of threads and batch of worlds:
 * golden/tracks.yaml always ends on the hash beside it (determinism.h). A change that is meant to change it:
 *   build/release/test_determinism_tracks --print-hash > tests/golden/tracks.hash
 */
#include "determinism.h"
#include "tracking.h"

static int use_tracks(void **state)
{
    (void)state;
    scenario_file = TEST_SOURCE_DIR "/golden/tracks.yaml";
    hash_file = TEST_SOURCE_DIR "/golden/tracks.hash";
    return 0;
}

enum { N_GROUPS = 5 };

/* what occurs in a run */
static struct {
    size_t of_code[QF_EVENT_CODES];
    size_t alerts_of_rule[2];
    size_t situations_of_kind[QF_SITUATION_KINDS];
    size_t status[QF_TRACK_COASTING + 1], iff[QF_IFF_UNKNOWN + 1], band[3];
    size_t samples_of_group[N_GROUPS];
    size_t ghosts; /* tracks of false alarms */
    size_t pictures, supported;
} seen;

static void look_at_all(const stand *s)
{
    const qf_sightings *sightings = qf_simulation_sightings(s->simulation);
    const qf_track_samples *t = &sightings->tracks;
    size_t n;
    const qf_event *events = qf_simulation_events(s->simulation, &n);
    for (size_t i = 0; i < n; i++) {
        seen.of_code[events[i].code]++;
        if (events[i].code == QF_EVENT_GUARD_ALERT) {
            seen.alerts_of_rule[events[i].subject]++;
        } else if (events[i].code == QF_EVENT_SITUATION) {
            seen.situations_of_kind[events[i].subject]++;
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        seen.status[t->status[i]]++;
        seen.iff[t->iff[i]]++;
        seen.band[t->band[i]]++;
        seen.ghosts += t->target[i] == QF_NO_ENTITY;
        seen.samples_of_group[qf_fleet_entity(&s->fleet, (size_t)t->observer[i]).group]++;
    }
    for (size_t i = 0; i < sightings->pictures.n; i++) {
        seen.pictures++;
        seen.supported += sightings->pictures.support[i] > 1;
    }
}

/* else the hash would be that of trackers in which little happens */
static void all_that_trackers_do_occurs_in_the_scenario(void **state)
{
    (void)state;
    static const qf_event_code codes[] = {QF_EVENT_TRACK_CONFIRMED,    QF_EVENT_TRACK_GONE,
                                          QF_EVENT_SITUATION,          QF_EVENT_SITUATION_LOST,
                                          QF_EVENT_SITUATION_RESOLVED, QF_EVENT_GUARD_ALERT,
                                          QF_EVENT_GUARD_CLEAR,        QF_EVENT_HALT};
    const variant v = {.n_threads = 1, .stride = 1};
    stand s;
    set_up_stand(&s, v);
    static outcome o;
    run_stand(&s, v, look_at_all, &o);
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (seen.of_code[codes[i]] == 0) {
            fail_msg("event %d never occurs", codes[i]);
        }
    }
    assert_true(seen.alerts_of_rule[0] > 0 && seen.alerts_of_rule[1] > 0);
    for (int kind = 0; kind < QF_SITUATION_KINDS; kind++) {
        assert_true(seen.situations_of_kind[kind] > 0);
    }
    for (int status = QF_TRACK_NEW; status <= QF_TRACK_COASTING; status++) {
        assert_true(seen.status[status] > 0);
    }
    for (int iff = QF_IFF_FRIEND; iff <= QF_IFF_UNKNOWN; iff++) {
        assert_true(seen.iff[iff] > 0);
    }
    assert_true(seen.band[0] > 0 && seen.band[1] > 0 && seen.band[2] > 0);
    for (size_t g = 0; g < N_GROUPS; g++) {
        assert_true((seen.samples_of_group[g] > 0) == (s.scenario.groups[g].tracker != NULL));
    }
    assert_true(seen.ghosts > 0);
    assert_true(seen.supported > 0 && seen.supported < seen.pictures);
    qf_tracking_metrics m[N_GROUPS + 1];
    const qf_sightings *sightings = qf_simulation_sightings(s.simulation);
    assert_int_equal(qf_tracking_quality(&s.context, sightings->tracking, m), 5);
    assert_int_equal(m[4].group, QF_ALL_GROUPS);
    assert_int_equal(m[4].held, m[0].held + m[1].held + m[2].held + m[3].held);
    assert_true(m[1].dropped > 0 && m[1].forgotten > 0);
    double least_pure = 1.0;
    for (int g = 0; g < 4; g++) {
        assert_true(m[g].switches > 0 && m[g].completeness > 0.2 && m[g].purity > 0.9);
        least_pure = m[g].purity < least_pure ? m[g].purity : least_pure;
    }
    assert_true(least_pure < 1.0);
    tear_down_stand(&s);
}

/* nothing of this is in a column of its own: it changes tracks or nothing */
static void whatever_trackers_do_is_in_the_hash(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "groups[0].tracker.alpha=0.61",
        "groups[0].tracker.beta=0.11",
        "groups[0].tracker.max_association_distance_m=11",
        "groups[0].tracker.max_misses=4",
        "groups[0].tracker.min_hits_to_confirm=3",
        "groups[0].guards.rules[0].max_range_m=140",
        "groups[0].guards.rules[1].min_duration_s=0.2",
        "groups[1].tracker.acceleration_sd_mps2=1.1",
        "groups[1].tracker.confirm_window=4",
        "groups[1].tracker.capacity=32",
        "groups[1].tracker.gate_probability=0.99",
        "groups[1].tracker.gospa_cutoff_m=99",
        "groups[2].tracker.prior_speed_mps=20",
        "groups[2].tracker.range_sd_m=2",
        "groups[3].tracker.alpha=0.5",
        "groups[3].tracker.angle_sd_deg=0.3",
        "groups[0].situations.near_m=190",
    };
    static outcome before;
    run((variant){.n_threads = 1}, &before);
    for (size_t k = 0; k < COUNT(changes); k++) {
        static outcome after;
        run((variant){.n_threads = 1, .worlds = changes[k]}, &after);
        if (after.all == before.all) {
            fail_msg("%s changes nothing", changes[k]);
        }
    }
}

int main(int argc, char **argv)
{
    if (ask_for_hash(argc, argv, use_tracks)) {
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_set_and_number_of_threads_gives_the_golden_hash),
        cmocka_unit_test(how_often_somebody_looks_changes_nothing),
        cmocka_unit_test(a_world_is_the_same_in_any_batch),
        cmocka_unit_test(the_program_says_the_golden_hash),
        cmocka_unit_test(all_that_trackers_do_occurs_in_the_scenario),
        cmocka_unit_test(whatever_trackers_do_is_in_the_hash),
    };
    use_tracks(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
