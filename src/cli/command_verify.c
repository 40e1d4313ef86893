/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "case_source.h"
#include "commands.h"
#include "draw.h"
#include "run_session.h"
#include "simulation.h"
#include "stop_signal.h"
#include "sweep.h"

static const qf_option_id accepted[] = {QF_OPTION_FRACTION, QF_OPTION_SEED, QF_OPTION_THREADS,
                                        QF_OPTION_ISA,      QF_OPTION_BIND, QF_OPTION_HELP};

enum { N_ACCEPTED = sizeof accepted / sizeof *accepted, MOST_NAMED = 20 };

typedef struct verification {
    qf_context context;
    const qf_options *options;
    qf_machine machine;
    qf_case_source source;
    uint32_t *chosen; /* ascending */
    size_t n_chosen;
    size_t n_checked;
    size_t n_different;
} verification;

static void help(void)
{
    printf("usage: qfleet verify RESULT [options]\n\n"
           "Runs a random part of the cases of a result again and compares bits: of a sweep\n"
           "hash, outcome, ticks and every metric, after the checksums of all its cases; of\n"
           "a run the hash of each world. Which cases is drawn anew for each --seed\n"
           "(default 0). Of a sweep that is not finished it checks the cases there are, in\n"
           "shards and journals, and says how many are not.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 reproduced, 1 something differs, is damaged, or is missing of a\n"
           "sweep that was finished, 2 bad command line, 3 failed, 75 interrupted\n");
}

static bool can_run(const qf_case_source *source, size_t number)
{
    return !source->is_sweep || (source->sweep.table.outcome[number] != QF_OUTCOME_NOT_RUN &&
                                 source->sweep.table.outcome[number] != QF_OUTCOME_FAILED);
}

/* each case by a draw of its own, and the one with the least draw where that leaves none */
static qf_status choose_cases(verification *v)
{
    const double fraction = isnan(v->options->fraction) ? 0.01 : v->options->fraction;
    const uint64_t seed = v->options->seed_override[0]
                              ? strtoull(v->options->seed_override + strlen("seed="), NULL, 10)
                              : 0;
    double least = (double)INFINITY;
    size_t least_case = 0;
    v->chosen = calloc(v->source.n_cases + 1, sizeof *v->chosen);
    if (!v->chosen) {
        return qf_fail(&v->context, QF_ERROR_MEMORY, "no memory for a list of cases");
    }
    for (size_t k = 0; k < v->source.n_cases; k++) {
        const qf_draw_key key = {.seed = seed, .world = (uint32_t)k, .stream = QF_STREAM_VERIFY};
        const double u = qf_draw_uniform(key);
        if (!can_run(&v->source, k)) {
            continue;
        }
        if (u < least) {
            least = u;
            least_case = k;
        }
        if (u < fraction) {
            v->chosen[v->n_chosen++] = (uint32_t)k;
        }
    }
    if (v->n_chosen == 0 && isfinite(least)) {
        v->chosen[v->n_chosen++] = (uint32_t)least_case;
    }
    return QF_OK;
}

static void name_difference(verification *v, uint32_t number, const char *what)
{
    if (v->n_different++ < MOST_NAMED) {
        printf("case %" PRIu32 ": another %s\n", number, what);
    }
}

/* what of a case is another than in the result, NULL: nothing */
static const char *find_difference(const verification *v, const qf_case_result *result)
{
    const qf_sweep_table *table = &v->source.sweep.table;
    const qf_sweep_spec *spec = qf_sweep_get_spec(v->source.sweep.sweep);
    const size_t k = result->number;
    if (result->hash != table->hash[k]) {
        return "hash";
    }
    if (result->outcome != table->outcome[k]) {
        return "outcome";
    }
    if (result->ticks != table->ticks[k]) {
        return "number of ticks";
    }
    for (size_t m = 0; m < table->n_metrics; m++) {
        if (!qf_same_value(result->metrics[m], table->metrics[m * table->n_cases + k])) {
            return qf_metric_title(spec, m);
        }
    }
    return NULL;
}

static qf_status compare_results(void *user, qf_context *context, const qf_case_result *results,
                                 size_t n)
{
    (void)context;
    verification *v = user;
    for (size_t i = 0; i < n; i++) {
        const char *what = find_difference(v, &results[i]);
        if (what) {
            name_difference(v, results[i].number, what);
        }
    }
    v->n_checked += n;
    return QF_OK;
}

static qf_status read_cases(void *user, qf_context *context, const uint32_t *numbers, size_t n,
                            qf_arena *arena, qf_scenario *scenario, const qf_metric_plan **plan)
{
    const verification *v = user;
    return qf_sweep_read_cases(v->source.sweep.sweep, context, numbers, n, arena, scenario, plan);
}

