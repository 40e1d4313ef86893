/* SPDX-License-Identifier: Apache-2.0 */
#include "option_values.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "plan_job.h"
#include "rank_talk.h"
#include "unit.h"

enum { MOST_SHARDS = 100000 };

#define LONGEST_S 1e9 /* some 30 years */

qf_status qf_option_complain(const char *command, const char *what, const char *text)
{
    fprintf(qf_said_once(), "qfleet %s: %s '%s' (see qfleet %s --help)\n", command, what, text,
            command);
    return QF_ERROR_USAGE;
}

static qf_status refuse(const char *command, const char *option, const char *expected,
                        const char *value)
{
    fprintf(qf_said_once(), "qfleet %s: %s: expected %s, found '%s' (see qfleet %s --help)\n",
            command, option, expected, value, command);
    return QF_ERROR_USAGE;
}

qf_status qf_option_text(const char *command, const char *needs, const char *value,
                         const char **out)
{
    *out = value;
    return *value ? QF_OK : qf_option_complain(command, needs, value);
}

qf_status qf_option_choice(const char *command, const char *option, const char *value,
                           const char *const *names, size_t n, size_t *out)
{
    for (*out = 0; *out < n; (*out)++) {
        if (strcmp(value, names[*out]) == 0) {
            return QF_OK;
        }
    }
    fprintf(qf_said_once(), "qfleet %s: %s: expected one of", command, option);
    for (size_t i = 0; i < n; i++) {
        fprintf(qf_said_once(), "%s %s", i ? "," : "", names[i]);
    }
    fprintf(qf_said_once(), "; found '%s'\n", value);
    return QF_ERROR_USAGE;
}

qf_status qf_option_isa(const char *command, const char *option, const char *value,
                        const char **out)
{
    static const char *const names[] = {"auto", "v4", "v3", "generic"};
    size_t choice;
    if (qf_option_choice(command, option, value, names, 4, &choice) != QF_OK) {
        return QF_ERROR_USAGE;
    }
    if (choice > 0 && !qf_kernels_for(value)) {
        fprintf(qf_said_once(), "qfleet %s: %s: this processor or build has no '%s'\n", command,
                option, value);
        return QF_ERROR_USAGE;
    }
    *out = value;
    return QF_OK;
}

/* digits only, up to `most` */
static bool read_size(const char *text, size_t length, size_t most, size_t *value)
{
    *value = 0;
    for (size_t i = 0; i < length; i++) {
        const size_t digit = (size_t)(text[i] - '0');
        if (text[i] < '0' || text[i] > '9' || *value > (most - digit) / 10) {
            return false;
        }
        *value = 10 * *value + digit;
    }
    return length > 0;
}

qf_status qf_option_count(const char *command, const char *option, const char *value, size_t most,
                          size_t *out)
{
    if (!read_size(value, strlen(value), most, out) || *out == 0) {
        char expected[64];
        snprintf(expected, sizeof expected, "a number from 1 to %zu", most);
        return refuse(command, option, expected, value);
    }
    return QF_OK;
}

qf_status qf_option_real(const char *command, const char *option, const char *value, double low,
                         double high, double *out)
{
    char *end;
    *out = strtod(value, &end);
    if (end == value || *end || !(*out >= low && *out <= high)) {
        char expected[64];
        snprintf(expected, sizeof expected, "a number from %g to %g", low, high);
        return refuse(command, option, expected, value);
    }
    return QF_OK;
}

qf_status qf_option_network(const char *command, const char *value, double *latency_us,
                            double *link_gbps)
{
    char *end;
    *latency_us = strtod(value, &end);
    const char *second = end > value && *end == ',' ? end + 1 : "";
    *link_gbps = strtod(second, &end);
    const bool good = *second && !*end && *latency_us >= 0.0 && *latency_us <= 1e6 &&
                      *link_gbps > 0.0 && *link_gbps <= 1e6;
    return good ? QF_OK : refuse(command, "--network", "microseconds and GB/s as in 2,12.5", value);
}

/* a number and a unit of time, which must be there: 10min, 30 s. False: it is none, or out of range */
static bool read_duration(const char *value, double *out)
{
    qf_unit second;
    qf_unit unit;
    char *end;
    const double number = strtod(value, &end);
    const char *name = end + strspn(end, " ");
    const bool good = end != value && *name && qf_unit_parse("s", 1, &second) &&
                      qf_unit_parse(name, strlen(name), &unit) &&
                      qf_unit_same_quantity(&unit, &second);
    *out = good ? number * unit.scale : (double)NAN;
    return *out > 0.0 && *out <= LONGEST_S;
}

qf_status qf_option_duration(const char *command, const char *option, const char *value,
                             double *out)
{
    if (!read_duration(value, out)) {
        return refuse(command, option, "a time above 0 with its unit, as in 10min or 30s", value);
    }
    return QF_OK;
}

qf_status qf_option_time_limit(const char *command, const char *value, int64_t *out)
{
    double seconds;
    if (qf_slurm_time_parse(value, out)) {
        return QF_OK;
    }
    if (!read_duration(value, &seconds)) {
        return refuse(command, "--time",
                      "a time with its unit as in 30min or 4h, or minutes, H:M:S or D-H:M:S as "
                      "Slurm has them",
                      value);
    }
    *out = (int64_t)ceil(seconds);
    return QF_OK;
}

qf_status qf_option_seed(const char *command, const char *value, uint64_t *out)
{
    errno = 0;
    *out = strtoull(value, NULL, 10);
    if (errno || !*value || strspn(value, "0123456789") != strlen(value)) {
        return refuse(command, "--seed", "an integer from 0 to 2^64 - 1", value);
    }
    return QF_OK;
}

qf_status qf_option_at(const char *command, const char *value, double *out)
{
    char *end;
    *out = strtod(value, &end);
    return end != value && !*end && isfinite(*out)
               ? QF_OK
               : refuse(command, "--at", "a time in seconds", value);
}

qf_status qf_option_case(const char *command, const char *value, size_t *out)
{
    return read_size(value, strlen(value), UINT32_MAX, out)
               ? QF_OK
               : refuse(command, "--case", "the number of a case", value);
}

qf_status qf_option_cases(const char *command, const char *value, size_t *first, size_t *last)
{
    const size_t length = strcspn(value, "-");
    const char *second = value[length] ? value + length + 1 : value;
    if (!read_size(value, length, UINT32_MAX, first) ||
        !read_size(second, strlen(second), UINT32_MAX, last) || *first > *last) {
        return refuse(command, "--cases", "two ascending numbers as in 100-199", value);
    }
    return QF_OK;
}

qf_status qf_option_shard(const char *command, const char *value, size_t *shard, size_t *n_shards)
{
    const size_t length = strcspn(value, "/");
    const char *of = value[length] ? value + length + 1 : "";
    if (!read_size(value, length, MOST_SHARDS, shard) ||
        !read_size(of, strlen(of), MOST_SHARDS, n_shards) || *shard == 0 || *shard > *n_shards) {
        return refuse(command, "--shard", "I/N with I from 1 to N, as in 2/8", value);
    }
    return QF_OK;
}
