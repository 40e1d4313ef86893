/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard rules: the reference's sequences, a plain version of section 1.9 on random scenes, and the ends. Built
 * twice: against the sets of this machine, and against a double-precision build of the same sources.
 *
 * `test_guard FILE...` replays other sequences of the golden file's form.
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
#include "kernels.h"
#include "tracker_spec.h"
#include "yaml_node.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MOST = 48, RULES = 3 };

/* ---- an observer's tracks, as far as guards look at them ---- */

typedef struct stand {
    qf_track_table table;
    qf_track_view view;
    qf_guard_set set;
    qf_guard_rule rules[RULES];
    qf_guard_edges edges;
} stand;

static void *room(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0xA5, bytes); /* what lies beyond the last track is of no use */
    return memory;
}

static void set_columns(stand *s, size_t r, size_t i, uint32_t time, uint32_t active)
{
    s->table.guard[r].first[i] = time;
    s->table.guard[r].last[i] = time;
    s->table.guard[r].fired[i] = time;
    s->table.guard[r].active[i] = active;
}

/* n tracks at 0 m, tracked, of quality 1 */
static stand open_stand(const qf_guards_spec *spec, double dt_s, size_t n)
{
    stand s = {.table = {.n = n, .capacity = MOST}, .view = {.n = n, .capacity = MOST}};
    qf_real **const reals[] = {&s.view.range_m, &s.view.quality, &s.view.vr_mps};
    uint32_t **const words[] = {&s.view.status, &s.view.iff, &s.view.mode, &s.table.on};
    for (size_t k = 0; k < COUNT(reals); k++) {
        *reals[k] = room(MOST * sizeof(qf_real));
    }
    for (size_t k = 0; k < COUNT(words); k++) {
        *words[k] = room(MOST * sizeof(uint32_t));
    }
    s.edges.edges = room(RULES * MOST * sizeof *s.edges.edges);
    assert_true(spec->n_rules <= RULES);
    qf_guards_derive(spec, dt_s, s.rules, &s.set);
    s.table.n_rules = spec->n_rules;
    s.table.guard_unset = spec->reference_epoch ? 0 : QF_GUARD_UNSET;
    for (size_t i = 0; i < n; i++) {
        s.view.range_m[i] = 0;
        s.view.quality[i] = 1;
        s.view.vr_mps[i] = 0;
        s.view.status[i] = QF_TRACK_TRACKED;
        s.view.iff[i] = 3;
        s.view.mode[i] = 1;
        s.table.on[i] = 1;
    }
    for (size_t r = 0; r < spec->n_rules; r++) {
        s.table.guard[r] =
            (struct qf_guard_columns){room(MOST * sizeof(uint32_t)), room(MOST * sizeof(uint32_t)),
                                      room(MOST * sizeof(uint32_t)), room(MOST * sizeof(uint32_t))};
        for (size_t i = 0; i < n; i++) {
            set_columns(&s, r, i, s.table.guard_unset, 0);
        }
    }
    return s;
}

/* `rules` of the set are the stand's own: it was copied on the way out */
static void step(stand *s, const qf_kernels *kernels, uint32_t tick)
{
    s->set.rules = s->rules;
    kernels->guard(&s->set, tick, &s->view, &s->table, &s->edges);
}

static void close_stand(stand *s)
{
    free(s->view.range_m);
    free(s->view.quality);
    free(s->view.vr_mps);
    free(s->view.status);
    free(s->view.iff);
    free(s->view.mode);
    free(s->table.on);
    free(s->edges.edges);
    for (size_t r = 0; r < s->table.n_rules; r++) {
        free(s->table.guard[r].first);
        free(s->table.guard[r].last);
        free(s->table.guard[r].fired);
        free(s->table.guard[r].active);
    }
}

/* sets of kernels that run here; NULL after the last */
static const qf_kernels *get_set(size_t i)
{
#ifdef QF_REAL_DOUBLE
    static const qf_kernels set = {.isa = "double", .guard = QF_KERNEL(qf_guard_step)};
    return i == 0 ? &set : NULL;
#else
    size_t found = 0;
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (kernels && found++ == i) {
            return kernels;
        }
    }
    return NULL;
