/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BODY_LANES_H
#define QF_BODY_LANES_H

#include "body.h"
#include "lanes.h"

/*
 * Vectors, quaternions and symmetric tensors of eight bodies at once. Plain + - * / sqrt in the order that is
 * written, no fused operations: a set without an instruction for those would take a function call for each.
 */
typedef struct qf_v3 {
    qf_f64x8 x, y, z;
} qf_v3;

typedef struct qf_q4 {
    qf_f64x8 w, x, y, z;
} qf_q4;

typedef struct qf_sym3 {
    qf_f64x8 xx, yy, zz, xy, xz, yz;
} qf_sym3;

enum { QF_BODY_LANES = 8 };

/*
 * The columns of a few bodies at the end of a range, in lanes of their own: those beyond repeat the last, so that a
 * kernel goes through whole lanes only and touches nobody else's slots.
 */
enum { QF_BODY_COLUMNS = sizeof(qf_body_columns) / sizeof(void *) };

typedef struct qf_body_tail {
    _Alignas(64) uint64_t room[QF_BODY_COLUMNS][QF_BODY_LANES];
    uint64_t *from[QF_BODY_COLUMNS]; /* NULL: there is no such column */
    qf_body_columns columns;         /* of the room, for slots [0, QF_BODY_LANES) */
} qf_body_tail;

/* n bodies, fewer than QF_BODY_LANES, from slot begin on */
static inline void qf_body_tail_open(qf_body_tail *tail, const qf_body_columns *columns,
                                     size_t begin, size_t n)
{
    uint64_t *to[QF_BODY_COLUMNS];
    memcpy(tail->from, columns, sizeof tail->from); /* pointers, all of them */
    for (size_t k = 0; k < QF_BODY_COLUMNS; k++) {
        to[k] = tail->from[k] ? tail->room[k] : NULL;
        for (size_t i = 0; to[k] && i < QF_BODY_LANES; i++) {
            to[k][i] = tail->from[k][begin + (i < n ? i : n - 1)];
        }
    }
    memcpy(&tail->columns, to, sizeof to);
}

static inline void qf_body_tail_close(const qf_body_tail *tail, size_t begin, size_t n)
{
    for (size_t k = 0; k < QF_BODY_COLUMNS; k++) {
        for (size_t i = 0; tail->from[k] && i < n; i++) {
            tail->from[k][begin + i] = tail->room[k][i];
        }
    }
}

#define QF_V3_LOAD(from, i)                                                                        \
    (qf_v3)                                                                                        \
    {                                                                                              \
        qf_f64x8_load((from)[0] + (i)), qf_f64x8_load((from)[1] + (i)),                            \
            qf_f64x8_load((from)[2] + (i))                                                         \
    }

#define QF_Q4_LOAD(from, i)                                                                        \
    (qf_q4)                                                                                        \
    {                                                                                              \
        qf_f64x8_load((from)[0] + (i)), qf_f64x8_load((from)[1] + (i)),                            \
            qf_f64x8_load((from)[2] + (i)), qf_f64x8_load((from)[3] + (i))                         \
    }

QF_LANES void qf_v3_store(double *const to[3], size_t i, qf_v3 v)
{
    qf_f64x8_store(to[0] + i, v.x);
    qf_f64x8_store(to[1] + i, v.y);
    qf_f64x8_store(to[2] + i, v.z);
}

QF_LANES qf_v3 qf_v3_set1(const double v[3])
{
    return (qf_v3){qf_f64x8_set1(v[0]), qf_f64x8_set1(v[1]), qf_f64x8_set1(v[2])};
}

QF_LANES void qf_q4_store(double *const to[4], size_t i, qf_q4 q)
{
    qf_f64x8_store(to[0] + i, q.w);
    qf_f64x8_store(to[1] + i, q.x);
    qf_f64x8_store(to[2] + i, q.y);
    qf_f64x8_store(to[3] + i, q.z);
}

