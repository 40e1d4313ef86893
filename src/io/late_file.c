/* SPDX-License-Identifier: Apache-2.0 */
#include "late_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 50 };

/* by opening it: that asks a network file system for what is new of it, which stat() alone does not */
static bool is_there(const char *path, int64_t bytes)
{
    struct stat file;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool there =
        fd >= 0 && fstat(fd, &file) == 0 && (bytes < 0 || (int64_t)file.st_size == bytes);
    if (fd >= 0) {
        (void)close(fd);
    }
    return there;
}

bool qf_late_file_seen(const char *path, int64_t bytes, double *patience_s)
{
    bool there = is_there(path, bytes);
    while (!there && *patience_s > 0.0) {
        (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * 1000000L}, NULL);
        *patience_s -= 1e-3 * LOOK_EVERY_MS;
        there = is_there(path, bytes);
    }
    return there;
}
