/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_ARCHIVE_H
#define QF_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"

/*
 * What a simulation is made of besides its scenario, put down and taken up again: one function of each part says what it has, and
 * the same function does both, so that the two cannot differ. The bytes are those of this machine's order and of this version of
 * the program; a checkpoint (io/checkpoint.h) is such bytes in a file, with a checksum.
 *
 * The first failure stays: then nothing more is read or written, loads give zeros, and `status` says what it was.
 *
 * Any bytes may be loaded: memory is taken for no more than has come, and what has come is only used to find room for the rest
 * until qf_archive_end has found all of it to be what was saved.
 */
typedef struct qf_archive qf_archive;

/* Takes n bytes, or gives them. QF_OK, or a failure that becomes the archive's. */
typedef qf_status qf_archive_move(void *user, qf_context *context, void *bytes, size_t n);

struct qf_archive {
    qf_context *context;
    bool loads; /* bytes come from it; false: they go into it */
    qf_archive_move *move;
    void *user;
    qf_status status;
    uint64_t digest; /* of all bytes so far; zero-initialise */
};

/* n bytes at `bytes`: saved, or replaced by those that were saved. */
void qf_archive_bytes(qf_archive *archive, void *bytes, size_t n);

/* A count that may differ from run to run, such as the rows of a list; loaded ones above `most` are a failure. */
void qf_archive_count(qf_archive *archive, size_t *n, size_t most);

/*
 * A count, and so many entries of `size` bytes: memory of malloc, which is what `entries` points to afterwards where they are
 * loaded, with room for *capacity of them; what was there is freed. More than `most` are a failure, and then there are none.
 */
void *qf_archive_list(qf_archive *archive, void *entries, size_t *n, size_t *capacity, size_t size,
                      size_t most);

/* A value that must be what it was when the archive was saved, such as a capacity; `what` names it in the failure. */
void qf_archive_same(qf_archive *archive, uint64_t value, const char *what);

/* The name of the part that begins here; where another begins, that is the failure. */
void qf_archive_part(qf_archive *archive, const char *name);

/* A failure that the part itself finds. */
void qf_archive_fail(qf_archive *archive, qf_status status, const char *what);

/* The end of all that belongs together: loaded bytes that are not those that were saved are a failure. */
void qf_archive_end(qf_archive *archive);

static inline bool qf_archive_is_good(const qf_archive *archive)
{
    return archive->status == QF_OK;
}

#endif
