/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going on with a run. While it runs, the result file is PATH.partial; when it is asked to end, and at times, PATH.checkpoint is
 * written, after all that the result file has then is on the disk: so that a kill at any time leaves the two in this order.
 * A run that ends removes it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "partial_file.h"
#include "progress.h"
#include "qf_version.h"
#include "ranks.h"
#include "run_info.h"
#include "run_internal.h"
#include "run_parts.h"

qf_checkpoint_owner qf_run_checkpoint_owner(const qf_running *r)
{
    return (qf_checkpoint_owner){.version = QF_VERSION,
                                 .git_commit = QF_GIT_COMMIT,
                                 .scenario_yaml = r->checkpoints.scenario_yaml,
                                 .rank = qf_rank(r->context),
                                 .n_ranks = qf_n_ranks(r->context)};
}

static bool exists(const char *path)
{
    struct stat file;
    return lstat(path, &file) == 0;
}

/* What an earlier process has left. */
typedef struct leftovers {
    bool result, partial, checkpoint, is_written;
} leftovers;

static qf_status look(const qf_running *r, leftovers *found)
{
    char *partial = NULL;
    if (asprintf(&partial, "%s.partial", r->path) < 0) {
        return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    *found = (leftovers){.result = exists(r->path),
                         .partial = exists(partial),
                         .checkpoint = exists(r->checkpoints.path),
                         .is_written = qf_partial_file_is_locked(partial)};
    free(partial);
    return QF_OK;
}

static qf_status fail_because_it_is_written(const qf_running *r)
{
    return qf_fail(r->context, QF_ERROR_EXISTS,
                   "%s: another process is writing '%s.partial' right now", r->path, r->path);
}

/* A run from its first tick. A checkpoint of one that is given up must not outlive it. */
static qf_status begin(const qf_running *r, const leftovers *found, bool force)
{
    if (found->is_written) {
        return fail_because_it_is_written(r);
    }
    if (!force && found->partial && found->checkpoint) {
        return qf_fail(r->context, QF_ERROR_EXISTS,
                       "%s: an earlier run left its unfinished result in '%s.partial'; go on with "
                       "it by --resume, or replace it with --force",
                       r->path, r->path);
    }
    if (found->checkpoint && (force || !found->result)) {
        qf_checkpoint_remove(r->checkpoints.path);
    }
    return QF_OK;
}

qf_status qf_run_advise(const qf_running *r, qf_status status)
{
    char reason[sizeof r->context->error];
    snprintf(reason, sizeof reason, "%s", r->context->error);
    return qf_fail(r->context, status, "%.900s; go on as it was begun, or begin anew with --force",
                   reason);
}

/* One process has nothing of what ranks left. */
static qf_status check_not_of_ranks(const qf_running *r)
{
    qf_run_manifest manifest = {0};
    char *directory = qf_run_parts_directory(r->path);
    qf_status status = directory ? QF_OK : qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK && qf_is_run_parts(directory)) {
        status = qf_run_manifest_read(r->context, directory, &manifest);
        if (status == QF_OK) {
            status = qf_fail(r->context, QF_ERROR_SCENARIO,
                             "%s: was begun by %d ranks, and this is one process", directory,
                             manifest.n_ranks);
        }
        status = qf_run_advise(r, status);
    }
    qf_run_manifest_free(&manifest);
    free(directory);
    return status;
}

/* Where no checkpoint is, there is nothing to go on from, but perhaps what must not be lost. */
static qf_status begin_where_nothing_was_kept(qf_running *r, const leftovers *found)
{
    qf_status status = check_not_of_ranks(r);
    if (status == QF_OK && found->partial) {
        status = qf_results_check_leftover(r->context, r->path, r->checkpoints.scenario_yaml);
        if (status == QF_OK) {
            fprintf(stderr,
                    "qfleet %s: %s: an earlier run was killed before its first checkpoint; begins "
                    "anew\n",
                    r->session->command, r->path);
            r->checkpoints.replaces = true;
        }
    }
    return status;
}

