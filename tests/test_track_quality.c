/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quality of a picture against hand-made cases of radar_tracking.md section 4, against gospa.c, which has it for any
 * exponent, and by stories of targets that are held, lost and held by another. Every frame runs on every
 * instruction set of the machine, and all must give the same bits.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gospa.h"
#include "kernels.h"

enum { CAPACITY = 64, MOST_SETS = 4 };

/* a table of tracks, and targets; the rest of the columns is of no interest here */
typedef struct stand {
    float at_m[3][CAPACITY], table_mps[3][CAPACITY], velocity_mps[3][CAPACITY];
    uint32_t number[CAPACITY], firm[CAPACITY];
    float truth_m[3][CAPACITY], truth_mps[3][CAPACITY];
    uint32_t target[CAPACITY];
    uint32_t memory[MOST_SETS][3][CAPACITY];
    size_t n_tracks, n_targets;
    size_t n_remembered, memory_capacity;
    uint32_t tick;
    qf_assignment *assignment;
    uint64_t random;
} stand;

static int open_stand(void **state)
{
    stand *s = aligned_alloc(64, (sizeof *s + 63) / 64 * 64);
    assert_non_null(s);
    memset(s, 0xFF, sizeof *s); /* NaN everywhere: what is not set must not be looked at */
    s->n_tracks = s->n_targets = s->n_remembered = 0;
    s->memory_capacity = CAPACITY;
    s->tick = 0;
    s->random = 3;
    s->assignment = qf_assignment_create();
    assert_non_null(s->assignment);
    *state = s;
    return 0;
}

static int close_stand(void **state)
{
    stand *s = *state;
    qf_assignment_free(s->assignment);
    free(s);
    return 0;
}

static void add_track(stand *s, uint32_t number, bool firm, float east_m, float north_m, float up_m)
{
    const size_t k = s->n_tracks++;
    assert_true(k < CAPACITY);
    s->number[k] = number;
    s->firm[k] = firm ? 1 + number % 2 : 0;
    const float at_m[3] = {east_m, north_m, up_m};
    for (int axis = 0; axis < 3; axis++) {
        s->at_m[axis][k] = at_m[axis];
        s->velocity_mps[axis][k] = 0.0f;
    }
}

static void add_target(stand *s, uint32_t target, float east_m, float north_m, float up_m)
{
    const size_t k = s->n_targets++;
    assert_true(k < CAPACITY);
    s->target[k] = target;
    const float at_m[3] = {east_m, north_m, up_m};
    for (int axis = 0; axis < 3; axis++) {
        s->truth_m[axis][k] = at_m[axis];
        s->truth_mps[axis][k] = 0.0f;
    }
}

static void clear(stand *s)
{
    s->n_tracks = s->n_targets = 0;
}

static qf_track_quality run_set(stand *s, const qf_kernels *kernels, size_t set, double cutoff_m)
{
    const qf_track_table table = {.n = s->n_tracks,
                                  .capacity = CAPACITY,
                                  .east_m = s->at_m[0],
                                  .north_m = s->at_m[1],
                                  .up_m = s->at_m[2],
                                  .east_mps = s->table_mps[0],
                                  .north_mps = s->table_mps[1],
                                  .up_mps = s->table_mps[2],
                                  .number = s->number,
                                  .firm = s->firm};
    const qf_track_view view = {.n = s->n_tracks,
                                .capacity = CAPACITY,
                                .east_mps = s->velocity_mps[0],
                                .north_mps = s->velocity_mps[1],
                                .up_mps = s->velocity_mps[2]};
    const qf_truth truth = {.n = s->n_targets,
                            .east_m = s->truth_m[0],
                            .north_m = s->truth_m[1],
                            .up_m = s->truth_m[2],
                            .east_mps = s->truth_mps[0],
                            .north_mps = s->truth_mps[1],
                            .up_mps = s->truth_mps[2],
                            .target = s->target};
    qf_truth_memory memory = {.n = s->n_remembered,
                              .capacity = s->memory_capacity,
                              .target = s->memory[set][0],
                              .since = s->memory[set][1],
                              .track = s->memory[set][2]};
    qf_track_scratch scratch = {.assignment = s->assignment};
    qf_track_quality quality;
    memset(&quality, 0xFF, sizeof quality);
    assert_true(
        kernels->quality(cutoff_m, s->tick, &table, &view, &truth, &memory, &scratch, &quality));
    assert_int_equal(memory.n, s->n_targets < memory.capacity ? s->n_targets : memory.capacity);
    return quality;
}

