/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADIO_SPEC_H
#define QF_RADIO_SPEC_H

#include <stdint.h>

/*
 * The radio of a group's vehicles: how state and tracks come from one vehicle of a world to another. Without one,
 * vehicles know their targets and leaders, and share tracks, at once and without loss.
 */
typedef struct qf_radio_spec {
    double range_m;        /* > 0; infinite: any */
    int64_t latency_ticks; /* from sending to hearing, 0 ... QF_RADIO_LATENCY_MOST */
    int64_t period_ticks;  /* how often it sends, >= 1 */
    double loss;           /* probability that a message is lost, [0, 1] */
    int64_t messages;      /* bandwidth: most messages heard in a period; 0: any number */
} qf_radio_spec;

enum { QF_RADIO_LATENCY_MOST = 64 };

#endif
