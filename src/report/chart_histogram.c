/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_histogram.h"

#include <math.h>

#include "axis.h"
#include "chart_names.h"
#include "html.h"

enum { LEFT = 52, RIGHT = 12, BOTTOM = 44, HEIGHT = 290, ROW = 16, LEGEND = 14, FIRST_ROW = 44 };

/* below the rows of texts that there are */
static double top_of(const qf_histogram_chart *chart)
{
    int rows = 0;
    for (size_t i = 0; i < chart->n_marks; i++) {
        rows = chart->marks[i].row >= rows ? chart->marks[i].row + 1 : rows;
    }
    return FIRST_ROW + ROW * (rows > 0 ? rows - 1 : 0);
}

static double tallest(const qf_histogram_bins *bins)
{
    double most = 1.0;
    for (size_t i = 0; i < bins->n_bins; i++) {
        most = fmax(most, (double)(bins->count[0][i] + bins->count[1][i]));
    }
    return most;
}

/* the edges and what is marked, if it is not far away: a limit that nothing comes near would squeeze the bars */
static qf_axis value_axis(const qf_histogram_chart *chart)
{
    const qf_histogram_bins *bins = chart->bins;
    double low = bins->edges[0], high = bins->edges[bins->n_bins];
    const double reach = high - low;
    for (size_t i = 0; i < chart->n_marks && !bins->log; i++) {
        const double value = chart->marks[i].value;
        if (value >= bins->edges[0] - reach && value <= bins->edges[bins->n_bins] + reach) {
            low = fmin(low, value);
            high = fmax(high, value);
        }
    }
    const double end = QF_FIGURE_WIDTH - RIGHT;
    if (bins->log) {
        const qf_axis axis = {.low = pow(10.0, floor(log10(low) + 1e-9)),
                              .high = pow(10.0, ceil(log10(high) - 1e-9)),
                              .begin = LEFT,
                              .end = end,
                              .log = true};
        return axis;
    }
    const double room = 0.02 * (high - low);
    return qf_axis_exact(low - room, high + room, LEFT, end);
}

/* hatching is seen without colours */
static void draw_hatch(qf_svg_path *path, double x, double y, double width, double height)
{
    enum { EVERY = 6 };
    for (double at = y + 3.0; at < y + height; at += EVERY) {
        qf_svg_path_to(path, x, at);
        qf_svg_path_to(path, x + width, at);
        qf_svg_path_to(path, (double)NAN, at);
    }
}

typedef struct bar {
    double left, width;
    double foot[2], top[2]; /* by kind */
} bar;

static bar bar_of(const qf_histogram_bins *bins, size_t i, const qf_axis *x, const qf_axis *y)
{
    const double left = qf_axis_at(x, bins->edges[i]);
    const double middle = qf_axis_at(y, (double)bins->count[0][i]);
    return (bar){.left = left,
                 .width = fmax(qf_axis_at(x, bins->edges[i + 1]) - left - 0.6, 0.6),
                 .foot = {y->begin, middle},
                 .top = {middle, qf_axis_at(y, (double)(bins->count[0][i] + bins->count[1][i]))}};
}

static void draw_bars(qf_svg *svg, const qf_histogram_bins *bins, const qf_axis *x,
                      const qf_axis *y)
{
    size_t n_second = 0;
    for (size_t i = 0; i < bins->n_bins; i++) {
        const bar it = bar_of(bins, i, x, y);
        for (int kind = 0; kind < 2; kind++) {
            if (bins->count[kind][i] > 0) {
                /* one case of thousands is seen, too */
                const double height = fmax(it.foot[kind] - it.top[kind], 1.5);
                qf_svg_rect(svg, kind ? "f1" : "f0", it.left, it.foot[kind] - height, it.width,
                            height, NULL);
            }
        }
        n_second += bins->count[1][i];
    }
    if (n_second > 0) {
        qf_svg_path path = qf_svg_path_begin(svg, "hatch");
        for (size_t i = 0; i < bins->n_bins; i++) {
            const bar it = bar_of(bins, i, x, y);
            draw_hatch(&path, it.left, it.top[1], it.width, it.foot[1] - it.top[1]);
        }
        qf_svg_path_end(&path, false);
    }
}

