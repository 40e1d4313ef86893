/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_scatter.h"

#include <math.h>

#include "axis.h"
#include "chart_names.h"
#include "html.h"

enum { LEFT = 62, RIGHT = 14, TOP = 46, BOTTOM = 44, HEIGHT = 300, LEGEND = 14 };

static qf_axis axis_of(const double *values, size_t n, double least, double also, bool log,
                       double begin, double end)
{
    double low = isnan(least) ? (double)INFINITY : least, high = -(double)INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            low = fmin(low, values[i]);
            high = fmax(high, values[i]);
        }
    }
    if (!isnan(also) && (!log || also > 0.0)) {
        low = fmin(low, also);
        high = fmax(high, also);
    }
    if (log && low > 0.0 && isfinite(high)) {
        return (qf_axis){.low = pow(10.0, floor(log10(low) + 1e-9)),
                         .high = pow(10.0, fmax(ceil(log10(high) - 1e-9), floor(log10(low)) + 1.0)),
                         .begin = begin,
                         .end = end,
                         .log = true};
    }
    const double room = 0.04 * (high - low);
    return qf_axis_exact(isnan(least) ? low - room : low, high + room, begin, end);
}

/* strokes with round ends: a fifth of the bytes of circles */
static void draw_points(qf_svg *svg, const qf_scatter_chart *chart, const qf_axis *x,
                        const qf_axis *y, bool second)
{
    enum { ARM = 3 };
    fprintf(svg->out, "<path class=\"%s\" d=\"",
            second         ? "s1 crosses"
            : chart->names ? "s0 dots big"
                           : "s0 dots");
    for (size_t i = 0; i < chart->n; i++) {
        const double at = qf_axis_at(x, chart->x[i]), up = qf_axis_at(y, chart->y[i]);
        if ((chart->second && chart->second[i]) != second || !isfinite(at) || !isfinite(up)) {
            continue;
        }
        if (second) {
            fprintf(svg->out, "M%.1f %.1fl%d %dm0-%dl-%d %d", at - ARM, up - ARM, 2 * ARM, 2 * ARM,
                    2 * ARM, 2 * ARM, 2 * ARM);
        } else {
            fprintf(svg->out, "M%.1f %.1fh0", at, up);
        }
    }
    fputs("\"/>\n", svg->out);
}

static void draw_names(qf_svg *svg, const qf_scatter_chart *chart, const qf_axis *x,
                       const qf_axis *y)
{
    for (size_t i = 0; i < chart->n && chart->names; i++) {
        char name[QF_CHART_NAME_BYTES];
        const double at = qf_axis_at(x, chart->x[i]), up = qf_axis_at(y, chart->y[i]);
        const bool late = at > svg->width * 0.65;
        qf_svg_text(svg, "tick halo", late ? 'e' : 's', late ? at - 8.0 : at + 8.0, up - 5.0, "%s",
                    qf_chart_name(chart->names[i], 18, name));
    }
}

static void draw_legend(qf_svg *svg, const qf_scatter_chart *chart)
{
    if (!chart->kinds[1]) {
        return;
    }
    static const double zero[] = {0.0};
    double from = 10.0;
    for (int kind = 0; kind < 2; kind++) {
        const bool second = kind == 1;
        const qf_scatter_chart one = {.x = zero, .y = zero, .second = &second, .n = 1};
        const qf_axis x = {.low = 0.0, .high = 1.0, .begin = from, .end = from + 1.0};
        const qf_axis y = {.low = 0.0, .high = 1.0, .begin = LEGEND - 4.0, .end = LEGEND};
        draw_points(svg, &one, &x, &y, second);
        qf_svg_text(svg, "tick", 's', from + 10.0, LEGEND, "%s", chart->kinds[kind]);
        from += 34.0 + QF_CHART_CHARACTER * (double)qf_chart_name_length(chart->kinds[kind]);
    }
}

void qf_chart_scatter(FILE *out, const qf_scatter_chart *chart)
{
    const double end = QF_FIGURE_WIDTH - RIGHT, bottom = HEIGHT - BOTTOM;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, HEIGHT, chart->title, NULL);
    qf_axis x = axis_of(chart->x, chart->n, chart->x_least, (double)NAN, chart->x_log, LEFT, end);
    qf_axis y =
        axis_of(chart->y, chart->n, chart->y_least, chart->limit, chart->y_log, bottom, TOP);
    qf_axis_draw_left(&svg, &y, 7, LEFT, end, chart->y_label);
    qf_axis_draw_bottom(&svg, &x, 7, bottom, TOP, chart->x_label);
    if (chart->diagonal) {
        const double most = fmin(x.high, y.high);
        qf_svg_line(&svg, "limit", qf_axis_at(&x, 0.0), qf_axis_at(&y, 0.0), qf_axis_at(&x, most),
                    qf_axis_at(&y, most));
    }
    draw_points(&svg, chart, &x, &y, false);
    if (chart->second) {
        draw_points(&svg, chart, &x, &y, true);
    }
    qf_svg_line(&svg, "limit", LEFT, qf_axis_at(&y, chart->limit), end,
                qf_axis_at(&y, chart->limit));
    draw_names(&svg, chart, &x, &y);
    draw_legend(&svg, chart);
    qf_svg_end(&svg);
}
