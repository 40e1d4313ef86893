/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"
#include "option_values.h"
#include "rank_talk.h"

typedef struct option_row {
    const char *name;
    char letter;
    const char *value; /* NULL: takes none */
    const char *help;
} option_row;

static const option_row table[QF_OPTION_COUNT] = {
    [QF_OPTION_HELP] = {"--help", 'h', NULL, "show this and stop"},
    [QF_OPTION_OUTPUT] = {"--output", 'o', "FILE", "where the result goes (default NAME.h5)"},
    [QF_OPTION_SET] = {"--set", 0, "PATH=VALUE", "override a key, e.g. groups[0].count=10"},
    [QF_OPTION_SEED] = {"--seed", 0, "N", "override the seed"},
    [QF_OPTION_THREADS] = {"--threads", 0, "N", "threads, 1 to 4096 (default: qfleet topo tells)"},
    [QF_OPTION_ISA] = {"--isa", 0, "SET", "auto, v4, v3, generic (or $QFLEET_ISA); same bits"},
    [QF_OPTION_PROGRESS] = {"--progress", 0, "MODE", "auto, on, off, or json on standard output"},
    [QF_OPTION_FORCE] = {"--force", 0, NULL, "replace an existing file"},
    [QF_OPTION_NO_OUTPUT] = {"--no-output", 0, NULL, "compute and summarise, write nothing"},
    [QF_OPTION_EFFECTIVE] = {"--effective", 0, NULL, "print it whole, defaults filled in"},
    [QF_OPTION_BIND] = {"--bind", 0, "WHERE", "core: each thread on a core of its own; or none"},
    [QF_OPTION_JSON] = {"--json", 0, NULL, "for programs, on standard output"},
    [QF_OPTION_RECOMPUTE] = {"--recompute", 0, NULL, "run both again to find the exact tick"},
    [QF_OPTION_GRAPH] = {"--graph", 0, "OUT", "draw state machines: a file .dot or .svg"},
    [QF_OPTION_ENTITY] = {"--entity", 0, "N|NAME", "which vehicle, by number or name"},
    [QF_OPTION_AT] = {"--at", 0, "SECONDS", "when (default: at the end)"},
    [QF_OPTION_MACHINE] = {"--machine", 0, "NAME", "only of that state machine (default: each)"},
    [QF_OPTION_CASE] = {"--case", 0, "K", "which case, from 0"},
    [QF_OPTION_FROM] = {"--from", 0, "SECONDS", "record from then on (default: the start)"},
    [QF_OPTION_TO] = {"--to", 0, "SECONDS", "record until then (default: the end)"},
    [QF_OPTION_VEHICLE] = {"--vehicle", 0, "N|NAME", "record only that vehicle's state"},
    [QF_OPTION_WORST] = {"--worst", 0, "N", "the N cases that are worst by a metric"},
    [QF_OPTION_BY] = {"--by", 0, "METRIC", "which metric or requirement (default: success)"},
    [QF_OPTION_FRACTION] = {"--fraction", 0, "F", "which share of cases, above 0 up to 1"},
    [QF_OPTION_DIRECTORY] = {"--output", 'o', "DIR", "where it goes (default NAME.sweep)"},
    [QF_OPTION_CASES] = {"--cases", 0, "A-B", "only cases number A to B, or one number"},
    [QF_OPTION_SHARD] = {"--shard", 0, "I/N", "the I-th of N parts of about the same size"},
    [QF_OPTION_RESUME] = {"--resume", 0, NULL, "go on: run only cases that are missing"},
    [QF_OPTION_DRY_RUN] = {"--dry-run", 0, NULL, "say what would be done, and stop"},
    [QF_OPTION_JUNIT] = {"--junit", 0, "FILE", "verdicts for continuous integration, as XML"},
    [QF_OPTION_BATCH] = {"--batch", 0, "N", "cases a thread runs side by side; same bits"},
    [QF_OPTION_NODES] = {"--nodes", 0, "N", "machines that share the work (default 1)"},
    [QF_OPTION_MERGED] = {"--output", 'o', "DIR", "where sources are brought together"},
    [QF_OPTION_SBATCH] = {"--sbatch", 0, "FILE", "write a job for Slurm that does it"},
    [QF_OPTION_TIME] = {"--time", 0, "LIMIT", "of a task: 30min, or as Slurm has it (default 4h)"},
    [QF_OPTION_METRIC] = {"--metric", 0, "NAME", "only that metric; may be given again"},
    [QF_OPTION_GO_ON] = {"--resume", 0, NULL, "go on where an interrupted run stood"},
    [QF_OPTION_CHECKPOINT_EVERY] = {"--checkpoint-every", 0, "TIME",
                                    "on the clock, e.g. 10min; else when interrupted"},
    [QF_OPTION_CONFIDENCE] = {"--confidence", 0, "C", "of intervals, 0.5 to 0.999999 (0.95)"},
    [QF_OPTION_EXPLAIN] = {"--explain", 0, NULL, "what limits it on more machines, as a table"},
    [QF_OPTION_NETWORK] = {"--network", 0, "US,GB/S",
                           "of messages and links, for --explain (2,12.5)"},
    [QF_OPTION_PAGE] = {"--output", 'o', "FILE", "where the page goes (default RESULT.html)"},
    [QF_OPTION_NO_REPLAY] = {"--no-replay", 0, NULL,
                             "run no case of a sweep again for its pictures"},
    [QF_OPTION_REPLAYED] = {"--cases", 0, "N", "show so many of the worst cases (default 1)"},
    [QF_OPTION_EVENTS] = {"--events", 0, "FILE", "events as CloudEvents, one a line"},
    [QF_OPTION_TABLE] = {"--table", 0, "NAME FILE", "a table as CSV; may be given again"},
    [QF_OPTION_COLUMNS] = {"--columns", 0, "A,B,C", "only these of the table, in this order"},
    [QF_OPTION_ROWS_FROM] = {"--from", 0, "SECONDS",
                             "only what is of then on (default: the start)"},
    [QF_OPTION_ROWS_TO] = {"--to", 0, "SECONDS", "only what is until then (default: the end)"},
    [QF_OPTION_EPOCH] = {"--epoch", 0, "TIME",
                         "when the simulation started, as 2026-01-31T12:00:00Z"},
};

