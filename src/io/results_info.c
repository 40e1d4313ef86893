/* SPDX-License-Identifier: Apache-2.0 */
#include "results_info.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "netcdf_read.h"
#include "partial_file.h"
#include "results_open.h"
#include "results_part.h"

enum { SLICE = 8192 };

/* The text of an attribute, or a dash, after its label. */
static void print_text(FILE *out, hid_t file, const char *label, const char *name)
{
    char *text = qf_nc_get_text(file, name);
    fprintf(out, "  %-11s %s\n", label, text && text[0] ? text : "-");
    free(text);
}

static void print_state_of_file(FILE *out, hid_t file, const char *path)
{
    char *status = qf_nc_get_text(file, "status");
    char *detail = qf_nc_get_text(file, "status_detail");
    const char *text = status ? status : "unknown";
    if (strcmp(text, "running") == 0 && qf_partial_file_is_locked(path)) {
        fprintf(out, "  status      running: another process is writing this file\n");
    } else if (strcmp(text, "running") == 0) {
        fprintf(out, "  status      NOT COMPLETE: the run ended without closing the file\n");
    } else if (strcmp(text, "complete") == 0) {
        fprintf(out, "  status      complete\n");
    } else {
        fprintf(out, "  status      NOT COMPLETE: %s%s%s\n", text, detail && detail[0] ? ": " : "",
                detail ? detail : "");
    }
    free(status);
    free(detail);
}

static void print_origin(FILE *out, hid_t file)
{
    uint64_t seed = 0;
    int threads = 0;
    int ranks = 0;
    char *version = qf_nc_get_text(file, "version");
    char *commit = qf_nc_get_text(file, "git_commit");
    char *isa = qf_nc_get_text(file, "isa");
    char *host = qf_nc_get_text(file, "host");
    print_text(out, file, "scenario", "title");
    print_text(out, file, "created", "created_utc");
    print_text(out, file, "command", "command_line");
    fprintf(out, "  version     %s (%s)\n", version ? version : "-", commit ? commit : "-");
    if (qf_nc_get_number(file, "threads", H5T_NATIVE_INT, &threads) &&
        qf_nc_get_number(file, "ranks", H5T_NATIVE_INT, &ranks)) {
        fprintf(out, "  machine     %s, instruction set %s, %d thread%s, %d rank%s\n",
                host ? host : "-", isa ? isa : "-", threads, threads == 1 ? "" : "s", ranks,
                ranks == 1 ? "" : "s");
    }
    print_text(out, file, "binding", "binding");
    if (qf_nc_get_number(file, "seed", H5T_NATIVE_UINT64, &seed)) {
        fprintf(out, "  seed        %" PRIu64 "\n", seed);
    }
    free(version);
    free(commit);
    free(isa);
    free(host);
}

/* Elements of a variable that have each of its flag values, to be freed; NULL: unreadable. */
static uint64_t *count_flags(hid_t variable, const qf_nc_flags *flags)
{
    uint64_t *counts = calloc(flags->n, sizeof *counts);
    long long *values = calloc(SLICE, sizeof *values);
    const hsize_t length = qf_nc_length(variable);
    bool good = counts && values;
    size_t f = 0; /* neighbours are often equal: the search begins where the last one ended */
    for (hsize_t begin = 0; good && begin < length; begin += SLICE) {
        const hsize_t n = length - begin < SLICE ? length - begin : SLICE;
        good = qf_nc_read(variable, H5T_NATIVE_LLONG, begin, n, values);
        for (hsize_t i = 0; good && i < n; i++) {
            size_t tried = 0;
            while (tried < flags->n && flags->values[f] != values[i]) {
                f = (f + 1) % flags->n;
                tried++;
            }
            counts[f] += tried < flags->n;
        }
    }
    free(values);
    if (!good) {
        free(counts);
        counts = NULL;
    }
    return counts;
}

/* "label  N in all: name n, name n", with the codes when they mean something to people. */
static void print_counts(FILE *out, hid_t file, const char *label, const char *path,
                         bool with_values)
{
    const hid_t variable = H5Dopen2(file, path, H5P_DEFAULT);
    qf_nc_flags flags = {0};
    uint64_t *counts = NULL;
    if (variable >= 0 && qf_nc_get_flags(variable, &flags)) {
        counts = count_flags(variable, &flags);
    }
    if (counts) {
        fprintf(out, "  %-11s %llu", label, (unsigned long long)qf_nc_length(variable));
        const char *separator = ": ";
        for (size_t i = 0; i < flags.n; i++) {
            if (counts[i] > 0) {
                fprintf(out, "%s%s", separator, flags.meanings[i]);
                if (with_values) {
                    fprintf(out, " (%lld)", flags.values[i]);
                }
                fprintf(out, " %" PRIu64, counts[i]);
                separator = ", ";
            }
        }
        fprintf(out, "\n");
    } else {
        fprintf(out, "  %-11s cannot be read\n", label);
    }
    free(counts);
    qf_nc_free_flags(&flags);
    if (variable >= 0) {
        (void)H5Dclose(variable);
    }
}

