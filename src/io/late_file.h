/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_LATE_FILE_H
#define QF_LATE_FILE_H

#include <stdbool.h>
#include <stdint.h>

/* File systems between machines keep what they know of a directory for up to a minute. */
#define QF_LATE_FILE_PATIENCE_S 90.0

/*
 * Waits until a file that another process has written can be opened here and has so many bytes; less than 0: any. It waits for as
 * long as *patience_s has, and takes what it waited from it. false: it was not seen.
 */
bool qf_late_file_seen(const char *path, int64_t bytes, double *patience_s);

#endif
