/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of clusters (radar_tracking.md section 1.11, step 3). Each goes on with the track that it resembles
 * most: one of which it still has half the members, or else one within the gate. What resembles none waits
 * until the same members have come together often enough, and what nobody sees any more goes after a while, and its
 * members cool down.
 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "picture_clusters.h"

#define NOBODY UINT32_MAX /* an entry or a cluster */

/* A picture between two steps. */
typedef struct state {
    size_t n, n_pending, n_cooling, n_members;
    qf_picture_entry *entries;   /* ascending id */
    qf_picture_waiting *pending; /* ascending members; likewise */
    qf_picture_waiting *cooling;
    qf_picture_member *members; /* of all of these */
    qf_picture_room rooms[4];
} state;

/* A member of one of the tracks that there were. */
typedef struct belonging {
    qf_picture_member member;
    uint32_t entry;
} belonging;

struct qf_picture {
    qf_picture_rules rules;
    uint32_t next_id;
    state now, then; /* then: of the step before, and room for the next */
    qf_picture_clusters clusters;
    /* of a step */
    size_t n_belongings;
    belonging *belongings; /* ascending (source, number), entry */
    uint32_t *shared;      /* by entry: members that the cluster has too */
    uint32_t *heir;        /* by entry: the last cluster that goes on with it, NOBODY */
    uint32_t *touched;
    uint32_t *match; /* by cluster: entry, NOBODY */
    qf_plane plane;  /* entries */
    qf_picture_room belonging_room, shared_room, heir_room, touched_room, match_room, spot_room;
};

qf_picture_rules qf_picture_rules_default(void)
{
    return (qf_picture_rules){.gate_m = 50.0,
                              .gate_mps = 20.0,
                              .min_support = 2,
                              .max_age_s = 2.0,
                              .confirm_frames = 3,
                              .cooldown_s = 2.0};
}

qf_picture *qf_picture_create(const qf_picture_rules *rules)
{
    qf_picture *picture = calloc(1, sizeof *picture);
    if (picture) {
        picture->rules = *rules;
    }
    return picture;
}

static void free_state(state *s)
{
    for (size_t k = 0; k < sizeof s->rooms / sizeof *s->rooms; k++) {
        free(s->rooms[k].memory);
    }
}

void qf_picture_free(qf_picture *picture)
{
    if (!picture) {
        return;
    }
    free_state(&picture->now);
    free_state(&picture->then);
    qf_picture_clusters_free(&picture->clusters);
    qf_picture_room *const rooms[] = {&picture->belonging_room, &picture->shared_room,
                                      &picture->heir_room,      &picture->touched_room,
                                      &picture->match_room,     &picture->spot_room};
    for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++) {
        free(rooms[k]->memory);
    }
    free(picture);
}

const qf_picture_entry *qf_picture_entries(const qf_picture *picture, size_t *n)
{
    *n = picture->now.n;
    return picture->now.entries;
}

const qf_picture_waiting *qf_picture_pending(const qf_picture *picture, size_t *n)
{
    *n = picture->now.n_pending;
    return picture->now.pending;
}

const qf_picture_waiting *qf_picture_cooling(const qf_picture *picture, size_t *n)
{
    *n = picture->now.n_cooling;
    return picture->now.cooling;
}

/* ---- memory ---- */

/* Empties a state that has room for all that may come out of a step. */
static bool reserve_state(const qf_picture *picture, size_t n_tracks, state *next)
{
    const state *now = &picture->now;
    const size_t n_clusters = picture->clusters.n;
    next->n = next->n_pending = next->n_cooling = next->n_members = 0;
    next->entries =
        qf_picture_room_for(&next->rooms[0], now->n + n_clusters, sizeof *next->entries);
    next->pending = qf_picture_room_for(&next->rooms[1], n_clusters, sizeof *next->pending);
    next->cooling =
        qf_picture_room_for(&next->rooms[2], now->n_cooling + now->n, sizeof *next->cooling);
    next->members =
        qf_picture_room_for(&next->rooms[3], now->n_members + n_tracks, sizeof *next->members);
    return next->entries && next->pending && next->cooling && next->members;
}

static bool reserve_work(qf_picture *p)
{
    const size_t n = p->now.n;
    p->belongings =
        qf_picture_room_for(&p->belonging_room, p->now.n_members, sizeof *p->belongings);
    p->shared = qf_picture_room_for(&p->shared_room, n, sizeof *p->shared);
    p->heir = qf_picture_room_for(&p->heir_room, n, sizeof *p->heir);
    p->touched = qf_picture_room_for(&p->touched_room, n, sizeof *p->touched);
    p->match = qf_picture_room_for(&p->match_room, p->clusters.n, sizeof *p->match);
    p->plane.spots = qf_picture_room_for(&p->spot_room, n, sizeof *p->plane.spots);
    return p->belongings && p->shared && p->heir && p->touched && p->match && p->plane.spots;
}

