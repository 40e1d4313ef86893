/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_fan.h"

#include <assert.h>
#include <math.h>

#include "chart_parts.h"
#include "html.h"

enum { ABOVE = 26, BELOW = 40, TICKS = 5 };

static void widen(const qf_fan_chart *chart, const double *values, double *low, double *high)
{
    for (size_t i = 0; values && i < chart->n; i++) {
        if (isfinite(values[i]) && !(chart->log && values[i] <= 0.0)) {
            *low = fmin(*low, values[i]);
            *high = fmax(*high, values[i]);
        }
    }
}

/* From one power of ten to another, at least one apart. */
static qf_axis log_axis(double low, double high, double begin, double end)
{
    const bool known = isfinite(low) && isfinite(high);
    low = known ? pow(10.0, floor(log10(low) + 1e-9)) : 1.0;
    high = known ? pow(10.0, ceil(log10(high) - 1e-9)) : 10.0;
    return (qf_axis){.low = low,
                     .high = high > low ? high : low * 10.0,
                     .begin = begin,
                     .end = end,
                     .log = true};
}

static qf_axis value_axis(const qf_fan_chart *chart, double begin, double end)
{
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (size_t s = 0; s < chart->n_series; s++) {
        widen(chart, chart->series[s].middle, &low, &high);
        widen(chart, chart->series[s].low, &low, &high);
        widen(chart, chart->series[s].high, &low, &high);
    }
    if (chart->log) {
        return log_axis(low, high, begin, end);
    }
    low = isfinite(chart->low) ? chart->low : low;
    high = isfinite(chart->high) ? chart->high : high;
    return qf_axis_around(low, high, TICKS, begin, end);
}

static double height_of(const qf_axis *axis, double value)
{
    return axis->log && value <= 0.0 ? (double)NAN : qf_axis_at(axis, value);
}

static bool has_band(const qf_fan_series *series, const qf_axis *axis, size_t i)
{
    return isfinite(height_of(axis, series->low[i])) && isfinite(height_of(axis, series->high[i]));
}

/* A closed outline for each stretch of time without a gap: there along the upper edge, back along the lower one. */
static void draw_band(qf_svg *svg, const qf_fan_chart *chart, size_t s, const qf_time_axis *time,
                      const qf_axis *axis)
{
    const qf_fan_series *series = &chart->series[s];
    for (size_t begin = 0, end; begin < chart->n; begin = end + 1) {
        end = begin;
        while (end < chart->n && has_band(series, axis, end)) {
            end++;
        }
        if (end - begin < 2) {
            continue;
        }
        qf_svg_path path = qf_svg_path_begin(svg, qf_chart_band_class(series->look));
        for (size_t i = begin; i < end; i++) {
            qf_svg_path_to(&path, qf_chart_time_at(time, chart->time_s[i]),
                           height_of(axis, series->high[i]));
        }
        for (size_t i = end; i-- > begin;) {
            qf_svg_path_to(&path, qf_chart_time_at(time, chart->time_s[i]),
                           height_of(axis, series->low[i]));
        }
        qf_svg_path_end(&path, true);
    }
}

static void draw_line(qf_svg *svg, const qf_fan_chart *chart, size_t s, const qf_time_axis *time,
                      const qf_axis *axis)
{
    const double *middle = chart->series[s].middle;
    qf_svg_path path = qf_svg_path_begin(svg, qf_chart_line_class(chart->series[s].look));
    for (size_t i = 0; i < chart->n; i++) {
        qf_svg_path_to(&path, qf_chart_time_at(time, chart->time_s[i]), height_of(axis, middle[i]));
    }
    qf_svg_path_end(&path, false);
    /* a value alone is no line, and would not be seen */
    for (size_t i = 0; i < chart->n; i++) {
        const bool before = i > 0 && isfinite(height_of(axis, middle[i - 1]));
        const bool after = i + 1 < chart->n && isfinite(height_of(axis, middle[i + 1]));
        if (!before && !after) {
            qf_chart_mark(svg, chart->series[s].look, false,
                          qf_chart_time_at(time, chart->time_s[i]), height_of(axis, middle[i]), 3.0,
                          NULL);
        }
    }
}

void qf_chart_fan(FILE *out, const qf_fan_chart *chart)
{
    const char *names[QF_CHART_SERIES];
    size_t looks[QF_CHART_SERIES];
    const size_t n_series = chart->n_series;
    assert(n_series <= QF_CHART_SERIES);
    for (size_t s = 0; s < n_series; s++) {
        names[s] = chart->series[s].name;
        looks[s] = chart->series[s].look;
    }
    const double legend = qf_chart_legend(NULL, QF_LEGEND_LINES, names, looks, n_series, 0.0, 0.0,
                                          QF_FIGURE_WIDTH - 8.0);
    const double top = ABOVE + legend;
    const double bottom = top + QF_FAN_HEIGHT;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, bottom + BELOW, chart->title, chart->y_title);
    (void)qf_chart_legend(&svg, QF_LEGEND_LINES, names, looks, n_series, 4.0, 14.0,
                          QF_FIGURE_WIDTH - 8.0);
    const qf_time_axis time = qf_chart_time_axis(chart->n > 0 ? chart->time_s[0] : 0.0,
                                                 chart->n > 0 ? chart->time_s[chart->n - 1] : 1.0,
                                                 QF_FAN_LEFT, QF_FAN_RIGHT);
    const qf_axis axis = value_axis(chart, bottom, top);
    qf_chart_draw_time(&svg, &time, bottom, top);
    qf_axis_draw_left(&svg, &axis, TICKS, QF_FAN_LEFT, QF_FAN_RIGHT, chart->y_title);
    for (size_t s = 0; s < n_series; s++) {
        if (chart->series[s].low && chart->series[s].high) {
            draw_band(&svg, chart, s, &time, &axis);
        }
    }
    for (size_t s = 0; s < n_series; s++) {
        draw_line(&svg, chart, s, &time, &axis);
    }
    qf_svg_end(&svg);
}
