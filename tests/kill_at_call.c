/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into qfleet: kills it, as kill -9 does, at its TEST_KILL_AT-th call that changes a file or a directory. What
 * is on disk when a program is killed is what such calls made of it, so that all of them are all there is to be
 * killed at. A call that writes has written nothing, or half where TEST_KILL_TORN is set. Without
 * TEST_KILL_AT the number of calls goes into the file TEST_KILL_COUNT names, at the end.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic long n_calls;

static long number_in(const char *name)
{
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : 0;
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;) {
        pause();
    }
}

static int is_last(void)
{
    return atomic_fetch_add(&n_calls, 1) + 1 == number_in("TEST_KILL_AT");
}

static void enter(void)
{
    if (is_last()) {
        die();
    }
}

static void __attribute__((destructor)) tell(void)
{
    const char *path = getenv("TEST_KILL_COUNT");
    char text[32];
    const int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&n_calls));
    const int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0666) : -1;
    if (fd >= 0) {
        (void)!syscall(SYS_write, fd, text, length);
    }
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    if (is_last()) {
        if (number_in("TEST_KILL_TORN")) {
            (void)syscall(SYS_pwrite64, fd, bytes, n / 2, offset);
        }
        die();
    }
    return syscall(SYS_pwrite64, fd, bytes, n, offset);
}

int open(const char *path, int flags, ...)
{
    int mode = 0;
    if (flags & O_CREAT) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, int);
        va_end(rest);
        enter();
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int ftruncate(int fd, off_t length)
{
    enter();
    return (int)syscall(SYS_ftruncate, fd, length);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    enter();
    return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

int fsync(int fd)
{
    enter();
    return (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    enter();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    enter();
    return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int link(const char *from, const char *to)
{
    enter();
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    enter();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
    enter();
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
