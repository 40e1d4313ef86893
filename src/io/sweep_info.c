/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "netcdf_read.h"
#include "sweep_store_internal.h"

enum { MOST_ITEMS = 6 /* of a list that are shown */, WIDTH = 80, HANG = 6 };

static void print_items(FILE *out, const qf_sweep_parameter *parameter, const char *word)
{
    const qf_number *values = &parameter->values;
    fprintf(out, "%s", word);
    for (size_t i = 0; i < values->n_items && i < MOST_ITEMS; i++) {
        if (parameter->texts) {
            fprintf(out, " %s", parameter->texts[(size_t)values->items[i]]);
        } else {
            fprintf(out, " %g", values->items[i]);
        }
    }
    if (values->n_items > MOST_ITEMS) {
        fprintf(out, " ... (%zu)", values->n_items);
    }
}

static void print_distribution(FILE *out, const qf_sweep_parameter *parameter)
{
    const qf_number *values = &parameter->values;
    switch (values->kind) {
    case QF_NUMBER_UNIFORM:
        fprintf(out, "uniform from %g to %g", values->a, values->b);
        break;
    case QF_NUMBER_NORMAL:
        fprintf(out, "normal, mean %g, sd %g", values->a, values->b);
        break;
    case QF_NUMBER_LOGNORMAL:
        fprintf(out, "lognormal, mu %g, sigma %g", values->a, values->b);
        break;
    case QF_NUMBER_CHOICE:
        print_items(out, parameter, "one of");
        break;
    case QF_NUMBER_GRID:
        print_items(out, parameter, "each of");
        break;
    default:
        fprintf(out, "%g", values->a);
        break;
    }
}

static void print_parameters(FILE *out, const qf_sweep_spec *spec)
{
    fprintf(out, "  parameters  %zu, %s\n", spec->n_parameters, qf_sampling_names[spec->sampling]);
    for (size_t p = 0; p < spec->n_parameters; p++) {
        const qf_sweep_parameter *parameter = &spec->parameters[p];
        fprintf(out, "    %-24s ", parameter->name);
        print_distribution(out, parameter);
        fprintf(out, "%s%s%s%s\n", parameter->unit ? " " : "",
                parameter->unit ? parameter->unit : "", parameter->path ? "   " : "",
                parameter->path ? parameter->path : "");
    }
}

static void print_cases(FILE *out, const qf_stored_sweep *stored)
{
    const qf_sweep_table *table = &stored->table;
    const char *separator = ": ";
    fprintf(out, "  cases       %zu", table->n_cases);
    for (size_t outcome = 0; outcome < QF_OUTCOMES; outcome++) {
        const size_t n =
            table->count[outcome] - (outcome == QF_OUTCOME_NOT_RUN ? stored->n_missing : 0);
        if (n > 0) {
            fprintf(out, "%s%s %zu", separator, qf_outcome_names[outcome], n);
            separator = ", ";
        }
    }
    if (stored->n_missing > 0) {
        fprintf(out, "%sin shards that are not done %zu", separator, stored->n_missing);
    }
    fputc('\n', out);
    if (stored->n_journal > 0) {
        fprintf(out, "              of them in journals of shards that are not done %zu\n",
                stored->n_journal);
    }
}

static double number_at(hid_t group, const char *name, hsize_t row)
{
    double value = (double)NAN;
    const hid_t id = H5Dopen2(group, name, H5P_DEFAULT);
    (void)(id >= 0 && qf_nc_read(id, H5T_NATIVE_DOUBLE, row, 1, &value));
    qf_nc_close_id(id);
    return value;
}

static char *text_at(hid_t group, const char *name, hsize_t row)
{
    const hid_t id = H5Dopen2(group, name, H5P_DEFAULT);
    char *text = qf_nc_read_text(id, row);
    qf_nc_close_id(id);
    return text;
}

static hsize_t rows_of(hid_t group, const char *dimension)
{
    const hid_t id = group >= 0 ? H5Dopen2(group, dimension, H5P_DEFAULT) : H5I_INVALID_HID;
    const hsize_t n = qf_nc_length(id);
    qf_nc_close_id(id);
    return n;
}

