/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REAL_LANES_H
#define QF_REAL_LANES_H

#include "real.h"

/*
 * Lanes of qf_real, and angles in degrees over them: sixteen singles with the short functions of lanes_single.h,
 * or eight doubles with the C library's, as the reference has them:
 * which of two tracks in one direction takes a detection over hangs on the last bit (tests only).
 */
#ifdef QF_REAL_DOUBLE
#include <math.h>

#include "lanes.h"

typedef qf_f64x8 qf_rx;
typedef qf_mask64x8 qf_rx_mask;
#define QF_RX(operation)      qf_f64x8_##operation
#define QF_RX_MASK(operation) qf_mask64x8_##operation
#else
#include "lanes_single.h"

typedef qf_f32x16 qf_rx;
typedef qf_mask32x16 qf_rx_mask;
#define QF_RX(operation)      qf_f32x16_##operation
#define QF_RX_MASK(operation) qf_mask32x16_##operation
#endif

enum { QF_RX_LANES = 64 / sizeof(qf_real) };

typedef struct qf_rx_sincos {
    qf_rx sin, cos;
} qf_rx_sincos;

#ifndef QF_REAL_DOUBLE
/* turns of 2^-32 */
#define QF_AT_TURN(p, quarter, rest)                                                               \
    ((qf_native_u32)(quarter).part[p] << 30) + (qf_native_u32)(rest).part[p]
#endif

/* Of angles in [-360, 360] degrees; of anything else it is no matter what, but nothing bad happens. */
QF_LANES qf_rx_sincos qf_rx_sincos_deg(qf_rx deg)
{
#ifdef QF_REAL_DOUBLE
    double s[QF_RX_LANES], c[QF_RX_LANES], of[QF_RX_LANES];
    QF_RX(store)(of, QF_RX(mul)(deg, QF_RX(set1)(0.017453292519943295)));
    for (int i = 0; i < QF_RX_LANES; i++) {
        s[i] = sin(of[i]);
        c[i] = cos(of[i]);
    }
    return (qf_rx_sincos){QF_RX(load)(s), QF_RX(load)(c)};
#else
    /* what is left of the nearest quarter is exact, and at most an eighth: no digit of the angle is lost */
    const qf_rx quarters =
        QF_RX(add)(QF_RX(mul)(deg, QF_RX(set1)(1.0f / 90.0f)), QF_RX(set1)(4.5f));
    const qf_i32x16 quarter = qf_i32x16_from_f32x16(quarters); /* and one turn */
    const qf_rx whole = QF_RX(mul)(QF_RX(sub)(qf_f32x16_from_i32x16(quarter), QF_RX(set1)(4.0f)),
                                   QF_RX(set1)(90.0f));
    const qf_i32x16 rest =
        qf_i32x16_from_f32x16(QF_RX(mul)(QF_RX(sub)(deg, whole), QF_RX(set1)(0x1p32f / 360.0f)));
    const qf_u32x16 word = (qf_u32x16)QF_EACH(QF_AT_TURN, quarter, rest);
    const qf_sincos_f32x16 of = qf_sincos_turns(word);
    return (qf_rx_sincos){of.sin, of.cos};
#undef QF_AT_TURN
#endif
}

/* The angle of (x, y) from +x towards +y, in [-180, 180] degrees; 0 where x and y are +0. */
QF_LANES qf_rx qf_rx_atan2_deg(qf_rx y, qf_rx x)
{
    const qf_rx deg_per_rad = QF_RX(set1)(QF_REAL(57.29577951308232));
#ifdef QF_REAL_DOUBLE
    double above[QF_RX_LANES], along[QF_RX_LANES];
    QF_RX(store)(above, y);
    QF_RX(store)(along, x);
    for (int i = 0; i < QF_RX_LANES; i++) {
        above[i] = atan2(above[i], along[i]);
    }
    return QF_RX(mul)(QF_RX(load)(above), deg_per_rad);
#else
    return QF_RX(mul)(qf_atan2_single(y, x), deg_per_rad);
#endif
}

#endif
