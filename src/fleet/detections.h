/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DETECTIONS_H
#define QF_DETECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "column_table.h"

/*
 * What radars reported, one element per detection in each column. Within a tick observers ascend; of
 * one observer targets ascend, then its false alarms follow, in the order of their draws.
 */
typedef enum qf_band {
    QF_BAND_UNSPECIFIED = 0, /* the reference's numbers */
    QF_BAND_LONG_RANGE = 1,  /* beyond the threshold: never an identity */
    QF_BAND_SHORT_RANGE = 2,
} qf_band;

typedef enum qf_transponder_mode {
    QF_TRANSPONDER_OFF = 0, /* the reference's numbers */
    QF_TRANSPONDER_ON = 1,
    QF_TRANSPONDER_SILENT = 2,
    QF_TRANSPONDER_SPOOF = 3,
    QF_TRANSPONDER_MODES,
} qf_transponder_mode;

enum { QF_NO_IDENTITY = -1, QF_NO_ENTITY = -1 };

#define QF_DETECTION_TABLE(QF_COLUMN)                                                              \
    QF_COLUMN(int64_t, tick)     /* ticks done when the radar looked */                            \
    QF_COLUMN(int32_t, observer) /* entity */                                                      \
    QF_COLUMN(int32_t, target)   /* entity, QF_NO_ENTITY: a false alarm */                         \
    QF_COLUMN(int32_t, identity) /* what the transponder says, see identities.h */                 \
    QF_COLUMN(float, range_m)                                                                      \
    QF_COLUMN(float, bearing_deg) /* clockwise from +Y, in [0, 360) */                             \
    QF_COLUMN(float, elev_deg)                                                                     \
    QF_COLUMN(float, vr_mps)   /* negative: approaching */                                         \
    QF_COLUMN(float, snr_db)   /* measured, per pulse */                                           \
    QF_COLUMN(float, rcs_dbsm) /* estimated from SNR and range */                                  \
    QF_COLUMN(uint8_t, band)   /* qf_band */                                                       \
    QF_COLUMN(uint8_t, mode)   /* qf_transponder_mode; OFF where band is long range */

typedef struct qf_detections {
    size_t n;
    size_t capacity;
#define QF_COLUMN(type, name) type *name;
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
} qf_detections;

extern const qf_table_layout qf_detection_layout;

/* Makes room for n more; false when memory is short, and all stays as it was. */
bool qf_detections_reserve(qf_detections *detections, size_t n);
void qf_detections_free(qf_detections *detections);

/* Appends n elements of `from`, from `begin` on, for which there is room. */
void qf_detections_append(qf_detections *to, const qf_detections *from, size_t begin, size_t n);

/* Bytes of one detection over all columns. */
size_t qf_detection_bytes(void);

#endif
