/* SPDX-License-Identifier: Apache-2.0 */
/* How a sweep's points are chosen, and which of its parameters go together. */
#include <math.h>
#include <string.h>

#include "sweep_internal.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

enum { DEFAULT_BASE = 1024, DEFAULT_TRAJECTORIES = 20, DEFAULT_LEVELS = 4, MOST_LEVELS = 1000 };

/* ---- tables ---- */

static void read_rows(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *rows)
{
    const size_t n_columns = sweep->spec.n_parameters;
    if (!qf_yaml_expect_kind(rows, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    if (rows->n_children == 0) {
        qf_diagnose(reader->diagnostics, rows, "no rows: expected a list for each case");
        return;
    }
    const qf_yaml_node **cells =
        qf_reader_array(reader, rows->n_children * n_columns + 1, sizeof *cells);
    bool good = cells != NULL;
    for (size_t r = 0; cells && r < rows->n_children; r++) {
        const qf_yaml_node *row = rows->children[r];
        if (!qf_yaml_expect_kind(row, QF_YAML_SEQUENCE, reader->diagnostics)) {
            good = false;
            continue;
        }
        if (row->n_children != n_columns) {
            qf_diagnose(reader->diagnostics, row,
                        "expected %zu values, one for each parameter, found %zu", n_columns,
                        row->n_children);
            good = false;
            continue;
        }
        for (size_t p = 0; p < n_columns; p++) {
            const qf_yaml_node *cell = row->children[p];
            cells[r * n_columns + p] = cell;
            good = qf_yaml_expect_kind(cell, QF_YAML_SCALAR, reader->diagnostics) && good;
        }
    }
    if (good) {
        qf_sweep_take_table(reader, sweep,
                            &(qf_sweep_table_cells){.cells = cells,
                                                    .n_rows = rows->n_children,
                                                    .n_columns = n_columns});
    }
}

static void read_table(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *node)
{
    static const char *const known[] = {"csv", "rows"};
    const qf_yaml_node *csv = qf_yaml_get(node, "csv");
    const qf_yaml_node *rows = qf_yaml_get(node, "rows");
    sweep->spec.sampling = QF_SAMPLING_TABLE;
    if (!qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics)) {
        return;
    }
    if (!csv == !rows) {
        qf_diagnose(reader->diagnostics, node, "expected one of the keys 'csv' and 'rows'");
        return;
    }
    if (rows) {
        read_rows(reader, sweep, rows);
        return;
    }
    const size_t n = sweep->spec.n_parameters;
    const char **names = qf_reader_array(reader, n + 1, sizeof *names);
    qf_sweep_table_cells table;
    for (size_t p = 0; names && p < n; p++) {
        names[p] = sweep->parameters[p].name;
    }
    if (names && qf_sweep_read_csv(reader, csv, names, n, &table)) {
        qf_sweep_take_table(reader, sweep, &table);
    }
}

/* ---- sizes ---- */

/* keys that say how many points there are, the samplings that have them, and why the others have not */
typedef struct size_key {
    const char *key;
    uint32_t samplings; /* bits by qf_sampling */
    const char *reason;
} size_key;

enum {
    SAMPLES = 1 << QF_SAMPLING_RANDOM | 1 << QF_SAMPLING_LHS | 1 << QF_SAMPLING_SOBOL,
    SALTELLI = 1 << QF_SAMPLING_SALTELLI,
    MORRIS = 1 << QF_SAMPLING_MORRIS,
};

static const char *why_no_cases(qf_sampling sampling)
{
    switch (sampling) {
    case QF_SAMPLING_GRID:
        return "cases of a grid are all combinations of its lists: take the key out";
    case QF_SAMPLING_TABLE:
        return "cases of a table are its rows: take the key out";
    case QF_SAMPLING_SALTELLI:
        return "saltelli has 'base' times two more points than parameters: give 'base'";
    default:
        return "morris has 'trajectories' times one more point than parameters: give "
               "'trajectories'";
    }
}

static bool read_size(qf_reader *reader, const qf_yaml_node *section, const char *key,
                      int64_t least, int64_t most, size_t *out)
{
    const qf_yaml_node *node = qf_yaml_get(section, key);
    int64_t value;
    if (node && qf_yaml_read_integer(node, least, most, &value, reader->diagnostics)) {
        *out = (size_t)value;
        return true;
    }
    return !node;
}

static void refuse_sizes(qf_reader *reader, const qf_sweep *sweep)
{
    const size_key keys[] = {
        {"cases", SAMPLES, why_no_cases(sweep->spec.sampling)},
        {"base", SALTELLI, "only of sampling 'saltelli'"},
        {"trajectories", MORRIS, "only of sampling 'morris'"},
        {"levels", MORRIS, "only of sampling 'morris'"},
    };
    for (size_t i = 0; i < N_NAMES(keys); i++) {
        if (!(keys[i].samplings >> sweep->spec.sampling & 1U)) {
            qf_refuse_keys(reader, sweep->section, &keys[i].key, 1, keys[i].reason);
        }
    }
}

static void read_sizes(qf_reader *reader, qf_sweep *sweep)
{
    qf_sweep_spec *spec = &sweep->spec;
    const qf_yaml_node *section = sweep->section;
    spec->n_replications = 1;
    read_size(reader, section, "replications", 1, UINT32_MAX, &spec->n_replications);
    refuse_sizes(reader, sweep);
    if (spec->sampling == QF_SAMPLING_SALTELLI) {
        spec->n_base = DEFAULT_BASE;
        read_size(reader, section, "base", 1, UINT32_MAX, &spec->n_base);
    } else if (spec->sampling == QF_SAMPLING_MORRIS) {
        spec->n_base = DEFAULT_TRAJECTORIES;
        spec->n_levels = DEFAULT_LEVELS;
        read_size(reader, section, "trajectories", 1, UINT32_MAX, &spec->n_base);
        if (read_size(reader, section, "levels", 2, MOST_LEVELS, &spec->n_levels) &&
            spec->n_levels % 2 != 0) {
            qf_diagnose(reader->diagnostics, qf_yaml_get(section, "levels"),
                        "expected an even number, found %zu", spec->n_levels);
        }
    } else if (SAMPLES >> spec->sampling & 1) {
        spec->n_points = 1;
        if (qf_require(reader, section, "cases")) {
            read_size(reader, section, "cases", 1, UINT32_MAX, &spec->n_points);
        }
    }
}

static void check_grid(qf_reader *reader, const qf_sweep *sweep)
{
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        const qf_number_kind kind = sweep->parameters[p].values.kind;
        if (kind == QF_NUMBER_UNIFORM || kind == QF_NUMBER_NORMAL || kind == QF_NUMBER_LOGNORMAL) {
            qf_diagnose(reader->diagnostics, sweep->places[p].node,
                        "sampling 'grid' needs a list of values: {grid: [...]}");
        }
    }
}

