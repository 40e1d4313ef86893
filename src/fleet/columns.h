/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COLUMNS_H
#define QF_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "context.h"

/*
 * The memory of a fleet's columns: one block, every column 64-byte aligned, huge pages advised.
 *
 * Column k starts (k modulo 64) cache lines into a page. Columns that all start at the same place
 * in a page fall into the same cache sets and alias in the store buffer.
 * benchmarks/bench_world.c shows that no fleet size suffers.
 */

/* Bytes of the block for `n_columns` columns of `n_slots` elements of 8 bytes; 0 on overflow. */
size_t qf_columns_bytes(size_t n_columns, size_t n_slots);

/* Offset of column `k` in the block. */
size_t qf_columns_offset(size_t k, size_t n_slots);

/*
 * For columns of elements of any size: places one of n elements at *offset of the block, sets *column (a
 * pointer to the elements) and moves *offset on, a line further into a page for each column. Without
 * a block only *offset is moved: that is how many bytes there must be. False: too large.
 */
bool qf_columns_place(char *block, size_t *offset, size_t n, size_t size, void *column);

/* Zeroed pages, not yet touched, large ones where the system has them. QF_ERROR_MEMORY when there are none. */
qf_status qf_columns_map(qf_context *context, size_t bytes, void **memory);

/*
 * The same in small pages, for columns of which only a part will be touched: a large page takes the memory of all that is in it.
 * qf_columns_enlarge then advises large ones for what is between begin and end.
 */
qf_status qf_columns_map_small(qf_context *context, size_t bytes, void **memory);
void qf_columns_enlarge(void *begin, void *end);

void qf_columns_unmap(void *memory, size_t bytes);

#endif
