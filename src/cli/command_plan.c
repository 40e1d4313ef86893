/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "binding.h"
#include "commands.h"
#include "memory_forecast.h"
#include "plan_advice.h"
#include "plan_explain.h"
#include "plan_sbatch.h"
#include "record.h"
#include "run_session.h"
#include "scenario_reader.h"
#include "sweep_session.h"

#define BUDGET_S 1.5

static const qf_option_id accepted[] = {
    QF_OPTION_NODES, QF_OPTION_EXPLAIN, QF_OPTION_NETWORK, QF_OPTION_THREADS, QF_OPTION_SBATCH,
    QF_OPTION_TIME,  QF_OPTION_FORCE,   QF_OPTION_BATCH,   QF_OPTION_JSON,    QF_OPTION_SET,
    QF_OPTION_SEED,  QF_OPTION_ISA,     QF_OPTION_BIND,    QF_OPTION_HELP};

enum {
    N_ACCEPTED = sizeof accepted / sizeof *accepted,
    RESULT_BYTES = 64 << 10,
    EVENT_BYTES = 48,
    DEFAULT_LIMIT_S = 4 * 3600
};

static void help(void)
{
    printf("usage: qfleet plan SCENARIO [options]\n\n"
           "Runs a scenario, or batches of its sweep, for a second or two without writing\n"
           "anything, and says what all of it would take: time with its spread, memory,\n"
           "disk, node hours. What is foolish about it is said, too. --nodes and --threads\n"
           "are those of a machine to come: a thread there is taken to be as fast as one\n"
           "here.\n\n"
           "--sbatch writes a job for Slurm that is fitted to it: a sweep as an array of\n"
           "tasks of --threads processors that each get done within --time, a run as a\n"
           "rank of --threads processors on each of --nodes. Its comments say how it is\n"
           "submitted, and what was measured.\n\n"
           "--explain adds a table of what limits it on 1, 2, 4 ... machines, up to --nodes\n"
           "by a model of docs/scaling.md; it measures the disk here with a file of 64 MiB,\n"
           "which is gone afterwards.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 a forecast was made, 2 bad command line or scenario, 3 failed\n");
}

/* room where results go by default; NaN: not known */
static double free_disk(void)
{
    struct statvfs disk;
    return statvfs(".", &disk) == 0 ? (double)disk.f_bavail * (double)disk.f_frsize : (double)NAN;
}

/* of the recorded state; events come from what was measured */
static double state_bytes(qf_context *context, const qf_scenario *scenario)
{
    qf_fleet outline = {.scenario = scenario, .n_vehicles = qf_scenario_n_vehicles(scenario)};
    qf_record_plan record;
    double bytes = RESULT_BYTES;
    if (qf_catalog_create(context, &outline.arena, scenario->groups, scenario->n_groups,
                          &outline.catalog) == QF_OK &&
        qf_record_plan_create(context, &outline, &record) == QF_OK) {
        double row = 0.0;
        for (size_t i = 0; i < record.n_quantities; i++) {
            row += (double)qf_type_bytes(record.quantities[i]->type) * (double)record.n_entities;
        }
        bytes += row * (double)qf_record_count(scenario);
    }
    qf_arena_free(&outline.arena);
    return bytes;
}

/* what more machines would do for a world: where somebody asks, for it writes a file */
static qf_status calibrate(qf_context *context, const qf_options *options, qf_plan *plan)
{
    const bool asked = options->explain || plan->n_nodes > 1;
    if (plan->spec || !plan->was_measured || !asked) {
        return QF_OK;
    }
    const bool given = !isnan(options->latency_us);
    plan->has_model = true;
    return qf_explain_calibrate(context, plan, given ? options->latency_us : QF_NETWORK_LATENCY_US,
                                given ? options->link_gbps : QF_NETWORK_GBPS, &plan->model);
}

static qf_status explain(qf_context *context, const qf_options *options, const qf_plan *plan)
{
    const size_t most = options->nodes > 0 ? options->nodes : QF_EXPLAIN_NODES;
    if (!plan->was_measured) {
        return qf_fail(context, QF_ERROR_MEMORY,
                       "--explain: nothing could be measured, for it does not fit into memory");
    }
    return plan->spec ? qf_explain_sweep(context, plan, most, stdout)
                      : qf_explain_world(context, plan, &plan->model, most, stdout);
}

