/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fleet picture: the reference's trace, a plain version that looks at every pair, and the ends.
 *
 * The trace holds what came out and not what went in: golden/fusion_scene.json is an input that gives it. Ids are
 * numbers here; what the reference would call them comes from a table in that file.
 *
 * `test_picture TRACE SCENE` replays others.
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
#include "picture.h"
#include "plane.h"
#include "yaml_node.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_real(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * fmax(1.0, fabs(expected)))) {
        fail_msg("%.17g, expected %.17g", value, expected);
    }
}

/* ---- the reference's trace ---- */

enum { TEXT = 256, NAMES = 64 };

/* "A:1,B:7" */
static void join(const qf_picture_member *members, size_t n, char text[TEXT])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k < n; k++) {
        used += (size_t)snprintf(text + used, TEXT - used, "%s%c:%u", k ? "," : "",
                                 (char)('A' + members[k].source), members[k].number);
        assert_true(used < TEXT);
    }
}

static size_t read_tracks(const qf_yaml_node *list, double now_s, qf_picture_track *tracks)
{
    for (size_t i = 0; i < list->n_children; i++) {
        qf_yaml_node **cells = list->children[i]->children;
        double number[7];
        for (size_t k = 1; k < 7; k++) {
            number[k] = strtod(cells[k]->text, NULL);
        }
        tracks[i] = (qf_picture_track){.source = (uint32_t)(cells[0]->text[0] - 'A'),
                                       .number = (uint32_t)number[1],
                                       .x_m = number[2],
                                       .y_m = number[3],
                                       .has_velocity = true,
                                       .vx_mps = number[4],
                                       .vy_mps = number[5],
                                       .quality = number[6],
                                       .updated_s = now_s};
    }
    return list->n_children;
}

static void compare_waiting(const qf_yaml_node *expected, const qf_picture_waiting *list, size_t n,
                            bool pending)
{
    assert_int_equal(n, expected->n_children);
    for (size_t k = 0; k < n; k++) {
        char text[TEXT];
        join(list[k].members, list[k].n_members, text);
        const qf_yaml_node *value = qf_yaml_get(expected, text);
        assert_non_null(value);
        assert_real(pending ? (double)list[k].frames : list[k].until_s, strtod(value->text, NULL));
    }
}

static void compare_point(const qf_yaml_node *expected, bool known, double x, double y)
{
    assert_int_equal(expected->kind == QF_YAML_SEQUENCE, known);
    if (known) {
        assert_real(x, strtod(expected->children[0]->text, NULL));
        assert_real(y, strtod(expected->children[1]->text, NULL));
    }
}

/* names[id]: what the reference calls it, since it began */
static void compare_entry(const qf_yaml_node *expected, const qf_picture_entry *entry,
                          const qf_yaml_node *ids, char names[NAMES][TEXT])
{
    qf_yaml_node **cells = expected->children;
    char text[TEXT];
    join(entry->members, entry->n_members, text);
    assert_true(entry->id < NAMES);
    if (!names[entry->id][0]) {
        assert_non_null(qf_yaml_get(ids, text));
        snprintf(names[entry->id], TEXT, "%s", qf_yaml_get(ids, text)->text);
    }
    assert_string_equal(names[entry->id], cells[0]->text);
    compare_point(cells[1], true, entry->x_m, entry->y_m);
    compare_point(cells[2], entry->has_velocity, entry->vx_mps, entry->vy_mps);
    assert_real(entry->trust, strtod(cells[3]->text, NULL));
    uint32_t flags = 0;
    for (size_t k = 0; k < cells[4]->n_children; k++) {
        const bool low = strcmp(cells[4]->children[k]->text, "LOW_SUPPORT") == 0;
        flags |= low ? QF_PICTURE_LOW_SUPPORT : QF_PICTURE_CONFLICT;
    }
    assert_int_equal(entry->flags, flags);
    char members[TEXT] = "";
    for (size_t k = 0; k < cells[5]->n_children; k++) {
        strcat(strcat(members, k ? "," : ""), cells[5]->children[k]->text);
    }
    assert_string_equal(text, members);
}