/* Only a whole file without the list says that nobody was frozen: the list is written last. */
static void print_quarantined(FILE *out, hid_t file)
{
    if (H5Lexists(file, "quarantine", H5P_DEFAULT) > 0) {
        const hid_t frozen = H5Dopen2(file, "quarantine/entity", H5P_DEFAULT);
        if (frozen >= 0) {
            fprintf(out, "  quarantined %llu\n", (unsigned long long)qf_nc_length(frozen));
        } else {
            fprintf(out, "  quarantined cannot be read\n");
        }
        qf_nc_close_id(frozen);
    } else {
        char *status = qf_nc_get_text(file, "status");
        const bool complete = status && strcmp(status, "complete") == 0;
        fprintf(out, "  quarantined %s\n", complete ? "0" : "none listed");
        free(status);
    }
}

/* "label  N", nothing where the file has no such group. */
static void print_length(FILE *out, hid_t file, const char *label, const char *group,
                         const char *dimension)
{
    if (H5Lexists(file, group, H5P_DEFAULT) <= 0) {
        return;
    }
    char path[QF_NC_NAME_BYTES];
    snprintf(path, sizeof path, "%s/%s", group, dimension);
    const hid_t scale = H5Dopen2(file, path, H5P_DEFAULT);
    if (scale >= 0) {
        fprintf(out, "  %-11s %llu\n", label, (unsigned long long)qf_nc_length(scale));
    } else {
        fprintf(out, "  %-11s cannot be read\n", label);
    }
    qf_nc_close_id(scale);
}

/* Nothing of what the scenario does not record. */
static void print_sightings(FILE *out, hid_t file)
{
    if (H5Lexists(file, "detections", H5P_DEFAULT) > 0) {
        print_counts(out, file, "detections", "detections/band", false);
    }
    if (H5Lexists(file, "tracks", H5P_DEFAULT) > 0) {
        print_counts(out, file, "tracks", "tracks/status", false);
    }
    if (H5Lexists(file, "picture", H5P_DEFAULT) > 0) {
        print_counts(out, file, "picture", "picture/group", false);
    }
    print_length(out, file, "identities", "identities", "identity");
    print_length(out, file, "guard rules", "guards", "guard_rule");
    print_length(out, file, "devices", "devices", "device");
    print_length(out, file, "faults", "faults", "fault");
    print_length(out, file, "behaviours", "behaviors", "group_behavior");
    print_length(out, file, "ports", "ports", "group_port");
    print_length(out, file, "tasks", "tasks", "task");
}

static double metric_at(hid_t file, const char *name, hsize_t row)
{
    char path[QF_NC_NAME_BYTES];
    double value = (double)NAN;
    snprintf(path, sizeof path, "tracking/%s", name);
    const hid_t variable = H5Dopen2(file, path, H5P_DEFAULT);
    (void)qf_nc_read(variable, H5T_NATIVE_DOUBLE, row, 1, &value);
    qf_nc_close_id(variable);
    return value;
}

/* what has no value is left out */
static void print_metric(FILE *out, const char *before, double value, const char *after)
{
    if (!isnan(value)) {
        fprintf(out, "%s%.4g%s", before, value, after);
    }
}

/* How good tracking was, a line for each group that tracks. */
static void print_tracking(FILE *out, hid_t file)
{
    if (H5Lexists(file, "tracking", H5P_DEFAULT) <= 0) {
        return;
    }
    const hid_t group = H5Dopen2(file, "tracking/group", H5P_DEFAULT);
    qf_nc_flags flags = {0};
    const bool named = group >= 0 && qf_nc_get_flags(group, &flags);
    const hsize_t n = qf_nc_length(group);
    for (hsize_t row = 0; named && row < n; row++) {
        long long number = -1;
        const char *name = "all";
        (void)qf_nc_read(group, H5T_NATIVE_LLONG, row, 1, &number);
        for (size_t i = 0; i < flags.n; i++) {
            name = flags.values[i] == number ? flags.meanings[i] : name;
        }
        fprintf(out, "  %-11s %s: %.0f switches", row == 0 ? "tracking" : "", name,
                metric_at(file, "switches", row));
        print_metric(out, ", GOSPA ", metric_at(file, "gospa_m", row), " m");
        print_metric(out, ", ", 1e2 * metric_at(file, "completeness", row), " % of targets held");
        print_metric(out, ", first after ", metric_at(file, "time_to_hold_s", row), " s");
        print_metric(out, ", purity ", metric_at(file, "purity", row), "");
        print_metric(out, ", error ", metric_at(file, "position_rmse_m", row), " m");
        print_metric(out, " and ", metric_at(file, "velocity_rmse_mps", row), " m/s");
        fputc('\n', out);
    }
    if (!named) {
        fprintf(out, "  tracking    cannot be read\n");
    }
    qf_nc_free_flags(&flags);
    qf_nc_close_id(group);
}

