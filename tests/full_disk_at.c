/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To be preloaded: the disk has no room for a file whose path ends with $TEST_FULL_FILE beyond $TEST_FULL_BYTES. It
 * replaces the reservation of space, which comes before every byte that qfleet writes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_full(int fd, off_t end)
{
    const char *name = getenv("TEST_FULL_FILE");
    const char *bytes = getenv("TEST_FULL_BYTES");
    char link[64];
    char path[4096] = "";
    if (!name || !bytes) {
        return 0;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    return length >= (ssize_t)strlen(name) &&
           strcmp(path + length - (ssize_t)strlen(name), name) == 0 && end > atoll(bytes);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    if (is_full(fd, offset + length)) {
        errno = ENOSPC;
        return -1;
    }
    return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}
