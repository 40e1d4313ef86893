/* SPDX-License-Identifier: Apache-2.0 */
#include "text_table.h"

#include <string.h>

enum { GAP = 2 };

qf_text_table qf_table_start(qf_canvas *canvas, const char *align, size_t most_rows)
{
    const size_t n = strlen(align);
    qf_text_table table = {
        .canvas = canvas,
        .align = align,
        .n_columns = n,
        .cells = qf_arena_array(&canvas->arena, most_rows * n + 1, sizeof *table.cells),
        .most_rows = most_rows};
    canvas->failed = canvas->failed || !table.cells;
    return table;
}

void qf_table_add(qf_text_table *table, const char *const *cells)
{
    if (table->canvas->failed || table->n_rows == table->most_rows) {
        table->canvas->failed = true;
        return;
    }
    for (size_t c = 0; c < table->n_columns; c++) {
        table->cells[table->n_rows * table->n_columns + c] = cells[c];
    }
    table->n_rows++;
}

/* column c with what stands left of its texts */
static qf_text_block column(const qf_text_table *table, size_t c)
{
    qf_canvas *canvas = table->canvas;
    size_t width = 0;
    for (size_t r = 0; r < table->n_rows; r++) {
        const size_t own = qf_text_width(table->cells[r * table->n_columns + c]);
        width = own > width ? own : width;
    }
    qf_text_block block = {
        .lines = qf_arena_array(&canvas->arena, table->n_rows + 1, sizeof *block.lines),
        .n_lines = table->n_rows,
        .width = width};
    for (size_t r = 0; block.lines && r < table->n_rows; r++) {
        const char *text = table->cells[r * table->n_columns + c];
        const size_t left = table->align[c] == 'r' ? width - qf_text_width(text) : 0;
        block.lines[r] = qf_arena_format(&canvas->arena, "%*s%s", (int)left, "", text);
        canvas->failed = canvas->failed || !block.lines[r];
    }
    canvas->failed = canvas->failed || !block.lines;
    return block;
}

static qf_text_block join(const qf_text_table *table, size_t indent, size_t gap)
{
    qf_text_block all = {0};
    for (size_t c = 0; c < table->n_columns && !table->canvas->failed; c++) {
        all = qf_block_beside(table->canvas, all, c > 0 ? gap : indent, column(table, c));
    }
    return all;
}

qf_text_block qf_table_block(const qf_text_table *table, size_t indent, size_t width)
{
    const qf_text_block block = join(table, indent, GAP);
    return block.width > width ? join(table, indent, 1) : block;
}
