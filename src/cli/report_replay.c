/* SPDX-License-Identifier: Apache-2.0 */
#include <hdf5.h>

#include "report_replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case_replay.h"
#include "html.h"
#include "number_text.h"
#include "results_open.h"
#include "run_session.h"

/* where results of cases go for so long */
static qf_status make_directory(qf_context *context, char **directory)
{
    const char *where = getenv("TMPDIR");
    if (asprintf(directory, "%s/qfleet-report-XXXXXX", where && *where ? where : "/tmp") < 0) {
        *directory = NULL;
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    if (!mkdtemp(*directory)) {
        const int error = errno;
        free(*directory);
        *directory = NULL;
        return qf_fail(context, QF_ERROR_OUTPUT,
                       "no directory for results that are soon removed can be made in %s: %s",
                       where && *where ? where : "/tmp", strerror(error));
    }
    return QF_OK;
}

/* why a case has no pictures, at the top of the page and where they would be */
static void tell_failure(const qf_report_replay *replay, const qf_report_case *shown,
                         const char *error)
{
    static const char sentence[] = "Case %" PRIu32 " could not be run again: %s";
    qf_page_notice(replay->page, QF_TONE_NOTED, sentence, shown->number, error);
    qf_html_note(qf_page_out(replay->page), QF_TONE_NOTED, sentence, shown->number, error);
}

static void tell_difference(const qf_report_replay *replay, const qf_report_case *shown,
                            uint64_t stored, uint64_t computed)
{
    static const char sentence[] =
        "NOT reproduced: %s. Its pictures are not of what the sweep saw.";
    char text[QF_REPLAY_TEXT_BYTES];
    qf_case_replay_difference(replay->source, shown->number, stored, computed, text);
    qf_page_notice(replay->page, QF_TONE_BAD, sentence, text);
    qf_html_note(qf_page_out(replay->page), QF_TONE_BAD, sentence, text);
}

/* what one case came to when it was run again */
typedef struct rerun {
    uint64_t stored, computed; /* hashes */
    int64_t every_ticks;
} rerun;

static qf_status run_again(qf_context *context, const qf_report_replay *replay,
                           const qf_report_case *shown, const char *path, rerun *came_to)
{
    qf_scenario scenario;
    qf_status status =
        qf_case_replay_read(context, replay->source, shown->number, &scenario, &came_to->stored);
    if (status != QF_OK) {
        return status;
    }
    came_to->every_ticks = 1 + (scenario.n_ticks - 1) / QF_REPLAY_MOST_TIMES;
    scenario.record.every_ticks = came_to->every_ticks;
    qf_options options = *replay->options;
    options.no_output = false;
    options.force = false;
    const qf_run_session session = {.command = "report",
                                    .command_line = replay->command_line,
                                    .options = &options,
                                    .machine = replay->machine,
                                    .path = path,
                                    .scenario = &scenario,
                                    .quiet = true,
                                    .world_hashes = &came_to->computed};
    status = qf_run_session_run(context, &session);
    qf_scenario_free(&scenario);
    return status;
}

static void tell_same(const qf_report_replay *replay, uint64_t hash, int64_t every_ticks)
{
    char n[32], often[48] = "tick";
    if (every_ticks > 1) {
        snprintf(often, sizeof often, "%s ticks", qf_group_digits(every_ticks, n));
    }
    qf_html_paragraph(qf_page_out(replay->page),
                      "It was run again for this page, and came to the hash that the sweep has, "
                      "%016" PRIx64 ". States were recorded after every %s.",
                      hash, often);
}

static qf_status show_result(qf_context *context, const qf_report_replay *replay,
                             const qf_report_case *shown, const char *path, const rerun *came_to)
{
    hid_t file;
    uint64_t bytes;
    qf_status status = qf_results_open(context, path, &file, &bytes);
    if (status != QF_OK) {
        return status;
    }
    const qf_report_run run = {.file = file, .path = path, .anchor = shown->anchor};
    const bool same = came_to->stored == came_to->computed;
    if (!same) {
        tell_difference(replay, shown, came_to->stored, came_to->computed);
    }
    status = replay->head(replay->user, same ? &run : NULL, shown);
    if (status == QF_OK && same) {
        tell_same(replay, came_to->stored, came_to->every_ticks);
    }
    status = status == QF_OK ? replay->show(replay->user, &run) : status;
    (void)H5Fclose(file);
    return status;
}

/* whatever stands in the way of one case leaves the others, and the page */
static bool is_of_the_case(qf_status status)
{
    return status != QF_OK && status != QF_INTERRUPTED && status != QF_ERROR_MEMORY;
}

static qf_status show_failure(qf_context *context, const qf_report_replay *replay,
                              const qf_report_case *shown)
{
    tell_failure(replay, shown, context->error);
    return replay->head(replay->user, NULL, shown);
}

static qf_status show_in(qf_context *context, const qf_report_replay *replay,
                         const qf_report_case *shown, const char *path)
{
    rerun came_to = {.every_ticks = 1};
    const qf_status status = run_again(context, replay, shown, path, &came_to);
    if (is_of_the_case(status)) {
        return show_failure(context, replay, shown);
    }
    if (status == QF_INTERRUPTED) {
        return qf_fail(context, QF_INTERRUPTED,
                       "interrupted while case %" PRIu32 " was run again; no page was made",
                       shown->number);
    }
    return status == QF_OK ? show_result(context, replay, shown, path, &came_to) : status;
}

qf_status qf_report_replay_show(qf_context *context, const qf_report_replay *replay,
                                const qf_report_case *shown)
{
    char *directory = NULL;
    char *path = NULL;
    char id[sizeof shown->anchor];
    /* the anchor without the dash that ends it */
    snprintf(id, sizeof id, "%.*s", (int)strlen(shown->anchor) - 1, shown->anchor);
    qf_page_part(replay->page, id, shown->heading);
    qf_status status = make_directory(context, &directory);
    if (is_of_the_case(status)) {
        return show_failure(context, replay, shown);
    }
    if (status == QF_OK &&
        asprintf(&path, "%s/case-%" PRIu32 ".h5", directory, shown->number) < 0) {
        path = NULL;
        status = qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    if (status == QF_OK) {
        status = show_in(context, replay, shown, path);
        char *partial = NULL;
        (void)unlink(path);
        if (asprintf(&partial, "%s.partial", path) >= 0) {
            (void)unlink(partial); /* of a case that was interrupted */
            free(partial);
        }
    }
    if (directory) {
        (void)rmdir(directory);
    }
    free(path);
    free(directory);
    return status;
}
