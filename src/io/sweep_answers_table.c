/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_answers_table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const double no_number = (double)NAN;
static const int64_t no_count = -1;

hid_t qf_answers_dimension(const qf_answers_table *t, const char *name, const char *long_name,
                           size_t n)
{
    const qf_nc_variable variable = {
        .name = name, .type = H5T_NATIVE_INT64, .units = "1", .long_name = long_name};
    const hid_t scale = qf_nc_dimension(t->nc, t->group, &variable, n, 0);
    qf_nc_write_numbers(t->nc, scale, n);
    return scale;
}

qf_status qf_answers_begin(qf_context *context, qf_nc *nc, const char *name, size_t n, size_t width,
                           qf_answers_table *t)
{
    size_t elements;
    *t = (qf_answers_table){.nc = nc, .n = n, .width = width};
    if (!qf_size_multiply(n, width > 1 ? width : 1, &elements) ||
        !(t->buffer = calloc(elements + 1, 8))) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    t->group = qf_nc_group(nc, name);
    t->string_type = qf_nc_string_type(nc);
    return QF_OK;
}

void qf_answers_end(qf_answers_table *t)
{
    qf_nc_close_type(t->nc, t->string_type);
    free(t->buffer);
}

hid_t qf_answers_put(const qf_answers_table *t, const char *name, hid_t type, const char *long_name,
                     const void *fill)
{
    const qf_nc_variable variable = {name, type, "1", long_name, fill};
    return qf_nc_column(t->nc, t->group, t->scales[0], &variable, t->n, t->buffer);
}

/* A number for each row, read at an offset of rows of `stride` bytes. */
hid_t qf_answers_put_numbers(const qf_answers_table *t, const char *name, const char *long_name,
                             const void *rows, size_t stride, size_t offset)
{
    double *values = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        memcpy(&values[i], (const char *)rows + i * stride + offset, sizeof *values);
    }
    return qf_answers_put(t, name, H5T_NATIVE_DOUBLE, long_name, &no_number);
}

hid_t qf_answers_put_counts(const qf_answers_table *t, const char *name, const char *long_name,
                            const void *rows, size_t stride, size_t offset)
{
    int64_t *values = t->buffer;
    for (size_t i = 0; i < t->n; i++) {
        uint64_t count;
        memcpy(&count, (const char *)rows + i * stride + offset, sizeof count);
        values[i] = (int64_t)count;
    }
    return qf_answers_put(t, name, H5T_NATIVE_INT64, long_name, &no_count);
}

/* Values that are already in the buffer, by row and column. */
hid_t qf_answers_put_grid(const qf_answers_table *t, const char *name, const char *long_name)
{
    const qf_nc_variable variable = {name, H5T_NATIVE_DOUBLE, "1", long_name, &no_number};
    const hid_t id = qf_nc_define(t->nc, t->group, &variable,
                                  &(qf_nc_shape){.rank = 2,
                                                 .scales = {t->scales[0], t->scales[1]},
                                                 .length = {t->n, t->width}});
    qf_nc_write(t->nc, id, H5T_NATIVE_DOUBLE, 0, t->n, t->width, t->buffer);
    return id;
}

/* How an interval was come to. */
void qf_answers_put_method(const qf_answers_table *t, hid_t id, const char *format, ...)
{
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    qf_nc_put_text(t->nc, id, "method", text);
}
