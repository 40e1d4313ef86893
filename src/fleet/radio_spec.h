/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADIO_SPEC_H
#define QF_RADIO_SPEC_H

#include <stdint.h>

/*
 * The radio of a group's vehicles: how state and tracks come from one vehicle of a world to another. Without one,
 * vehicles know their targets and leaders, and share tracks, at once and without loss. A vehicle with a radio hears
 * only those that have one, too; of a message the sender's radio says when it is sent and how long it takes, the
 * hearer's whether it is lost and how many it hears, and the shorter range of both holds.
 */
typedef struct qf_radio_spec {
    double range_m;        /* > 0; infinite: any */
    int64_t latency_ticks; /* from sending to hearing, 0 ... QF_RADIO_LATENCY_MOST */
    int64_t period_ticks;  /* how often it sends, >= 1 */
    double loss;           /* probability that a message is lost, [0, 1] */
    int64_t messages;      /* bandwidth: most messages heard in a period; 0: any number */
} qf_radio_spec;

/* Messages that are on their way to a vehicle are part of its state: each takes 1 + QF_FLIGHT_WORDS columns. */
enum { QF_RADIO_LATENCY_MOST = 64, QF_RADIO_FLIGHTS_MOST = 8 };

/* Doubles of a message of state: position, velocity, attitude, rates. */
enum { QF_FLIGHT_WORDS = 13 };

/* Messages of one sender that are on their way at a time: at most QF_RADIO_FLIGHTS_MOST. */
static inline int64_t qf_radio_flights(const qf_radio_spec *radio)
{
    return (radio->latency_ticks + radio->period_ticks - 1) / radio->period_ticks;
}

#endif
