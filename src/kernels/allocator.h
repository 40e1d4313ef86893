/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ALLOCATOR_H
#define QF_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot.h"

/*
 * Thrust allocation: how long each thruster of a body is open, so that together they give a wrench - force and torque
 * on the body - that is wanted. A thruster i at share x_i of its full thrust gives x_i b_i, 0 <= x_i <= its bound: 1,
 * or less where it is weak, 0 where it cannot be used. Of all shares those are wanted that
 *   first  minimise || W (sum x_i b_i - wanted) ||,
 *   then   minimise the propellant, sum thrust_i x_i,
 * where W divides forces by the most that the group's thrusters give along one body axis, and torques likewise.
 * docs/model.md says how they are found and how near; allocate.c does it.
 */
enum {
    QF_THRUSTERS_MOST = 64,       /* of a body */
    QF_WRENCH = 6,                /* force x, y, z, torque x, y, z */
    QF_WRENCH_PAIRS = 21,         /* of its components, (0,0) (1,0) (1,1) (2,0) ... (5,5) */
    QF_ALLOCATOR_STARTS = 64,     /* a multiple of 16 */
    QF_ALLOCATOR_ITERATIONS = 40, /* most for one vehicle */
};

/* c_i / soft_i of every thruster: the optimum's propellant is exceeded by no more than half its inverse */
#define QF_ALLOCATOR_RESERVE 25.0f

/* A group's thrusters as allocation wants them; made once. */
typedef struct qf_allocator {
    size_t n_thrusters;
    double wrench[QF_THRUSTERS_MOST][QF_WRENCH];     /* at full thrust, N and N m */
    double thrust_n[QF_THRUSTERS_MOST];              /* |force| */
    double weight[QF_WRENCH];                        /* W, times one number for all */
    float column[QF_THRUSTERS_MOST][QF_WRENCH];      /* weighted wrenches */
    float steep[QF_THRUSTERS_MOST][QF_WRENCH];       /* the same over `soft` */
    float soft[QF_THRUSTERS_MOST];                   /* curvature that the cost is given */
    float pairs[QF_THRUSTERS_MOST][QF_WRENCH_PAIRS]; /* products of `column` over `soft` */
    float start[QF_WRENCH][QF_ALLOCATOR_STARTS];     /* prices to begin with */
    float ray[QF_WRENCH]
             [QF_ALLOCATOR_STARTS];        /* unit vectors: ways in which wrenches are too large */
    float ray_reach[QF_ALLOCATOR_STARTS];  /* most that thrusters give along them */
    float start_cost[QF_ALLOCATOR_STARTS]; /* what makes them worth less, see allocate.c */
} qf_allocator;

/* What is to be allocated to how many vehicles, and what comes out. */
typedef struct qf_allocation {
    size_t n;
    bool bounded;                                      /* else all bounds are 1 */
    float wanted[QF_WRENCH][QF_BLOCK_VEHICLES];        /* weighted (qf_allocator_weigh) */
    float bound[QF_THRUSTERS_MOST][QF_BLOCK_VEHICLES]; /* looked at where `bounded` */
    float share[QF_THRUSTERS_MOST][QF_BLOCK_VEHICLES]; /* out: 0 <= share <= bound */
    float price[QF_WRENCH][QF_BLOCK_VEHICLES]; /* out: what a weighted wrench costs at the margin */
    float missing[QF_BLOCK_VEHICLES]; /* out: norm of what is not given, over that of `wanted` */
} qf_allocation;

typedef void qf_allocate_kernel(const qf_allocator *allocator, qf_allocation *allocation);

/*
 * Makes the constants. `position_m` and `force_n` (full thrust) hold `n` <= QF_THRUSTERS_MOST vectors. `work` is used for
 * finding good starts by `allocate`; its content is lost.
 */
void qf_allocator_prepare(const double (*position_m)[3], const double (*force_n)[3], size_t n,
                          qf_allocate_kernel *allocate, qf_allocation *work,
                          qf_allocator *allocator);

/* beyond, only the direction counts: far beyond what thrusters give */
#define QF_WRENCH_MOST 1e3

/* What qf_allocation wants: returns false, and `row` is of no use, where a component is no finite number or all are 0. */
static inline bool qf_wrench_weigh(const double weight[QF_WRENCH], const double wrench[QF_WRENCH],
                                   float row[QF_WRENCH])
{
    double w[QF_WRENCH];
    double square = 0.0;
    for (int k = 0; k < QF_WRENCH; k++) {
        w[k] = wrench[k] * weight[k];
        square += w[k] * w[k];
    }
    const bool large = square > QF_WRENCH_MOST * QF_WRENCH_MOST;
    const double shrink =
        QF_WRENCH_MOST / __builtin_sqrt(large ? square : QF_WRENCH_MOST * QF_WRENCH_MOST);
    for (int k = 0; k < QF_WRENCH; k++) {
        row[k] = (float)(w[k] * shrink);
    }
    return (square > 1e-24) & (square < __builtin_inf());
}

bool qf_allocator_weigh(const qf_allocator *allocator, const double wrench[QF_WRENCH],
                        float row[QF_WRENCH]);

#endif