/* Members of the old state and of clusters die with it: what stays has its own. */
static const qf_picture_member *keep_members(state *next, const qf_picture_member *members,
                                             size_t n)
{
    qf_picture_member *to = next->members + next->n_members;
    memcpy(to, members, n * sizeof *to);
    next->n_members += n;
    return to;
}

/* ---- what a cluster resembles ---- */

static int compare_belongings(const void *left, const void *right)
{
    const belonging *a = left;
    const belonging *b = right;
    const int members = qf_picture_compare_members(&a->member, 1, &b->member, 1);
    return members ? members : a->entry < b->entry ? -1 : a->entry > b->entry;
}

/* Prepares looking for entries by member and by place. */
static void index_entries(qf_picture *p)
{
    qf_spot *spots = p->plane.spots;
    p->n_belongings = 0;
    for (uint32_t e = 0; e < p->now.n; e++) {
        const qf_picture_entry *entry = &p->now.entries[e];
        for (size_t k = 0; k < entry->n_members; k++) {
            p->belongings[p->n_belongings++] = (belonging){entry->members[k], e};
        }
        spots[e] = (qf_spot){.x_m = entry->x_m, .y_m = entry->y_m, .number = e};
        p->shared[e] = 0;
        p->heir[e] = NOBODY;
    }
    if (p->n_belongings > 1) {
        qsort(p->belongings, p->n_belongings, sizeof *p->belongings, compare_belongings);
    }
    p->plane = qf_plane_sort(p->rules.gate_m, spots, p->now.n);
}

