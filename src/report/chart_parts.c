/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_parts.h"

#include <math.h>
#include <stdio.h>

#include "html.h"
#include "utf8.h"

enum { LEGEND_LINE = 18, SIGN = 22 };

const char *qf_chart_line_class(size_t series)
{
    static const char *const classes[QF_CHART_SERIES] = {
        "s0", "s1 dash1", "s2 dash2", "s3 dash3", "s4 dash4", "s5 dash5", "s6 dash6", "s7 dash7"};
    return classes[series % QF_CHART_SERIES];
}

const char *qf_chart_fill_class(size_t series)
{
    static const char *const classes[QF_CHART_SERIES] = {"f0", "f1", "f2", "f3",
                                                         "f4", "f5", "f6", "f7"};
    return classes[series % QF_CHART_SERIES];
}

const char *qf_chart_band_class(size_t series)
{
    static const char *const classes[QF_CHART_SERIES] = {
        "f0 soft", "f1 soft", "f2 soft", "f3 soft", "f4 soft", "f5 soft", "f6 soft", "f7 soft"};
    return classes[series % QF_CHART_SERIES];
}

/* corners of shapes, as shares of the radius; the first shape is a circle */
enum { CORNERS = 4 };
static const struct {
    size_t n;
    double corner[CORNERS][2];
} shapes[QF_CHART_SERIES] = {
    [1] = {4, {{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}}},
    [2] = {3, {{0.0, -1.2}, {1.1, 0.8}, {-1.1, 0.8}}},
    [3] = {4, {{0.0, -1.3}, {1.1, 0.0}, {0.0, 1.3}, {-1.1, 0.0}}},
    [4] = {3, {{0.0, 1.2}, {1.1, -0.8}, {-1.1, -0.8}}},
    [5] = {4, {{-1.1, -1.1}, {1.1, -1.1}, {-1.1, 1.1}, {1.1, 1.1}}}, /* hourglass */
    [6] = {4, {{-1.1, -1.1}, {-1.1, 1.1}, {1.1, -1.1}, {1.1, 1.1}}}, /* bow tie */
    [7] = {4, {{-0.4, -1.4}, {0.4, -1.4}, {0.4, 1.4}, {-0.4, 1.4}}},
};

static void put_title(FILE *out, const char *tooltip)
{
    if (tooltip) {
        fputs("<title>", out);
        qf_html_text(out, tooltip);
        fputs("</title>", out);
    }
}

void qf_chart_mark(qf_svg *svg, size_t series, bool hollow, double x, double y, double radius,
                   const char *tooltip)
{
    const size_t shape = series % QF_CHART_SERIES;
    char class[16];
    snprintf(class, sizeof class, hollow ? "s%zu" : "f%zu", series % QF_CHART_SERIES);
    if (!isfinite(x) || !isfinite(y)) {
        return;
    }
    if (shape == 0) {
        qf_svg_circle(svg, class, x, y, radius, tooltip);
        return;
    }
    fprintf(svg->out, "<path class=\"%s\" d=\"", class);
    for (size_t i = 0; i < shapes[shape].n; i++) {
        fprintf(svg->out, "%c%.1f %.1f", i == 0 ? 'M' : 'L',
                x + radius * shapes[shape].corner[i][0], y + radius * shapes[shape].corner[i][1]);
    }
    fputs("Z\">", svg->out);
    put_title(svg->out, tooltip);
    fputs("</path>\n", svg->out);
}

double qf_chart_text_width(const char *text)
{
    double width = 0.0;
    while (*text) {
        const size_t bytes = qf_utf8_character_bytes(text);
        width += (*text >= 'A' && *text <= 'Z') || *text == '_' ? 9.2 : 7.4;
        text += bytes > 0 ? bytes : 1;
    }
    return width;
}

static void draw_sign(qf_svg *svg, qf_legend_sign sign, size_t series, double x, double y)
{
    switch (sign) {
    case QF_LEGEND_LINES:
        qf_svg_line(svg, qf_chart_line_class(series), x, y - 4.0, x + SIGN - 6.0, y - 4.0);
        return;
    case QF_LEGEND_FILLS:
        qf_svg_rect(svg, qf_chart_fill_class(series), x, y - 10.0, SIGN - 8.0, 11.0, NULL);
        return;
    case QF_LEGEND_MARKS:
        qf_chart_mark(svg, series, false, x + 7.0, y - 4.5, 4.5, NULL);
        return;
    }
}

double qf_chart_legend(qf_svg *svg, qf_legend_sign sign, const char *const *names,
                       const size_t *looks, size_t n, double x, double y, double width)
{
    double at = 0.0, line = 0.0;
    for (size_t i = 0; n > 1 && i < n; i++) {
        const double entry = SIGN + qf_chart_text_width(names[i]) + 12.0;
        if (at > 0.0 && at + entry - 12.0 > width) {
            at = 0.0;
            line += LEGEND_LINE;
        }
        if (svg) {
            draw_sign(svg, sign, looks ? looks[i] : i, x + at, y + line);
            qf_svg_text(svg, "label", 's', x + at + SIGN, y + line, "%s", names[i]);
        }
        at += entry;
    }
    return n > 1 ? line + LEGEND_LINE : 0.0;
}

qf_time_axis qf_chart_time_axis(double begin_s, double end_s, double begin, double end)
{
    qf_time_axis time;
    const char *unit = qf_axis_time_unit(end_s, &time.seconds);
    /* a run that is recorded from its first seconds on began at 0 */
    begin_s = begin_s > 0.0 && begin_s < 0.05 * end_s ? 0.0 : begin_s;
    time.axis = qf_axis_exact(begin_s / time.seconds, end_s / time.seconds, begin, end);
    snprintf(time.title, sizeof time.title, "time, %s", unit);
    return time;
}

double qf_chart_time_at(const qf_time_axis *axis, double time_s)
{
    return qf_axis_at(&axis->axis, time_s / axis->seconds);
}

void qf_chart_draw_time(qf_svg *svg, const qf_time_axis *axis, double y, double grid_to)
{
    const size_t n_ticks = fabs(axis->axis.end - axis->axis.begin) > 600.0 ? 12 : 6;
    qf_axis_draw_bottom(svg, &axis->axis, n_ticks, y, grid_to, axis->title);
}
