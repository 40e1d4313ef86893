/* SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* XXH3_state_t without a pointer */
#include <xxhash.h>

#include "partial_file.h"

enum { FORMAT = 1, BUFFER_BYTES = 1 << 20, VERSION_BYTES = 32, COMMIT_BYTES = 64 };

typedef struct header {
    char magic[8];
    uint32_t format;
    int32_t rank, n_ranks;
    uint32_t replaces;
    char version[VERSION_BYTES];
    char git_commit[COMMIT_BYTES];
    uint64_t scenario_low, scenario_high; /* XXH3-128 of its text */
    int64_t tick;
    int64_t n_records, n_events, n_detections, n_tracks, n_pictures, n_hashes;
} header;

_Static_assert(sizeof(header) == 8 + 4 * 4 + VERSION_BYTES + COMMIT_BYTES + 9 * 8,
               "no byte of the file is left to chance");

typedef struct trailer {
    uint64_t low, high; /* XXH3-128 of all before */
} trailer;

static const char magic[8] = "QFCHECK";

/* A file that is written, or read, from its beginning to its end. */
typedef struct stream {
    const char *path;
    int fd;
    uint64_t at; /* of the first byte in the buffer */
    size_t n;    /* bytes in the buffer */
    size_t used; /* of them, where it is read */
    uint64_t end;
    unsigned char *buffer;
    XXH3_state_t hash; /* of what was written */
} stream;

static qf_status open_buffer(qf_context *context, stream *s)
{
    s->buffer = malloc(BUFFER_BYTES);
    XXH3_128bits_reset(&s->hash);
    return s->buffer ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
}

static qf_status fail_to_write(qf_context *context, const char *path, int error)
{
    return qf_fail(context, qf_partial_file_refusal(error), "%s: cannot be written: %s", path,
                   strerror(error));
}

static qf_status write_bytes(qf_context *context, stream *s, const void *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        const ssize_t some =
            pwrite(s->fd, (const char *)bytes + done, n - done, (off_t)(s->at + done));
        if (some > 0) {
            done += (size_t)some;
        } else if (some == 0 || errno != EINTR) {
            return fail_to_write(context, s->path, some == 0 ? ENOSPC : errno);
        }
    }
    s->at += n;
    return QF_OK;
}

static qf_status flush(qf_context *context, stream *s)
{
    const qf_status status = write_bytes(context, s, s->buffer, s->n);
    s->n = 0;
    return status;
}

/* Long ones go past the buffer. */
static qf_status put(void *user, qf_context *context, void *bytes, size_t n)
{
    stream *s = user;
    qf_status status = s->n + n > BUFFER_BYTES ? flush(context, s) : QF_OK;
    XXH3_128bits_update(&s->hash, bytes, n);
    if (status == QF_OK && n > BUFFER_BYTES) {
        status = write_bytes(context, s, bytes, n);
    } else if (status == QF_OK) {
        memcpy(s->buffer + s->n, bytes, n);
        s->n += n;
    }
    return status;
}

static qf_status put_trailer(qf_context *context, stream *s)
{
    const XXH128_hash_t hash = XXH3_128bits_digest(&s->hash);
    trailer t = {.low = hash.low64, .high = hash.high64};
    const qf_status status = put(s, context, &t, sizeof t);
    return status == QF_OK ? flush(context, s) : status;
}

static header make_header(const qf_checkpoint_owner *owner, const qf_checkpoint_place *place)
{
    const XXH128_hash_t scenario = XXH3_128bits(owner->scenario_yaml, strlen(owner->scenario_yaml));
    header h = {.format = FORMAT,
                .rank = owner->rank,
                .n_ranks = owner->n_ranks,
                .replaces = place->replaces,
                .scenario_low = scenario.low64,
                .scenario_high = scenario.high64,
                .tick = place->tick,
                .n_records = place->rows.n_records,
                .n_events = place->rows.n_events,
                .n_detections = place->rows.n_detections,
                .n_tracks = place->rows.n_tracks,
                .n_pictures = place->rows.n_pictures,
                .n_hashes = place->rows.n_hashes};
    memcpy(h.magic, magic, sizeof h.magic);
    snprintf(h.version, sizeof h.version, "%s", owner->version);
    snprintf(h.git_commit, sizeof h.git_commit, "%s", owner->git_commit);
    return h;
}

static qf_status write_all(qf_context *context, stream *s, const qf_checkpoint_owner *owner,
                           const qf_checkpoint_place *place, qf_checkpoint_state *state, void *user)
{
    header h = make_header(owner, place);
    qf_status status = put(s, context, &h, sizeof h);
    if (status == QF_OK) {
        qf_archive archive = {.context = context, .move = put, .user = s};
        state(user, &archive);
        status = archive.status;
    }
    if (status == QF_OK) {
        status = put_trailer(context, s);
    }
    if (status == QF_OK && fsync(s->fd) != 0) {
        status = fail_to_write(context, s->path, errno);
    }
    return status;
}

