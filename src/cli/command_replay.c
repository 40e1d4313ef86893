/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case_alone.h"
#include "case_replay.h"
#include "case_source.h"
#include "commands.h"
#include "run_session.h"
#include "worst_cases.h"

static const qf_option_id accepted[] = {
    QF_OPTION_CASE,    QF_OPTION_WORST,  QF_OPTION_BY,        QF_OPTION_FROM,  QF_OPTION_TO,
    QF_OPTION_VEHICLE, QF_OPTION_OUTPUT, QF_OPTION_NO_OUTPUT, QF_OPTION_FORCE, QF_OPTION_THREADS,
    QF_OPTION_ISA,     QF_OPTION_BIND,   QF_OPTION_PROGRESS,  QF_OPTION_HELP};

enum { N_ACCEPTED = sizeof accepted / sizeof *accepted };

typedef struct replay {
    qf_context context;
    const qf_options *options;
    const char *command_line;
    qf_machine machine;
    qf_case_source source;
} replay;

static void help(void)
{
    printf("usage: qfleet replay RESULT --case K [options]\n"
           "       qfleet replay RESULT --worst N [--by METRIC] [options]\n\n"
           "Runs one case again, by itself, with everything recorded after every tick, and\n"
           "compares what it comes to with the hash in the result. RESULT is the directory\n"
           "of a sweep, or the result file of a run, whose worlds are its cases. Results\n"
           "are NAME-case-K.h5. A sweep of a function has nothing to record: qfleet verify\n"
           "computes its cases again.\n\n");
    qf_options_help(accepted, N_ACCEPTED);
    printf("\nexit codes: 0 reproduced, 1 a hash differs or the case is damaged, 2 bad\n"
           "command line, 3 failed, 75 interrupted\n");
}

/* the vehicle of the world that is called so or has that number; false: there is none */
static bool find_vehicle(const qf_scenario *scenario, const char *text, size_t *entity)
{
    char *end;
    const unsigned long long number = strtoull(text, &end, 10);
    size_t first = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        const size_t length = strlen(group->name);
        if (strncmp(text, group->name, length) == 0 && text[length] == '-' && text[length + 1]) {
            char *after;
            const unsigned long long index = strtoull(text + length + 1, &after, 10);
            if (!*after && index < group->count) {
                *entity = first + (size_t)index;
                return true;
            }
        }
        first += group->count;
    }
    *entity = (size_t)number;
    return *text >= '0' && *text <= '9' && !*end && number < first;
}

static qf_status select_records(replay *r, qf_scenario *scenario)
{
    const qf_options *options = r->options;
    qf_record_spec *record = &scenario->record;
    if (!isnan(options->from_s)) {
        record->first_tick = (int64_t)ceil(options->from_s / scenario->dt_s - 1e-9);
    }
    if (!isnan(options->to_s)) {
        record->last_tick = (int64_t)floor(options->to_s / scenario->dt_s + 1e-9);
    }
    const double end_s = (double)scenario->n_ticks * scenario->dt_s;
    if (record->first_tick > scenario->n_ticks ||
        (!isnan(options->to_s) && record->last_tick < 1) ||
        (record->last_tick > 0 && record->last_tick < record->first_tick)) {
        return qf_fail(&r->context, QF_ERROR_USAGE,
                       "nothing would be recorded: the case lasts from 0 to %g s", end_s);
    }
    if (options->vehicle) {
        if (!find_vehicle(scenario, options->vehicle, &record->first_entity)) {
            return qf_fail(&r->context, QF_ERROR_USAGE,
                           "no vehicle '%s': expected a number from 0 to %zu or GROUP-NUMBER",
                           options->vehicle, qf_scenario_n_vehicles(scenario) - 1);
        }
        record->n_entities = 1;
    }
    return QF_OK;
}

static void print_case(const replay *r, uint64_t number)
{
    fprintf(stderr, "case %" PRIu64 " of %s\n", number, r->source.path);
    if (!r->source.is_sweep) {
        return;
    }
    const qf_sweep *sweep = r->source.sweep.sweep;
    const qf_sweep_spec *spec = qf_sweep_get_spec(sweep);
    const qf_sweep_table *table = &r->source.sweep.table;
    char text[QF_CASE_VALUE_BYTES];
    for (size_t p = 0; p < spec->n_parameters; p++) {
        fprintf(stderr, "  %-24s %s%s%s\n", spec->parameters[p].name,
                qf_case_value_text(sweep, p, (uint32_t)number, text),
                spec->parameters[p].unit ? " " : "",
                spec->parameters[p].unit ? spec->parameters[p].unit : "");
    }
    for (size_t m = 0; m < spec->n_metrics; m++) {
        const qf_metric_spec *metric = &spec->metrics[m];
        const double value = table->metrics[m * table->n_cases + number];
        fprintf(stderr, "  %-24s ", qf_metric_title(spec, m));
        if (isnan(value)) {
            fputs("none\n", stderr);
        } else if (metric->kind == QF_VALUE_NUMBER) {
            fprintf(stderr, "%.9g%s%s\n", value, metric->unit ? " " : "",
                    metric->unit ? metric->unit : "");
        } else if (metric->kind == QF_VALUE_TRUTH) {
            fprintf(stderr, "%s\n", value != 0.0 ? "true" : "false");
        } else {
            fprintf(stderr, "%s\n", metric->names[(size_t)value]);
        }
    }
    fprintf(stderr, "  %-24s %s%s%s\n", "outcome", qf_outcome_names[table->outcome[number]],
            table->cause[number] ? ": " : "", table->cause[number] ? table->cause[number] : "");
}

