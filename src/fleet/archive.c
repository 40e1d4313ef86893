/* SPDX-License-Identifier: Apache-2.0 */
#include "archive.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "arena.h"

void qf_archive_fail(qf_archive *archive, qf_status status, const char *what)
{
    if (archive->status == QF_OK) {
        archive->status = qf_fail(archive->context, status, "%s", what);
    }
}

void qf_archive_bytes(qf_archive *archive, void *bytes, size_t n)
{
    if (archive->status == QF_OK && n > 0) {
        archive->status = archive->move(archive->user, archive->context, bytes, n);
        archive->digest = archive->status == QF_OK ? XXH3_64bits_withSeed(bytes, n, archive->digest)
                                                   : archive->digest;
    }
    if (archive->status != QF_OK && archive->loads && n > 0) {
        memset(bytes, 0, n);
    }
}

void qf_archive_count(qf_archive *archive, size_t *n, size_t most)
{
    uint64_t count = *n;
    qf_archive_bytes(archive, &count, sizeof count);
    if (archive->status == QF_OK && archive->loads && count > most) {
        archive->status = qf_fail(archive->context, QF_ERROR_READ,
                                  "a list of the checkpoint has %llu entries, of at most %zu",
                                  (unsigned long long)count, most);
    }
    if (archive->loads) {
        *n = archive->status == QF_OK ? (size_t)count : 0;
    }
}

/* room for n entries; NULL without memory, and then `entries` is freed */
static void *grow(void *entries, size_t n, size_t *capacity, size_t size)
{
    if (n <= *capacity) {
        return entries;
    }
    const size_t more = 2 * *capacity > n ? 2 * *capacity : n;
    size_t bytes;
    void *grown = qf_size_multiply(more, size, &bytes) ? realloc(entries, bytes) : NULL;
    if (!grown) {
        free(entries);
    }
    *capacity = grown ? more : 0;
    return grown;
}

void *qf_archive_list(qf_archive *archive, void *entries, size_t *n, size_t *capacity, size_t size,
                      size_t most)
{
    enum { PART_BYTES = 1 << 20 }; /* whatever a count says, memory follows what has come */
    const size_t part = PART_BYTES / size + 1;
    qf_archive_count(archive, n, most);
    for (size_t begin = 0; begin < *n && archive->status == QF_OK; begin += part) {
        const size_t end = *n - begin < part ? *n : begin + part;
        if (archive->loads) {
            entries = grow(entries, end, capacity, size);
        }
        if (entries) {
            qf_archive_bytes(archive, (char *)entries + begin * size, (end - begin) * size);
        } else {
            archive->status =
                qf_fail(archive->context, QF_ERROR_MEMORY, "no memory for %zu entries", end);
        }
    }
    if (archive->loads && archive->status != QF_OK) {
        *n = 0;
    }
    return entries;
}

void qf_archive_end(qf_archive *archive)
{
    const uint64_t digest = archive->digest; /* without its own bytes */
    uint64_t kept = digest;
    qf_archive_bytes(archive, &kept, sizeof kept);
    if (archive->status == QF_OK && kept != digest) {
        archive->status = qf_fail(archive->context, QF_ERROR_READ,
                                  "the checkpoint does not hold what was saved: it is damaged");
    }
}

void qf_archive_same(qf_archive *archive, uint64_t value, const char *what)
{
    uint64_t kept = value;
    qf_archive_bytes(archive, &kept, sizeof kept);
    if (archive->status == QF_OK && kept != value) {
        archive->status = qf_fail(archive->context, QF_ERROR_READ,
                                  "the checkpoint has %s %llu, and now it is %llu", what,
                                  (unsigned long long)kept, (unsigned long long)value);
    }
}

void qf_archive_part(qf_archive *archive, const char *name)
{
    char kept[32] = {0};
    strncpy(kept, name, sizeof kept - 1);
    qf_archive_bytes(archive, kept, sizeof kept);
    kept[sizeof kept - 1] = 0;
    if (archive->status == QF_OK && strncmp(kept, name, sizeof kept - 1) != 0) {
        archive->status = qf_fail(archive->context, QF_ERROR_READ,
                                  "the checkpoint has part '%s' where '%s' should be", kept, name);
    }
}
