/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Situations: the reference's trace, step by step, and what it does not show.
 *
 * `test_situation FILE...` replays other traces of the golden file's form. Points of a step are of tracks t1, t2, ...,
 * known to everybody; the reference was given nothing else.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "situation.h"
#include "yaml_node.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MOST = 32 };

typedef struct stand {
    qf_situation_rules rules;
    qf_situations all;
    qf_situation list[MOST];
    qf_situation_trail trails[MOST];
    qf_situation_change changes[MOST];
    size_t n_changes;
} stand;

static stand *open_stand(void)
{
    stand *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->rules = qf_situation_rules_default();
    s->all = (qf_situations){
        .capacity = MOST, .list = s->list, .trail_capacity = MOST, .trails = s->trails};
    return s;
}

static void step(stand *s, double now_s, const qf_situation_point *points, size_t n)
{
    s->n_changes = qf_situation_step(&s->rules, now_s, points, n, &s->all, s->changes);
}

#define POINTS(...)                                                                                \
    (const qf_situation_point[]){__VA_ARGS__},                                                     \
        sizeof((const qf_situation_point[]){__VA_ARGS__}) / sizeof(qf_situation_point)
#define NOBODY NULL, 0

/* ---- the reference's trace ---- */

static const char *const kind_names[] = {"cpa", "closing", "unknown"};
static const char *const severity_names[] = {"INFO", "WARN", "CRITICAL"};
static const char *const status_names[] = {"PENDING", "ACTIVE", "LOST", "RESOLVED"};
static const char *const change_names[] = {"situation_created", "situation_updated",
                                           "situation_lost_contact", "situation_resolved"};

static const char *reason_of(const qf_situation *one)
{
    static const char *const reasons[] = {"CPA_THRESHOLD_EXCEEDED", "CLOSING_SPEED_EXCEEDED",
                                          "UNKNOWN_NEARBY"};
    if (one->status == QF_SITUATION_LOST) {
        return "CONTACT_LOST";
    }
    return one->restored ? "CONTACT_RESTORED" : reasons[one->kind];
}

static void assert_id(const qf_yaml_node *expected, uint8_t kind, uint32_t track)
{
    char id[64];
    snprintf(id, sizeof id, "%s:t%u", kind_names[kind], track);
    assert_string_equal(expected->text, id);
}

/* every metric that is listed has its value, and there are as many as the situation has */
static void assert_metrics(const qf_yaml_node *expected, const qf_situation *one)
{
    const struct {
        const char *name;
        bool has;
        double value;
    } metrics[] = {
        {"distance_m", true, one->distance_m},
        {"time_to_cpa_s", one->kind == QF_SITUATION_CPA, one->time_s},
        {"closing_speed_mps", one->kind != QF_SITUATION_UNKNOWN, one->closing_mps},
        {"age_s", one->kind == QF_SITUATION_UNKNOWN, one->age_s},
        {"absent_for_s", one->status == QF_SITUATION_LOST, one->absent_s},
    };
    size_t n = 0;
    for (size_t k = 0; k < COUNT(metrics); k++) {
        if (metrics[k].has) {
            const qf_yaml_node *value = qf_yaml_get(expected, metrics[k].name);
            n++;
            assert_non_null(value);
            const double number = strcmp(value->text, "n/a") ? strtod(value->text, NULL) : -1.0;
            if (number != metrics[k].value) {
                fail_msg("%s: %.17g, not %s", metrics[k].name, metrics[k].value, value->text);
            }
        }
    }
    assert_int_equal(expected->n_children, n);
}

static void compare_list(const stand *s, const qf_yaml_node *expected)
{
    uint32_t index[MOST];
    assert_int_equal(qf_situations_shown(&s->all, index), expected->n_children);
    for (size_t k = 0; k < expected->n_children; k++) {
        qf_yaml_node **cells = expected->children[k]->children;
        const qf_situation *one = &s->list[index[k]];
        assert_id(cells[0], one->kind, one->track);
        assert_string_equal(cells[1]->text, severity_names[one->severity]);
        assert_string_equal(cells[2]->text, status_names[one->status]);
        assert_string_equal(cells[3]->text, reason_of(one));
        assert_metrics(cells[4], one);
    }
}