static char *new_path(const char *path)
{
    char *text = NULL;
    return asprintf(&text, "%s.new", path) < 0 ? NULL : text;
}

qf_status qf_checkpoint_prepare(qf_context *context, const char *path,
                                const qf_checkpoint_owner *owner, const qf_checkpoint_place *place,
                                qf_checkpoint_state *state, void *user, uint64_t *bytes)
{
    char *beside = new_path(path);
    stream s = {.path = beside, .fd = -1};
    qf_status status =
        beside ? open_buffer(context, &s) : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        s.fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
        status = s.fd >= 0 ? write_all(context, &s, owner, place, state, user)
                           : fail_to_write(context, beside, errno);
    }
    if (s.fd >= 0 && close(s.fd) != 0 && status == QF_OK) {
        status = fail_to_write(context, beside, errno);
    }
    if (status != QF_OK && s.fd >= 0) {
        (void)unlink(beside);
    } else if (status == QF_OK) {
        qf_file_sync_directory(beside);
    }
    *bytes = s.at;
    free(s.buffer);
    free(beside);
    return status;
}

qf_status qf_checkpoint_publish(qf_context *context, const char *path)
{
    char *beside = new_path(path);
    qf_status status = QF_OK;
    if (!beside) {
        status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    } else if (rename(beside, path) != 0) {
        status = fail_to_write(context, path, errno);
    } else {
        qf_file_sync_directory(path);
    }
    free(beside);
    return status;
}

void qf_checkpoint_remove(const char *path)
{
    char *beside = new_path(path);
    (void)unlink(path);
    if (beside) {
        (void)unlink(beside);
    }
    free(beside);
}

static qf_status fill(qf_context *context, stream *s)
{
    const uint64_t left = s->end - s->at - s->n;
    const size_t most = left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES;
    s->at += s->n;
    s->n = 0;
    s->used = 0;
    while (s->n < most) {
        const ssize_t some = pread(s->fd, s->buffer + s->n, most - s->n, (off_t)(s->at + s->n));
        if (some > 0) {
            s->n += (size_t)some;
        } else if (some == 0 || errno != EINTR) {
            return qf_fail(context, QF_ERROR_READ, "%s: cannot be read: %s", s->path,
                           some == 0 ? "it has become shorter" : strerror(errno));
        }
    }
    return QF_OK;
}

static qf_status get(void *user, qf_context *context, void *bytes, size_t n)
{
    stream *s = user;
    if (n > s->end - s->at - s->used) {
        return qf_fail(context, QF_ERROR_READ, "%s: has less state than this run needs", s->path);
    }
    qf_status status = QF_OK;
    for (size_t done = 0; done < n && status == QF_OK;) {
        const size_t there = s->n - s->used;
        const size_t some = n - done < there ? n - done : there;
        memcpy((char *)bytes + done, s->buffer + s->used, some);
        s->used += some;
        done += some;
        status = done < n ? fill(context, s) : QF_OK;
    }
    return status;
}

static qf_status check_sum(qf_context *context, stream *s, uint64_t file_bytes, const trailer *t)
{
    s->end = file_bytes - sizeof *t;
    qf_status status = QF_OK;
    while (status == QF_OK && s->at + s->n < s->end) {
        status = fill(context, s);
        if (status == QF_OK) {
            XXH3_128bits_update(&s->hash, s->buffer, s->n);
        }
    }
    const XXH128_hash_t hash = XXH3_128bits_digest(&s->hash);
    if (status == QF_OK && (hash.low64 != t->low || hash.high64 != t->high)) {
        status = qf_fail(context, QF_ERROR_READ,
                         "%s: is damaged or cut short: it does not match its checksum", s->path);
    }
    return status;
}

static qf_status check_owner(qf_context *context, const char *path, const header *found,
                             const qf_checkpoint_owner *owner)
{
    const header expected = make_header(owner, &(qf_checkpoint_place){0});
    if (memcmp(found->version, expected.version, VERSION_BYTES) != 0 ||
        memcmp(found->git_commit, expected.git_commit, COMMIT_BYTES) != 0) {
        return qf_fail(context, QF_ERROR_SCENARIO,
                       "%s: was written by another build of qfleet (%.32s, %.64s), and this is %s, "
                       "%s",
                       path, found->version, found->git_commit, owner->version, owner->git_commit);
    }
    if (found->scenario_low != expected.scenario_low ||
        found->scenario_high != expected.scenario_high) {
        return qf_fail(context, QF_ERROR_SCENARIO,
                       "%s: is of another scenario, or of other --set or --seed", path);
    }
    if (found->n_ranks != owner->n_ranks || found->rank != owner->rank) {
        return qf_fail(context, QF_ERROR_SCENARIO,
                       "%s: is of rank %d of %d, and this is rank %d of %d", path, found->rank,
                       found->n_ranks, owner->rank, owner->n_ranks);
    }
    return QF_OK;
}

