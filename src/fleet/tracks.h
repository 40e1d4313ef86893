/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TRACKS_H
#define QF_TRACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "column_table.h"

/*
 * What observers believed, one element per track and recorded frame in each column: by tick, then observer, then
 * the track's number.
 */
#define QF_TRACK_SAMPLE_TABLE(QF_COLUMN)                                                           \
    QF_COLUMN(int64_t, tick)     /* ticks done when the radar looked */                            \
    QF_COLUMN(int32_t, observer) /* entity */                                                      \
    QF_COLUMN(int32_t, track)    /* number, from 0 for each observer; never given twice */         \
    QF_COLUMN(int32_t, target)   /* truth: entity whose detection was the last, QF_NO_ENTITY */    \
    QF_COLUMN(int32_t, identity) /* what its transponder said, see identities.h */                 \
    QF_COLUMN(float, x_m)        /* relative to the observer, world axes */                        \
    QF_COLUMN(float, y_m)                                                                          \
    QF_COLUMN(float, z_m)                                                                          \
    QF_COLUMN(float, vx_mps) /* likewise */                                                        \
    QF_COLUMN(float, vy_mps)                                                                       \
    QF_COLUMN(float, vz_mps)                                                                       \
    QF_COLUMN(float, range_m)                                                                      \
    QF_COLUMN(float, bearing_deg)                                                                  \
    QF_COLUMN(float, elev_deg)                                                                     \
    QF_COLUMN(float, vr_mps)                                                                       \
    QF_COLUMN(float, snr_db)                                                                       \
    QF_COLUMN(float, rcs_dbsm)                                                                     \
    QF_COLUMN(float, quality)                                                                      \
    QF_COLUMN(float, age_s)                                                                        \
    QF_COLUMN(float, cpa_s)                                                                        \
    QF_COLUMN(float, cpa_distance_m)                                                               \
    QF_COLUMN(uint16_t, miss_count)                                                                \
    QF_COLUMN(uint8_t, status) /* qf_track_status */                                               \
    QF_COLUMN(uint8_t, band)   /* qf_band */                                                       \
    QF_COLUMN(uint8_t, mode)   /* qf_transponder_mode */                                           \
    QF_COLUMN(uint8_t, iff)    /* qf_iff */

typedef struct qf_track_samples {
    size_t n;
    size_t capacity;
#define QF_COLUMN(type, name) type *name;
    QF_TRACK_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
} qf_track_samples;

extern const qf_table_layout qf_track_sample_layout;

/* A fleet picture's tracks, one element per track and recorded frame: by tick, world, group, id. */
#define QF_PICTURE_SAMPLE_TABLE(QF_COLUMN)                                                         \
    QF_COLUMN(int64_t, tick)                                                                       \
    QF_COLUMN(int32_t, world)                                                                      \
    QF_COLUMN(int32_t, group)                                                                      \
    QF_COLUMN(int32_t, track)   /* number, from 0 for each picture; never given twice */           \
    QF_COLUMN(int32_t, support) /* observers behind it */                                          \
    QF_COLUMN(double, x_m)      /* of the world */                                                 \
    QF_COLUMN(double, y_m)                                                                         \
    QF_COLUMN(float, vx_mps) /* NaN: not known */                                                  \
    QF_COLUMN(float, vy_mps)                                                                       \
    QF_COLUMN(float, trust)                                                                        \
    QF_COLUMN(uint8_t, flags) /* QF_PICTURE_LOW_SUPPORT, QF_PICTURE_CONFLICT */

typedef struct qf_picture_samples {
    size_t n;
    size_t capacity;
#define QF_COLUMN(type, name) type *name;
    QF_PICTURE_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
} qf_picture_samples;

extern const qf_table_layout qf_picture_sample_layout;

/* Makes room for n more; false when memory is short, and all stays as it was. */
bool qf_track_samples_reserve(qf_track_samples *samples, size_t n);
void qf_track_samples_free(qf_track_samples *samples);
/* Appends n elements of `from`, from `begin` on, for which there is room. */
void qf_track_samples_append(qf_track_samples *to, const qf_track_samples *from, size_t begin,
                             size_t n);

bool qf_picture_samples_reserve(qf_picture_samples *samples, size_t n);
void qf_picture_samples_free(qf_picture_samples *samples);
void qf_picture_samples_append(qf_picture_samples *to, const qf_picture_samples *from, size_t begin,
                               size_t n);

#endif
