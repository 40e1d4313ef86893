/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a run over ranks goes on. All its ranks write a checkpoint at the same tick, and none takes the place of the one before until
 * all are on the disk. So wherever the job was killed, the newest tick that any rank has a checkpoint of is one that
 * all have: those that were not to take their place any more have it beside its place still. All of it is collective.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "partial_file.h"
#include "ranks.h"
#include "run_info.h"
#include "run_internal.h"
#include "run_parts.h"

enum { NOWHERE = -1 }; /* no checkpoint */

typedef enum verdict {
    BEGIN,
    GO_ON, /* perhaps: ranks look at what they have */
    DONE,
} verdict;

/* that a result which is there, and stays, is what this run would come to */
static qf_status heed_result(const qf_running *r, verdict *found)
{
    const qf_status status =
        qf_results_check_finished(r->context, r->path, r->checkpoints.scenario_yaml);
    *found = DONE;
    return status == QF_OK ? QF_OK : qf_run_advise(r, status);
}

static qf_status check_manifest(const qf_running *r, const char *directory,
                                const qf_run_manifest *manifest)
{
    const char *yaml = r->checkpoints.scenario_yaml;
    const int n = qf_n_ranks(r->context);
    if (manifest->scenario_hash != XXH3_64bits(yaml, strlen(yaml))) {
        return qf_run_advise(r, qf_fail(r->context, QF_ERROR_SCENARIO,
                                        "%s: is of another scenario, or of other --set or --seed",
                                        directory));
    }
    return manifest->n_ranks == n
               ? QF_OK
               : qf_run_advise(r, qf_fail(r->context, QF_ERROR_SCENARIO,
                                          "%s: was begun by %d ranks, and this job has %d",
                                          directory, manifest->n_ranks, n));
}

static qf_status judge_manifest(const qf_running *r, const char *directory, verdict *found)
{
    qf_run_manifest manifest;
    qf_status status = qf_run_manifest_read(r->context, directory, &manifest);
    if (status != QF_OK) {
        return qf_run_advise(r, status);
    }
    if (qf_run_result_is_of(r->path, manifest.run)) {
        status = heed_result(r, found);
    } else {
        status = check_manifest(r, directory, &manifest);
        *found = GO_ON;
    }
    qf_run_manifest_free(&manifest);
    return status;
}