static void compare_changes(const stand *s, const qf_yaml_node *expected)
{
    static const char *const statuses[] = {"ACTIVE", "ACTIVE", "LOST", "RESOLVED"};
    assert_int_equal(s->n_changes, expected->n_children);
    for (size_t k = 0; k < expected->n_children; k++) {
        qf_yaml_node **cells = expected->children[k]->children;
        const qf_situation_change *change = &s->changes[k];
        assert_string_equal(cells[0]->text, change_names[change->change]);
        assert_id(cells[1], change->kind, change->track);
        assert_string_equal(cells[2]->text, severity_names[change->severity]);
        assert_string_equal(cells[3]->text, statuses[change->change]);
    }
}

static void replay_file(const char *path)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics = {0};
    const qf_yaml_node *trace = qf_yaml_load_file(&arena, path, &diagnostics);
    if (!trace || trace->n_children == 0) {
        fail_msg("%s: no trace", path);
    }
    stand *s = open_stand();
    for (size_t k = 0; k < trace->n_children; k++) {
        const qf_yaml_node *row = trace->children[k];
        const qf_yaml_node *given = qf_yaml_get(row, "points");
        qf_situation_point points[MOST];
        assert_true(given->n_children <= MOST);
        for (uint32_t i = 0; i < given->n_children; i++) {
            points[i] = (qf_situation_point){
                .track = i + 1,
                .distance_m = strtod(given->children[i]->children[0]->text, NULL),
                .vr_mps = strtod(given->children[i]->children[1]->text, NULL),
            };
        }
        print_message("t=%s\n", qf_yaml_get(row, "t")->text);
        step(s, strtod(qf_yaml_get(row, "t")->text, NULL), points, given->n_children);
        compare_list(s, qf_yaml_get(row, "situations"));
        compare_changes(s, qf_yaml_get(row, "deltas"));
    }
    free(s);
    qf_arena_free(&arena);
    qf_diagnostics_free(&diagnostics);
}

static int n_files;
static char **files;

static void says_what_the_reference_says(void **state)
{
    (void)state;
    if (n_files == 0) {
        replay_file(TEST_SOURCE_DIR "/golden/situation_trace.json");
    }
    for (int k = 0; k < n_files; k++) {
        replay_file(files[k]);
    }
}

/* ---- rounding ---- */

/* the C library prints and reads decimals exactly, which is what Python's round does */
static double round_by_text(double value)
{
    char text[400];
    snprintf(text, sizeof text, "%.3f", value);
    return strtod(text, NULL);
}

static void rounds_as_decimals_are_written(void **state)
{
    (void)state;
    static const double given[] = {0.0,    0.0625, 0.1875,   2.5,     0.0005,
                                   0.0015, 2.6745, 1.0005,   1e12,    0x1p43,
                                   1e300,  0.0004, 123456.5, 14.6665, 8796093022207.9995,
                                   2.0625, 3.3125};
    for (size_t k = 0; k < COUNT(given); k++) {
        assert_true(qf_situation_round(given[k]) == round_by_text(given[k]));
        assert_true(qf_situation_round(-given[k]) == round_by_text(-given[k]));
    }
    /* Python 3.11: round(x, 3) */
    assert_true(qf_situation_round(0.0625) == 0.062);
    assert_true(qf_situation_round(0.1875) == 0.188);
    assert_true(qf_situation_round(2.6745) == 2.675);
    assert_true(qf_situation_round(1.0005) == 1.0);
    for (uint32_t i = 0; i < 20000; i++) {
        const qf_philox_block block = qf_philox((qf_philox_block){{i, 0, 0, 0}}, 1);
        /* any magnitude, and thousandths and a half with their neighbours */
        const double scale = ldexp(1.0, (int)(block.word[2] % 60) - 14);
        const double any =
            ((double)block.word[0] + (double)block.word[1] * 0x1p-32) * 0x1p-32 * scale;
        const double half = ((double)(block.word[0] % 4000000) + 0.5) / 1000.0;
        const double tests[] = {any, half, nextafter(half, 0.0), nextafter(half, 1e9),
                                (double)(block.word[1] % 100000) / 16.0};
        for (size_t k = 0; k < COUNT(tests); k++) {
            if (qf_situation_round(tests[k]) != round_by_text(tests[k])) {
                fail_msg("%.17g becomes %.17g", tests[k], qf_situation_round(tests[k]));
            }
        }
    }
}

/* ---- what the trace does not show ---- */

static void assert_change(const stand *s, size_t k, qf_situation_change_kind change,
                          qf_situation_kind kind, uint32_t track)
{
    assert_true(k < s->n_changes);
    assert_int_equal(s->changes[k].change, change);
    assert_int_equal(s->changes[k].kind, kind);
    assert_int_equal(s->changes[k].track, track);
}

