/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collision meeting. Pairs that may have come near each other are looked at closely in parallel, each from both its
 * ends, so that a thread writes only what is the vehicle's own; those that touched are dealt with one after the other,
 * in the order in which they touched. Guarded by tests/test_collisions.c.
 */
#include "collisions.h"

#include <math.h>
#include <stdlib.h>

#include "clamp.h"
#include "collisions_near.h"
#include "collisions_pass.h"
#include "docking_approach.h"
#include "threads.h"

/* a contact lasts until hulls are so far apart */
#define APART_M 0.1

typedef struct contact {
    qf_hull_pass pass;
    bool
        lasts; /* from before, as far as hulls tell: ports that let go, or did not capture, touch */
} contact;

/* what one thread found */
typedef struct found {
    contact *contacts;
    size_t n;
    size_t capacity;
    bool failed; /* memory ran out */
} found;

typedef struct collisions_stage {
    qf_arena arena;
    qf_bonds bonds;
    qf_hulls hulls;
    double *gap_m; /* by pair: least distance */
    size_t gap_capacity;
    found *threads;
    int n_threads;
    contact *all;    /* by when they touched */
    size_t capacity; /* of this and the next two */
    /* pairs of entities in contact, a << 32 | b, ascending */
    uint64_t *touching;
    size_t n_touching;
    uint64_t *next;
    size_t n_next;
} collisions_stage;

static bool has_hull(const qf_group *group)
{
    return group->spec->body && group->spec->body->n_hull > 0;
}

int64_t qf_collisions_period_ticks(const qf_group *group)
{
    return has_hull(group) && group->n_hulls > 1 ? 1 : 0; /* nobody hits itself */
}

void qf_collisions_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    if (fleet->catalog.n_of_shape[QF_SHAPE_HULL] == 0) {
        return;
    }
    qf_f64(fleet, QF_FIELD_CLEARANCE, 0)[slot] = (double)NAN;
    if (has_hull(group)) {
        qf_hulls_keep(fleet, slot, slot + 1);
    }
}

qf_status qf_collisions_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    *user = NULL;
    collisions_stage *stage = calloc(1, sizeof *stage);
    if (!stage) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for collisions");
    }
    stage->n_threads = context->n_threads;
    stage->threads =
        qf_arena_array(&stage->arena, (size_t)stage->n_threads, sizeof *stage->threads);
    qf_status status =
        stage->threads ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for collisions");
    if (status == QF_OK) {
        status = qf_hulls_create(context, &stage->arena, fleet, &stage->hulls);
    }
    if (status == QF_OK) {
        status = qf_bonds_create(context, &stage->arena, fleet, &stage->bonds);
    }
    if (status != QF_OK) {
        qf_collisions_close(stage);
        return status;
    }
    *user = stage;
    return QF_OK;
}

void qf_collisions_close(void *user)
{
    collisions_stage *stage = user;
    if (!stage) {
        return;
    }
    for (int t = 0; stage->threads && t < stage->n_threads; t++) {
        free(stage->threads[t].contacts);
    }
    free(stage->gap_m);
    free(stage->all);
    free(stage->touching);
    free(stage->next);
    qf_hulls_free(&stage->hulls);
    qf_arena_free(&stage->arena);
    free(stage);
}

size_t qf_collisions_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks)
{
    (void)n_ranks; /* each meets for all */
    return qf_hulls_bytes(scenario) + qf_bonds_bytes(scenario) + (size_t)n_threads * sizeof(found);
}

/* ---- looking, in parallel ---- */

static void add_contact(found *thread, const contact *c)
{
    if (thread->n == thread->capacity) {
        const size_t capacity = thread->capacity ? 2 * thread->capacity : 64;
        contact *grown = realloc(thread->contacts, capacity * sizeof *grown);
        if (!grown) {
            thread->failed = true;
            return;
        }
        thread->contacts = grown;
        thread->capacity = capacity;
    }
    thread->contacts[thread->n++] = *c;
}

/* least of those that have been, NaN: none has */
static void note_gap(double *clearance_m, double gap_m)
{
    if (gap_m <= QF_CLEARANCE_M && !(gap_m >= *clearance_m)) {
        *clearance_m = gap_m;
    }
}

/* NaN: it is not for hulls to tell, or they are far from each other */
static double look_at_pair(const qf_fleet *fleet, found *thread, uint32_t a, uint32_t b)
{
    if (qf_bond_is_one(fleet, a, b) || qf_approach_is_between(fleet, a, b)) {
        return (double)NAN;
    }
    const contact c = {.pass = qf_hull_pass_of(fleet, a, b),
                       .lasts = qf_ports_have_parted(fleet, a, b)};
    if (c.pass.touches || c.pass.end_gap_m <= APART_M) {
        add_contact(thread, &c);
    }
    return c.lasts ? (double)NAN : c.pass.gap_m;
}

static void look(const qf_fleet *fleet, collisions_stage *stage)
{
    const qf_hulls *hulls = &stage->hulls;
    for (int t = 0; t < stage->n_threads; t++) {
        stage->threads[t].n = 0;
    }
    enum { WORTH_A_TEAM = 256 };
#pragma omp parallel for schedule(static)                                                          \
    num_threads(stage->n_threads) if (hulls->n_pairs >= WORTH_A_TEAM)
    for (size_t p = 0; p < hulls->n_pairs; p++) {
        const qf_near_pair pair = hulls->pairs[p];
        stage->gap_m[p] = qf_hulls_may_touch(fleet, hulls, pair)
                              ? look_at_pair(fleet, &stage->threads[qf_thread_index()],
                                             hulls->entity[pair.a], hulls->entity[pair.b])
                              : (double)NAN;
    }
    double *clearance_m = qf_f64(fleet, QF_FIELD_CLEARANCE, 0);
    for (size_t p = 0; p < hulls->n_pairs; p++) {
        note_gap(&clearance_m[hulls->slot[hulls->pairs[p].a]], stage->gap_m[p]);
        note_gap(&clearance_m[hulls->slot[hulls->pairs[p].b]], stage->gap_m[p]);
    }
}

