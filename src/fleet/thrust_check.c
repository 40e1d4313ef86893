/* SPDX-License-Identifier: Apache-2.0 */
#include "thrust_check.h"

#include <math.h>
#include <stdio.h>

#include "allocator.h"

/*
 * Wrenches of which no part is negative reach all others if and only if they reach every axis both ways. Whether they
 * reach one is the question of non-negative least squares: Lawson and Hanson, "Solving Least Squares Problems", 1974,
 * chapter 23. Forces count in parts of the greatest thrust, torques in parts of that times the longest arm.
 */
#define NOT_REACHED 1e-6 /* of a unit wrench */
#define DEPENDENT   1e-9 /* of a unit wrench, what is left of one that the others make up */

typedef double wrench[QF_WRENCH];

static double dot(const double *a, const double *b)
{
    double sum = 0.0;
    for (int k = 0; k < QF_WRENCH; k++) {
        sum += a[k] * b[k];
    }
    return sum;
}

/* unit wrenches, without those of thrusters that give nothing; returns how many */
static size_t unit_wrenches(const qf_thruster *thrusters, size_t n, wrench *unit)
{
    double arm_m = 0.0;
    for (size_t t = 0; t < n; t++) {
        const double *p = thrusters[t].position_m;
        arm_m = fmax(arm_m, sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]));
    }
    size_t count = 0;
    for (size_t t = 0; t < n; t++) {
        const double *p = thrusters[t].position_m;
        const double *f = thrusters[t].direction;
        double *u = unit[count];
        for (int d = 0; d < 3; d++) {
            const int e = (d + 1) % 3;
            const int g = (d + 2) % 3;
            u[d] = f[d];
            u[3 + d] = arm_m > 0.0 ? (p[e] * f[g] - p[g] * f[e]) / arm_m : 0.0;
        }
        const double norm = sqrt(dot(u, u));
        for (int k = 0; k < QF_WRENCH && norm > 0.0; k++) {
            u[k] /= norm;
        }
        count += norm > 0.0 && thrusters[t].f_max_n > 0.0;
    }
    return count;
}

static int rank_of(const wrench *unit, size_t n)
{
    wrench basis[QF_WRENCH];
    int rank = 0;
    for (size_t i = 0; i < n && rank < QF_WRENCH; i++) {
        double *b = basis[rank];
        for (int k = 0; k < QF_WRENCH; k++) {
            b[k] = unit[i][k];
        }
        for (int twice = 0; twice < 2; twice++) {
            for (int r = 0; r < rank; r++) {
                const double along = dot(basis[r], b);
                for (int k = 0; k < QF_WRENCH; k++) {
                    b[k] -= along * basis[r][k];
                }
            }
        }
        const double norm = sqrt(dot(b, b));
        if (norm > DEPENDENT) {
            for (int k = 0; k < QF_WRENCH; k++) {
                b[k] /= norm;
            }
            rank++;
        }
    }
    return rank;
}

/* shares of the chosen wrenches that come nearest to `goal`, of either sign: the normal equations, by elimination */
static void least_squares(const wrench *unit, const size_t *chosen, int n, const wrench goal,
                          double *share)
{
    double m[QF_WRENCH][QF_WRENCH + 1];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            m[i][j] = dot(unit[chosen[i]], unit[chosen[j]]);
        }
        m[i][n] = dot(unit[chosen[i]], goal);
    }
    for (int c = 0; c < n; c++) { /* positive definite: no pivoting */
        for (int r = c + 1; r < n; r++) {
            const double l = m[r][c] / m[c][c];
            for (int k = c; k <= n; k++) {
                m[r][k] -= l * m[c][k];
            }
        }
    }
    for (int c = n - 1; c >= 0; c--) {
        share[c] = m[c][n];
        for (int k = c + 1; k < n; k++) {
            share[c] -= m[c][k] * share[k];
        }
        share[c] /= m[c][c];
    }
}

typedef struct mixture {
    int n;
    size_t chosen[QF_WRENCH];
    double share[QF_WRENCH];
} mixture;

/* towards the least squares of the chosen wrenches, as far as shares stay positive; those at zero go. Whether any did. */
static bool go_towards(mixture *mix, const double *better)
{
    double part = 1.0;
    for (int i = 0; i < mix->n; i++) {
        if (!(better[i] > 0.0)) {
            part = fmin(part, mix->share[i] / (mix->share[i] - better[i]));
        }
    }
    int kept = 0;
    for (int i = 0; i < mix->n; i++) {
        const double share = mix->share[i] + part * (better[i] - mix->share[i]);
        if (share > 1e-14) {
            mix->chosen[kept] = mix->chosen[i];
            mix->share[kept++] = share;
        }
    }
    const bool any = kept < mix->n;
    mix->n = kept;
    return any;
}

static bool reaches(const wrench *unit, size_t n, const wrench goal)
{
    mixture mix = {.n = 0};
    for (int step = 0; step < 16 * QF_THRUSTERS_MOST; step++) {
        wrench rest;
        for (int k = 0; k < QF_WRENCH; k++) {
            rest[k] = goal[k];
            for (int i = 0; i < mix.n; i++) {
                rest[k] -= mix.share[i] * unit[mix.chosen[i]][k];
            }
        }
        if (sqrt(dot(rest, rest)) < NOT_REACHED) {
            return true;
        }
        size_t best = n;
        double most = 1e-12;
        for (size_t i = 0; i < n; i++) {
            const double along = dot(unit[i], rest);
            best = along > most ? i : best;
            most = along > most ? along : most;
        }
        if (best == n || mix.n == QF_WRENCH) {
            return false; /* none comes nearer */
        }
        mix.chosen[mix.n] = best;
        mix.share[mix.n++] = 0.0;
        double better[QF_WRENCH];
        do {
            least_squares(unit, mix.chosen, mix.n, goal, better);
        } while (go_towards(&mix, better) && mix.n > 0);
    }
    return false;
}

bool qf_thrusters_check(const qf_thruster *thrusters, size_t n, char reason[QF_THRUSTERS_REASON])
{
    reason[0] = '\0';
    if (n == 0 || n > QF_THRUSTERS_MOST) {
        snprintf(reason, QF_THRUSTERS_REASON, "%zu thrusters where 1 to %d are expected", n,
                 QF_THRUSTERS_MOST);
        return false;
    }
    wrench unit[QF_THRUSTERS_MOST];
    const size_t count = unit_wrenches(thrusters, n, unit);
    const int rank = rank_of((const wrench *)unit, count);
    for (int axis = 0; axis < 2 * QF_WRENCH; axis++) {
        const int k = axis / 2;
        wrench goal = {0};
        goal[k] = axis % 2 ? -1.0 : 1.0;
        if (reaches((const wrench *)unit, count, goal)) {
            continue;
        }
        char deficient[64] = "";
        if (rank < QF_WRENCH) {
            snprintf(deficient, sizeof deficient, " (rank %d of %d)", rank, QF_WRENCH);
        }
        snprintf(reason, QF_THRUSTERS_REASON, "thrusters give no %s body %c%c by itself%s",
                 k < 3 ? "force along" : "torque about", axis % 2 ? '-' : '+', "XYZ"[k % 3],
                 deficient);
        return false;
    }
    return true;
}
