/* SPDX-License-Identifier: Apache-2.0 */
#include "tasks.h"

#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "auction.h"
#include "group.h"
#include "targets.h"
#include "threads.h"
#include "vehicle_state.h"

enum { WORDS = QF_TASKS_MOST / 64, MOST_IN_AUCTION = 1 << 20 };

/* a vehicle that does tasks in the world that is looked at */
typedef struct doer {
    const qf_group *group;
    size_t slot;
    uint32_t entity;
    double arrival_m;
    bool is_able; /* to bid, to go there and to work */
} doer;

/* what one thread works with */
typedef struct auctioneer {
    doer *doers; /* of one world, by entity */
    size_t n_doers;
    uint64_t done[WORDS];
    uint64_t under_way[WORDS]; /* somebody has arrived */
    /* of the auction; whose vehicles and tasks they are */
    qf_auction_bidder *bidders;
    uint32_t *doer_of_bidder;
    qf_auction_lot *lots;
    uint32_t *task_of_lot;
    uint32_t *lot_of; /* by bidder */
    void *memory;
} auctioneer;

typedef struct tasks_stage {
    qf_arena arena;
    auctioneer *auctioneers;
    int n_threads;
} tasks_stage;

/* one world in one meeting */
typedef struct hall {
    const qf_fleet *fleet;
    const qf_auction_spec *auction;
    auctioneer *own;
    qf_event_list *events;
    size_t world;
    int64_t tick;
} hall;

static bool does_tasks(const qf_group_spec *spec)
{
    bool any = false;
    for (size_t b = 0; b < spec->n_guidances; b++) {
        any = any || spec->guidances[b].kind == QF_GUIDANCE_TASKS;
    }
    return any;
}

int64_t qf_tasks_period_ticks(const qf_group *group)
{
    return does_tasks(group->spec) ? group->auction_ticks : 0;
}

static bool has_bit(const uint64_t *words, size_t bit)
{
    return (words[bit / 64] >> bit % 64 & 1) != 0;
}

