/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_timeline.h"

#include <math.h>
#include <stdbool.h>

#include "chart_parts.h"

enum { BELOW = 40, MARGIN = 12, WIDE = 700 };

static double sum_of(const qf_timeline_row *row, size_t bin)
{
    double sum = 0.0;
    for (size_t k = 0; k < QF_TIMELINE_LAYERS; k++) {
        sum += row->bins[k] ? row->bins[k][bin] : 0.0;
    }
    return sum;
}

/* A square root: a bin of one is seen beside a bin of a thousand. Heights are of the row, whose count says how many. */
static void draw_bins(qf_svg *svg, const qf_timeline_row *row, const qf_axis *axis, double base)
{
    double most = 0.0;
    for (size_t i = 0; i < row->n_bins; i++) {
        most = fmax(most, sum_of(row, i));
    }
    const double width = (axis->end - axis->begin) / (double)row->n_bins;
    for (size_t i = 0; i < row->n_bins; i++) {
        const double sum = sum_of(row, i);
        const double height = fmax(QF_TIMELINE_HEIGHT * sqrt(sum / most), 2.0);
        double y = base;
        for (size_t k = 0; k < QF_TIMELINE_LAYERS && sum > 0.0; k++) {
            const double part = row->bins[k] ? height * row->bins[k][i] / sum : 0.0;
            if (part > 0.0) {
                y -= part;
                qf_svg_rect(svg, row->class[k], axis -> begin + width * (double)i, y,
                            fmax(width - 0.4, 0.6), part, NULL);
            }
        }
    }
}

static void draw_marks(qf_svg *svg, const qf_timeline_row *row, const qf_time_axis *time,
                       double base)
{
    for (size_t i = 0; i < row->n_marks; i++) {
        const qf_timeline_mark *mark = &row->marks[i];
        const double x = qf_chart_time_at(time, mark->time_s);
        const double width = mark->grave ? 6.0 : 3.0;
        qf_svg_rect(svg, mark->class, x - width / 2.0, base - QF_TIMELINE_HEIGHT, width,
                    QF_TIMELINE_HEIGHT, mark->tooltip);
    }
}

void qf_chart_timeline(FILE *out, const qf_timeline_chart *chart)
{
    const bool wide = chart->width >= WIDE;
    const double left = wide ? QF_TIMELINE_NAMES : MARGIN;
    const double pitch = wide ? QF_TIMELINE_WIDE_PITCH : QF_TIMELINE_PITCH;
    const double bottom = QF_TIMELINE_FIRST + pitch * (double)chart->n_rows + 6.0;
    qf_svg svg = qf_svg_begin(out, chart->width, bottom + BELOW, chart->title, NULL);
    const qf_time_axis time =
        qf_chart_time_axis(chart->begin_s, chart->end_s, left, chart->width - MARGIN);
    qf_chart_draw_time(&svg, &time, bottom, QF_TIMELINE_FIRST);
    for (size_t i = 0; i < chart->n_rows; i++) {
        const qf_timeline_row *row = &chart->rows[i];
        const double base = QF_TIMELINE_FIRST + pitch * (double)(i + 1);
        qf_svg_line(&svg, "grid", left, base, chart->width - MARGIN, base);
        if (wide) {
            qf_svg_text(&svg, "label", 's', 4.0, base - 3.0, "%s", row->name);
            qf_svg_text(&svg, "tick", 'e', left - 10.0, base - 3.0, "%s", row->count);
        } else {
            qf_svg_text(&svg, "label", 's', left, base - QF_TIMELINE_HEIGHT - 4.0, "%s", row->name);
            qf_svg_text(&svg, "tick", 'e', chart->width - MARGIN, base - QF_TIMELINE_HEIGHT - 4.0,
                        "%s", row->count);
        }
        if (row->marks) {
            draw_marks(&svg, row, &time, base);
        } else {
            draw_bins(&svg, row, &time.axis, base);
        }
    }
    qf_svg_end(&svg);
}
