/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PROFILE_H
#define QF_PROFILE_H

#include <stdint.h>

/* Where the time of a simulation went since it was created: wall time of all its threads together, as the thread that called it saw it. */
typedef struct qf_profile {
    double own_s;        /* own vehicles: their ticks, and what observers do one by one */
    double replicated_s; /* of meetings, what every rank does for the vehicles of all */
    double copy_s;       /* packing and unpacking what is exchanged */
    double waited_s;     /* for what others sent */
    int64_t n_meetings;  /* ticks in which threads met */
    int64_t n_words;     /* of 8 bytes that came from others */
} qf_profile;

#endif
