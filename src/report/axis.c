/* SPDX-License-Identifier: Apache-2.0 */
#include "axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* how wide a digit of class tick is, about */
static const double tick_character = 7.7;

/* the least of 1, 2, 5 times a power of ten that is no smaller */
static double nice_step(double step)
{
    const double power = pow(10.0, floor(log10(step)));
    const double digits = step / power;
    const double nice = digits <= 1.0 + 1e-9   ? 1.0
                        : digits <= 2.0 + 1e-9 ? 2.0
                        : digits <= 5.0 + 1e-9 ? 5.0
                                               : 10.0;
    return nice * power;
}

/* beyond these a width could not be told, and between these no tick */
#define MOST  1e300
#define LEAST 1e-300

static void make_range(double *low, double *high)
{
    /* endless is as far as there are numbers, and what is no number is no bound */
    *low = isnan(*low) ? *low : fmin(fmax(*low, -MOST), MOST);
    *high = isnan(*high) ? *high : fmin(fmax(*high, -MOST), MOST);
    if (!isfinite(*low) || !isfinite(*high)) {
        *low = isfinite(*low) ? *low : isfinite(*high) ? *high - 1.0 : 0.0;
        *high = isfinite(*high) ? *high : *low + 1.0;
    }
    if (*low > *high) {
        const double swapped = *low;
        *low = *high;
        *high = swapped;
    }
    /* what double cannot tell apart would give ticks without end */
    const double least = fmax(fabs(*low), fabs(*high)) * 1e-9;
    if (*high - *low <= fmax(least, LEAST)) {
        const double around = fmax(fabs(*low) * 0.05, fabs(*low) <= LEAST ? 0.5 : least);
        *low -= around;
        *high += around;
    }
}

static double step_of(double low, double high, size_t n_ticks)
{
    return nice_step((high - low) / (double)(n_ticks > 1 ? n_ticks - 1 : 1));
}

qf_axis qf_axis_exact(double low, double high, double begin, double end)
{
    make_range(&low, &high);
    return (qf_axis){.low = low, .high = high, .begin = begin, .end = end};
}

qf_axis qf_axis_around(double low, double high, size_t n_ticks, double begin, double end)
{
    make_range(&low, &high);
    const double step = step_of(low, high, n_ticks);
    return (qf_axis){.low = floor(low / step + 1e-9) * step,
                     .high = ceil(high / step - 1e-9) * step,
                     .begin = begin,
                     .end = end};
}

double qf_axis_at(const qf_axis *axis, double value)
{
    const double share = axis->log
                             ? (log(value) - log(axis->low)) / (log(axis->high) - log(axis->low))
                             : (value - axis->low) / (axis->high - axis->low);
    return axis->begin + share * (axis->end - axis->begin);
}

/* 1, 2 and 5 times powers of ten, for an axis that holds few of these */
static size_t fine_log_ticks(const qf_axis *axis, double ticks[QF_AXIS_MOST_TICKS])
{
    static const double digits[] = {1.0, 2.0, 5.0};
    size_t n = 0;
    for (double exponent = floor(log10(axis->low)); exponent <= log10(axis->high);
         exponent += 1.0) {
        for (size_t i = 0; i < 3 && n < QF_AXIS_MOST_TICKS; i++) {
            const double tick = digits[i] * pow(10.0, exponent);
            if (tick >= axis->low * (1.0 - 1e-9) && tick <= axis->high * (1.0 + 1e-9)) {
                ticks[n++] = tick;
            }
        }
    }
    return n;
}

static size_t log_ticks(const qf_axis *axis, double ticks[QF_AXIS_MOST_TICKS])
{
    const double first = ceil(log10(axis->low) - 1e-9);
    const double last = floor(log10(axis->high) + 1e-9);
    const double every = ceil((last - first + 1.0) / (QF_AXIS_MOST_TICKS / 2));
    size_t n = 0;
    if (last - first < 1.5) {
        return fine_log_ticks(axis, ticks);
    }
    for (double exponent = first; exponent <= last && n < QF_AXIS_MOST_TICKS; exponent += every) {
        ticks[n++] = pow(10.0, exponent);
    }
    return n;
}

static size_t linear_ticks(const qf_axis *axis, double step, double ticks[QF_AXIS_MOST_TICKS])
{
    const double first = ceil(axis->low / step - 1e-9);
    const double last = floor(axis->high / step + 1e-9);
    size_t n = 0;
    for (double k = first; k <= last && n < QF_AXIS_MOST_TICKS; k += 1.0) {
        ticks[n++] = k * step;
    }
    return n;
}