/* one frame at s->tick, on all sets */
static qf_track_quality run(stand *s, double cutoff_m)
{
    qf_track_quality first = {0};
    size_t set = 0;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (!kernels) {
            continue;
        }
        assert_true(set < MOST_SETS);
        const qf_track_quality quality = run_set(s, kernels, set, cutoff_m);
        if (set == 0) {
            first = quality;
        }
        assert_memory_equal(&quality.gospa_m, &first.gospa_m, sizeof(double));
        assert_memory_equal(&quality.ospa_m, &first.ospa_m, sizeof(double));
        assert_memory_equal(&quality.localisation_m2, &first.localisation_m2, sizeof(double));
        assert_memory_equal(&quality.velocity_error2_m2s2, &first.velocity_error2_m2s2,
                            sizeof(double));
        assert_memory_equal(s->memory[set], s->memory[0], sizeof s->memory[0]);
        set++;
    }
    s->n_remembered = s->n_targets < s->memory_capacity ? s->n_targets : s->memory_capacity;
    return first;
}

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-13 * (1.0 + fabs(expected)))) {
        fail_msg("%.17g, not %.17g", value, expected);
    }
}

static void assert_sums(const qf_track_quality *q, double gospa_m, double ospa_m,
                        double localisation_m2, double missed_m2, double false_m2)
{
    assert_near(q->gospa_m, gospa_m);
    assert_near(q->ospa_m, ospa_m);
    assert_near(q->localisation_m2, localisation_m2);
    assert_near(q->missed_m2, missed_m2);
    assert_near(q->false_m2, false_m2);
    assert_near(q->position_error2_m2, localisation_m2);
}

typedef struct hand_made {
    double cutoff_m;
    int n_tracks, n_targets;
    float track[3][2], target[3][2];
    double gospa_m, ospa_m, localisation_m2, missed_m2, false_m2;
    uint32_t held;
} hand_made;

static void hand_made_cases_have_their_distances(void **state)
{
    stand *s = *state;
    static const hand_made cases[] = {
        {10.0,
         2,
         2,
         {{0, 0}, {10, 0}},
         {{0, 1}, {10, 2}},
         2.23606797749979,
         1.58113883008419,
         5.0,
         0.0,
         0.0,
         2},
        {10.0,
         2,
         3,
         {{0, 0}, {10, 0}},
         {{0, 1}, {10, 2}, {30, 0}},
         7.41619848709566,
         5.91607978309962,
         5.0,
         50.0,
         0.0,
         2},
        {10.0, 1, 1, {{0, 0}}, {{100, 0}}, 10.0, 10.0, 0.0, 50.0, 50.0, 0},
        {10.0, 0, 2, {{0}}, {{1, 1}, {2, 2}}, 10.0, 10.0, 0.0, 100.0, 0.0, 0},
        {10.0, 2, 2, {{0, 0}, {3, 0}}, {{3, 0}, {7, 0}}, 5.0, 3.53553390593274, 25.0, 0.0, 0.0, 2},
        {5.0,
         3,
         2,
         {{0, 0}, {5, 5}, {20, 0}},
         {{1, 0}, {5, 7}},
         4.18330013267038,
         3.16227766016838,
         5.0,
         0.0,
         12.5,
         2},
        {10.0,
         2,
         2,
         {{0, 0}, {3, 2}},
         {{3, 2}, {6, 0}},
         5.0990195135927845,
         3.605551275463989,
         26.0,
         0.0,
         0.0,
         2},
        {10.0, 0, 0, {{0}}, {{0}}, 0.0, 0.0, 0.0, 0.0, 0.0, 0},
        {10.0, 1, 1, {{0, 0}}, {{6, 8}}, 10.0, 10.0, 0.0, 50.0, 50.0, 0}, /* at the cutoff: far */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const hand_made *c = &cases[i];
        clear(s);
        for (int k = 0; k < c->n_tracks; k++) {
            add_track(s, 5, false, c->target[0][0], c->target[0][1],
                      0.0f); /* tentative: of no account */
            add_track(s, (uint32_t)k, true, c->track[k][0], 0.0f, c->track[k][1]);
        }
        for (int k = 0; k < c->n_targets; k++) {
            add_target(s, (uint32_t)k, c->target[k][0], 0.0f, c->target[k][1]);
        }
        const qf_track_quality q = run(s, c->cutoff_m);
        assert_sums(&q, c->gospa_m, c->ospa_m, c->localisation_m2, c->missed_m2, c->false_m2);
        assert_int_equal(q.held, c->held);
        assert_int_equal(q.firm, c->n_tracks);
        assert_int_equal(q.targets, c->n_targets);
    }
}

