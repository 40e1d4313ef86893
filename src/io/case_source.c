/* SPDX-License-Identifier: Apache-2.0 */
#include "case_source.h"

#include <hdf5.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "case_alone.h"
#include "netcdf_read.h"
#include "results_open.h"
#include "scenario_reader.h"
#include "yaml_node.h"

/* the last rung of the ladder: what every world came to */
static bool read_last_hashes(hid_t file, qf_case_source *source)
{
    hid_t tick = H5Dopen2(file, "hashes/tick", H5P_DEFAULT);
    hid_t hash = H5Dopen2(file, "hashes/hash", H5P_DEFAULT);
    const hsize_t n = qf_nc_length(hash);
    source->n_cases = (size_t)qf_nc_width(hash);
    source->hashes = calloc(source->n_cases + 1, sizeof *source->hashes);
    const bool good = source->hashes && n > 0 && qf_nc_length(tick) >= n &&
                      qf_nc_read(tick, H5T_NATIVE_INT64, n - 1, 1, &source->tick) &&
                      qf_nc_read_block(hash, H5T_NATIVE_UINT64, (const hsize_t[]){n - 1, 0},
                                       (const hsize_t[]){1, source->n_cases}, source->hashes);
    qf_nc_close_id(tick);
    qf_nc_close_id(hash);
    return good;
}

static qf_status open_run(qf_context *context, qf_case_source *source)
{
    hid_t file;
    uint64_t bytes;
    qf_status status = qf_results_open(context, source->path, &file, &bytes);
    if (status != QF_OK) {
        return status;
    }
    source->scenario_yaml = qf_nc_get_text(file, "scenario_yaml");
    source->version = qf_nc_get_text(file, "version");
    if (!source->scenario_yaml || !read_last_hashes(file, source)) {
        status = qf_fail(context, QF_ERROR_READ, "%s: its scenario or its hashes cannot be read",
                         source->path);
    }
    H5Fclose(file);
    return status;
}

qf_status qf_case_source_open(qf_context *context, const char *path, FILE *complaints,
                              qf_case_source *source)
{
    *source = (qf_case_source){.path = path, .is_sweep = qf_is_sweep(path)};
    if (!source->is_sweep) {
        return open_run(context, source);
    }
    const qf_status status =
        qf_sweep_store_read(context, path, complaints, &source->n_damaged, &source->sweep);
    source->n_cases = source->sweep.table.n_cases;
    return status;
}

void qf_case_source_close(qf_case_source *source)
{
    qf_stored_sweep_free(&source->sweep);
    free(source->scenario_yaml);
    free(source->hashes);
    free(source->version);
    *source = (qf_case_source){0};
}

/* a world of a run: its scenario with that world only */
static qf_status read_world(qf_context *context, const qf_case_source *source, uint64_t number,
                            qf_scenario *scenario)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    qf_yaml_node *root = qf_yaml_load_text(&arena, source->path, source->scenario_yaml,
                                           strlen(source->scenario_yaml), &diagnostics);
    static const char *const alone[] = {"worlds=1"};
    qf_status status =
        qf_scenario_read_tree(context, source->path, arena, root, alone, 1, &diagnostics, scenario);
    if (status == QF_OK) {
        scenario->first_world += (uint32_t)number;
    } else if (diagnostics.errors.n_items > 0) {
        status = qf_fail(context, QF_ERROR_READ,
                         "%s: its scenario is not valid for this build: line %u: %s", source->path,
                         diagnostics.errors.items[0].line, diagnostics.errors.items[0].text);
    }
    qf_diagnostics_free(&diagnostics);
    return status;
}

qf_status qf_case_source_scenario(qf_context *context, const qf_case_source *source,
                                  uint64_t number, qf_scenario *scenario, uint64_t *hash)
{
    if (number >= source->n_cases) {
        return qf_fail(context, QF_ERROR_USAGE, "%s has no case %" PRIu64 ": there are %zu%s",
                       source->path, number, source->n_cases,
                       source->is_sweep ? "" : ", which are its worlds");
    }
    if (!source->is_sweep) {
        *hash = source->hashes[number];
        const qf_status status = read_world(context, source, number, scenario);
        if (status == QF_OK) {
            scenario->n_ticks = source->tick;
        }
        return status;
    }
    const qf_sweep_table *table = &source->sweep.table;
    const qf_outcome outcome = (qf_outcome)table->outcome[number];
    if (source->sweep.damaged[number]) {
        return qf_fail(context, QF_DIFFERENT,
                       "case %" PRIu64 " of %s does not match its checksum: what it came to is not "
                       "known",
                       number, source->path);
    }
    if (outcome == QF_OUTCOME_NOT_RUN) {
        return qf_fail(context, QF_ERROR_USAGE, "case %" PRIu64 " of %s was not run", number,
                       source->path);
    }
    if (outcome == QF_OUTCOME_FAILED) {
        return qf_fail(context, QF_ERROR_USAGE, "case %" PRIu64 " of %s could not be run: %s",
                       number, source->path, table->cause[number]);
    }
    *hash = table->hash[number];
    const qf_status status =
        qf_sweep_case_alone(context, source->sweep.sweep, (uint32_t)number, scenario);
    if (status == QF_OK) {
        scenario->n_ticks = table->ticks[number];
    }
    return status;
}