static qf_status verify_sweep(verification *v)
{
    const qf_sweep *sweep = v->source.sweep.sweep;
    const qf_sweep_job job = {.spec = qf_sweep_get_spec(sweep),
                              .design = qf_sweep_design(sweep),
                              .scenario = qf_sweep_scenario(sweep),
                              .plan = qf_sweep_plan(sweep),
                              .kernels = v->machine.kernels,
                              .cases = v->chosen,
                              .n_cases = v->n_chosen,
                              .stop = &qf_stop_requested,
                              .read = qf_sweep_is_packed(sweep) ? NULL : read_cases,
                              .take = compare_results,
                              .user = v};
    return qf_sweep_run(&v->context, &job);
}

static qf_status run_world(verification *v, uint32_t number)
{
    qf_scenario scenario;
    qf_fleet fleet = {0};
    qf_simulation *simulation = NULL;
    uint64_t stored;
    uint64_t computed = 0;
    qf_status status = qf_case_source_scenario(&v->context, &v->source, number, &scenario, &stored);
    if (status != QF_OK) {
        return status;
    }
    status = qf_fleet_create(&v->context, &scenario, &fleet);
    if (status == QF_OK) {
        const qf_simulation_options options = {.kernels = v->machine.kernels};
        status = qf_simulation_create(&v->context, &fleet, &options, &simulation);
    }
    while (status == QF_OK && fleet.tick < scenario.n_ticks) {
        /* rungs of the run's ladder are where it stopped, and so must this one */
        const int64_t rung = qf_record_next_hash(&scenario, fleet.tick);
        status = qf_stop_requested ? qf_fail(&v->context, QF_INTERRUPTED, "interrupted")
                                   : qf_simulation_advance(&v->context, simulation, rung, NULL, 0);
    }
    if (status == QF_OK) {
        status = qf_fleet_world_hashes(&v->context, &fleet, &computed);
    }
    if (status == QF_OK) {
        v->n_checked++;
        if (computed != stored) {
            name_difference(v, number, "hash");
        }
    }
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    qf_scenario_free(&scenario);
    return status;
}

static qf_status verify_run(verification *v)
{
    qf_status status = QF_OK;
    for (size_t i = 0; i < v->n_chosen && status == QF_OK; i++) {
        status = run_world(v, v->chosen[i]);
    }
    return status;
}

static void print_count(size_t n, size_t of, const char *is, const char *are)
{
    if (n > 0) {
        printf("%zu of %zu cases %s\n", n, of, n == 1 ? is : are);
    }
}

/* what of a sweep was found, and what there is to be found yet */
static void print_found(const verification *v)
{
    const qf_stored_sweep *sweep = &v->source.sweep;
    const size_t n = v->source.n_cases;
    size_t n_cases = 0;
    for (size_t k = 0; k < n; k++) {
        n_cases += sweep->damaged[k];
    }
    printf("%zu of %zu cases do not fit their checksums\n", n_cases, n);
    if (v->source.n_damaged > n_cases) {
        printf("%zu other damaged, named above\n", v->source.n_damaged - n_cases);
    }
    print_count(sweep->n_missing, n, "is in no shard and no journal",
                "are in no shard and no journal");
    print_count(sweep->n_journal, n, "is in the journal of a shard that is not done",
                "are in journals of shards that are not done");
    print_count(sweep->table.count[QF_OUTCOME_NOT_RUN] - sweep->n_missing - n_cases, n,
                "was not run", "were not run");
    if (!sweep->has_checksums) {
        printf("there is no checksums.txt: the files are not checked%s\n",
               v->source.n_damaged > n_cases ? "" : ", and the sweep is not finished");
    }
}

static qf_status verify(verification *v)
{
    qf_status status =
        qf_case_source_open(&v->context, v->options->operands[0], stderr, &v->source);
    if (status == QF_OK) {
        status = choose_cases(v);
    }
    if (status == QF_OK) {
        qf_listen_with_patience(1); /* a check that is left costs nothing */
        qf_binding_start(&v->context, &v->machine.topology, v->options->bind);
        status = v->source.is_sweep ? verify_sweep(v) : verify_run(v);
    }
    if (status != QF_OK) {
        fprintf(stderr, "qfleet verify: %s\n", v->context.error);
        return status;
    }
    if (v->n_different > MOST_NAMED) {
        printf("and %zu more\n", v->n_different - MOST_NAMED);
    }
    if (v->source.is_sweep) {
        print_found(v);
    }
    printf("%zu of %zu %s run again: %zu %s\n", v->n_checked, v->source.n_cases,
           v->source.is_sweep ? "cases" : "worlds", v->n_different,
           v->n_different == 1 ? "differs" : "differ");
    return v->n_different + v->source.n_damaged > 0 ? QF_DIFFERENT : QF_OK;
}

int qf_command_verify(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("verify", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK && options.n_operands != 1) {
        fprintf(stderr, "qfleet verify: expected one result (see qfleet verify --help)\n");
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        verification v = {.context = qf_context_default(), .options = &options};
        v.context.log = qf_print_log;
        status = qf_run_open_machine(&v.context, "verify", &options, &v.machine);
        status = status == QF_OK ? verify(&v) : status;
        free(v.chosen);
        qf_case_source_close(&v.source);
        qf_binding_end(&v.context);
        qf_machine_close(&v.machine);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
