/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_RESULTS_OPEN_H
#define QF_RESULTS_OPEN_H

#include <hdf5.h>
#include <stdint.h>

#include "context.h"

/*
 * Opens a result file to read it, whole or partial, also while it is being written; closed with
 * H5Fclose. `bytes`: its size. HDF5 stops printing its own errors. QF_ERROR_READ: missing,
 * unreadable, cut short, not HDF5, or not a result of this program; or a part that it stands on is not there as it was.
 */
qf_status qf_results_open(qf_context *context, const char *path, hid_t *file, uint64_t *bytes);

#endif
