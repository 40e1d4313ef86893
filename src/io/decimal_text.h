/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DECIMAL_TEXT_H
#define QF_DECIMAL_TEXT_H

#include <stdint.h>

/*
 * Numbers as text, for files of millions of them: without a format to parse, without a locale and without a zero at the
 * end. Each writes at `at`, where there is room for QF_DECIMAL_BYTES, and returns where the text ends.
 */
enum { QF_DECIMAL_BYTES = 32 };

char *qf_decimal_put_int64(char *at, int64_t value);
char *qf_decimal_put_uint64(char *at, uint64_t value);

/*
 * The fewest digits that read back as the same double (0.1, 1e+30, -0, nan, inf); from 1e-11 to 1e16 always, beyond
 * at most 17. Which bits a NaN has is not told.
 */
char *qf_decimal_put_double(char *at, double value);

/* As few as read back as the same float, also when they are read as a double and rounded then. */
char *qf_decimal_put_float(char *at, float value);

/* As printf's %.6g writes it. */
char *qf_decimal_put_rounded(char *at, double value);

#endif
