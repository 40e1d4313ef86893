/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between an observer's polar and Cartesian coordinates; bearing clockwise from north, elevation up from level.
 *
 *   locate:  toward = (cos(el) sin(b), cos(el) cos(b), sin(el)),  (east, north, up) = r toward
 *   polar:   range = sqrt(east^2 + north^2 + up^2),  bearing = atan2(east, north) in [0, 360),
 *            elevation = atan2(up, sqrt(east^2 + north^2))
 *
 * A point at the observer has no direction: toward and angles are 0. The reference's bearing of a point just west
 * of north may be 360 (section 1.7, 9); here it is 0.
 * Source: radar_tracking.md section 1.2. Guarded by tests/test_track_qiki.c, tests/test_golden_tracker.c.
 */
#include "real_lanes.h"
#include "track_steps.h"

QF_LANES qf_rx length_of(qf_rx level2, qf_rx up)
{
    return QF_RX(sqrt)(QF_RX(add)(level2, QF_RX(mul)(up, up)));
}

QF_LANES qf_rx squares_of(qf_rx east, qf_rx north)
{
    return QF_RX(add)(QF_RX(mul)(east, east), QF_RX(mul)(north, north));
}

enum { EAST, NORTH, UP, AXES };

/* where a detection is, and the unit vector to it unless the length is 0 */
typedef struct place {
    qf_rx length;
    qf_rx at[AXES];
    qf_rx toward[AXES];
} place;

#ifdef QF_REAL_DOUBLE
/* operation by operation as the reference does */
QF_LANES place place_of(qf_rx range, qf_rx_sincos bearing, qf_rx_sincos elev)
{
    const qf_rx level = QF_RX(mul)(range, elev.cos);
    place p = {.at = {QF_RX(mul)(level, bearing.sin), QF_RX(mul)(level, bearing.cos),
                      QF_RX(mul)(range, elev.sin)}};
    p.length = length_of(squares_of(p.at[EAST], p.at[NORTH]), p.at[UP]);
    for (int k = 0; k < AXES; k++) {
        p.toward[k] = QF_RX(div)(p.at[k], p.length);
    }
    return p;
}
#else
/* what is in one direction stays so, whatever the range: at most the last bit differs */
QF_LANES place place_of(qf_rx range, qf_rx_sincos bearing, qf_rx_sincos elev)
{
    place p = {
        .length = range,
        .toward = {QF_RX(mul)(elev.cos, bearing.sin), QF_RX(mul)(elev.cos, bearing.cos), elev.sin}};
    for (int k = 0; k < AXES; k++) {
        p.at[k] = QF_RX(mul)(range, p.toward[k]);
    }
    return p;
}
#endif

void QF_KERNEL(qf_track_locate)(qf_track_plots *plots)
{
    const qf_track_plots p = *plots;
    qf_real *const at[AXES] = {p.east_m, p.north_m, p.up_m};
    qf_real *const toward[AXES] = {p.toward_east, p.toward_north, p.toward_up};
    const qf_rx zero = QF_RX(set1)(QF_REAL(0.0));
    for (size_t i = 0; i < p.n; i += QF_RX_LANES) {
        const qf_rx range = QF_RX(load)(p.range_m + i);
        const place here = place_of(range, qf_rx_sincos_deg(QF_RX(load)(p.bearing_deg + i)),
                                    qf_rx_sincos_deg(QF_RX(load)(p.elev_deg + i)));
        const qf_rx_mask somewhere = QF_RX(gt)(here.length, zero);
        for (int k = 0; k < AXES; k++) {
            QF_RX(store)(at[k] + i, here.at[k]);
            QF_RX(store)(toward[k] + i, QF_RX(select)(somewhere, here.toward[k], zero));
        }
    }
}

void QF_KERNEL(qf_track_polar)(const qf_real *east_m, const qf_real *north_m, const qf_real *up_m,
                               size_t n, qf_real *range_m, qf_real *bearing_deg, qf_real *elev_deg)
{
    const qf_rx zero = QF_RX(set1)(QF_REAL(0.0));
    const qf_rx turn = QF_RX(set1)(QF_REAL(360.0));
    for (size_t i = 0; i < n; i += QF_RX_LANES) {
        const qf_rx east = QF_RX(load)(east_m + i);
        const qf_rx north = QF_RX(load)(north_m + i);
        const qf_rx up = QF_RX(load)(up_m + i);
        const qf_rx level2 = squares_of(east, north);
        qf_rx bearing = qf_rx_atan2_deg(east, north);
        const qf_rx_mask west = QF_RX(lt)(bearing, zero);
        bearing = QF_RX(add)(bearing, QF_RX(select)(west, turn, zero)); /* + 0 makes +0 of -0 */
        bearing = QF_RX(select)(QF_RX(lt)(bearing, turn), bearing, zero);
        QF_RX(store)(range_m + i, length_of(level2, up));
        QF_RX(store)(bearing_deg + i, bearing);
        QF_RX(store)(elev_deg + i, qf_rx_atan2_deg(up, QF_RX(sqrt)(level2)));
    }
}