static void replay(const char *trace_path, const char *scene_path)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics = {0};
    const qf_yaml_node *trace = qf_yaml_load_file(&arena, trace_path, &diagnostics);
    const qf_yaml_node *scene = qf_yaml_load_file(&arena, scene_path, &diagnostics);
    if (!trace || !scene) {
        fail_msg("%s, %s: cannot be read", trace_path, scene_path);
    }
    const qf_yaml_node *steps = qf_yaml_get(scene, "steps");
    assert_int_equal(trace->n_children, steps->n_children);
    const qf_picture_rules rules = qf_picture_rules_default();
    qf_picture *picture = qf_picture_create(&rules);
    char names[NAMES][TEXT] = {0};
    for (size_t k = 0; k < trace->n_children; k++) {
        const qf_yaml_node *row = trace->children[k];
        const double now_s = strtod(qf_yaml_get(row, "now")->text, NULL);
        qf_picture_track tracks[NAMES];
        const size_t n_tracks = read_tracks(steps->children[k], now_s, tracks);
        assert_true(qf_picture_step(picture, now_s, tracks, n_tracks));
        size_t n;
        const qf_picture_entry *entries = qf_picture_entries(picture, &n);
        const qf_yaml_node *active = qf_yaml_get(row, "active");
        assert_int_equal(n, active->n_children);
        for (size_t e = 0; e < n; e++) {
            compare_entry(active->children[e], &entries[e], qf_yaml_get(scene, "ids"), names);
        }
        const qf_picture_waiting *pending = qf_picture_pending(picture, &n);
        compare_waiting(qf_yaml_get(row, "pending"), pending, n, true);
        const qf_picture_waiting *cooling = qf_picture_cooling(picture, &n);
        compare_waiting(qf_yaml_get(row, "cooldown"), cooling, n, false);
    }
    qf_picture_free(picture);
    qf_arena_free(&arena);
    qf_diagnostics_free(&diagnostics);
}

static int n_files;
static char **files;

static void shows_what_the_reference_shows(void **state)
{
    (void)state;
    if (n_files == 2) {
        replay(files[0], files[1]);
    } else {
        replay(TEST_SOURCE_DIR "/golden/fusion_trace.json",
               TEST_SOURCE_DIR "/golden/fusion_scene.json");
    }
}

/* ---- section 1.11 as it is written: everything with everything ---- */

enum { MOST = 400 };

typedef struct plain_entry {
    qf_picture_entry e; /* members: the array below */
    qf_picture_member members[MOST];
    double until_s;
    uint32_t frames;
} plain_entry;

typedef struct plain_list {
    size_t n;
    plain_entry *list;
} plain_list;

typedef struct plain {
    qf_picture_rules rules;
    plain_list active, pending, cooling;
    uint32_t next_id;
} plain;

static plain_entry *push(plain_list *list)
{
    list->list = realloc(list->list, (list->n + 1) * sizeof *list->list);
    assert_non_null(list->list);
    return memset(&list->list[list->n++], 0, sizeof *list->list);
}

static int compare_members(const plain_entry *a, const plain_entry *b)
{
    for (size_t k = 0; k < a->e.n_members && k < b->e.n_members; k++) {
        const uint64_t left = (uint64_t)a->members[k].source << 32 | a->members[k].number;
        const uint64_t right = (uint64_t)b->members[k].source << 32 | b->members[k].number;
        if (left != right) {
            return left < right ? -1 : 1;
        }
    }
    return a->e.n_members < b->e.n_members ? -1 : a->e.n_members > b->e.n_members;
}

static int compare_plain(const void *a, const void *b)
{
    return compare_members(a, b);
}

static double distance(double ax, double ay, double bx, double by)
{
    return sqrt((ax - bx) * (ax - bx) + (ay - by) * (ay - by));
}

static bool before_as_seed(const qf_picture_track *a, const qf_picture_track *b)
{
    if (a->quality != b->quality) {
        return a->quality > b->quality;
    }
    return a->source != b->source ? a->source < b->source : a->number < b->number;
}

static bool in_gates(const qf_picture_rules *rules, const qf_picture_track *a,
                     const qf_picture_track *b)
{
    return distance(a->x_m, a->y_m, b->x_m, b->y_m) <= rules->gate_m &&
           (!a->has_velocity || !b->has_velocity ||
            distance(a->vx_mps, a->vy_mps, b->vx_mps, b->vy_mps) <= rules->gate_mps);
}

