/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tracks become clusters (radar_tracking.md section 1.11, steps 1 and 2). The most trusted track that is left takes
 * of each other source the nearest within the gates around itself. Looking only around it gives what looking at all
 * does; tests/test_picture.c compares.
 */
#include "picture_clusters.h"

#include <math.h>
#include <string.h>

#include "arena.h"

void *qf_picture_room_for(qf_picture_room *room, size_t n, size_t size)
{
    size_t bytes;
    if (!qf_size_multiply(n, size, &bytes)) {
        return NULL;
    }
    if (room->memory && bytes <= room->bytes) {
        return room->memory;
    }
    bytes += bytes / 2 + size; /* fleets grow bit by bit */
    free(room->memory);
    room->memory = malloc(bytes);
    room->bytes = room->memory ? bytes : 0;
    return room->memory;
}

void qf_picture_clusters_free(qf_picture_clusters *clusters)
{
    qf_picture_room *const rooms[] = {&clusters->lists, &clusters->all_members, &clusters->spots,
                                      &clusters->order, &clusters->used,        &clusters->near,
                                      &clusters->chosen};
    for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++) {
        free(rooms[k]->memory);
    }
    *clusters = (qf_picture_clusters){0};
}

static int compare_words(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_numbers(double a, double b)
{
    return a < b ? -1 : a > b;
}

static int compare_names(uint32_t source_a, uint32_t number_a, uint32_t source_b, uint32_t number_b)
{
    const int sources = compare_words(source_a, source_b);
    return sources ? sources : compare_words(number_a, number_b);
}

int qf_picture_compare_members(const qf_picture_member *a, size_t n_a, const qf_picture_member *b,
                               size_t n_b)
{
    for (size_t i = 0; i < n_a && i < n_b; i++) {
        const int order = compare_names(a[i].source, a[i].number, b[i].source, b[i].number);
        if (order) {
            return order;
        }
    }
    return n_a < n_b ? -1 : n_a > n_b;
}

/* In [0, 1]; what is no number is not trusted. */
static double trust_of(const qf_picture_track *track)
{
    return track->quality > 0.0 ? fmin(track->quality, 1.0) : 0.0;
}

/* ---- the order of seeds ---- */

static int compare_seeds(const void *left, const void *right, void *all)
{
    const qf_picture_track *a = (const qf_picture_track *)all + *(const uint32_t *)left;
    const qf_picture_track *b = (const qf_picture_track *)all + *(const uint32_t *)right;
    const int trust = compare_numbers(trust_of(b), trust_of(a));
    return trust ? trust : compare_names(a->source, a->number, b->source, b->number);
}

static bool is_sound(const qf_picture_track *track)
{
    const bool moves = isfinite(track->vx_mps) && isfinite(track->vy_mps);
    return isfinite(track->x_m) && isfinite(track->y_m) && isfinite(track->updated_s) &&
           (moves || !track->has_velocity);
}

/* Those that take part; returns how many. */
static size_t list_fresh(const qf_picture_rules *rules, const qf_picture_track *tracks, size_t n,
                         uint32_t *order)
{
    double latest_s = 0.0;
    for (size_t i = 0; i < n; i++) {
        latest_s = is_sound(&tracks[i]) ? fmax(latest_s, tracks[i].updated_s) : latest_s;
    }
    size_t fresh = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_sound(&tracks[i]) && latest_s - tracks[i].updated_s <= rules->max_age_s) {
            order[fresh++] = (uint32_t)i;
        }
    }
    return fresh;
}

/* ---- one cluster ---- */

typedef struct scene {
    const qf_picture_rules *rules;
    const qf_picture_track *tracks;
    qf_plane plane;
    bool *used;            /* by track */
    qf_picture_near *near; /* as many as there are tracks */
    uint32_t *chosen;      /* likewise: tracks of the cluster */
} scene;

static bool similar_velocity(const qf_picture_rules *rules, const qf_picture_track *a,
                             const qf_picture_track *b)
{
    return !a->has_velocity || !b->has_velocity ||
           qf_plane_distance(a->vx_mps, a->vy_mps, b->vx_mps, b->vy_mps) <= rules->gate_mps;
}