static void set_bit(uint64_t *words, size_t bit)
{
    words[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* the active behaviour, where that is to do tasks; NULL: it is not */
static const qf_guidance_spec *doing(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    const int64_t number = qf_i64(fleet, QF_FIELD_GUIDANCE, 0)[slot];
    const qf_guidance_spec *guidance = number < 0 ? NULL : &group->spec->guidances[number];
    return guidance && guidance->kind == QF_GUIDANCE_TASKS ? guidance : NULL;
}

void qf_tasks_show(const qf_fleet *fleet, const qf_group *group, size_t slot, int64_t tick)
{
    if (!doing(fleet, group, slot)) {
        return;
    }
    const int64_t task = qf_i64(fleet, QF_FIELD_TASK, 0)[slot];
    if (task < 0) {
        qf_targets_forget(fleet, slot);
        return;
    }
    const double *position_m = fleet->scenario->auction.tasks[task].position_m;
    const double words[QF_FLIGHT_WORDS] = {position_m[0], position_m[1], position_m[2], [6] = 1.0};
    qf_targets_know(fleet, slot, -1, tick, words);
}

static double way_m(const qf_fleet *fleet, size_t slot, const qf_task_spec *task)
{
    double position_m[3];
    double square_m2 = 0.0;
    qf_position_of(fleet, slot, position_m);
    for (int d = 0; d < 3; d++) {
        const double off_m = task->position_m[d] - position_m[d];
        square_m2 += off_m * off_m;
    }
    return sqrt(square_m2);
}

static void tell(const hall *h, const doer *d, qf_event_code code, int64_t task, double value)
{
    const qf_event event = {.tick = h->tick,
                            .cause = -1,
                            .value = value,
                            .world = (uint32_t)h->world,
                            .entity = d->entity,
                            .subject = (int32_t)task,
                            .track = -1,
                            .code = (uint16_t)code,
                            .severity = (uint8_t)qf_event_severity(code),
                            .moment = QF_MOMENT_SENSE,
                            .sequence = code == QF_EVENT_TASK_WON};
    qf_event_list_add(h->events, &event);
}

/* whoever does or did tasks in this world, and what is done */
static void list_doers(const hall *h)
{
    static const uint64_t unable = QF_FLAG_BIT(QUARANTINED) | QF_FLAG_BIT(EMERGENCY_STOP) |
                                   QF_FLAG_BIT(SAFE_MODE) | QF_FLAG_BIT(DOCKED);
    const qf_fleet *fleet = h->fleet;
    auctioneer *own = h->own;
    own->n_doers = 0;
    for (size_t k = 0; k < WORDS; k++) {
        own->done[k] = 0;
        own->under_way[k] = 0;
    }
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        const size_t count = does_tasks(group->spec) ? group->spec->count : 0;
        for (size_t v = 0; v < count; v++) {
            const size_t slot = group->slot_begin + h->world * count + v;
            const uint64_t flags = qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
            const qf_guidance_spec *guidance = doing(fleet, group, slot);
            for (size_t k = 0; k < WORDS; k++) {
                own->done[k] |= qf_u64(fleet, QF_FIELD_TASK_DONE, k)[slot];
            }
            if ((flags & QF_FLAG_BIT(QUARANTINED)) == 0) { /* its columns stay as they are */
                own->doers[own->n_doers++] =
                    (doer){.group = group,
                           .slot = slot,
                           .entity = (uint32_t)(group->entity_begin + h->world * count + v),
                           .arrival_m = guidance ? guidance->arrival_m : 0.0,
                           .is_able = guidance && (flags & unable) == 0};
            }
        }
    }
}

static void let_go(const hall *h, const doer *d)
{
    qf_i64(h->fleet, QF_FIELD_TASK, 0)[d->slot] = -1;
    qf_i64(h->fleet, QF_FIELD_TASK_SINCE, 0)[d->slot] = -1;
}

/* whether the work is done that began at that tick */
static bool is_worked_off(const hall *h, const qf_task_spec *task, int64_t since)
{
    /* ticks are whole, and the seconds of the scenario a multiple of them but for rounding */
    const double ticks = task->work_s / h->fleet->scenario->dt_s;
    return (double)(h->tick - since) >= ticks - 1e-6;
}

static void finish(const hall *h, const doer *d, int64_t task, int64_t since)
{
    const size_t bit = (size_t)task;
    const double dt_s = h->fleet->scenario->dt_s;
    qf_u64(h->fleet, QF_FIELD_TASK_DONE, bit / 64)[d->slot] |= UINT64_C(1) << bit % 64;
    qf_i64(h->fleet, QF_FIELD_TASKS_DONE, 0)[d->slot]++;
    set_bit(h->own->done, bit);
    let_go(h, d);
    tell(h, d, QF_EVENT_TASK_DONE, task, (double)(h->tick - since) * dt_s);
}

/* what has become of the task that a vehicle has: it cannot go on, is on its way, works there, or is done */
static void follow_up(const hall *h, const doer *d)
{
    const qf_fleet *fleet = h->fleet;
    const int64_t number = qf_i64(fleet, QF_FIELD_TASK, 0)[d->slot];
    int64_t *since = &qf_i64(fleet, QF_FIELD_TASK_SINCE, 0)[d->slot];
    if (number < 0) {
        return;
    }
    const qf_task_spec *task = &h->auction->tasks[number];
    const double distance_m = way_m(fleet, d->slot, task);
    if (!d->is_able) {
        let_go(h, d);
        tell(h, d, QF_EVENT_TASK_LOST, number, distance_m);
        return;
    }
    if (distance_m > d->arrival_m) {
        *since = -1;
        return;
    }
    *since = *since < 0 ? h->tick : *since;
    if (is_worked_off(h, task, *since)) {
        finish(h, d, number, *since);
    } else {
        set_bit(h->own->under_way, (size_t)number);
    }
}

static size_t list_lots(const hall *h)
{
    auctioneer *own = h->own;
    const double now_s = (double)h->tick * h->fleet->scenario->dt_s;
    size_t n = 0;
    for (size_t t = 0; t < h->auction->n_tasks; t++) {
        const qf_task_spec *task = &h->auction->tasks[t];
        if (has_bit(own->done, t) || has_bit(own->under_way, t) || now_s < task->from_s) {
            continue;
        }
        own->lots[n] = (qf_auction_lot){.value = task->value, .keep = QF_TASK_KEEP * task->value};
        for (int d = 0; d < 3; d++) {
            own->lots[n].position_m[d] = task->position_m[d];
        }
        own->task_of_lot[n++] = (uint32_t)t;
    }
    return n;
}

/* the lot of a task among n, by ascending tasks; QF_NO_LOT: it is none */
static uint32_t find_lot(const auctioneer *own, size_t n, int64_t task)
{
    for (uint32_t l = 0; l < n; l++) {
        if (own->task_of_lot[l] == task) {
            return l;
        }
    }
    return QF_NO_LOT;
}

static size_t list_bidders(const hall *h, size_t n_lots)
{
    auctioneer *own = h->own;
    size_t n = 0;
    for (size_t k = 0; k < own->n_doers; k++) {
        const doer *d = &own->doers[k];
        if (!d->is_able || qf_i64(h->fleet, QF_FIELD_TASK_SINCE, 0)[d->slot] >= 0) {
            continue;
        }
        const int64_t task = qf_i64(h->fleet, QF_FIELD_TASK, 0)[d->slot];
        qf_position_of(h->fleet, d->slot, own->bidders[n].position_m);
        own->bidders[n].held = task < 0 ? QF_NO_LOT : find_lot(own, n_lots, task);
        own->doer_of_bidder[n++] = (uint32_t)k;
    }
    return n;
}

static void award(const hall *h, size_t bidder)
{
    const auctioneer *own = h->own;
    const doer *d = &own->doers[own->doer_of_bidder[bidder]];
    int64_t *task = &qf_i64(h->fleet, QF_FIELD_TASK, 0)[d->slot];
    const uint32_t lot = own->lot_of[bidder];
    const int64_t won = lot == QF_NO_LOT ? -1 : (int64_t)own->task_of_lot[lot];
    if (won == *task) {
        return;
    }
    if (*task >= 0) {
        tell(h, d, QF_EVENT_TASK_LOST, *task, way_m(h->fleet, d->slot, &h->auction->tasks[*task]));
    }
    if (won >= 0) {
        tell(h, d, QF_EVENT_TASK_WON, won, way_m(h->fleet, d->slot, &h->auction->tasks[won]));
    }
    *task = won;
}

static void hold_auction(const hall *h)
{
    auctioneer *own = h->own;
    list_doers(h);
    for (size_t k = 0; k < own->n_doers; k++) {
        follow_up(h, &own->doers[k]);
    }
    const size_t n_lots = list_lots(h);
    const size_t n_bidders = list_bidders(h, n_lots);
    qf_auction(own->bidders, n_bidders, own->lots, n_lots, QF_AUCTION_EPSILON_M, own->memory,
               own->lot_of);
    for (size_t b = 0; b < n_bidders; b++) {
        award(h, b);
    }
    const qf_portion *shown = &h->fleet->own;
    for (size_t k = 0; k < own->n_doers; k++) {
        if (own->doers[k].slot >= shown->slot_begin && own->doers[k].slot < shown->slot_end) {
            qf_tasks_show(h->fleet, own->doers[k].group, own->doers[k].slot, h->tick);
        }
    }
}

qf_status qf_tasks_meet(qf_context *context, const qf_meeting *meeting)
{
    enum { LEAST_VEHICLES = 256 };
    const tasks_stage *stage = meeting->user;
    const qf_fleet *fleet = meeting->fleet;
    const int n_threads = fleet->n_vehicles >= LEAST_VEHICLES ? context->n_threads : 1;
#pragma omp parallel for schedule(dynamic) num_threads(n_threads)
    for (size_t w = 0; w < fleet->scenario->n_worlds; w++) {
        const int t = qf_thread_index();
        const hall h = {.fleet = fleet,
                        .auction = &fleet->scenario->auction,
                        .own = &stage->auctioneers[t],
                        .events = qf_event_log_list(meeting->events, t),
                        .world = w,
                        .tick = meeting->tick};
        hold_auction(&h);
    }
    return QF_OK;
}

static bool hire(qf_arena *arena, auctioneer *own, size_t n_doers, size_t n_tasks)
{
    own->doers = qf_arena_array(arena, n_doers, sizeof *own->doers);
    own->bidders = qf_arena_array(arena, n_doers, sizeof *own->bidders);
    own->doer_of_bidder = qf_arena_array(arena, n_doers, sizeof *own->doer_of_bidder);
    own->lot_of = qf_arena_array(arena, n_doers, sizeof *own->lot_of);
    own->lots = qf_arena_array(arena, n_tasks, sizeof *own->lots);
    own->task_of_lot = qf_arena_array(arena, n_tasks, sizeof *own->task_of_lot);
    own->memory = qf_arena_array(arena, 1, qf_auction_bytes(n_doers, n_tasks));
    return own->doers && own->bidders && own->doer_of_bidder && own->lot_of && own->lots &&
           own->task_of_lot && own->memory;
}

static qf_status check(qf_context *context, const qf_auction_spec *auction, size_t n_doers)
{
    const size_t n_tasks = auction->n_tasks;
    if (n_tasks > QF_TASKS_MOST) {
        return qf_fail(context, QF_ERROR_SCENARIO, "%zu tasks; at most %d are possible", n_tasks,
                       QF_TASKS_MOST);
    }
    if (n_tasks + n_doers >= MOST_IN_AUCTION) {
        return qf_fail(context, QF_ERROR_SCENARIO,
                       "%zu vehicles of a world do tasks; less than %zu are possible", n_doers,
                       MOST_IN_AUCTION - n_tasks);
    }
    for (size_t t = 0; t < n_tasks; t++) {
        const qf_task_spec *task = &auction->tasks[t];
        if (!isfinite(task->value + QF_TASK_KEEP * task->value)) {
            return qf_fail(context, QF_ERROR_SCENARIO,
                           "task '%s': a value of %g is beyond what gains can be", task->name,
                           task->value);
        }
    }
    return QF_OK;
}

/* vehicles of a world that may do tasks */
static size_t most_doers(const qf_scenario *scenario)
{
    size_t n = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        n += does_tasks(&scenario->groups[g]) ? scenario->groups[g].count : 0;
    }
    return n;
}

