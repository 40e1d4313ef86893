/* SPDX-License-Identifier: Apache-2.0 */
/* A checkpoint: damaged anywhere, of somebody else, on a full disk, and killed while it is written. */
#include "checkpoint.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[] = "/tmp/test_checkpoint.XXXXXX";
static char path[64];
static char beside[80];

/* ---- the calls that change files, replaced so that they can fail, or be the last ---- */

static long long room = -1; /* bytes that may be written; negative: no limit */
static int fsync_error;
static int calls_left = -1; /* until the process ends as if killed; negative: never */

enum { KILLED = 77 };

static void enter(void)
{
    if (calls_left == 0) {
        _exit(KILLED);
    }
    calls_left -= calls_left > 0;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    if (calls_left == 0) {
        (void)syscall(SYS_pwrite64, fd, bytes, n / 2, offset);
    }
    enter();
    if (room >= 0 && (long long)n > room) {
        n = (size_t)room;
    }
    if (room == 0) {
        errno = ENOSPC;
        return -1;
    }
    const ssize_t written = syscall(SYS_pwrite64, fd, bytes, n, offset);
    room -= room > 0 ? (long long)written : 0;
    return written;
}

int fsync(int fd)
{
    enter();
    errno = fsync_error;
    return fsync_error ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    enter();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *name)
{
    enter();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

/* ---- a state in place of a simulation's ---- */

typedef struct state {
    size_t n;
    unsigned char *bytes;
    size_t slice; /* moved at a time, the last but one and all that is left */
} state;

static state make_state(size_t n, unsigned seed)
{
    state made = {.n = n, .bytes = malloc(n + 1), .slice = 13};
    assert_non_null(made.bytes);
    for (size_t i = 0; i < n; i++) {
        made.bytes[i] = (unsigned char)((i * 7919 + seed * 104729) >> 3);
    }
    return made;
}

static void move_state(void *user, qf_archive *archive)
{
    state *s = user;
    size_t done = 0;
    for (size_t i = 0; i < 100 && done < s->n; i++) {
        const size_t some = s->n - done < s->slice ? s->n - done : s->slice;
        qf_archive_bytes(archive, s->bytes + done, some);
        done += some;
    }
    qf_archive_bytes(archive, s->bytes + done, s->n - done);
}

static void fail_to_move(void *user, qf_archive *archive)
{
    move_state(user, archive);
    qf_archive_fail(archive, QF_ERROR_MEMORY, "the state's own reason");
}

static const qf_checkpoint_owner me = {.version = "1.2.3",
                                       .git_commit = "abcdef",
                                       .scenario_yaml = "schema: qfleet/1\n",
                                       .rank = 1,
                                       .n_ranks = 3};

static qf_checkpoint_place place_at(int64_t tick)
{
    return (qf_checkpoint_place){.tick = tick,
                                 .rows = {.n_records = tick + 1,
                                          .n_events = tick + 2,
                                          .n_detections = tick + 3,
                                          .n_tracks = tick + 4,
                                          .n_pictures = tick + 5,
                                          .n_hashes = tick + 6},
                                 .replaces = tick % 2 != 0};
}

static qf_status prepare(qf_context *context, state *s, int64_t tick)
{
    const qf_checkpoint_place place = place_at(tick);
    uint64_t bytes = 0;
    const qf_status status =
        qf_checkpoint_prepare(context, path, &me, &place, move_state, s, &bytes);
    struct stat file;
    assert_true(status != QF_OK || (stat(beside, &file) == 0 && (uint64_t)file.st_size == bytes));
    return status;
}

static void write_one(state *s, int64_t tick)
{
    qf_context context = qf_context_default();
    assert_int_equal(prepare(&context, s, tick), QF_OK);
    assert_int_equal(qf_checkpoint_publish(&context, path), QF_OK);
}

static void assert_holds(state *expected, int64_t tick)
{
    qf_context context = qf_context_default();
    qf_checkpoint checkpoint;
    assert_int_equal(qf_checkpoint_open(&context, path, &me, &checkpoint), QF_OK);
    const qf_checkpoint_place place = place_at(tick);
    assert_int_equal(checkpoint.place.tick, tick);
    assert_memory_equal(&checkpoint.place.rows, &place.rows, sizeof place.rows);
    assert_int_equal(checkpoint.place.replaces, place.replaces);
    state loaded = make_state(expected->n, 99);
    loaded.slice = 1 + expected->slice * 3; /* other pieces than were written */
    assert_int_equal(qf_checkpoint_load(&context, &checkpoint, move_state, &loaded), QF_OK);
    assert_memory_equal(loaded.bytes, expected->bytes, expected->n);
    free(loaded.bytes);
    qf_checkpoint_close(&checkpoint);
}

/* The refusal, with the file's name in the message. */
static void assert_refused(const qf_checkpoint_owner *owner, qf_status expected, const char *says)
{
    qf_context context = qf_context_default();
    qf_checkpoint checkpoint;
    assert_int_equal(qf_checkpoint_open(&context, path, owner, &checkpoint), expected);
    assert_non_null(strstr(context.error, path));
    assert_non_null(strstr(context.error, says));
    qf_checkpoint_close(&checkpoint);
}

static size_t read_file(unsigned char *bytes, size_t most)
{
    FILE *in = fopen(path, "rb");
    const size_t n = in ? fread(bytes, 1, most, in) : 0;
    assert_non_null(in);
    fclose(in);
    return n;
}

static void write_file(const unsigned char *bytes, size_t n)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(out);
}

