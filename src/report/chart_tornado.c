/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_tornado.h"

#include <math.h>

#include "axis.h"
#include "chart_names.h"
#include "html.h"

enum { NAMES = 126, VALUES = 52, ROW = 24, BAR = 12, BOTTOM = 44, TOP = 6, LEGEND = 22 };
enum { SHORT_NAME = 16, NAME_ROW = 15, PAD = 14, LONG_NAME = 48 };

/* where names stand: beside bars, or, where one has no room there, all above them */
static bool names_above(const qf_tornado_chart *chart)
{
    bool above = false;
    for (size_t i = 0; i < chart->n_rows; i++) {
        above = above || qf_chart_name_length(chart->rows[i].name) > SHORT_NAME;
    }
    return above;
}

static void widen(qf_axis *axis, double value)
{
    if (isfinite(value)) {
        axis->low = fmin(axis->low, value);
        axis->high = fmax(axis->high, value);
    }
}

static qf_axis axis_of(const qf_tornado_chart *chart)
{
    qf_axis x = {.low = chart->low, .high = chart->high};
    for (size_t i = 0; i < chart->n_rows; i++) {
        const qf_tornado_row *row = &chart->rows[i];
        widen(&x, row->value);
        widen(&x, row->inner);
        widen(&x, row->interval.low);
        widen(&x, row->interval.high);
        widen(&x, row->of_inner.low);
        widen(&x, row->of_inner.high);
    }
    return qf_axis_exact(x.low, x.high, names_above(chart) ? PAD : NAMES, QF_FIGURE_WIDTH - VALUES);
}

static void draw_whisker(qf_svg *svg, const qf_axis *x, qf_interval interval, double y)
{
    const double low = qf_axis_at(x, interval.low), high = qf_axis_at(x, interval.high);
    qf_svg_line(svg, "mean", low, y, high, y);
    qf_svg_line(svg, "mean", low, y - 3.0, low, y + 3.0);
    qf_svg_line(svg, "mean", high, y - 3.0, high, y + 3.0);
}

/* from 0 to either side */
static void draw_bar(qf_svg *svg, const char *class, const qf_axis *x, double value, double y,
                     double height, const char *tooltip)
{
    const double zero = qf_axis_at(x, 0.0), end = qf_axis_at(x, value);
    qf_svg_rect(svg, class, fmin(zero, end), y, fabs(end - zero), height, tooltip);
}

static void draw_row(qf_svg *svg, const qf_tornado_row *row, const qf_axis *x, double y, bool above)
{
    char name[QF_CHART_NAME_BYTES];
    const double middle = y + ROW / 2.0 + (above ? NAME_ROW : 0);
    const bool both = !isnan(row->inner);
    if (above) {
        qf_svg_text(svg, "label halo", 's', PAD, y + NAME_ROW, "%s",
                    qf_chart_name(row->name, LONG_NAME, name));
    } else {
        qf_svg_text(svg, "label", 'e', NAMES - 8.0, middle + 4.5, "%s",
                    qf_chart_name(row->name, SHORT_NAME, name));
    }
    if (isnan(row->value)) {
        qf_svg_text(svg, "tick", 'e', QF_FIGURE_WIDTH - 4.0, middle + 4.5, "none");
        return;
    }
    draw_bar(svg,
             both               ? "f5"
             : row->value < 0.0 ? "f1"
                                : "f0",
             x, row->value, middle - (both ? BAR / 2.0 + 2.0 : BAR / 2.0),
             both ? BAR / 2.0 + 2.0 : BAR, row->name);
    draw_whisker(svg, x, row->interval, both ? middle - 4.0 : middle);
    if (both) {
        draw_bar(svg, "f0", x, row->inner, middle, BAR / 2.0 + 2.0, row->name);
        draw_whisker(svg, x, row->of_inner, middle + 4.0);
    }
    /* an adjusted minus, so that the sign is seen */
    qf_svg_text(svg, "label", 'e', QF_FIGURE_WIDTH - 4.0, middle + 4.5, "%s%.2f",
                row->value < -0.005 ? "\xe2\x88\x92" : "", fabs(row->value));
}

static void draw_legend(qf_svg *svg, const qf_tornado_chart *chart)
{
    const double half = NAMES + (QF_FIGURE_WIDTH - NAMES) / 2.0;
    qf_svg_rect(svg, "f5", NAMES, 4.0, 11.0, 11.0, NULL);
    qf_svg_text(svg, "tick", 's', NAMES + 16.0, 14.0, "%s", chart->outer_name);
    qf_svg_rect(svg, "f0", half, 4.0, 11.0, 11.0, NULL);
    qf_svg_text(svg, "tick", 's', half + 16.0, 14.0, "%s", chart->inner_name);
}

void qf_chart_tornado(FILE *out, const qf_tornado_chart *chart)
{
    const double top = TOP + (chart->outer_name ? LEGEND : 0);
    const bool above = names_above(chart);
    const double height = ROW + (above ? NAME_ROW : 0);
    const double bottom = top + height * (double)chart->n_rows;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, bottom + BOTTOM, chart->title, NULL);
    const qf_axis x = axis_of(chart);
    qf_axis_draw_bottom(&svg, &x, 5, bottom, top, chart->label);
    qf_svg_line(&svg, "axis", qf_axis_at(&x, 0.0), top, qf_axis_at(&x, 0.0), bottom);
    for (size_t i = 0; i < chart->n_rows; i++) {
        draw_row(&svg, &chart->rows[i], &x, top + height * (double)i, above);
    }
    if (chart->outer_name) {
        draw_legend(&svg, chart);
    }
    qf_svg_end(&svg);
}