static void a_pair_within_the_cutoff_by_less_than_single_precision_has_is_held(void **state)
{
    stand *s = *state;
    clear(s);
    add_track(s, 0, true, 1e-8f, 0.0f, 0.0f);
    add_target(s, 0, 10.0f, 0.0f, 0.0f);
    assert_true(s->truth_m[0][0] - s->at_m[0][0] == 10.0f);
    assert_int_equal(run(s, 10.0).held, 1);
    assert_int_equal(run(s, 9.9999999).held, 0);
}

static float random_to(stand *s, float most)
{
    s->random = s->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return most * (float)(s->random >> 40) * 0x1p-24f;
}

static void random_scene(stand *s, double points[2][CAPACITY][3], size_t n[2])
{
    clear(s);
    n[0] = n[1] = 0;
    const size_t n_tracks = (size_t)random_to(s, (float)CAPACITY);
    const size_t n_targets = (size_t)random_to(s, (float)CAPACITY);
    for (uint32_t k = 0; k < n_tracks + n_targets; k++) {
        const float at[3] = {random_to(s, 900.0f) - 400.0f, random_to(s, 900.0f) - 400.0f,
                             random_to(s, 100.0f)};
        const bool is_track = k < n_tracks;
        const bool firm = random_to(s, 3.0f) > 1.0f;
        if (is_track) {
            add_track(s, k, firm, firm ? at[0] : NAN, at[1], at[2]);
        } else {
            add_target(s, k, at[0], at[1], at[2]);
        }
        if (firm || !is_track) {
            double *to = points[!is_track][n[!is_track]++];
            for (int axis = 0; axis < 3; axis++) {
                to[axis] = (double)at[axis];
            }
        }
    }
}

static void any_scene_has_the_distances_of_the_general_functions(void **state)
{
    stand *s = *state;
    static const double cutoffs[] = {20.0, 150.0, 3000.0};
    qf_assignment *other = qf_assignment_create();
    size_t held = 0;
    for (int i = 0; i < 600; i++) {
        double at[2][CAPACITY][3];
        size_t n[2];
        random_scene(s, at, n);
        const double c = cutoffs[i % 3];
        const qf_track_quality q = run(s, c);
        const qf_points x = {.n = n[0], .at_m = at[0][0]};
        const qf_points y = {.n = n[1], .at_m = at[1][0]};
        qf_gospa_parts parts;
        double ospa_m;
        assert_true(qf_gospa(other, c, 2.0, &x, &y, &parts));
        assert_true(qf_ospa(other, c, 2.0, &x, &y, &ospa_m));
        assert_near(q.gospa_m, parts.distance_m);
        assert_near(q.ospa_m, ospa_m);
        assert_near(q.localisation_m2, parts.localisation);
        assert_near(q.missed_m2, parts.missed);
        assert_near(q.false_m2, parts.false_alarms);
        assert_int_equal(q.held, parts.pairs);
        assert_int_equal(q.firm, n[0]);
        held += q.held;
    }
    assert_true(held > 3000);
    qf_assignment_free(other);
}

