/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PROFILE_H
#define QF_PROFILE_H

#include <stdint.h>
#include <time.h>

/*
 * Where the time of a simulation went since it was created, on the clock, as the thread that called it saw it. Nothing that is
 * computed depends on it.
 */
typedef struct qf_profile {
    double own_s;        /* own vehicles: their ticks, and what observers do one by one */
    double replicated_s; /* of meetings, what every rank does for the vehicles of all */
    double waited_s;     /* for what others sent, and to put it in its place */
    int64_t n_meetings;  /* ticks in which threads met */
} qf_profile;

static inline double qf_seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
