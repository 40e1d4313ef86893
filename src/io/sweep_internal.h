/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SWEEP_INTERNAL_H
#define QF_SWEEP_INTERNAL_H

#include "reader.h"
#include "sweep_reader.h"

/* Steps that the readers of sweeps share; not for their callers. */

/* Where a parameter stands in the file, and how cases that differ in it are read. */
typedef struct qf_sweep_place {
    const qf_yaml_node *node; /* its mapping */
    const qf_yaml_node *path; /* NULL: it has none */
    bool fixed;               /* the scenario is read for each of its values */
    uint32_t least, most;     /* the first cases with the ends of its range */
} qf_sweep_place;

/* Where an expression stands: from a byte of a scalar's text on. */
typedef struct qf_sweep_text {
    const qf_yaml_node *node;
    size_t offset;
} qf_sweep_text;

struct qf_sweep {
    qf_arena arena;
    const char *path;            /* of the file, as messages call it */
    qf_yaml_node *root;          /* of the file, with what its bases, overrides and profiles say */
    qf_yaml_node *scenario_root; /* the same without what is the sweep's; never changed */
    const qf_yaml_node *section; /* `sweep` */
    qf_sweep_spec spec;
    qf_sweep_parameter *parameters;
    qf_sweep_place *places;
    qf_open_name *open_names; /* by parameter: where those that are names of files stand */
    qf_metric_spec *metrics;
    size_t success; /* which of them is */
    qf_sweep_text *metric_texts;
    qf_sweep_text until_text;
    qf_requirement *requirements;
    const qf_yaml_node **requirement_nodes; /* whose text is the claim */
    qf_design design;
    qf_scenario scenario;
    const qf_metric_plan *plan;
};

/* `parameters`: names, paths, distributions; those of a table wait for its rows. */
void qf_sweep_read_parameters(qf_reader *reader, qf_sweep *sweep);

/* `sampling` with what goes with it (cases, base, trajectories, levels), `replications`, `correlation`. After the parameters. */
void qf_sweep_read_sampling(qf_reader *reader, qf_sweep *sweep);
void qf_sweep_read_correlation(qf_reader *reader, qf_sweep *sweep);

/* Names of files relative to where their parameter stands, made absolute: what is written elsewhere means the same. */
void qf_sweep_fix_files(qf_reader *reader, qf_sweep *sweep);

/* A table of cells, row by row; the rows' number is that of the table's points. */
typedef struct qf_sweep_table_cells {
    const qf_yaml_node *const
        *cells; /* scalars; a number is one that stands there as a number, without quotes */
    size_t n_rows;
    size_t n_columns;
} qf_sweep_table_cells;

/* The cells of a CSV file, in the order of `names`; each name is that of a column. False after an error. */
bool qf_sweep_read_csv(qf_reader *reader, const qf_yaml_node *file, const char *const *names,
                       size_t n_names, qf_sweep_table_cells *table);

/* Puts the columns of a table into the parameters, and its points into the spec. */
void qf_sweep_take_table(qf_reader *reader, qf_sweep *sweep, const qf_sweep_table_cells *table);

/* Whether a node is to be a number, if perhaps a misspelt one, and no word: nothing in quotes, which begins as numbers do. */
bool qf_sweep_is_number(const qf_yaml_node *node);

/* The texts of a list of words, each once, and the number of every entry. False without memory. */
bool qf_sweep_read_words(qf_reader *reader, const qf_yaml_node *const *entries, size_t n,
                         const char *const **texts, size_t *n_texts, double *numbers);

/* `function`, `confidence`, `bootstrap`: what needs no scenario. */
void qf_sweep_read_settings(qf_reader *reader, qf_sweep *sweep);

/* `metrics`, `success`, `until` and `every_s`, with `requirements`; then `stop_when`. After the scenario. */
void qf_sweep_read_metrics(qf_reader *reader, qf_sweep *sweep, qf_context *context);
void qf_sweep_read_stop(qf_reader *reader, qf_sweep *sweep);

/* Claims apart from their expressions, which become metrics or stand for one; and then, when metrics are known, their units
   and limits. */
size_t qf_sweep_count_requirements(const qf_sweep *sweep);
void qf_sweep_read_requirements(qf_reader *reader, qf_sweep *sweep);
void qf_sweep_check_requirements(qf_reader *reader, qf_sweep *sweep);

/* When the design is there: the ends of each parameter's range. */
void qf_sweep_find_ends(qf_sweep *sweep);

/* The value of a parameter in a case, as it stands in a scenario. */
enum { QF_VALUE_BYTES = 40 };
const char *qf_sweep_value_text(const qf_sweep *sweep, size_t parameter, size_t number,
                                char text[QF_VALUE_BYTES]);

/* The scenario of all cases, or of case 0 where some are read one by one: sweep->scenario, and which are. */
void qf_sweep_settle_scenario(qf_reader *reader, qf_sweep *sweep, qf_context *context);

/* The scenario of the first of n cases; parameters that are not fixed are numbers of each case, of which those of the n are checked.
   `cases`: n_parameters, as long as it lives. `numbers` NULL: all. */
qf_status qf_sweep_read_scenario(const qf_sweep *sweep, qf_context *context,
                                 const uint32_t *numbers, size_t n, qf_case_values *cases,
                                 qf_diagnostics *diagnostics, qf_scenario *scenario);

/* The plan for a scenario of the sweep; `specs` as many as the sweep's, for the plan's use. */
const qf_metric_plan *qf_sweep_make_plan(const qf_sweep *sweep, qf_context *context,
                                         qf_arena *arena, const qf_scenario *scenario,
                                         qf_metric_spec *specs, size_t *failed,
                                         qf_expression_error *error);

#endif
