/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NUMBER_TEXT_H
#define QF_NUMBER_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "arena.h"

/* Numbers as summaries for people, and JSON for programs, have them. */

/* 1234567 as 1,234,567. Returns `text`. */
const char *qf_group_digits(int64_t n, char text[32]);

/* Texts of an arena; "?" when memory is short, so that a line lacks a number and not more. */
const char *qf_text_or_unknown(const char *text);          /* "?" for NULL */
const char *qf_text_count(qf_arena *arena, size_t n);      /* 1,240 */
const char *qf_text_number(qf_arena *arena, double value); /* four digits; -: none */
const char *qf_text_share(qf_arena *arena,
                          double value); /* 0.9968: five digits after the point at most */
const char *qf_text_rate(qf_arena *arena, double value);  /* 19,330: four digits */
const char *qf_text_bytes(qf_arena *arena, double bytes); /* 1.2 MiB */
const char *qf_text_seconds(qf_arena *arena,
                            double seconds); /* 0.52 s, 3 min 20 s, 10 min, 2 h 5 min, 3.5 days */

/* JSON has no NaN and no infinity: null stands for both. All 17 digits, so that reading gives the same bits. */
void qf_json_put_number(FILE *out, double value);

/* "key": value, with the comma before it */
void qf_json_key_number(FILE *out, const char *key, double value);
void qf_json_key_size(FILE *out, const char *key, size_t value);
void qf_json_key_text(FILE *out, const char *key, const char *text); /* NULL: null */

#endif
