/* SPDX-License-Identifier: Apache-2.0 */
/* checksums.txt: XXH128 of every file that is the same in every run, as xxh128sum writes and checks them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* XXH3_state_t without a pointer */
#include <xxhash.h>

#include "sweep_store_internal.h"

enum { SLICE_BYTES = 1 << 20, HASH_TEXT_BYTES = 33 };

static qf_status hash_file(qf_context *context, const char *path, char text[HASH_TEXT_BYTES])
{
    XXH3_state_t state;
    unsigned char *slice = malloc(SLICE_BYTES);
    FILE *in = fopen(path, "rbe");
    qf_status status = QF_OK;
    XXH3_128bits_reset(&state);
    if (!slice) {
        status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    } else if (!in) {
        status = qf_fail(context, QF_ERROR_READ, "%s: is missing or cannot be read", path);
    } else {
        size_t n;
        while ((n = fread(slice, 1, SLICE_BYTES, in)) > 0) {
            XXH3_128bits_update(&state, slice, n);
        }
        if (ferror(in)) {
            status = qf_fail(context, QF_ERROR_READ, "%s: cannot be read", path);
        }
    }
    if (in) {
        (void)fclose(in);
    }
    free(slice);
    const XXH128_hash_t hash = XXH3_128bits_digest(&state);
    snprintf(text, HASH_TEXT_BYTES, "%016" PRIx64 "%016" PRIx64, hash.high64, hash.low64);
    return status;
}

static qf_status put_line(qf_context *context, FILE *out, const char *directory, qf_sweep_file file,
                          size_t shard, size_t n_shards)
{
    char hash[HASH_TEXT_BYTES];
    char name[QF_SWEEP_NAME_BYTES];
    char *path = qf_sweep_file_path(directory, file, shard, n_shards);
    const qf_status status =
        path ? hash_file(context, path, hash) : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        fprintf(out, "%s  %s\n", hash, qf_sweep_file_name(file, shard, n_shards, name));
    }
    free(path);
    return status;
}

qf_status qf_checksums_write(qf_context *context, const char *directory, size_t n_shards)
{
    char *text = NULL;
    size_t length = 0;
    char *path = qf_sweep_file_path(directory, QF_SWEEP_CHECKSUMS, 0, 0);
    FILE *out = open_memstream(&text, &length);
    qf_status status = path && out ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    for (qf_sweep_file file = QF_SWEEP_MANIFEST; file <= QF_SWEEP_MASTER && status == QF_OK;
         file++) {
        status = put_line(context, out, directory, file, 0, 0);
    }
    for (size_t shard = 1; shard <= n_shards && status == QF_OK; shard++) {
        status = put_line(context, out, directory, QF_SWEEP_SHARD, shard, n_shards);
    }
    if (out && fclose(out) != 0 && status == QF_OK) {
        status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    if (status == QF_OK) {
        status = qf_text_file_write(context, path, text, length, false);
    }
    free(text);
    free(path);
    return status;
}

qf_status qf_checksums_read(qf_context *context, const char *directory, char **text)
{
    size_t length = 0;
    char *path = qf_sweep_file_path(directory, QF_SWEEP_CHECKSUMS, 0, 0);
    qf_status status = path ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    *text = NULL;
    if (path && qf_file_exists(path)) {
        status = qf_text_file_read(context, path, text, &length);
    }
    free(path);
    return status;
}

qf_status qf_checksums_match(qf_context *context, const char *text, const char *directory,
                             const char *name, bool *match)
{
    char hash[HASH_TEXT_BYTES];
    char expected[HASH_TEXT_BYTES + QF_SWEEP_NAME_BYTES + 4];
    char *path = NULL;
    if (asprintf(&path, "%s/%s", directory, name) < 0) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    const qf_status status = hash_file(context, path, hash);
    if (status == QF_OK) {
        snprintf(expected, sizeof expected, "%s  %s\n", hash, name);
        *match = strstr(text, expected) != NULL;
    }
    free(path);
    return status;
}