static void several_tracks_change_in_the_order_of_the_reference(void **state)
{
    (void)state;
    stand *s = open_stand();
    for (int k = 0; k < 3; k++) {
        const double d = 10.0 * k;
        step(s, k, POINTS({2, 200 - d, -20, -1, true}, {9, 100 - d, -20, 1, false}));
    }
    assert_int_equal(s->n_changes, 3);
    assert_change(s, 0, QF_SITUATION_CREATED, QF_SITUATION_CPA, 2);
    assert_change(s, 1, QF_SITUATION_CREATED, QF_SITUATION_UNKNOWN, 2);
    assert_change(s, 2, QF_SITUATION_CREATED, QF_SITUATION_CPA, 9);
    step(s, 3, POINTS({2, 170, -20, -1, true}, {9, 70, -20, 1, false}));
    step(s, 4, POINTS({2, 160, -20, -1, true}, {9, 60, -20, 1, false}));
    assert_int_equal(s->n_changes, 5);
    assert_change(s, 1, QF_SITUATION_CREATED, QF_SITUATION_CLOSING, 2);
    assert_change(s, 4, QF_SITUATION_CREATED, QF_SITUATION_CLOSING, 9);
    assert_int_equal(s->changes[3].severity, 2);
    uint32_t index[MOST];
    assert_int_equal(qf_situations_shown(&s->all, index), 5);
    assert_int_equal(s->list[index[0]].track, 9); /* critical */
    assert_int_equal(s->list[index[1]].kind, QF_SITUATION_CLOSING);
    assert_int_equal(s->list[index[1]].track, 2);
    assert_int_equal(s->list[index[2]].track, 9);
    assert_int_equal(s->list[index[3]].kind, QF_SITUATION_CPA);
    assert_int_equal(s->list[index[4]].kind, QF_SITUATION_UNKNOWN);
    /* track 2 vanishes, 9 stays: what is there comes first, then what is not, by its id */
    step(s, 6, POINTS({9, 50, -20, 1, false}));
    assert_int_equal(s->n_changes, 5);
    assert_change(s, 0, QF_SITUATION_UPDATED, QF_SITUATION_CPA, 9);
    assert_change(s, 1, QF_SITUATION_UPDATED, QF_SITUATION_CLOSING, 9);
    assert_change(s, 2, QF_SITUATION_GONE, QF_SITUATION_CLOSING, 2);
    assert_change(s, 3, QF_SITUATION_GONE, QF_SITUATION_CPA, 2);
    assert_change(s, 4, QF_SITUATION_GONE, QF_SITUATION_UNKNOWN, 2);
    step(s, 8, NOBODY);
    assert_int_equal(s->n_changes, 5);
    assert_change(s, 0, QF_SITUATION_RESOLVED, QF_SITUATION_CLOSING, 2);
    assert_change(s, 1, QF_SITUATION_GONE, QF_SITUATION_CLOSING, 9);
    assert_change(s, 2, QF_SITUATION_RESOLVED, QF_SITUATION_CPA, 2);
    assert_int_equal(qf_situations_shown(&s->all, index), 2);
    step(s, 20, NOBODY); /* one transition at a time, however late */
    assert_int_equal(s->n_changes, 2);
    step(s, 30, NOBODY);
    assert_int_equal(s->n_changes, 0);
    assert_int_equal(s->all.n, 0);
    free(s);
}

/* one frame a second of something 250 m away that nobody knows; returns whether anything was said */
static bool said_of_unknown(stand *s, double now_s, double distance_m, double age_s)
{
    step(s, now_s, POINTS({4, distance_m, 1, age_s, true}));
    return s->n_changes > 0;
}

