/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "writer.h"

void qf_write_radio(FILE *out, const qf_group_spec *group, double dt_s)
{
    const qf_radio_spec *radio = group->radio;
    if (!radio) {
        return;
    }
    fputs("    radio: {latency_s: ", out);
    qf_write_double(out, (double)radio->latency_ticks * dt_s);
    fputs(", every_s: ", out);
    qf_write_double(out, (double)radio->period_ticks * dt_s);
    fputs(", loss: ", out);
    qf_write_double(out, radio->loss);
    fprintf(out, ", messages: %lld", (long long)radio->messages);
    if (isfinite(radio->range_m)) {
        fputs(", range_m: ", out);
        qf_write_double(out, radio->range_m);
    }
    fputs("}\n", out);
}
