/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PICTURE_CLUSTERS_H
#define QF_PICTURE_CLUSTERS_H

#include <stdlib.h>

#include "picture.h"
#include "plane.h"

/*
 * The first half of a picture's step: which tracks of different sources are one, and what they say
 * together. For picture.c only.
 */

/* An array that is filled anew each time. */
typedef struct qf_picture_room {
    void *memory;
    size_t bytes;
} qf_picture_room;

/* Room for n elements, whose contents are lost; NULL without memory. */
void *qf_picture_room_for(qf_picture_room *room, size_t n, size_t size);

typedef struct qf_picture_near {
    uint32_t track;
    double distance_m;
} qf_picture_near;

typedef struct qf_picture_clusters {
    size_t n;
    qf_picture_entry *list;     /* ascending members; without ids */
    qf_picture_member *members; /* of all */
    /* what these and the work on them lie in */
    qf_picture_room lists, all_members, spots, order, used, near, chosen;
} qf_picture_clusters;

/* False without memory. */
bool qf_picture_find_clusters(const qf_picture_rules *rules, const qf_picture_track *tracks,
                              size_t n, qf_picture_clusters *clusters);

void qf_picture_clusters_free(qf_picture_clusters *clusters);

/* Lexicographic order of ascending members. */
int qf_picture_compare_members(const qf_picture_member *a, size_t n_a, const qf_picture_member *b,
                               size_t n_b);

#endif
