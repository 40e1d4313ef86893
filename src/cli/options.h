/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_OPTIONS_H
#define QF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "binding.h"
#include "export.h"
#include "status.h"

/* Options of all commands; a command accepts those that its table names. */
typedef enum qf_option_id {
    QF_OPTION_HELP,
    QF_OPTION_OUTPUT,
    QF_OPTION_SET,
    QF_OPTION_SEED,
    QF_OPTION_THREADS,
    QF_OPTION_ISA,
    QF_OPTION_PROGRESS,
    QF_OPTION_FORCE,
    QF_OPTION_NO_OUTPUT,
    QF_OPTION_EFFECTIVE,
    QF_OPTION_BIND,
    QF_OPTION_JSON,
    QF_OPTION_RECOMPUTE,
    QF_OPTION_GRAPH,
    QF_OPTION_ENTITY,
    QF_OPTION_AT,
    QF_OPTION_MACHINE,
    QF_OPTION_CASE,
    QF_OPTION_FROM,
    QF_OPTION_TO,
    QF_OPTION_VEHICLE,
    QF_OPTION_WORST,
    QF_OPTION_BY,
    QF_OPTION_FRACTION,
    QF_OPTION_DIRECTORY, /* --output of commands that make a directory */
    QF_OPTION_CASES,
    QF_OPTION_SHARD,
    QF_OPTION_RESUME,
    QF_OPTION_DRY_RUN,
    QF_OPTION_JUNIT,
    QF_OPTION_BATCH,
    QF_OPTION_NODES,
    QF_OPTION_MERGED, /* --output of merge */
    QF_OPTION_SBATCH,
    QF_OPTION_TIME,
    QF_OPTION_METRIC,
    QF_OPTION_CONFIDENCE,
    QF_OPTION_EXPLAIN,
    QF_OPTION_NETWORK,
    QF_OPTION_GO_ON, /* --resume of a run */
    QF_OPTION_CHECKPOINT_EVERY,
    QF_OPTION_PAGE, /* --output of report */
    QF_OPTION_NO_REPLAY,
    QF_OPTION_REPLAYED, /* --cases of report */
    QF_OPTION_EVENTS,   /* of export, as the next five */
    QF_OPTION_TABLE,
    QF_OPTION_COLUMNS,
    QF_OPTION_ROWS_FROM,
    QF_OPTION_ROWS_TO,
    QF_OPTION_EPOCH,
    QF_OPTION_COUNT
} qf_option_id;

typedef enum qf_progress_mode {
    QF_PROGRESS_AUTO, /* a line on a terminal, nothing elsewhere */
    QF_PROGRESS_ON,
    QF_PROGRESS_OFF,
    QF_PROGRESS_JSON, /* one object a line on standard output */
} qf_progress_mode;

/* What the command line said. Texts are those of argv. Free with qf_options_free. */
typedef struct qf_options {
    bool help;
    const char *output;     /* NULL: not given */
    const char **overrides; /* of --set and --seed, in order */
    size_t n_overrides;
    int threads;            /* 0: not given */
    const char *isa;        /* "auto": the best */
    const char *isa_source; /* what named it: --isa or QFLEET_ISA; NULL: nothing */
    qf_bind_mode bind;
    qf_progress_mode progress;
    bool force;
    bool no_output;
    bool effective;
    bool json;
    bool recompute;
    const char *graph;   /* NULL: not given */
    const char *entity;  /* NULL: not given */
    const char *machine; /* NULL: not given */
    bool has_at;
    double at_s; /* finite */
    bool has_case;
    size_t number_of_case;
    double from_s, to_s; /* NaN: not given */
    const char *vehicle; /* NULL: not given */
    size_t worst;        /* 0: not given */
    const char *by;      /* NULL: not given */
    double fraction;     /* in (0, 1]; NaN: not given */
    bool has_cases;
    size_t first_case, last_case; /* inclusive */
    size_t shard, n_shards;       /* 1 ... n_shards; 0 of 0: not given */
    bool resume;
    bool dry_run;
    const char *junit;    /* NULL: not given */
    size_t batch;         /* worlds; 0: not given */
    size_t nodes;         /* 0: not given */
    const char *sbatch;   /* NULL: not given */
    int64_t time_limit_s; /* 0: not given */
    bool explain;
    double latency_us, link_gbps; /* of --network; NaN: not given */
    const char **metrics;         /* of --metric, in order */
    size_t n_metrics;
    double confidence;         /* in (0, 1); NaN: not given */
    double checkpoint_every_s; /* above 0; NaN: not given */
    bool no_replay;
    size_t n_replayed;       /* 0: not given */
    qf_export_wish *exports; /* of --events and --table, in order */
    size_t n_exports;
    const char *columns; /* NULL: not given */
    const char *epoch;   /* NULL: not given */
    const char **operands;
    size_t n_operands;
    char seed_override[64];
} qf_options;

/* The variable that stands for --isa where that is not given. */
#define QF_ISA_VARIABLE "QFLEET_ISA"

/*
 * Parses the arguments after the command's name. What is wrong is said on standard error, with the
 * nearest option; the result is QF_OK or QF_ERROR_USAGE.
 */
qf_status qf_options_parse(const char *command, const qf_option_id *accepted, size_t n_accepted,
                           int argc, char **argv, qf_options *options);

void qf_options_free(qf_options *options);

/* A line of help for each accepted option, on standard output. */
void qf_options_help(const qf_option_id *accepted, size_t n_accepted);

#endif