static qf_status finish(qf_context *context, const qf_options *options, qf_plan *plan)
{
    plan->disk_free_bytes = free_disk();
    plan->n_nodes = options->nodes > 0 ? options->nodes : 1;
    plan->node_threads = options->threads > 0 ? options->threads : context->n_threads;
    qf_status status = calibrate(context, options, plan);
    if (status != QF_OK) {
        return status;
    }
    qf_plan_scale(plan);
    status = (options->json ? qf_plan_json : qf_plan_print)(context, plan, stdout);
    if (status == QF_OK && options->explain) {
        status = explain(context, options, plan);
    }
    if (status != QF_OK || !options->sbatch) {
        return status;
    }
    if (!plan->was_measured) {
        return qf_fail(context, QF_ERROR_MEMORY,
                       "--sbatch: nothing could be measured, for it does not fit into memory");
    }
    qf_job_fit fit;
    qf_plan_fit(plan, options->time_limit_s > 0 ? options->time_limit_s : DEFAULT_LIMIT_S, &fit);
    return qf_plan_write_sbatch(context, plan, &fit, options);
}

static qf_status plan_scenario(qf_context *context, const qf_machine *machine,
                               const qf_options *options, const qf_scenario *scenario)
{
    qf_plan plan = {.scenario = scenario, .machine = machine, .n_cases = 1, .n_files = 1};
    if (options->nodes > 1 && !options->sbatch && !options->explain) {
        return qf_fail(context, QF_ERROR_USAGE,
                       "--nodes: what a scenario without a sweep takes on several machines is not "
                       "measured on one; --explain says what is to be expected");
    }
    qf_status status =
        qf_memory_check(context, scenario, &machine->limits, true, &plan.memory_bytes);
    plan.was_measured = status == QF_OK;
    if (plan.was_measured) {
        status = qf_measure_scenario(context, scenario, machine->kernels, BUDGET_S, &plan.measured);
    } else if (plan.memory_bytes > 0) {
        status = QF_OK; /* that it does not fit is what there is to say */
    }
    plan.disk_bytes = state_bytes(context, scenario);
    if (scenario->record.events) {
        plan.disk_bytes += plan.measured.events_per_tick * (double)scenario->n_ticks * EVENT_BYTES;
    }
    return status == QF_OK ? finish(context, options, &plan) : status;
}

static qf_status read_cases(void *user, qf_context *context, const uint32_t *numbers, size_t n,
                            qf_arena *arena, qf_scenario *scenario, const qf_metric_plan **plan)
{
    return qf_sweep_read_cases(user, context, numbers, n, arena, scenario, plan);
}

static qf_status plan_sweep(qf_context *context, const qf_machine *machine,
                            const qf_options *options, qf_sweep *sweep)
{
    qf_sweep_job job = qf_sweep_session_job(sweep, options, machine);
    qf_plan plan = {.scenario = job.scenario,
                    .machine = machine,
                    .spec = job.spec,
                    .n_cases = qf_sweep_n_cases(job.spec)};
    if (!isnan(options->latency_us)) {
        return qf_fail(context, QF_ERROR_USAGE,
                       "--network: the machines of a sweep tell each other nothing that counts");
    }
    uint32_t *cases = malloc((plan.n_cases + 1) * sizeof *cases);
    if (!cases) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", plan.n_cases);
    }
    for (size_t k = 0; k < plan.n_cases; k++) {
        cases[k] = (uint32_t)k;
    }
    job.cases = cases;
    job.n_cases = plan.n_cases;
    job.read = qf_sweep_is_packed(sweep) ? NULL : read_cases;
    job.user = sweep;
    const size_t n_shards = options->nodes > 0 ? options->nodes : 1;
    qf_status status = qf_sweep_forecast_make(context, &job, n_shards, &plan.forecast);
    plan.memory_bytes = plan.forecast.total_bytes;
    plan.disk_bytes = plan.forecast.disk_bytes;
    plan.n_files = plan.forecast.n_files;
    if (status == QF_OK) {
        plan.was_measured =
            qf_memory_fits(context, &machine->limits, "the sweep", plan.memory_bytes) == QF_OK;
        status = plan.was_measured ? qf_measure_sweep(context, &job, plan.forecast.batch_worlds,
                                                      BUDGET_S, &plan.measured)
                                   : QF_OK;
    }
    if (status == QF_OK) {
        status = finish(context, options, &plan);
    }
    free(cases);
    return status;
}

