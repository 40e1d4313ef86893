/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the tick of the first difference by running both scenarios again. Either run is checked
 * against the hashes of its own file, so that what is found is true of the files.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fleet_difference.h"
#include "results_diff_internal.h"
#include "scenario_reader.h"
#include "simulation.h"

/* One file, run again, and its ladder. */
typedef struct rerun {
    qf_scenario scenario;
    qf_fleet fleet;
    qf_simulation *simulation;
    hid_t tick;
    hid_t hash;
    uint64_t n_rungs;
    uint64_t rung;      /* the next to be checked */
    int64_t rung_tick;  /* of that */
    uint64_t n_checked; /* rungs that came out again */
    uint64_t *hashes;   /* computed, then stored: 2 * n_worlds */
} rerun;

typedef struct pair {
    qf_diff *diff;
    rerun run[2];
} pair;

static qf_status read_scenario(qf_diff *diff, int f, const char *yaml, qf_scenario *scenario)
{
    FILE *file = tmpfile(); /* the reader takes a path */
    if (!file) {
        return qf_fail(diff->context, QF_ERROR_WRITE, "no temporary file for a scenario");
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(file));
    qf_status status = QF_OK;
    if (fputs(yaml, file) < 0 || fflush(file) != 0) {
        status = qf_fail(diff->context, QF_ERROR_WRITE, "cannot write a temporary scenario");
    }
    if (status == QF_OK) {
        qf_diagnostics diagnostics;
        qf_diagnostics_init(&diagnostics);
        status = qf_scenario_read(diff->context, path, NULL, 0, &diagnostics, scenario);
        if (status != QF_OK && status != QF_ERROR_MEMORY) {
            const qf_diagnostic *first = diagnostics.errors.items;
            status = qf_fail(diff->context, QF_ERROR_READ,
                             "%s: its scenario is not valid for this build: line %u: %s",
                             diff->path[f], first ? first->line : 0, first ? first->text : "?");
        }
        qf_diagnostics_free(&diagnostics);
    }
    fclose(file);
    return status;
}

static qf_status open_ladder(qf_diff *diff, int f, rerun *run)
{
    run->tick = H5Dopen2(diff->file[f], "hashes/tick", H5P_DEFAULT);
    run->hash = H5Dopen2(diff->file[f], "hashes/hash", H5P_DEFAULT);
    const uint64_t n_ticks = qf_nc_length(run->tick);
    const uint64_t n_hashes = qf_nc_length(run->hash);
    run->n_rungs = n_ticks < n_hashes ? n_ticks : n_hashes;
    if (run->n_rungs > 0 && qf_nc_width(run->hash) != run->scenario.n_worlds) {
        return qf_diff_unreadable(diff, f, "/hashes: another number of worlds");
    }
    if (run->n_rungs > 0 && !qf_nc_read(run->tick, H5T_NATIVE_INT64, 0, 1, &run->rung_tick)) {
        return qf_diff_unreadable(diff, f, "/hashes");
    }
    return QF_OK;
}

/* Scenario and ladder, before any large memory is taken. */
static qf_status open_run(qf_diff *diff, int f, rerun *run)
{
    char *yaml = qf_nc_get_text(diff->file[f], "scenario_yaml");
    qf_status status = yaml ? read_scenario(diff, f, yaml, &run->scenario)
                            : qf_diff_unreadable(diff, f, "scenario_yaml");
    free(yaml);
    return status == QF_OK ? open_ladder(diff, f, run) : status;
}

static qf_status start_run(qf_diff *diff, rerun *run)
{
    const qf_simulation_options options = {.kernels = diff->options->kernels};
    run->hashes = calloc(2 * run->scenario.n_worlds, sizeof *run->hashes);
    if (!run->hashes) {
        return qf_fail(diff->context, QF_ERROR_MEMORY, "no memory to run a scenario again");
    }
    const qf_status status = qf_fleet_create(diff->context, &run->scenario, &run->fleet);
    return status == QF_OK
               ? qf_simulation_create(diff->context, &run->fleet, &options, &run->simulation)
               : status;
}

