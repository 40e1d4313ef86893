/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes shards over: as second names of the same files where the file system can (nothing changes a shard once it has
 * its name: what replaces it is another file), as copies elsewhere. Copies reach the disk together, which for a thousand
 * of them takes a tenth of the time that one after the other does, and get their names then.
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

/* To a name that ends with .partial. */
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
            qf_partial_file_keep(&partial);
        }
    }
    free(slice);
    (void)close(fd);
    return status;
}

static qf_status take_file(qf_merge *m, const char *from, const char *to, bool *copied)
{
    if (m->options->force) {
        (void)unlink(to); /* where it stays, making it anew will tell */
    }
    if (linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0) {
        return QF_OK;
    }
    *copied = errno != EEXIST;
    const qf_status status = *copied ? copy_file(m->context, from, to)
                                     : qf_fail(m->context, QF_ERROR_EXISTS,
                                               "%s: is there already; replace it with --force", to);
    *copied = status == QF_OK;
    return status;
}

/* What of a shard is copied, and has no name yet. */
typedef struct copies {
    bool timing, shard;
} copies;

static qf_status take_kind(qf_merge *m, const qf_merge_source *source, qf_sweep_file file,
                           size_t shard, bool *copied)
{
    const size_t n = m->identity.n_shards;
    char *from = qf_sweep_file_path(source->directory, file, shard, n);
    char *to = qf_sweep_file_path(m->path, file, shard, n);
    qf_status status = from && to ? QF_OK : qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK && (file == QF_SWEEP_SHARD || qf_file_exists(from))) {
        status = take_file(m, from, to, copied);
    }
    free(from);
    free(to);
    return status;
}

static qf_status take_shards(qf_merge *m, copies *copied, qf_merged_sweep *merged)
{
    qf_status status = QF_OK;
    for (size_t i = 0; i < m->identity.n_shards && status == QF_OK; i++) {
        const qf_merge_source *source = &m->sources[m->source_of[i] - 1];
        if (source->is_target) {
            continue;
        }
        status = take_kind(m, source, QF_SWEEP_TIMING, i + 1, &copied[i].timing);
        if (status == QF_OK) {
            status = take_kind(m, source, QF_SWEEP_SHARD, i + 1, &copied[i].shard);
        }
        merged->n_linked += status == QF_OK && !copied[i].shard;
        merged->n_copied += status == QF_OK && copied[i].shard;
    }
    return status;
}

static bool name_copy(const qf_merge *m, qf_sweep_file file, size_t shard)
{
    char *partial = NULL;
    char *path = qf_sweep_file_path(m->path, file, shard, m->identity.n_shards);
    const bool good =
        path && asprintf(&partial, "%s.partial", path) >= 0 && rename(partial, path) == 0;
    if (!good && partial) {
        (void)unlink(partial);
    }
    free(partial);
    free(path);
    return good;
}

/* Timing first: a shard that is there has all it is to have. */
static qf_status name_copies(qf_context *context, const qf_merge *m, const copies *copied)
{
    bool good = true;
    bool any = false;
    int error = 0;
    for (size_t i = 0; i < m->identity.n_shards; i++) {
        any = any || copied[i].timing || copied[i].shard;
    }
    if (!any) {
        return QF_OK;
    }
    const int fd = open(m->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && syncfs(fd) != 0) {
        error = errno;
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    for (size_t i = 0; i < m->identity.n_shards && error == 0; i++) {
        good = (!copied[i].timing || name_copy(m, QF_SWEEP_TIMING, i + 1)) && good;
        good = (!copied[i].shard || name_copy(m, QF_SWEEP_SHARD, i + 1)) && good;
    }
    return error  ? qf_fail(context, qf_partial_file_refusal(error),
                            "%s: copies did not reach the disk: %s", m->path, strerror(error))
           : good ? QF_OK
                  : qf_fail(context, QF_ERROR_WRITE, "%s: a copy could not get its name", m->path);
}

/* Begun here and ended elsewhere: all its cases are known. */
static void remove_journals(const qf_merge *m)
{
    char name[QF_SWEEP_NAME_BYTES];
    for (size_t shard = 1; shard <= m->identity.n_shards; shard++) {
        if (m->begun[shard - 1] && !m->sources[m->source_of[shard - 1] - 1].is_target) {
            qf_sweep_file_remove(
                m->path, qf_sweep_file_name(QF_SWEEP_JOURNAL, shard, m->identity.n_shards, name));
        }
    }
}

qf_status qf_merge_take_over(qf_merge *m, qf_merged_sweep *merged)
{
    int lock = -1;
    const qf_store_options options = {.path = m->path, .force = m->options->force};
    const qf_sweep_begun begun = {.identity = &m->identity,
                                  .options = &options,
                                  .scenario = m->scenario,
                                  .scenario_bytes = m->scenario_bytes};
    copies *copied = calloc(m->identity.n_shards, sizeof *copied);
    qf_status status = copied ? qf_sweep_directory_open(m->context, &begun, NULL, &lock)
                              : qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        status = take_shards(m, copied, merged);
        /* also what was copied before something failed, which is what is said then */
        qf_context quiet = qf_context_default();
        const qf_status named = name_copies(status == QF_OK ? m->context : &quiet, m, copied);
        status = status == QF_OK ? named : status;
    }
    if (status == QF_OK) {
        remove_journals(m);
    }
    qf_sweep_directory_unlock(lock);
    free(copied);
    return status;
}
