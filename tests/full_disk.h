/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_FULL_DISK_H
#define QF_TEST_FULL_DISK_H

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "results_fixture.h"

/*
 * The reservation of disk space, replaced so that disks can be full, or unable to reserve, on request. For one
 * source file of a program, of all of which it holds.
 */
static _Atomic long long space_left = -1; /* bytes; negative for no limit */
static _Atomic int reservation_error = 0;
static _Atomic long long reserved_to = 0;

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    if (reservation_error) {
        errno = reservation_error;
        return -1;
    }
    const long long end = (long long)offset + length;
    if (space_left >= 0 && end > space_left) {
        errno = ENOSPC;
        return -1;
    }
    reserved_to = end > reserved_to ? end : reserved_to;
    return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

static int set_up_disk(void **state)
{
    space_left = -1;
    reservation_error = 0;
    reserved_to = 0;
    return set_up(state);
}

#define DISK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_disk, tear_down)

#endif