static bool nearer(const qf_picture_track *seed, const qf_picture_track *a,
                   const qf_picture_track *b)
{
    const double d_a = distance(a->x_m, a->y_m, seed->x_m, seed->y_m);
    const double d_b = distance(b->x_m, b->y_m, seed->x_m, seed->y_m);
    if (d_a != d_b) {
        return d_a < d_b;
    }
    return a->quality != b->quality ? a->quality > b->quality : a->number < b->number;
}

/* tracks by (source, number) that are in the cluster */
static void plain_fuse(const qf_picture_rules *rules, const qf_picture_track **members, size_t n,
                       plain_entry *to)
{
    double w = 0, x = 0, y = 0, vw = 0, vx = 0, vy = 0, px = 0, py = 0, pvx = 0, pvy = 0,
           spread = 0;
    size_t moving = 0;
    to->e.updated_s = members[0]->updated_s;
    for (size_t k = 0; k < n; k++) {
        const qf_picture_track *m = members[k];
        const double trust = m->quality;
        to->members[k] = (qf_picture_member){m->source, m->number};
        w += trust, x += m->x_m * trust, y += m->y_m * trust, px += m->x_m, py += m->y_m;
        if (m->has_velocity) {
            moving++;
            vw += trust, vx += m->vx_mps * trust, vy += m->vy_mps * trust;
            pvx += m->vx_mps, pvy += m->vy_mps;
        }
        to->e.updated_s = fmax(to->e.updated_s, m->updated_s);
        for (size_t j = 0; j < k; j++) {
            spread = fmax(spread, distance(m->x_m, m->y_m, members[j]->x_m, members[j]->y_m));
        }
    }
    to->e.n_members = n;
    to->e.x_m = w > 0 ? x / w : px / (double)n;
    to->e.y_m = w > 0 ? y / w : py / (double)n;
    to->e.has_velocity = moving >= 2;
    if (moving >= 2) {
        to->e.vx_mps = vw > 0 ? vx / vw : pvx / (double)moving;
        to->e.vy_mps = vw > 0 ? vy / vw : pvy / (double)moving;
    }
    to->e.trust = w / (double)n;
    to->e.trust = n >= rules->min_support ? fmin(1.0, to->e.trust + 0.1) : fmin(0.49, to->e.trust);
    to->e.flags = n >= rules->min_support ? 0 : QF_PICTURE_LOW_SUPPORT;
    if (spread > 2.0 * rules->gate_m) {
        to->e.flags |= QF_PICTURE_CONFLICT;
        to->e.trust /= 2.0;
    }
}

static plain_list plain_clusters(const qf_picture_rules *rules, const qf_picture_track *tracks,
                                 size_t n)
{
    plain_list clusters = {0};
    bool used[MOST] = {0};
    double latest_s = 0.0;
    uint32_t n_sources = 0;
    for (size_t i = 0; i < n; i++) {
        latest_s = fmax(latest_s, tracks[i].updated_s);
        n_sources = tracks[i].source >= n_sources ? tracks[i].source + 1 : n_sources;
    }
    for (size_t i = 0; i < n; i++) {
        used[i] = latest_s - tracks[i].updated_s > rules->max_age_s;
    }
    for (;;) {
        size_t seed = n;
        for (size_t i = 0; i < n; i++) {
            if (!used[i] && (seed == n || before_as_seed(&tracks[i], &tracks[seed]))) {
                seed = i;
            }
        }
        if (seed == n) {
            break;
        }
        used[seed] = true;
        const qf_picture_track *members[MOST] = {0};
        size_t n_members = 0;
        for (uint32_t source = 0; source < n_sources; source++) {
            size_t best = source == tracks[seed].source ? seed : n;
            for (size_t i = 0; source != tracks[seed].source && i < n; i++) {
                if (tracks[i].source == source && !used[i] &&
                    in_gates(rules, &tracks[seed], &tracks[i]) &&
                    (best == n || nearer(&tracks[seed], &tracks[i], &tracks[best]))) {
                    best = i;
                }
            }
            if (best < n) {
                used[best] = true;
                members[n_members++] = &tracks[best];
            }
        }
        plain_fuse(rules, members, n_members, push(&clusters));
    }
    if (clusters.n > 1) {
        qsort(clusters.list, clusters.n, sizeof *clusters.list, compare_plain);
    }
    return clusters;
}

