/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a table as CSV (RFC 4180, with a line feed alone at the end of a line). */
#include <math.h>
#include <stdlib.h>

#include "decimal_text.h"
#include "export_table.h"

void qf_export_csv_head(const qf_export_table *table, qf_text_buffer *text)
{
    for (size_t c = 0; c < table->n_columns; c++) {
        qf_text_put(text, c > 0 ? "," : "");
        qf_text_put_csv(text, table->columns[c].name);
    }
    qf_text_put_character(text, '\n');
}

static const char *meaning(const qf_export_column *column, int64_t value)
{
    if (value >= 0 && value < QF_EXPORT_DENSE) {
        return column->dense[value];
    }
    for (size_t i = 0; i < column->flags.n; i++) {
        if (column->flags.values[i] == value) {
            return column->flags.meanings[i];
        }
    }
    return NULL;
}

/* an enumeration by name, where the file has one for the value */
static void put_integer(const qf_export_column *column, int64_t value, bool is_unsigned,
                        qf_text_buffer *text)
{
    if (column->may_be_missing && value == column->missing_integer) {
        return;
    }
    const char *name = column->flags.n > 0 ? meaning(column, value) : NULL;
    if (name) {
        qf_text_put_csv(text, name);
        return;
    }
    char *at = qf_text_room(text, QF_DECIMAL_BYTES);
    if (at) {
        qf_text_wrote(text, is_unsigned ? qf_decimal_put_uint64(at, (uint64_t)value)
                                        : qf_decimal_put_int64(at, value));
    }
}

static bool is_missing(const qf_export_column *column, double value)
{
    return column->may_be_missing &&
           (isnan(value) ? isnan(column->missing_number) : value == column->missing_number);
}

static void put_double(const qf_export_column *column, double value, qf_text_buffer *text)
{
    char *at = is_missing(column, value) ? NULL : qf_text_room(text, QF_DECIMAL_BYTES);
    if (at) {
        qf_text_wrote(text, qf_decimal_put_double(at, value));
    }
}

static void put_float(const qf_export_column *column, float value, qf_text_buffer *text)
{
    char *at = is_missing(column, (double)value) ? NULL : qf_text_room(text, QF_DECIMAL_BYTES);
    if (at) {
        qf_text_wrote(text, qf_decimal_put_float(at, value));
    }
}

static void put_value(const qf_export_column *column, const void *values, size_t i,
                      qf_text_buffer *text)
{
    switch (column->type) {
    case QF_EXPORT_I8:
        put_integer(column, ((const int8_t *)values)[i], false, text);
        return;
    case QF_EXPORT_U8:
        put_integer(column, ((const uint8_t *)values)[i], false, text);
        return;
    case QF_EXPORT_I16:
        put_integer(column, ((const int16_t *)values)[i], false, text);
        return;
    case QF_EXPORT_U16:
        put_integer(column, ((const uint16_t *)values)[i], false, text);
        return;
    case QF_EXPORT_I32:
        put_integer(column, ((const int32_t *)values)[i], false, text);
        return;
    case QF_EXPORT_U32:
        put_integer(column, ((const uint32_t *)values)[i], false, text);
        return;
    case QF_EXPORT_I64:
        put_integer(column, ((const int64_t *)values)[i], false, text);
        return;
    case QF_EXPORT_U64:
        put_integer(column, (int64_t)((const uint64_t *)values)[i], true, text);
        return;
    case QF_EXPORT_F32:
        put_float(column, ((const float *)values)[i], text);
        return;
    case QF_EXPORT_F64:
        put_double(column, ((const double *)values)[i], text);
        return;
    case QF_EXPORT_TEXT:
        if (((char *const *)values)[i]) {
            qf_text_put_csv(text, ((char *const *)values)[i]);
        }
        return;
    case QF_EXPORT_TYPES:
        return;
    }
}

/* the row of a pair: `first` counted in the block, `second` too */
static void put_field(const qf_export_column *column, const void *values,
                      const qf_export_block *block, size_t first, size_t second,
                      qf_text_buffer *text)
{
    const size_t of_all = (size_t)block->second + second;
    if (column->axis == QF_EXPORT_FIRST) {
        put_value(column, values, first, text);
    } else if (column->axis == QF_EXPORT_BOTH) {
        put_value(column, values, first * (size_t)block->n_second + second, text);
    } else if (column->type == QF_EXPORT_TEXT) {
        qf_text_put_csv(text, qf_text_list_at(&column->second_texts, (int64_t)of_all));
    } else {
        put_value(column, column->second, of_all, text);
    }
}

void qf_export_csv_rows(const qf_export_table *table, const qf_export_block *block,
                        qf_text_buffer *text)
{
    for (size_t f = 0; f < block->n_first; f++) {
        for (size_t s = 0; s < block->n_second; s++) {
            const size_t line = text->n;
            for (size_t c = 0; c < table->n_columns; c++) {
                if (c > 0) {
                    qf_text_put_character(text, ',');
                }
                put_field(&table->columns[c], block->values[c], block, f, s, text);
            }
            /* many programs pass over lines that are empty */
            qf_text_put(text, text->n == line ? "\"\"\n" : "\n");
        }
    }
}
