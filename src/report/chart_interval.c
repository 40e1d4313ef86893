/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_interval.h"

#include <math.h>

#include "axis.h"

enum { PAD = 14, MIDDLE = 18, LINE = 34, TEXT = 50 };

static const char *const tone_class[QF_TONES] = {"mean", "good", "bad", "open", "open"};

/* all that is drawn with a little room; a share does not leave [0, 1] */
static qf_axis axis_of(const qf_interval_chart *chart)
{
    const double values[] = {chart->estimate, chart->interval.low, chart->interval.high,
                             chart->limit};
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (isfinite(values[i])) {
            low = fmin(low, values[i]);
            high = fmax(high, values[i]);
        }
    }
    const double room = 0.15 * (high - low);
    low = chart->share ? fmax(low - room, 0.0) : low - room;
    high = chart->share ? fmin(high + room, 1.0) : high + room;
    return qf_axis_exact(low, high, PAD, QF_INTERVAL_CHART_WIDTH - PAD);
}

/* an infinite end runs to the edge; one that is not known ends at the estimate */
static double end_of(const qf_axis *x, double end, double estimate)
{
    return isnan(end) ? estimate : fmin(fmax(end, x->begin), x->end);
}

static void draw_interval(qf_svg *svg, const qf_interval_chart *chart, const qf_axis *x)
{
    const char *class = tone_class[chart->tone];
    const double low = qf_axis_at(x, chart->interval.low);
    const double high = qf_axis_at(x, chart->interval.high);
    const double at = qf_axis_at(x, chart->estimate);
    char thick[32];
    snprintf(thick, sizeof thick, "%s thick", class);
    qf_svg_line(svg, thick, end_of(x, low, at), MIDDLE, end_of(x, high, at), MIDDLE);
    /* an end that is infinite has no tick: it is open */
    qf_svg_line(svg, class, low, MIDDLE - 5.0, low, MIDDLE + 5.0);
    qf_svg_line(svg, class, high, MIDDLE - 5.0, high, MIDDLE + 5.0);
    if (isinf(chart->estimate)) {
        /* out of the picture, to where it is */
        const bool up = chart->estimate > 0.0;
        qf_svg_text(svg, class, up ? 'e' : 's', up ? x->end : x->begin, MIDDLE + 5.0, "%s",
                    up ? "\xe2\x86\x92" : "\xe2\x86\x90");
    }
    qf_svg_circle(svg, class, at, MIDDLE, 4.5, NULL);
}

void qf_chart_interval(FILE *out, const qf_interval_chart *chart)
{
    qf_svg svg =
        qf_svg_begin(out, QF_INTERVAL_CHART_WIDTH, QF_INTERVAL_CHART_HEIGHT, chart->title, NULL);
    const qf_axis x = axis_of(chart);
    const double limit = qf_axis_at(&x, chart->limit);
    const double from = chart->at_least ? limit : x.begin;
    const double to = chart->at_least ? x.end : limit;
    qf_svg_rect(&svg, "good soft", from, 4.0, fmax(to - from, 0.0), LINE - 4.0, NULL);
    qf_svg_line(&svg, "axis", x.begin, LINE, x.end, LINE);
    qf_svg_line(&svg, "limit", limit, 2.0, limit, LINE + 4.0);
    draw_interval(&svg, chart, &x);
    /* both ends: what lies between is in the cells beside */
    qf_svg_text(&svg, "tick", 's', 2.0, TEXT, "%.4g", x.low);
    qf_svg_text(&svg, "tick", 'e', QF_INTERVAL_CHART_WIDTH - 2.0, TEXT, "%.4g", x.high);
    qf_svg_end(&svg);
}