static qf_status find_where_to_go_on(qf_running *r, const leftovers *found, bool *done)
{
    qf_run_checkpoints *c = &r->checkpoints;
    if (found->is_written) {
        return fail_because_it_is_written(r);
    }
    if (found->partial && found->checkpoint) {
        const qf_checkpoint_owner owner = qf_run_checkpoint_owner(r);
        const qf_status status = qf_checkpoint_open(r->context, c->path, &owner, &c->from);
        if (status == QF_OK && (!found->result || c->from.place.replaces)) {
            c->resumes = true;
            c->replaces = c->from.place.replaces;
            return QF_OK;
        }
        if (status != QF_OK && !found->result) {
            return qf_run_advise(r, status);
        }
    }
    if (found->result) {
        const qf_status status = qf_results_check_finished(r->context, r->path, c->scenario_yaml);
        *done = status == QF_OK;
        return *done ? QF_OK : qf_run_advise(r, status);
    }
    if (found->checkpoint && !found->partial) {
        return qf_fail(r->context, QF_ERROR_READ,
                       "%s: goes with '%s.partial', which is missing; begin anew with --force",
                       c->path, r->path);
    }
    return begin_where_nothing_was_kept(r, found);
}

static qf_status find_beginning_alone(qf_running *r, bool *done)
{
    qf_run_checkpoints *c = &r->checkpoints;
    leftovers found;
    c->scenario_yaml = qf_run_scenario_text(r->context, r->scenario);
    if (!c->scenario_yaml || asprintf(&c->path, "%s.checkpoint", r->path) < 0) {
        c->path = NULL;
        return qf_fail(r->context, QF_ERROR_MEMORY, "out of memory");
    }
    const qf_status status = look(r, &found);
    if (status != QF_OK) {
        return status;
    }
    return r->options->resume ? find_where_to_go_on(r, &found, done)
                              : begin(r, &found, r->options->force);
}

qf_status qf_run_find_beginning(qf_running *r, bool *done)
{
    qf_run_checkpoints *c = &r->checkpoints;
    *done = false;
    c->from.fd = -1;
    c->replaces = r->options->force;
    if (!r->session->checkpoints || r->options->no_output) {
        return QF_OK;
    }
    const qf_status status = qf_n_ranks(r->context) > 1 ? qf_run_find_beginning_of_ranks(r, done)
                                                        : find_beginning_alone(r, done);
    if (status != QF_OK || qf_rank(r->context) > 0) {
        return status;
    }
    if (*done) {
        fprintf(stderr, "qfleet %s: %s: is complete already\n", r->session->command, r->path);
    } else if (c->only_stitches) {
        fprintf(stderr, "qfleet %s: %s: all ranks have written their files; makes it of them\n",
                r->session->command, r->path);
    } else if (c->resumes) {
        fprintf(stderr, "qfleet %s: goes on after tick %" PRId64 " of %" PRId64 "\n",
                r->session->command, c->from.place.tick, r->scenario->n_ticks);
    }
    return QF_OK;
}

static void archive_all(void *user, qf_archive *archive)
{
    qf_simulation_archive(user, archive);
}

qf_status qf_run_load_state(qf_running *r)
{
    qf_run_checkpoints *c = &r->checkpoints;
    qf_status status = QF_OK;
    if (c->resumes) {
        status = qf_checkpoint_load(r->context, &c->from, archive_all, r->simulation);
        if (status == QF_OK && r->fleet.tick != c->from.place.tick) {
            status = qf_fail(r->context, QF_ERROR_READ,
                             "%s: is of tick %" PRId64 ", and its state of tick %" PRId64, c->path,
                             c->from.place.tick, r->fleet.tick);
        }
        status = status == QF_OK ? QF_OK : qf_run_advise(r, status);
    }
    r->summary.first_tick = r->fleet.tick;
    c->last_s = qf_monotonic_s();
    return status;
}

