/* SPDX-License-Identifier: Apache-2.0 */
#include "tracks.h"

static const qf_table_column track_columns[] = {
#define QF_COLUMN(type, name) {offsetof(qf_track_samples, name), sizeof(type)},
    QF_TRACK_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
};

static const qf_table_column picture_columns[] = {
#define QF_COLUMN(type, name) {offsetof(qf_picture_samples, name), sizeof(type)},
    QF_PICTURE_SAMPLE_TABLE(QF_COLUMN)
#undef QF_COLUMN
};

const qf_table_layout qf_track_sample_layout = {track_columns,
                                                sizeof track_columns / sizeof *track_columns};
const qf_table_layout qf_picture_sample_layout = {picture_columns,
                                                  sizeof picture_columns / sizeof *picture_columns};

bool qf_track_samples_reserve(qf_track_samples *samples, size_t n)
{
    return qf_table_reserve(&qf_track_sample_layout, samples, n);
}

void qf_track_samples_free(qf_track_samples *samples)
{
    qf_table_free(&qf_track_sample_layout, samples);
}

void qf_track_samples_append(qf_track_samples *to, const qf_track_samples *from, size_t begin,
                             size_t n)
{
    qf_table_append(&qf_track_sample_layout, to, from, begin, n);
}

bool qf_picture_samples_reserve(qf_picture_samples *samples, size_t n)
{
    return qf_table_reserve(&qf_picture_sample_layout, samples, n);
}

void qf_picture_samples_free(qf_picture_samples *samples)
{
    qf_table_free(&qf_picture_sample_layout, samples);
}

void qf_picture_samples_append(qf_picture_samples *to, const qf_picture_samples *from, size_t begin,
                               size_t n)
{
    qf_table_append(&qf_picture_sample_layout, to, from, begin, n);
}
