/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EVENT_ASKED_H
#define QF_EVENT_ASKED_H

#include "event.h"
#include "scenario.h"

/* Which latest events of a vehicle somebody may ask for by `because`: all others need not be remembered. */

/* Adds what `because` of some event asks for. */
void qf_asked_add(qf_asked *asked, const qf_cause *because, size_t n_because);

/* What events of a group that behaves ask for. */
qf_asked qf_group_asked(const qf_group_spec *spec);

/* How many latest events of one of its vehicles are remembered at the most. */
size_t qf_group_most_asked(const qf_group_spec *spec);

#endif
