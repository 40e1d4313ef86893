/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKING_OFFERS_H
#define QF_TRACKING_OFFERS_H

#include "tracking_memory.h"

/*
 * What the observers of one world have for their picture in one frame, for the files tracking*.c only. Without radios all
 * of it comes at once. With radios the picture has a holder, and others' tracks are messages to it.
 */
typedef struct qf_offering {
    const qf_tracking *tracking;
    const qf_kernels *kernels;
    const qf_tracking_group *group;
    const qf_group *of; /* the same group of the fleet */
    size_t world;
    int64_t tick;
    int thread;
    qf_track_list *shared; /* what the picture gets in this frame */
    qf_track_list *sent;   /* what has been sent to its holder in it, and has come so far */
    size_t n_lost;         /* and what has not */
    size_t holder; /* of a picture whose tracks come by radio: its index; count: nobody is */
    int64_t left;  /* what the holder can still hear, where it is another rank's */
} qf_offering;

/* What this rank's observers have: sets `shared`, `sent`, `n_lost` and `holder`. False without memory. */
bool qf_offering_collect(qf_offering *offering);

/*
 * Collective, when all have collected: what all ranks' observers have instead, in the order of observers. Who does not want
 * it is left with what it had.
 */
qf_status qf_offering_join(qf_context *context, qf_offering *offering, bool wants);

/* With radios: adds to `shared` what arrives of what was sent, now or a latency ago, and counts. False without memory. */
bool qf_offering_deliver(qf_offering *offering);

#endif