static int64_t count_at(hid_t group, const char *name, hsize_t row)
{
    int64_t count = 0;
    const hid_t variable = H5Dopen2(group, name, H5P_DEFAULT);
    (void)qf_nc_read(variable, H5T_NATIVE_INT64, row, 1, &count);
    qf_nc_close_id(variable);
    return count;
}

/* How many rows of a table of /machines there are, silent ones left out, and in how many a count is not 0. */
static void count_exercised(hid_t file, const char *path, const char *dimension, const char *name,
                            uint64_t *exercised, uint64_t *all)
{
    const hid_t group = H5Gopen2(file, path, H5P_DEFAULT);
    const hid_t scale = group >= 0 ? H5Dopen2(group, dimension, H5P_DEFAULT) : H5I_INVALID_HID;
    const hsize_t n = qf_nc_length(scale);
    const bool has_silent = n > 0 && H5Lexists(group, "silent", H5P_DEFAULT) > 0;
    *all = 0;
    *exercised = 0;
    for (hsize_t row = 0; row < n; row++) {
        const bool counts = !has_silent || count_at(group, "silent", row) == 0;
        *all += counts;
        *exercised += counts && count_at(group, name, row) > 0;
    }
    qf_nc_close_id(scale);
    qf_nc_close_id(group);
}

/* What state machines went through. */
static void print_machines(FILE *out, hid_t file)
{
    if (H5Lexists(file, "machines", H5P_DEFAULT) <= 0) {
        return;
    }
    uint64_t states, all_states, transitions, all_transitions;
    count_exercised(file, "machines/states", "machine_state", "evaluations", &states, &all_states);
    count_exercised(file, "machines/transitions", "transition", "taken", &transitions,
                    &all_transitions);
    fprintf(out,
            "  machines    %" PRIu64 " of %" PRIu64 " states and %" PRIu64 " of %" PRIu64
            " transitions exercised\n",
            states, all_states, transitions, all_transitions);
}

static void print_hashes(FILE *out, hid_t file)
{
    const hid_t tick = H5Dopen2(file, "hashes/tick", H5P_DEFAULT);
    const hsize_t n = qf_nc_length(tick);
    if (tick >= 0) {
        fprintf(out, "  hashes      %llu rung%s\n", (unsigned long long)n, n == 1 ? "" : "s");
    } else {
        fprintf(out, "  hashes      cannot be read\n");
    }
    qf_nc_close_id(tick);
}

static void print_time(FILE *out, hid_t file)
{
    const hid_t time = H5Dopen2(file, "state/time", H5P_DEFAULT);
    const hsize_t n = qf_nc_length(time);
    double first = 0;
    double second = 0;
    double last = 0;
    double dt_s = 0;
    int64_t n_ticks = 0;
    if (time < 0) {
        fprintf(out, "  records     cannot be read\n");
    } else if (n == 0) {
        fprintf(out, "  records     none\n");
    } else if (qf_nc_read(time, H5T_NATIVE_DOUBLE, 0, 1, &first) &&
               qf_nc_read(time, H5T_NATIVE_DOUBLE, n - 1, 1, &last)) {
        fprintf(out, "  records     %llu, from %g s to %g s", (unsigned long long)n, first, last);
        if (n > 1 && qf_nc_read(time, H5T_NATIVE_DOUBLE, 1, 1, &second)) {
            fprintf(out, ", every %g s", second - first);
        }
        if (qf_nc_get_number(file, "dt_s", H5T_NATIVE_DOUBLE, &dt_s) &&
            qf_nc_get_number(file, "n_ticks", H5T_NATIVE_INT64, &n_ticks)) {
            fprintf(out, "; the scenario lasts %g s", (double)n_ticks * dt_s);
        }
        fprintf(out, "\n");
    } else {
        fprintf(out, "  records     %llu, but their times cannot be read\n", (unsigned long long)n);
    }
    if (time >= 0) {
        (void)H5Dclose(time);
    }
}

