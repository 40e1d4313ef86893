/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SVG_H
#define QF_SVG_H

#include <stdbool.h>
#include <stdio.h>

/*
 * A drawing within the page. Lengths are in units of the drawing, y down; numbers are written with one digit after the point. Looks
 * come from classes of report.css, so that pictures follow the page into dark and print:
 *
 *   s0 ... s7    stroke of a series (Okabe and Ito's colours), no fill        f0 ... f7    fill of a series
 *   good bad open  likewise by tone                                           faint        fill or stroke in the background
 *   axis grid    lines                                                        label tick strong  texts
 *   thin thick dashed  of strokes                                             soft         a fill through which others are seen
 *
 * What is not finite is not drawn.
 */
typedef struct qf_svg {
    FILE *out;
    double width, height;
} qf_svg;

/* `title` and `description` are read out to those who do not see it. */
qf_svg qf_svg_begin(FILE *out, double width, double height, const char *title,
                    const char *description);
void qf_svg_end(qf_svg *svg);

void qf_svg_line(qf_svg *svg, const char *class, double x0, double y0, double x1, double y1);
void qf_svg_rect(qf_svg *svg, const char *class, double x, double y, double width, double height,
                 const char *tooltip);
void qf_svg_circle(qf_svg *svg, const char *class, double x, double y, double radius,
                   const char *tooltip);

/* anchor: 's', 'm' or 'e': where the text has x, at its start, its middle or its end */
void qf_svg_text(qf_svg *svg, const char *class, char anchor, double x, double y,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Points joined by lines; a point that is not finite interrupts them. Points that fall on the one before are left out. */
typedef struct qf_svg_path {
    qf_svg *svg;
    bool drawing;
    double x, y; /* last point, rounded */
} qf_svg_path;
qf_svg_path qf_svg_path_begin(qf_svg *svg, const char *class);
void qf_svg_path_to(qf_svg_path *path, double x, double y);
void qf_svg_path_end(qf_svg_path *path, bool close);

/* A cubic Bezier curve from the last point, with two control points. */
void qf_svg_path_curve_to(qf_svg_path *path, double x1, double y1, double x2, double y2, double x,
                          double y);

/* Things that belong together: one class, width of strokes that have none by their class, and tooltip (NULL: none). */
void qf_svg_group_begin(qf_svg *svg, const char *class, double stroke_width, const char *tooltip);
void qf_svg_group_end(qf_svg *svg);

#endif
