/* SPDX-License-Identifier: Apache-2.0 */
#include "allocator.h"

#include <math.h>

#include "philox.h"

#define COLUMN_NORM                                                                                \
    0.25 /* of a mean weighted wrench: what the constants of allocate.c are meant for */

/* the most that thrusters give along one of three axes, either way */
static double most_along(const qf_allocator *allocator, int first)
{
    double most = 0.0;
    for (int axis = first; axis < first + 3; axis++) {
        double up = 0.0;
        double down = 0.0;
        for (size_t t = 0; t < allocator->n_thrusters; t++) {
            const double b = allocator->wrench[t][axis];
            up += fmax(0.0, b);
            down += fmax(0.0, -b);
        }
        most = fmax(most, fmax(up, down));
    }
    return most;
}

static void weigh_columns(qf_allocator *allocator)
{
    const size_t n = allocator->n_thrusters;
    const double force_n = most_along(allocator, 0);
    const double torque_nm = most_along(allocator, 3);
    double sum = 0.0;
    for (int k = 0; k < QF_WRENCH; k++) {
        const double unit = k < 3 ? force_n : torque_nm;
        allocator->weight[k] = unit > 0.0 ? 1.0 / unit : 0.0;
        for (size_t t = 0; t < n; t++) {
            const double a = allocator->wrench[t][k] * allocator->weight[k];
            sum += a * a;
        }
    }
    const double scale = sum > 0.0 ? COLUMN_NORM / sqrt(sum / (double)n) : 1.0;
    for (int k = 0; k < QF_WRENCH; k++) {
        allocator->weight[k] *= scale;
    }
}

static void soften(qf_allocator *allocator)
{
    double most_n = 0.0;
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        most_n = fmax(most_n, allocator->thrust_n[t]);
    }
    for (size_t t = 0; t < allocator->n_thrusters; t++) {
        /* one without thrust gives nothing: any cost will do */
        const double cost = allocator->thrust_n[t] > 0.0 ? allocator->thrust_n[t] / most_n : 1.0;
        const double soft = cost / (double)QF_ALLOCATOR_RESERVE;
        double a[QF_WRENCH];
        for (int k = 0; k < QF_WRENCH; k++) {
            a[k] = allocator->wrench[t][k] * allocator->weight[k];
            allocator->column[t][k] = (float)a[k];
            allocator->steep[t][k] = (float)(a[k] / soft);
        }
        allocator->soft[t] = (float)soft;
        int pair = 0;
        for (int j = 0; j < QF_WRENCH; j++) {
            for (int k = 0; k <= j; k++) {
                allocator->pairs[t][pair++] = (float)(a[j] * a[k] / soft);
            }
        }
    }
}

/* directions all over, every other one with about half its components zero, as wrenches that are wanted often have */
static void scatter(qf_allocation *work, double size)
{
    work->n = QF_ALLOCATOR_STARTS;
    work->bounded = false;
    for (uint32_t i = 0; i < QF_ALLOCATOR_STARTS; i++) {
        double w[QF_WRENCH];
        double square = 0.0;
        for (uint32_t k = 0; k < QF_WRENCH; k++) {
            const qf_philox_block draw = qf_philox((qf_philox_block){{i, k, 0, 0}}, 0);
            const bool none = i % 2 == 1 && draw.word[1] % 2 == 1;
            w[k] = none ? 0.0 : (double)draw.word[0] * 0x1p-31 - 1.0;
            square += w[k] * w[k];
        }
        for (int k = 0; k < QF_WRENCH; k++) {
            work->wanted[k][i] = square > 0.0 ? (float)(w[k] * size / sqrt(square)) : 0.0f;
        }
    }
}

/* prices of wrenches that are small, so that no bound plays a part */
static void find_starts(qf_allocate_kernel *allocate, qf_allocation *work, qf_allocator *allocator)
{
    scatter(work, 1e-3);
    allocate(allocator, work);
    for (int i = 0; i < QF_ALLOCATOR_STARTS; i++) {
        double cost = 0.0;
        for (int k = 0; k < QF_WRENCH; k++) {
            allocator->start[k][i] = work->price[k][i];
        }
        for (size_t t = 0; t < allocator->n_thrusters; t++) {
            double drive = -(double)QF_ALLOCATOR_RESERVE;
            for (int k = 0; k < QF_WRENCH; k++) {
                drive += (double)allocator->steep[t][k] * (double)work->price[k][i];
            }
            const double share = fmax(0.0, drive);
            cost += 0.5 * share * share * (double)allocator->soft[t];
        }
        allocator->start_cost[i] = (float)cost;
    }
}

/* what is missing of wrenches that are large points outwards from the nearest that thrusters give */
static void find_rays(qf_allocate_kernel *allocate, qf_allocation *work, qf_allocator *allocator)
{
    scatter(work, 2.0);
    allocate(allocator, work);
    for (int i = 0; i < QF_ALLOCATOR_STARTS; i++) {
        double square = 0.0;
        double reach = 0.0;
        for (int k = 0; k < QF_WRENCH; k++) {
            square += (double)work->price[k][i] * (double)work->price[k][i];
        }
        const double scale = square > 0.0 ? 1.0 / sqrt(square) : 0.0;
        for (int k = 0; k < QF_WRENCH; k++) {
            allocator->ray[k][i] = (float)((double)work->price[k][i] * scale);
        }
        for (size_t t = 0; t < allocator->n_thrusters; t++) {
            double along = 0.0;
            for (int k = 0; k < QF_WRENCH; k++) {
                along += (double)allocator->column[t][k] * (double)allocator->ray[k][i];
            }
            reach += fmax(0.0, along);
        }
        allocator->ray_reach[i] = (float)reach;
    }
}

void qf_allocator_prepare(const double (*position_m)[3], const double (*force_n)[3], size_t n,
                          qf_allocate_kernel *allocate, qf_allocation *work,
                          qf_allocator *allocator)
{
    *allocator = (qf_allocator){.n_thrusters = n};
    for (size_t t = 0; t < n; t++) {
        const double *p = position_m[t];
        const double *f = force_n[t];
        for (int d = 0; d < 3; d++) {
            const int e = (d + 1) % 3;
            const int g = (d + 2) % 3;
            allocator->wrench[t][d] = f[d];
            allocator->wrench[t][3 + d] = p[e] * f[g] - p[g] * f[e];
        }
        allocator->thrust_n[t] = sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]);
    }
    weigh_columns(allocator);
    soften(allocator);
    find_starts(allocate, work, allocator);
    find_rays(allocate, work, allocator);
}

bool qf_allocator_weigh(const qf_allocator *allocator, const double wrench[QF_WRENCH],
                        float row[QF_WRENCH])
{
    return qf_wrench_weigh(allocator->weight, wrench, row);
}
