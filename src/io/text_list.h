/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEXT_LIST_H
#define QF_TEXT_LIST_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts of a variable, close together: names of a million vehicles take what they are long. */
typedef struct qf_text_list {
    uint64_t n;
    size_t *begin; /* of each, in `text` */
    char *text;    /* each ended by zero */
} qf_text_list;

/* False: unreadable, or no memory. Freed also then. */
bool qf_text_list_read(hid_t variable, qf_text_list *list);
void qf_text_list_free(qf_text_list *list);

/* NULL: there is none of that number. */
static inline const char *qf_text_list_at(const qf_text_list *list, int64_t i)
{
    return i >= 0 && (uint64_t)i < list->n ? list->text + list->begin[i] : NULL;
}

#endif