/* Counts for each entry the members that the cluster has too; returns how many entries have any. */
static size_t count_shared(qf_picture *p, const qf_picture_entry *cluster)
{
    size_t n = 0;
    for (size_t k = 0; k < cluster->n_members; k++) {
        size_t low = 0;
        size_t high = p->n_belongings;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (qf_picture_compare_members(&p->belongings[middle].member, 1, &cluster->members[k],
                                           1) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (; low < p->n_belongings && qf_picture_compare_members(&p->belongings[low].member, 1,
                                                                   &cluster->members[k], 1) == 0;
             low++) {
            const uint32_t entry = p->belongings[low].entry;
            if (p->shared[entry]++ == 0) {
                p->touched[n++] = entry;
            }
        }
    }
    return n;
}

/* The entry with the largest share of its members in the cluster, if that is half of them; the oldest of equals. */
static uint32_t find_kin(qf_picture *p, const qf_picture_entry *cluster)
{
    const size_t n = count_shared(p, cluster);
    uint32_t best = NOBODY;
    double most = 0.0;
    for (size_t k = 0; k < n; k++) {
        const uint32_t entry = p->touched[k];
        const double share = (double)p->shared[entry] / (double)p->now.entries[entry].n_members;
        const bool better = share > most || (share == most && entry < best);
        if (share >= 0.5 && better) {
            best = entry;
            most = share;
        }
        p->shared[entry] = 0;
    }
    return best;
}

/* The oldest entry within the gate. */
static uint32_t find_neighbour(const qf_picture *p, const qf_picture_entry *cluster)
{
    qf_plane_search search = qf_plane_around(&p->plane, cluster->x_m, cluster->y_m);
    uint32_t oldest = NOBODY;
    uint32_t entry;
    double distance_m;
    while (qf_plane_next(&search, &entry, &distance_m)) {
        oldest = entry < oldest ? entry : oldest;
    }
    return oldest;
}

/* ---- a step ---- */

/* Of a list by ascending members; NULL: it is not there. */
static const qf_picture_waiting *find_waiting(const qf_picture_waiting *list, size_t n,
                                              const qf_picture_entry *cluster)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = qf_picture_compare_members(list[middle].members, list[middle].n_members,
                                                     cluster->members, cluster->n_members);
        if (order == 0) {
            return &list[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static void keep_entry(state *next, const qf_picture_entry *entry, uint32_t id)
{
    qf_picture_entry *to = &next->entries[next->n++];
    *to = *entry;
    to->id = id;
    to->members = keep_members(next, entry->members, entry->n_members);
}

static void keep_waiting(state *next, qf_picture_waiting *to, const qf_picture_waiting *waiting)
{
    *to = *waiting;
    to->members = keep_members(next, waiting->members, waiting->n_members);
}

/* What goes on with nothing: dropped, pending, or a new track. */
static void begin(qf_picture *p, double now_s, const qf_picture_entry *cluster, state *next)
{
    const qf_picture_waiting *cooling = find_waiting(p->now.cooling, p->now.n_cooling, cluster);
    if (cooling && now_s < cooling->until_s) {
        return;
    }
    const qf_picture_waiting *pending = find_waiting(p->now.pending, p->now.n_pending, cluster);
    const uint32_t frames = pending ? pending->frames + 1 : 1;
    if (frames >= p->rules.confirm_frames) {
        keep_entry(next, cluster, p->next_id++);
        return;
    }
    keep_waiting(next, &next->pending[next->n_pending++],
                 &(qf_picture_waiting){.members = cluster->members,
                                       .n_members = cluster->n_members,
                                       .frames = frames});
}

/* Tracks that there were: with what goes on with them, as they are, or no more. */
static void carry_on(const qf_picture *p, double now_s, state *next)
{
    for (size_t e = 0; e < p->now.n; e++) {
        const qf_picture_entry *entry = &p->now.entries[e];
        if (p->heir[e] != NOBODY) {
            keep_entry(next, &p->clusters.list[p->heir[e]], entry->id);
        } else if (now_s - entry->updated_s <= p->rules.max_age_s) {
            keep_entry(next, entry, entry->id);
        } else if (p->rules.cooldown_s > 0.0) {
            keep_waiting(next, &next->cooling[next->n_cooling++],
                         &(qf_picture_waiting){.members = entry->members,
                                               .n_members = entry->n_members,
                                               .until_s = now_s + p->rules.cooldown_s});
        }
    }
}

/* By members, and of the same ones the longest first. */
static int compare_cooling(const void *left, const void *right)
{
    const qf_picture_waiting *a = left;
    const qf_picture_waiting *b = right;
    const int order =
        qf_picture_compare_members(a->members, a->n_members, b->members, b->n_members);
    return order ? order : a->until_s > b->until_s ? -1 : a->until_s < b->until_s;
}

/* Adds those that still cool down; each set of members once. */
static void cool_on(const qf_picture *p, double now_s, state *next)
{
    for (size_t k = 0; k < p->now.n_cooling; k++) {
        if (p->now.cooling[k].until_s > now_s) {
            keep_waiting(next, &next->cooling[next->n_cooling++], &p->now.cooling[k]);
        }
    }
    if (next->n_cooling > 1) {
        qsort(next->cooling, next->n_cooling, sizeof *next->cooling, compare_cooling);
    }
    size_t n = 0;
    for (size_t k = 0; k < next->n_cooling; k++) {
        const qf_picture_waiting *one = &next->cooling[k];
        const qf_picture_waiting *before = n > 0 ? &next->cooling[n - 1] : NULL;
        if (!before || qf_picture_compare_members(before->members, before->n_members, one->members,
                                                  one->n_members) != 0) {
            next->cooling[n++] = *one;
        }
    }
    next->n_cooling = n;
}

bool qf_picture_step(qf_picture *picture, double now_s, const qf_picture_track *tracks, size_t n)
{
    state *next = &picture->then;
    qf_picture_clusters *clusters = &picture->clusters;
    if (!qf_picture_find_clusters(&picture->rules, tracks, n, clusters) ||
        !reserve_state(picture, n, next) || !reserve_work(picture)) {
        return false;
    }
    index_entries(picture);
    for (uint32_t c = 0; c < clusters->n; c++) {
        uint32_t entry = find_kin(picture, &clusters->list[c]);
        if (entry == NOBODY) {
            entry = find_neighbour(picture, &clusters->list[c]);
        }
        picture->match[c] = entry;
        if (entry != NOBODY) {
            picture->heir[entry] = c; /* of several the last one, and the others are no more */
        }
    }
    carry_on(picture, now_s, next);
    for (uint32_t c = 0; c < clusters->n; c++) {
        if (picture->match[c] == NOBODY) {
            begin(picture, now_s, &clusters->list[c], next);
        }
    }
    cool_on(picture, now_s, next);
    const state before = picture->now;
    picture->now = *next;
    picture->then = before;
    return true;
}

/* ---- to be taken up again ---- */

/* An entry, or what waits, as it is saved: with the place of its members among all of the state. */
typedef struct kept {
    double x_m, y_m, vx_mps, vy_mps, trust, updated_s, until_s;
    uint32_t id, flags, frames, has_velocity;
    uint64_t first_member, n_members;
} kept;

/* tracks, then what is pending, then what cools down */
static void keep_state(const state *s, kept *list)
{
    for (size_t e = 0; e < s->n; e++) {
        const qf_picture_entry *it = &s->entries[e];
        *list++ = (kept){.id = it->id,
                         .x_m = it->x_m,
                         .y_m = it->y_m,
                         .has_velocity = it->has_velocity,
                         .vx_mps = it->vx_mps,
                         .vy_mps = it->vy_mps,
                         .trust = it->trust,
                         .flags = it->flags,
                         .updated_s = it->updated_s,
                         .first_member = (uint64_t)(it->members - s->members),
                         .n_members = it->n_members};
    }
    for (size_t k = 0; k < s->n_pending + s->n_cooling; k++) {
        const qf_picture_waiting *it =
            k < s->n_pending ? &s->pending[k] : &s->cooling[k - s->n_pending];
        *list++ = (kept){.frames = it->frames,
                         .until_s = it->until_s,
                         .first_member = (uint64_t)(it->members - s->members),
                         .n_members = it->n_members};
    }
}

/* the reverse: into a state that has its counts, and room for them */
static void take_state(state *s, const kept *list)
{
    for (size_t e = 0; e < s->n; e++, list++) {
        s->entries[e] = (qf_picture_entry){.id = list->id,
                                           .x_m = list->x_m,
                                           .y_m = list->y_m,
                                           .has_velocity = list->has_velocity != 0,
                                           .vx_mps = list->vx_mps,
                                           .vy_mps = list->vy_mps,
                                           .trust = list->trust,
                                           .flags = list->flags,
                                           .updated_s = list->updated_s,
                                           .members = s->members + list->first_member,
                                           .n_members = list->n_members};
    }
    for (size_t k = 0; k < s->n_pending + s->n_cooling; k++, list++) {
        *(k < s->n_pending ? &s->pending[k] : &s->cooling[k - s->n_pending]) =
            (qf_picture_waiting){.members = s->members + list->first_member,
                                 .n_members = list->n_members,
                                 .frames = list->frames,
                                 .until_s = list->until_s};
    }
}

static void load_state(state *s, const kept *list, size_t n, qf_archive *archive)
{
    for (size_t k = 0; k < n; k++) {
        if (list[k].n_members > s->n_members ||
            list[k].first_member > s->n_members - list[k].n_members) {
            qf_archive_fail(archive, QF_ERROR_READ, "a picture of the checkpoint lacks members");
        }
    }
    if (!qf_archive_is_good(archive)) {
        s->n = s->n_pending = s->n_cooling = s->n_members = 0;
        return;
    }
    s->entries = qf_picture_room_for(&s->rooms[0], s->n, sizeof *s->entries);
    s->pending = qf_picture_room_for(&s->rooms[1], s->n_pending, sizeof *s->pending);
    s->cooling = qf_picture_room_for(&s->rooms[2], s->n_cooling, sizeof *s->cooling);
    if (!s->entries || !s->pending || !s->cooling) {
        s->n = s->n_pending = s->n_cooling = s->n_members = 0;
        qf_archive_fail(archive, QF_ERROR_MEMORY, "no memory for a fleet picture");
        return;
    }
    take_state(s, list);
}

void qf_picture_archive(qf_picture *picture, qf_archive *archive)
{
    state *now = &picture->now;
    qf_picture_room *room = &now->rooms[3];
    size_t n = archive->loads ? 0 : now->n + now->n_pending + now->n_cooling;
    size_t capacity = n;
    size_t most_members = room->bytes / sizeof *now->members;
    kept *list = n > 0 ? calloc(n, sizeof *list) : NULL;
    if (n > 0 && !list) {
        qf_archive_fail(archive, QF_ERROR_MEMORY, "no memory to save a fleet picture");
        return;
    }
    if (n > 0) {
        keep_state(now, list);
    }
    qf_archive_bytes(archive, &picture->next_id, sizeof picture->next_id);
    room->memory = qf_archive_list(archive, room->memory, &now->n_members, &most_members,
                                   sizeof *now->members, SIZE_MAX);
    room->bytes = most_members * sizeof *now->members;
    now->members = room->memory;
    list = qf_archive_list(archive, list, &n, &capacity, sizeof *list, SIZE_MAX);
    qf_archive_count(archive, &now->n, n);
    qf_archive_count(archive, &now->n_pending, n - now->n);
    now->n_cooling = n - now->n - now->n_pending;
    if (archive->loads) {
        load_state(now, list, n, archive);
    }
    free(list);
}
