/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DIFFERENTIAL_DRIVE_H
#define QF_DIFFERENTIAL_DRIVE_H

#include "bot.h"

/* A bot on two driven wheels, side by side. Columns are indexed by slot; every pointer is distinct. */
typedef struct qf_drive_columns {
    const double *wanted_mps, *wanted_deg; /* commands: speed along the heading, heading */
    const uint64_t *flags;
    double *left_mps, *right_mps; /* wheels over the ground */
    double *x_m, *y_m;
    double *heading_deg, *heading_sin, *heading_cos, *speed_mps; /* as they are */
    double *roll_rad, *pitch_rad, *yaw_rad;
    double *roll_rate_rps, *pitch_rate_rps, *yaw_rate_rps;
    double *dose_usv;
} qf_drive_columns;

typedef struct qf_drive_limits {
    double track_m, max_wheel_mps, max_wheel_mps2; /* > 0 */
} qf_drive_limits;

typedef void qf_drive_kernel(const qf_drive_columns *columns, const qf_drive_limits *limits,
                             const qf_bot_group *group, const qf_bot_tick *tick, size_t begin,
                             size_t end);

#endif