static void print_metric(FILE *out, hid_t group, hsize_t row)
{
    char *name = text_at(group, "name", row);
    if (name && strchr(name, ' ')) { /* of a requirement: people know its expression */
        free(name);
        name = text_at(group, "text", row);
    }
    char *unit = text_at(group, "unit", row);
    const double n = number_at(group, "n", row);
    const double n_true = number_at(group, "n_true", row);
    const double without = number_at(group, "n_without", row);
    const char *after = unit && strcmp(unit, "1") != 0 ? unit : "";
    fprintf(out, "    %-24s ", name ? name : "?");
    if (n_true >= 0 && n > 0) {
        fprintf(out, "%.6g of %.6g, %.4g %% [%.4g, %.4g]", n_true, n, 100 * n_true / n,
                100 * number_at(group, "exact_low", row),
                100 * number_at(group, "exact_high", row));
    } else if (!isnan(number_at(group, "mean", row))) {
        fprintf(out, "mean %.6g [%.6g, %.6g] %s, from %.6g to %.6g", number_at(group, "mean", row),
                number_at(group, "mean_low", row), number_at(group, "mean_high", row), after,
                number_at(group, "min", row), number_at(group, "max", row));
    } else {
        fprintf(out, "%.6g values", n);
    }
    if (without > 0) {
        fprintf(out, ", %.6g cases without", without);
    }
    fputc('\n', out);
    free(name);
    free(unit);
}

static void print_requirement(FILE *out, hid_t group, hsize_t row)
{
    const double verdict = number_at(group, "verdict", row);
    const double worst = number_at(group, "worst_case", row);
    char *text = text_at(group, "text", row);
    fprintf(out, "    %-10s %s: estimate %.6g, bound %.6g, limit %.6g",
            verdict >= 0 && verdict < 3 ? qf_verdict_names[(size_t)verdict] : "?",
            text ? text : "?", number_at(group, "estimate", row), number_at(group, "bound", row),
            number_at(group, "limit", row));
    if (worst >= 0) {
        fprintf(out, ", worst case %.0f", worst);
    }
    fputc('\n', out);
    free(text);
}

static void print_rows(FILE *out, hid_t file, const char *label, const char *name,
                       const char *dimension, void (*print)(FILE *out, hid_t group, hsize_t row))
{
    if (H5Lexists(file, name, H5P_DEFAULT) <= 0) {
        return;
    }
    const hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
    const hsize_t n = rows_of(group, dimension);
    fprintf(out, "  %-11s %llu\n", label, (unsigned long long)n);
    for (hsize_t row = 0; row < n; row++) {
        print(out, group, row);
    }
    qf_nc_close_id(group);
}

static void print_answers(FILE *out, const qf_stored_sweep *stored)
{
    char *path = qf_sweep_file_path(stored->directory, QF_SWEEP_MASTER, 0, 0);
    qf_nc_quiet();
    const hid_t file = path && qf_file_exists(path) ? qf_nc_open(path) : H5I_INVALID_HID;
    if (file >= 0) {
        int64_t counted = 0;
        uint8_t early = 0;
        if (qf_nc_get_number(file, "stopped_early", H5T_NATIVE_UINT8, &early) && early &&
            qf_nc_get_number(file, "cases_counted", H5T_NATIVE_INT64, &counted)) {
            fprintf(out, "  decided     after %" PRId64 " of %zu cases\n", counted,
                    stored->table.n_cases);
        }
        print_rows(out, file, "metrics", "statistics", "metric", print_metric);
        print_rows(out, file, "required", "requirements", "requirement", print_requirement);
        (void)H5Fclose(file);
    } else if (path && qf_file_exists(path)) {
        fprintf(out, "  answers     sweep.h5 cannot be read\n");
    } else {
        fprintf(out, "  answers     none yet: they are computed when all shards are done\n");
    }
    free(path);
}

static void print_file(FILE *out, const char *directory, qf_sweep_file file, size_t shard,
                       size_t n_shards)
{
    char name[QF_SWEEP_NAME_BYTES];
    struct stat there;
    char *path = qf_sweep_file_path(directory, file, shard, n_shards);
    if (path && stat(path, &there) == 0) {
        fprintf(out, "    %-34s %.3f MB%s\n", qf_sweep_file_name(file, shard, n_shards, name),
                1e-6 * (double)there.st_size,
                qf_partial_file_is_locked(path) ? ", being written" : "");
    }
    free(path);
}

