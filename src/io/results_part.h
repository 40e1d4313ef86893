/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_PART_H
#define QF_RESULTS_PART_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "netcdf.h"

/* What a part, or what is made of parts, says of itself. */
typedef struct qf_part_marks {
    int rank, n_ranks;
    uint64_t run;
    int64_t entities[2]; /* the rank's: first and how many */
} qf_part_marks;

/* False: the file is no part. */
bool qf_part_marks_read(hid_t file, qf_part_marks *marks);

/*
 * Under that name a part has its /state once more. What is made of parts names it, so that HDF5, which also looks for a file from the
 * current directory on, finds nothing in a part of another run.
 */
enum { QF_PART_STATE_BYTES = 32 };
char *qf_part_state_name(uint64_t run, char name[QF_PART_STATE_BYTES]);

/* On what a result stands, where that is more than its own file. Freed by qf_parts_free. */
typedef struct qf_parts {
    char *directory; /* as seen from the result's; NULL: it is all of itself */
    uint64_t run;
    int n_ranks;
    size_t n;
    int32_t *ranks;  /* n, ascending: who has a file */
    uint64_t *bytes; /* of each */
} qf_parts;

qf_status qf_parts_read(qf_context *context, const char *path, hid_t file, qf_parts *parts);
void qf_parts_write(qf_nc *nc, const qf_parts *parts);
void qf_parts_free(qf_parts *parts);

/*
 * Looks at every part of a result that stands on parts: QF_ERROR_READ names the first that is missing, cut short or
 * grown, of another run, or of another rank, or says that this process may not open so many files.
 */
qf_status qf_parts_check(qf_context *context, const char *path, hid_t file);

#endif
