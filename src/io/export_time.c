/* SPDX-License-Identifier: Apache-2.0 */
/* Times of day as RFC 3339 has them, in UTC. */
#include <string.h>
#include <time.h>

#include "export_internal.h"

#define SECOND_US     INT64_C(1000000)
#define YEAR_10000_US (INT64_C(253402300800) * SECOND_US)
#define YEAR_0_US     (INT64_C(-62167219200) * SECOND_US)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* strptime takes spaces, and fewer digits */
static bool has_shape(const char *text)
{
    static const char shape[] = "0000-00-00T00:00:00";
    size_t i = 0;
    while (shape[i] && (shape[i] == '0' ? is_digit(text[i]) : text[i] == shape[i])) {
        i++;
    }
    return !shape[i] && (text[i] != '.' || is_digit(text[i + 1]));
}

bool qf_export_time_parse(const char *text, int64_t *time_us)
{
    struct tm fields = {0};
    const char *rest = has_shape(text) ? strptime(text, "%Y-%m-%dT%H:%M:%S", &fields) : NULL;
    int64_t fraction_us = 0;
    if (rest && *rest == '.') {
        int64_t unit_us = SECOND_US / 10;
        for (rest++; is_digit(*rest); rest++, unit_us /= 10) {
            fraction_us += (*rest - '0') * unit_us;
        }
    }
    if (!rest || strcmp(rest, "Z") != 0) {
        return false;
    }
    /* what is no day of the calendar has become another one */
    const struct tm asked = fields;
    const time_t seconds = timegm(&fields);
    *time_us = (int64_t)seconds * SECOND_US + fraction_us;
    return fields.tm_mday == asked.tm_mday && fields.tm_sec == asked.tm_sec &&
           *time_us >= YEAR_0_US && *time_us < YEAR_10000_US;
}

static void put_digits(char *at, int n, int64_t value)
{
    for (int i = n - 1; i >= 0; i--, value /= 10) {
        at[i] = (char)('0' + value % 10);
    }
}

bool qf_export_time_put(int64_t time_us, char text[QF_EXPORT_TIME_BYTES])
{
    if (time_us < YEAR_0_US || time_us >= YEAR_10000_US) {
        return false;
    }
    const int64_t fraction_us = ((time_us % SECOND_US) + SECOND_US) % SECOND_US;
    const time_t seconds = (time_t)((time_us - fraction_us) / SECOND_US);
    struct tm fields;
    if (!gmtime_r(&seconds, &fields)) {
        return false;
    }
    memcpy(text, "0000-00-00T00:00:00.000000Z", QF_EXPORT_TIME_BYTES);
    put_digits(text, 4, fields.tm_year + 1900);
    put_digits(text + 5, 2, fields.tm_mon + 1);
    put_digits(text + 8, 2, fields.tm_mday);
    put_digits(text + 11, 2, fields.tm_hour);
    put_digits(text + 14, 2, fields.tm_min);
    put_digits(text + 17, 2, fields.tm_sec);
    put_digits(text + 20, 6, fraction_us);
    return true;
}
