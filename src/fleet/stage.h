/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_STAGE_H
#define QF_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "bot.h"
#include "event_log.h"
#include "fleet.h"
#include "kernels.h"
#include "profile.h"
#include "sightings.h"

/*
 * A tick is a list of stages. Each has a phase, which says what it may read and write, and a period
 * in ticks for each group. Adding a stage is adding a row to qf_stage_table (tick.c).
 */
typedef enum qf_phase {
    QF_PHASE_COMMAND, /* what is asked of a vehicle; touches only its own vehicles */
    QF_PHASE_SENSE,   /* may read everybody's frozen columns; writes only what nobody else reads */
    QF_PHASE_DECIDE,  /* what to do about it; touches only its own vehicles */
    QF_PHASE_WORLD,   /* the world moves; touches only its own vehicles */
    QF_PHASES,
} qf_phase;

/* What a stage works on. All pointers are the caller's; a stage never allocates. */
typedef struct qf_stage_call {
    const qf_fleet *fleet;
    const qf_kernels *kernels;
    const qf_bot_columns *columns;
    const qf_body_columns *bodies;
    /* a run of vehicles of one group, at most QF_BLOCK_VEHICLES; healthy ones, but for the phases
       of commands, decisions and the world in a block of many scattered frozen ones: what is done to those
       there is undone */
    const qf_block *block;
    int64_t tick;                 /* ticks done before this one */
    int64_t period_ticks;         /* of this stage for this group */
    const qf_bot_tick *constants; /* NULL: commands, in a tick in which threads meet */
    qf_bot_scratch *scratch;
    qf_event_queue *events; /* what to tell of it, if the vehicles stay healthy */
    bool again;             /* a tick that has been run before: nothing is counted */
    void *user;             /* the stage's own */
} qf_stage_call;

/* What a stage does for the whole fleet in one go, while nobody else works. */
typedef struct qf_meeting {
    const qf_fleet *fleet;
    const qf_kernels *kernels;
    int64_t tick;                /* ticks done before this one */
    const int64_t *period_ticks; /* of this stage, by group */
    qf_sightings *sightings;     /* where detections and tracks go */
    qf_event_log *events;
    qf_profile *
        profile; /* where a stage says how much of it was done for the vehicles of all ranks; NULL: nobody asks */
    void *user; /* the stage's own */
} qf_meeting;

/* Whether something of that period, 0: never, is due in a tick. */
static inline bool qf_is_due(int64_t period_ticks, int64_t tick)
{
    return period_ticks > 0 && tick % period_ticks == 0;
}

typedef struct qf_stage {
    const char *name;
    qf_phase phase;
    /* reads columns of other blocks: all threads meet before and after it (QF_PHASE_SENSE only) */
    bool reads_others;
    /* runs on ticks that are multiples of this, 0: never for that group; NULL: every tick */
    int64_t (*period_ticks)(const qf_group *group);
    /* returns whether a bit changed that an event is made of; NULL: all is done in meetings */
    bool (*run)(const qf_stage_call *call);
    /*
     * For stages that read others, or NULL. Called once in a tick in which some group is due, when all
     * have done as commanded and before anybody senses; it may use all of the context's threads. What fails on one of
     * several ranks ends all of them, so that nothing needs to be agreed upon within it.
     */
    qf_status (*meet)(qf_context *context, const qf_meeting *meeting);
    /* What the stage keeps from tick to tick becomes `user`, where some group has a period; or NULL. */
    qf_status (*open)(qf_context *context, const qf_fleet *fleet, void **user);
    void (*close)(void *user);
    /* bytes that `open` takes, where some group has a period, on one of n_ranks with an equal share; NULL: next to none */
    size_t (*predicted_bytes)(const qf_scenario *scenario, int n_threads, int n_ranks);
    void *user; /* handed to each call */
    /*
     * Of a stage that reads others: the fields that it reads of vehicles that are not its rank's own, ended by QF_FIELD_COUNT. Those
     * of `sees` are exchanged before each meeting. Those of `sees_first` are changed by nothing but meetings that every rank
     * holds for everybody, if at all: they are exchanged before the first, and again when vehicles have been quarantined,
     * whose columns are put back. NULL: none. (exchange.h)
     */
    const qf_field_id *sees, *sees_first;
    bool for_all; /* its meetings are held by every rank for the vehicles of all, as a whole */
    /* Saves or loads what is not in columns and not made anew in each tick; NULL: there is nothing. Called where `open` was. */
    void (*archive)(void *user, qf_archive *archive);
} qf_stage;

/* The stages of a tick, in order. */
extern const qf_stage qf_stage_table[];
extern const size_t qf_stage_count;

#endif