size_t qf_axis_ticks(const qf_axis *axis, size_t n_wanted, double ticks[QF_AXIS_MOST_TICKS])
{
    const size_t n_of_powers = axis->log ? log_ticks(axis, ticks) : 0;
    if (n_of_powers > 1) {
        return n_of_powers;
    }
    n_wanted = n_wanted < QF_AXIS_MOST_TICKS - 1 ? n_wanted : QF_AXIS_MOST_TICKS - 1;
    size_t n = linear_ticks(axis, step_of(axis->low, axis->high, n_wanted), ticks);
    /* one tick alone has no scale */
    while (n < 2 && n_wanted < QF_AXIS_MOST_TICKS - 1) {
        n = linear_ticks(axis, step_of(axis->low, axis->high, ++n_wanted), ticks);
    }
    return n;
}

/* 2e6, with as many digits as tell it from the next one; without the + and the 0 that C puts there */
static const char *power_text(double value, double step, char text[QF_TICK_BYTES])
{
    const double digits = floor(log10(fabs(value)) + 1e-9) - floor(log10(step) + 1e-9) + 1.0;
    snprintf(text, QF_TICK_BYTES, "%.*g", (int)fmin(fmax(digits, 1.0), 12.0), value);
    char *mark = strchr(text, 'e');
    if (mark) {
        const long exponent = strtol(mark + 1, NULL, 10);
        snprintf(mark, QF_TICK_BYTES - (size_t)(mark - text), "e%ld", exponent);
    }
    return text;
}

const char *qf_axis_tick_text(double value, double step, char text[QF_TICK_BYTES])
{
    step = fabs(step);
    const double size = fmax(fabs(value), step);
    if (fabs(value) >= 1e-9 * step && (size >= 1e6 || (size > 0.0 && size < 1e-4))) {
        return power_text(value, step, text);
    }
    if (size >= 1e6 || size < 1e-4) {
        step = 1.0; /* of the 0 among such */
    }
    int digits = 0;
    double scaled = step;
    while (digits < 12 && fabs(round(scaled) - scaled) > 1e-6 * scaled) {
        scaled = step * pow(10.0, ++digits);
    }
    snprintf(text, QF_TICK_BYTES, "%.*f", digits, fabs(value) < 1e-9 * step ? 0.0 : value);
    return text;
}

static double step_between(const qf_axis *axis, const double *ticks, size_t n, size_t i)
{
    if (axis->log) {
        return fabs(ticks[i]); /* each has digits of its own */
    }
    return n < 2 ? axis->high - axis->low
                 : fabs(ticks[i + 1 < n ? i + 1 : i] - ticks[i + 1 < n ? i : i - 1]);
}

void qf_axis_draw_bottom(qf_svg *svg, const qf_axis *axis, size_t n_ticks, double y, double grid_to,
                         const char *title)
{
    double ticks[QF_AXIS_MOST_TICKS];
    const size_t n = qf_axis_ticks(axis, n_ticks, ticks);
    for (size_t i = 0; i < n; i++) {
        char text[QF_TICK_BYTES];
        const double x = qf_axis_at(axis, ticks[i]);
        qf_svg_line(svg, "grid", x, y, x, grid_to);
        qf_svg_line(svg, "axis", x, y, x, y + 4.0);
        const char *written = qf_axis_tick_text(ticks[i], step_between(axis, ticks, n, i), text);
        /* the last one may be wider than the room beyond the axis: it stays within the picture */
        const double half = tick_character / 2.0 * (double)strlen(written);
        qf_svg_text(svg, "tick", 'm', fmin(x, svg->width - half), y + 17.0, "%s", written);
    }
    qf_svg_line(svg, "axis", axis->begin, y, axis->end, y);
    qf_svg_text(svg, "label", 'm', (axis->begin + axis->end) / 2.0, y + 34.0, "%s", title);
}

void qf_axis_draw_left(qf_svg *svg, const qf_axis *axis, size_t n_ticks, double x, double grid_to,
                       const char *title)
{
    double ticks[QF_AXIS_MOST_TICKS];
    const size_t n = qf_axis_ticks(axis, n_ticks, ticks);
    for (size_t i = 0; i < n; i++) {
        char text[QF_TICK_BYTES];
        const double y = qf_axis_at(axis, ticks[i]);
        qf_svg_line(svg, "grid", x, y, grid_to, y);
        qf_svg_line(svg, "axis", x - 4.0, y, x, y);
        qf_svg_text(svg, "tick", 'e', x - 7.0, y + 4.0, "%s",
                    qf_axis_tick_text(ticks[i], step_between(axis, ticks, n, i), text));
    }
    qf_svg_line(svg, "axis", x, axis->begin, x, axis->end);
    /* above the axis and not turned: it is read without bending the neck */
    qf_svg_text(svg, "label", 's', 4.0, fmin(axis->begin, axis->end) - 10.0, "%s", title);
}

const char *qf_axis_time_unit(double duration_s, double *seconds)
{
    static const struct {
        const char *name;
        double seconds, from;
    } units[] = {
        {"days", 86400.0, 3.0 * 86400.0}, {"h", 3600.0, 3.0 * 3600.0}, {"min", 60.0, 180.0}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (duration_s >= units[i].from) {
            *seconds = units[i].seconds;
            return units[i].name;
        }
    }
    *seconds = 1.0;
    return "s";
}