static qf_status check_place(qf_context *context, const char *path, const header *h)
{
    return h->tick >= 0 && h->n_records >= 0 && h->n_events >= 0 && h->n_detections >= 0 &&
                   h->n_tracks >= 0 && h->n_pictures >= 0 && h->n_hashes >= 0
               ? QF_OK
               : qf_fail(context, QF_ERROR_READ, "%s: has numbers that cannot be", path);
}

/* A file of `bytes`: all of it is read once before any of it is used. */
static qf_status check_all(qf_context *context, stream *s, uint64_t bytes,
                           const qf_checkpoint_owner *owner, qf_checkpoint *checkpoint)
{
    header h;
    trailer t;
    if (bytes < sizeof magic || pread(s->fd, h.magic, sizeof magic, 0) != sizeof magic ||
        memcmp(h.magic, magic, sizeof magic) != 0) {
        return qf_fail(context, QF_ERROR_READ, "%s: is not a checkpoint", s->path);
    }
    if (bytes < sizeof h + sizeof t || pread(s->fd, &h, sizeof h, 0) != sizeof h ||
        pread(s->fd, &t, sizeof t, (off_t)(bytes - sizeof t)) != sizeof t) {
        return qf_fail(context, QF_ERROR_READ, "%s: is damaged or cut short", s->path);
    }
    qf_status status = check_sum(context, s, bytes, &t);
    if (status == QF_OK && h.format != FORMAT) {
        status = qf_fail(context, QF_ERROR_SCENARIO, "%s: was written by another build of qfleet",
                         s->path);
    }
    if (status == QF_OK) {
        status = check_owner(context, s->path, &h, owner);
    }
    if (status == QF_OK) {
        status = check_place(context, s->path, &h);
    }
    checkpoint->state_bytes = bytes - sizeof h - sizeof t;
    checkpoint->place = (qf_checkpoint_place){.tick = h.tick,
                                              .replaces = h.replaces != 0,
                                              .rows = {.n_records = h.n_records,
                                                       .n_events = h.n_events,
                                                       .n_detections = h.n_detections,
                                                       .n_tracks = h.n_tracks,
                                                       .n_pictures = h.n_pictures,
                                                       .n_hashes = h.n_hashes}};
    return status;
}

qf_status qf_checkpoint_open(qf_context *context, const char *path,
                             const qf_checkpoint_owner *owner, qf_checkpoint *checkpoint)
{
    struct stat file;
    *checkpoint = (qf_checkpoint){.path = strdup(path), .fd = -1};
    stream s = {.path = checkpoint->path};
    qf_status status = checkpoint->path ? open_buffer(context, &s)
                                        : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK) {
        /* not waiting for the writer of what may be a pipe */
        checkpoint->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        s.fd = checkpoint->fd;
        if (s.fd < 0 || fstat(s.fd, &file) != 0) {
            status = qf_fail(context, QF_ERROR_READ, "%s: %s", path, strerror(errno));
        } else if (!S_ISREG(file.st_mode)) {
            status = qf_fail(context, QF_ERROR_READ, "%s: is not a checkpoint", path);
        } else {
            status = check_all(context, &s, (uint64_t)file.st_size, owner, checkpoint);
        }
    }
    free(s.buffer);
    if (status != QF_OK) {
        qf_checkpoint_close(checkpoint);
    }
    return status;
}

qf_status qf_checkpoint_load(qf_context *context, const qf_checkpoint *checkpoint,
                             qf_checkpoint_state *state, void *user)
{
    stream s = {.path = checkpoint->path,
                .fd = checkpoint->fd,
                .at = sizeof(header),
                .end = sizeof(header) + checkpoint->state_bytes};
    qf_status status = open_buffer(context, &s);
    if (status == QF_OK) {
        qf_archive archive = {.context = context, .loads = true, .move = get, .user = &s};
        state(user, &archive);
        status = archive.status;
    }
    if (status == QF_OK && s.at + s.used != s.end) {
        status = qf_fail(context, QF_ERROR_READ, "%s: has more state than this run needs", s.path);
    }
    free(s.buffer);
    return status;
}

void qf_checkpoint_close(qf_checkpoint *checkpoint)
{
    if (checkpoint->fd >= 0) {
        (void)close(checkpoint->fd);
    }
    free(checkpoint->path);
    *checkpoint = (qf_checkpoint){.fd = -1};
}
