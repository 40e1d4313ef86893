/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes shards over: as second names of the same files where the file system can (nothing changes a shard once it has
 * its name: what replaces it is another file), as copies elsewhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sweep_merge_internal.h"

enum { SLICE_BYTES = 1 << 20 };

/* 0 or the errno */
static int copy_bytes(int from, const qf_partial_file *to, unsigned char *slice)
{
    off_t at = 0;
    ssize_t n;
    while ((n = read(from, slice, SLICE_BYTES)) != 0) {
        ssize_t done = 0;
        while (n > 0 && done < n) {
            const ssize_t written = pwrite(to->fd, slice + done, (size_t)(n - done), at + done);
            if (written > 0) {
                done += written;
            } else if (written == 0 || errno != EINTR) {
                return written == 0 ? ENOSPC : errno;
            }
        }
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        at += n > 0 ? n : 0;
    }
    return 0;
}

static qf_status copy_file(qf_context *context, const char *from, const char *to)
{
    struct stat file;
    qf_partial_file partial;
    const int fd = open(from, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) != 0) {
        const int error = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return qf_fail(context, QF_ERROR_READ, "%s: %s", from, strerror(error));
    }
    unsigned char *slice = malloc(SLICE_BYTES);
    qf_status status = slice ? qf_partial_file_open(context, to, true, &partial)
                             : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        int error = qf_partial_file_reserve(&partial, 0, (uint64_t)file.st_size);
        error = error ? error : copy_bytes(fd, &partial, slice);
        if (error) {
            qf_partial_file_discard(&partial);
            status = qf_fail(context, qf_partial_file_refusal(error),
                             "%s: cannot be copied from %s: %s", to, from, strerror(error));
        } else {
            status = qf_partial_file_publish(context, &partial);
        }
    }
    free(slice);
    (void)close(fd);
    return status;
}

static qf_status take_file(qf_merge *m, const char *from, const char *to, bool *linked)
{
    if (m->options->force) {
        (void)unlink(to); /* where it stays, making it anew will tell */
    }
    *linked = linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0;
    if (*linked) {
        return QF_OK;
    }
    return errno == EEXIST ? qf_fail(m->context, QF_ERROR_EXISTS,
                                     "%s: is there already; replace it with --force", to)
                           : copy_file(m->context, from, to);
}

static qf_status take_kind(qf_merge *m, const qf_merge_source *source, qf_sweep_file file,
                           size_t shard, bool *linked)
{
    const size_t n = m->identity.n_shards;
    char *from = qf_sweep_file_path(source->directory, file, shard, n);
    char *to = qf_sweep_file_path(m->path, file, shard, n);
    qf_status status = from && to ? QF_OK : qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK && (file == QF_SWEEP_SHARD || qf_file_exists(from))) {
        status = take_file(m, from, to, linked);
    }
    free(from);
    free(to);
    return status;
}

/* Timing first: a shard that is there has all it is to have. */
static qf_status take_shard(qf_merge *m, const qf_merge_source *source, size_t shard,
                            qf_merged_sweep *merged)
{
    bool linked;
    char name[QF_SWEEP_NAME_BYTES];
    qf_status status = take_kind(m, source, QF_SWEEP_TIMING, shard, &linked);
    if (status == QF_OK) {
        status = take_kind(m, source, QF_SWEEP_SHARD, shard, &linked);
    }
    if (status == QF_OK) {
        merged->n_linked += linked;
        merged->n_copied += !linked;
        /* begun here and ended there: all its cases are known */
        qf_sweep_file_remove(
            m->path, qf_sweep_file_name(QF_SWEEP_JOURNAL, shard, m->identity.n_shards, name));
    }
    return status;
}

qf_status qf_merge_take_over(qf_merge *m, qf_merged_sweep *merged)
{
    int lock = -1;
    const qf_store_options options = {.path = m->path, .force = m->options->force};
    const qf_sweep_begun begun = {.identity = &m->identity,
                                  .options = &options,
                                  .scenario = m->scenario,
                                  .scenario_bytes = m->scenario_bytes};
    qf_status status = qf_sweep_directory_open(m->context, &begun, NULL, &lock);
    for (size_t shard = 1; shard <= m->identity.n_shards && status == QF_OK; shard++) {
        const qf_merge_source *source = &m->sources[m->source_of[shard - 1] - 1];
        if (!source->is_target) {
            status = take_shard(m, source, shard, merged);
        }
    }
    qf_sweep_directory_unlock(lock);
    return status;
}