static double resemblance(const qf_picture_rules *rules, const plain_entry *cluster,
                          const plain_entry *old)
{
    size_t both = 0;
    for (size_t a = 0; a < cluster->e.n_members; a++) {
        for (size_t b = 0; b < old->e.n_members; b++) {
            both += memcmp(&cluster->members[a], &old->members[b], sizeof *old->members) == 0;
        }
    }
    const double share = (double)both / (double)old->e.n_members;
    if (share >= 0.5) {
        return 1.0 + share;
    }
    const double far = distance(cluster->e.x_m, cluster->e.y_m, old->e.x_m, old->e.y_m);
    return far <= rules->gate_m ? 0.75 : 0.0;
}

static plain_entry *lookup(const plain_list *list, const plain_entry *members)
{
    for (size_t k = 0; k < list->n; k++) {
        if (compare_members(&list->list[k], members) == 0) {
            return &list->list[k];
        }
    }
    return NULL;
}

static void plain_step(plain *p, double now_s, const qf_picture_track *tracks, size_t n)
{
    plain_list clusters = plain_clusters(&p->rules, tracks, n);
    plain_list pending = {0}, fresh = {0}, kept = {0};
    const plain_entry *heir[MOST] = {0};
    for (size_t c = 0; c < clusters.n; c++) {
        plain_entry *cluster = &clusters.list[c];
        double best = 0.0;
        size_t match = p->active.n;
        for (size_t e = 0; e < p->active.n; e++) {
            const double score = resemblance(&p->rules, cluster, &p->active.list[e]);
            if (score > best) {
                best = score;
                match = e;
            }
        }
        if (match < p->active.n) {
            heir[match] = cluster;
            continue;
        }
        const plain_entry *cooling = lookup(&p->cooling, cluster);
        if (cooling && now_s < cooling->until_s) {
            continue;
        }
        const plain_entry *was = lookup(&p->pending, cluster);
        cluster->frames = was ? was->frames + 1 : 1;
        plain_entry *to = push(cluster->frames >= p->rules.confirm_frames ? &fresh : &pending);
        *to = *cluster;
    }
    for (size_t e = 0; e < p->active.n; e++) {
        const plain_entry *old = &p->active.list[e];
        if (heir[e] || now_s - old->e.updated_s <= p->rules.max_age_s) {
            plain_entry *to = push(&kept);
            *to = heir[e] ? *heir[e] : *old;
            to->e.id = old->e.id;
            continue;
        }
        plain_entry *to = lookup(&p->cooling, old);
        to = to ? to : push(&p->cooling);
        *to = *old;
        to->until_s = now_s + p->rules.cooldown_s;
    }
    for (size_t k = 0; k < fresh.n; k++) {
        plain_entry *to = push(&kept);
        *to = fresh.list[k];
        to->e.id = p->next_id++;
    }
    size_t still = 0;
    for (size_t k = 0; k < p->cooling.n; k++) {
        if (p->cooling.list[k].until_s > now_s) {
            p->cooling.list[still++] = p->cooling.list[k];
        }
    }
    p->cooling.n = still;
    free(p->active.list);
    free(p->pending.list);
    free(clusters.list);
    free(fresh.list);
    p->active = kept;
    p->pending = pending;
}

/* ---- the two on the same scenes ---- */

static double uniform(uint32_t at, uint32_t series)
{
    return (double)qf_philox((qf_philox_block){{at, series, 0, 3}}, 9).word[0] * 0x1p-32;
}

typedef struct crowd {
    uint32_t sources, targets;
    double size_m;    /* of the square that they are in */
    double spacing_m; /* 0: anywhere, else on a lattice of that, so that distances tie */
} crowd;