/* a text, unless it would cover the one that was drawn last in that row */
static void draw_mark_text(qf_svg *svg, double x, double top, int row, const char *text,
                           double *free_from)
{
    const double half = 0.5 * QF_CHART_CHARACTER * (double)qf_chart_name_length(text);
    const double at = fmin(fmax(x, half + 2.0), svg->width - half - 2.0);
    if (at - half >= free_from[row]) {
        qf_svg_text(svg, "tick halo", 'm', at, top - 8.0 - ROW * row, "%s", text);
        free_from[row] = at + half + 5.0;
    }
}

/* all lines first, so that texts stand before them */
static void draw_marks(qf_svg *svg, const qf_histogram_chart *chart, const qf_axis *x,
                       double bottom)
{
    const double top = top_of(chart);
    double free_from[QF_MARK_ROWS] = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < chart->n_marks; i++) {
            const qf_histogram_mark *mark = &chart->marks[i];
            const double at = qf_axis_at(x, mark->value);
            if (!(mark->value >= x->low && mark->value <= x->high)) {
                continue;
            }
            if (pass == 0) {
                qf_svg_line(svg, mark->class, at, top - 4.0 - ROW * mark->row, at, bottom);
            } else {
                draw_mark_text(svg, at, top, mark->row, mark->text, free_from);
            }
        }
    }
}

static void draw_mean(qf_svg *svg, const qf_histogram_chart *chart, const qf_axis *x)
{
    if (!(chart->mean >= x->low && chart->mean <= x->high)) {
        return;
    }
    const double y = top_of(chart) + 10.0;
    const double low = qf_axis_at(x, fmax(chart->of_mean.low, x->low));
    const double high = qf_axis_at(x, fmin(chart->of_mean.high, x->high));
    if (!isnan(chart->of_mean.low) && !isnan(chart->of_mean.high)) {
        qf_svg_line(svg, "mean thick", low, y, high, y);
        qf_svg_line(svg, "mean", low, y - 4.0, low, y + 4.0);
        qf_svg_line(svg, "mean", high, y - 4.0, high, y + 4.0);
    }
    qf_svg_circle(svg, "mean", qf_axis_at(x, chart->mean), y, 3.5, "mean and its interval");
}

static void draw_legend(qf_svg *svg, const qf_histogram_chart *chart)
{
    double x = 4.0;
    for (int kind = 0; kind < 2 && chart->kinds[1]; kind++) {
        qf_svg_rect(svg, kind ? "f1" : "f0", x, LEGEND - 10.0, 11.0, 11.0, NULL);
        if (kind) {
            qf_svg_path path = qf_svg_path_begin(svg, "hatch");
            draw_hatch(&path, x, LEGEND - 10.0, 11.0, 11.0);
            qf_svg_path_end(&path, false);
        }
        qf_svg_text(svg, "tick", 's', x + 16.0, LEGEND, "%s", chart->kinds[kind]);
        x += 32.0 + QF_CHART_CHARACTER * (double)qf_chart_name_length(chart->kinds[kind]);
    }
}

void qf_chart_histogram(FILE *out, const qf_histogram_chart *chart)
{
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, HEIGHT, chart->title, NULL);
    const qf_axis x = value_axis(chart);
    const double bottom = HEIGHT - BOTTOM;
    const qf_axis y = qf_axis_around(0.0, tallest(chart->bins), 5, bottom, top_of(chart));
    qf_axis_draw_left(&svg, &y, 5, LEFT, QF_FIGURE_WIDTH - RIGHT, "");
    qf_svg_text(&svg, "tick", 'e', QF_FIGURE_WIDTH - RIGHT, LEGEND, "bar height: cases");
    draw_bars(&svg, chart->bins, &x, &y);
    qf_axis_draw_bottom(&svg, &x, 7, bottom, (double)NAN, chart->label);
    draw_marks(&svg, chart, &x, bottom);
    draw_mean(&svg, chart, &x);
    draw_legend(&svg, chart);
    qf_svg_end(&svg);
}
