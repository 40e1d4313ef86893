/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_binned.h"

#include <math.h>

#include "axis.h"
#include "chart_names.h"
#include "html.h"

enum { LEFT = 62, RIGHT = 14, TOP = 46, BOTTOM = 44, HEIGHT = 300, TICKS = 5 };

static qf_axis share_axis(const qf_binned_chart *chart)
{
    double low = 1.0, high = 0.0;
    for (size_t i = 0; i < chart->n; i++) {
        const qf_binned_share *bin = &chart->bins[i];
        const double values[] = {bin->share, bin->interval.low, bin->interval.high};
        for (size_t v = 0; v < 3; v++) {
            low = isnan(values[v]) ? low : fmin(low, values[v]);
            high = isnan(values[v]) ? high : fmax(high, values[v]);
        }
    }
    /* what is the same everywhere is not blown up */
    if (high - low < 0.02) {
        low = fmax(low - 0.01, 0.0);
        high = fmin(high + 0.01, 1.0);
    }
    return qf_axis_around(low, high, TICKS, HEIGHT - BOTTOM, TOP);
}

/* words have places of the same width, numbers lie where they are */
static qf_axis bin_axis(const qf_binned_chart *chart)
{
    const double end = QF_FIGURE_WIDTH - RIGHT;
    if (chart->n > 0 && chart->bins[0].name) {
        return qf_axis_exact(0.0, (double)chart->n, LEFT, end);
    }
    const double low = chart->n ? chart->bins[0].low : 0.0;
    const double high = chart->n ? chart->bins[chart->n - 1].high : 1.0;
    const double room = 0.02 * (high - low);
    return qf_axis_exact(low - room, high + room, LEFT, end);
}

static void draw_bin(qf_svg *svg, const qf_binned_chart *chart, size_t i, const qf_axis *x,
                     const qf_axis *y)
{
    const qf_binned_share *bin = &chart->bins[i];
    const double left = qf_axis_at(x, bin->name ? (double)i + 0.2 : bin->low);
    const double right = qf_axis_at(x, bin->name ? (double)i + 0.8 : bin->high);
    const double middle = (left + right) / 2.0, at = qf_axis_at(y, bin->share);
    const double low = qf_axis_at(y, bin->interval.low), high = qf_axis_at(y, bin->interval.high);
    qf_svg_line(svg, "s0", left, at, right, at);
    qf_svg_line(svg, "s0 thick", middle, low, middle, high);
    qf_svg_line(svg, "s0", middle - 4.0, low, middle + 4.0, low);
    qf_svg_line(svg, "s0", middle - 4.0, high, middle + 4.0, high);
    qf_svg_circle(svg, "f0", middle, at, 4.0, NULL);
    if (bin->name) {
        char name[QF_CHART_NAME_BYTES];
        const double room = (QF_FIGURE_WIDTH - LEFT - RIGHT) / (double)chart->n;
        qf_svg_text(svg, "tick", 'm', middle, HEIGHT - BOTTOM + 17.0, "%s",
                    qf_chart_name(bin->name, (size_t)(room / QF_CHART_CHARACTER), name));
    }
}

void qf_chart_binned(FILE *out, const qf_binned_chart *chart)
{
    const double end = QF_FIGURE_WIDTH - RIGHT, bottom = HEIGHT - BOTTOM;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, HEIGHT, chart->title, NULL);
    const qf_axis x = bin_axis(chart);
    const qf_axis y = share_axis(chart);
    qf_axis_draw_left(&svg, &y, TICKS, LEFT, end, chart->y_label);
    if (chart->n > 0 && chart->bins[0].name) {
        qf_svg_line(&svg, "axis", LEFT, bottom, end, bottom);
        qf_svg_text(&svg, "label", 'm', (LEFT + end) / 2.0, bottom + 34.0, "%s", chart->x_label);
    } else {
        qf_axis_draw_bottom(&svg, &x, 7, bottom, (double)NAN, chart->x_label);
    }
    for (size_t i = 0; i < chart->n; i++) {
        draw_bin(&svg, chart, i, &x, &y);
    }
    qf_svg_end(&svg);
}