static void end_run(rerun *run)
{
    qf_simulation_free(run->simulation);
    qf_fleet_free(&run->fleet);
    qf_scenario_free(&run->scenario);
    free(run->hashes);
    qf_nc_close_id(run->tick);
    qf_nc_close_id(run->hash);
}

/* Compares the rung at which the fleet stands with the file's, and goes on to the next one. */
static qf_status check_rung(qf_diff *diff, int f, rerun *run)
{
    const size_t n = run->scenario.n_worlds;
    const hsize_t start[2] = {run->rung, 0};
    const hsize_t count[2] = {1, n};
    const qf_status status = qf_fleet_world_hashes(diff->context, &run->fleet, run->hashes);
    if (status != QF_OK) {
        return status;
    }
    if (!qf_nc_read_block(run->hash, H5T_NATIVE_UINT64, start, count, run->hashes + n)) {
        return qf_diff_unreadable(diff, f, "/hashes");
    }
    for (size_t w = 0; w < n; w++) {
        if (run->hashes[w] != run->hashes[n + w]) {
            return qf_fail(diff->context, QF_ERROR_READ,
                           "%s: this build does not reproduce it: at tick %" PRId64
                           " the hash of world %zu is another",
                           diff->path[f], run->rung_tick, w);
        }
    }
    run->n_checked++;
    run->rung++;
    if (run->rung < run->n_rungs &&
        !qf_nc_read(run->tick, H5T_NATIVE_INT64, run->rung, 1, &run->rung_tick)) {
        return qf_diff_unreadable(diff, f, "/hashes");
    }
    return QF_OK;
}

/* Runs to a tick, checking every rung on the way. */
static qf_status run_to(qf_diff *diff, int f, rerun *run, int64_t until)
{
    qf_status status = QF_OK;
    for (;;) {
        const bool has_rung = run->rung < run->n_rungs && run->rung_tick <= until;
        const int64_t stop = has_rung ? run->rung_tick : until;
        if (status == QF_OK && run->fleet.tick < stop) {
            status = qf_simulation_advance(diff->context, run->simulation, stop, NULL, 0);
        }
        if (status != QF_OK || !has_rung) {
            return status;
        }
        status = check_rung(diff, f, run);
    }
}

static qf_diff_place compare_fleets(const pair *p)
{
    const qf_fleet_difference first = qf_fleet_compare(&p->run[0].fleet, &p->run[1].fleet);
    qf_diff_place place = {.found = first.found};
    if (first.found) {
        place = (qf_diff_place){.found = true,
                                .tick = p->run[0].fleet.tick,
                                .index = first.entity,
                                .column = first.column,
                                .type = first.quantity->type,
                                .bits = {first.bits[0], first.bits[1]}};
        snprintf(place.name, sizeof place.name, "%s", first.quantity->name);
    }
    return place;
}

static qf_status check_memory(const pair *p)
{
    const qf_diff *diff = p->diff;
    const size_t have = diff->options->memory_bytes;
    const size_t a = qf_fleet_predicted_bytes(diff->context, &p->run[0].scenario);
    const size_t b = qf_fleet_predicted_bytes(diff->context, &p->run[1].scenario);
    if (a == 0 || b == 0 || (have > 0 && (a > have || b > have - a))) {
        return qf_fail(diff->context, QF_ERROR_MEMORY,
                       "two fleets of %zu and %zu bytes do not fit into memory", a, b);
    }
    return QF_OK;
}

