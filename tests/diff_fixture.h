/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_DIFF_FIXTURE_H
#define QF_TEST_DIFF_FIXTURE_H

/* What the tests of comparing tables share: how files end, and what is said of two. */
#include "results_diff.h"
#include "tables_fixture.h"

enum { ROWS = 9000 }; /* ticks 0 to 8, and more than one slice of a comparison */

/* Closes a file of rows: whole, or after tick 5. */
static inline void end_rows(fixture *f, qf_status outcome)
{
    assert_int_equal(record(f, 0, 6), QF_OK); /* ticks 0 to 5 */
    const uint64_t hash = 1;
    f->fleet.tick = outcome == QF_OK ? f->scenario.n_ticks : 5;
    assert_int_equal(qf_results_finish(f->results, outcome, 1, &hash, NULL), outcome);
    qf_fleet_free(&f->fleet);
}

/* Compares; the text must hold every part, but for those after a "!". */
static inline void assert_says(fixture *f, const char *a, const char *b, bool json,
                               qf_status expected_status, const char *const *parts)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    const qf_diff_options options = {.json = json};
    const qf_status status =
        qf_results_diff(&f->context, (const char *const[]){a, b}, &options, out);
    fclose(out);
    if (status != expected_status) {
        fail_msg("status %d: %s\n%s", (int)status, f->context.error, text);
    }
    for (; *parts; parts++) {
        const bool unwanted = **parts == '!';
        if ((strstr(text, *parts + unwanted) == NULL) != unwanted) {
            fail_msg("'%s' in:\n%s", *parts, text);
        }
    }
    free(text);
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* In a column of the last row alone; takes b.h5 away. */
static inline void assert_last_row_differs(fixture *f, const char *group, const char *column)
{
    char part[128];
    snprintf(part, sizeof part,
             "/%s: 9000 in A, 9000 in B in the common time; first difference: number %d, %s\n",
             group, ROWS - 1, file_name(column));
    assert_says(f, "a.h5", "b.h5", false, QF_DIFFERENT, SAYS(part));
    remove("b.h5");
}

#endif