static void errors_are_those_of_the_pairs_held(void **state)
{
    stand *s = *state;
    clear(s);
    add_track(s, 0, true, 100.0f, 0.0f, 0.0f);
    add_track(s, 1, true, -100.0f, 3.0f, 4.0f);
    add_target(s, 7, -100.0f, 0.0f, 0.0f);
    add_target(s, 8, 5000.0f, 0.0f, 0.0f);
    s->velocity_mps[0][0] = 1000.0f; /* of the track that holds nobody */
    s->velocity_mps[0][1] = 10.0f;
    s->velocity_mps[1][1] = 20.0f;
    s->velocity_mps[2][1] = 30.0f;
    s->truth_mps[0][0] = 11.0f;
    s->truth_mps[1][0] = 18.0f;
    s->truth_mps[2][0] = 30.5f;
    const qf_track_quality q = run(s, 50.0);
    assert_int_equal(q.held, 1);
    assert_true(q.position_error2_m2 == 25.0);
    assert_true(q.velocity_error2_m2s2 == 1.0 + 4.0 + 0.25);
}

/* one target at the origin, held by the track of that number, or by none */
static qf_track_quality one_target(stand *s, uint32_t tick, uint32_t target, uint32_t track)
{
    clear(s);
    add_target(s, target, 0.0f, 0.0f, 0.0f);
    add_track(s, 1000, true, 500.0f, 0.0f, 0.0f);
    if (track != QF_NO_TRACK) {
        add_track(s, track, true, 1.0f, 0.0f, 0.0f);
    }
    s->tick = tick;
    return run(s, 20.0);
}

static void a_switch_is_counted_when_another_track_holds_the_target(void **state)
{
    stand *s = *state;
    s->n_remembered = 0;
    static const uint32_t tracks[] = {4, 4, QF_NO_TRACK, 4, 6, 6, QF_NO_TRACK, QF_NO_TRACK, 9, 4};
    static const uint32_t switches[] = {0, 0, 0, 0, 1, 0, 0, 0, 1, 1};
    for (uint32_t tick = 0; tick < 10; tick++) {
        const qf_track_quality q = one_target(s, tick, 77, tracks[tick]);
        assert_int_equal(q.switches, switches[tick]);
        assert_int_equal(q.first_held, tick == 0);
    }
    /* another target is no switch */
    assert_int_equal(one_target(s, 10, 78, 5).switches, 0);
}

static void the_first_firm_track_is_timed_from_when_the_target_came(void **state)
{
    stand *s = *state;
    s->n_remembered = 0;
    const uint32_t start = UINT32_MAX - 2; /* ticks begin again at zero */
    for (uint32_t k = 0; k < 8; k++) {
        const qf_track_quality q = one_target(s, start + 10 * k, 5, k < 4 ? QF_NO_TRACK : 1);
        assert_int_equal(q.first_held, k == 4);
        assert_true(q.first_held_ticks == (k == 4 ? 40.0 : 0.0));
    }
    /* it leaves, and is new when it comes back; it may be held at once */
    clear(s);
    run(s, 20.0);
    const qf_track_quality q = one_target(s, 500, 5, 2);
    assert_int_equal(q.first_held, 1);
    assert_true(q.first_held_ticks == 0.0);
    assert_int_equal(q.switches, 0);
}

