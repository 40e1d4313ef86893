/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_EXPLAIN_PIECES_H
#define QF_EXPLAIN_PIECES_H

#include "explain_words.h"

/* Pieces of what is said of an event: rows of a file's tables, names, numbers. Texts that are returned are the tables'. */

/* The text in a column of a table; NULL: the file has none. */
const char *qf_words_text(const qf_word_table *table, size_t column, int64_t row);

/* The first text that a table has for a group's number; NULL: none. */
const char *qf_words_text_of_group(const qf_word_table *table, int64_t group, int64_t number);

/* "word NAME", or "word number" where `name` is NULL. */
void qf_words_put_named(qf_text_buffer *out, const char *word, const char *name, int64_t number);

/* Likewise the number-th of the quantities whose names begin and end so, without beginning and end. */
void qf_words_put_quantity(qf_text_buffer *out, const char *word, const qf_event_words *words,
                           const char *begin, const char *end, int32_t number);

/* Likewise a vehicle. */
void qf_words_put_vehicle(qf_text_buffer *out, const char *word, const qf_event_words *words,
                          int64_t entity);

/* The value, rounded, between two texts; nothing for NaN. */
void qf_words_put_value(qf_text_buffer *out, const char *before, double value, const char *after);

/* The transition or trigger that the event's subject is the row of. */
void qf_words_put_transition(qf_text_buffer *out, const qf_event_words *words,
                             const qf_told_event *event);

#endif
