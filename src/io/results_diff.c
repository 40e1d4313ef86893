/* SPDX-License-Identifier: Apache-2.0 */
#include "results_diff.h"

#include <stdarg.h>
#include <stdlib.h>

#include "results_diff_internal.h"
#include "results_open.h"

static char *words(const char *format, va_list arguments)
{
    char *text = NULL;
    return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

char *qf_diff_words(qf_diff *diff, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = words(format, arguments);
    va_end(arguments);
    diff->out_of_memory = diff->out_of_memory || !text;
    return text;
}

void qf_diff_tell(qf_diff *diff, qf_diff_notes *notes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = words(format, arguments);
    va_end(arguments);
    char **texts = text ? realloc(notes->texts, (notes->n + 1) * sizeof *texts) : NULL;
    if (!texts) {
        free(text);
        diff->out_of_memory = true;
        return;
    }
    notes->texts = texts;
    notes->texts[notes->n++] = text;
}

static void free_notes(qf_diff_notes *notes)
{
    for (size_t i = 0; i < notes->n; i++) {
        free(notes->texts[i]);
    }
    free(notes->texts);
}

qf_status qf_diff_unreadable(qf_diff *diff, int f, const char *what)
{
    return qf_fail(diff->context, QF_ERROR_READ, "%s: %s cannot be read", diff->path[f], what);
}

void qf_diff_close(hid_t variable[2])
{
    for (int f = 0; f < 2; f++) {
        qf_nc_close_id(variable[f]);
        variable[f] = H5I_INVALID_HID;
    }
}

bool qf_diff_open(const qf_diff *diff, const char *name, hid_t variable[2])
{
    for (int f = 0; f < 2; f++) {
        variable[f] = H5Dopen2(diff->file[f], name, H5P_DEFAULT);
    }
    const bool both = variable[0] >= 0 && variable[1] >= 0;
    if (!both) {
        qf_diff_close(variable);
    }
    return both;
}

bool qf_diff_is_different(const qf_diff *diff)
{
    bool tables_differ = false;
    for (size_t t = 0; t < QF_TABLES; t++) {
        tables_differ = tables_differ || diff->tables[t].found;
    }
    return tables_differ || diff->different.n > 0 || diff->state.first.found ||
           diff->events.found || diff->identities.found || diff->tracking.found ||
           diff->transitions.found || diff->machine_states.found || diff->quarantine.found ||
           diff->ladder.first.found || diff->hashes_differ;
}

static qf_status compare(qf_diff *diff)
{
    static qf_status (*const parts[])(qf_diff *) = {
        qf_diff_about,     qf_diff_state,      qf_diff_events,
        qf_diff_sightings, qf_diff_identities, qf_diff_tracking,
        qf_diff_machines,  qf_diff_quarantine, qf_diff_ladder};
    qf_status status = QF_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == QF_OK; i++) {
        status = parts[i](diff);
    }
    if (status == QF_OK && diff->options->recompute) {
        status = qf_diff_recompute(diff);
    }
    if (status == QF_OK && diff->out_of_memory) {
        status = qf_fail(diff->context, QF_ERROR_MEMORY, "no memory to compare results");
    }
    return status;
}

static qf_status print(qf_diff *diff, FILE *out)
{
    if (diff->options->json) {
        qf_diff_print_json(diff, out);
    } else {
        qf_diff_print(diff, out);
    }
    if (ferror(out)) {
        return qf_fail(diff->context, QF_ERROR_WRITE, "cannot print how %s and %s differ",
                       diff->path[0], diff->path[1]);
    }
    return qf_diff_is_different(diff) ? QF_DIFFERENT : QF_OK;
}

static void free_diff(qf_diff *diff)
{
    qf_diff_free_series(&diff->state);
    qf_diff_free_series(&diff->ladder);
    free_notes(&diff->different);
    free_notes(&diff->information);
    for (int f = 0; f < 2; f++) {
        free(diff->events.text[f]);
        for (size_t t = 0; t < QF_TABLES; t++) {
            free(diff->tables[t].text[f]);
        }
        free(diff->identities.text[f]);
        free(diff->tracking.text[f]);
        free(diff->transitions.text[f]);
        free(diff->machine_states.text[f]);
        free(diff->quarantine.text[f]);
        free(diff->state_hash[f]);
        qf_nc_close_id(diff->file[f]);
    }
    free(diff->vehicle);
    free(diff->worlds);
    free(diff->recomputed.outcome);
    free(diff->recomputed.vehicle);
}

qf_status qf_results_diff(qf_context *context, const char *const paths[2],
                          const qf_diff_options *options, FILE *out)
{
    qf_diff diff = {.context = context,
                    .options = options,
                    .path = {paths[0], paths[1]},
                    .file = {H5I_INVALID_HID, H5I_INVALID_HID},
                    .state.tick = {H5I_INVALID_HID, H5I_INVALID_HID},
                    .ladder.tick = {H5I_INVALID_HID, H5I_INVALID_HID}};
    qf_status status = QF_OK;
    for (int f = 0; f < 2 && status == QF_OK; f++) {
        uint64_t bytes;
        status = qf_results_open(context, paths[f], &diff.file[f], &bytes);
    }
    if (status == QF_OK) {
        status = compare(&diff);
    }
    if (status == QF_OK) {
        status = print(&diff, out);
    }
    free_diff(&diff);
    return status;
}
