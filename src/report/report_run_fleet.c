/* SPDX-License-Identifier: Apache-2.0 */
/* Who the vehicles of a run are, and what else all sections about it ask for. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain_words.h"
#include "netcdf_read.h"
#include "number_text.h"
#include "report_run_internal.h"

enum { SLICE = 1 << 16 };

qf_status qf_run_no_memory(qf_run_fleet *fleet)
{
    return qf_fail(fleet->context, QF_ERROR_MEMORY, "no memory for the page of %s",
                   fleet->run->path);
}

qf_status qf_run_unreadable(qf_run_fleet *fleet, const char *path)
{
    return qf_fail(fleet->context, QF_ERROR_READ, "%s: /%s cannot be read", fleet->run->path, path);
}

hid_t qf_run_variable(const qf_run_fleet *fleet, const char *path)
{
    char group[QF_NC_NAME_BYTES];
    const char *slash = strchr(path, '/');
    snprintf(group, sizeof group, "%.*s", slash ? (int)(slash - path) : (int)strlen(path), path);
    return H5Lexists(fleet->run->file, group, H5P_DEFAULT) > 0 &&
                   (!slash || H5Lexists(fleet->run->file, path, H5P_DEFAULT) > 0)
               ? H5Dopen2(fleet->run->file, path, H5P_DEFAULT)
               : H5I_INVALID_HID;
}

const char *qf_run_format(qf_run_fleet *fleet, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    const int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    const char *kept = length < 0 ? NULL : qf_arena_text(&fleet->arena, text, (size_t)length);
    free(length < 0 ? NULL : text);
    return kept ? kept : "?";
}

const char *qf_run_count(qf_run_fleet *fleet, uint64_t n)
{
    return qf_text_count(&fleet->arena, (size_t)n);
}

const char *qf_run_counted(qf_run_fleet *fleet, uint64_t n, const char *one, const char *many)
{
    return qf_run_format(fleet, "%s %s", qf_run_count(fleet, n), n == 1 ? one : many);
}

const char *qf_run_share(qf_run_fleet *fleet, double part, double of)
{
    return of > 0.0 ? qf_run_format(fleet, "%.3g %%", 100.0 * part / of) : "-";
}

const char *qf_run_attribute(qf_run_fleet *fleet, hid_t object, const char *name)
{
    char *text = qf_nc_get_text(object, name);
    const char *kept = text ? qf_run_format(fleet, "%s", text) : "";
    free(text);
    return kept;
}

const char *qf_run_vehicle_name(qf_run_fleet *fleet, int64_t entity)
{
    const hid_t names = qf_run_variable(fleet, "entities/name");
    const bool known = entity >= 0 && (uint64_t)entity < qf_nc_length(names);
    char *text = known ? qf_nc_read_text(names, (hsize_t)entity) : NULL;
    fleet->unreadable = known && !text ? "entities/name" : fleet->unreadable;
    const char *name = text ? qf_run_format(fleet, "%s", text)
                            : qf_run_format(fleet, "vehicle %lld", (long long)entity);
    free(text);
    qf_nc_close_id(names);
    return name;
}

void qf_run_section(const qf_run_fleet *fleet, qf_page *page, const char *id, const char *title)
{
    char *full_id = NULL;
    const bool good = asprintf(&full_id, "%s%s", fleet->run->anchor, id) >= 0;
    qf_page_section(page, good ? full_id : id, title);
    free(good ? full_id : NULL);
}

/* Vehicles of each group of the scenario; false: unreadable. */
static bool count_groups(const qf_run_fleet *fleet, hid_t variable, const qf_nc_flags *flags,
                         uint64_t *counts)
{
    uint32_t *group = malloc(SLICE * sizeof *group);
    bool good = group != NULL;
    for (uint64_t begin = 0; good && begin < fleet->n_vehicles; begin += SLICE) {
        const uint64_t left = fleet->n_vehicles - begin;
        const size_t n = left < SLICE ? (size_t)left : SLICE;
        good = qf_nc_read(variable, H5T_NATIVE_UINT32, begin, n, group);
        for (size_t i = 0; good && i < n; i++) {
            good = group[i] < flags->n;
            counts[good ? group[i] : 0] += good;
        }
    }
    free(group);
    return good;
}

