/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_IDENTITIES_H
#define QF_IDENTITIES_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "context.h"
#include "scenario.h"

/*
 * What transponders say. Texts that are equal are one identity, as they are for whoever hears them; numbers
 * ascend with the first vehicle that says so, in the order of entities, own identities before those of
 * spoofers.
 */
typedef struct qf_identities {
    size_t n;
    const char *const *text;
    const int32_t *own;   /* by entity: says so when its mode is on; QF_NO_IDENTITY */
    const int32_t *spoof; /* by entity: says so when its mode is spoof */
} qf_identities;

/* Memory comes from the arena. Nothing is allocated where no group has a transponder. */
qf_status qf_identities_create(qf_context *context, qf_arena *arena, const qf_scenario *scenario,
                               qf_identities *identities);

#endif