/* every source sees most targets, not quite where they are; in any order */
static size_t look(const crowd *c, uint32_t frame, qf_picture_track *tracks)
{
    size_t n = 0;
    for (uint32_t target = 0; target < c->targets; target++) {
        for (uint32_t source = 0; source < c->sources; source++) {
            const uint32_t at = (frame * c->targets + target) * c->sources + source;
            if (uniform(at, 0) < 0.3 || uniform(target + (frame / 5) * 1000, 8) < 0.25) {
                continue; /* not seen, or nobody sees it for five frames */
            }
            double place[2];
            for (uint32_t axis = 0; axis < 2; axis++) {
                const double wander_m = 40.0 * uniform(at, 1 + axis) - 20.0;
                place[axis] = c->size_m * (uniform(target, 3 + axis) - 0.5) + wander_m;
                if (c->spacing_m > 0.0) {
                    place[axis] = floor(place[axis] / c->spacing_m) * c->spacing_m;
                }
            }
            tracks[n++] = (qf_picture_track){.source = source,
                                             .number = target + (frame > 20 ? 1000 : 0),
                                             .x_m = place[0],
                                             .y_m = place[1],
                                             .has_velocity = uniform(at, 5) < 0.7,
                                             .vx_mps = 20.0 * uniform(at, 6) - 10.0,
                                             .vy_mps = 20.0 * uniform(at, 7) - 10.0,
                                             .quality = floor(4.0 * uniform(at, 9)) / 4.0,
                                             .updated_s = frame - 2.5 * (uniform(at, 10) < 0.1)};
        }
    }
    for (size_t i = n; i-- > 1;) {
        const size_t k = (size_t)(uniform((uint32_t)(frame * MOST + i), 11) * (double)(i + 1));
        const qf_picture_track other = tracks[i];
        tracks[i] = tracks[k];
        tracks[k] = other;
    }
    return n;
}

static void assert_same_members(const qf_picture_member *members, size_t n,
                                const plain_entry *expected)
{
    assert_int_equal(n, expected->e.n_members);
    assert_memory_equal(members, expected->members, n * sizeof *members);
}

static void assert_same(const qf_picture *picture, plain *p)
{
    size_t n;
    const qf_picture_entry *entries = qf_picture_entries(picture, &n);
    assert_int_equal(n, p->active.n);
    for (size_t e = 0; e < n; e++) {
        const qf_picture_entry *expected = &p->active.list[e].e;
        assert_same_members(entries[e].members, entries[e].n_members, &p->active.list[e]);
        assert_int_equal(entries[e].id, expected->id);
        assert_int_equal(entries[e].flags, expected->flags);
        assert_int_equal(entries[e].has_velocity, expected->has_velocity);
        assert_true(entries[e].x_m == expected->x_m && entries[e].y_m == expected->y_m);
        assert_true(entries[e].vx_mps == expected->vx_mps && entries[e].vy_mps == expected->vy_mps);
        assert_true(entries[e].trust == expected->trust);
        assert_true(entries[e].updated_s == expected->updated_s);
    }
    const qf_picture_waiting *pending = qf_picture_pending(picture, &n);
    assert_int_equal(n, p->pending.n);
    for (size_t k = 0; k < n; k++) {
        assert_same_members(pending[k].members, pending[k].n_members, &p->pending.list[k]);
        assert_int_equal(pending[k].frames, p->pending.list[k].frames);
    }
    const qf_picture_waiting *cooling = qf_picture_cooling(picture, &n);
    assert_int_equal(n, p->cooling.n);
    if (n > 1) {
        qsort(p->cooling.list, n, sizeof *p->cooling.list, compare_plain);
    }
    for (size_t k = 0; k < n; k++) {
        assert_same_members(cooling[k].members, cooling[k].n_members, &p->cooling.list[k]);
        assert_true(cooling[k].until_s == p->cooling.list[k].until_s);
    }
}

