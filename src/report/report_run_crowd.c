/* SPDX-License-Identifier: Apache-2.0 */
/* Where all vehicles were in the end: how many in each square of a lattice, where they are too many to be drawn one by one. */
#include <math.h>

#include "chart_plan.h"
#include "html.h"
#include "netcdf_read.h"
#include "report_run_plan.h"

enum { CELLS = 32 }; /* along the longer side */

/* x or y of all vehicles at the last record. */
static qf_status read_end(qf_run_plan *p, const char *name, double **values)
{
    qf_run_fleet *fleet = p->fleet;
    const qf_run_quantity quantity = {.missing = (double)NAN};
    const char *path = qf_run_format(fleet, "state/%s", name);
    const hid_t variable = qf_run_variable(fleet, path);
    *values = qf_arena_array(&fleet->arena, (size_t)fleet->n_vehicles, sizeof **values);
    qf_status status = *values ? QF_OK : qf_run_no_memory(fleet);
    if (status == QF_OK &&
        !qf_run_read_record(fleet, &quantity, variable, p->times.record[p->times.n - 1], *values)) {
        status = qf_run_unreadable(fleet, path);
    }
    qf_nc_close_id(variable);
    return status;
}

/* How many there are; those beyond the lattice are not in it. */
static uint64_t count_cells(const qf_run_fleet *fleet, const double *x, const double *y,
                            const qf_plan_cells *cells, double *count)
{
    uint64_t n = 0;
    for (uint64_t e = 0; e < fleet->n_vehicles; e++) {
        const double column = floor((x[e] - cells->x) / cells->side);
        const double row = floor((y[e] - cells->y) / cells->side);
        if (column >= 0.0 && column < (double)cells->n_x && row >= 0.0 &&
            row < (double)cells->n_y) {
            count[(size_t)row * cells->n_x + (size_t)column] += 1.0;
            n++;
        }
    }
    return n;
}

static void draw(qf_run_plan *p, qf_plan_chart *chart, uint64_t n_shown)
{
    qf_run_fleet *fleet = p->fleet;
    const qf_plan_cells *cells = chart->cells;
    const double most_whole = 1e15; /* m, that all digits are written of */
    double most = 0.0;
    for (size_t i = 0; i < cells->n_x * cells->n_y; i++) {
        most = fmax(most, cells->count[i]);
    }
    qf_html_figure_begin(p->out, QF_FIGURE_SMALL, chart->title);
    qf_chart_plan(p->out, chart);
    qf_html_figure_end(
        p->out,
        qf_run_format(fleet,
                      "At %g s, in squares of %s m: the area is how many are there, at most %s%s.",
                      p->times.time_s[p->times.n - 1],
                      cells->side < 1000.0 || cells->side > most_whole
                          ? qf_run_format(fleet, "%.3g", cells->side)
                          : qf_run_count(fleet, (uint64_t)cells->side),
                      qf_run_count(fleet, (uint64_t)most),
                      n_shown < fleet->n_vehicles
                          ? qf_run_format(fleet, "; %s are further away or nowhere",
                                          qf_run_count(fleet, fleet->n_vehicles - n_shown))
                          : ""));
}

qf_status qf_run_put_crowd(qf_run_plan *p)
{
    qf_run_fleet *fleet = p->fleet;
    const size_t n = (size_t)fleet->n_vehicles;
    double *x, *y;
    qf_status status = read_end(p, "x_m", &x);
    status = status == QF_OK ? read_end(p, "y_m", &y) : status;
    if (status != QF_OK) {
        return status;
    }
    qf_plan_chart chart = {.title = "Where all of them were in the end",
                           .x_title = "east (x), m",
                           .y_title = "north (y), m"};
    status = qf_run_plan_bounds(fleet, x, n, &chart.low[0], &chart.high[0]);
    status =
        status == QF_OK ? qf_run_plan_bounds(fleet, y, n, &chart.low[1], &chart.high[1]) : status;
    if (status != QF_OK) {
        return status;
    }
    const double width = chart.high[0] - chart.low[0], height = chart.high[1] - chart.low[1];
    /* what does not extend at all is one square */
    const double side = fmax(width, height) > 0.0 ? fmax(width, height) / CELLS : 1.0;
    qf_plan_cells cells = {.x = chart.low[0],
                           .y = chart.low[1],
                           .side = side,
                           .n_x = (size_t)fmax(ceil(width / side - 1e-9), 1.0),
                           .n_y = (size_t)fmax(ceil(height / side - 1e-9), 1.0)};
    double *count = qf_arena_array(&fleet->arena, cells.n_x * cells.n_y, sizeof *count);
    if (!count) {
        return qf_run_no_memory(fleet);
    }
    cells.count = count;
    chart.cells = &cells;
    chart.high[0] = fmax(chart.high[0], chart.low[0] + side * (double)cells.n_x);
    chart.high[1] = fmax(chart.high[1], chart.low[1] + side * (double)cells.n_y);
    draw(p, &chart, count_cells(fleet, x, y, &cells, count));
    return QF_OK;
}