enum {
    MOST_THREADS = 4096,
    MOST_BATCH = 1 << 20,
    MOST_NODES = 1000000,
    MOST_WORST = 1000000,
    MOST_REPLAYED = 20
};

static qf_status unknown_option(const char *command, const qf_option_id *accepted,
                                size_t n_accepted, const char *text)
{
    const char *names[QF_OPTION_COUNT];
    for (size_t i = 0; i < n_accepted; i++) {
        names[i] = table[accepted[i]].name;
    }
    const char *nearest = qf_nearest_name(text, names, n_accepted);
    fprintf(qf_said_once(), "qfleet %s: unknown option '%s'%s%s%s (see qfleet %s --help)\n",
            command, text, nearest ? ", did you mean '" : "", nearest ? nearest : "",
            nearest ? "'?" : "", command);
    return QF_ERROR_USAGE;
}

static qf_status apply(const char *command, qf_option_id id, const char *value, qf_options *options)
{
    static const char *const places[] = {[QF_BIND_CORE] = "core", [QF_BIND_NONE] = "none"};
    static const char *const modes[] = {[QF_PROGRESS_AUTO] = "auto",
                                        [QF_PROGRESS_ON] = "on",
                                        [QF_PROGRESS_OFF] = "off",
                                        [QF_PROGRESS_JSON] = "json"};
    size_t choice;
    uint64_t seed;
    switch (id) {
    case QF_OPTION_HELP:
        options->help = true;
        return QF_OK;
    case QF_OPTION_OUTPUT:
    case QF_OPTION_PAGE:
        return qf_option_text(command, "--output needs a file name, found", value,
                              &options->output);
    case QF_OPTION_SET:
        options->overrides[options->n_overrides++] = value;
        return QF_OK;
    case QF_OPTION_SEED:
        if (qf_option_seed(command, value, &seed) != QF_OK) {
            return QF_ERROR_USAGE;
        }
        snprintf(options->seed_override, sizeof options->seed_override, "seed=%" PRIu64, seed);
        options->overrides[options->n_overrides++] = options->seed_override;
        return QF_OK;
    case QF_OPTION_THREADS:
        if (qf_option_count(command, "--threads", value, MOST_THREADS, &choice) != QF_OK) {
            return QF_ERROR_USAGE;
        }
        options->threads = (int)choice;
        return QF_OK;
    case QF_OPTION_ISA:
        options->isa_source = "--isa";
        return qf_option_isa(command, "--isa", value, &options->isa);
    case QF_OPTION_BIND:
        if (qf_option_choice(command, "--bind", value, places, 2, &choice) != QF_OK) {
            return QF_ERROR_USAGE;
        }
        options->bind = (qf_bind_mode)choice;
        return QF_OK;
    case QF_OPTION_PROGRESS:
        if (qf_option_choice(command, "--progress", value, modes, 4, &choice) != QF_OK) {
            return QF_ERROR_USAGE;
        }
        options->progress = (qf_progress_mode)choice;
        return QF_OK;
    case QF_OPTION_FORCE:
        options->force = true;
        return QF_OK;
    case QF_OPTION_NO_OUTPUT:
        options->no_output = true;
        return QF_OK;
    case QF_OPTION_EFFECTIVE:
        options->effective = true;
        return QF_OK;
    case QF_OPTION_JSON:
        options->json = true;
        return QF_OK;
    case QF_OPTION_GRAPH:
        return qf_option_text(command, "--graph needs a file name, found", value, &options->graph);
    case QF_OPTION_RECOMPUTE:
        options->recompute = true;
        return QF_OK;
    case QF_OPTION_ENTITY:
        return qf_option_text(command, "--entity needs a number or a name, found", value,
                              &options->entity);
    case QF_OPTION_AT:
        options->has_at = true;
        return qf_option_at(command, value, &options->at_s);
    case QF_OPTION_MACHINE:
        return qf_option_text(command, "--machine needs a name, found", value, &options->machine);
    case QF_OPTION_CASE:
        options->has_case = true;
        return qf_option_case(command, value, &options->number_of_case);
    case QF_OPTION_FROM:
    case QF_OPTION_ROWS_FROM:
        return qf_option_real(command, "--from", value, 0.0, 1e12, &options->from_s);
    case QF_OPTION_TO:
    case QF_OPTION_ROWS_TO:
        return qf_option_real(command, "--to", value, 0.0, 1e12, &options->to_s);
    case QF_OPTION_VEHICLE:
        return qf_option_text(command, "--vehicle needs a number or a name, found", value,
                              &options->vehicle);
    case QF_OPTION_WORST:
        return qf_option_count(command, "--worst", value, MOST_WORST, &options->worst);
    case QF_OPTION_BY:
        return qf_option_text(command, "--by needs a metric, found", value, &options->by);
    case QF_OPTION_FRACTION:
        return qf_option_real(command, "--fraction", value, 1e-12, 1.0, &options->fraction);
    case QF_OPTION_DIRECTORY:
    case QF_OPTION_MERGED:
        return qf_option_text(command, "--output needs a directory's name, found", value,
                              &options->output);
    case QF_OPTION_CASES:
        options->has_cases = true;
        return qf_option_cases(command, value, &options->first_case, &options->last_case);
    case QF_OPTION_SHARD:
        return qf_option_shard(command, value, &options->shard, &options->n_shards);
    case QF_OPTION_RESUME:
    case QF_OPTION_GO_ON:
        options->resume = true;
        return QF_OK;
    case QF_OPTION_DRY_RUN:
        options->dry_run = true;
        return QF_OK;
    case QF_OPTION_JUNIT:
        return qf_option_text(command, "--junit needs a file name, found", value, &options->junit);
    case QF_OPTION_BATCH:
        return qf_option_count(command, "--batch", value, MOST_BATCH, &options->batch);
    case QF_OPTION_NODES:
        return qf_option_count(command, "--nodes", value, MOST_NODES, &options->nodes);
    case QF_OPTION_SBATCH:
        return qf_option_text(command, "--sbatch needs a file name, found", value,
                              &options->sbatch);
    case QF_OPTION_TIME:
        return qf_option_time_limit(command, value, &options->time_limit_s);
    case QF_OPTION_METRIC:
        return qf_option_text(command, "--metric needs a metric, found", value,
                              &options->metrics[options->n_metrics++]);
    case QF_OPTION_CONFIDENCE:
        return qf_option_real(command, "--confidence", value, 0.5, 0.999999, &options->confidence);
    case QF_OPTION_EXPLAIN:
        options->explain = true;
        return QF_OK;
    case QF_OPTION_NETWORK:
        return qf_option_network(command, value, &options->latency_us, &options->link_gbps);
    case QF_OPTION_CHECKPOINT_EVERY:
        return qf_option_duration(command, "--checkpoint-every", value,
                                  &options->checkpoint_every_s);
    case QF_OPTION_NO_REPLAY:
        options->no_replay = true;
        return QF_OK;
    case QF_OPTION_REPLAYED:
        return qf_option_count(command, "--cases", value, MOST_REPLAYED, &options->n_replayed);
    case QF_OPTION_EVENTS:
        return qf_option_text(command, "--events needs a file name, found", value,
                              &options->exports[options->n_exports++].file);
    case QF_OPTION_TABLE: /* its file follows */
        return qf_option_text(command, "--table needs a table, found", value,
                              &options->exports[options->n_exports++].table);
    case QF_OPTION_COLUMNS:
        return qf_option_text(command, "--columns needs names, found", value, &options->columns);
    case QF_OPTION_EPOCH:
        options->epoch = value;
        return QF_OK;
    case QF_OPTION_COUNT:
        break;
    }
    return QF_ERROR_USAGE;
}

