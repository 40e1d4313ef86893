/* SPDX-License-Identifier: Apache-2.0 */
#include "detections.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { LEAST_CAPACITY = 1024 };

size_t qf_detection_bytes(void)
{
#define QF_COLUMN(type, name) +sizeof(type)
    return 0 QF_DETECTION_TABLE(QF_COLUMN);
#undef QF_COLUMN
}

/* a longer copy of one column; the old one stays where there is no memory */
static bool grow(void **column, size_t size, size_t capacity)
{
    size_t bytes;
    void *longer = qf_size_multiply(capacity, size, &bytes) ? realloc(*column, bytes) : NULL;
    if (longer) {
        *column = longer;
    }
    return longer != NULL;
}

bool qf_detections_reserve(qf_detections *detections, size_t n)
{
    if (n <= detections->capacity - detections->n) {
        return true;
    }
    size_t capacity = detections->capacity < LEAST_CAPACITY ? LEAST_CAPACITY : detections->capacity;
    while (capacity - detections->n < n) {
        if (!qf_size_multiply(capacity, 2, &capacity)) {
            return false;
        }
    }
    bool good = true;
#define QF_COLUMN(type, name)                                                                      \
    if (good) {                                                                                    \
        void *column = detections->name;                                                           \
        good = grow(&column, sizeof(type), capacity);                                              \
        detections->name = column;                                                                 \
    }
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
    if (good) {
        detections->capacity = capacity;
    }
    return good;
}

void qf_detections_free(qf_detections *detections)
{
#define QF_COLUMN(type, name) free(detections->name);
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
    *detections = (qf_detections){0};
}

void qf_detections_append(qf_detections *to, const qf_detections *from, size_t begin, size_t n)
{
    if (n == 0) {
        return;
    }
#define QF_COLUMN(type, name) memcpy(to->name + to->n, from->name + begin, n * sizeof(type));
    QF_DETECTION_TABLE(QF_COLUMN)
#undef QF_COLUMN
    to->n += n;
}
