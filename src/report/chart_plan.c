/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_plan.h"

#include <math.h>
#include <stdlib.h>

#include "chart_parts.h"
#include "html.h"

enum { ABOVE = 26, BELOW = 40, TICKS = 5 };

typedef struct view {
    qf_axis x, y;
} view;

static double width_of(const qf_plan_chart *chart)
{
    return chart->large ? QF_PLAN_LARGE_WIDTH : QF_FIGURE_WIDTH;
}

/* Both axes alike: what is short is widened until units are as long as on the other one. */
static view look(const qf_plan_chart *chart, double top, double *bottom)
{
    const double side = width_of(chart) - (QF_FIGURE_WIDTH - QF_PLAN_SIDE);
    const double right = QF_PLAN_LEFT + side;
    const double tallest = chart->large ? QF_PLAN_LARGE_HEIGHT : QF_PLAN_SIDE;
    qf_axis x = qf_axis_exact(chart->low[0], chart->high[0], QF_PLAN_LEFT, right);
    qf_axis y = qf_axis_exact(chart->low[1], chart->high[1], 0.0, 1.0);
    const double width = x.high - x.low, height = y.high - y.low;
    const double tall = fmin(fmax(side * height / width, QF_PLAN_LEAST), tallest);
    const double unit = fmin(side / width, tall / height);
    const double more_x = (side / unit - width) / 2.0;
    const double more_y = (tall / unit - height) / 2.0;
    *bottom = top + tall;
    return (view){
        .x = {.low = x.low - more_x, .high = x.high + more_x, .begin = QF_PLAN_LEFT, .end = right},
        .y = {.low = y.low - more_y, .high = y.high + more_y, .begin = *bottom, .end = top}};
}

/* Squares, whose area grows with what is in a cell; what is there at all is seen. */
static void draw_cells(qf_svg *svg, const view *v, const qf_plan_cells *cells)
{
    const double whole = fabs(qf_axis_at(&v->x, cells->side) - qf_axis_at(&v->x, 0.0));
    double most = 0.0;
    for (size_t i = 0; i < cells->n_x * cells->n_y; i++) {
        most = fmax(most, cells->count[i]);
    }
    for (size_t i = 0; i < cells->n_x * cells->n_y; i++) {
        const double x = cells->x + ((double)(i % cells->n_x) + 0.5) * cells->side;
        const double y = cells->y + ((double)(i / cells->n_x) + 0.5) * cells->side;
        const double side = fmax(whole * sqrt(cells->count[i] / fmax(most, 1.0)), 2.0);
        if (cells->count[i] > 0.0) {
            qf_svg_rect(svg, "f0", qf_axis_at(&v->x, x) - side / 2.0,
                        qf_axis_at(&v->y, y) - side / 2.0, side, side, NULL);
        }
    }
}

static bool is_seen(const view *v, double x, double y)
{
    return x >= v->x.low && x <= v->x.high && y >= v->y.low && y <= v->y.high;
}

static void draw_way(qf_svg *svg, const view *v, const qf_plan_way *way)
{
    char class[32];
    snprintf(class, sizeof class, way->faint ? "truth" : "s%zu thin",
             way->series % QF_CHART_SERIES);
    qf_svg_path path = qf_svg_path_begin(svg, class);
    for (size_t i = 0; i < way->n; i++) {
        const bool seen = is_seen(v, way->x[i], way->y[i]);
        qf_svg_path_to(&path, seen ? qf_axis_at(&v->x, way->x[i]) : (double)NAN,
                       qf_axis_at(&v->y, way->y[i]));
    }
    qf_svg_path_end(&path, false);
}

static void draw_end(qf_svg *svg, const view *v, const qf_plan_way *way, bool first)
{
    size_t begin = 0, end = way->n;
    while (begin < end && !(isfinite(way->x[begin]) && isfinite(way->y[begin]))) {
        begin++;
    }
    while (end > begin && !(isfinite(way->x[end - 1]) && isfinite(way->y[end - 1]))) {
        end--;
    }
    const size_t at = first ? begin : end - 1;
    if (begin < end && is_seen(v, way->x[at], way->y[at])) {
        qf_chart_mark(svg, way->series, first, qf_axis_at(&v->x, way->x[at]),
                      qf_axis_at(&v->y, way->y[at]), first ? 2.6 : 3.4, way->name);
    }
}