/* The ticks between which to look: after `begin`, unless nothing is known to be equal. */
static bool choose_ticks(const qf_diff *diff, int64_t *begin, int64_t *end)
{
    const qf_diff_series *ladder = &diff->ladder;
    const qf_diff_series *state = &diff->state;
    *begin = 0;
    *end = diff->covered[0] < diff->covered[1] ? diff->covered[0] : diff->covered[1];
    if (ladder->first.found) {
        *begin = ladder->has_equal ? ladder->last_equal_tick : 0;
        *end = ladder->first.tick;
    }
    if (state->first.found && state->first.tick < *end) {
        *end = state->first.tick; /* then equal rungs after it do not count */
        *begin = *begin < *end ? *begin : 0;
    }
    return ladder->first.found || state->first.found || diff->events.found ||
           diff->quarantine.found || (ladder->n_pairs == 0 && diff->different.n > 0);
}

static qf_status search(pair *p, int64_t begin, int64_t end)
{
    qf_diff *diff = p->diff;
    qf_diff_place *place = &diff->recomputed.place;
    qf_status status = QF_OK;
    for (int64_t tick = begin; tick <= end && status == QF_OK && !place->found; tick++) {
        for (int f = 0; f < 2 && status == QF_OK; f++) {
            status = run_to(diff, f, &p->run[f], tick);
        }
        if (status == QF_OK) {
            *place = compare_fleets(p);
        }
    }
    /* on to the rung that the files differ at */
    const int64_t last =
        diff->ladder.first.found && diff->ladder.first.tick > end ? diff->ladder.first.tick : end;
    for (int f = 0; f < 2 && status == QF_OK; f++) {
        status = run_to(diff, f, &p->run[f], last);
    }
    return status;
}

static void report(pair *p, int64_t begin, int64_t end)
{
    qf_diff *diff = p->diff;
    qf_diff_recomputed *found = &diff->recomputed;
    const char *result = found->place.found
                             ? "the first difference is below"
                             : "no state, input or output differs: what differs in the files is "
                               "bookkeeping, or was changed after the run";
    found->outcome = qf_diff_words(diff,
                                   "ticks %" PRId64 " to %" PRId64 "; hashes confirmed: %" PRIu64
                                   " of A, %" PRIu64 " of B; %s",
                                   begin, end, p->run[0].n_checked, p->run[1].n_checked, result);
    if (found->place.found) {
        const qf_entity entity = qf_fleet_entity(&p->run[0].fleet, found->place.index);
        const char *group = p->run[0].scenario.groups[entity.group].name;
        found->world = entity.world;
        found->vehicle = p->run[0].scenario.n_worlds > 1
                             ? qf_diff_words(diff, "w%u/%s-%u", entity.world, group, entity.index)
                             : qf_diff_words(diff, "%s-%u", group, entity.index);
    }
}

qf_status qf_diff_recompute(qf_diff *diff)
{
    int64_t begin;
    int64_t end;
    if (!diff->same_vehicles || !choose_ticks(diff, &begin, &end)) {
        diff->recomputed.outcome =
            qf_diff_words(diff, "nothing: %s",
                          diff->same_vehicles ? "the files show no difference to look for"
                                              : "the vehicles are not the same");
        return QF_OK;
    }
    pair p = {.diff = diff};
    qf_status status = QF_OK;
    for (int f = 0; f < 2; f++) {
        p.run[f].tick = p.run[f].hash = H5I_INVALID_HID;
    }
    for (int f = 0; f < 2 && status == QF_OK; f++) {
        status = open_run(diff, f, &p.run[f]);
    }
    if (status == QF_OK && !qf_scenario_same_shape(&p.run[0].scenario, &p.run[1].scenario)) {
        status = qf_fail(diff->context, QF_ERROR_READ,
                         "%s or %s: the vehicles are not those of its scenario", diff->path[0],
                         diff->path[1]);
    }
    status = status == QF_OK ? check_memory(&p) : status;
    for (int f = 0; f < 2 && status == QF_OK; f++) {
        status = start_run(diff, &p.run[f]);
    }
    status = status == QF_OK ? search(&p, begin, end) : status;
    if (status == QF_OK) {
        report(&p, begin, end);
    }
    end_run(&p.run[0]);
    end_run(&p.run[1]);
    return status;
}
