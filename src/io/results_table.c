/* SPDX-License-Identifier: Apache-2.0 */
/* Columns go to the file as they lie in memory, past HDF5's chunk cache and unconverted. */
#include "results_table.h"

#include <math.h>
#include <stdlib.h>

#include "results_internal.h"

static hid_t file_type(qf_table_type type)
{
    switch (type) {
    case QF_TABLE_I64:
        return H5T_NATIVE_INT64;
    case QF_TABLE_F64:
        return H5T_NATIVE_DOUBLE;
    case QF_TABLE_I32:
        return H5T_NATIVE_INT32;
    case QF_TABLE_F32:
        return H5T_NATIVE_FLOAT;
    case QF_TABLE_U16:
        return H5T_NATIVE_UINT16;
    case QF_TABLE_U8:
        break;
    }
    return H5T_NATIVE_UINT8;
}

/* of a row in the file: what is in memory, and what is computed */
static size_t row_bytes(const qf_table_spec *spec)
{
    size_t bytes = qf_table_row_bytes(spec->layout);
    for (size_t v = 0; v < spec->n_variables; v++) {
        bytes += spec->variables[v].source != QF_TABLE_MEMORY ? 8 : 0;
    }
    return bytes;
}

/* a power of two, as the capacity of a table that grows is */
static size_t most_pending(const qf_table_spec *spec)
{
    size_t rows = QF_TABLE_CHUNK;
    while (2 * rows * qf_table_row_bytes(spec->layout) <= QF_TABLE_PENDING_BYTES) {
        rows *= 2;
    }
    return rows;
}

qf_status qf_table_file_allocate(qf_context *context, const qf_scenario *scenario, qf_table_id id,
                                 qf_table_file *file)
{
    const qf_table_spec *spec = &qf_record_tables[id];
    *file = (qf_table_file){.spec = spec,
                            .on = qf_table_is_recorded(id, scenario),
                            .dt_s = scenario->dt_s,
                            .most_pending = most_pending(spec)};
    if (file->on) {
        file->scratch = calloc(QF_TABLE_CHUNK, 8);
    }
    return !file->on || file->scratch
               ? QF_OK
               : qf_fail(context, QF_ERROR_MEMORY, "no memory for %s", spec->noun);
}

void qf_table_file_free(qf_table_file *file)
{
    free(file->scratch);
    file->scratch = NULL;
    if (file->spec) {
        qf_table_free(file->spec->layout, &file->pending);
        qf_table_free(file->spec->layout, &file->writing);
    }
}

static void put_flags(qf_nc *nc, hid_t variable, const qf_table_flags *flags)
{
    qf_nc_put_array(nc, variable, flags->masks ? "flag_masks" : "flag_values", H5T_NATIVE_UINT8,
                    flags->n, flags->values);
    qf_nc_put_text(nc, variable, "flag_meanings", flags->meanings);
}

qf_status qf_table_file_define(qf_context *context, qf_nc *nc, const qf_fleet *fleet,
                               qf_table_file *file)
{
    static const float missing = NAN;
    const qf_table_spec *spec = file->spec;
    qf_status status = QF_OK;
    if (!file->on) {
        return QF_OK;
    }
    const hid_t group = qf_nc_group(nc, spec->group);
    qf_nc_shape shape = {
        .rank = 1, .length = {H5S_UNLIMITED}, .chunk = {QF_TABLE_CHUNK}, .direct = true};
    for (size_t v = 0; v < spec->n_variables && !nc->failed && status == QF_OK; v++) {
        const qf_table_variable *row = &spec->variables[v];
        const qf_nc_variable variable = {.name = row->name,
                                         .type = file_type(row->type),
                                         .units = row->units,
                                         .long_name = row->long_name,
                                         .fill = row->may_be_none ? &missing : NULL};
        if (v == 0) {
            file->variables[v] =
                qf_nc_dimension(nc, group, &variable, H5S_UNLIMITED, QF_TABLE_CHUNK);
            shape.scales[0] = file->variables[v];
        } else {
            file->variables[v] = qf_nc_define(nc, group, &variable, &shape);
        }
        if (row->flags) {
            put_flags(nc, file->variables[v], row->flags);
        }
        if (row->by_group) {
            status =
                qf_group_flags_put(context, nc, fleet, file->variables[v], file_type(row->type));
        }
    }
    return status;
}

bool qf_table_file_is_due(const qf_table_file *file)
{
    return qf_table_rows(&file->pending) >= file->most_pending / 8; /* some 8 MiB of the file */
}

void qf_table_file_take(qf_table_file *file)
{
    const qf_table_memory written = file->writing;
    file->writing = file->pending;
    file->pending = written;
    qf_table_clear(&file->pending);
}

uint64_t qf_table_file_growth(const qf_table_file *file)
{
    const size_t n = qf_table_rows(&file->writing);
    const size_t n_variables = file->spec->n_variables;
    const uint64_t chunks = qf_new_chunks(file->n_written, n, QF_TABLE_CHUNK);
    const uint64_t chunk_bytes =
        QF_TABLE_CHUNK * row_bytes(file->spec) + n_variables * QF_META_CHUNK_BYTES;
    return chunks > 0 ? chunks * chunk_bytes + n_variables * QF_META_VARIABLE_BYTES : 0;
}

/* A variable that follows from the place in the file, or from the tick; in slices that end with a chunk. */
static void write_computed(qf_nc *nc, const qf_table_file *file, size_t v, const int64_t *tick,
                           size_t n)
{
    const qf_table_variable *variable = &file->spec->variables[v];
    int64_t *numbers = file->scratch;
    double *times_s = file->scratch;
    for (size_t done = 0; done < n && !nc->failed;) {
        const hsize_t first = (hsize_t)file->n_written + done;
        const size_t left = QF_TABLE_CHUNK - first % QF_TABLE_CHUNK;
        const size_t some = n - done < left ? n - done : left;
        for (size_t i = 0; i < some; i++) {
            if (variable->source == QF_TABLE_NUMBER) {
                numbers[i] = (int64_t)(first + i);
            } else {
                times_s[i] = (double)tick[done + i] * file->dt_s;
            }
        }
        qf_nc_write(nc, file->variables[v], file_type(variable->type), first, some, 0,
                    file->scratch);
        done += some;
    }
}

void qf_table_file_write(qf_nc *nc, qf_table_file *file)
{
    const qf_table_spec *spec = file->spec;
    const hsize_t first = (hsize_t)file->n_written;
    const size_t n = qf_table_rows(&file->writing);
    for (size_t v = 0; v < spec->n_variables && n > 0; v++) {
        const qf_table_variable *variable = &spec->variables[v];
        qf_nc_extend(nc, file->variables[v], first + n, 0);
        if (variable->source == QF_TABLE_MEMORY) {
            qf_nc_write(nc, file->variables[v], file_type(variable->type), first, n, 0,
                        qf_table_elements(&file->writing, variable->offset));
        } else {
            write_computed(nc, file, v, qf_table_elements(&file->writing, spec->tick_offset), n);
        }
    }
    if (!nc->failed) {
        file->n_written += (int64_t)n;
    }
}