void qf_sweep_read_sampling(qf_reader *reader, qf_sweep *sweep)
{
    static const char *const names[] = {"random", "lhs", "sobol", "grid", "saltelli", "morris"};
    static const qf_sampling samplings[] = {QF_SAMPLING_RANDOM,   QF_SAMPLING_LHS,
                                            QF_SAMPLING_SOBOL,    QF_SAMPLING_GRID,
                                            QF_SAMPLING_SALTELLI, QF_SAMPLING_MORRIS};
    const qf_yaml_node *node = qf_yaml_get(sweep->section, "sampling");
    size_t choice = 0;
    if (node && node->kind == QF_YAML_MAPPING) {
        read_table(reader, sweep, node);
    } else if (node && node->kind == QF_YAML_SCALAR && strcmp(node->text, "csv") == 0) {
        qf_diagnose(reader->diagnostics, node, "expected {csv: FILE}");
        return;
    } else {
        if (node &&
            !qf_yaml_read_choice(node, names, N_NAMES(names), &choice, reader->diagnostics)) {
            return;
        }
        sweep->spec.sampling = samplings[choice];
    }
    read_sizes(reader, sweep);
    if (sweep->spec.sampling == QF_SAMPLING_GRID) {
        check_grid(reader, sweep);
    }
    if (sweep->spec.sampling == QF_SAMPLING_GRID || sweep->spec.n_base > 0) {
        sweep->spec.n_points = qf_design_n_points(&sweep->spec);
    }
}

