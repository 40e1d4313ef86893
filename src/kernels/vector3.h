/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_VECTOR3_H
#define QF_VECTOR3_H

/* Vectors of three doubles, one at a time: for what is rare. Plain + - * and left to right, so the same bits anywhere. */

static inline double qf_dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* `out` is none of the others. */
static inline void qf_cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* out = a + scale b; `out` may be either. */
static inline void qf_add_scaled(const double a[3], double scale, const double b[3], double out[3])
{
    for (int k = 0; k < 3; k++) {
        out[k] = a[k] + scale * b[k];
    }
}

static inline void qf_difference(const double a[3], const double b[3], double out[3])
{
    qf_add_scaled(a, -1.0, b, out);
}

#endif
