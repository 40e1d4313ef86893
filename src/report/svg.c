/* SPDX-License-Identifier: Apache-2.0 */
#include "svg.h"

#include <math.h>
#include <stdarg.h>

#include "html.h"

/* far beyond any picture it makes no difference how far */
static long tenths_of(double value)
{
    return lround(fmin(fmax(value, -1e6), 1e6) * 10.0);
}

/* one digit after the point, none where it is 0: lengths are most of a page's bytes */
static void put_length(FILE *out, double value)
{
    const long tenths = tenths_of(value);
    if (tenths % 10 == 0) {
        fprintf(out, "%ld", tenths / 10);
    } else {
        fprintf(out, "%.1f", (double)tenths / 10.0);
    }
}

static void put_attribute(FILE *out, const char *name, double value)
{
    fprintf(out, " %s=\"", name);
    put_length(out, value);
    fputc('"', out);
}

qf_svg qf_svg_begin(FILE *out, double width, double height, const char *title,
                    const char *description)
{
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 ", out);
    put_length(out, width);
    fputc(' ', out);
    put_length(out, height);
    fputs("\" aria-label=\"", out);
    qf_html_text(out, title);
    if (description) {
        fputs(". ", out);
        qf_html_text(out, description);
    }
    fputs("\">\n", out);
    return (qf_svg){.out = out, .width = width, .height = height};
}

void qf_svg_end(qf_svg *svg)
{
    fputs("</svg>\n", svg->out);
}

/* ends an element that was begun, with a text that is shown where the pointer rests */
static void close_element(FILE *out, const char *name, const char *tooltip)
{
    if (tooltip) {
        fputs("><title>", out);
        qf_html_text(out, tooltip);
        fprintf(out, "</title></%s>\n", name);
    } else {
        fputs("/>\n", out);
    }
}

void qf_svg_line(qf_svg *svg, const char *class, double x0, double y0, double x1, double y1)
{
    if (!isfinite(x0) || !isfinite(y0) || !isfinite(x1) || !isfinite(y1)) {
        return;
    }
    fprintf(svg->out, "<line class=\"%s\"", class);
    put_attribute(svg->out, "x1", x0);
    put_attribute(svg->out, "y1", y0);
    put_attribute(svg->out, "x2", x1);
    put_attribute(svg->out, "y2", y1);
    close_element(svg->out, "line", NULL);
}

void qf_svg_rect(qf_svg *svg, const char *class, double x, double y, double width, double height,
                 const char *tooltip)
{
    if (!isfinite(x) || !isfinite(y) || !(width >= 0.0) || !(height >= 0.0) || isinf(width) ||
        isinf(height)) {
        return;
    }
    fprintf(svg->out, "<rect class=\"%s\"", class);
    put_attribute(svg->out, "x", x);
    put_attribute(svg->out, "y", y);
    put_attribute(svg->out, "width", width);
    put_attribute(svg->out, "height", height);
    close_element(svg->out, "rect", tooltip);
}

void qf_svg_circle(qf_svg *svg, const char *class, double x, double y, double radius,
                   const char *tooltip)
{
    if (!isfinite(x) || !isfinite(y) || !isfinite(radius) || radius < 0.0) {
        return;
    }
    fprintf(svg->out, "<circle class=\"%s\"", class);
    put_attribute(svg->out, "cx", x);
    put_attribute(svg->out, "cy", y);
    put_attribute(svg->out, "r", radius);
    close_element(svg->out, "circle", tooltip);
}

void qf_svg_text(qf_svg *svg, const char *class, char anchor, double x, double y,
                 const char *format, ...)
{
    if (!isfinite(x) || !isfinite(y)) {
        return;
    }
    fprintf(svg->out, "<text class=\"%s\"", class);
    put_attribute(svg->out, "x", x);
    put_attribute(svg->out, "y", y);
    if (anchor != 's') {
        fprintf(svg->out, " text-anchor=\"%s\"", anchor == 'm' ? "middle" : "end");
    }
    fputc('>', svg->out);
    va_list arguments;
    va_start(arguments, format);
    qf_html_text_list(svg->out, format, arguments);
    va_end(arguments);
    fputs("</text>\n", svg->out);
}

qf_svg_path qf_svg_path_begin(qf_svg *svg, const char *class)
{
    fprintf(svg->out, "<path class=\"%s\" d=\"", class);
    return (qf_svg_path){.svg = svg, .x = (double)NAN, .y = (double)NAN};
}

void qf_svg_path_to(qf_svg_path *path, double x, double y)
{
    if (!isfinite(x) || !isfinite(y)) {
        path->drawing = false;
        return;
    }
    x = (double)tenths_of(x) / 10.0;
    y = (double)tenths_of(y) / 10.0;
    if (path->drawing && x == path->x && y == path->y) {
        return;
    }
    FILE *out = path->svg->out;
    fputc(path->drawing ? 'L' : 'M', out);
    put_length(out, x);
    fputc(' ', out);
    put_length(out, y);
    path->drawing = true;
    path->x = x;
    path->y = y;
}

void qf_svg_path_end(qf_svg_path *path, bool close)
{
    fprintf(path->svg->out, "%s\"/>\n", close && path->drawing ? "Z" : "");
}

void qf_svg_path_curve_to(qf_svg_path *path, double x1, double y1, double x2, double y2, double x,
                          double y)
{
    const double lengths[] = {x1, y1, x2, y2, x, y};
    for (size_t i = 0; i < 6; i++) {
        if (!isfinite(lengths[i])) {
            path->drawing = false;
            return;
        }
    }
    if (!path->drawing) {
        qf_svg_path_to(path, x, y);
        return;
    }
    for (size_t i = 0; i < 6; i++) {
        fputc(i == 0 ? 'C' : ' ', path->svg->out);
        put_length(path->svg->out, lengths[i]);
    }
    path->x = (double)tenths_of(x) / 10.0;
    path->y = (double)tenths_of(y) / 10.0;
}

void qf_svg_group_begin(qf_svg *svg, const char *class, double stroke_width, const char *tooltip)
{
    fprintf(svg->out, "<g class=\"%s\"", class);
    put_attribute(svg->out, "stroke-width", stroke_width);
    fputc('>', svg->out);
    if (tooltip) {
        fputs("<title>", svg->out);
        qf_html_text(svg->out, tooltip);
        fputs("</title>", svg->out);
    }
    fputc('\n', svg->out);
}

void qf_svg_group_end(qf_svg *svg)
{
    fputs("</g>\n", svg->out);
}