#endif
}

/* within 70 m, no hysteresis, no durations, no cooldown */
static qf_guard_rule_spec near_rule(void)
{
    return (qf_guard_rule_spec){.id = "near",
                                .severity = 2,
                                .on = -1,
                                .mode_bits = UINT32_MAX,
                                .max_range_m = 70.0,
                                .max_speed_mps = (double)INFINITY};
}

/* ---- the reference's sequences ---- */

static double number(const qf_yaml_node *mapping, const char *key, double fallback)
{
    const qf_yaml_node *node = qf_yaml_get(mapping, key);
    return node && strcmp(node->text, "null") != 0 ? strtod(node->text, NULL) : fallback;
}

/* In a sequence that is named so the key is there but was not set, which makes a difference. */
static double cooldown_of(const qf_yaml_node *sequence, const qf_yaml_node *rule)
{
    const bool unset = strstr(qf_yaml_get(sequence, "name")->text, "when unset") != NULL;
    return unset ? (double)NAN : number(rule, "cooldown_s", (double)NAN);
}

/*
 * The tick that a sequence is replayed with. The reference compares differences of seconds since an epoch, in double
 * precision: from 2^30 to 2^31 s that is a clock of 2^-22 s, which is therefore the tick. Near zero it
 * is finer than any tick, and the sequences are decimal: microseconds, or as many as fit into 2^31 ticks.
 */
static double tick_s_of(double base_s, double end_s)
{
    const double most = 0x1p31 - 2.0;
    if (base_s >= 0x1p30 && end_s / 0x1p-22 < most) {
        return 0x1p-22;
    }
    double tick_s = 1e-6;
    while (end_s / tick_s >= most) {
        tick_s *= 10.0;
    }
    assert_true(tick_s <= 1e-3);
    return tick_s;
}

static uint32_t tick_of(double base_s, double t_s, double tick_s)
{
    return (uint32_t)nearbyint(((base_s + t_s) - base_s) / tick_s);
}

static void replay(const qf_yaml_node *sequence, const qf_kernels *kernels)
{
    const char *name = qf_yaml_get(sequence, "name")->text;
    const qf_yaml_node *given = qf_yaml_get(sequence, "rule");
    const qf_yaml_node *samples = qf_yaml_get(sequence, "samples");
    const qf_yaml_node *fires = qf_yaml_get(sequence, "fires");
    const double base_s = number(sequence, "base_epoch", 0.0);
    qf_guard_rule_spec rule = near_rule();
    rule.min_range_m = number(given, "min_range_m", 0.0);
    rule.max_range_m = number(given, "max_range_m", (double)INFINITY);
    rule.min_quality = number(given, "min_quality", 0.0);
    rule.min_duration_s = number(given, "min_duration_s", 0.0);
    rule.hysteresis_m = number(given, "hysteresis_m", 0.0);
    rule.cooldown_s = cooldown_of(sequence, given);
    const qf_guards_spec spec = {.reference_epoch = base_s == 0.0,
                                 .default_cooldown_s = number(sequence, "default_cooldown_s", 2.0),
                                 .n_rules = 1,
                                 .rules = &rule};
    assert_int_equal(samples->n_children, fires->n_children);
    const double end_s =
        strtod(samples->children[samples->n_children - 1]->children[0]->text, NULL);
    const double tick_s = tick_s_of(base_s, end_s);
    stand s = open_stand(&spec, tick_s, 1);
    for (size_t k = 0; k < samples->n_children; k++) {
        const qf_yaml_node *sample = samples->children[k];
        s.view.range_m[0] = (qf_real)strtod(sample->children[1]->text, NULL);
        step(&s, kernels, tick_of(base_s, strtod(sample->children[0]->text, NULL), tick_s));
        const int found = s.edges.n == 1 && s.edges.edges[0].fires;
        if (found != atoi(fires->children[k]->text)) {
            fail_msg("%s: %s: sample %zu (%s s): fired %d", kernels->isa, name, k,
                     sample->children[0]->text, found);
        }
    }
    close_stand(&s);
}