/* the accepted option that `text` names, as --name, --name=value or -x */
static bool find_option(const qf_option_id *accepted, size_t n_accepted, const char *text,
                        qf_option_id *id)
{
    const size_t length = strcspn(text, "=");
    for (size_t i = 0; i < n_accepted; i++) {
        const option_row *row = &table[accepted[i]];
        if ((strlen(row->name) == length && strncmp(text, row->name, length) == 0) ||
            (row->letter && text[0] == '-' && text[1] == row->letter && text[2] == '\0')) {
            *id = accepted[i];
            return true;
        }
    }
    return false;
}

/* an option of the environment, for a command that has it and was not told otherwise */
static qf_status apply_environment(const char *command, const qf_option_id *accepted,
                                   size_t n_accepted, qf_options *options)
{
    const char *isa = getenv(QF_ISA_VARIABLE);
    if (!isa || !*isa || options->isa_source || options->help) {
        return QF_OK;
    }
    for (size_t i = 0; i < n_accepted; i++) {
        if (accepted[i] == QF_OPTION_ISA) {
            options->isa_source = QF_ISA_VARIABLE;
            return qf_option_isa(command, QF_ISA_VARIABLE, isa, &options->isa);
        }
    }
    return QF_OK;
}

qf_status qf_options_parse(const char *command, const qf_option_id *accepted, size_t n_accepted,
                           int argc, char **argv, qf_options *options)
{
    *options = (qf_options){.isa = "auto",
                            .from_s = (double)NAN,
                            .to_s = (double)NAN,
                            .fraction = (double)NAN,
                            .confidence = (double)NAN,
                            .latency_us = (double)NAN,
                            .link_gbps = (double)NAN,
                            .checkpoint_every_s = (double)NAN};
    const size_t most = (size_t)argc + 1;
    options->overrides = calloc(most, sizeof *options->overrides);
    options->operands = calloc(most, sizeof *options->operands);
    options->metrics = calloc(most, sizeof *options->metrics);
    options->exports = calloc(most, sizeof *options->exports);
    if (!options->overrides || !options->operands || !options->metrics || !options->exports) {
        fprintf(qf_said_once(), "qfleet: out of memory\n");
        return QF_ERROR_MEMORY;
    }
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];
        if (only_operands || text[0] != '-' || text[1] == '\0') {
            options->operands[options->n_operands++] = text;
            continue;
        }
        if (strcmp(text, "--") == 0) {
            only_operands = true;
            continue;
        }
        qf_option_id id;
        if (!find_option(accepted, n_accepted, text, &id)) {
            return unknown_option(command, accepted, n_accepted, text);
        }
        const char *equals = text[1] == '-' ? strchr(text, '=') : NULL;
        const char *value = equals ? equals + 1 : NULL;
        if (!table[id].value && value) {
            return qf_option_complain(command, "this option takes no value:", text);
        }
        if (table[id].value && !value) {
            if (i + 1 == argc) {
                return qf_option_complain(command, "this option needs a value:", text);
            }
            value = argv[++i];
        }
        const qf_status status = apply(command, id, value, options);
        if (status != QF_OK) {
            return status;
        }
        if (id == QF_OPTION_TABLE) {
            if (i + 1 == argc) {
                return qf_option_complain(command, "this option needs two values:", text);
            }
            options->exports[options->n_exports - 1].file = argv[++i];
        }
    }
    return apply_environment(command, accepted, n_accepted, options);
}

void qf_options_free(qf_options *options)
{
    free(options->overrides);
    free(options->operands);
    free(options->metrics);
    free(options->exports);
    *options = (qf_options){0};
}

void qf_options_help(const qf_option_id *accepted, size_t n_accepted)
{
    for (size_t i = 0; i < n_accepted; i++) {
        const option_row *row = &table[accepted[i]];
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", row->name, row->value ? " " : "",
                 row->value ? row->value : "");
        if (row->letter) {
            printf("  -%c, %-22s %s\n", row->letter, left, row->help);
        } else {
            printf("      %-22s %s\n", left, row->help);
        }
    }
}