size_t qf_tasks_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks)
{
    const auctioneer *a = NULL;
    const size_t n_doers = most_doers(scenario);
    const size_t n_tasks = scenario->auction.n_tasks;
    (void)n_ranks; /* each holds all auctions */
    return (size_t)n_threads * (sizeof *a + qf_auction_bytes(n_doers, n_tasks) +
                                n_doers * (sizeof *a->doers + sizeof *a->bidders +
                                           sizeof *a->doer_of_bidder + sizeof *a->lot_of) +
                                n_tasks * (sizeof *a->lots + sizeof *a->task_of_lot));
}

qf_status qf_tasks_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    const qf_scenario *scenario = fleet->scenario;
    const size_t n_tasks = scenario->auction.n_tasks;
    const size_t n_doers = most_doers(scenario);
    *user = NULL;
    const qf_status status = check(context, &scenario->auction, n_doers);
    if (status != QF_OK) {
        return status;
    }
    tasks_stage *stage = calloc(1, sizeof *stage);
    bool good = stage != NULL;
    if (good) {
        stage->n_threads = context->n_threads;
        stage->auctioneers =
            qf_arena_array(&stage->arena, (size_t)context->n_threads, sizeof *stage->auctioneers);
        good = stage->auctioneers != NULL;
    }
    for (int t = 0; good && t < context->n_threads; t++) {
        good = hire(&stage->arena, &stage->auctioneers[t], n_doers, n_tasks);
    }
    if (!good) {
        qf_tasks_close(stage);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for auctions");
    }
    *user = stage;
    return QF_OK;
}

void qf_tasks_close(void *user)
{
    tasks_stage *stage = user;
    if (stage) {
        qf_arena_free(&stage->arena);
        free(stage);
    }
}

void qf_tasks_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot)
{
    (void)group;
    if (fleet->catalog.n_of_shape[QF_SHAPE_TASK] > 0) {
        qf_i64(fleet, QF_FIELD_TASK, 0)[slot] = -1;
        qf_i64(fleet, QF_FIELD_TASK_SINCE, 0)[slot] = -1;
    }
}