static void replay_file(const char *path)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics = {0};
    const qf_yaml_node *sequences = qf_yaml_load_file(&arena, path, &diagnostics);
    if (!sequences || sequences->n_children == 0) {
        fail_msg("%s: no sequences", path);
    }
    for (size_t set = 0; get_set(set); set++) {
        for (size_t k = 0; k < sequences->n_children; k++) {
            replay(sequences->children[k], get_set(set));
        }
    }
    qf_arena_free(&arena);
    qf_diagnostics_free(&diagnostics);
}

static int n_files;
static char **files;

static void fires_when_the_reference_does(void **state)
{
    (void)state;
    if (n_files == 0) {
        replay_file(TEST_SOURCE_DIR "/golden/guard_sequences.json");
    }
    for (int k = 0; k < n_files; k++) {
        replay_file(files[k]);
    }
}

/* ---- section 1.9 as it is written, one key at a time ---- */

typedef struct key {
    bool known;                     /* has a state */
    int64_t first, last, published; /* -1: unset; in the reference 0 is */
    bool active;
} key;

static bool is_match(const qf_guard_rule_spec *rule, const stand *s, size_t i, bool active)
{
    const qf_real h = active ? (qf_real)rule->hysteresis_m : 0;
    const uint32_t status = s->view.status[i];
    if (status != QF_TRACK_TRACKED && status != QF_TRACK_COASTING) {
        return false;
    }
    if (rule->iff != 0 && (uint32_t)rule->iff != s->view.iff[i]) {
        return false;
    }
    if (rule->on >= 0 && (uint32_t)rule->on != s->table.on[i]) {
        return false;
    }
    if (!(rule->mode_bits >> s->view.mode[i] & 1)) {
        return false;
    }
    const qf_real range = s->view.range_m[i];
    if (range < (qf_real)rule->min_range_m - h) {
        return false;
    }
    if (isfinite(rule->max_range_m) && range > (qf_real)rule->max_range_m + h) {
        return false;
    }
    return s->view.quality[i] >= (qf_real)rule->min_quality &&
           fabs((double)s->view.vr_mps[i]) <= rule->max_speed_mps;
}

/* times in ticks of a second; returns whether it fires */
static bool call(const qf_guard_rule_spec *rule, bool reference, bool match, int64_t t, key *k)
{
    const int64_t unset = reference ? 0 : -1;
    if (!match) {
        if (k->active) {
            k->active = false;
            k->first = k->last = unset;
        }
        return false;
    }
    if (!k->known) {
        *k = (key){true, t, t, unset, false};
    } else {
        const double gap_s = (double)(t - k->last);
        if (rule->min_duration_s > 0.0 && k->last != unset && gap_s > rule->min_duration_s) {
            k->first = t;
        }
        if (k->first == unset) {
            k->first = t;
        }
        k->last = t;
    }
    if (k->active ||
        (rule->min_duration_s > 0.0 && (double)(t - k->first) < rule->min_duration_s)) {
        return false;
    }
    const bool counts = reference || k->published != unset;
    if (rule->cooldown_s > 0.0 && counts && (double)(t - k->published) < rule->cooldown_s) {
        return false;
    }
    k->active = true;
    k->published = t;
    return true;
}

static void collect(bool reference, int64_t t, key *k)
{
    const int64_t unset = reference ? 0 : -1;
    const int64_t since = k->published != unset ? k->published : k->last;
    if (k->known && !k->active && since != unset && t - since > 300) {
        *k = (key){.first = unset, .last = unset, .published = unset};
    }
}

static uint32_t pick(uint32_t i, uint32_t series, uint32_t n)
{
    return qf_philox((qf_philox_block){{i, series, 0, 7}}, 5).word[0] % n;
}

