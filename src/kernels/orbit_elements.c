/* SPDX-License-Identifier: Apache-2.0 */
/* Osculating elements, for slots [begin, end). */
#include "kernels.h"

void QF_KERNEL(qf_orbit_elements)(const qf_body_columns *columns, const qf_body_group *group,
                                  const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                                  size_t end)
{
    (void)columns;
    (void)group;
    (void)tick;
    (void)scratch;
    (void)begin;
    (void)end;
}
