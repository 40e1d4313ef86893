/* SPDX-License-Identifier: Apache-2.0 */
/* /hashes of two files, and the hash of their last states. */
#include <stdlib.h>
#include <string.h>

#include "results_diff_internal.h"

static bool read_rung(qf_diff *diff, int f, uint64_t *hashes)
{
    const qf_diff_series *ladder = &diff->ladder;
    const hsize_t start[2] = {ladder->first_row[f], 0};
    const hsize_t count[2] = {1, ladder->width};
    return qf_nc_read_block(ladder->columns[0].variable[f], H5T_NATIVE_UINT64, start, count,
                            hashes);
}

/* The worlds of the first differing rung. */
static qf_status name_worlds(qf_diff *diff)
{
    const size_t n = diff->ladder.width;
    uint64_t *other = malloc(n * sizeof *other);
    uint64_t *worlds = malloc(n * sizeof *worlds);
    qf_status status = QF_OK;
    if (!other || !worlds) {
        status = qf_fail(diff->context, QF_ERROR_MEMORY, "no memory to compare results");
    } else if (!read_rung(diff, 0, worlds) || !read_rung(diff, 1, other)) {
        status = qf_fail(diff->context, QF_ERROR_READ, "%s or %s: /hashes cannot be read",
                         diff->path[0], diff->path[1]);
    }
    for (size_t w = 0; status == QF_OK && w < n; w++) {
        if (worlds[w] != other[w]) {
            worlds[diff->n_worlds++] = w; /* never past w */
        }
    }
    free(other);
    diff->worlds = worlds;
    return status;
}

static void compare_state_hashes(qf_diff *diff)
{
    char *const *hash = diff->state_hash;
    if (diff->covered[0] != diff->covered[1]) {
        return; /* of different moments */
    }
    if (hash[0] && hash[1]) {
        diff->hashes_differ = strcmp(hash[0], hash[1]) != 0;
    } else if (hash[0] || hash[1]) {
        qf_diff_tell(diff, &diff->different, "state_hash: missing in %c", hash[0] ? 'B' : 'A');
    }
}

qf_status qf_diff_ladder(qf_diff *diff)
{
    qf_diff_series *ladder = &diff->ladder;
    if (!diff->same_vehicles) {
        return QF_OK;
    }
    compare_state_hashes(diff);
    ladder->columns = calloc(1, sizeof *ladder->columns);
    if (!ladder->columns) {
        return qf_fail(diff->context, QF_ERROR_MEMORY, "no memory to compare results");
    }
    qf_diff_column *hash = &ladder->columns[0];
    hash->variable[0] = hash->variable[1] = H5I_INVALID_HID;
    if (!qf_diff_open(diff, "hashes/hash", hash->variable) ||
        !qf_diff_open(diff, "hashes/tick", ladder->tick)) {
        qf_diff_close(hash->variable);
        qf_diff_tell(diff, &diff->information, "a file has no /hashes");
        return QF_OK;
    }
    hash->type = QF_TYPE_U64;
    strcpy(hash->name, "hash");
    ladder->n_columns = 1;
    ladder->width = qf_nc_width(hash->variable[0]);
    for (int f = 0; f < 2; f++) {
        const uint64_t n_ticks = qf_nc_length(ladder->tick[f]);
        const uint64_t n_hashes = qf_nc_length(hash->variable[f]);
        ladder->n_rows[f] = n_ticks < n_hashes ? n_ticks : n_hashes;
    }
    const qf_status status = qf_diff_compare_series(diff, ladder);
    return status == QF_OK && ladder->first.found ? name_worlds(diff) : status;
}
