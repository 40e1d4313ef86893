/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

void qf_write_tasks(FILE *out, const qf_scenario *scenario)
{
    const qf_auction_spec *auction = &scenario->auction;
    if (auction->n_tasks == 0) {
        return;
    }
    fputs("tasks:\n  every_s: ", out);
    qf_write_double(out, (double)auction->period_ticks * scenario->dt_s);
    fputs("\n  list:\n", out);
    for (size_t t = 0; t < auction->n_tasks; t++) {
        const qf_task_spec *task = &auction->tasks[t];
        fputs("    - {name: ", out);
        qf_write_text(out, task->name);
        fputs(", position_m: ", out);
        qf_write_vector(out, task->position_m);
        fputs(", work_s: ", out);
        qf_write_double(out, task->work_s);
        fputs(", value: ", out);
        qf_write_double(out, task->value);
        fputs(", from_s: ", out);
        qf_write_double(out, task->from_s);
        fputs("}\n", out);
    }
}