static void looking_near_gives_what_looking_everywhere_does(void **state)
{
    (void)state;
    static const crowd crowds[] = {{3, 4, 300.0, 0.0},   {6, 20, 600.0, 0.0},  {2, 40, 500.0, 25.0},
                                   {8, 40, 2000.0, 0.0}, {5, 30, 400.0, 10.0}, {1, 9, 200.0, 50.0}};
    size_t seen = 0, cooled = 0, supported = 0;
    for (size_t k = 0; k < COUNT(crowds); k++) {
        qf_picture_rules rules = qf_picture_rules_default();
        rules.confirm_frames = (uint32_t)k % 3 + 1;
        plain p = {.rules = rules};
        qf_picture *picture = qf_picture_create(&rules);
        for (uint32_t frame = 0; frame < 40; frame++) {
            qf_picture_track tracks[MOST];
            const size_t n = look(&crowds[k], frame, tracks);
            assert_true(n <= MOST);
            assert_true(qf_picture_step(picture, frame, tracks, n));
            plain_step(&p, frame, tracks, n);
            assert_same(picture, &p);
            seen += p.active.n;
            cooled += p.cooling.n;
            for (size_t e = 0; e < p.active.n; e++) {
                supported += p.active.list[e].e.n_members > 2;
            }
        }
        qf_picture_free(picture);
        free(p.active.list);
        free(p.pending.list);
        free(p.cooling.list);
    }
    assert_true(seen > 1000 && cooled > 20 && supported > 100); /* there was something to compare */
}

/* ---- ends ---- */

static qf_picture_track track_at(uint32_t source, uint32_t number, double x_m, double y_m)
{
    return (qf_picture_track){
        .source = source, .number = number, .x_m = x_m, .y_m = y_m, .quality = 0.5};
}

/* how many tracks there are after a step, confirmed at once */
static size_t n_after(const qf_picture_track *tracks, size_t n)
{
    qf_picture_rules rules = qf_picture_rules_default();
    rules.confirm_frames = 1;
    qf_picture *picture = qf_picture_create(&rules);
    size_t found;
    assert_true(qf_picture_step(picture, 0.0, tracks, n));
    qf_picture_entries(picture, &found);
    qf_picture_free(picture);
    return found;
}

static void the_gate_belongs_to_the_gate(void **state)
{
    (void)state;
    /* also across the edges of columns, and where rounding takes a little away */
    static const double starts[] = {0.0, -1e-20, 49.0, -50.0, 1e5, -1e9 + 0.125};
    for (size_t k = 0; k < COUNT(starts); k++) {
        const double x = starts[k];
        for (int axis = 0; axis < 2; axis++) {
            for (int sign = -1; sign <= 1; sign += 2) {
                const double at = x + sign * 50.0, beyond = x + sign * 50.001;
                const qf_picture_track one = track_at(0, 1, axis ? 7 : x, axis ? x : 7);
                const qf_picture_track in = track_at(1, 1, axis ? 7 : at, axis ? at : 7);
                const qf_picture_track out = track_at(1, 1, axis ? 7 : beyond, axis ? beyond : 7);
                assert_int_equal(n_after((const qf_picture_track[]){one, in}, 2), 1);
                assert_int_equal(n_after((const qf_picture_track[]){one, out}, 2), 2);
            }
        }
    }
    qf_picture_track fast[2] = {track_at(0, 1, 0, 0), track_at(1, 1, 0, 0)};
    fast[0].has_velocity = fast[1].has_velocity = true;
    fast[1].vx_mps = 20.0;
    assert_int_equal(n_after(fast, 2), 1);
    fast[1].vx_mps = 20.001;
    assert_int_equal(n_after(fast, 2), 2);
    fast[0].has_velocity = false;
    assert_int_equal(n_after(fast, 2), 1);
    assert_int_equal(n_after(NULL, 0), 0);
}

static void what_is_no_number_is_left_out(void **state)
{
    (void)state;
    for (int k = 0; k < 5; k++) {
        qf_picture_track tracks[2] = {track_at(0, 1, 0, 0), track_at(0, 2, 900, 0)};
        double *const places[] = {&tracks[1].x_m, &tracks[1].y_m, &tracks[1].updated_s,
                                  &tracks[1].vx_mps, &tracks[1].vy_mps};
        tracks[1].has_velocity = true;
        *places[k] = (double)(k % 2 ? NAN : INFINITY);
        assert_int_equal(n_after(tracks, 2), 1);
    }
}