#define QF_V3_EACH(operation, a, b)                                                                \
    (qf_v3)                                                                                        \
    {                                                                                              \
        qf_f64x8_##operation((a).x, (b).x), qf_f64x8_##operation((a).y, (b).y),                    \
            qf_f64x8_##operation((a).z, (b).z)                                                     \
    }

QF_LANES qf_v3 qf_v3_add(qf_v3 a, qf_v3 b)
{
    return QF_V3_EACH(add, a, b);
}

QF_LANES qf_v3 qf_v3_sub(qf_v3 a, qf_v3 b)
{
    return QF_V3_EACH(sub, a, b);
}

QF_LANES qf_v3 qf_v3_scale(qf_v3 a, qf_f64x8 s)
{
    return (qf_v3){qf_f64x8_mul(a.x, s), qf_f64x8_mul(a.y, s), qf_f64x8_mul(a.z, s)};
}

/* a + s b */
QF_LANES qf_v3 qf_v3_along(qf_v3 a, qf_f64x8 s, qf_v3 b)
{
    return qf_v3_add(a, qf_v3_scale(b, s));
}

QF_LANES qf_v3 qf_v3_select(qf_mask64x8 where, qf_v3 a, qf_v3 b)
{
    return (qf_v3){qf_f64x8_select(where, a.x, b.x), qf_f64x8_select(where, a.y, b.y),
                   qf_f64x8_select(where, a.z, b.z)};
}

QF_LANES qf_f64x8 qf_v3_dot(qf_v3 a, qf_v3 b)
{
    return qf_f64x8_add(qf_f64x8_add(qf_f64x8_mul(a.x, b.x), qf_f64x8_mul(a.y, b.y)),
                        qf_f64x8_mul(a.z, b.z));
}

QF_LANES qf_f64x8 qf_v3_norm(qf_v3 a)
{
    return qf_f64x8_sqrt(qf_v3_dot(a, a));
}

/* a b - c d */
QF_LANES qf_f64x8 qf_body_minor(qf_f64x8 a, qf_f64x8 b, qf_f64x8 c, qf_f64x8 d)
{
    return qf_f64x8_sub(qf_f64x8_mul(a, b), qf_f64x8_mul(c, d));
}

QF_LANES qf_v3 qf_v3_cross(qf_v3 a, qf_v3 b)
{
    return (qf_v3){qf_body_minor(a.y, b.z, a.z, b.y), qf_body_minor(a.z, b.x, a.x, b.z),
                   qf_body_minor(a.x, b.y, a.y, b.x)};
}

/* The vector of body axes in the world's: v + 2 w (u x v) + 2 u x (u x v), u the vector part. */
QF_LANES qf_v3 qf_q4_turn(qf_q4 q, qf_v3 v)
{
    const qf_v3 u = {q.x, q.y, q.z};
    const qf_v3 c = qf_v3_cross(u, v);
    const qf_v3 t = qf_v3_add(c, c);
    return qf_v3_add(qf_v3_along(v, q.w, t), qf_v3_cross(u, t));
}

/* The world's +Z in body axes: the last row of the matrix of q. */
QF_LANES qf_v3 qf_q4_up(qf_q4 q)
{
    const qf_f64x8 two = qf_f64x8_set1(2.0);
    return (qf_v3){
        qf_f64x8_mul(two, qf_body_minor(q.x, q.z, q.w, q.y)),
        qf_f64x8_mul(two, qf_f64x8_add(qf_f64x8_mul(q.y, q.z), qf_f64x8_mul(q.w, q.x))),
        qf_f64x8_sub(qf_f64x8_set1(1.0), qf_f64x8_mul(two, qf_f64x8_add(qf_f64x8_mul(q.x, q.x),
                                                                        qf_f64x8_mul(q.y, q.y)))),
    };
}

