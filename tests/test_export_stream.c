/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks that several threads make into text: their order, and what happens where one fails. */
#include "export_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

enum { NONE = -1, BLOCKS = 400, ERROR_BYTES = sizeof((qf_context *)0)->error };

/* What a job does, and what was seen of it. */
typedef struct job {
    int64_t failing_read, failing_format;
    int64_t stopping_read;
    int failing_lane; /* the lane that there is no memory for */
    atomic_int stop;
    /* as blocks are read, lanes are made and freed one at a time: tsan tells where not */
    uint64_t next_read;
    int n_lanes, n_freed;
} job;

typedef struct lane {
    uint64_t block;
} lane;

static void *lane_new(void *user)
{
    job *j = user;
    if (j->n_lanes == j->failing_lane) {
        return NULL;
    }
    j->n_lanes++;
    return calloc(1, sizeof(lane));
}

static void lane_free(void *user, void *of)
{
    ((job *)user)->n_freed++;
    free(of);
}

static qf_status read_block(qf_context *context, void *user, void *of, uint64_t block)
{
    job *j = user;
    assert_int_equal(block, j->next_read);
    j->next_read++;
    ((lane *)of)->block = block;
    if ((int64_t)block == j->stopping_read) {
        j->stop = 1;
    }
    return (int64_t)block == j->failing_read
               ? qf_fail(context, QF_ERROR_READ, "block %d is damaged", (int)block)
               : QF_OK;
}

/* blocks are unequally long, so that threads finish in another order than they began in */
static uint64_t lines_of(uint64_t block)
{
    return 1 + (BLOCKS - block) % 7 * 40;
}

static void format_block(void *user, void *of, qf_text_buffer *text)
{
    const job *j = user;
    const uint64_t block = ((lane *)of)->block;
    for (uint64_t i = 0; i < lines_of(block); i++) {
        qf_text_put_integer(text, (int64_t)block);
        qf_text_put_character(text, '\n');
    }
    text->failed = (int64_t)block == j->failing_format;
}

/* Whether a text is that of the first n blocks. */
static bool is_of_blocks(const char *text, uint64_t n)
{
    for (uint64_t block = 0; block < n; block++) {
        char line[32];
        const int length = snprintf(line, sizeof line, "%d\n", (int)block);
        for (uint64_t i = 0; i < lines_of(block); i++, text += length) {
            if (strncmp(text, line, (size_t)length) != 0) {
                return false;
            }
        }
    }
    return *text == '\0';
}

/* Streams into a file without a name; what it says after, ended by zero. */
static qf_status stream(job *j, int n_threads, char error[ERROR_BYTES], char **text)
{
    qf_context context = qf_context_default();
    const qf_export_job what = {.n_blocks = BLOCKS,
                                .user = j,
                                .lane_new = lane_new,
                                .read = read_block,
                                .format = format_block,
                                .lane_free = lane_free,
                                .stop = &j->stop};
    FILE *file = tmpfile();
    assert_non_null(file);
    qf_export_output output = {.name = "a file", .is_file = true, .file = {.fd = fileno(file)}};
    context.n_threads = n_threads;
    const qf_status status = qf_export_stream(&context, &what, &output);
    *text = calloc(output.n_bytes + 1, 1);
    assert_int_equal(pread(fileno(file), *text, output.n_bytes, 0), output.n_bytes);
    strcpy(error, context.error);
    fclose(file);
    assert_int_equal(j->n_freed, j->n_lanes);
    return status;
}

static job usual(void)
{
    return (job){
        .failing_read = NONE, .failing_format = NONE, .stopping_read = NONE, .failing_lane = NONE};
}

static void blocks_come_out_in_their_order_whatever_the_threads(void **state)
{
    (void)state;
    for (int n_threads = 1; n_threads <= 5; n_threads++) {
        char error[ERROR_BYTES];
        char *text;
        job j = usual();
        assert_int_equal(stream(&j, n_threads, error, &text), QF_OK);
        assert_true(is_of_blocks(text, BLOCKS));
        assert_int_equal(j.n_lanes, n_threads);
        free(text);
    }
}

/* whatever was written by then is whole blocks, from the first on */
static void expect(job j, qf_status expected, const char *says, uint64_t most_blocks)
{
    for (int n_threads = 1; n_threads <= 5; n_threads++) {
        char error[ERROR_BYTES];
        char *text;
        job again = j;
        assert_int_equal(stream(&again, n_threads, error, &text), expected);
        assert_string_equal(error, says);
        uint64_t n = 0;
        while (n <= most_blocks && !is_of_blocks(text, n)) {
            n++;
        }
        assert_true(n <= most_blocks);
        free(text);
    }
}

static void block_that_cannot_be_read_ends_it_with_its_reason(void **state)
{
    (void)state;
    job j = usual();
    for (j.failing_read = 0; j.failing_read < BLOCKS; j.failing_read += 133) {
        char says[64];
        snprintf(says, sizeof says, "block %d is damaged", (int)j.failing_read);
        expect(j, QF_ERROR_READ, says, (uint64_t)j.failing_read);
    }
}

static void text_without_memory_ends_it_before_it_is_written(void **state)
{
    (void)state;
    job j = usual();
    j.failing_format = 57;
    expect(j, QF_ERROR_MEMORY, "no memory to export", 57);
}

static void thread_without_memory_ends_it(void **state)
{
    (void)state;
    job j = usual();
    j.failing_lane = 0;
    expect(j, QF_ERROR_MEMORY, "no memory to export", 0);
}

static void stop_that_is_asked_for_ends_it_before_the_next_block(void **state)
{
    (void)state;
    job j = usual();
    j.stopping_read = 100;
    expect(j, QF_INTERRUPTED, "interrupted", 101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_come_out_in_their_order_whatever_the_threads),
        cmocka_unit_test(block_that_cannot_be_read_ends_it_with_its_reason),
        cmocka_unit_test(text_without_memory_ends_it_before_it_is_written),
        cmocka_unit_test(thread_without_memory_ends_it),
        cmocka_unit_test(stop_that_is_asked_for_ends_it_before_the_next_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