static int set_up(void **unused)
{
    (void)unused;
    room = -1;
    fsync_error = 0;
    calls_left = -1;
    qf_checkpoint_remove(path);
    return 0;
}

/* ---- whole ones ---- */

static void state_of_any_size_is_given_back(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {0, 1, 1299, 1301, (1 << 20) - 5, 1 << 20, 5000001};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        state s = make_state(sizes[i], (unsigned)i);
        write_one(&s, (int64_t)i);
        assert_holds(&s, (int64_t)i);
        assert_int_equal(access(beside, F_OK), -1);
        free(s.bytes);
    }
}

static void prepared_one_leaves_the_old_one_until_it_is_published(void **unused)
{
    (void)unused;
    qf_context context = qf_context_default();
    state old = make_state(1000, 1);
    state new = make_state(2000, 2);
    write_one(&old, 4);
    assert_int_equal(prepare(&context, &new, 5), QF_OK);
    assert_holds(&old, 4);
    assert_int_equal(qf_checkpoint_publish(&context, path), QF_OK);
    assert_holds(&new, 5);
    qf_checkpoint_remove(path);
    assert_int_equal(access(path, F_OK), -1);
    free(old.bytes);
    free(new.bytes);
}

/* ---- those that cannot be used ---- */

static void every_damaged_byte_and_every_length_is_refused(void **unused)
{
    (void)unused;
    static unsigned char whole[2000];
    state s = make_state(300, 3);
    write_one(&s, 7);
    const size_t n = read_file(whole, sizeof whole);
    assert_in_range(n, 301, sizeof whole - 20);
    for (size_t at = 0; at < n; at++) {
        for (int bit = 0; bit < 8; bit += 7) {
            whole[at] ^= (unsigned char)(1 << bit);
            write_file(whole, n);
            assert_refused(&me, QF_ERROR_READ, at < 8 ? "is not a checkpoint" : "damaged");
            whole[at] ^= (unsigned char)(1 << bit);
        }
    }
    for (size_t length = 0; length < n + 20; length++) {
        write_file(whole, length);
        if (length != n) {
            assert_refused(&me, QF_ERROR_READ, length < 8 ? "is not a checkpoint" : "cut short");
        }
    }
    write_file(whole, n);
    assert_holds(&s, 7);
    free(s.bytes);
}

static void one_of_somebody_else_is_refused_by_name(void **unused)
{
    (void)unused;
    state s = make_state(300, 3);
    write_one(&s, 7);
    qf_checkpoint_owner other = me;
    other.scenario_yaml = "schema: qfleet/1\nseed: 2\n";
    assert_refused(&other, QF_ERROR_SCENARIO, "another scenario");
    other = me;
    other.version = "1.2.4";
    assert_refused(&other, QF_ERROR_SCENARIO, "another build");
    other = me;
    other.git_commit = "abcdeg";
    assert_refused(&other, QF_ERROR_SCENARIO, "another build");
    other = me;
    other.rank = 2;
    assert_refused(&other, QF_ERROR_SCENARIO, "rank 1 of 3, and this is rank 2 of 3");
    other = me;
    other.n_ranks = 2;
    assert_refused(&other, QF_ERROR_SCENARIO, "rank 1 of 3, and this is rank 1 of 2");
    assert_holds(&s, 7);
    free(s.bytes);
}

static void what_is_no_file_is_refused(void **unused)
{
    (void)unused;
    assert_refused(&me, QF_ERROR_READ, strerror(ENOENT));
    assert_int_equal(mkdir(path, 0777), 0);
    assert_refused(&me, QF_ERROR_READ, "is not a checkpoint");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_refused(&me, QF_ERROR_READ, "is not a checkpoint");
}

