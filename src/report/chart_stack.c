/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_stack.h"

#include <math.h>

#include "chart_fan.h"
#include "chart_parts.h"
#include "html.h"

enum { ABOVE = 26, BELOW = 40 };

/* of the states up to and with k */
static double sum_to(const qf_stack_chart *chart, size_t time, size_t k)
{
    double sum = 0.0;
    for (size_t i = 0; i < k; i++) {
        sum += chart->shares[time * chart->n_names + i];
    }
    return sum;
}

/* Values hold until the next: steps, so that what changes at once does not look as if it took time. */
static void draw_state(qf_svg *svg, const qf_stack_chart *chart, size_t k, const qf_time_axis *time,
                       const qf_axis *axis)
{
    qf_svg_path path = qf_svg_path_begin(svg, qf_chart_fill_class(k));
    for (size_t i = 0; i < chart->n; i++) {
        const double y = qf_axis_at(axis, sum_to(chart, i, k + 1));
        qf_svg_path_to(&path, qf_chart_time_at(time, chart->time_s[i]), y);
        if (i + 1 < chart->n) {
            qf_svg_path_to(&path, qf_chart_time_at(time, chart->time_s[i + 1]), y);
        }
    }
    for (size_t i = chart->n; i-- > 0;) {
        const double y = qf_axis_at(axis, sum_to(chart, i, k));
        if (i + 1 < chart->n) {
            qf_svg_path_to(&path, qf_chart_time_at(time, chart->time_s[i + 1]), y);
        }
        qf_svg_path_to(&path, qf_chart_time_at(time, chart->time_s[i]), y);
    }
    qf_svg_path_end(&path, true);
}

/* The name inside, where the state is at its highest and there is room for it. */
static void name_state(qf_svg *svg, const qf_stack_chart *chart, size_t k, const qf_time_axis *time,
                       const qf_axis *axis)
{
    enum { ROOM = 16 };
    const double width = qf_chart_text_width(chart->names[k]);
    double best = 0.0, x = 0.0, y = 0.0;
    for (size_t i = 0; i < chart->n; i++) {
        const double share = chart->shares[i * chart->n_names + k];
        const double at = qf_chart_time_at(time, chart->time_s[i]);
        const double room = share * (axis->begin - axis->end);
        if (room > best + 0.5 && room >= ROOM && at + 4.0 + width < QF_FAN_RIGHT) {
            /* it must not begin in one state and end in another */
            bool fits = true;
            for (size_t j = i; j < chart->n && fits &&
                               qf_chart_time_at(time, chart->time_s[j]) < at + 4.0 + width;
                 j++) {
                fits = chart->shares[j * chart->n_names + k] >= 0.7 * share &&
                       fabs(sum_to(chart, j, k) - sum_to(chart, i, k)) < 0.3 * share;
            }
            if (fits) {
                best = room;
                x = at + 4.0;
                y = qf_axis_at(axis, sum_to(chart, i, k) + share / 2.0) + 4.0;
            }
        }
    }
    if (best > 0.0) {
        qf_svg_text(svg, "label onfill", 's', x, y, "%s", chart->names[k]);
    }
}

void qf_chart_stack(FILE *out, const qf_stack_chart *chart)
{
    const double legend = qf_chart_legend(NULL, QF_LEGEND_FILLS, chart->names, NULL, chart->n_names,
                                          0.0, 0.0, QF_FIGURE_WIDTH - 8.0);
    const double top = ABOVE + legend;
    const double bottom = top + QF_FAN_HEIGHT;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, bottom + BELOW, chart->title, chart->y_title);
    (void)qf_chart_legend(&svg, QF_LEGEND_FILLS, chart->names, NULL, chart->n_names, 4.0, 14.0,
                          QF_FIGURE_WIDTH - 8.0);
    const qf_time_axis time = qf_chart_time_axis(chart->n > 0 ? chart->time_s[0] : 0.0,
                                                 chart->n > 0 ? chart->time_s[chart->n - 1] : 1.0,
                                                 QF_FAN_LEFT, QF_FAN_RIGHT);
    const qf_axis axis = qf_axis_exact(0.0, 1.0, bottom, top);
    qf_chart_draw_time(&svg, &time, bottom, top);
    qf_axis_draw_left(&svg, &axis, 6, QF_FAN_LEFT, QF_FAN_RIGHT, chart->y_title);
    for (size_t k = 0; k < chart->n_names; k++) {
        draw_state(&svg, chart, k, &time, &axis);
    }
    for (size_t k = 0; k < chart->n_names; k++) {
        name_state(&svg, chart, k, &time, &axis);
    }
    qf_svg_end(&svg);
}

static void draw_strip(qf_svg *svg, const qf_strips_chart *chart, size_t row,
                       const qf_time_axis *time)
{
    const double base = QF_STRIPS_TOP + QF_STRIPS_PITCH * (double)(row + 1) - 2.0;
    const double *shares = chart->shares + row * chart->n;
    qf_svg_text(svg, "label", 's', QF_FAN_LEFT - 46.0, base - QF_STRIPS_HEIGHT - 4.0, "%s",
                chart->names[row]);
    qf_svg_line(svg, "grid", time->axis.begin, base, time->axis.end, base);
    /* one area for each stretch of equal shares: those of which nothing is known stay empty */
    for (size_t begin = 0, end; begin < chart->n; begin = end) {
        end = begin + 1;
        while (end < chart->n && shares[end] == shares[begin]) {
            end++;
        }
        const double x0 = qf_chart_time_at(time, chart->time_s[begin]);
        const double x1 = qf_chart_time_at(time, chart->time_s[end < chart->n ? end : end - 1]);
        if (isfinite(shares[begin]) && shares[begin] > 0.0) {
            const double height = shares[begin] * QF_STRIPS_HEIGHT;
            qf_svg_rect(svg, "f0", x0, base - height, fmax(x1 - x0, 0.8), height, NULL);
        }
    }
}

void qf_chart_strips(FILE *out, const qf_strips_chart *chart)
{
    const double bottom = QF_STRIPS_TOP + QF_STRIPS_PITCH * (double)chart->n_names + 4.0;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, bottom + BELOW, chart->title, NULL);
    const qf_time_axis time = qf_chart_time_axis(chart->n > 0 ? chart->time_s[0] : 0.0,
                                                 chart->n > 0 ? chart->time_s[chart->n - 1] : 1.0,
                                                 QF_FAN_LEFT - 46.0, QF_FAN_RIGHT);
    qf_chart_draw_time(&svg, &time, bottom, QF_STRIPS_TOP);
    for (size_t row = 0; row < chart->n_names; row++) {
        draw_strip(&svg, chart, row, &time);
    }
    qf_svg_end(&svg);
}
