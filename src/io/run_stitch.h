/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RUN_STITCH_H
#define QF_RUN_STITCH_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"

/*
 * Makes one result of the files of all ranks of a run in `directory` (OUT.h5.ranks), at out_path: the state stays where it
 * is and is seen through virtual datasets, which name the files relative to the result; rows of tables are merged into
 * the order, and events get the numbers and causes, of a run of one process; the rest is rank 0's. It appears when it is whole.
 * `bytes`: of the result and its parts; may be NULL.
 * QF_ERROR_READ: a part, which is named, is missing, unfinished, damaged, or of another run or rank; QF_ERROR_EXISTS,
 * QF_ERROR_OUTPUT, QF_ERROR_DISK_FULL, QF_ERROR_WRITE, QF_ERROR_MEMORY as of any result.
 */
qf_status qf_run_stitch(qf_context *context, const char *directory, const char *out_path,
                        bool force, uint64_t *bytes);

#endif
