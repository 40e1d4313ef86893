/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the files of a sweep, and how they appear in one step. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sweep_store_internal.h"

enum { WAIT_NS = 20000000 }; /* before looking again whether another process is done with a file */

static const char *const whole_names[] = {"manifest.json", "scenario.yaml", "sweep.h5",
                                          "checksums.txt", "sweep.timing.h5"};
static const char *const endings[] = {"journal", "h5", "timing.h5"};

char *qf_sweep_file_name(qf_sweep_file file, size_t shard, size_t n_shards,
                         char name[QF_SWEEP_NAME_BYTES])
{
    if (file < QF_SWEEP_JOURNAL) {
        snprintf(name, QF_SWEEP_NAME_BYTES, "%s", whole_names[file]);
    } else if (file == QF_SWEEP_RANK_JOURNAL) {
        snprintf(name, QF_SWEEP_NAME_BYTES, "rank-%zu.journal", shard);
    } else {
        snprintf(name, QF_SWEEP_NAME_BYTES, "shard-%zu-of-%zu.%s", shard, n_shards,
                 endings[file - QF_SWEEP_JOURNAL]);
    }
    return name;
}

char *qf_sweep_file_path(const char *directory, qf_sweep_file file, size_t shard, size_t n_shards)
{
    char name[QF_SWEEP_NAME_BYTES];
    char *path = NULL;
    qf_sweep_file_name(file, shard, n_shards, name);
    return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

bool qf_sweep_file_is_ours(const char *name)
{
    char plain[QF_SWEEP_NAME_BYTES];
    char made[QF_SWEEP_NAME_BYTES];
    size_t length = strlen(name);
    static const char partial[] = ".partial";
    if (length >= sizeof partial && strcmp(name + length - strlen(partial), partial) == 0) {
        length -= strlen(partial);
    }
    if (length >= sizeof plain) {
        return false;
    }
    snprintf(plain, sizeof plain, "%.*s", (int)length, name);
    size_t shard;
    size_t n_shards;
    if (sscanf(plain, "rank-%zu.", &shard) == 1) {
        return strcmp(plain, qf_sweep_file_name(QF_SWEEP_RANK_JOURNAL, shard, 0, made)) == 0;
    }
    const bool of_shard = sscanf(plain, "shard-%zu-of-%zu.", &shard, &n_shards) == 2;
    for (qf_sweep_file file = 0; file <= QF_SWEEP_TIMING; file++) {
        if ((of_shard || file < QF_SWEEP_JOURNAL) &&
            strcmp(plain, qf_sweep_file_name(file, shard, n_shards, made)) == 0) {
            return true;
        }
    }
    return false;
}

bool qf_sweep_file_is_journal(const char *name, size_t *shard)
{
    const char *ending = strrchr(name, '.');
    if (!ending || strcmp(ending, ".journal") != 0 || !qf_sweep_file_is_ours(name)) {
        return false;
    }
    if (sscanf(name, "shard-%zu-", shard) != 1) {
        *shard = 0;
    }
    return true;
}

bool qf_file_exists(const char *path)
{
    struct stat file;
    return lstat(path, &file) == 0;
}

size_t qf_shard_first(size_t n_cases, size_t shard, size_t n_shards)
{
    const uint64_t n = n_cases; /* below 2^32, as shards are: the product fits */
    return (size_t)(n * (shard - 1) / n_shards);
}

qf_status qf_text_file_read(qf_context *context, const char *path, char **text, size_t *length)
{
    FILE *in = fopen(path, "rbe");
    struct stat file;
    *text = NULL;
    if (!in || fstat(fileno(in), &file) != 0 || !S_ISREG(file.st_mode)) {
        const int error = in ? EINVAL : errno;
        if (in) {
            (void)fclose(in);
        }
        return qf_fail(context, QF_ERROR_READ, "%s: %s", path, strerror(error));
    }
    *length = (size_t)file.st_size;
    *text = malloc(*length + 1);
    const bool good = *text && fread(*text, 1, *length, in) == *length;
    (void)fclose(in);
    if (!good) {
        const bool memory = *text == NULL;
        free(*text);
        *text = NULL;
        return memory ? qf_fail(context, QF_ERROR_MEMORY, "out of memory")
                      : qf_fail(context, QF_ERROR_READ, "%s: cannot be read", path);
    }
    (*text)[*length] = '\0';
    return QF_OK;
}

static void wait_a_little(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = WAIT_NS}, NULL);
}

