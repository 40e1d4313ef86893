/* SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"

enum { PAGE_BYTES = 4096, LINE_BYTES = 64, LINES_PER_PAGE = PAGE_BYTES / LINE_BYTES };

/* whole pages for the elements, and one more for the stagger */
static bool column_stride(size_t n_slots, size_t *stride)
{
    size_t bytes;
    if (!qf_size_multiply(n_slots, 8, &bytes) || bytes > SIZE_MAX - 2 * PAGE_BYTES) {
        return false;
    }
    *stride = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    return true;
}

size_t qf_columns_bytes(size_t n_columns, size_t n_slots)
{
    size_t stride;
    size_t bytes;
    const size_t stagger = (n_columns / LINES_PER_PAGE + 1) * PAGE_BYTES;
    if (!column_stride(n_slots, &stride) || !qf_size_multiply(stride, n_columns, &bytes) ||
        bytes > SIZE_MAX - stagger) {
        return 0;
    }
    return bytes + stagger;
}

size_t qf_columns_offset(size_t k, size_t n_slots)
{
    size_t stride = 0;
    column_stride(n_slots, &stride);
    /* the stagger accumulates: 64 columns on, it has grown to a page */
    return k * stride + k * LINE_BYTES;
}

bool qf_columns_place(char *block, size_t *offset, size_t n, size_t size, void *column)
{
    size_t bytes;
    if (!qf_size_multiply(n, size, &bytes) || bytes > SIZE_MAX / 4 - *offset) {
        return false;
    }
    if (block) {
        void *at = block + *offset;
        memcpy(column, &at, sizeof at);
    }
    *offset += (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES + LINE_BYTES;
    return true;
}

qf_status qf_columns_map_small(qf_context *context, size_t bytes, void **memory)
{
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) {
        return qf_fail(context, QF_ERROR_MEMORY, "%zu MiB for the fleet's columns: %s", bytes >> 20,
                       strerror(errno));
    }
    /* also where the system makes pages large by itself */
    (void)madvise(block, bytes, MADV_NOHUGEPAGE);
    *memory = block;
    return QF_OK;
}

void qf_columns_enlarge(void *begin, void *end)
{
    const uintptr_t first = ((uintptr_t)begin + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    const uintptr_t last = (uintptr_t)end / PAGE_BYTES * PAGE_BYTES;
    if (first < last) {
        /* only advice: without huge pages it is slower, not wrong */
        (void)madvise((void *)first, last - first, MADV_HUGEPAGE);
    }
}

qf_status qf_columns_map(qf_context *context, size_t bytes, void **memory)
{
    const qf_status status = qf_columns_map_small(context, bytes, memory);
    if (status == QF_OK) {
        qf_columns_enlarge(*memory, (char *)*memory + bytes);
    }
    return status;
}

void qf_columns_unmap(void *memory, size_t bytes)
{
    if (memory) {
        munmap(memory, bytes);
    }
}
