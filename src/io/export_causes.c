/* SPDX-License-Identifier: Apache-2.0 */
#include "export_causes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool qf_causes_open(const char *directory, uint64_t window, uint64_t batch, qf_causes *causes)
{
    *causes = (qf_causes){.directory = directory, .window = window, .batch = batch, .fd = -1};
    causes->roots = calloc(window, sizeof *causes->roots);
    return causes->roots != NULL;
}

void qf_causes_close(qf_causes *causes)
{
    if (causes->fd >= 0) {
        (void)close(causes->fd);
    }
    free(causes->roots);
    *causes = (qf_causes){.fd = -1};
}

/* not every file system has files that never had a name */
static int open_nameless(const char *directory)
{
    char *name = NULL;
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && asprintf(&name, "%s/qfleet-causes-XXXXXX", directory) >= 0) {
        fd = mkostemp(name, O_CLOEXEC);
        if (fd >= 0) {
            (void)unlink(name);
        }
        free(name);
    }
    return fd;
}

static int write_whole(int fd, const char *bytes, size_t n, off_t at)
{
    while (n > 0) {
        const ssize_t written = pwrite(fd, bytes, n, at);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            bytes += written;
            at += written;
            n -= (size_t)written;
        }
    }
    return 0;
}

/* the batch that is full, before the ring comes round to it */
static int spill(qf_causes *causes)
{
    const uint64_t begin = causes->n - causes->batch;
    if (causes->fd < 0) {
        causes->fd = open_nameless(causes->directory);
    }
    return causes->fd < 0
               ? errno
               : write_whole(causes->fd, (const char *)(causes->roots + begin % causes->window),
                             causes->batch * sizeof *causes->roots,
                             (off_t)(begin * sizeof *causes->roots));
}

static int look_up(const qf_causes *causes, uint64_t event, int64_t *root)
{
    if (causes->n - event <= causes->window) {
        *root = causes->roots[event % causes->window];
        return 0;
    }
    const ssize_t n = pread(causes->fd, root, sizeof *root, (off_t)(event * sizeof *causes->roots));
    return n == (ssize_t)sizeof *root ? 0 : n < 0 ? errno : EIO;
}

int qf_causes_next(qf_causes *causes, int64_t cause, int64_t *root)
{
    int error = 0;
    *root = (int64_t)causes->n;
    if (cause >= 0) {
        error = look_up(causes, (uint64_t)cause, root);
    }
    causes->roots[causes->n % causes->window] = *root;
    causes->n++;
    if (!error && causes->n % causes->batch == 0) {
        error = spill(causes);
    }
    return error;
}
