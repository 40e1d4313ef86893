/* SPDX-License-Identifier: Apache-2.0 */
#include "partial_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static void close_and_free(qf_partial_file *file)
{
    if (file->fd >= 0) {
        (void)close(file->fd); /* nothing was written through it; this ends the lock */
    }
    free(file->path);
    free(file->partial);
    *file = (qf_partial_file){.fd = -1};
}

/* Whether a file is HDF5, by its signature: 1; 0: it is empty; -1: neither, or it cannot be read. */
static int holds_result(const char *path)
{
    static const char signature[8] = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    char begin[sizeof signature];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const ssize_t n = fd >= 0 ? read(fd, begin, sizeof begin) : -1;
    if (fd >= 0) {
        (void)close(fd);
    }
    return n == (ssize_t)sizeof begin && memcmp(begin, signature, sizeof begin) == 0 ? 1
           : n == 0                                                                  ? 0
                                                                                     : -1;
}

/* Where the output goes. Symbolic links are refused: a rename would replace the link. */
static qf_status check_target(qf_context *context, const char *path, bool force, bool text)
{
    if (path[0] == '\0') {
        return qf_fail(context, QF_ERROR_OUTPUT, "the name of the output file is empty");
    }
    if (path[strlen(path) - 1] == '/') {
        return qf_fail(context, QF_ERROR_OUTPUT, "%s: names a directory; name a file in it", path);
    }
    struct stat target;
    if (lstat(path, &target) != 0) {
        return QF_OK; /* not there, or not reachable: creating PATH.partial will tell */
    }
    if (S_ISDIR(target.st_mode)) {
        return qf_fail(context, QF_ERROR_OUTPUT, "%s: is a directory; name a file in it", path);
    }
    if (!S_ISREG(target.st_mode)) {
        return qf_fail(context, QF_ERROR_OUTPUT,
                       "%s: is not a regular file, and %s cannot take its place", path,
                       text ? "an output" : "a result");
    }
    if (!force) {
        return qf_fail(context, QF_ERROR_EXISTS,
                       "%s: exists already; choose another name, or replace it with --force", path);
    }
    if (text && holds_result(path) > 0) {
        return qf_fail(context, QF_ERROR_OUTPUT,
                       "%s: is a result, and even --force does not replace it by a text", path);
    }
    if (!text && holds_result(path) < 0) {
        return qf_fail(context, QF_ERROR_OUTPUT,
                       "%s: exists and is not a result file, so even --force does not replace it",
                       path);
    }
    return QF_OK;
}

/* a name that cannot work is the command line's fault, a disk that cannot is the machine's */
static qf_status refusal_to_create(int error)
{
    static const int of_the_name[] = {ENOENT, ENOTDIR, EACCES, EPERM,
                                      EISDIR, EROFS,   ELOOP,  ENAMETOOLONG};
    for (size_t i = 0; i < sizeof of_the_name / sizeof *of_the_name; i++) {
        if (error == of_the_name[i]) {
            return QF_ERROR_OUTPUT;
        }
    }
    return qf_partial_file_refusal(error);
}

static qf_status fail_to_create(qf_context *context, const qf_partial_file *file, int error)
{
    char *copy = strdup(file->path);
    const char *directory = copy ? dirname(copy) : "?";
    const qf_status status = refusal_to_create(error);
    if (error == ENOENT && access(directory, F_OK) != 0) {
        qf_fail(context, status, "%s: there is no directory '%s'", file->path, directory);
    } else if (error == EACCES) {
        qf_fail(context, status, "%s: no permission to write in directory '%s'", file->path,
                directory);
    } else {
        qf_fail(context, status, "%s: cannot create '%s': %s", file->path, file->partial,
                strerror(error));
    }
    free(copy);
    return status;
}

int qf_file_lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &whole) == 0) {
        return 0;
    }
    return errno == EACCES ? EAGAIN : errno;
}

