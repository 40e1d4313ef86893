/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_bars.h"

#include <math.h>

#include "chart_fan.h"
#include "chart_parts.h"
#include "html.h"

enum { ABOVE = 26, BELOW = 40 };

static double part_of(const qf_bar *bar, size_t part)
{
    return isfinite(bar->value[part]) && bar->value[part] > 0.0 ? bar->value[part] : 0.0;
}

static double whole(const qf_bar *bar)
{
    double sum = 0.0;
    for (size_t part = 0; part < QF_BAR_PARTS; part++) {
        sum += part_of(bar, part);
    }
    return sum;
}

/* What there is at all is seen, however short. */
static void draw_parts(qf_svg *svg, const qf_bar *bar, double longest, double top)
{
    double x = QF_BARS_LEFT;
    for (size_t part = 0; part < QF_BAR_PARTS; part++) {
        const double length = longest > 0.0 ? QF_BARS_LENGTH * part_of(bar, part) / longest : 0.0;
        if (length > 0.0) {
            const double left = QF_BARS_LEFT + QF_BARS_LENGTH - x;
            const double seen = fmin(fmax(length, 1.5), left);
            qf_svg_rect(svg, bar->class[part], x, top, seen, QF_BARS_HEIGHT, NULL);
            x += seen;
        }
    }
}

void qf_chart_bars(FILE *out, const qf_bars_chart *chart)
{
    double longest = chart->longest;
    for (size_t i = 0; i < chart->n && !(chart->longest > 0.0); i++) {
        longest = fmax(longest, whole(&chart->bars[i]));
    }
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH,
                              QF_BARS_FIRST + QF_BARS_PITCH * (double)chart->n, chart->title, NULL);
    for (size_t i = 0; i < chart->n; i++) {
        const qf_bar *bar = &chart->bars[i];
        const double top = QF_BARS_FIRST + QF_BARS_PITCH * (double)i;
        qf_svg_text(&svg, "label", 's', QF_BARS_LEFT, top - 5.0, "%s", bar->name);
        qf_svg_text(&svg, "label", 'e', QF_BARS_LEFT + QF_BARS_LENGTH, top - 5.0, "%s", bar->text);
        qf_svg_rect(&svg, "faint", QF_BARS_LEFT, top + QF_BARS_HEIGHT - 1.0, QF_BARS_LENGTH, 1.0,
                    NULL);
        draw_parts(&svg, bar, longest, top);
    }
    qf_svg_end(&svg);
}

static double tallest(const qf_columns_chart *chart)
{
    double most = 0.0;
    for (size_t i = 0; i < chart->n; i++) {
        most = fmax(most, chart->counts[0][i] + (chart->names[1] ? chart->counts[1][i] : 0.0));
    }
    return most;
}

void qf_chart_columns(FILE *out, const qf_columns_chart *chart)
{
    const size_t n_names = chart->names[1] ? 2 : 1;
    const double legend = qf_chart_legend(NULL, QF_LEGEND_FILLS, chart->names, NULL, n_names, 0.0,
                                          0.0, QF_FIGURE_WIDTH - 8.0);
    const double top = ABOVE + legend;
    const double bottom = top + QF_FAN_HEIGHT;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, bottom + BELOW, chart->title, chart->y_title);
    (void)qf_chart_legend(&svg, QF_LEGEND_FILLS, chart->names, NULL, n_names, 4.0, 14.0,
                          QF_FIGURE_WIDTH - 8.0);
    const qf_axis across = qf_axis_exact(chart->low, chart->high, QF_FAN_LEFT, QF_FAN_RIGHT);
    const qf_axis up = qf_axis_around(0.0, fmax(tallest(chart), 1.0), 5, bottom, top);
    qf_axis_draw_bottom(&svg, &across, 6, bottom, (double)NAN, chart->x_title);
    qf_axis_draw_left(&svg, &up, 5, QF_FAN_LEFT, QF_FAN_RIGHT, chart->y_title);
    const double width = (QF_FAN_RIGHT - QF_FAN_LEFT) / (double)chart->n;
    for (size_t i = 0; i < chart->n; i++) {
        double stands_on = 0.0;
        for (size_t k = 0; k < n_names; k++) {
            const double count = chart->counts[k][i];
            const double y = qf_axis_at(&up, stands_on + count);
            if (count > 0.0) {
                qf_svg_rect(&svg, qf_chart_fill_class(k), QF_FAN_LEFT + width * (double)i + 0.5, y,
                            width - 1.0, qf_axis_at(&up, stands_on) - y, NULL);
            }
            stands_on += count;
        }
    }
    qf_svg_end(&svg);
}