static void what_nobody_sees_stays_a_while_and_then_cools_down(void **state)
{
    (void)state;
    /* seen or not, at that time; tracks then, and their id */
    static const struct {
        double now_s;
        bool seen;
        size_t n;
        uint32_t id;
    } steps[] = {{0.0, true, 1, 0},   {2.0, false, 1, 0},  {2.001, false, 0, 0},
                 {4.0, true, 0, 0},   {4.001, true, 1, 1}, {6.001, false, 1, 1},
                 {6.002, true, 1, 1}, {9.0, false, 0, 0},  {12.0, true, 1, 2}};
    qf_picture_rules rules = qf_picture_rules_default();
    rules.confirm_frames = 1;
    qf_picture *picture = qf_picture_create(&rules);
    for (size_t k = 0; k < COUNT(steps); k++) {
        qf_picture_track track = track_at(0, 1, 0, 0);
        size_t n;
        track.updated_s = steps[k].now_s;
        assert_true(qf_picture_step(picture, steps[k].now_s, &track, steps[k].seen));
        const qf_picture_entry *entry = qf_picture_entries(picture, &n);
        assert_int_equal(n, steps[k].n);
        assert_true(n == 0 || entry->id == steps[k].id);
    }
    qf_picture_free(picture);
}

static void sources_may_be_as_old_as_max_age(void **state)
{
    (void)state;
    qf_picture_track tracks[2] = {track_at(0, 1, 0, 0), track_at(0, 2, 900, 0)};
    tracks[0].updated_s = 10.0;
    tracks[1].updated_s = 8.0;
    assert_int_equal(n_after(tracks, 2), 2);
    tracks[1].updated_s = 7.999;
    assert_int_equal(n_after(tracks, 2), 1);
}

static void untrusted_tracks_have_a_plain_mean(void **state)
{
    (void)state;
    qf_picture_rules rules = qf_picture_rules_default();
    rules.confirm_frames = 1;
    qf_picture *picture = qf_picture_create(&rules);
    qf_picture_track tracks[2] = {track_at(0, 1, 0, 0), track_at(1, 1, 10, 4)};
    tracks[0].quality = -1.0;
    tracks[1].quality = (double)NAN;
    assert_true(qf_picture_step(picture, 0.0, tracks, 2));
    size_t n;
    const qf_picture_entry *entry = qf_picture_entries(picture, &n);
    assert_int_equal(n, 1);
    assert_true(entry->x_m == 5.0 && entry->y_m == 2.0 && entry->trust == 0.1);
    assert_false(entry->has_velocity);
    qf_picture_free(picture);
}

/* the last of several claims wins, and the others are not seen: the reference's */
static void of_two_heirs_the_last_one_goes_on(void **state)
{
    (void)state;
    qf_picture_rules rules = qf_picture_rules_default();
    rules.confirm_frames = 1;
    qf_picture *picture = qf_picture_create(&rules);
    qf_picture_track tracks[2] = {track_at(0, 1, 0, 0), track_at(1, 1, 10, 0)};
    assert_true(qf_picture_step(picture, 0.0, tracks, 2));
    tracks[1].x_m = 500.0;
    assert_true(qf_picture_step(picture, 0.0, tracks, 2));
    size_t n;
    const qf_picture_entry *entry = qf_picture_entries(picture, &n);
    assert_int_equal(n, 1);
    assert_int_equal(entry->id, 0);
    assert_int_equal(entry->members[0].source, 1);
    assert_int_equal(entry->n_members, 1);
    assert_int_equal(entry->flags, QF_PICTURE_LOW_SUPPORT);
    qf_picture_pending(picture, &n);
    assert_int_equal(n, 0);
    qf_picture_free(picture);
}

int main(int argc, char **argv)
{
    n_files = argc - 1;
    files = argv + 1;
    const struct CMUnitTest replays[] = {cmocka_unit_test(shows_what_the_reference_shows)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_near_gives_what_looking_everywhere_does),
        cmocka_unit_test(the_gate_belongs_to_the_gate),
        cmocka_unit_test(what_is_no_number_is_left_out),
        cmocka_unit_test(what_nobody_sees_stays_a_while_and_then_cools_down),
        cmocka_unit_test(sources_may_be_as_old_as_max_age),
        cmocka_unit_test(untrusted_tracks_have_a_plain_mean),
        cmocka_unit_test(of_two_heirs_the_last_one_goes_on),
    };
    const int failed = cmocka_run_group_tests(replays, NULL, NULL);
    return n_files > 0 ? failed : failed + cmocka_run_group_tests(tests, NULL, NULL);
}
