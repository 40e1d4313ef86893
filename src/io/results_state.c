/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /state: the recorded quantities over time and vehicles.
 *
 * A chunk is up to 1 MiB: of a small fleet many moments of all vehicles, of a large one a part of
 * one moment. Either way a batch (one row of chunks) is contiguous in the staging ring, row by row
 * as the frames were filled, and goes to the file without being copied again.
 */
#include <stdlib.h>
#include <string.h>

#include "results_internal.h"

enum {
    ALIGNMENT = 64,
};

static size_t bytes_per_vehicle(const qf_record_plan *plan)
{
    size_t bytes = 0;
    for (size_t q = 0; q < plan->n_quantities; q++) {
        bytes += qf_type_bytes(plan->quantities[q]->type);
    }
    return bytes;
}

/* Shape of chunks and batches; no memory is taken. */
static void lay_out(const qf_record_plan *plan, int64_t n_records, qf_state *state)
{
    const size_t n = plan->n_entities;
    const size_t row_bytes = n * bytes_per_vehicle(plan);
    state->n_vehicles = n;
    const size_t width = n > 0 ? n : 1; /* of a rank that records nobody there are times only */
    state->batch_rows = width < QF_CHUNK_ELEMENTS ? QF_CHUNK_ELEMENTS / width : 1;
    if (row_bytes > 0 && state->batch_rows > QF_BATCH_BYTES / row_bytes) {
        state->batch_rows = QF_BATCH_BYTES / row_bytes;
    }
    if (state->batch_rows < 1) {
        state->batch_rows = 1;
    }
    /* batches of equal size, so that the last is not nearly empty */
    const size_t records = n_records > 0 ? (size_t)n_records : 1;
    state->batch_rows = qf_divide_up(records, qf_divide_up(records, state->batch_rows));
    state->ring_rows = QF_RING_BATCHES * state->batch_rows;
    if (n_records > 0 && records < state->ring_rows) {
        state->ring_rows = records;
    }
    state->chunk_width = qf_chunk_width(width);
    state->batch_chunks = qf_divide_up(n, state->chunk_width);
    state->batch_bytes = (uint64_t)state->batch_rows * state->chunk_width * state->batch_chunks *
                         bytes_per_vehicle(plan);
}

/* Bytes of one quantity's ring, 0 when they cannot be counted. */
static size_t ring_bytes(const qf_state *state, qf_type type)
{
    size_t bytes;
    if (!qf_size_multiply(state->n_vehicles, state->ring_rows, &bytes) ||
        !qf_size_multiply(bytes, qf_type_bytes(type), &bytes) || bytes > SIZE_MAX - ALIGNMENT) {
        return 0;
    }
    return qf_divide_up(bytes, ALIGNMENT) * ALIGNMENT;
}

/* Bytes of all rings, 0 when they cannot be counted; at least one, so that it can be allocated. */
static size_t rings_bytes(const qf_state *state, const qf_record_plan *plan)
{
    size_t total = ALIGNMENT;
    for (size_t q = 0; q < plan->n_quantities; q++) {
        const size_t bytes = ring_bytes(state, plan->quantities[q]->type);
        if (bytes == 0 || __builtin_add_overflow(total, bytes, &total)) {
            return 0;
        }
    }
    return total;
}

size_t qf_state_memory_bytes(const qf_record_plan *plan, int64_t n_records)
{
    qf_state state;
    lay_out(plan, n_records, &state);
    return rings_bytes(&state, plan);
}

qf_status qf_state_allocate(qf_context *context, const qf_record_plan *plan, int64_t n_records,
                            qf_state *state)
{
    *state = (qf_state){0};
    lay_out(plan, n_records, state);
    const size_t n = plan->n_quantities + 1; /* never an allocation of nothing */
    const size_t bytes = rings_bytes(state, plan);
    state->memory = bytes > 0 ? aligned_alloc(ALIGNMENT, bytes) : NULL;
    state->staging = calloc(n, sizeof *state->staging);
    state->row = calloc(n * state->ring_rows, sizeof *state->row);
    state->variables = calloc(n, sizeof *state->variables);
    state->ticks = calloc(state->ring_rows, sizeof *state->ticks);
    state->times = calloc(state->ring_rows, sizeof *state->times);
    if (!state->memory || !state->staging || !state->row || !state->variables || !state->ticks ||
        !state->times) {
        qf_state_free(state);
        return qf_fail(context, QF_ERROR_MEMORY,
                       "no memory for %zu bytes of records of %zu vehicles", bytes,
                       plan->n_entities);
    }
    char *next = state->memory;
    for (size_t q = 0; q < plan->n_quantities; q++) {
        state->staging[q] = next;
        next += ring_bytes(state, plan->quantities[q]->type);
    }
    return QF_OK;
}