/* Groups with vehicles, in their order; where they are more than looks, the smaller ones are drawn alike. */
static void name_groups(qf_run_fleet *fleet, const qf_nc_flags *flags, const uint64_t *counts,
                        uint8_t *place)
{
    size_t n_used = 0;
    for (size_t g = 0; g < flags->n; g++) {
        n_used += counts[g] > 0;
    }
    const size_t own = n_used <= QF_CHART_SERIES ? n_used : QF_CHART_SERIES - 1;
    for (size_t g = 0; g < flags->n; g++) {
        size_t greater = 0;
        for (size_t other = 0; other < flags->n; other++) {
            greater += counts[other] > counts[g] || (counts[other] == counts[g] && other < g);
        }
        if (counts[g] > 0 && greater < own) {
            place[g] = (uint8_t)fleet->n_groups;
            fleet->groups[fleet->n_groups++] = (qf_run_group){
                .name = qf_run_format(fleet, "%s", flags->meanings[g]), .n = counts[g]};
        } else {
            place[g] = (uint8_t)own;
        }
    }
    if (own < n_used) {
        qf_run_group *rest = &fleet->groups[fleet->n_groups++];
        rest->name = qf_run_format(fleet, "%zu other groups", n_used - own);
        for (size_t g = 0; g < flags->n; g++) {
            rest->n += place[g] == own ? counts[g] : 0;
        }
    }
}

static bool read_places(qf_run_fleet *fleet, hid_t variable, const uint8_t *place)
{
    uint32_t *group = malloc(SLICE * sizeof *group);
    bool good = group != NULL;
    for (uint64_t begin = 0; good && begin < fleet->n_vehicles; begin += SLICE) {
        const uint64_t left = fleet->n_vehicles - begin;
        const size_t n = left < SLICE ? (size_t)left : SLICE;
        good = qf_nc_read(variable, H5T_NATIVE_UINT32, begin, n, group);
        for (size_t i = 0; good && i < n; i++) {
            fleet->group_of[begin + i] = place[group[i]];
        }
    }
    free(group);
    return good;
}

/* Where groups cannot be read, all vehicles are one. */
static qf_status read_groups(qf_run_fleet *fleet)
{
    const hid_t variable = qf_run_variable(fleet, "entities/group");
    qf_nc_flags flags = {0};
    fleet->n_vehicles = qf_nc_length(variable);
    fleet->group_of = qf_arena_array(&fleet->arena, (size_t)fleet->n_vehicles + 1, 1);
    const bool named = variable >= 0 && qf_nc_get_flags(variable, &flags) && flags.n > 0;
    uint64_t *counts = qf_arena_array(&fleet->arena, flags.n + 1, sizeof *counts);
    uint8_t *place = qf_arena_array(&fleet->arena, flags.n + 1, 1);
    const bool memory = fleet->group_of && counts && place;
    bool known = memory && named && count_groups(fleet, variable, &flags, counts);
    if (known) {
        name_groups(fleet, &flags, counts, place);
        known = read_places(fleet, variable, place);
    }
    if (memory && named && !known) {
        fleet->unreadable = "entities/group";
    }
    if (memory && !known) {
        memset(fleet->group_of, 0, (size_t)fleet->n_vehicles);
        fleet->groups[0] = (qf_run_group){.name = "all vehicles", .n = fleet->n_vehicles};
        fleet->n_groups = 1;
    }
    qf_nc_free_flags(&flags);
    qf_nc_close_id(variable);
    return memory ? QF_OK : qf_run_no_memory(fleet);
}