bool qf_partial_file_is_locked(const char *partial)
{
    struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    const int fd = open(partial, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const bool locked = fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
    if (fd >= 0) {
        (void)close(fd);
    }
    return locked;
}

/* Tells a partial file that is being written from one that was left behind. */
static qf_status fail_because_partial_exists(qf_context *context, const qf_partial_file *file)
{
    if (qf_partial_file_is_locked(file->partial)) {
        return qf_fail(context, QF_ERROR_EXISTS, "%s: another process is writing '%s' right now",
                       file->path, file->partial);
    }
    return qf_fail(context, QF_ERROR_EXISTS,
                   "%s: an earlier run left its unfinished result in '%s'; look at it with "
                   "'qfleet info', then remove it, or replace it with --force",
                   file->path, file->partial);
}

/* Locks the file and makes sure that PATH.partial still names it. */
static qf_status lock(qf_context *context, const qf_partial_file *file)
{
    const int error = qf_file_lock(file->fd);
    if (error == EAGAIN) {
        return qf_fail(context, QF_ERROR_EXISTS, "%s: another process is writing '%s' right now",
                       file->path, file->partial);
    }
    if (error) {
        /* some network file systems have no locks: two writers cannot be told apart there */
        qf_log(context, QF_LOG_WARNING, "output_not_locked path=%s reason=\"%s\"", file->partial,
               strerror(error));
    }
    struct stat mine;
    struct stat named;
    if (fstat(file->fd, &mine) != 0 || lstat(file->partial, &named) != 0 ||
        mine.st_ino != named.st_ino || mine.st_dev != named.st_dev) {
        return qf_fail(context, QF_ERROR_EXISTS,
                       "%s: another process has just finished or removed '%s'; try again",
                       file->path, file->partial);
    }
    return S_ISREG(mine.st_mode)
               ? QF_OK
               : qf_fail(context, QF_ERROR_WRITE, "%s: '%s' is not a regular file", file->path,
                         file->partial);
}

static qf_status take_over(qf_context *context, const qf_partial_file *file)
{
    qf_status status = lock(context, file);
    if (status == QF_OK && file->text && holds_result(file->partial) > 0) {
        status = qf_fail(context, QF_ERROR_EXISTS,
                         "%s: '%s' is an unfinished result, which no text replaces; choose "
                         "another name",
                         file->path, file->partial);
    }
    if (status == QF_OK && ftruncate(file->fd, 0) != 0) {
        return qf_fail(context, QF_ERROR_WRITE, "%s: '%s' cannot be written anew", file->path,
                       file->partial);
    }
    return status;
}

static qf_status name_both(qf_context *context, const char *path, qf_partial_file *file)
{
    file->path = strdup(path);
    if (file->path && asprintf(&file->partial, "%s.partial", path) >= 0) {
        return QF_OK;
    }
    file->partial = NULL;
    close_and_free(file);
    return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
}

static qf_status open_new(qf_context *context, const char *path, bool force, bool text,
                          qf_partial_file *file)
{
    *file = (qf_partial_file){.fd = -1, .force = force, .text = text, .reserves = true};
    qf_status status = check_target(context, path, force, text);
    if (status) {
        return status;
    }
    status = name_both(context, path, file);
    if (status) {
        return status;
    }
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (force || text ? 0 : O_EXCL);
    file->fd = open(file->partial, flags, 0666);
    if (file->fd >= 0) {
        status = take_over(context, file);
    } else if (errno == EEXIST) {
        status = fail_because_partial_exists(context, file);
    } else {
        status = fail_to_create(context, file, errno);
    }
    if (status) {
        close_and_free(file);
    }
    return status;
}

qf_status qf_partial_file_open(qf_context *context, const char *path, bool force,
                               qf_partial_file *file)
{
    return open_new(context, path, force, false, file);
}

qf_status qf_partial_file_open_text(qf_context *context, const char *path, bool force,
                                    qf_partial_file *file)
{
    return open_new(context, path, force, true, file);
}

qf_status qf_partial_file_reopen(qf_context *context, const char *path, bool force,
                                 qf_partial_file *file)
{
    *file = (qf_partial_file){.fd = -1, .force = force, .reserves = true};
    qf_status status = check_target(context, path, force, false);
    if (status == QF_OK) {
        status = name_both(context, path, file);
    }
    if (status) {
        return status;
    }
    file->fd = open(file->partial, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    const int error = errno;
    status = file->fd >= 0
                 ? lock(context, file)
                 : qf_fail(context, QF_ERROR_READ, "%s: '%s' cannot be taken up again: %s",
                           file->path, file->partial, strerror(error));
    if (status) {
        close_and_free(file);
    }
    return status;
}

qf_status qf_partial_file_refusal(int error)
{
    return error == ENOSPC || error == EDQUOT ? QF_ERROR_DISK_FULL : QF_ERROR_WRITE;
}

/* For file systems without reservations: is there room now? */
static int room_for(int fd, uint64_t bytes)
{
    struct statvfs disk;
    if (fstatvfs(fd, &disk) != 0) {
        return 0; /* unknown; the write will tell */
    }
    return disk.f_bavail < bytes / disk.f_frsize + 1 ? ENOSPC : 0;
}

int qf_partial_file_reserve(qf_partial_file *file, uint64_t begin, uint64_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && begin + bytes > limit.rlim_cur) {
        return EFBIG; /* a write would raise SIGXFSZ */
    }
    if (!file->reserves) {
        return room_for(file->fd, bytes);
    }
    int error;
    do {
        error =
            fallocate(file->fd, FALLOC_FL_KEEP_SIZE, (off_t)begin, (off_t)bytes) == 0 ? 0 : errno;
    } while (error == EINTR);
    if (error == EOPNOTSUPP || error == ENOSYS) {
        file->reserves = false;
        error = room_for(file->fd, bytes);
    }
    return error;
}

/* Truncating to the present size frees what is allocated beyond it. */
static void give_back(const qf_partial_file *file)
{
    struct stat now;
    if (fstat(file->fd, &now) == 0 && ftruncate(file->fd, now.st_size) != 0) {
        return; /* only space is lost, and only until the file is removed */
    }
}

/* Without force a file that appeared at PATH meanwhile is left alone. */
static int rename_partial(const qf_partial_file *file)
{
    if (file->force) {
        return rename(file->partial, file->path) == 0 ? 0 : errno;
    }
    if (renameat2(AT_FDCWD, file->partial, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return errno;
    }
    /* the file system has no exclusive rename: a hard link is exclusive too, unless it has none */
    if (link(file->partial, file->path) == 0) {
        return unlink(file->partial) == 0 ? 0 : errno;
    }
    if (errno == EEXIST) {
        return EEXIST;
    }
    return rename(file->partial, file->path) == 0 ? 0 : errno;
}

void qf_file_sync_directory(const char *path)
{
    char *copy = strdup(path);
    const int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    free(copy);
}

qf_status qf_partial_file_publish(qf_context *context, qf_partial_file *file)
{
    qf_status status = QF_OK;
    give_back(file);
    struct stat mine;
    struct stat named;
    if (fstat(file->fd, &mine) != 0 || lstat(file->partial, &named) != 0 ||
        mine.st_ino != named.st_ino || mine.st_dev != named.st_dev) {
        status = qf_fail(context, QF_ERROR_WRITE,
                         "%s: somebody removed or replaced '%s' while the run went on; the result "
                         "is lost",
                         file->path, file->partial);
    } else if (fsync(file->fd) != 0) {
        const int error = errno;
        status =
            qf_fail(context, qf_partial_file_refusal(error), "%s: '%s' did not reach the disk: %s",
                    file->path, file->partial, strerror(error));
    } else {
        const int error = rename_partial(file);
        if (error == EEXIST) {
            status = qf_fail(context, QF_ERROR_WRITE,
                             "%s: appeared while the run went on; the result is '%s', complete",
                             file->path, file->partial);
        } else if (error) {
            status = qf_fail(context, QF_ERROR_WRITE,
                             "%s: the result is '%s', complete, but cannot be renamed: %s",
                             file->path, file->partial, strerror(error));
        } else {
            qf_file_sync_directory(file->path);
        }
    }
    close_and_free(file);
    return status;
}

void qf_partial_file_keep(qf_partial_file *file)
{
    give_back(file);
    close_and_free(file);
}

void qf_partial_file_discard(qf_partial_file *file)
{
    (void)unlink(file->partial);
    close_and_free(file);
}
