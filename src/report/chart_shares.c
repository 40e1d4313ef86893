/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_shares.h"

#include <math.h>

#include "axis.h"
#include "chart_names.h"
#include "html.h"

enum { PAD = 4, BAR_TOP = 6, BAR = 34, ROW = 22, NAMES = 130, VALUES = 96, BOTTOM = 44 };

static double total_of(const qf_share_part *parts, size_t n_parts)
{
    double total = 0.0;
    for (size_t i = 0; i < n_parts; i++) {
        total += (double)parts[i].n;
    }
    return total;
}

void qf_chart_shares(FILE *out, const char *title, const qf_share_part *parts, size_t n_parts)
{
    const double height = BAR_TOP + BAR + 14.0 + ROW * (double)n_parts;
    const double width = QF_FIGURE_WIDTH - 2.0 * PAD;
    const double total = total_of(parts, n_parts);
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, height, title, NULL);
    qf_svg_rect(&svg, "faint", PAD, BAR_TOP, width, BAR, NULL);
    double x = PAD;
    for (size_t i = 0; i < n_parts; i++) {
        const double share = total > 0.0 ? (double)parts[i].n / total : 0.0;
        const double end = x + width * share;
        if (parts[i].n > 0) {
            const double seen = fmax(end - x, 2.0);
            qf_svg_rect(&svg, parts[i].class, fmin(x, PAD + width - seen), BAR_TOP, seen, BAR,
                        parts[i].name);
        }
        x = end;
        const double y = BAR_TOP + BAR + 12.0 + ROW * (double)i;
        qf_svg_rect(&svg, parts[i].class, PAD, y, 12.0, 12.0, NULL);
        qf_svg_text(&svg, "label", 's', PAD + 20.0, y + 11.0, "%s", parts[i].name);
        qf_svg_text(&svg, "label", 'e', QF_FIGURE_WIDTH - PAD, y + 11.0, "%s", parts[i].text);
    }
    qf_svg_end(&svg);
}

void qf_chart_share_bars(FILE *out, const char *title, const char *label,
                         const qf_share_part *parts, size_t n_parts)
{
    double most = 1.0;
    for (size_t i = 0; i < n_parts; i++) {
        most = fmax(most, (double)parts[i].n);
    }
    const double bottom = 8.0 + ROW * (double)n_parts;
    qf_svg svg = qf_svg_begin(out, QF_FIGURE_WIDTH, bottom + BOTTOM, title, NULL);
    const qf_axis x = qf_axis_around(0.0, most, 4, NAMES, QF_FIGURE_WIDTH - VALUES);
    qf_axis_draw_bottom(&svg, &x, 4, bottom, 4.0, label);
    for (size_t i = 0; i < n_parts; i++) {
        char name[QF_CHART_NAME_BYTES];
        const double y = 8.0 + ROW * (double)i;
        qf_svg_text(&svg, "label", 'e', NAMES - 8.0, y + 13.0, "%s",
                    qf_chart_name(parts[i].name, 17, name));
        qf_svg_rect(&svg, parts[i].class, NAMES, y + 2.0,
                    qf_axis_at(&x, (double)parts[i].n) - NAMES, ROW - 6.0, parts[i].name);
        qf_svg_text(&svg, "label", 's', QF_FIGURE_WIDTH - VALUES + 8.0, y + 13.0, "%s",
                    parts[i].text);
    }
    qf_svg_line(&svg, "axis", NAMES, 4.0, NAMES, bottom);
    qf_svg_end(&svg);
}