static void state_of_another_size_is_refused(void **unused)
{
    (void)unused;
    qf_context context = qf_context_default();
    qf_checkpoint checkpoint;
    state s = make_state(300, 3);
    write_one(&s, 7);
    assert_int_equal(qf_checkpoint_open(&context, path, &me, &checkpoint), QF_OK);
    state larger = make_state(301, 3);
    assert_int_equal(qf_checkpoint_load(&context, &checkpoint, move_state, &larger), QF_ERROR_READ);
    assert_non_null(strstr(context.error, "has less state"));
    state smaller = make_state(299, 3);
    assert_int_equal(qf_checkpoint_load(&context, &checkpoint, move_state, &smaller),
                     QF_ERROR_READ);
    assert_non_null(strstr(context.error, "has more state"));
    assert_int_equal(qf_checkpoint_load(&context, &checkpoint, fail_to_move, &s), QF_ERROR_MEMORY);
    assert_string_equal(context.error, "the state's own reason");
    qf_checkpoint_close(&checkpoint);
    free(s.bytes);
    free(larger.bytes);
    free(smaller.bytes);
}

/* ---- those that cannot be written ---- */

static void full_disk_leaves_the_old_one_and_nothing_else(void **unused)
{
    (void)unused;
    qf_context context = qf_context_default();
    state old = make_state(1000, 1);
    state new = make_state(3000000, 2);
    write_one(&old, 4);
    static const long long rooms[] = {0, 1, 200, 1 << 20, 2999999, 3000200};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        room = rooms[i];
        assert_int_equal(prepare(&context, &new, 5), QF_ERROR_DISK_FULL);
        assert_non_null(strstr(context.error, beside));
        assert_int_equal(access(beside, F_OK), -1);
        assert_holds(&old, 4);
    }
    room = -1;
    fsync_error = EIO;
    assert_int_equal(prepare(&context, &new, 5), QF_ERROR_WRITE);
    fsync_error = 0;
    assert_int_equal(access(beside, F_OK), -1);
    const qf_checkpoint_place place = place_at(5);
    uint64_t bytes;
    assert_int_equal(qf_checkpoint_prepare(&context, path, &me, &place, fail_to_move, &new, &bytes),
                     QF_ERROR_MEMORY);
    assert_int_equal(access(beside, F_OK), -1);
    assert_holds(&old, 4);
    free(old.bytes);
    free(new.bytes);
}

static void killed_at_any_call_there_is_the_old_one_or_the_new_one(void **unused)
{
    (void)unused;
    state old = make_state(1000, 1);
    state new = make_state(3000000, 2);
    write_one(&old, 4);
    int n_old = 0;
    int code = KILLED;
    for (int call = 0; code == KILLED; call++) {
        assert_in_range(call, 0, 50);
        const pid_t child = fork();
        assert_int_not_equal(child, -1);
        if (child == 0) {
            qf_context context = qf_context_default();
            const qf_checkpoint_place place = place_at(5);
            uint64_t bytes;
            calls_left = call;
            const bool good = qf_checkpoint_prepare(&context, path, &me, &place, move_state, &new,
                                                    &bytes) == QF_OK &&
                              qf_checkpoint_publish(&context, path) == QF_OK;
            _exit(good ? 0 : 1);
        }
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFEXITED(how));
        code = WEXITSTATUS(how);
        qf_context context = qf_context_default();
        qf_checkpoint checkpoint;
        assert_int_equal(qf_checkpoint_open(&context, path, &me, &checkpoint), QF_OK);
        const bool is_old = checkpoint.place.tick == 4;
        qf_checkpoint_close(&checkpoint);
        assert_holds(is_old ? &old : &new, is_old ? 4 : 5);
        n_old += is_old;
        if (!is_old) {
            write_one(&old, 4);
        }
    }
    assert_int_equal(code, 0);
    assert_in_range(n_old, 4, 49); /* writes, the file's sync, the rename */
    free(old.bytes);
    free(new.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(state_of_any_size_is_given_back, set_up),
        cmocka_unit_test_setup(prepared_one_leaves_the_old_one_until_it_is_published, set_up),
        cmocka_unit_test_setup(every_damaged_byte_and_every_length_is_refused, set_up),
        cmocka_unit_test_setup(one_of_somebody_else_is_refused_by_name, set_up),
        cmocka_unit_test_setup(what_is_no_file_is_refused, set_up),
        cmocka_unit_test_setup(state_of_another_size_is_refused, set_up),
        cmocka_unit_test_setup(full_disk_leaves_the_old_one_and_nothing_else, set_up),
        cmocka_unit_test_setup(killed_at_any_call_there_is_the_old_one_or_the_new_one, set_up),
    };
    if (!mkdtemp(directory)) {
        return 1;
    }
    snprintf(path, sizeof path, "%s/a.checkpoint", directory);
    snprintf(beside, sizeof beside, "%s.new", path);
    const int failed = cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
    qf_checkpoint_remove(path);
    rmdir(directory);
    return failed;
}
