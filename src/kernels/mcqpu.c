/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load of the on-board computer (MCQPU), for slots [begin, end): two first-order lags, in percent.
 *
 *   cpu target = clamp(8 + 28 clamp(|v|, 0, 1) + 18 radar
 *                      + min(18, 0.9 sensors + 0.6 actuators) + 3 transponder, 0, 100)
 *   memory target = clamp(22 + min(35, 1.2 sensors) + min(20, actuators) + 10 radar, 0, 100)
 *   x += (1 - exp(-dt / tau)) (target - x), clamped;  tau 2 s (cpu), 4 s (memory)
 *
 * In: speed, queue depths, flags (the switches, before any shedding). In and out: cpu, mem.
 * Per vehicle 8 reads and writes of 8 bytes; 30 operations.
 * Source: world.md section 2. Guarded by tests/test_golden_world.c.
 */
#include <math.h>

#include "clamp.h"
#include "kernels.h"
#include "mask.h"

void QF_KERNEL(qf_mcqpu_step)(const qf_bot_columns *columns, const qf_bot_group *group,
                              const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin,
                              size_t end)
{
    (void)group;
    (void)scratch;
    const qf_bot_columns c = *columns;
    const double cpu_gain = tick->cpu_gain;
    const double mem_gain = tick->mem_gain;
    double *restrict cpu_pct = c.cpu_pct;
    double *restrict mem_pct = c.mem_pct;
#pragma omp simd
    for (size_t i = begin; i < end; i++) {
        const uint64_t flags = c.flags[i];
        const double radar = qf_where(MASK_OF_FLAG(flags, RADAR_ENABLED), 1.0);
        const double transponder = qf_where(MASK_OF_FLAG(flags, TRANSPONDER_ACTIVE), 1.0);
        const double sensors = c.sensor_queue[i];
        const double actuators = c.actuator_queue[i];
        const double motion = lower(fabs(c.speed_mps[i]), 1.0);
        const double cpu_target =
            clamp(8.0 + 28.0 * motion + 18.0 * radar +
                      lower(18.0, 0.9 * sensors + 0.6 * actuators) + 3.0 * transponder,
                  0.0, 100.0);
        const double mem_target = clamp(
            22.0 + lower(35.0, 1.2 * sensors) + lower(20.0, actuators) + 10.0 * radar, 0.0, 100.0);
        cpu_pct[i] = clamp(cpu_pct[i] + cpu_gain * (cpu_target - cpu_pct[i]), 0.0, 100.0);
        mem_pct[i] = clamp(mem_pct[i] + mem_gain * (mem_target - mem_pct[i]), 0.0, 100.0);
    }
}
