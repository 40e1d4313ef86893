/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_ANSWERS_TABLE_H
#define QF_SWEEP_ANSWERS_TABLE_H

#include "sweep_store_internal.h"

/* Groups of sweep.h5 that hold a row for each metric, requirement or choice; not for others than its writers. */

/* A group under way: rows of its first dimension, and perhaps columns of a second. */
typedef struct qf_answers_table {
    qf_nc *nc;
    hid_t group, string_type;
    hid_t scales[QF_NC_MAX_RANK];
    size_t n, width;
    void *buffer; /* n * max(width, 1) elements of 8 bytes */
} qf_answers_table;

hid_t qf_answers_dimension(const qf_answers_table *t, const char *name, const char *long_name,
                           size_t n);
qf_status qf_answers_begin(qf_context *context, qf_nc *nc, const char *name, size_t n, size_t width,
                           qf_answers_table *t);
void qf_answers_end(qf_answers_table *t);
hid_t qf_answers_put(const qf_answers_table *t, const char *name, hid_t type, const char *long_name,
                     const void *fill);
hid_t qf_answers_put_numbers(const qf_answers_table *t, const char *name, const char *long_name,
                             const void *rows, size_t stride, size_t offset);
hid_t qf_answers_put_counts(const qf_answers_table *t, const char *name, const char *long_name,
                            const void *rows, size_t stride, size_t offset);
hid_t qf_answers_put_grid(const qf_answers_table *t, const char *name, const char *long_name);
void qf_answers_put_method(const qf_answers_table *t, hid_t id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* sweep_answers_sensitivity.c: /sensitivity, where there is any */
qf_status qf_answers_write_sensitivities(qf_context *context, qf_nc *nc, const qf_sweep_spec *spec,
                                         const qf_sweep_report *report);

#endif