static qf_status print_files(qf_context *context, FILE *out, const char *directory)
{
    qf_sweep_identity identity = {0};
    bool exists;
    const qf_status status = qf_manifest_read(context, directory, &exists, &identity);
    if (status == QF_OK && exists) {
        fprintf(out, "  files\n");
        for (qf_sweep_file file = QF_SWEEP_MANIFEST; file <= QF_SWEEP_TIMINGS; file++) {
            print_file(out, directory, file, 0, 0);
        }
        for (size_t shard = 1; shard <= identity.n_shards; shard++) {
            for (qf_sweep_file file = QF_SWEEP_JOURNAL; file <= QF_SWEEP_TIMING; file++) {
                print_file(out, directory, file, shard, identity.n_shards);
            }
        }
    }
    qf_sweep_identity_free(&identity);
    return status;
}

/* columns of UTF-8 */
static size_t width_of(const char *text, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n; i++) {
        width += ((unsigned char)text[i] & 0xC0U) != 0x80;
    }
    return width;
}

/* Lines that are too long go on in the next one, where they have blanks for it. */
static void put_wrapped(FILE *out, const char *text)
{
    size_t indent = 0; /* of what has been broken */
    while (*text) {
        const size_t line = strcspn(text, "\n");
        size_t n = line;
        /* not within the blanks that the line begins with */
        const size_t first = strspn(text, " ");
        while (n > first && (indent + width_of(text, n) > WIDTH || (n < line && text[n] != ' '))) {
            n--;
        }
        if (n <= first) {
            n = first + strcspn(text + first, " \n"); /* a word of its own */
        }
        const size_t after = n;
        while (n > 0 && text[n - 1] == ' ') {
            n--;
        }
        fprintf(out, "%*s%.*s\n", (int)indent, "", (int)n, text);
        n = after;
        text += n;
        if (n < line) {
            text += strspn(text, " ");
            indent = HANG;
        }
        if (*text == '\n') {
            text++;
            indent = 0;
        }
    }
}

/* What is known of the parameters, and what came out. */
static qf_status print_wrapped(qf_context *context, FILE *out, const qf_stored_sweep *stored)
{
    char *text = NULL;
    size_t length = 0;
    FILE *lines = open_memstream(&text, &length);
    if (lines) {
        print_parameters(lines, qf_sweep_get_spec(stored->sweep));
        print_answers(lines, stored);
    }
    const bool good = lines && fclose(lines) == 0;
    if (good) {
        put_wrapped(out, text);
    }
    free(text);
    return good ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
}

qf_status qf_sweep_info(qf_context *context, const char *path, FILE *out)
{
    qf_stored_sweep stored;
    size_t n_damaged;
    qf_status status = qf_sweep_store_read(context, path, out, &n_damaged, &stored);
    if (status) {
        return status;
    }
    const qf_scenario *scenario = qf_sweep_scenario(stored.sweep);
    fprintf(out, "%s\n  sweep       %s\n  version     %s (%s)\n  seed        %" PRIu64 "\n",
            stored.directory, scenario->name, stored.version, stored.git_commit, scenario->seed);
    print_cases(out, &stored);
    if (n_damaged > 0) {
        fprintf(out, "  DAMAGED     %zu cases or files, named above\n", n_damaged);
    }
    status = print_wrapped(context, out, &stored);
    if (status == QF_OK) {
        status = print_files(context, out, stored.directory);
    }
    if (status == QF_OK && n_damaged > 0) {
        status = qf_fail(context, QF_DIFFERENT, "%s: %zu of its cases or files are damaged",
                         stored.directory, n_damaged);
    }
    qf_stored_sweep_free(&stored);
    if ((status == QF_OK || status == QF_DIFFERENT) && ferror(out)) {
        status = qf_fail(context, QF_ERROR_WRITE, "cannot print what is in %s", path);
    }
    return status;
}