/* By source, and of one source the one to be taken first. */
static int compare_near(const void *left, const void *right, void *all)
{
    const qf_picture_near *a = left;
    const qf_picture_near *b = right;
    const qf_picture_track *track_a = (const qf_picture_track *)all + a->track;
    const qf_picture_track *track_b = (const qf_picture_track *)all + b->track;
    if (track_a->source != track_b->source) {
        return compare_words(track_a->source, track_b->source);
    }
    if (a->distance_m != b->distance_m) {
        return compare_numbers(a->distance_m, b->distance_m);
    }
    const int trust = compare_numbers(trust_of(track_b), trust_of(track_a));
    return trust ? trust : compare_words(track_a->number, track_b->number);
}

/* Unused tracks of other sources within the gates; returns how many. */
static size_t look_around(const scene *s, uint32_t seed)
{
    const qf_picture_track *center = &s->tracks[seed];
    qf_plane_search search = qf_plane_around(&s->plane, center->x_m, center->y_m);
    qf_picture_near found;
    size_t n = 0;
    while (qf_plane_next(&search, &found.track, &found.distance_m)) {
        const qf_picture_track *track = &s->tracks[found.track];
        if (!s->used[found.track] && track->source != center->source &&
            similar_velocity(s->rules, center, track)) {
            s->near[n++] = found;
        }
    }
    return n;
}

/* Members by (source, number) into s->chosen; returns how many. */
static size_t gather(const scene *s, uint32_t seed)
{
    const size_t n_near = look_around(s, seed);
    const uint32_t own = s->tracks[seed].source;
    bool placed = false;
    size_t n = 0;
    if (n_near > 1) {
        qsort_r(s->near, n_near, sizeof *s->near, compare_near, (void *)(uintptr_t)s->tracks);
    }
    for (size_t k = 0; k < n_near; k++) {
        const uint32_t track = s->near[k].track;
        const uint32_t source = s->tracks[track].source;
        if (k > 0 && s->tracks[s->near[k - 1].track].source == source) {
            continue;
        }
        if (!placed && own < source) {
            s->chosen[n++] = seed;
            placed = true;
        }
        s->chosen[n++] = track;
    }
    if (!placed) {
        s->chosen[n++] = seed;
    }
    for (size_t k = 0; k < n; k++) {
        s->used[s->chosen[k]] = true;
    }
    return n;
}

/*
 * Whether two members are further apart than twice the gate. All are within the gate of the seed, so that only
 * rounding can do that, and only to members that are at the gate.
 */
static bool conflicts(const scene *s, uint32_t seed, size_t n)
{
    const double limit_m = 2.0 * s->rules->gate_m;
    const double rim_m = s->rules->gate_m * (1.0 - 0x1p-40);
    const qf_picture_track *center = &s->tracks[seed];
    for (size_t i = 0; i < n; i++) {
        const qf_picture_track *a = &s->tracks[s->chosen[i]];
        if (qf_plane_distance(a->x_m, a->y_m, center->x_m, center->y_m) < rim_m) {
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            const qf_picture_track *b = &s->tracks[s->chosen[k]];
            if (qf_plane_distance(a->x_m, a->y_m, b->x_m, b->y_m) > limit_m) {
                return true;
            }
        }
    }
    return false;
}

/* Sums in the order of members, as the reference's. */
typedef struct mean {
    size_t n;
    double weight, x, y; /* weighted */
    double plain_x, plain_y;
} mean;

static void mean_add(mean *m, double x, double y, double weight)
{
    m->n++;
    m->weight += weight;
    m->x += x * weight;
    m->y += y * weight;
    m->plain_x += x;
    m->plain_y += y;
}

static void mean_take(const mean *m, double *x, double *y)
{
    const bool weighted = m->weight > 0.0;
    *x = weighted ? m->x / m->weight : m->plain_x / (double)m->n;
    *y = weighted ? m->y / m->weight : m->plain_y / (double)m->n;
}