/* The recorded quantities: the variables of /state over time and vehicles. */
static void print_variables(FILE *out, hid_t file)
{
    const hid_t group = H5Gopen2(file, "state", H5P_DEFAULT);
    if (group < 0) {
        return;
    }
    fprintf(out, "  recorded\n");
    char name[QF_NC_NAME_BYTES];
    hid_t variable;
    for (hsize_t i = 0; (variable = qf_nc_open_variable(group, i, name)) >= 0; i++) {
        if (qf_nc_rank(variable) == 2) {
            char *units = qf_nc_get_text(variable, "units");
            char *long_name = qf_nc_get_text(variable, "long_name");
            fprintf(out, "    %-25s %-14s %s\n", name, units ? units : "-",
                    long_name ? long_name : "");
            free(units);
            free(long_name);
        }
        (void)H5Dclose(variable);
    }
    (void)H5Gclose(group);
}

/* A file of a sweep's directory alone, about which the directory tells more. */
static bool print_part_of_sweep(const char *path, FILE *out, hid_t file)
{
    char *content = qf_nc_get_text(file, "content");
    const bool part = content && strncmp(content, "sweep", strlen("sweep")) == 0;
    if (part) {
        fprintf(out, "%s\n", path);
        fprintf(out, "  content     %s: a part of a sweep; name its directory to see all of it\n",
                content);
        print_origin(out, file);
    }
    free(content);
    return part;
}

/* On which files it stands; nothing where it is all of itself. Adds their bytes. */
static qf_status print_parts(qf_context *context, const char *path, FILE *out, hid_t file,
                             uint64_t *bytes)
{
    qf_parts parts;
    const qf_status status = qf_parts_read(context, path, file, &parts);
    if (status == QF_OK && parts.directory) {
        fprintf(out, "  parts       %zu file%s in %s\n", parts.n, parts.n == 1 ? "" : "s",
                parts.directory);
        for (size_t i = 0; i < parts.n; i++) {
            *bytes += parts.bytes[i];
        }
    }
    qf_parts_free(&parts);
    return status;
}

/* The file of a rank alone: its vehicles, and what happened to them. */
static void print_part_of_run(const char *path, FILE *out, hid_t file, const qf_part_marks *marks,
                              uint64_t bytes)
{
    fprintf(out, "%s\n", path);
    fprintf(out, "  part        rank %d of %d: ", marks->rank, marks->n_ranks);
    if (marks->entities[1] > 0) {
        fprintf(out, "entities %" PRId64 " to %" PRId64 "\n", marks->entities[0],
                marks->entities[0] + marks->entities[1] - 1);
    } else {
        fprintf(out, "no vehicles\n");
    }
    print_state_of_file(out, file, path);
    print_origin(out, file);
    print_time(out, file);
    print_counts(out, file, "events", "events/code", true);
    print_sightings(out, file);
    print_quarantined(out, file);
    fprintf(out, "  file        %.1f MB\n", 1e-6 * (double)bytes);
    print_variables(out, file);
}

static qf_status print_file(qf_context *context, const char *path, FILE *out, hid_t file,
                            uint64_t bytes)
{
    fprintf(out, "%s\n", path);
    print_state_of_file(out, file, path);
    print_origin(out, file);
    const qf_status status = print_parts(context, path, out, file, &bytes);
    print_counts(out, file, "vehicles", "entities/group", false);
    print_time(out, file);
    print_counts(out, file, "events", "events/code", true);
    print_sightings(out, file);
    print_tracking(out, file);
    print_machines(out, file);
    print_quarantined(out, file);
    print_hashes(out, file);
    print_text(out, file, "state hash", "state_hash");
    fprintf(out, "  file        %.1f MB\n", 1e-6 * (double)bytes);
    print_variables(out, file);
    return status;
}

qf_status qf_results_info(qf_context *context, const char *path, FILE *out)
{
    uint64_t bytes;
    hid_t file;
    qf_status status = qf_results_open(context, path, &file, &bytes);
    if (status) {
        return status;
    }
    qf_part_marks marks;
    if (qf_part_marks_read(file, &marks)) {
        print_part_of_run(path, out, file, &marks, bytes);
    } else if (!print_part_of_sweep(path, out, file)) {
        status = print_file(context, path, out, file, bytes);
    }
    (void)H5Fclose(file);
    if (ferror(out)) {
        status = qf_fail(context, QF_ERROR_WRITE, "cannot print what is in %s", path);
    }
    return status;
}