/* a + s b */
QF_LANES qf_q4 qf_q4_along(qf_q4 a, qf_f64x8 s, qf_q4 b)
{
    return (qf_q4){qf_f64x8_add(a.w, qf_f64x8_mul(b.w, s)), qf_f64x8_add(a.x, qf_f64x8_mul(b.x, s)),
                   qf_f64x8_add(a.y, qf_f64x8_mul(b.y, s)),
                   qf_f64x8_add(a.z, qf_f64x8_mul(b.z, s))};
}

QF_LANES qf_q4 qf_q4_add(qf_q4 a, qf_q4 b)
{
    return (qf_q4){qf_f64x8_add(a.w, b.w), qf_f64x8_add(a.x, b.x), qf_f64x8_add(a.y, b.y),
                   qf_f64x8_add(a.z, b.z)};
}

/* q times the quaternion (0, v) */
QF_LANES qf_q4 qf_q4_times_vector(qf_q4 q, qf_v3 v)
{
    const qf_v3 u = {q.x, q.y, q.z};
    const qf_v3 sum = qf_v3_add(qf_v3_scale(v, q.w), qf_v3_cross(u, v));
    return (qf_q4){qf_f64x8_neg(qf_v3_dot(u, v)), sum.x, sum.y, sum.z};
}

QF_LANES qf_q4 qf_q4_normalise(qf_q4 q)
{
    const qf_f64x8 squares =
        qf_f64x8_add(qf_f64x8_add(qf_f64x8_mul(q.w, q.w), qf_f64x8_mul(q.x, q.x)),
                     qf_f64x8_add(qf_f64x8_mul(q.y, q.y), qf_f64x8_mul(q.z, q.z)));
    const qf_f64x8 s = qf_f64x8_div(qf_f64x8_set1(1.0), qf_f64x8_sqrt(squares));
    return (qf_q4){qf_f64x8_mul(q.w, s), qf_f64x8_mul(q.x, s), qf_f64x8_mul(q.y, s),
                   qf_f64x8_mul(q.z, s)};
}

/* What vehicles have of the group's dry inertia: as much as of its mass. */
QF_LANES qf_f64x8 qf_dry_share(const qf_body_group *group, qf_f64x8 dry_kg)
{
    const qf_f64x8 inverse = group->dry_kg > 0.0 ? qf_f64x8_set1(1.0 / group->dry_kg)
                                                 : qf_f64x8_div(qf_f64x8_set1(1.0), dry_kg);
    return qf_f64x8_mul(dry_kg, inverse);
}

QF_LANES qf_v3 qf_sym3_times(qf_sym3 m, qf_v3 v)
{
    return (qf_v3){qf_v3_dot((qf_v3){m.xx, m.xy, m.xz}, v), qf_v3_dot((qf_v3){m.xy, m.yy, m.yz}, v),
                   qf_v3_dot((qf_v3){m.xz, m.yz, m.zz}, v)};
}

QF_LANES qf_sym3 qf_sym3_inverse(qf_sym3 m)
{
    const qf_f64x8 cxx = qf_body_minor(m.yy, m.zz, m.yz, m.yz);
    const qf_f64x8 cxy = qf_body_minor(m.xz, m.yz, m.xy, m.zz);
    const qf_f64x8 cxz = qf_body_minor(m.xy, m.yz, m.xz, m.yy);
    const qf_f64x8 determinant = qf_v3_dot((qf_v3){m.xx, m.xy, m.xz}, (qf_v3){cxx, cxy, cxz});
    const qf_f64x8 s = qf_f64x8_div(qf_f64x8_set1(1.0), determinant);
    return (qf_sym3){
        .xx = qf_f64x8_mul(cxx, s),
        .yy = qf_f64x8_mul(qf_body_minor(m.xx, m.zz, m.xz, m.xz), s),
        .zz = qf_f64x8_mul(qf_body_minor(m.xx, m.yy, m.xy, m.xy), s),
        .xy = qf_f64x8_mul(cxy, s),
        .xz = qf_f64x8_mul(cxz, s),
        .yz = qf_f64x8_mul(qf_body_minor(m.xy, m.xz, m.xx, m.yz), s),
    };
}

#endif