/* ---- correlation ---- */

typedef struct correlation {
    const qf_yaml_node *list; /* of names */
    const qf_yaml_node *rows;
    bool is_rank, is_covariance;
    size_t n;
    size_t *parameter; /* of the sweep */
    double *matrix;    /* n squared; in the end of normal scores */
} correlation;

static bool read_members(qf_reader *reader, const qf_sweep *sweep, correlation *c)
{
    if (!qf_yaml_expect_kind(c->list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return false;
    }
    c->n = c->list->n_children;
    if (c->n < 2) {
        qf_diagnose(reader->diagnostics, c->list, "expected two parameters or more");
        return false;
    }
    const size_t n_all = sweep->spec.n_parameters;
    const char **names = qf_reader_array(reader, n_all + 1, sizeof *names);
    c->parameter = qf_reader_array(reader, c->n, sizeof *c->parameter);
    for (size_t p = 0; names && p < n_all; p++) {
        names[p] = sweep->parameters[p].name;
    }
    bool good = names && c->parameter;
    for (size_t i = 0; names && c->parameter && i < c->n; i++) {
        const qf_yaml_node *node = c->list->children[i];
        if (!qf_read_known(reader, node, "parameter", names, n_all, &c->parameter[i])) {
            good = false;
            continue;
        }
        for (size_t k = 0; k < i; k++) {
            if (c->parameter[k] == c->parameter[i]) {
                qf_diagnose(reader->diagnostics, node, "'%s' stands twice", node->text);
                good = false;
            }
        }
        const qf_sweep_parameter *parameter = &sweep->parameters[c->parameter[i]];
        const qf_number *values = &parameter->values;
        if (parameter->texts) {
            qf_diagnose(reader->diagnostics, node, "words have no correlation");
            good = false;
        } else if (c->is_covariance && values->kind == QF_NUMBER_NORMAL && !(values->b > 0.0)) {
            qf_diagnose(reader->diagnostics, node, "'%s' has no spread", node->text);
            good = false;
        } else if (c->is_covariance && (values->kind != QF_NUMBER_NORMAL || isfinite(values->low) ||
                                        isfinite(values->high))) {
            qf_diagnose(reader->diagnostics, node,
                        "a covariance is of normal distributions without 'min' and 'max': give "
                        "'rank'");
            good = false;
        }
    }
    return good;
}

static bool read_matrix(qf_reader *reader, correlation *c)
{
    if (!qf_yaml_expect_kind(c->rows, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return false;
    }
    if (c->rows->n_children != c->n) {
        qf_diagnose(reader->diagnostics, c->rows, "expected %zu rows, found %zu", c->n,
                    c->rows->n_children);
        return false;
    }
    c->matrix = qf_reader_array(reader, c->n * c->n, sizeof *c->matrix);
    bool good = c->matrix != NULL;
    for (size_t i = 0; c->matrix && i < c->n; i++) {
        good = qf_read_constants(reader, c->rows->children[i], c->n, c->matrix + i * c->n) && good;
    }
    return good;
}

/* an entry on or below the diagonal */
static bool check_entry(qf_reader *reader, const qf_sweep *sweep, const correlation *c, size_t i,
                        size_t k)
{
    const qf_yaml_node *node = c->rows->children[i]->children[k];
    const double value = c->matrix[i * c->n + k];
    const double sd = sweep->parameters[c->parameter[i]].values.b;
    if (value != c->matrix[k * c->n + i]) {
        qf_diagnose(reader->diagnostics, node, "not symmetric: %.15g here, %.15g in row %zu", value,
                    c->matrix[k * c->n + i], k + 1);
    } else if (c->is_covariance && i == k && !(fabs(value - sd * sd) <= 1e-9 * sd * sd)) {
        qf_diagnose(reader->diagnostics, node,
                    "the variance of '%s' is %.9g here, and its sd of %.9g says %.9g",
                    sweep->parameters[c->parameter[i]].name, value, sd, sd * sd);
    } else if (!c->is_covariance && i == k && value != 1.0) {
        qf_diagnose(reader->diagnostics, node, "expected 1 on the diagonal, found %.15g", value);
    } else if (!c->is_covariance && fabs(value) > 1.0) {
        qf_diagnose(reader->diagnostics, node, "expected a correlation from -1 to 1, found %.15g",
                    value);
    } else {
        return true;
    }
    return false;
}

static void make_scores(const qf_sweep *sweep, correlation *c)
{
    for (size_t i = 0; i < c->n; i++) {
        for (size_t k = 0; k < c->n; k++) {
            double *value = &c->matrix[i * c->n + k];
            if (i == k) {
                *value = 1.0;
            } else if (c->is_rank) {
                *value = qf_design_score_of_rank(*value);
            } else if (c->is_covariance) {
                *value /= sweep->parameters[c->parameter[i]].values.b *
                          sweep->parameters[c->parameter[k]].values.b;
            }
        }
    }
}

/* the matrix of all parameters */
static const double *spread_scores(qf_reader *reader, const qf_sweep *sweep, const correlation *c)
{
    const size_t n = sweep->spec.n_parameters;
    double *scores = qf_reader_array(reader, n * n, sizeof *scores);
    for (size_t p = 0; scores && p < n; p++) {
        scores[p * n + p] = 1.0;
    }
    for (size_t i = 0; scores && i < c->n; i++) {
        for (size_t k = 0; k < c->n; k++) {
            scores[c->parameter[i] * n + c->parameter[k]] = c->matrix[i * c->n + k];
        }
    }
    return scores;
}

static void use_matrix(qf_reader *reader, qf_sweep *sweep, correlation *c)
{
    bool good = true;
    for (size_t i = 0; i < c->n; i++) {
        for (size_t k = 0; k <= i; k++) {
            good = check_entry(reader, sweep, c, i, k) && good;
        }
    }
    double *factor = qf_reader_array(reader, c->n * c->n, sizeof *factor);
    if (!good || !factor) {
        return;
    }
    make_scores(sweep, c);
    size_t row;
    if (!qf_design_cholesky(c->matrix, c->n, factor, &row)) {
        qf_diagnose(reader->diagnostics, c->rows->children[row],
                    "not positive definite: '%s' depends on the parameters before it",
                    sweep->parameters[c->parameter[row]].name);
        return;
    }
    sweep->spec.scores = spread_scores(reader, sweep, c);
}

void qf_sweep_read_correlation(qf_reader *reader, qf_sweep *sweep)
{
    static const char *const known[] = {"parameters", "rank", "covariance", "scores"};
    const qf_yaml_node *node = qf_yaml_get(sweep->section, "correlation");
    if (!node || !qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics)) {
        return;
    }
    if (!qf_sampling_is_sample(sweep->spec.sampling)) {
        static const char *const key[] = {"correlation"};
        qf_refuse_keys(reader, sweep->section, key, 1,
                       "only of random, lhs and sobol sampling: other points are no sample");
        return;
    }
    correlation c = {.list = qf_require(reader, node, "parameters")};
    const qf_yaml_node *matrix[3];
    size_t n = 0;
    for (size_t i = 1; i < N_NAMES(known); i++) {
        const qf_yaml_node *found = qf_yaml_get(node, known[i]);
        if (found) {
            c.rows = matrix[n++] = found;
            c.is_rank = i == 1;
            c.is_covariance = i == 2;
        }
    }
    if (n != 1) {
        qf_diagnose(reader->diagnostics, node,
                    "expected one of the keys 'rank', 'covariance' and 'scores'");
        return;
    }
    if (c.list && read_members(reader, sweep, &c) && read_matrix(reader, &c)) {
        use_matrix(reader, sweep, &c);
    }
}
