/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEXT_DIFF_H
#define QF_TEXT_DIFF_H

#include <stddef.h>
#include <stdio.h>

/*
 * Prints the lines in which two texts differ, as `-` of a and `+` of b with the number of each, and a line of what is
 * the same before each; at most `most` of them, then how many more there are. Returns how many differ; of texts that are
 * the same, 0. Few lines are found in common where thousands differ (and without memory): then all of them count as different.
 */
size_t qf_text_diff(FILE *out, const char *a, const char *b, size_t most);

#endif