/* One path of lines without a length, whose round caps are seen: the shortest that many dots can be written. */
static void draw_dots(qf_svg *svg, const view *v, const qf_plan_dots *dots)
{
    fprintf(svg->out, "<path class=\"marks %s\" d=\"", dots->class);
    for (size_t i = 0; i < dots->n; i++) {
        if (is_seen(v, dots->x[i], dots->y[i])) {
            fprintf(svg->out, "M%.1f %.1fh0", qf_axis_at(&v->x, dots->x[i]),
                    qf_axis_at(&v->y, dots->y[i]));
        }
    }
    fputs("\"/>\n", svg->out);
}

/* A cross, and its name where that does not hide the name of one before it. */
static void draw_place(qf_svg *svg, const view *v, const qf_plan_chart *chart, size_t k)
{
    const qf_plan_place *place = &chart->places[k];
    const double x = qf_axis_at(&v->x, place->x), y = qf_axis_at(&v->y, place->y);
    const double width = qf_chart_text_width(place->name);
    const bool fits = x + 10.0 + width < v->x.end;
    bool hides = false;
    if (!is_seen(v, place->x, place->y)) {
        return;
    }
    for (size_t i = 0; i < k && !hides; i++) {
        hides = fabs(qf_axis_at(&v->x, chart->places[i].x) - x) < width + 12.0 &&
                fabs(qf_axis_at(&v->y, chart->places[i].y) - y) < 15.0;
    }
    qf_svg_line(svg, "axis", x - 7.0, y, x + 7.0, y);
    qf_svg_line(svg, "axis", x, y - 7.0, x, y + 7.0);
    if (!hides) {
        qf_svg_text(svg, "label onfill", fits ? 's' : 'e', fits ? x + 9.0 : x - 9.0, y - 6.0, "%s",
                    place->name);
    }
}

void qf_chart_plan(FILE *out, const qf_plan_chart *chart)
{
    const double width = width_of(chart);
    const double legend = qf_chart_legend(NULL, QF_LEGEND_MARKS, chart->names, NULL, chart->n_names,
                                          0.0, 0.0, width - 8.0);
    const double top = ABOVE + legend;
    double bottom;
    const view v = look(chart, top, &bottom);
    qf_svg svg = qf_svg_begin(out, width, bottom + BELOW, chart->title, chart->y_title);
    (void)qf_chart_legend(&svg, QF_LEGEND_MARKS, chart->names, NULL, chart->n_names, 4.0, 14.0,
                          width - 8.0);
    qf_axis_draw_bottom(&svg, &v.x, chart->large ? 2 * TICKS : TICKS, bottom, top, chart->x_title);
    qf_axis_draw_left(&svg, &v.y, TICKS, QF_PLAN_LEFT, v.x.end, chart->y_title);
    if (chart->cells) {
        draw_cells(&svg, &v, chart->cells);
    }
    for (size_t i = 0; i < chart->n_ways; i++) {
        draw_way(&svg, &v, &chart->ways[i]);
    }
    for (size_t i = 0; i < chart->n_dots; i++) {
        draw_dots(&svg, &v, &chart->dots[i]);
    }
    for (size_t i = 0; i < 2 * chart->n_ways; i++) {
        if (!chart->ways[i / 2].faint) {
            draw_end(&svg, &v, &chart->ways[i / 2], i % 2 == 0);
        }
    }
    for (size_t i = 0; i < chart->n_places; i++) {
        draw_place(&svg, &v, chart, i);
    }
    qf_svg_end(&svg);
}

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void qf_plan_bounds(double *values, size_t n, double *low, double *high)
{
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            values[known++] = values[i];
        }
    }
    *low = 0.0;
    *high = 1.0;
    if (known == 0) {
        return;
    }
    qsort(values, known, sizeof *values, ascending);
    const double first = values[known / 100], last = values[known - 1 - known / 100];
    *low = values[0];
    *high = values[known - 1];
    if (*high - *low > 5.0 * (last - first) && last > first) {
        *low = fmax(*low, first - 0.1 * (last - first));
        *high = fmin(*high, last + 0.1 * (last - first));
    }
}
