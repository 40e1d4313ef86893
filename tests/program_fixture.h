/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PROGRAM_FIXTURE_H
#define QF_PROGRAM_FIXTURE_H

/* What the tests that run the real program share: a directory of files, a child process, its text. */

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

extern char **environ;

/* Makes a new directory and enters it, so that messages hold short names. */
static inline void enter_directory(char directory[64])
{
    strcpy(directory, "/tmp/qfleet_test_XXXXXX");
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
}

static inline int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline void leave_directory(const char *directory)
{
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
}

static inline void write_file(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

static inline bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* The rest of a stream; the caller frees it. */
static inline char *read_stream(FILE *in)
{
    size_t length = 0;
    size_t capacity = 4096;
    char *text = malloc(capacity);
    assert_non_null(text);
    for (;;) {
        length += fread(text + length, 1, capacity - length - 1, in);
        if (length + 1 < capacity) {
            break;
        }
        capacity *= 2;
        text = realloc(text, capacity);
        assert_non_null(text);
    }
    text[length] = '\0';
    return text;
}

/* The text of a file; the caller frees it. */
static inline char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    char *text = read_stream(in);
    fclose(in);
    return text;
}

/* `text` with its one occurrence of `find` replaced; the caller frees it. */
static inline char *replace(const char *text, const char *find, const char *put)
{
    const char *at = strstr(text, find);
    assert_non_null(at);
    assert_null(strstr(at + 1, find));
    const size_t size = strlen(text) + strlen(put) + 1;
    char *made = malloc(size);
    assert_non_null(made);
    snprintf(made, size, "%.*s%s%s", (int)(at - text), text, put, at + strlen(find));
    return made;
}

/* Name, kind, size and time of every file here, to tell whether anything was touched. */
static inline char *list_directory(void)
{
    struct dirent **entries;
    const int n = scandir(".", &entries, NULL, alphasort);
    assert_true(n >= 2);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    for (int i = 0; i < n; i++) {
        struct stat info;
        assert_int_equal(lstat(entries[i]->d_name, &info), 0);
        if (strcmp(entries[i]->d_name, "..") != 0) {
            fprintf(out, "%s %o %lld %lld.%09ld\n", entries[i]->d_name, info.st_mode,
                    (long long)info.st_size, (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
        }
        free(entries[i]);
    }
    free(entries);
    assert_int_equal(fclose(out), 0);
    return text;
}

static inline double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* What a program left behind. Free with release. */
typedef struct program_end {
    int exit_code; /* -signal when one ended it */
    char *out;
    char *err;
} program_end;

static inline void release(program_end *end)
{
    free(end->out);
    free(end->err);
    *end = (program_end){0};
}

/* Starts qfleet with `arguments`, which end in NULL, and these as its standard streams. */
static inline pid_t start_program(const char *const *arguments, int out, int err)
{
    enum { MOST_ARGUMENTS = 64 };
    static char name[] = "qfleet";
    char *argv[MOST_ARGUMENTS + 2] = {name};
    size_t n = 1;
    for (size_t i = 0; arguments[i]; i++) {
        assert_true(n <= MOST_ARGUMENTS);
        argv[n++] = (char *)(uintptr_t)arguments[i]; /* spawn does not write to them */
    }
    posix_spawn_file_actions_t actions;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    pid_t child;
    assert_int_equal(posix_spawn(&child, QFLEET_PROGRAM, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* After that long a program hangs. Slowed down by a sanitizer, and beside other tests, it may still be at work. */
#ifndef __has_feature /* clang's way to tell; gcc defines names */
#define __has_feature(sanitizer) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer) ||                            \
    __has_feature(thread_sanitizer)
#define PROGRAM_PATIENCE_S 600.0
#else
#define PROGRAM_PATIENCE_S 60.0
#endif

/* Waits for a child, and kills one that hangs. */
static inline int wait_for(pid_t child, double longest_s)
{
    const double until_s = now_s() + longest_s;
    int status;
    pid_t ended;
    while ((ended = waitpid(child, &status, WNOHANG)) == 0 && now_s() < until_s) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    if (ended == 0) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        fail_msg("the program did not end within %g s", longest_s);
    }
    assert_int_equal(ended, child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static inline program_end run_program(const char *const *arguments)
{
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    assert_non_null(out);
    assert_non_null(err);
    const pid_t child = start_program(arguments, fileno(out), fileno(err));
    program_end end = {.exit_code = wait_for(child, PROGRAM_PATIENCE_S)};
    rewind(out);
    rewind(err);
    end.out = read_stream(out);
    end.err = read_stream(err);
    fclose(out);
    fclose(err);
    return end;
}

#define RUN(...) run_program((const char *const[]){__VA_ARGS__, NULL})

#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        if (!strstr(text, part)) {                                                                 \
            fail_msg("expected '%s' in:\n%s", part, text);                                         \
        }                                                                                          \
    } while (0)

#endif
