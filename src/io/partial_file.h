/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PARTIAL_FILE_H
#define QF_PARTIAL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"

/*
 * An output file that is never mistaken for a whole one: it is written as PATH.partial, by one
 * process at a time, and takes its name PATH in one step when it is complete.
 *
 * An existing PATH, and a PATH.partial that some earlier run left, are replaced by force only; a
 * PATH.partial that a living process writes is not replaced at all. The lock is one of the kernel's
 * open file descriptions (F_OFD_SETLK): it ends with its process however that ends, and it does not
 * keep readers (h5py takes a flock) out.
 */
typedef struct qf_partial_file {
    char *path;
    char *partial;
    bool force;
    bool text;     /* not a result: see qf_partial_file_open_text */
    int fd;        /* holds the lock; reserves; results are not written through it */
    bool reserves; /* false once the file system turned out to know no reservations */
} qf_partial_file;

/* Creates PATH.partial, empty and locked. On failure nothing is left behind. */
qf_status qf_partial_file_open(qf_context *context, const char *path, bool force,
                               qf_partial_file *file);

/*
 * Likewise for a text that is made of a result and can be made again: force replaces any file but results, and a
 * PATH.partial that a killed process left is taken over without being asked. It is written through `fd`.
 */
qf_status qf_partial_file_open_text(qf_context *context, const char *path, bool force,
                                    qf_partial_file *file);

/*
 * Opens and locks the PATH.partial that an earlier process left, as it is, to go on with it. `force`: as that process had it. QF_ERROR_EXISTS: a living process
 * writes it; QF_ERROR_READ: there is none, or it cannot be opened. On failure it stays as it was.
 */
qf_status qf_partial_file_reopen(qf_context *context, const char *path, bool force,
                                 qf_partial_file *file);

/*
 * Makes sure that `bytes` from `begin` on can be written, by allocating them without changing the
 * size of the file. Returns 0 or the errno of the refusal: ENOSPC, EDQUOT, EFBIG, ...
 */
int qf_partial_file_reserve(qf_partial_file *file, uint64_t begin, uint64_t bytes);

/* Whether some process is writing the file of this name just now. */
bool qf_partial_file_is_locked(const char *partial);

/* Locks a whole file for this process. 0, or the errno: EAGAIN when another holds the lock. */
int qf_file_lock(int fd);

/* So that the new name of a file survives a loss of power; not every file system can, which is no failure. */
void qf_file_sync_directory(const char *path);

/* What a refusal by qf_partial_file_reserve means: the disk is full, or cannot be written. */
qf_status qf_partial_file_refusal(int error);

/* Gives the reservation back, puts the data on the disk, renames and closes. */
qf_status qf_partial_file_publish(qf_context *context, qf_partial_file *file);

/* Gives the reservation back and closes; PATH.partial stays. */
void qf_partial_file_keep(qf_partial_file *file);

/* Closes and removes PATH.partial. */
void qf_partial_file_discard(qf_partial_file *file);

#endif