static void limits_of_conditions_are_outside(void **state)
{
    (void)state;
    static const struct {
        double distance_m, age_s;
        bool said;
    } unknown[] = {
        {299.999, 8.0, true}, {300.0, 1.0, false}, {100.0, 8.001, false}, {1.0, -1.0, true}};
    for (size_t k = 0; k < COUNT(unknown); k++) {
        stand *s = open_stand();
        assert_false(said_of_unknown(s, 0, unknown[k].distance_m, unknown[k].age_s));
        assert_false(said_of_unknown(s, 1, unknown[k].distance_m, unknown[k].age_s));
        assert_int_equal(said_of_unknown(s, 2, unknown[k].distance_m, unknown[k].age_s),
                         unknown[k].said);
        assert_false(said_of_unknown(s, 3, unknown[k].distance_m, unknown[k].age_s));
        free(s);
    }
    static const struct {
        double distance_m, vr_mps;
        int severity; /* 0: nothing */
    } cpa[] = {{400, -20, 0}, {399.999, -20, 1},  {149.999, -20, 2},
               {150, -20, 1}, {100, -12.5, 1},    {100, -12.51, 2},
               {100, 12, 0},  {1e-12, -1e-10, 0}, {0, -4, 2}};
    for (size_t k = 0; k < COUNT(cpa); k++) {
        stand *s = open_stand();
        for (int t = 0; t < 3; t++) {
            step(s, t, POINTS({1, cpa[k].distance_m, cpa[k].vr_mps, 0, false}));
        }
        assert_int_equal(s->n_changes, cpa[k].severity > 0);
        assert_true(s->n_changes == 0 || s->changes[0].severity == cpa[k].severity);
        free(s);
    }
}

static void closing_needs_every_step_nearer(void **state)
{
    (void)state;
    static const struct {
        double distance_m[5];
        double vr_mps;
        bool said;
    } cases[] = {{{5000, 4000, 3000, 2000, 1000}, -5.001, true},
                 {{5000, 4000, 3000, 2000, 1000}, -5.0, false},
                 {{4000, 4000, 3000, 2000, 1000}, -6, false}, /* a candidate two times only */
                 {{5000, 4000, 3000, 3000, 1000}, -6, false}};
    for (size_t k = 0; k < COUNT(cases); k++) {
        stand *s = open_stand();
        for (int t = 0; t < 5; t++) {
            step(s, t, POINTS({7, cases[k].distance_m[t], cases[k].vr_mps, 0, false}));
        }
        assert_int_equal(s->n_changes, cases[k].said);
        free(s);
    }
}

static void pending_ones_have_to_be_in_a_row(void **state)
{
    (void)state;
    stand *s = open_stand();
    static const double distances[] = {250, 250, 350, 250, 250, 250};
    for (int t = 0; t < 6; t++) {
        assert_int_equal(said_of_unknown(s, t, distances[t], 0), t == 5);
    }
    free(s);
}

static void what_was_resolved_cools_down(void **state)
{
    (void)state;
    stand *s = open_stand();
    for (int t = 0; t < 3; t++) {
        said_of_unknown(s, t, 250, 0);
    }
    step(s, 4, NOBODY);
    assert_change(s, 0, QF_SITUATION_GONE, QF_SITUATION_UNKNOWN, 4);
    step(s, 6, NOBODY);
    assert_change(s, 0, QF_SITUATION_RESOLVED, QF_SITUATION_UNKNOWN, 4);
    for (int t = 7; t < 13; t++) { /* 11 is the first that counts */
        assert_false(said_of_unknown(s, t, 250, 0));
    }
    assert_true(said_of_unknown(s, 13, 250, 0));
    free(s);
}

static void a_change_of_severity_is_marked(void **state)
{
    (void)state;
    stand *s = open_stand();
    static const double distances[] = {300, 300, 300, 140, 139};
    for (int t = 0; t < 5; t++) {
        step(s, t, POINTS({1, distances[t], -20, 0, false}));
        assert_int_equal(s->n_changes, t >= 2);
        assert_true(s->n_changes == 0 || s->changes[0].severity_changed == (t == 3));
        assert_true(s->n_changes == 0 || s->changes[0].value == distances[t]);
    }
    free(s);
}

/* for the one evaluation that finds it again, and of that alone */
static void what_was_lost_and_is_there_again_is_restored(void **state)
{
    (void)state;
    stand *s = open_stand();
    const qf_situation_point still[] = {{1, 250, 0, 0, true}};
    for (int t = 0; t < 8; t++) {
        const bool there = t != 3 && t != 4;
        step(s, t, still, there ? 1 : 0);
        /* created, lost, restored, and an update that says it is not restored any more */
        static const int changes[] = {-1,
                                      -1,
                                      QF_SITUATION_CREATED,
                                      -1,
                                      QF_SITUATION_GONE,
                                      QF_SITUATION_UPDATED,
                                      QF_SITUATION_UPDATED,
                                      -1};
        assert_int_equal(s->n_changes, changes[t] >= 0);
        if (changes[t] >= 0) {
            assert_int_equal(s->changes[0].change, changes[t]);
            assert_int_equal(s->changes[0].restored, t == 5);
            assert_false(s->changes[0].severity_changed);
        }
    }
    free(s);
}

