/* SPDX-License-Identifier: Apache-2.0 */
#include "rcs_groups.h"

#include <math.h>

typedef struct combination {
    int n;
    int thruster[QF_RCS_MAX_GROUP];
} combination;

static const double axis_vector[QF_RCS_AXES + 1][3] = {
    [QF_AXIS_FORWARD] = {1.0, 0.0, 0.0}, [QF_AXIS_AFT] = {-1.0, 0.0, 0.0},
    [QF_AXIS_PORT] = {0.0, 1.0, 0.0},    [QF_AXIS_STARBOARD] = {0.0, -1.0, 0.0},
    [QF_AXIS_UP] = {0.0, 0.0, 1.0},      [QF_AXIS_DOWN] = {0.0, 0.0, -1.0},
};

static double norm(const double v[3])
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

/* looks at one combination for every axis, and enters it where it beats the best so far */
static void consider(const double (*position_m)[3], const double (*force_n)[3],
                     const combination *chosen, double torque_tolerance_nm,
                     double best_score[QF_RCS_AXES + 1], qf_rcs_table *table)
{
    double force[3] = {0.0};
    double torque[3] = {0.0};
    double thrust_sum = 0.0;
    for (int k = 0; k < chosen->n; k++) {
        const double *p = position_m[chosen->thruster[k]];
        const double *f = force_n[chosen->thruster[k]];
        for (int d = 0; d < 3; d++) {
            const int e = (d + 1) % 3;
            const int g = (d + 2) % 3;
            force[d] += f[d];
            torque[d] += p[e] * f[g] - p[g] * f[e];
        }
        thrust_sum += norm(f);
    }
    const double over_nm = fmax(0.0, norm(torque) - torque_tolerance_nm);
    for (int axis = QF_AXIS_FORWARD; axis <= QF_RCS_AXES; axis++) {
        const double *a = axis_vector[axis];
        const double projection = force[0] * a[0] + force[1] * a[1] + force[2] * a[2];
        if (!(projection > 0.0)) {
            continue;
        }
        const double lateral[3] = {force[0] - projection * a[0], force[1] - projection * a[1],
                                   force[2] - projection * a[2]};
        const double score = projection - 0.05 * norm(lateral) - 0.5 * over_nm;
        if (!(score > best_score[axis])) {
            continue;
        }
        best_score[axis] = score;
        table->thrust_sum_n[axis] = thrust_sum;
        table->valve_share[axis] = 1.0 / chosen->n;
        table->n_thrusters[axis] = chosen->n;
        for (int d = 0; d < 3; d++) {
            table->force_n[d][axis] = force[d];
            table->torque_nm[d][axis] = torque[d];
        }
        for (int k = 0; k < chosen->n; k++) {
            table->thruster[axis][k] = chosen->thruster[k];
        }
    }
}

void qf_rcs_find_groups(const double (*position_m)[3], const double (*force_n)[3], size_t n,
                        double torque_tolerance_nm, qf_rcs_table *table)
{
    *table = (qf_rcs_table){0};
    double best_score[QF_RCS_AXES + 1];
    for (int axis = 0; axis <= QF_RCS_AXES; axis++) {
        best_score[axis] = -INFINITY;
    }
    const int count = (int)n;
    for (int a = 0; a < count; a++) {
        for (int b = a + 1; b < count; b++) {
            consider(position_m, force_n, &(combination){2, {a, b}}, torque_tolerance_nm,
                     best_score, table);
        }
    }
    for (int a = 0; a < count; a++) {
        for (int b = a + 1; b < count; b++) {
            for (int c = b + 1; c < count; c++) {
                for (int d = c + 1; d < count; d++) {
                    consider(position_m, force_n, &(combination){4, {a, b, c, d}},
                             torque_tolerance_nm, best_score, table);
                }
            }
        }
    }
}
