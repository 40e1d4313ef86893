/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MESSAGE_TEXT_H
#define QF_MESSAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Pieces of messages. */

/*
 * Those numbers of [begin, end) that `is` says yes to, as 3,5-9,12: also as Slurm's --array takes them. Of more than
 * `most` ranges the others are "and more".
 */
void qf_put_ranges(FILE *out, size_t begin, size_t end, size_t most,
                   bool (*is)(const void *of, size_t k), const void *of);

/* A word of a shell's command line. */
void qf_put_shell_word(FILE *out, const char *text);

#endif
