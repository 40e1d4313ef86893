/* SPDX-License-Identifier: Apache-2.0 */
#include "number_text.h"

#include <inttypes.h>
#include <math.h>

#include "json_text.h"

const char *qf_group_digits(int64_t n, char text[32])
{
    char plain[24];
    char *end = text;
    if (n < 0) {
        *end++ = '-';
    }
    /* as unsigned: the least number has no counterpart above 0 */
    const int length =
        snprintf(plain, sizeof plain, "%" PRIu64, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
    for (int i = 0; i < length; i++) {
        *end++ = plain[i];
        if ((length - 1 - i) % 3 == 0 && i < length - 1) {
            *end++ = ',';
        }
    }
    *end = '\0';
    return text;
}

const char *qf_text_or_unknown(const char *text)
{
    return text ? text : "?";
}

const char *qf_text_count(qf_arena *arena, size_t n)
{
    char text[32];
    return qf_text_or_unknown(qf_arena_format(arena, "%s", qf_group_digits((int64_t)n, text)));
}

const char *qf_text_number(qf_arena *arena, double value)
{
    return isnan(value) ? "-" : qf_text_or_unknown(qf_arena_format(arena, "%.4g", value));
}

const char *qf_text_share(qf_arena *arena, double value)
{
    if (isnan(value)) {
        return "-";
    }
    /* near 1 what is missing counts */
    return qf_text_or_unknown(
        qf_arena_format(arena, value > 0.999 && value < 1.0 ? "%.6g" : "%.4g", value));
}

const char *qf_text_rate(qf_arena *arena, double value)
{
    if (!(value >= 1000.0) || value > 1e15) {
        return qf_text_number(arena, value);
    }
    double step = 1.0;
    while (value / step >= 10000.0) {
        step *= 10.0;
    }
    return qf_text_count(arena, (size_t)(round(value / step) * step));
}

const char *qf_text_bytes(qf_arena *arena, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t u = 0;
    while (bytes >= 1024.0 && u + 1 < sizeof units / sizeof *units) {
        bytes /= 1024.0;
        u++;
    }
    return qf_text_or_unknown(
        qf_arena_format(arena, u > 0 ? "%.1f %s" : "%.0f %s", bytes, units[u]));
}

/* the smaller one only where there is some of it */
static const char *two_units(qf_arena *arena, int large, const char *large_unit, int small,
                             const char *small_unit)
{
    return small > 0 ? qf_arena_format(arena, "%d %s %d %s", large, large_unit, small, small_unit)
                     : qf_arena_format(arena, "%d %s", large, large_unit);
}

const char *qf_text_seconds(qf_arena *arena, double seconds)
{
    const char *text;
    if (isnan(seconds)) {
        return "-";
    }
    if (seconds < 99.5) {
        text = qf_arena_format(arena, seconds < 0.995 ? "%.2g s" : "%.3g s", seconds);
    } else if (seconds < 3600.0) {
        const int whole = (int)lround(seconds);
        text = two_units(arena, whole / 60, "min", whole % 60, "s");
    } else if (seconds < 48.0 * 3600.0) {
        const int minutes = (int)lround(seconds / 60.0);
        text = two_units(arena, minutes / 60, "h", minutes % 60, "min");
    } else {
        text = qf_arena_format(arena, "%.3g days", seconds / 86400.0);
    }
    return qf_text_or_unknown(text);
}

void qf_json_put_number(FILE *out, double value)
{
    if (isfinite(value)) {
        fprintf(out, "%.17g", value);
    } else {
        fputs("null", out);
    }
}

void qf_json_key_number(FILE *out, const char *key, double value)
{
    fprintf(out, ", \"%s\": ", key);
    qf_json_put_number(out, value);
}

void qf_json_key_size(FILE *out, const char *key, size_t value)
{
    fprintf(out, ", \"%s\": %zu", key, value);
}

void qf_json_key_text(FILE *out, const char *key, const char *text)
{
    fprintf(out, ", \"%s\": ", key);
    if (text) {
        qf_json_put_text(out, text);
    } else {
        fputs("null", out);
    }
}