/* tracks wander over the ends of all rules; frames are one to three seconds apart, but for one long silence */
static void move_tracks(stand *s, uint32_t frame)
{
    static const double ranges[] = {0.0, 9.0, 10.0, 69.0, 70.0, 71.0, 75.0, 75.5, 80.0, 5.0};
    static const uint32_t statuses[] = {1, 2, 2, 2, 4, 4, 3, 0};
    for (uint32_t i = 0; i < s->table.n; i++) {
        const uint32_t at = frame * MOST + i;
        if (pick(at, 0, 3) == 0) {
            s->view.range_m[i] = (qf_real)ranges[pick(at, 1, COUNT(ranges))];
        }
        if (pick(at, 2, 9) == 0) {
            s->view.status[i] = statuses[pick(at, 3, COUNT(statuses))];
            s->view.iff[i] = pick(at, 4, 4);
            s->view.mode[i] = pick(at, 5, 4);
            s->table.on[i] = pick(at, 6, 2);
        }
        s->view.quality[i] = (qf_real)(0.25 * pick(at, 7, 4));
        s->view.vr_mps[i] = (qf_real)(5.0 * pick(at, 8, 8) - 20.0);
    }
}

static const qf_guard_rule_spec mixed_rules[RULES] = {
    {.id = "a",
     .severity = 2,
     .on = -1,
     .mode_bits = UINT32_MAX,
     .max_range_m = 70.0,
     .max_speed_mps = (double)INFINITY,
     .hysteresis_m = 5.0,
     .cooldown_s = 7.0},
    {.id = "b",
     .severity = 1,
     .on = 1,
     .mode_bits = 0xA,
     .iff = 3,
     .min_range_m = 10.0,
     .max_range_m = (double)INFINITY,
     .min_quality = 0.25,
     .max_speed_mps = 15.0,
     .min_duration_s = 3.0,
     .hysteresis_m = 1.0},
    {.id = "c",
     .severity = 2,
     .on = 0,
     .mode_bits = UINT32_MAX,
     .max_range_m = 75.0,
     .max_speed_mps = 15.0,
     .min_duration_s = 2.0,
     .cooldown_s = 4.0},
};

/* compares one frame; returns how many fired */
static size_t compare_frame(stand *s, const qf_kernels *kernels, bool reference, uint32_t tick,
                            key (*keys)[MOST])
{
    size_t at = 0;
    size_t fired = 0;
    uint32_t active[3] = {0};
    step(s, kernels, tick);
    for (uint32_t r = 0; r < RULES; r++) {
        for (uint32_t i = 0; i < s->table.n; i++) {
            key *k = &keys[r][i];
            const bool was = k->active;
            const bool match = is_match(&mixed_rules[r], s, i, was);
            fired += call(&mixed_rules[r], reference, match, tick, k);
            active[mixed_rules[r].severity] += k->active;
            if (k->active != was) {
                assert_true(at < s->edges.n);
                const qf_guard_edge edge = s->edges.edges[at++];
                assert_int_equal(edge.rule, r);
                assert_int_equal(edge.slot, i);
                assert_int_equal(edge.fires, k->active);
            }
        }
    }
    assert_int_equal(at, s->edges.n);
    assert_int_equal(s->edges.active, active[1] + active[2]);
    assert_int_equal(s->edges.active_critical, active[2]);
    for (uint32_t r = 0; r < RULES; r++) {
        for (uint32_t i = 0; i < s->table.n; i++) {
            collect(reference, tick, &keys[r][i]);
        }
    }
    return fired;
}

static void follows_the_plain_rules(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, MOST};
    for (size_t k = 0; k < 2 * COUNT(sizes); k++) {
        const bool reference = k % 2;
        const qf_guards_spec spec = {
            .reference_epoch = reference, .n_rules = RULES, .rules = mixed_rules};
        for (size_t set = 0; get_set(set); set++) {
            key keys[RULES][MOST];
            for (size_t r = 0; r < RULES; r++) {
                for (size_t i = 0; i < MOST; i++) {
                    const int64_t unset = reference ? 0 : -1;
                    keys[r][i] = (key){.first = unset, .last = unset, .published = unset};
                }
            }
            stand s = open_stand(&spec, 1.0, sizes[k / 2]);
            size_t fired = 0;
            uint32_t tick = 0;
            for (uint32_t frame = 0; frame < 600; frame++) {
                move_tracks(&s, frame);
                fired += compare_frame(&s, get_set(set), reference, tick, keys);
                tick += frame == 300 ? 301 : 1 + pick(frame, 9, 3);
            }
            assert_true(fired >= sizes[k / 2] * 10); /* there was something to compare */
            close_stand(&s);
        }
    }
}

/* ---- ends ---- */

