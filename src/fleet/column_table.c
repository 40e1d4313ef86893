/* SPDX-License-Identifier: Apache-2.0 */
#include "column_table.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { LEAST_CAPACITY = 1024 };

/* how each table begins */
typedef struct table_head {
    size_t n, capacity;
} table_head;

/* tables are other structs, so that nothing but copies may look at them as this one */
static table_head head_of(const void *table)
{
    table_head head;
    memcpy(&head, table, sizeof head);
    return head;
}

static void set_head(void *table, table_head head)
{
    memcpy(table, &head, sizeof head);
}

static void *column_of(const void *table, size_t offset)
{
    void *column;
    memcpy(&column, (const char *)table + offset, sizeof column);
    return column;
}

/* a longer copy of one column; the old one stays where there is no memory */
static bool grow(void *table, const qf_table_column *column, size_t capacity)
{
    size_t bytes;
    void *longer = qf_size_multiply(capacity, column->size, &bytes)
                       ? realloc(column_of(table, column->offset), bytes)
                       : NULL;
    if (longer) {
        memcpy((char *)table + column->offset, &longer, sizeof longer);
    }
    return longer != NULL;
}

bool qf_table_reserve(const qf_table_layout *layout, void *table, size_t n)
{
    table_head head = head_of(table);
    if (n <= head.capacity - head.n) {
        return true;
    }
    size_t capacity = head.capacity < LEAST_CAPACITY ? LEAST_CAPACITY : head.capacity;
    while (capacity - head.n < n) {
        if (!qf_size_multiply(capacity, 2, &capacity)) {
            return false;
        }
    }
    for (size_t c = 0; c < layout->n_columns; c++) {
        if (!grow(table, &layout->columns[c], capacity)) {
            return false;
        }
    }
    head.capacity = capacity;
    set_head(table, head);
    return true;
}

void qf_table_free(const qf_table_layout *layout, void *table)
{
    static void *const none = NULL;
    for (size_t c = 0; c < layout->n_columns; c++) {
        free(column_of(table, layout->columns[c].offset));
        memcpy((char *)table + layout->columns[c].offset, &none, sizeof none);
    }
    set_head(table, (table_head){0});
}

void qf_table_append(const qf_table_layout *layout, void *to, const void *from, size_t begin,
                     size_t n)
{
    if (n == 0) {
        return;
    }
    table_head head = head_of(to);
    for (size_t c = 0; c < layout->n_columns; c++) {
        const qf_table_column column = layout->columns[c];
        memcpy((char *)column_of(to, column.offset) + head.n * column.size,
               (const char *)column_of(from, column.offset) + begin * column.size, n * column.size);
    }
    head.n += n;
    set_head(to, head);
}

size_t qf_table_rows(const void *table)
{
    return head_of(table).n;
}

void qf_table_clear(void *table)
{
    table_head head = head_of(table);
    head.n = 0;
    set_head(table, head);
}

const void *qf_table_elements(const void *table, size_t offset)
{
    return column_of(table, offset);
}

size_t qf_table_row_bytes(const qf_table_layout *layout)
{
    size_t bytes = 0;
    for (size_t c = 0; c < layout->n_columns; c++) {
        bytes += layout->columns[c].size;
    }
    return bytes;
}
