/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_LANES_SPACE_H
#define QF_LANES_SPACE_H

#include <string.h>

#include "body_lanes.h"

/* What guidance needs of vectors and quaternions beyond body_lanes.h. */

/* 1 / a, and 0 where a is not above 1e-150: what is as good as nothing has no direction */
QF_LANES qf_f64x8 qf_inverse(qf_f64x8 a)
{
    const qf_f64x8 one = qf_f64x8_set1(1.0);
    const qf_mask64x8 large = qf_f64x8_gt(a, qf_f64x8_set1(1e-150));
    return qf_f64x8_select(large, qf_f64x8_div(one, qf_f64x8_select(large, a, one)),
                           qf_f64x8_set1(0.0));
}

/* of length 1, or 0 where it has no direction */
QF_LANES qf_v3 qf_v3_unit(qf_v3 a)
{
    return qf_v3_scale(a, qf_inverse(qf_v3_norm(a)));
}

QF_LANES qf_q4 qf_q4_set1(const double *q)
{
    return (qf_q4){qf_f64x8_set1(q[0]), qf_f64x8_set1(q[1]), qf_f64x8_set1(q[2]),
                   qf_f64x8_set1(q[3])};
}

QF_LANES qf_q4 qf_q4_select(qf_mask64x8 where, qf_q4 a, qf_q4 b)
{
    return (qf_q4){qf_f64x8_select(where, a.w, b.w), qf_f64x8_select(where, a.x, b.x),
                   qf_f64x8_select(where, a.y, b.y), qf_f64x8_select(where, a.z, b.z)};
}

QF_LANES qf_v3 qf_q4_vector(qf_q4 q)
{
    return (qf_v3){q.x, q.y, q.z};
}

QF_LANES qf_q4 qf_q4_conjugate(qf_q4 q)
{
    return (qf_q4){q.w, qf_f64x8_neg(q.x), qf_f64x8_neg(q.y), qf_f64x8_neg(q.z)};
}

/* first b, then a */
QF_LANES qf_q4 qf_q4_mul(qf_q4 a, qf_q4 b)
{
    const qf_v3 av = qf_q4_vector(a);
    const qf_v3 bv = qf_q4_vector(b);
    const qf_v3 v =
        qf_v3_add(qf_v3_add(qf_v3_scale(bv, a.w), qf_v3_scale(av, b.w)), qf_v3_cross(av, bv));
    return (qf_q4){qf_f64x8_sub(qf_f64x8_mul(a.w, b.w), qf_v3_dot(av, bv)), v.x, v.y, v.z};
}

#endif