/* The last value of a column of ticks, 0: none. */
static int64_t last_tick(qf_run_fleet *fleet, const char *path)
{
    const hid_t ticks = qf_run_variable(fleet, path);
    const hsize_t n = qf_nc_length(ticks);
    int64_t tick = 0;
    if (n > 0 && !qf_nc_read(ticks, H5T_NATIVE_INT64, n - 1, 1, &tick)) {
        fleet->unreadable = path;
    }
    qf_nc_close_id(ticks);
    return tick;
}

/* To the shortest: variables of a file from a killed run may be unequally long; of one that is complete they are not. */
static uint64_t count_records(qf_run_fleet *fleet)
{
    const hid_t group = H5Lexists(fleet->run->file, "state", H5P_DEFAULT) > 0
                            ? H5Gopen2(fleet->run->file, "state", H5P_DEFAULT)
                            : H5I_INVALID_HID;
    char name[QF_NC_NAME_BYTES];
    uint64_t n = UINT64_MAX;
    uint64_t most = 0;
    hid_t variable;
    for (hsize_t i = 0; group >= 0 && (variable = qf_nc_open_variable(group, i, name)) >= 0; i++) {
        const bool over_time = qf_nc_rank(variable) == 2 || strcmp(name, "time") == 0;
        const uint64_t length = qf_nc_length(variable);
        n = over_time && length < n ? length : n;
        most = over_time && length > most ? length : most;
        qf_nc_close_id(variable);
    }
    qf_nc_close_id(group);
    if (n < most && strcmp(fleet->status, "complete") == 0) {
        fleet->unreadable = "state (columns of unequal length)";
    }
    return n == UINT64_MAX ? 0 : n;
}

/* vehicles are in the order of groups and, within them, of worlds */
static uint64_t count_worlds(qf_run_fleet *fleet)
{
    const hid_t worlds = qf_run_variable(fleet, "entities/world");
    const hsize_t n = qf_nc_length(worlds);
    int64_t first = 0, last = 0;
    if (n > 0 && !(qf_nc_read(worlds, H5T_NATIVE_INT64, 0, 1, &first) &&
                   qf_nc_read(worlds, H5T_NATIVE_INT64, n - 1, 1, &last))) {
        fleet->unreadable = "entities/world";
    }
    qf_nc_close_id(worlds);
    return last > first ? (uint64_t)(last - first) + 1 : 1;
}

static void read_times(qf_run_fleet *fleet)
{
    static const char *const series[] = {"state/tick", "events/tick", "hashes/tick"};
    const hid_t file = fleet->run->file;
    int64_t n_ticks = 0;
    int64_t end = 0;
    fleet->dt_s = fleet->duration_s = (double)NAN;
    (void)qf_nc_get_number(file, "dt_s", H5T_NATIVE_DOUBLE, &fleet->dt_s);
    if (qf_nc_get_number(file, "n_ticks", H5T_NATIVE_INT64, &n_ticks)) {
        fleet->duration_s = (double)n_ticks * fleet->dt_s;
    }
    for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
        const int64_t tick = last_tick(fleet, series[i]);
        end = tick > end ? tick : end;
    }
    end = strcmp(fleet->status, "complete") == 0 && n_ticks > 0 ? n_ticks : end;
    fleet->end_s = isfinite(fleet->dt_s) ? (double)end * fleet->dt_s : 0.0;
    fleet->n_records = count_records(fleet);
    fleet->n_worlds = count_worlds(fleet);
}

qf_status qf_run_open(qf_context *context, const qf_report_run *run, qf_run_fleet *fleet)
{
    *fleet = (qf_run_fleet){.context = context, .run = run};
    fleet->status = qf_run_attribute(fleet, run->file, "status");
    read_times(fleet);
    return read_groups(fleet);
}

qf_status qf_run_close(qf_run_fleet *fleet, qf_status status)
{
    status =
        status == QF_OK && fleet->unreadable ? qf_run_unreadable(fleet, fleet->unreadable) : status;
    if (fleet->words) {
        qf_event_words_close(fleet->words);
    }
    qf_arena_free(&fleet->arena);
    return status;
}
