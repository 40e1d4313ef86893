/* SPDX-License-Identifier: Apache-2.0 */
#include "text_list.h"

#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"
#include "text_buffer.h"

enum { SLICE = 1 << 10 };

static bool take(qf_text_list *list, qf_text_buffer *text, uint64_t begin, uint64_t n,
                 char *const *some)
{
    for (uint64_t i = 0; i < n; i++) {
        if (!some[i]) {
            return false;
        }
        list->begin[begin + i] = text->n;
        qf_text_put_bytes(text, some[i], strlen(some[i]) + 1);
    }
    return !text->failed;
}

bool qf_text_list_read(hid_t variable, qf_text_list *list)
{
    qf_text_buffer text = {0};
    char *some[SLICE] = {0};
    *list = (qf_text_list){.n = qf_nc_length(variable)};
    list->begin = calloc(list->n + 1, sizeof *list->begin);
    bool good = variable >= 0 && list->begin;
    for (uint64_t begin = 0; good && begin < list->n; begin += SLICE) {
        const uint64_t n = list->n - begin < SLICE ? list->n - begin : SLICE;
        good = qf_nc_read_texts(variable, begin, n, some) && take(list, &text, begin, n, some);
        qf_nc_free_texts(some, n);
    }
    list->text = text.bytes;
    return good;
}

void qf_text_list_free(qf_text_list *list)
{
    free(list->begin);
    free(list->text);
    *list = (qf_text_list){0};
}