static bool make_room(collisions_stage *stage)
{
    if (stage->hulls.n_pairs > stage->gap_capacity) {
        double *grown = realloc(stage->gap_m, stage->hulls.capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        stage->gap_m = grown;
        stage->gap_capacity = stage->hulls.capacity;
    }
    return true;
}

/* ---- dealing with it, one after the other ---- */

static uint64_t key_of(const contact *c)
{
    return (uint64_t)c->pass.impact.a << 32 | c->pass.impact.b;
}

static int by_time(const void *left, const void *right)
{
    const contact *a = left;
    const contact *b = right;
    if (a->pass.share != b->pass.share) {
        return a->pass.share < b->pass.share ? -1 : 1;
    }
    return (key_of(a) > key_of(b)) - (key_of(a) < key_of(b));
}

static int by_key(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left;
    const uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* room for n contacts of a tick */
static bool make_room_for_contacts(collisions_stage *stage, size_t n)
{
    if (n <= stage->capacity) {
        return true;
    }
    contact *all = realloc(stage->all, 2 * n * sizeof *all);
    uint64_t *touching = realloc(stage->touching, 2 * n * sizeof *touching);
    stage->touching = touching ? touching : stage->touching;
    uint64_t *next = realloc(stage->next, 2 * n * sizeof *next);
    stage->next = next ? next : stage->next;
    stage->all = all ? all : stage->all;
    const bool good = all && touching && next;
    stage->capacity = good ? 2 * n : stage->capacity;
    return good;
}

static bool gather(collisions_stage *stage, size_t *n)
{
    bool good = true;
    *n = 0;
    for (int t = 0; t < stage->n_threads; t++) {
        good = good && !stage->threads[t].failed;
        *n += stage->threads[t].n;
    }
    good = good && make_room_for_contacts(stage, *n);
    size_t at = 0;
    for (int t = 0; good && t < stage->n_threads; t++) {
        for (size_t i = 0; i < stage->threads[t].n; i++) {
            stage->all[at++] = stage->threads[t].contacts[i];
        }
    }
    if (good && *n > 0) {
        qsort(stage->all, *n, sizeof *stage->all, by_time);
    }
    return good;
}

static bool was_touching(const collisions_stage *stage, uint64_t key)
{
    return stage->n_touching > 0 &&
           bsearch(&key, stage->touching, stage->n_touching, sizeof key, by_key) != NULL;
}

static void deal_with(const qf_fleet *fleet, collisions_stage *stage, const contact *c,
                      const qf_meeting *meeting)
{
    const qf_hull_pass *pass = &c->pass;
    const uint64_t key = key_of(c);
    const bool lasted = c->lasts || was_touching(stage, key);
    const bool is_new = pass->touches && !lasted && pass->closing_mps > 0.0;
    bool bounced = false;
    if (is_new || (pass->touches && lasted)) {
        const double left_s = (1.0 - pass->share) * fleet->scenario->dt_s;
        bounced = qf_impact_bounce(fleet, &stage->bonds, &pass->impact, left_s) > 0.0;
    }
    stage->hulls.moved |= bounced;
    if (is_new) {
        qf_impact_tell(fleet, qf_event_log_list(meeting->events, qf_thread_index()), meeting->tick,
                       &pass->impact, pass->closing_mps);
    }
    if ((is_new || was_touching(stage, key)) && (bounced || pass->end_gap_m <= APART_M)) {
        stage->next[stage->n_next++] = key;
    }
}

/* of the quarantined too, which stand still */
static void keep_all(const qf_fleet *fleet)
{
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        if (has_hull(group)) {
            qf_hulls_keep(fleet, group->slot_begin, group->slot_begin + group->n_vehicles);
        }
    }
}

qf_status qf_collisions_meet(qf_context *context, const qf_meeting *meeting)
{
    collisions_stage *stage = meeting->user;
    const qf_fleet *fleet = meeting->fleet;
    size_t n = 0;
    if (!qf_hulls_pair(context, fleet, meeting->kernels, &stage->hulls) || !make_room(stage)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for collisions");
    }
    look(fleet, stage);
    if (!gather(stage, &n)) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for collisions");
    }
    stage->n_next = 0;
    stage->hulls.moved = false;
    for (size_t i = 0; i < n; i++) {
        deal_with(fleet, stage, &stage->all[i], meeting);
    }
    uint64_t *spare = stage->touching;
    stage->touching = stage->next;
    stage->n_touching = stage->n_next;
    stage->next = spare;
    if (stage->n_touching > 0) {
        qsort(stage->touching, stage->n_touching, sizeof *stage->touching, by_key);
    }
    keep_all(fleet);
    return QF_OK;
}

/* ---- to be taken up again ---- */

/* whoever loads has met nobody yet: its list of pairs is made in the next meeting, of the columns */
void qf_collisions_archive(void *user, qf_archive *archive)
{
    collisions_stage *stage = user;
    size_t capacity = stage->capacity;
    stage->touching = qf_archive_list(archive, stage->touching, &stage->n_touching, &capacity,
                                      sizeof *stage->touching, SIZE_MAX);
    if (archive->loads) {
        stage->capacity = 0; /* of the others */
        if (!make_room_for_contacts(stage, stage->n_touching)) {
            qf_archive_fail(archive, QF_ERROR_MEMORY, "no memory for collisions");
        }
    }
}
