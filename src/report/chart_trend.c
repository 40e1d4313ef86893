/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_trend.h"

#include <math.h>

#include "axis.h"
#include "html.h"

enum { LEFT = 62, RIGHT = 28, TOP = 34, BOTTOM = 44, HEIGHT = 260, TICKS = 5 };

static void widen(double value, double *low, double *high)
{
    if (isfinite(value)) {
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

/* Infinite estimates run along the edge. Intervals of the first few cases are so wide that they would hide all others: they run out of the picture. */
static qf_axis value_axis(const qf_trend_chart *chart)
{
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (size_t i = 0; i < chart->n; i++) {
        widen(chart->estimate[i], &low, &high);
        if (chart->cases[i] >= 0.1 * chart->cases[chart->n - 1]) {
            widen(chart->interval[i].low, &low, &high);
            widen(chart->interval[i].high, &low, &high);
        }
    }
    widen(chart->limit, &low, &high);
    return qf_axis_around(low, high, TICKS, HEIGHT - BOTTOM, TOP);
}

static double kept_within(const qf_axis *axis, double value)
{
    return isnan(value) ? value : fmin(fmax(value, axis->low), axis->high);
}

/* up one side and down the other, of the points that have both */
static void draw_band(qf_svg *svg, const qf_trend_chart *chart, const qf_axis *x, const qf_axis *y)
{
    qf_svg_path path = qf_svg_path_begin(svg, "f0 soft");
    bool any = false;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < chart->n; k++) {
            const size_t i = pass ? chart->n - 1 - k : k;
            const qf_interval *it = &chart->interval[i];
            if (isnan(it->low) || isnan(it->high)) {
                continue;
            }
            const double value = kept_within(y, pass ? it->high : it->low);
            qf_svg_path_to(&path, qf_axis_at(x, chart->cases[i]), qf_axis_at(y, value));
            any = true;
        }
    }
    qf_svg_path_end(&path, any);
}

void qf_chart_trend(FILE *out, const qf_trend_chart *chart)
{
    const double end = QF_FIGURE_WIDTH - RIGHT, bottom = HEIGHT - BOTTOM;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, HEIGHT, chart->title, NULL);
    const qf_axis x = qf_axis_exact(0.0, chart->n ? chart->cases[chart->n - 1] : 1.0, LEFT, end);
    const qf_axis y = value_axis(chart);
    const double limit = qf_axis_at(&y, chart->limit);
    qf_svg_rect(&svg, "good soft", LEFT, chart->at_least ? TOP : limit, end - LEFT,
                chart->at_least ? limit - TOP : bottom - limit, NULL);
    qf_axis_draw_left(&svg, &y, TICKS, LEFT, end, chart->label);
    qf_axis_draw_bottom(&svg, &x, TICKS, bottom, (double)NAN, "cases");
    draw_band(&svg, chart, &x, &y);
    qf_svg_path path = qf_svg_path_begin(&svg, "s0 thick");
    for (size_t i = 0; i < chart->n; i++) {
        qf_svg_path_to(&path, qf_axis_at(&x, chart->cases[i]),
                       qf_axis_at(&y, kept_within(&y, chart->estimate[i])));
    }
    qf_svg_path_end(&path, false);
    qf_svg_line(&svg, "limit", LEFT, limit, end, limit);
    qf_svg_end(&svg);
}
