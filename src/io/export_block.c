/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of rows of a table. */
#include <stdlib.h>

#include "export_table.h"
#include "netcdf.h"

bool qf_export_block_new(const qf_export_table *table, qf_export_block *block)
{
    qf_nc_quiet(); /* HDF5 asks each thread anew whether to print */
    *block = (qf_export_block){.n_columns = table->n_columns,
                               .values = calloc(table->n_columns + 1, sizeof *block->values)};
    bool good = block->values != NULL;
    for (size_t c = 0; good && c < table->n_columns; c++) {
        const qf_export_column *column = &table->columns[c];
        const uint64_t n = column->axis == QF_EXPORT_FIRST ? table->block_first
                           : column->axis == QF_EXPORT_BOTH
                               ? table->block_first * table->block_second
                               : 0;
        block->values[c] = calloc(n + 1, qf_export_type_bytes(column->type));
        good = block->values[c] != NULL;
    }
    return good;
}

static void free_texts(const qf_export_table *table, qf_export_block *block)
{
    for (size_t c = 0; c < block->n_columns; c++) {
        const qf_export_column *column = &table->columns[c];
        if (column->type == QF_EXPORT_TEXT && column->axis == QF_EXPORT_FIRST && block->values[c]) {
            qf_nc_free_texts(block->values[c], block->n_first);
        }
    }
}

void qf_export_block_free(const qf_export_table *table, qf_export_block *block)
{
    if (block->values) {
        free_texts(table, block);
        for (size_t c = 0; c < block->n_columns; c++) {
            free(block->values[c]);
        }
    }
    free(block->values);
    *block = (qf_export_block){0};
}

static bool read_column(const qf_export_column *column, const qf_export_block *block, void *values)
{
    const hid_t type = qf_export_native_type(column->type);
    if (column->axis == QF_EXPORT_BOTH) {
        return qf_nc_read_block(column->variable, type, (hsize_t[]){block->first, block->second},
                                (hsize_t[]){block->n_first, block->n_second}, values);
    }
    if (column->axis == QF_EXPORT_SECOND) {
        return true;
    }
    return column->type == QF_EXPORT_TEXT
               ? qf_nc_read_texts(column->variable, block->first, block->n_first, values)
               : qf_nc_read(column->variable, type, block->first, block->n_first, values);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

qf_status qf_export_block_read(qf_context *context, const qf_export_table *table, uint64_t number,
                               qf_export_block *block)
{
    free_texts(table, block);
    const uint64_t parts = (table->n_second - 1) / table->block_second + 1;
    block->first = table->begin + number / parts * table->block_first;
    block->n_first = least(table->block_first, table->n_first - block->first);
    block->second = number % parts * table->block_second;
    block->n_second = least(table->block_second, table->n_second - block->second);
    for (size_t c = 0; c < table->n_columns; c++) {
        if (!read_column(&table->columns[c], block, block->values[c])) {
            return qf_fail(context, QF_ERROR_READ,
                           "%s: is damaged: %s of /%s cannot be read from row %llu on", table->path,
                           table->columns[c].name, table->name, (unsigned long long)block->first);
        }
    }
    return QF_OK;
}
