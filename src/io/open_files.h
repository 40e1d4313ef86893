/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_OPEN_FILES_H
#define QF_OPEN_FILES_H

#include <stddef.h>

#include "context.h"

/*
 * Lets this process have n more files open at a time, as far as it may decide that: up to the hard limit. QF_ERROR_READ, with
 * `path`, for which they are: it may not. HDF5 itself says nothing where a file of a virtual dataset is one too many: it has fill values.
 */
qf_status qf_open_files_allow(qf_context *context, const char *path, size_t n);

#endif
