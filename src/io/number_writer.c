/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and texts of the effective scenario. */
#include <math.h>
#include <stdlib.h>

#include "writer.h"

/* the shortest decimal that reads back to the same double */
void qf_format_double(double value, char text[QF_DOUBLE_BYTES])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, QF_DOUBLE_BYTES, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
}

void qf_write_double(FILE *out, double value)
{
    char text[QF_DOUBLE_BYTES];
    qf_format_double(value, text);
    fputs(text, out);
}

void qf_write_scaled(FILE *out, double value, double scale)
{
    const double middle = value / scale;
    const double around[] = {middle, nextafter(middle, -(double)INFINITY),
                             nextafter(middle, (double)INFINITY)};
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        for (int k = 0; k < 3; k++) {
            snprintf(text, sizeof text, "%.*g", digits, around[k]);
            if (strtod(text, NULL) * scale == value) {
                fputs(text, out);
                return;
            }
        }
    }
    qf_write_double(out, middle); /* of no decimal: as near as can be */
}

/* the character of up to three bytes at `text`, which is UTF-8; longer ones count as a byte each */
static uint32_t character_at(const char *text, size_t *length)
{
    const unsigned char *c = (const unsigned char *)text;
    *length = 1;
    if ((c[0] & 0xe0) == 0xc0 && c[1]) {
        *length = 2;
        return (c[0] & 0x1fu) << 6 | (c[1] & 0x3fu);
    }
    if ((c[0] & 0xf0) == 0xe0 && c[1] && c[2]) {
        *length = 3;
        return (c[0] & 0x0fu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
    }
    return c[0] < 0x80 ? c[0] : UINT32_MAX;
}

/* what YAML forbids in a text, or reads as the end of a line */
static bool needs_escape(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
           code == 0xfeff || code == 0xfffe || code == 0xffff;
}

/* double-quoted, so that no text can be taken for anything else */
void qf_write_text(FILE *out, const char *text)
{
    size_t length;
    fputc('"', out);
    for (; *text; text += length) {
        const uint32_t code = character_at(text, &length);
        if (needs_escape(code)) {
            fprintf(out, "\\u%04x", code);
            continue;
        }
        if (code == '"' || code == '\\') {
            fputc('\\', out);
        }
        fwrite(text, 1, length, out);
    }
    fputc('"', out);
}

static void write_pair(FILE *out, const char *kind, const char *first, double a, const char *second,
                       double b)
{
    fprintf(out, "{%s: {%s: ", kind, first);
    qf_write_double(out, a);
    fprintf(out, ", %s: ", second);
    qf_write_double(out, b);
}

static void write_clip(FILE *out, const qf_number *number)
{
    if (isfinite(number->low)) {
        fputs(", min: ", out);
        qf_write_double(out, number->low);
    }
    if (isfinite(number->high)) {
        fputs(", max: ", out);
        qf_write_double(out, number->high);
    }
    fputs("}}", out);
}

void qf_write_number(FILE *out, const qf_number *number)
{
    switch (number->kind) {
    case QF_NUMBER_CONSTANT:
    case QF_NUMBER_CASE: /* the first */
        qf_write_double(out, number->a);
        return;
    case QF_NUMBER_UNIFORM:
        write_pair(out, "uniform", "min", number->a, "max", number->b);
        fputs("}}", out);
        return;
    case QF_NUMBER_NORMAL:
        write_pair(out, "normal", "mean", number->a, "sd", number->b);
        write_clip(out, number);
        return;
    case QF_NUMBER_LOGNORMAL:
        write_pair(out, "lognormal", "mu", number->a, "sigma", number->b);
        write_clip(out, number);
        return;
    case QF_NUMBER_CHOICE:
    case QF_NUMBER_GRID:
        fprintf(out, "{%s: [", number->kind == QF_NUMBER_CHOICE ? "choice" : "grid");
        for (size_t i = 0; i < number->n_items; i++) {
            fputs(i ? ", " : "", out);
            qf_write_double(out, number->items[i]);
        }
        fputs("]}", out);
        return;
    }
}

void qf_write_vector(FILE *out, const double v[3])
{
    for (int c = 0; c < 3; c++) {
        fputs(c ? ", " : "[", out);
        qf_write_double(out, v[c]);
    }
    fputc(']', out);
}

void qf_write_quaternion(FILE *out, const double q[4])
{
    static const int order[] = {1, 2, 3, 0};
    for (int c = 0; c < 4; c++) {
        fputs(c ? ", " : "[", out);
        qf_write_double(out, q[order[c]]);
    }
    fputc(']', out);
}
