/* SPDX-License-Identifier: Apache-2.0 */
#include "detections.h"

static const qf_table_column columns[] = {
#define QF_COLUMN(type, name) {offsetof(qf_detections, name), sizeof(type)},
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
};

const qf_table_layout qf_detection_layout = {columns, sizeof columns / sizeof *columns};

size_t qf_detection_bytes(void)
{
    return qf_table_row_bytes(&qf_detection_layout);
}

bool qf_detections_reserve(qf_detections *detections, size_t n)
{
    return qf_table_reserve(&qf_detection_layout, detections, n);
}

void qf_detections_free(qf_detections *detections)
{
    qf_table_free(&qf_detection_layout, detections);
}

void qf_detections_append(qf_detections *to, const qf_detections *from, size_t begin, size_t n)
{
    qf_table_append(&qf_detection_layout, to, from, begin, n);
}
