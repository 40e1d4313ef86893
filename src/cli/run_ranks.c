/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ranks of a run agree upon, and what they tell each other for its files and its summary. All of it is collective, and
 * without other ranks does nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "late_file.h"
#include "qf_version.h"
#include "ranks.h"
#include "run_internal.h"
#include "run_parts.h"
#include "run_stitch.h"
#include "stop_signal.h"

qf_status qf_run_agree(qf_running *r, qf_status status)
{
    if (r->has_failed) {
        return status;
    }
    char own[sizeof r->context->error];
    memcpy(own, r->context->error, sizeof own);
    status = qf_ranks_agree(r->context, status);
    if (status == QF_INTERRUPTED) {
        memcpy(r->context->error, own, sizeof own); /* no rank's doing: all say the same */
    }
    r->has_failed = status != QF_OK && status != QF_INTERRUPTED;
    return status;
}

qf_status qf_run_look_up(qf_running *r, qf_status status, int64_t *until)
{
    int64_t numbers[] = {-qf_run_next_stop(r), qf_stop_requested != 0, status != QF_OK,
                         qf_run_checkpoint_is_due(r)};
    qf_ranks_most(r->context, numbers, sizeof numbers / sizeof *numbers);
    *until = -numbers[0];
    if (numbers[2]) {
        return qf_run_agree(r, status);
    }
    if (r->fleet.tick == r->scenario->n_ticks) {
        return QF_OK;
    }
    if (numbers[1]) {
        return qf_run_interrupt(r);
    }
    if (numbers[3]) {
        qf_run_write_due(r);
    }
    return QF_OK;
}

