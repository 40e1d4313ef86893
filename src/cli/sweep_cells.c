/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_cells.h"

#include <math.h>

#include "number_text.h"
#include "sweep_questions.h"

const char *qf_cell_or_dash(qf_canvas *canvas, const char *text)
{
    canvas->failed = canvas->failed || !text;
    return text ? text : "-";
}

const char *qf_cell_interval(qf_canvas *canvas, qf_interval i)
{
    if (isnan(i.low) && isnan(i.high)) {
        return "-";
    }
    return qf_cell_or_dash(canvas, qf_arena_format(&canvas->arena, "[%s, %s]",
                                                   qf_text_share(&canvas->arena, i.low),
                                                   qf_text_share(&canvas->arena, i.high)));
}

const char *qf_cell_percent(qf_canvas *canvas, double share)
{
    return qf_cell_or_dash(canvas, qf_arena_format(&canvas->arena, "%g %%", 100.0 * share));
}

const char *qf_cell_label(qf_canvas *canvas, const qf_metric_spec *metric)
{
    return qf_cell_or_dash(canvas, qf_metric_label(&canvas->arena, metric));
}