/* It takes the place of the one before; only when all ranks' have, the next may be begun. */
static qf_status publish(qf_running *r)
{
    qf_run_checkpoints *c = &r->checkpoints;
    const qf_status own = c->is_beside ? qf_checkpoint_publish(r->context, c->path) : QF_OK;
    c->is_beside = own != QF_OK;
    const qf_status status = qf_ranks_agree(r->context, own);
    c->is_half_published = status != QF_OK;
    return status;
}

/* Result file first: a checkpoint never promises more than is there. */
static qf_status prepare(qf_running *r)
{
    qf_run_checkpoints *c = &r->checkpoints;
    const qf_checkpoint_owner owner = qf_run_checkpoint_owner(r);
    qf_checkpoint_place place = {.tick = r->fleet.tick, .replaces = c->replaces};
    qf_status status = r->results ? qf_results_sync(r->results, &place.rows) : QF_OK;
    if (status == QF_OK) {
        status = qf_checkpoint_prepare(r->context, c->path, &owner, &place, archive_all,
                                       r->simulation, &c->bytes);
    }
    status = qf_ranks_agree(r->context, status);
    c->is_beside = status == QF_OK;
    return status;
}

/* Every rank calls it, and all come to the same. */
static qf_status write_checkpoint(qf_running *r)
{
    qf_run_checkpoints *c = &r->checkpoints;
    const double started_s = qf_monotonic_s();
    qf_status status = c->is_half_published ? publish(r) : QF_OK;
    if (status == QF_OK) {
        status = prepare(r);
    }
    if (status == QF_OK) {
        status = publish(r);
    }
    c->last_s = qf_monotonic_s();
    c->wrote_s = c->last_s - started_s;
    if (status == QF_OK) {
        qf_log(r->context, QF_LOG_INFO,
               "checkpoint path=%s tick=%" PRId64 " bytes=%" PRIu64 " seconds=%.3f", c->path,
               r->fleet.tick, c->bytes, c->wrote_s);
    }
    return status;
}

bool qf_run_checkpoint_is_due(const qf_running *r)
{
    const qf_run_checkpoints *c = &r->checkpoints;
    const double every_s = r->options->checkpoint_every_s;
    return qf_rank(r->context) == 0 && c->path && !isnan(every_s) &&
           qf_monotonic_s() - c->last_s >= every_s;
}

void qf_run_write_due(qf_running *r)
{
    if (write_checkpoint(r) != QF_OK) {
        qf_log(r->context, QF_LOG_WARNING, "checkpoint_failed tick=%" PRId64 " reason=\"%s\"",
               r->fleet.tick, r->context->error);
    }
}

/* what was reached, and where it is */
static qf_status fail_at(qf_running *r, qf_status status, const char *reason, const char *advice)
{
    const bool alone = qf_n_ranks(r->context) == 1;
    return qf_fail(r->context, status, "interrupted after tick %lld of %lld%s%s%s%s%s",
                   (long long)r->fleet.tick, (long long)r->scenario->n_ticks, reason,
                   r->records ? "; what was recorded is in " : "", r->records ? r->path : "",
                   !r->records ? ""
                   : alone     ? ".partial"
                               : ".ranks",
                   advice);
}

qf_status qf_run_interrupt(qf_running *r)
{
    if (!r->records || !r->checkpoints.path) {
        return fail_at(r, QF_INTERRUPTED, "", "");
    }
    const qf_status status = write_checkpoint(r);
    if (status != QF_OK) {
        char reason[560];
        snprintf(reason, sizeof reason, ", and cannot go on from there: %.500s", r->context->error);
        r->has_failed = true;
        return fail_at(r, status, reason, "");
    }
    return fail_at(r, QF_INTERRUPTED, "", "; go on with --resume");
}

void qf_run_end_checkpoints(qf_running *r, qf_status status)
{
    qf_run_checkpoints *c = &r->checkpoints;
    if (c->path && status == QF_OK) {
        qf_checkpoint_remove(c->path);
    }
    qf_checkpoint_close(&c->from);
    free(c->path);
    free(c->scenario_yaml);
    c->path = NULL;
    c->scenario_yaml = NULL;
}