/* whether the only track of a one-rule set fires at that tick and range */
static bool fires_at(stand *s, const qf_kernels *kernels, uint32_t tick, double range_m)
{
    s->view.range_m[0] = (qf_real)range_m;
    step(s, kernels, tick);
    return s->edges.n == 1 && s->edges.edges[0].fires;
}

static stand one_track(const qf_guard_rule_spec *rule)
{
    const qf_guards_spec spec = {.default_cooldown_s = 2.0, .n_rules = 1, .rules = rule};
    return open_stand(&spec, 0.1, 1);
}

static void limits_belong_to_the_range(void **state)
{
    (void)state;
    for (size_t set = 0; get_set(set); set++) {
        static const struct {
            double min_m, max_m, range_m;
            bool fires;
        } cases[] = {{10, 70, 10, true},       {10, 70, 9.9999, false},  {10, 70, 70, true},
                     {10, 70, 70.0001, false}, {0, HUGE_VAL, 1e9, true}, {0, HUGE_VAL, 0, true}};
        for (size_t k = 0; k < COUNT(cases); k++) {
            qf_guard_rule_spec rule = near_rule();
            rule.min_range_m = cases[k].min_m;
            rule.max_range_m = cases[k].max_m;
            rule.hysteresis_m = 5.0; /* not before it is active */
            stand s = one_track(&rule);
            assert_int_equal(fires_at(&s, get_set(set), 0, cases[k].range_m), cases[k].fires);
            close_stand(&s);
        }
    }
}

static void hysteresis_widens_both_ends_while_active(void **state)
{
    (void)state;
    static const double outside[] = {4.999, 75.001};
    static const double inside[] = {5.0, 75.0};
    for (size_t set = 0; get_set(set); set++) {
        for (size_t k = 0; k < COUNT(outside); k++) {
            qf_guard_rule_spec rule = near_rule();
            rule.min_range_m = 10.0;
            rule.hysteresis_m = 5.0;
            stand s = one_track(&rule);
            assert_true(fires_at(&s, get_set(set), 0, 40.0));
            assert_int_equal(s.edges.active_critical, 1);
            assert_false(fires_at(&s, get_set(set), 1, inside[k]));
            assert_int_equal(s.edges.n, 0);
            assert_int_equal(s.edges.active, 1);
            assert_false(fires_at(&s, get_set(set), 2, outside[k]));
            assert_int_equal(s.edges.n, 1); /* no longer active */
            assert_int_equal(s.edges.active, 0);
            assert_false(fires_at(&s, get_set(set), 3, inside[k]));
            close_stand(&s);
        }
    }
}

static void what_is_inactive_for_300_s_is_forgotten(void **state)
{
    (void)state;
    for (size_t set = 0; get_set(set); set++) {
        qf_guard_rule_spec rule = near_rule();
        rule.cooldown_s = 1000.0;
        stand s = one_track(&rule);
        assert_true(fires_at(&s, get_set(set), 0, 40.0));
        assert_false(fires_at(&s, get_set(set), 1, 90.0));
        assert_false(fires_at(&s, get_set(set), 3000, 40.0)); /* not yet: 300.0 s */
        assert_int_equal(s.table.guard[0].fired[0], 0);
        assert_false(fires_at(&s, get_set(set), 3001, 40.0)); /* collected after its turn */
        assert_int_equal(s.table.guard[0].fired[0], QF_GUARD_UNSET);
        assert_true(fires_at(&s, get_set(set), 3002, 40.0));
        /* an active one never is */
        assert_false(fires_at(&s, get_set(set), 9000, 40.0));
        assert_int_equal(s.edges.active, 1);
        assert_int_equal(s.table.guard[0].fired[0], 3002);
        close_stand(&s);
    }
}

/* what lies beyond the last track does not come out, whatever it is */
static void rubbish_beyond_the_last_track_is_nobody(void **state)
{
    (void)state;
    for (size_t set = 0; get_set(set); set++) {
        const qf_guard_rule_spec rule = near_rule();
        stand s = one_track(&rule);
        for (size_t i = 1; i < 16; i++) {
            s.view.status[i] = QF_TRACK_TRACKED;
            s.view.range_m[i] = 1;
            s.view.quality[i] = 1;
            s.view.vr_mps[i] = 0;
            set_columns(&s, 0, i, 0, i % 2);
        }
        assert_true(fires_at(&s, get_set(set), 5, 40.0));
        assert_int_equal(s.edges.active, 1);
        close_stand(&s);
    }
}