/* the same in all files of this run, and in those of no other */
static uint64_t draw_run(const char *path)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    char text[4096];
    const int n = snprintf(text, sizeof text, "%s %ld %lld %ld %s", host, (long)getpid(),
                           (long long)now.tv_sec, now.tv_nsec, path);
    return XXH3_64bits(text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

static qf_status write_manifest(qf_running *r, const char *yaml, const char *directory)
{
    const int n = qf_n_ranks(r->context);
    char *copy = strdup(r->path);
    char version[] = QF_VERSION;
    const qf_run_manifest manifest = {.version = version,
                                      .master = copy ? basename(copy) : NULL,
                                      .scenario_hash = XXH3_64bits(yaml, strlen(yaml)),
                                      .run = r->part.run,
                                      .n_ranks = n,
                                      .parts = calloc((size_t)n, sizeof *manifest.parts)};
    qf_status status = QF_OK;
    for (int p = 0; manifest.parts && p < n; p++) {
        const qf_portion portion = qf_fleet_portion(&r->fleet, p, n);
        manifest.parts[p] =
            (qf_results_part){.rank = p,
                              .n_ranks = n,
                              .run = r->part.run,
                              .first_entity = portion.entity_begin,
                              .n_entities = portion.entity_end - portion.entity_begin};
    }
    status = copy && manifest.parts ? qf_run_manifest_write(r->context, directory, &manifest)
                                    : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    free(manifest.parts);
    free(copy);
    return status;
}

/* The part of the run that goes on; it is unfinished again where this rank was done before the job ended. */
static qf_status take_up_part(qf_running *r)
{
    const qf_results_part *before = &r->checkpoints.part;
    char *partial = NULL;
    if (before->first_entity != r->part.first_entity || before->n_entities != r->part.n_entities) {
        return qf_fail(r->context, QF_ERROR_READ, "%s: was begun with other vehicles",
                       r->part_path);
    }
    r->part.run = before->run;
    if (!qf_run_part_has_file(&r->part)) {
        return QF_OK;
    }
    if (asprintf(&partial, "%s.partial", r->part_path) < 0) {
        return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    qf_status status = QF_OK;
    if (access(r->part_path, F_OK) == 0 && rename(r->part_path, partial) != 0) {
        status = qf_fail(r->context, QF_ERROR_WRITE, "%s: cannot be renamed: %s", r->part_path,
                         strerror(errno));
    }
    free(partial);
    return status;
}

qf_status qf_run_begin_parts(qf_running *r, const char *yaml)
{
    const int n = qf_n_ranks(r->context);
    const qf_portion *own = &r->fleet.own;
    r->part = (qf_results_part){.rank = qf_rank(r->context),
                                .n_ranks = n,
                                .run = draw_run(r->path),
                                .first_entity = own->entity_begin,
                                .n_entities = own->entity_end - own->entity_begin};
    if (n == 1) {
        /* a result that is there is refused in words of its own */
        return !r->options->force && access(r->path, F_OK) == 0
                   ? QF_OK
                   : qf_run_parts_check(r->context, r->path, r->options->force);
    }
    char *directory = qf_run_parts_directory(r->path);
    char name[QF_PART_NAME_BYTES];
    qf_run_part_name(r->part.rank, n, name);
    qf_status status = QF_OK;
    if (!directory || asprintf(&r->part_path, "%s/%s", directory, name) < 0) {
        r->part_path = NULL;
        status = qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    qf_ranks_share(r->context, 0, &r->part.run, sizeof r->part.run);
    if (r->checkpoints.resumes) {
        status = status == QF_OK ? take_up_part(r) : status;
    } else if (status == QF_OK && r->part.rank == 0) {
        status = qf_run_parts_begin(r->context, r->path, r->checkpoints.replaces);
        r->made_directory = status == QF_OK;
        status = status == QF_OK ? write_manifest(r, yaml, directory) : status;
    }
    free(directory);
    return qf_run_agree(r, status);
}

void qf_run_discard_parts(qf_running *r)
{
    qf_ranks_wait(r->context);
    if (r->made_directory) {
        qf_run_parts_discard(r->path);
    }
}

/* of this rank's part, which is closed; 0: it has none, or an earlier job wrote it */
static qf_status size_of_part(qf_running *r, int64_t *bytes)
{
    struct stat file;
    *bytes = 0;
    if (!r->part_path || !qf_run_part_has_file(&r->part)) {
        return QF_OK;
    }
    if (stat(r->part_path, &file) != 0) {
        return qf_fail(r->context, QF_ERROR_READ, "%s: cannot be read: %s", r->part_path,
                       strerror(errno));
    }
    *bytes = (int64_t)file.st_size;
    return QF_OK;
}

/* Rank 0 waits until it sees what the others have written on their machines. */
static qf_status see_part(qf_running *r, const char *directory, int rank, int64_t bytes,
                          double *patience_s)
{
    char name[QF_PART_NAME_BYTES];
    char *path = NULL;
    qf_status status = QF_OK;
    qf_run_part_name(rank, r->part.n_ranks, name);
    if (asprintf(&path, "%s/%s", directory, name) < 0) {
        return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    if (!qf_late_file_seen(path, bytes, patience_s)) {
        status = qf_fail(r->context, QF_ERROR_READ,
                         "%s: was written by rank %d, and cannot be seen here with its %" PRId64
                         " bytes after %.0f s; later, qfleet merge %s -o %s makes up for it",
                         path, rank, bytes, QF_LATE_FILE_PATIENCE_S, directory, r->path);
    }
    free(path);
    return status;
}

/* collective: rank 0 makes one result of all parts */
static qf_status stitch_parts(qf_running *r, uint64_t *file_bytes)
{
    const int n = r->part.n_ranks;
    int64_t *bytes = calloc((size_t)n, sizeof *bytes);
    char *directory = qf_run_parts_directory(r->path);
    qf_status status = bytes && directory ? size_of_part(r, &bytes[r->part.rank])
                                          : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    status = qf_run_agree(r, status);
    if (status == QF_OK) {
        qf_ranks_most(r->context, bytes, (size_t)n);
        double patience_s = QF_LATE_FILE_PATIENCE_S;
        for (int p = 0; r->part.rank == 0 && status == QF_OK && p < n; p++) {
            status = bytes[p] > 0 ? see_part(r, directory, p, bytes[p], &patience_s) : QF_OK;
        }
        if (r->part.rank == 0 && status == QF_OK) {
            status =
                qf_run_stitch(r->context, directory, r->path, r->checkpoints.replaces, file_bytes);
        }
        status = qf_run_agree(r, status);
    }
    free(directory);
    free(bytes);
    return status;
}

qf_status qf_run_end_parts(qf_running *r, qf_status status)
{
    qf_results_totals *totals = &r->summary.totals;
    if (qf_n_ranks(r->context) == 1 || !r->records) {
        if (status == QF_OK && r->records && r->options->force) {
            qf_run_parts_discard(r->path); /* of the result that is no more */
        }
        return status;
    }
    status = qf_run_agree(r, status);
    int64_t sums[] = {totals->n_events, totals->n_detections, totals->n_tracks, totals->n_pictures};
    qf_ranks_sum(r->context, sums, sizeof sums / sizeof *sums);
    totals->n_events = sums[0];
    totals->n_detections = sums[1];
    totals->n_tracks = sums[2];
    totals->n_pictures = sums[3];
    return status == QF_OK ? stitch_parts(r, &totals->file_bytes) : status;
}

static int compare_quarantined(const void *left, const void *right)
{
    const qf_quarantine *a = left;
    const qf_quarantine *b = right;
    if (a->tick != b->tick) {
        return a->tick < b->tick ? -1 : 1;
    }
    return (a->entity > b->entity) - (a->entity < b->entity);
}

/* those of all ranks, for rank 0 to tell of */
static qf_status gather_quarantined(qf_running *r)
{
    qf_gathered all;
    qf_summary *summary = &r->summary;
    const size_t one = sizeof *summary->quarantined;
    qf_status status = qf_ranks_gather(r->context, summary->quarantined,
                                       summary->n_quarantined * one, false, &all);
    if (status != QF_OK) {
        return status;
    }
    if (qf_rank(r->context) == 0) {
        size_t n = 0;
        r->quarantined = calloc(all.n_bytes / one + 1, one);
        for (int p = 0; r->quarantined && p < qf_n_ranks(r->context); p++) {
            if (all.bytes_of[p] > 0) {
                memcpy(r->quarantined + n, all.bytes + all.first[p], all.bytes_of[p]);
            }
            n += all.bytes_of[p] / one;
        }
        if (r->quarantined) {
            qsort(r->quarantined, n, one, compare_quarantined);
            summary->quarantined = r->quarantined;
            summary->n_quarantined = n;
        } else {
            status = qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
        }
    }
    qf_gathered_free(&all);
    return status;
}

static void sum_up_counts(qf_running *r)
{
    qf_summary *s = &r->summary;
    int64_t sums[] = {s->n_detections, s->n_false_alarms, s->n_dropped, (int64_t)s->peak_bytes};
    int64_t most[] = {(int64_t)s->peak_bytes, (int64_t)s->scratch_bytes};
    qf_ranks_sum(r->context, s->n_of_code, QF_EVENT_CODES);
    qf_ranks_sum(r->context, sums, sizeof sums / sizeof *sums);
    qf_ranks_most(r->context, most, sizeof most / sizeof *most);
    s->n_detections = sums[0];
    s->n_false_alarms = sums[1];
    s->n_dropped = sums[2];
    s->all_peak_bytes = (size_t)sums[3];
    s->peak_bytes = (size_t)most[0];
    s->scratch_bytes = (size_t)most[1];
}

qf_status qf_run_gather_summary(qf_running *r)
{
    r->summary.ranks = qf_n_ranks(r->context);
    r->summary.all_peak_bytes = r->summary.peak_bytes;
    if (r->summary.ranks == 1) {
        return QF_OK;
    }
    sum_up_counts(r);
    return gather_quarantined(r);
}

qf_status qf_run_gather_columns(qf_running *r)
{
    /* what is told of vehicles at the end: summary.c, ship_summary.c */
    static const qf_field_id told[] = {QF_FIELD_SOC_MIN,    QF_FIELD_FLAGS,    QF_FIELD_COLLISIONS,
                                       QF_FIELD_PROPELLANT, QF_FIELD_RATE_X,   QF_FIELD_RATE_Y,
                                       QF_FIELD_RATE_Z,     QF_FIELD_FSM_STATE};
    const int n = qf_n_ranks(r->context);
    size_t *first = n > 1 ? calloc((size_t)n + 1, sizeof *first) : NULL;
    if (n == 1) {
        return QF_OK;
    }
    const qf_status status = qf_ranks_agree(
        r->context, first ? QF_OK : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory"));
    for (int p = 0; status == QF_OK && p < n; p++) {
        first[p] = qf_fleet_portion(&r->fleet, p, n).slot_begin;
        first[p + 1] = r->fleet.n_slots;
    }
    for (size_t f = 0; status == QF_OK && f < sizeof told / sizeof *told; f++) {
        for (size_t k = 0; k < r->fleet.catalog.n_columns_of[told[f]]; k++) {
            qf_exchange exchange;
            qf_exchange_begin(r->context, qf_u64(&r->fleet, told[f], k), first, &exchange);
            qf_exchange_end(&exchange);
        }
    }
    free(first);
    return status;
}
