/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RADIO_H
#define QF_RADIO_H

#include "group.h"
#include "kernels.h"

/*
 * Radio between two vehicles of one world. Whether a message is heard is decided when it is sent: both radios work, the
 * distance is within the range of both, no planet stands between, it is not lost (QF_STREAM_RADIO), and the hearer has
 * not heard as many in its period as it can. What a vehicle sends in one tick to one hearer is lost together.
 */
typedef struct qf_radio_end {
    const qf_group *group; /* which has a radio */
    size_t slot;
    uint32_t vehicle; /* number in its world */
} qf_radio_end;

/* Whether the vehicle's radio works: it has one, and neither the radio nor the vehicle is broken. */
bool qf_radio_works(const qf_fleet *fleet, const qf_group *group, size_t slot);

/* Whether what one sends in that tick gets to the other, whose bandwidth is not looked at. */
bool qf_radio_reaches(const qf_fleet *fleet, const qf_kernels *kernels, const qf_radio_end *from,
                      const qf_radio_end *to, uint32_t world, int64_t tick);

/* How many messages the hearer can still hear in its present period; INT64_MAX: any number. */
int64_t qf_radio_left(const qf_fleet *fleet, const qf_radio_end *to, int64_t tick);

/* Takes up to n messages of what the hearer can still hear in its present period; returns how many. Writes columns of
   the hearer. */
int64_t qf_radio_take(const qf_fleet *fleet, const qf_radio_end *to, int64_t tick, int64_t n);

/* First values of the columns of radios. */
void qf_radio_initialise(const qf_fleet *fleet, size_t slot);

#endif
