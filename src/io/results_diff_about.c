/* SPDX-License-Identifier: Apache-2.0 */
/* What two files say of themselves: what explains a difference, and what is worth knowing. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results_diff_internal.h"

/* Blanks as in the file; `KEY: # from FILE` tells where a group's profile was read, not what is in it. */
static size_t line_length(const char *line)
{
    static const char indent[] = "    ";
    static const char remark[] = ": # from ";
    const bool of_group = strncmp(line, indent, sizeof indent - 1) == 0;
    const size_t key =
        sizeof indent - 1 +
        (of_group ? strspn(line + sizeof indent - 1, "abcdefghijklmnopqrstuvwxyz_") : 0);
    return of_group && strncmp(line + key, remark, sizeof remark - 1) == 0 ? key + 1
                                                                           : strcspn(line, "\n");
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

/* The seed has a sentence of its own. */
static bool is_seed(const char *line)
{
    return strncmp(line, "seed: ", 6) == 0;
}

static void tell_scenario(qf_diff *diff, const char *a, const char *b)
{
    for (int number = 1; *a || *b; number++) {
        const size_t lengths[2] = {line_length(a), line_length(b)};
        const bool same = *a && *b && lengths[0] == lengths[1] && !strncmp(a, b, lengths[0]);
        if (!same && !(is_seed(a) && is_seed(b))) {
            qf_diff_tell(diff, &diff->different,
                         "scenario, first in line %d: '%.*s' in A, '%.*s' in B", number,
                         (int)lengths[0], a, (int)lengths[1], b);
            return;
        }
        a = next_line(a);
        b = next_line(b);
    }
}

static void compare_scenarios(qf_diff *diff)
{
    char *yaml[2];
    for (int f = 0; f < 2; f++) {
        yaml[f] = qf_nc_get_text(diff->file[f], "scenario_yaml");
    }
    if (yaml[0] && yaml[1]) {
        tell_scenario(diff, yaml[0], yaml[1]);
    } else if (yaml[0] || yaml[1]) {
        qf_diff_tell(diff, &diff->different, "scenario: missing in %c", yaml[0] ? 'B' : 'A');
    }
    free(yaml[0]);
    free(yaml[1]);
}

static void compare_whole_number(qf_diff *diff, const char *name, const char *words)
{
    uint64_t value[2] = {0};
    bool has[2];
    for (int f = 0; f < 2; f++) {
        has[f] = qf_nc_get_number(diff->file[f], name, H5T_NATIVE_UINT64, &value[f]);
    }
    if (has[0] != has[1]) {
        qf_diff_tell(diff, &diff->different, "%s: missing in %c", words, has[0] ? 'B' : 'A');
    } else if (value[0] != value[1]) {
        qf_diff_tell(diff, &diff->different, "%s: %" PRIu64 " in A, %" PRIu64 " in B", words,
                     value[0], value[1]);
    }
}

static qf_status compare_tick_length(qf_diff *diff)
{
    for (int f = 0; f < 2; f++) {
        if (!qf_nc_get_number(diff->file[f], "dt_s", H5T_NATIVE_DOUBLE, &diff->dt_s[f])) {
            return qf_diff_unreadable(diff, f, "dt_s");
        }
    }
    if (memcmp(&diff->dt_s[0], &diff->dt_s[1], sizeof(double)) != 0) {
        qf_diff_tell(diff, &diff->different,
                     "length of a tick: %.17g s in A, %.17g s in B; equal ticks are compared",
                     diff->dt_s[0], diff->dt_s[1]);
    }
    return QF_OK;
}

/* What no result depends on, and text that only describes. */
static void compare_information(qf_diff *diff)
{
    static const char *const texts[] = {"title",       "version",      "git_commit",
                                        "host",        "isa",          "binding",
                                        "created_utc", "command_line", "status_detail"};
    static const char *const numbers[] = {"threads", "ranks"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *a = qf_nc_get_text(diff->file[0], texts[i]);
        char *b = qf_nc_get_text(diff->file[1], texts[i]);
        if (strcmp(a ? a : "", b ? b : "") != 0) {
            qf_diff_tell(diff, &diff->information, "%s: '%s' in A, '%s' in B", texts[i], a ? a : "",
                         b ? b : "");
        }
        free(a);
        free(b);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int value[2] = {0};
        for (int f = 0; f < 2; f++) {
            (void)qf_nc_get_number(diff->file[f], numbers[i], H5T_NATIVE_INT, &value[f]);
        }
        if (value[0] != value[1]) {
            qf_diff_tell(diff, &diff->information, "%s: %d in A, %d in B", numbers[i], value[0],
                         value[1]);
        }
    }
}

/* The last of an ascending column of ticks; -1: there is none. */
static int64_t last_tick(hid_t file, const char *name)
{
    int64_t tick = -1;
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    const hsize_t n = qf_nc_length(variable);
    if (n > 0 && !qf_nc_read(variable, H5T_NATIVE_INT64, n - 1, 1, &tick)) {
        tick = -1;
    }
    qf_nc_close_id(variable);
    return tick;
}

/*
 * Ticks that a file tells of. One that was ended in good order has the hash of its last tick; of one
 * that failed or was killed, events reach as far as the records; without records, what else there is counts.
 */
static int64_t covered(qf_diff *diff, int f, const char *status)
{
    int64_t ticks = 0;
    if (strcmp(status, "complete") == 0 &&
        qf_nc_get_number(diff->file[f], "n_ticks", H5T_NATIVE_INT64, &ticks)) {
        return ticks;
    }
    if (diff->state_hash[f]) {
        return last_tick(diff->file[f], "hashes/tick");
    }
    ticks = last_tick(diff->file[f], "state/tick");
    if (ticks < 0) {
        ticks = last_tick(diff->file[f], "events/tick") - 1;
        for (size_t t = 0; t < QF_TABLES; t++) {
            char column[QF_NC_NAME_BYTES];
            snprintf(column, sizeof column, "%s/tick", qf_record_tables[t].group);
            const int64_t seen = last_tick(diff->file[f], column);
            ticks = seen > ticks ? seen : ticks;
        }
    }
    return ticks > 0 ? ticks : 0;
}

static void compare_lengths(qf_diff *diff)
{
    char *status[2];
    for (int f = 0; f < 2; f++) {
        status[f] = qf_nc_get_text(diff->file[f], "status");
        diff->state_hash[f] = qf_nc_get_text(diff->file[f], "state_hash");
        diff->covered[f] = covered(diff, f, status[f] ? status[f] : "");
    }
    if (diff->covered[0] != diff->covered[1]) {
        qf_diff_tell(diff, &diff->different,
                     "A (%s) ends at tick %" PRId64 ", B (%s) at tick %" PRId64
                     ": the rest is missing in %c",
                     status[0] ? status[0] : "no status", diff->covered[0],
                     status[1] ? status[1] : "no status", diff->covered[1],
                     diff->covered[0] < diff->covered[1] ? 'A' : 'B');
    } else if (strcmp(status[0] ? status[0] : "", status[1] ? status[1] : "") != 0) {
        qf_diff_tell(diff, &diff->information, "status: %s in A, %s in B",
                     status[0] ? status[0] : "none", status[1] ? status[1] : "none");
    }
    free(status[0]);
    free(status[1]);
}

static uint64_t worlds_of(hid_t file)
{
    const hid_t hash = H5Dopen2(file, "hashes/hash", H5P_DEFAULT);
    const uint64_t n = qf_nc_width(hash);
    qf_nc_close_id(hash);
    return n;
}

static void compare_groups(qf_diff *diff, const hid_t group[2])
{
    qf_nc_flags flags[2];
    bool has[2];
    for (int f = 0; f < 2; f++) {
        has[f] = qf_nc_get_flags(group[f], &flags[f]);
    }
    if (has[0] && has[1] && flags[0].n != flags[1].n) {
        qf_diff_tell(diff, &diff->different, "groups: %zu in A, %zu in B", flags[0].n, flags[1].n);
    }
    for (size_t g = 0; has[0] && has[1] && flags[0].n == flags[1].n && g < flags[0].n; g++) {
        if (strcmp(flags[0].meanings[g], flags[1].meanings[g]) != 0) {
            qf_diff_tell(diff, &diff->different, "group %zu: '%s' in A, '%s' in B", g,
                         flags[0].meanings[g], flags[1].meanings[g]);
        }
    }
    for (int f = 0; f < 2; f++) {
        if (has[f]) {
            qf_nc_free_flags(&flags[f]);
        }
    }
}

static qf_status compare_vehicles(qf_diff *diff)
{
    hid_t world[2];
    hid_t group[2];
    if (!qf_diff_open(diff, "entities/world", world)) {
        return qf_fail(diff->context, QF_ERROR_READ, "%s or %s does not say who its vehicles are",
                       diff->path[0], diff->path[1]);
    }
    const bool grouped = qf_diff_open(diff, "entities/group", group);
    const uint64_t n[2] = {qf_nc_length(world[0]), qf_nc_length(world[1])};
    const uint64_t n_worlds[2] = {worlds_of(diff->file[0]), worlds_of(diff->file[1])};
    uint64_t first = 0;
    bool good = true;
    if (n[0] != n[1]) {
        qf_diff_tell(diff, &diff->different, "vehicles: %" PRIu64 " in A, %" PRIu64 " in B", n[0],
                     n[1]);
    } else {
        good = qf_diff_first_row(world, n[0], &first);
        if (good && first == n[0] && grouped) {
            good = qf_diff_first_row(group, n[0], &first);
        }
        diff->same_vehicles = good && first == n[0];
        if (good && first < n[0]) {
            qf_diff_tell(diff, &diff->different,
                         "vehicle %" PRIu64 " is of another group or world in B", first);
        }
    }
    if (n_worlds[0] != n_worlds[1] && n_worlds[0] > 0 && n_worlds[1] > 0) {
        qf_diff_tell(diff, &diff->different, "worlds: %" PRIu64 " in A, %" PRIu64 " in B",
                     n_worlds[0], n_worlds[1]);
        diff->same_vehicles = false;
    }
    if (grouped) {
        compare_groups(diff, group);
        qf_diff_close(group);
    }
    qf_diff_close(world);
    return good ? QF_OK
                : qf_fail(diff->context, QF_ERROR_READ, "%s or %s: /entities cannot be read",
                          diff->path[0], diff->path[1]);
}

qf_status qf_diff_about(qf_diff *diff)
{
    compare_whole_number(diff, "seed", "seed");
    qf_status status = compare_tick_length(diff);
    if (status != QF_OK) {
        return status;
    }
    compare_whole_number(diff, "n_ticks", "ticks of the run");
    compare_scenarios(diff);
    status = compare_vehicles(diff);
    compare_lengths(diff);
    compare_information(diff);
    return status;
}