/* Opens PATH.partial and has its lock, also after waiting for who has it. -1 with errno. */
static int open_locked(const char *partial)
{
    for (;;) {
        const int fd = open(partial, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd < 0) {
            return -1;
        }
        const int error = qf_file_lock(fd);
        struct stat mine;
        struct stat named;
        const bool there = fstat(fd, &mine) == 0 && lstat(partial, &named) == 0 &&
                           mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
        if (error != EAGAIN && there) {
            return fd; /* other errors: the file system has no locks */
        }
        (void)close(fd);
        wait_a_little();
    }
}

/* 0 or the errno */
static int put_text(int fd, const char *partial, const char *path, const char *text, size_t length)
{
    qf_partial_file file = {.fd = fd, .reserves = true};
    int error = ftruncate(fd, 0) == 0 ? 0 : errno;
    if (!error && length > 0) {
        error = qf_partial_file_reserve(&file, 0, length);
    }
    size_t done = 0;
    while (!error && done < length) {
        const ssize_t written = pwrite(fd, text + done, length - done, (off_t)done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            error = written == 0 ? ENOSPC : errno;
        }
    }
    if (!error && (fsync(fd) != 0 || rename(partial, path) != 0)) {
        error = errno;
    }
    return error;
}

qf_status qf_text_file_write(qf_context *context, const char *path, const char *text, size_t length,
                             bool keep)
{
    char *partial = NULL;
    if (asprintf(&partial, "%s.partial", path) < 0) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    const int fd = open_locked(partial);
    int error = fd < 0 ? errno : 0;
    if (fd >= 0) {
        const bool stays = keep && qf_file_exists(path);
        error = stays ? 0 : put_text(fd, partial, path, text, length);
        if (stays || error) {
            (void)unlink(partial);
        }
        (void)close(fd);
    }
    free(partial);
    if (error) {
        return qf_fail(context, qf_partial_file_refusal(error), "%s: cannot be written: %s", path,
                       strerror(error));
    }
    return QF_OK;
}

qf_status qf_sweep_output_begin(qf_context *context, const char *path, uint64_t bytes,
                                qf_sweep_output *output)
{
    qf_status status;
    *output = (qf_sweep_output){.nc.file = H5I_INVALID_HID};
    while ((status = qf_partial_file_open(context, path, true, &output->file)) == QF_ERROR_EXISTS) {
        wait_a_little(); /* another shard that ended writes it just now */
    }
    if (status) {
        return status;
    }
    qf_nc_quiet();
    qf_nc_create(&output->nc, output->file.partial);
    const int error = qf_partial_file_reserve(&output->file, 0, bytes);
    if (error) {
        status =
            qf_fail(context, qf_partial_file_refusal(error), "%s: %.1f MB cannot be written: %s",
                    path, 1e-6 * (double)bytes, strerror(error));
        qf_nc_close(&output->nc);
        qf_partial_file_discard(&output->file);
    }
    return status;
}

qf_status qf_sweep_output_end(qf_context *context, qf_sweep_output *output, qf_status status)
{
    qf_nc_close(&output->nc);
    if (status == QF_OK && output->nc.failed) {
        status = qf_fail(context, QF_ERROR_WRITE, "%s: %s", output->file.path, output->nc.what);
    }
    if (status) {
        qf_partial_file_discard(&output->file);
        return status;
    }
    return qf_partial_file_publish(context, &output->file);
}