static qf_status compare(replay *r, uint64_t number, uint64_t stored, uint64_t computed)
{
    if (stored == computed) {
        fprintf(stderr, "reproduced: hash %016" PRIx64 "\n", computed);
        return QF_OK;
    }
    char text[QF_REPLAY_TEXT_BYTES];
    fprintf(stderr, "NOT reproduced: %s\n",
            qf_case_replay_difference(&r->source, number, stored, computed, text));
    return QF_DIFFERENT;
}

static qf_status run_case(replay *r, uint64_t number)
{
    qf_scenario scenario;
    uint64_t stored = 0;
    uint64_t computed = 0;
    qf_status status = qf_case_replay_read(&r->context, &r->source, number, &scenario, &stored);
    if (status != QF_OK) {
        fprintf(stderr, "qfleet replay: %s\n", r->context.error);
        return status;
    }
    char path[512];
    const int length = snprintf(path, sizeof path, "%s-case-%" PRIu64 ".h5", scenario.name, number);
    status = length < (int)sizeof path
                 ? select_records(r, &scenario)
                 : qf_fail(&r->context, QF_ERROR_USAGE, "the name is too long: use --output");
    if (status != QF_OK) {
        fprintf(stderr, "qfleet replay: %s\n", r->context.error);
    } else {
        print_case(r, number);
        const qf_run_session session = {.command = "replay",
                                        .command_line = r->command_line,
                                        .options = r->options,
                                        .machine = &r->machine,
                                        .path = r->options->output ? r->options->output : path,
                                        .scenario = &scenario,
                                        .world_hashes = &computed};
        status = qf_run_session_run(&r->context, &session);
        status = status == QF_OK ? compare(r, number, stored, computed) : status;
    }
    qf_scenario_free(&scenario);
    return status;
}

/* a function has no world: its value is all there is */
static qf_status refuse_function(replay *r)
{
    fprintf(stderr,
            "qfleet replay: %s is of a function, without anything to record: its cases are "
            "checked by qfleet verify\n",
            r->source.path);
    return QF_ERROR_USAGE;
}

static qf_status run_worst(replay *r)
{
    uint32_t *worst = calloc(r->options->worst, sizeof *worst);
    size_t n = 0;
    qf_status status =
        worst ? qf_worst_cases(&r->context, &r->source, r->options->by, r->options->worst, stderr,
                               worst, &n)
              : qf_fail(&r->context, QF_ERROR_MEMORY, "no memory for %zu cases", r->options->worst);
    if (status != QF_OK) {
        fprintf(stderr, "qfleet replay: %s\n", r->context.error);
    }
    qf_status all = status;
    for (size_t i = 0; i < n && (status == QF_OK || status == QF_DIFFERENT); i++) {
        status = run_case(r, worst[i]);
        all = status == QF_OK ? all : status;
    }
    free(worst);
    return all;
}

static qf_status replay_cases(replay *r)
{
    qf_status status =
        qf_case_source_open(&r->context, r->options->operands[0], stderr, &r->source);
    if (status != QF_OK) {
        fprintf(stderr, "qfleet replay: %s\n", r->context.error);
    } else if (r->source.is_sweep &&
               qf_sweep_get_spec(r->source.sweep.sweep)->function != QF_FUNCTION_NONE) {
        status = refuse_function(r);
    } else {
        status = r->options->has_case ? run_case(r, r->options->number_of_case) : run_worst(r);
    }
    qf_case_source_close(&r->source);
    return status;
}

static qf_status check_options(const qf_options *options)
{
    const char *complaint = NULL;
    if (options->n_operands != 1) {
        complaint = "expected one result";
    } else if (options->has_case == (options->worst > 0)) {
        complaint = "expected one of --case K and --worst N";
    } else if (options->by && !options->worst) {
        complaint = "--by goes with --worst";
    } else if (options->worst > 1 && options->output) {
        complaint = "--output names one file, and --worst makes several";
    } else if (options->no_output && options->output) {
        complaint = "--output and --no-output contradict each other";
    }
    if (complaint) {
        fprintf(stderr, "qfleet replay: %s (see qfleet replay --help)\n", complaint);
    }
    return complaint ? QF_ERROR_USAGE : QF_OK;
}

int qf_command_replay(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("replay", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        help();
    } else if (status == QF_OK) {
        status = check_options(&options);
        if (status == QF_OK) {
            char *command_line = qf_command_line("replay", argc, argv);
            replay r = {.context = qf_context_default(),
                        .options = &options,
                        .command_line = command_line ? command_line : "qfleet replay"};
            r.context.log = qf_print_log;
            status = qf_run_open_machine(&r.context, "replay", &options, &r.machine);
            status = status == QF_OK ? replay_cases(&r) : status;
            free(command_line);
            qf_machine_close(&r.machine);
        }
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
