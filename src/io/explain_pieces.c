/* SPDX-License-Identifier: Apache-2.0 */
#include "explain_pieces.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results_internal.h"

const char *qf_words_text(const qf_word_table *table, size_t column, int64_t row)
{
    return row >= 0 && (uint64_t)row < table->n ? table->texts[column][row] : NULL;
}

const char *qf_words_text_of_group(const qf_word_table *table, int64_t group, int64_t number)
{
    for (size_t row = 0; row < table->n; row++) {
        if (table->groups[row] == group && table->numbers[row] == number) {
            return table->texts[0][row];
        }
    }
    return NULL;
}

/* The number-th name, of those with that beginning and end, of all quantities. *length: without these; NULL: none. */
static const char *quantity_name(const qf_event_words *words, const char *begin, const char *end,
                                 int32_t number, size_t *length)
{
    const size_t before = strlen(begin);
    const size_t after = strlen(end);
    for (size_t q = 0; q < words->n_quantities && number >= 0; q++) {
        const char *name = words->quantities[q];
        const size_t n = strlen(name);
        if (n >= before + after && strncmp(name, begin, before) == 0 &&
            strcmp(name + n - after, end) == 0 && number-- == 0) {
            *length = n - before - after;
            return name + before;
        }
    }
    return NULL;
}

void qf_words_put_named(qf_text_buffer *out, const char *word, const char *name, int64_t number)
{
    qf_text_put(out, word);
    qf_text_put_character(out, ' ');
    if (name) {
        qf_text_put(out, name);
    } else {
        qf_text_put_integer(out, number);
    }
}

void qf_words_put_quantity(qf_text_buffer *out, const char *word, const qf_event_words *words,
                           const char *begin, const char *end, int32_t number)
{
    size_t length;
    const char *name = quantity_name(words, begin, end, number, &length);
    qf_text_put(out, word);
    qf_text_put_character(out, ' ');
    if (name) {
        qf_text_put_bytes(out, name, length);
    } else {
        qf_text_put_integer(out, number);
    }
}

void qf_words_put_value(qf_text_buffer *out, const char *before, double value, const char *after)
{
    if (!isnan(value)) {
        qf_text_put(out, before);
        qf_text_put_rounded(out, value);
        qf_text_put(out, after);
    }
}

void qf_words_put_vehicle(qf_text_buffer *out, const char *word, const qf_event_words *words,
                          int64_t entity)
{
    if (words->names) {
        qf_words_put_named(out, word, qf_text_list_at(words->names, entity), entity);
        return;
    }
    const hid_t variable = H5Dopen2(words->file, "entities/name", H5P_DEFAULT);
    char *name = entity >= 0 && (hsize_t)entity < qf_nc_length(variable)
                     ? qf_nc_read_text(variable, (hsize_t)entity)
                     : NULL;
    qf_words_put_named(out, word, name, entity);
    free(name);
    qf_nc_close_id(variable);
}