/* targets that come and go, in any order, each with its own track; numbers as a list would have them */
static void each_target_is_remembered_whatever_the_order(void **state)
{
    stand *s = *state;
    enum { ALL = 40 };
    s->n_remembered = 0;
    uint32_t since[ALL];
    uint32_t holder[ALL];
    bool present[ALL] = {0};
    for (uint32_t frame = 0; frame < 200; frame++) {
        clear(s);
        s->tick = 7 * frame;
        uint32_t switches = 0;
        uint32_t first_held = 0;
        double ticks = 0.0;
        const uint32_t shift = frame % 3 == 0 ? (uint32_t)random_to(s, ALL) : 0;
        for (uint32_t k = 0; k < ALL; k++) {
            const uint32_t target = (k + shift) % ALL;
            const bool came = random_to(s, 1.0f) < 0.9f;
            if (came && !present[target]) {
                since[target] = s->tick;
                holder[target] = QF_NO_TRACK;
            }
            present[target] = came;
            if (!came) {
                continue;
            }
            const float east_m = 100.0f * (float)target;
            add_target(s, 3 * target, east_m, 0.0f, 0.0f);
            if (random_to(s, 1.0f) < 0.5f) {
                const uint32_t number = 100 * target + (random_to(s, 1.0f) < 0.2f ? frame : 0);
                add_track(s, number, true, east_m, 1.0f, 0.0f);
                if (holder[target] == QF_NO_TRACK) {
                    first_held++;
                    ticks += s->tick - since[target];
                } else {
                    switches += holder[target] != number;
                }
                holder[target] = number;
            }
        }
        const qf_track_quality q = run(s, 20.0);
        assert_int_equal(q.switches, switches);
        assert_int_equal(q.first_held, first_held);
        assert_true(q.first_held_ticks == ticks);
        assert_int_equal(q.forgotten, 0);
    }
}

static void targets_beyond_the_memory_are_counted_as_forgotten(void **state)
{
    stand *s = *state;
    s->n_remembered = 0;
    s->memory_capacity = 2;
    for (uint32_t frame = 0; frame < 3; frame++) {
        clear(s);
        s->tick = frame;
        for (uint32_t k = 0; k < 3; k++) {
            add_target(s, k, 100.0f * (float)k, 0.0f, 0.0f);
            add_track(s, 10 * frame + k, true, 100.0f * (float)k, 0.0f, 0.0f);
        }
        const qf_track_quality q = run(s, 20.0);
        assert_int_equal(q.forgotten, 1);
        assert_int_equal(q.held, 3);
        assert_int_equal(q.first_held, frame == 0 ? 2 : 0);
        assert_int_equal(q.switches, frame == 0 ? 0 : 2);
    }
    s->memory_capacity = CAPACITY;
}

static void a_track_that_is_nowhere_is_a_false_one(void **state)
{
    stand *s = *state;
    clear(s);
    add_track(s, 0, true, NAN, 0.0f, 0.0f);
    add_track(s, 1, true, INFINITY, 0.0f, 0.0f);
    add_track(s, 2, true, 3.0f, 0.0f, 4.0f);
    add_target(s, 0, 0.0f, 0.0f, 0.0f);
    const qf_track_quality q = run(s, 10.0);
    assert_sums(&q, sqrt(125.0), sqrt(225.0 / 3.0), 25.0, 0.0, 100.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hand_made_cases_have_their_distances),
        cmocka_unit_test(a_pair_within_the_cutoff_by_less_than_single_precision_has_is_held),
        cmocka_unit_test(any_scene_has_the_distances_of_the_general_functions),
        cmocka_unit_test(errors_are_those_of_the_pairs_held),
        cmocka_unit_test(a_switch_is_counted_when_another_track_holds_the_target),
        cmocka_unit_test(the_first_firm_track_is_timed_from_when_the_target_came),
        cmocka_unit_test(each_target_is_remembered_whatever_the_order),
        cmocka_unit_test(targets_beyond_the_memory_are_counted_as_forgotten),
        cmocka_unit_test(a_track_that_is_nowhere_is_a_false_one),
    };
    return cmocka_run_group_tests(tests, open_stand, close_stand);
}