/* ---- what a scenario gives, in ticks ---- */

static qf_guard_rule derive(const qf_guard_rule_spec *given, double dt_s)
{
    const qf_guards_spec spec = {.default_cooldown_s = 2.0, .n_rules = 1, .rules = given};
    qf_guard_rule rule;
    qf_guard_set set;
    qf_guards_derive(&spec, dt_s, &rule, &set);
    assert_int_equal(set.n_rules, 1);
    assert_ptr_equal(set.rules, &rule);
    assert_int_equal(set.forget_ticks, (int)(300.0 / dt_s + 1e-6));
    assert_false(set.reference_epoch);
    return rule;
}

static void durations_become_whole_ticks(void **state)
{
    (void)state;
    static const struct {
        double dt_s, duration_s;
        int32_t pending, gap;
    } cases[] = {
        {0.1, 0.0, 0, -1},  {0.1, 0.3, 3, 3},           {0.1, 0.7, 7, 7},
        {0.1, 0.25, 3, 2},  {0.1, 0.05, 1, 0},          {0.3, 0.9, 3, 3},
        {1.0, 1e-12, 1, 0}, {1e-3, 60.0, 60000, 60000}, {1e-3, 1e300, INT32_MAX, INT32_MAX}};
    for (size_t k = 0; k < COUNT(cases); k++) {
        qf_guard_rule_spec given = near_rule();
        given.min_duration_s = cases[k].duration_s;
        given.cooldown_s = cases[k].duration_s;
        const qf_guard_rule rule = derive(&given, cases[k].dt_s);
        assert_int_equal(rule.pending_ticks, cases[k].pending);
        assert_int_equal(rule.gap_ticks, cases[k].gap);
        assert_int_equal(rule.cooldown_ticks, cases[k].pending);
    }
    qf_guard_rule_spec given = near_rule();
    given.cooldown_s = (double)NAN;
    assert_int_equal(derive(&given, 0.1).cooldown_ticks, 20);
}

static void conditions_become_bits(void **state)
{
    (void)state;
    qf_guard_rule_spec given = near_rule();
    qf_guard_rule rule = derive(&given, 0.1);
    assert_int_equal(rule.iff_bits, 0xF);
    assert_int_equal(rule.mode_bits, 0xF);
    assert_int_equal(rule.on_bits, 3);
    given.iff = 2;
    given.mode_bits = 1u << 3;
    given.on = 0;
    given.max_range_m = (double)INFINITY;
    given.min_range_m = 1.5;
    given.severity = 1;
    rule = derive(&given, 0.1);
    assert_int_equal(rule.iff_bits, 4);
    assert_int_equal(rule.mode_bits, 8);
    assert_int_equal(rule.on_bits, 1);
    assert_int_equal(rule.severity, 1);
    assert_true(isinf((double)rule.max_range_m) && isinf((double)rule.max_speed_mps));
    assert_true((double)rule.min_range_m == 1.5);
    given.on = 1;
    assert_int_equal(derive(&given, 0.1).on_bits, 2);
}

int main(int argc, char **argv)
{
    n_files = argc - 1;
    files = argv + 1;
    const struct CMUnitTest replays[] = {cmocka_unit_test(fires_when_the_reference_does)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_plain_rules),
        cmocka_unit_test(limits_belong_to_the_range),
        cmocka_unit_test(hysteresis_widens_both_ends_while_active),
        cmocka_unit_test(what_is_inactive_for_300_s_is_forgotten),
        cmocka_unit_test(rubbish_beyond_the_last_track_is_nobody),
        cmocka_unit_test(durations_become_whole_ticks),
        cmocka_unit_test(conditions_become_bits),
    };
    const int failed = cmocka_run_group_tests(replays, NULL, NULL);
    return n_files > 0 ? failed : failed + cmocka_run_group_tests(tests, NULL, NULL);
}