/* What n members say together. */
static qf_picture_entry fuse(const scene *s, uint32_t seed, size_t n)
{
    qf_picture_entry entry = {.n_members = n, .updated_s = s->tracks[seed].updated_s};
    mean position = {0};
    mean velocity = {0};
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        const qf_picture_track *track = &s->tracks[s->chosen[k]];
        const double trust = trust_of(track);
        mean_add(&position, track->x_m, track->y_m, trust);
        if (track->has_velocity) {
            mean_add(&velocity, track->vx_mps, track->vy_mps, trust);
        }
        sum += trust;
        entry.updated_s = fmax(entry.updated_s, track->updated_s);
    }
    mean_take(&position, &entry.x_m, &entry.y_m);
    entry.has_velocity = velocity.n >= 2;
    if (entry.has_velocity) {
        mean_take(&velocity, &entry.vx_mps, &entry.vy_mps);
    }
    entry.trust = sum / (double)n;
    if (n >= s->rules->min_support) {
        entry.trust = fmin(1.0, entry.trust + 0.1);
    } else {
        entry.flags |= QF_PICTURE_LOW_SUPPORT;
        entry.trust = fmin(entry.trust, 0.49);
    }
    if (conflicts(s, seed, n)) {
        entry.flags |= QF_PICTURE_CONFLICT;
        entry.trust *= 0.5;
    }
    return entry;
}

/* ---- all of them ---- */

static int compare_entries(const void *left, const void *right)
{
    const qf_picture_entry *a = left;
    const qf_picture_entry *b = right;
    return qf_picture_compare_members(a->members, a->n_members, b->members, b->n_members);
}

static void place_spots(const qf_picture_track *tracks, const uint32_t *order, size_t n,
                        qf_spot *spots)
{
    for (size_t i = 0; i < n; i++) {
        const qf_picture_track *track = &tracks[order[i]];
        spots[i] = (qf_spot){.x_m = track->x_m, .y_m = track->y_m, .number = order[i]};
    }
}

bool qf_picture_find_clusters(const qf_picture_rules *rules, const qf_picture_track *tracks,
                              size_t n, qf_picture_clusters *clusters)
{
    uint32_t *order = qf_picture_room_for(&clusters->order, n, sizeof *order);
    qf_spot *spots = qf_picture_room_for(&clusters->spots, n, sizeof *spots);
    scene s = {.rules = rules,
               .tracks = tracks,
               .used = qf_picture_room_for(&clusters->used, n, sizeof *s.used),
               .near = qf_picture_room_for(&clusters->near, n, sizeof *s.near),
               .chosen = qf_picture_room_for(&clusters->chosen, n, sizeof *s.chosen)};
    clusters->n = 0;
    clusters->list = qf_picture_room_for(&clusters->lists, n, sizeof *clusters->list);
    clusters->members = qf_picture_room_for(&clusters->all_members, n, sizeof *clusters->members);
    if (!order || !spots || !s.used || !s.near || !s.chosen || !clusters->list ||
        !clusters->members) {
        return false;
    }
    const size_t n_fresh = list_fresh(rules, tracks, n, order);
    place_spots(tracks, order, n_fresh, spots);
    s.plane = qf_plane_sort(rules->gate_m, spots, n_fresh);
    memset(s.used, 0, n * sizeof *s.used);
    if (n_fresh > 1) {
        qsort_r(order, n_fresh, sizeof *order, compare_seeds, (void *)(uintptr_t)tracks);
    }
    qf_picture_member *next = clusters->members;
    for (size_t i = 0; i < n_fresh; i++) {
        const uint32_t seed = order[i];
        if (s.used[seed]) {
            continue;
        }
        const size_t n_members = gather(&s, seed);
        qf_picture_entry *entry = &clusters->list[clusters->n++];
        *entry = fuse(&s, seed, n_members);
        entry->members = next;
        for (size_t k = 0; k < n_members; k++) {
            const qf_picture_track *track = &tracks[s.chosen[k]];
            *next++ = (qf_picture_member){track->source, track->number};
        }
    }
    if (clusters->n > 1) {
        qsort(clusters->list, clusters->n, sizeof *clusters->list, compare_entries);
    }
    return true;
}