/* Ranks have nothing of what one process left. */
static qf_status check_not_alone(const qf_running *r)
{
    char *checkpoint = NULL;
    if (asprintf(&checkpoint, "%s.checkpoint", r->path) < 0) {
        return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    const bool there = access(checkpoint, F_OK) == 0;
    free(checkpoint);
    return there ? qf_run_advise(r, qf_fail(r->context, QF_ERROR_SCENARIO,
                                            "%s.partial: was begun by one process, and this job "
                                            "has %d ranks",
                                            r->path, qf_n_ranks(r->context)))
                 : QF_OK;
}

/* by rank 0, for all */
static qf_status judge(const qf_running *r, const char *directory, verdict *found)
{
    *found = BEGIN;
    if (qf_is_run_parts(directory)) {
        return judge_manifest(r, directory, found);
    }
    if (access(r->path, F_OK) == 0) {
        return heed_result(r, found);
    }
    return check_not_alone(r);
}

/* What a rank has of a run that others began. */
typedef struct own_leftovers {
    char *path; /* of its file */
    bool finished, partial;
} own_leftovers;

static qf_status look_at_own(qf_running *r, const char *directory, own_leftovers *own)
{
    qf_run_checkpoints *c = &r->checkpoints;
    qf_run_manifest manifest;
    char name[QF_PART_NAME_BYTES];
    char *partial = NULL;
    const qf_status status = qf_run_manifest_read(r->context, directory, &manifest);
    if (status != QF_OK) {
        return status;
    }
    c->part = manifest.parts[qf_rank(r->context)];
    qf_run_manifest_free(&manifest);
    qf_run_part_name(c->part.rank, c->part.n_ranks, name);
    if (asprintf(&own->path, "%s/%s", directory, name) < 0) {
        own->path = NULL;
    }
    if (!own->path || asprintf(&partial, "%s.partial", own->path) < 0) {
        return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    own->finished = access(own->path, F_OK) == 0;
    own->partial = access(partial, F_OK) == 0;
    const bool locked = own->partial && qf_partial_file_is_locked(partial);
    free(partial);
    return locked ? qf_fail(r->context, QF_ERROR_EXISTS, "%s: another process is writing it",
                            own->path)
                  : QF_OK;
}

/* NOWHERE: there is none */
static qf_status open_checkpoint(qf_running *r, const char *path, int64_t *tick)
{
    const qf_checkpoint_owner owner = qf_run_checkpoint_owner(r);
    qf_checkpoint *from = &r->checkpoints.from;
    *tick = NOWHERE;
    if (access(path, F_OK) != 0) {
        return QF_OK;
    }
    const qf_status status = qf_checkpoint_open(r->context, path, &owner, from);
    *tick = status == QF_OK ? from->place.tick : NOWHERE;
    return status == QF_OK ? QF_OK : qf_run_advise(r, status);
}

/* Takes up the checkpoint of the tick that all go on from, where it has not taken its place yet. */
static qf_status open_newer(qf_running *r, int64_t tick)
{
    qf_run_checkpoints *c = &r->checkpoints;
    char *beside = NULL;
    int64_t found = NOWHERE;
    qf_checkpoint_close(&c->from);
    if (asprintf(&beside, "%s.new", c->path) < 0) {
        return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    qf_status status = open_checkpoint(r, beside, &found);
    free(beside);
    if (status == QF_OK && found != tick) {
        status =
            qf_run_advise(r, qf_fail(r->context, QF_ERROR_READ,
                                     "%s: is not of tick %" PRId64 ", as that of another rank is",
                                     c->path, tick));
    }
    return status == QF_OK ? qf_checkpoint_publish(r->context, c->path) : status;
}

/* the rank's checkpoint, which is of tick `at`, and its file */
static qf_status take_own(qf_running *r, const own_leftovers *own, int64_t at, int64_t tick)
{
    qf_run_checkpoints *c = &r->checkpoints;
    if (qf_run_part_has_file(&c->part) && !own->finished && !own->partial) {
        return qf_fail(r->context, QF_ERROR_READ,
                       "%s: goes with '%s.partial', which is missing; begin anew with --force",
                       c->path, own->path);
    }
    return at == tick ? QF_OK : open_newer(r, tick);
}

static void begin_anew(qf_running *r)
{
    if (qf_rank(r->context) == 0) {
        fprintf(stderr,
                "qfleet %s: %s: an earlier run was killed before its first checkpoint; begins "
                "anew\n",
                r->session->command, r->path);
    }
    r->checkpoints.replaces = true;
}

/* A result of another run is there: only a run that was begun to replace it may go on. */
static qf_status heed_other_result(qf_running *r, verdict *found)
{
    int64_t done = 0;
    qf_status status = QF_OK;
    if (qf_rank(r->context) == 0 && !r->checkpoints.replaces && access(r->path, F_OK) == 0) {
        status = heed_result(r, found);
        done = 1;
    }
    status = qf_run_agree(r, status);
    qf_ranks_share(r->context, 0, &done, sizeof done);
    *found = done ? DONE : GO_ON;
    return status;
}

/* A job may have been killed while it made the result of the files: nothing is in there that is not in them. */
static qf_status clear_half_made(const qf_running *r)
{
    char *partial = NULL;
    if (asprintf(&partial, "%s.partial", r->path) < 0) {
        return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    const qf_status status = check_not_alone(r);
    if (status == QF_OK && !qf_partial_file_is_locked(partial)) {
        (void)unlink(partial); /* where it stays, making it anew will tell */
    }
    free(partial);
    return status;
}

/* From what all have, as all have told. */
static qf_status find_common_tick(qf_running *r, const own_leftovers *own, qf_status status,
                                  verdict *found)
{
    qf_run_checkpoints *c = &r->checkpoints;
    int64_t at = NOWHERE;
    if (status == QF_OK) {
        status = open_checkpoint(r, c->path, &at);
    }
    status = qf_run_agree(r, status);
    if (status != QF_OK) {
        return status;
    }
    /* tick, who still has something to do, and whether the result may be replaced */
    int64_t most[] = {at, qf_run_part_has_file(&c->part) && !own->finished,
                      at != NOWHERE && c->from.place.replaces};
    qf_ranks_most(r->context, most, sizeof most / sizeof *most);
    c->replaces = most[2] != 0;
    status = heed_other_result(r, found);
    if (status != QF_OK || *found == DONE) {
        return status;
    }
    if (!most[1]) {
        c->only_stitches = true;
        return qf_run_agree(r, qf_rank(r->context) == 0 ? clear_half_made(r) : QF_OK);
    }
    if (most[0] == NOWHERE) {
        begin_anew(r);
        return QF_OK;
    }
    c->resumes = true;
    return qf_run_agree(r, take_own(r, own, at, most[0]));
}

/* Where a run that is not asked to go on would replace what it could go on with. */
static qf_status begin(const qf_running *r, const char *directory)
{
    const bool unfinished = qf_is_run_parts(directory) && access(r->checkpoints.path, F_OK) == 0 &&
                            access(r->path, F_OK) != 0;
    return unfinished && !r->options->force
               ? qf_fail(r->context, QF_ERROR_EXISTS,
                         "%s: an earlier run left its unfinished result in '%s'; go on with it by "
                         "--resume, or replace it with --force",
                         r->path, directory)
               : QF_OK;
}

static qf_status find(qf_running *r, const char *directory, bool *done)
{
    verdict found = BEGIN;
    own_leftovers own = {0};
    const bool leads = qf_rank(r->context) == 0;
    if (!r->options->resume) {
        return qf_run_agree(r, leads ? begin(r, directory) : QF_OK);
    }
    qf_status status = qf_run_agree(r, leads ? judge(r, directory, &found) : QF_OK);
    qf_ranks_share(r->context, 0, &found, sizeof found);
    if (status == QF_OK && found == BEGIN) {
        r->checkpoints.replaces = true; /* what was left before the first file was begun */
    } else if (status == QF_OK && found == GO_ON) {
        status = find_common_tick(r, &own, look_at_own(r, directory, &own), &found);
    }
    free(own.path);
    *done = found == DONE;
    return status;
}

qf_status qf_run_find_beginning_of_ranks(qf_running *r, bool *done)
{
    qf_run_checkpoints *c = &r->checkpoints;
    char name[QF_PART_NAME_BYTES];
    char *directory = qf_run_parts_directory(r->path);
    qf_run_checkpoint_name(qf_rank(r->context), qf_n_ranks(r->context), name);
    c->scenario_yaml = qf_run_scenario_text(r->context, r->scenario);
    if (directory && asprintf(&c->path, "%s/%s", directory, name) < 0) {
        c->path = NULL;
    }
    qf_status status = qf_run_agree(r, c->scenario_yaml && c->path
                                           ? QF_OK
                                           : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory"));
    if (status == QF_OK) {
        status = find(r, directory, done);
    }
    free(directory);
    return status;
}