static void what_finds_no_room_is_counted(void **state)
{
    (void)state;
    stand *s = open_stand();
    s->all.capacity = 2;
    s->all.trail_capacity = 3;
    for (int t = 0; t < 3; t++) {
        step(s, t, POINTS({1, 100, 0, 0, true}, {2, 100, 0, 0, true}, {3, 100, 0, 0, true}));
        assert_int_equal(s->all.dropped, t + 1);
    }
    assert_int_equal(s->n_changes, 2);
    assert_change(s, 1, QF_SITUATION_CREATED, QF_SITUATION_UNKNOWN, 2);
    /* trails: two new tracks push the two oldest that are gone out */
    step(s, 3, POINTS({3, 90, 0, 0, false}, {8, 100, 0, 0, false}, {9, 100, 0, 0, false}));
    assert_int_equal(s->all.dropped, 3);
    assert_int_equal(s->all.n_trails, 3);
    assert_int_equal(s->trails[0].track, 3);
    assert_int_equal(s->trails[0].falling, 2);
    assert_int_equal(s->trails[2].track, 9);
    /* and one more has no room: the highest number */
    step(s, 4,
         POINTS({3, 80, 0, 0, false}, {5, 1, 0, 0, false}, {8, 1, 0, 0, false},
                {9, 1, 0, 0, false}));
    assert_int_equal(s->all.dropped, 4);
    assert_int_equal(s->trails[0].falling, 3);
    free(s);
}

static void only_as_many_trails_go_as_have_to(void **state)
{
    (void)state;
    stand *s = open_stand();
    s->all.trail_capacity = 3;
    step(s, 0, POINTS({1, 9, 0, 0, false}, {2, 9, 0, 0, false}, {3, 9, 0, 0, false}));
    step(s, 1, POINTS({3, 8, 0, 0, false}, {4, 9, 0, 0, false}));
    assert_int_equal(s->all.n_trails, 3);
    assert_int_equal(s->trails[0].track, 2);
    step(s, 2, POINTS({2, 8, 0, 0, false}));
    assert_int_equal(s->trails[0].falling, 2);
    assert_int_equal(s->all.dropped, 0);
    free(s);
}

static void what_is_critical_is_listed_first_though_lost(void **state)
{
    (void)state;
    stand *s = open_stand();
    for (int t = 0; t < 3; t++) {
        step(s, t, POINTS({1, 250, 0, 0, true}, {2, 100, -20, 0, false}));
    }
    step(s, 4, POINTS({1, 250, 0, 0, true}));
    uint32_t index[MOST];
    assert_int_equal(qf_situations_shown(&s->all, index), 2);
    assert_int_equal(s->list[index[0]].status, QF_SITUATION_LOST);
    assert_int_equal(s->list[index[0]].severity, 2);
    assert_int_equal(s->list[index[1]].track, 1);
    free(s);
}

static void trails_wait_for_their_track(void **state)
{
    (void)state;
    stand *s = open_stand();
    s->rules.confirm_frames = 2;
    step(s, 0, POINTS({1, 5000, -6, 0, false}));
    step(s, 1, NOBODY);
    step(s, 2, POINTS({1, 4000, -6, 0, false}));
    step(s, 3, POINTS({1, 3000, -6, 0, false}));
    assert_change(s, 0, QF_SITUATION_CREATED, QF_SITUATION_CLOSING, 1);
    free(s);
}

int main(int argc, char **argv)
{
    n_files = argc - 1;
    files = argv + 1;
    const struct CMUnitTest replays[] = {cmocka_unit_test(says_what_the_reference_says)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_as_decimals_are_written),
        cmocka_unit_test(several_tracks_change_in_the_order_of_the_reference),
        cmocka_unit_test(limits_of_conditions_are_outside),
        cmocka_unit_test(closing_needs_every_step_nearer),
        cmocka_unit_test(pending_ones_have_to_be_in_a_row),
        cmocka_unit_test(what_was_resolved_cools_down),
        cmocka_unit_test(a_change_of_severity_is_marked),
        cmocka_unit_test(what_was_lost_and_is_there_again_is_restored),
        cmocka_unit_test(what_finds_no_room_is_counted),
        cmocka_unit_test(only_as_many_trails_go_as_have_to),
        cmocka_unit_test(what_is_critical_is_listed_first_though_lost),
        cmocka_unit_test(trails_wait_for_their_track),
    };
    const int failed = cmocka_run_group_tests(replays, NULL, NULL);
    return n_files > 0 ? failed : failed + cmocka_run_group_tests(tests, NULL, NULL);
}