void qf_state_free(qf_state *state)
{
    free(state->memory);
    free(state->staging);
    free(state->row);
    free(state->variables);
    free(state->ticks);
    free(state->times);
    *state = (qf_state){0};
}

void qf_state_define(qf_nc *nc, const qf_fleet *fleet, const qf_record_plan *plan, qf_state *state)
{
    const hid_t group = qf_nc_group(nc, "state");
    state->time = qf_nc_dimension(
        nc, group, &(qf_nc_variable){"time", H5T_NATIVE_DOUBLE, "s", "simulated time", NULL},
        H5S_UNLIMITED, QF_SERIES_CHUNK);
    const qf_nc_shape series = {
        .rank = 1, .scales = {state->time}, .length = {H5S_UNLIMITED}, .chunk = {QF_SERIES_CHUNK}};
    state->tick = qf_nc_define(
        nc, group, &(qf_nc_variable){"tick", H5T_NATIVE_INT64, "1", "ticks done", NULL}, &series);
    const hid_t entity = qf_nc_dimension(
        nc, group,
        &(qf_nc_variable){"entity", H5T_NATIVE_INT64, "1", "number of the vehicle", NULL},
        state->n_vehicles, 0);
    qf_nc_write_numbers_from(nc, entity, (int64_t)plan->first_entity, state->n_vehicles);
    const qf_nc_shape frames = {.rank = 2,
                                .scales = {state->time, entity},
                                .length = {H5S_UNLIMITED, state->n_vehicles},
                                .chunk = {state->batch_rows, state->chunk_width},
                                .direct = true};
    for (size_t q = 0; q < plan->n_quantities && !nc->failed; q++) {
        state->variables[q] =
            qf_quantity_define(nc, group, &fleet->catalog, plan->quantities[q], &frames);
    }
}

uint64_t qf_state_growth(const qf_state *state, const qf_record_plan *plan, size_t n)
{
    const uint64_t series = qf_new_chunks(state->n_written, n, QF_SERIES_CHUNK);
    uint64_t bytes = series * QF_SERIES_CHUNK * (sizeof *state->times + sizeof *state->ticks);
    const uint64_t batches = qf_new_chunks(state->n_written, n, state->batch_rows);
    if (batches > 0) {
        bytes += batches * (state->batch_bytes + (uint64_t)plan->n_quantities *
                                                     state->batch_chunks * QF_META_CHUNK_BYTES);
        bytes += (uint64_t)plan->n_quantities * QF_META_VARIABLE_BYTES;
    }
    return bytes;
}

void qf_state_write(qf_nc *nc, qf_state *state, const qf_record_plan *plan, size_t n)
{
    const hsize_t first = (hsize_t)state->n_written;
    const size_t slot = (size_t)first % state->ring_rows;
    qf_nc_extend(nc, state->time, first + n, 0);
    qf_nc_extend(nc, state->tick, first + n, 0);
    qf_nc_write(nc, state->time, H5T_NATIVE_DOUBLE, first, n, 0, state->times + slot);
    qf_nc_write(nc, state->tick, H5T_NATIVE_INT64, first, n, 0, state->ticks + slot);
    for (size_t q = 0; q < plan->n_quantities; q++) {
        const qf_type type = plan->quantities[q]->type;
        const size_t offset = slot * state->n_vehicles * qf_type_bytes(type);
        qf_nc_extend(nc, state->variables[q], first + n, state->n_vehicles);
        qf_nc_write(nc, state->variables[q], qf_quantity_file_type(type), first, n,
                    state->n_vehicles, state->staging[q] + offset);
    }
    if (!nc->failed) {
        state->n_written += (int64_t)n;
    }
}