/* a scenario that has a sweep is noted to, by who reads it without */
static bool has_sweep(const qf_diagnostics *diagnostics)
{
    bool has = false;
    for (size_t i = 0; i < diagnostics->notes.n_items; i++) {
        has = has || strcmp(diagnostics->notes.items[i].path, "sweep") == 0;
    }
    return has;
}

static qf_status open_and_plan_sweep(qf_context *context, const qf_machine *machine,
                                     const qf_options *options)
{
    qf_sweep *sweep;
    qf_status status = qf_sweep_session_open(context, "plan", options, &sweep);
    if (status != QF_OK) {
        return status;
    }
    status = plan_sweep(context, machine, options, sweep);
    if (status != QF_OK) {
        fprintf(stderr, "qfleet plan: %s\n", context->error);
    }
    qf_sweep_close(sweep);
    return status;
}

/* the scenario, or its sweep where it has one: that of a function is no scenario that could run by itself */
static qf_status open_and_plan(qf_context *context, const qf_machine *machine,
                               const qf_options *options)
{
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    qf_scenario scenario;
    qf_status status = qf_scenario_read(context, options->operands[0], options->overrides,
                                        options->n_overrides, &diagnostics, &scenario);
    const bool was_read = status == QF_OK;
    const bool sweeps = has_sweep(&diagnostics);
    if (!was_read && !sweeps) {
        qf_diagnostics_print(&diagnostics, stderr);
    } else if (!sweeps) {
        status = plan_scenario(context, machine, options, &scenario);
        if (status != QF_OK) {
            fprintf(stderr, "qfleet plan: %s\n", context->error);
        }
    }
    if (was_read) {
        qf_scenario_free(&scenario);
    }
    qf_diagnostics_free(&diagnostics);
    return sweeps ? open_and_plan_sweep(context, machine, options) : status;
}

static qf_status check_explanation(const qf_options *options)
{
    if (options->explain && options->json) {
        fprintf(stderr,
                "qfleet plan: --explain is a table for people, of which --json has nothing\n");
        return QF_ERROR_USAGE;
    }
    if (!options->explain && !isnan(options->latency_us)) {
        fprintf(stderr, "qfleet plan: --network is for --explain\n");
        return QF_ERROR_USAGE;
    }
    return QF_OK;
}

/* before a second is spent on measuring */
static qf_status check_job(const qf_options *options)
{
    if (!options->sbatch) {
        if (options->time_limit_s > 0 || options->force) {
            fprintf(stderr, "qfleet plan: %s is for --sbatch\n",
                    options->force ? "--force" : "--time");
            return QF_ERROR_USAGE;
        }
        return QF_OK;
    }
    if (options->time_limit_s > 0 && options->time_limit_s < QF_JOB_LEAST_LIMIT_S) {
        fprintf(stderr, "qfleet plan: --time: a task needs %d minutes at least\n",
                QF_JOB_LEAST_LIMIT_S / 60);
        return QF_ERROR_USAGE;
    }
    if (!options->force && access(options->sbatch, F_OK) == 0) {
        fprintf(stderr, "qfleet plan: %s: exists; replace it with --force\n", options->sbatch);
        return QF_ERROR_EXISTS;
    }
    return QF_OK;
}

int qf_command_plan(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("plan", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && options.n_operands != 1) {
        fprintf(stderr, "qfleet plan: expected one scenario, found %zu (see qfleet plan --help)\n",
                options.n_operands);
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK && (status = check_explanation(&options)) == QF_OK &&
               (status = check_job(&options)) == QF_OK) {
        qf_context context = qf_context_default();
        qf_machine machine = {0};
        qf_options here = options; /* threads are those of the machine to come */
        here.threads = 0;
        context.log = qf_print_log;
        status = qf_run_open_machine(&context, "plan", &here, &machine);
        if (status == QF_OK) {
            if (options.threads > 0 && options.threads < context.n_threads) {
                context.n_threads = options.threads;
            }
            qf_binding_start(&context, &machine.topology, options.bind);
            status = open_and_plan(&context, &machine, &options);
        }
        qf_binding_end(&context);
        qf_machine_close(&machine);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
