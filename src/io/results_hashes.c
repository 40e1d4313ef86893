/* SPDX-License-Identifier: Apache-2.0 */
/* /hashes: the hash ladder, by which runs are compared where nothing was recorded. */
#include <stdlib.h>

#include "results_internal.h"

enum { CHUNK_BYTES = 64 << 10 };

void qf_hashes_lay_out(const qf_scenario *scenario, qf_hashes *hashes)
{
    const size_t n_rungs = (size_t)qf_record_hash_count(scenario);
    size_t rungs = CHUNK_BYTES / sizeof(uint64_t) / scenario->n_worlds;
    rungs = rungs > QF_SERIES_CHUNK ? QF_SERIES_CHUNK : rungs;
    rungs = rungs > n_rungs ? n_rungs : rungs;
    *hashes = (qf_hashes){
        .n_worlds = scenario->n_worlds, .chunk_rungs = rungs > 0 ? rungs : 1, .last_tick = -1};
}

size_t qf_rungs_bytes(const qf_hashes *hashes)
{
    return hashes->chunk_rungs * (sizeof(int64_t) + hashes->n_worlds * sizeof(uint64_t));
}

qf_status qf_rungs_allocate(qf_context *context, const qf_hashes *hashes, qf_rungs *rungs)
{
    size_t n = 0;
    *rungs = (qf_rungs){.ticks = calloc(hashes->chunk_rungs, sizeof *rungs->ticks)};
    if (qf_size_multiply(hashes->chunk_rungs, hashes->n_worlds, &n)) {
        rungs->hashes = calloc(n, sizeof *rungs->hashes);
    }
    if (!rungs->ticks || !rungs->hashes) {
        qf_rungs_free(rungs);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the hashes of %zu worlds",
                       hashes->n_worlds);
    }
    return QF_OK;
}

void qf_rungs_free(qf_rungs *rungs)
{
    free(rungs->ticks);
    free(rungs->hashes);
    *rungs = (qf_rungs){0};
}

void qf_hashes_define(qf_nc *nc, qf_hashes *hashes)
{
    const hid_t group = qf_nc_group(nc, "hashes");
    const hsize_t n_worlds = hashes->n_worlds;
    hashes->checkpoint = qf_nc_dimension(
        nc, group,
        &(qf_nc_variable){"checkpoint", H5T_NATIVE_INT64, "1", "number of the checkpoint", NULL},
        H5S_UNLIMITED, hashes->chunk_rungs);
    const hid_t world = qf_nc_dimension(
        nc, group, &(qf_nc_variable){"world", H5T_NATIVE_INT64, "1", "number of the world", NULL},
        n_worlds, 0);
    qf_nc_write_numbers(nc, world, n_worlds);
    hashes->tick = qf_nc_define(
        nc, group, &(qf_nc_variable){"tick", H5T_NATIVE_INT64, "1", "ticks done", NULL},
        &(qf_nc_shape){.rank = 1,
                       .scales = {hashes->checkpoint},
                       .length = {H5S_UNLIMITED},
                       .chunk = {hashes->chunk_rungs}});
    hashes->hash =
        qf_nc_define(nc, group,
                     &(qf_nc_variable){"hash", H5T_NATIVE_UINT64, "1",
                                       "hash of every column of the world's vehicles", NULL},
                     &(qf_nc_shape){.rank = 2,
                                    .scales = {hashes->checkpoint, world},
                                    .length = {H5S_UNLIMITED, n_worlds},
                                    .chunk = {hashes->chunk_rungs, qf_chunk_width(n_worlds)},
                                    .direct = true});
}

uint64_t qf_hashes_growth(const qf_hashes *hashes, size_t n)
{
    const uint64_t chunks = qf_new_chunks(hashes->n_written, n, hashes->chunk_rungs);
    if (chunks == 0) {
        return 0;
    }
    const size_t width = qf_chunk_width(hashes->n_worlds);
    const uint64_t across = qf_divide_up(hashes->n_worlds, width);
    const uint64_t chunk_bytes = hashes->chunk_rungs * (across * width + 2) * sizeof(uint64_t) +
                                 (across + 2) * QF_META_CHUNK_BYTES;
    return chunks * chunk_bytes + 3 * QF_META_VARIABLE_BYTES;
}

void qf_hashes_write(qf_nc *nc, qf_hashes *hashes, const int64_t *ticks, const uint64_t *values,
                     size_t n)
{
    const hsize_t first = (hsize_t)hashes->n_written;
    if (n == 0) {
        return;
    }
    qf_nc_extend(nc, hashes->checkpoint, first + n, 0);
    qf_nc_extend(nc, hashes->tick, first + n, 0);
    qf_nc_extend(nc, hashes->hash, first + n, hashes->n_worlds);
    for (size_t i = 0; i < n; i++) {
        const int64_t number = (int64_t)(first + i);
        qf_nc_write(nc, hashes->checkpoint, H5T_NATIVE_INT64, first + i, 1, 0, &number);
    }
    qf_nc_write(nc, hashes->tick, H5T_NATIVE_INT64, first, n, 0, ticks);
    qf_nc_write(nc, hashes->hash, H5T_NATIVE_UINT64, first, n, hashes->n_worlds, values);
    if (!nc->failed) {
        hashes->n_written += (int64_t)n;
        hashes->last_tick = ticks[n - 1];
    }
}
