/* SPDX-License-Identifier: Apache-2.0 */
#include "archive.h"

#include <string.h>

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
