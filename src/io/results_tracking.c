/* SPDX-License-Identifier: Apache-2.0 */
/* /tracking: how good tracking was, one row for each group with trackers. Absent when none has. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "results_internal.h"

typedef struct metric {
    const char *name, *units, *long_name;
    bool counts;   /* an int64_t; else a double */
    size_t offset; /* in qf_tracking_metrics */
} metric;

#define COUNTED(member, long_name)                                                                 \
    {                                                                                              \
#member, "1", long_name, true, offsetof(qf_tracking_metrics, member)                       \
    }
#define MEASURED(member, units, long_name)                                                         \
    {                                                                                              \
#member, units, long_name, false, offsetof(qf_tracking_metrics, member)                    \
    }

static const metric metrics_table[] = {
    COUNTED(frames, "frames of all observers"),
    COUNTED(targets, "targets in coverage, summed over frames"),
    COUNTED(held, "targets with a firm track within the cutoff, summed over frames"),
    COUNTED(firm, "firm tracks, summed over frames"),
    MEASURED(gospa_m, "m", "GOSPA distance between firm tracks and truth, mean over frames"),
    MEASURED(ospa_m, "m", "OSPA distance between firm tracks and truth, mean over frames"),
    MEASURED(localisation_m2, "m2", "part of GOSPA squared that is localisation, mean over frames"),
    MEASURED(missed_m2, "m2", "part of GOSPA squared that is missed targets, mean over frames"),
    MEASURED(false_m2, "m2", "part of GOSPA squared that is false tracks, mean over frames"),
    MEASURED(position_rmse_m, "m", "root mean square error of position, of targets held"),
    MEASURED(velocity_rmse_mps, "m s-1", "root mean square error of velocity, of targets held"),
    MEASURED(purity, "1", "share of updates of firm tracks by the target that owns the track"),
    MEASURED(completeness, "1", "share of targets in coverage that are held"),
    COUNTED(switches, "targets held by another track than before"),
    MEASURED(time_to_hold_s, "s", "mean time from coming into coverage to the first firm track"),
    COUNTED(started, "tracks begun"),
    COUNTED(confirmed, "tracks confirmed"),
    COUNTED(merged, "tracks merged into others"),
    COUNTED(dropped, "detections that found no room for a track"),
    COUNTED(rejected, "detections that were no detections: not finite, or out of range"),
    COUNTED(forgotten, "targets beyond what observers remember of them for these metrics"),
    COUNTED(identity_jumps, "answers of tracks with another identity than before"),
    COUNTED(situations_dropped, "candidates for situations that found no room"),
};

enum {
    METRICS = sizeof metrics_table / sizeof *metrics_table,
    VARIABLES = METRICS + 2, /* the dimension and the group */
};

uint64_t qf_tracking_bytes(const qf_fleet *fleet, size_t n)
{
    return n == 0 ? 0 : VARIABLES * (QF_META_VARIABLE_BYTES + 8 * n) + qf_group_flags_bytes(fleet);
}

static void write_metric(qf_nc *nc, hid_t group, const qf_nc_shape *shape, const metric *m,
                         const qf_tracking_metrics *rows, size_t n, void *column)
{
    static const double missing = (double)NAN;
    const hid_t type = m->counts ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE;
    const qf_nc_variable variable = {m->name, type, m->units, m->long_name,
                                     m->counts ? NULL : &missing};
    const hid_t id = qf_nc_define(nc, group, &variable, shape);
    for (size_t i = 0; i < n; i++) {
        memcpy((char *)column + 8 * i, (const char *)&rows[i] + m->offset, 8);
    }
    qf_nc_write(nc, id, type, 0, n, 0, column);
}

qf_status qf_tracking_write(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                            const qf_tracking_metrics *metrics, size_t n)
{
    if (n == 0) {
        return QF_OK;
    }
    void *column = calloc(n, 8);
    if (!column) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to write how good tracking was");
    }
    static const int32_t all = QF_ALL_GROUPS;
    const hid_t group = qf_nc_group(nc, "tracking");
    const qf_nc_variable dimension = {"tracking_group", H5T_NATIVE_INT64, "1", "number of the row",
                                      NULL};
    const qf_nc_variable of_group = {"group", H5T_NATIVE_INT32, "1",
                                     "group of the scenario whose trackers they are, missing: all",
                                     &all};
    const hid_t scale = qf_nc_dimension(nc, group, &dimension, n, 0);
    const qf_nc_shape shape = {.rank = 1, .scales = {scale}, .length = {n}};
    qf_nc_write_numbers(nc, scale, n);
    int32_t *groups = column;
    for (size_t i = 0; i < n; i++) {
        groups[i] = metrics[i].group;
    }
    const hid_t names = qf_nc_define(nc, group, &of_group, &shape);
    qf_nc_write(nc, names, H5T_NATIVE_INT32, 0, n, 0, groups);
    const qf_status status = qf_group_flags_put(context, nc, fleet, names, H5T_NATIVE_INT32);
    for (size_t m = 0; m < METRICS && status == QF_OK; m++) {
        write_metric(nc, group, &shape, &metrics_table[m], metrics, n, column);
    }
    free(column);
    return status;
}
