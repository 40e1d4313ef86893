/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linear regression of standardised columns: beta = R^-1 r, with R the correlations of the parameters and r theirs with
 * the metric, by Cholesky's factor. The standard error of a coefficient is that of its influence function
 *
 *   (R^-1 z)_p e + beta_p (z_p^2 - z_metric^2) / 2,   e = z_metric - z beta
 *
 * which needs neither a linear function nor errors of equal size, and knows that the columns were standardised by the
 * sample itself (asymptotically distribution-free: J. A. Jones, N. G. Waller, Psychometrika 80 (2015) 365); for few
 * points divided by 1 - leverage, as if the point had been left out (HC3: J. G. MacKinnon, H. White, J. Econom. 29
 * (1985) 305).
 *
 * A constant column, and one of words without order, has no coefficient, nor have columns that depend linearly on one
 * another; the others have theirs. Guarded by tests/test_sensitivity.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "compensated_sum.h"
#include "sensitivity_internal.h"

/* What the others leave unexplained of a column's variance: less is none. */
#define DEPENDENT 1e-9
/* A share in a dependence that is not rounding. */
#define INVOLVED 1e-5

#define MOST_LEVERAGE 0.99

enum {
    CHUNK = 4096, /* points whose sums one thread takes */
    ROOM = 3,     /* of a chunk: a column's sum, and what a point needs */
};

typedef struct column {
    const double *values;
    size_t stride;
    double mean;
    double scale; /* 1 / standard deviation; 0: constant */
} column;

/* Columns that take part, and of them those kept, none of which depends on those before it. */
typedef struct regression {
    const qf_points *points;
    column metric;
    column *columns;
    size_t *parameter; /* of each column */
    size_t n_columns;
    size_t *kept;
    size_t n_kept;
    bool *is_shared; /* of each column: others can stand for it */
    double *matrix;  /* correlations of columns, row by row */
    double *factor;  /* Cholesky's of those kept, row by row, n_columns apart */
    double *inverse; /* of their correlations, as far apart */
    double *beta;    /* of those kept */
    double *
        squares; /* [chunk][kept]: sums of squares of influences, and room for twice as many values */
    size_t n_chunks;
} regression;

static double standard(const column *c, size_t i)
{
    return (c->values[i * c->stride] - c->mean) * c->scale;
}

static column column_of(const qf_points *points, const double *values, size_t stride)
{
    column c = {values, stride, 0.0, 0.0};
    const double n = (double)points->n_with;
    double least = (double)INFINITY, most = -(double)INFINITY, squares = 0.0;
    qf_sum sum = {0}; /* a mean that is off would hide what varies little about it */
    for (size_t i = 0; i < points->n; i++) {
        if (!isnan(points->metric[i])) {
            const double value = values[i * stride];
            least = value < least ? value : least;
            most = value > most ? value : most;
            qf_sum_add(&sum, value);
        }
    }
    c.mean = qf_sum_value(&sum) / n;
    for (size_t i = 0; i < points->n; i++) {
        if (!isnan(points->metric[i])) {
            const double distance = values[i * stride] - c.mean;
            squares += distance * distance;
        }
    }
    const double sd = sqrt(squares / n);
    c.scale = least < most && isfinite(sd) && sd > 0.0 ? 1.0 / sd : 0.0;
    return c;
}

static double correlation(const qf_points *points, const column *a, const column *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < points->n; i++) {
        if (!isnan(points->metric[i])) {
            sum += standard(a, i) * standard(b, i);
        }
    }
    return sum / (double)points->n_with;
}

static void take_columns(qf_context *context, regression *r)
{
    const qf_points *const points = r->points;
    const size_t n_parameters = points->spec->n_parameters;
#pragma omp parallel for num_threads(context->n_threads) schedule(static)
    for (size_t p = 0; p < n_parameters; p++) {
        r->columns[p] =
            column_of(points, qf_points_column(points, p), points->spec->n_replications);
    }
    for (size_t p = 0; p < n_parameters; p++) {
        if (r->columns[p].scale > 0.0 && qf_parameter_is_ordered(&points->spec->parameters[p])) {
            r->columns[r->n_columns] = r->columns[p];
            r->parameter[r->n_columns++] = p;
        }
    }
}

/* lower triangle only */
static void take_correlations(qf_context *context, regression *r)
{
    const size_t n = r->n_columns;
#pragma omp parallel for num_threads(context->n_threads) schedule(dynamic)
    for (size_t row = 0; row < n; row++) {
        for (size_t i = 0; i < row; i++) {
            r->matrix[row * n + i] = correlation(r->points, &r->columns[row], &r->columns[i]);
        }
    }
}

/* L x = b and L' x = b of the columns kept, in place */
static void solve_lower(const regression *r, double *b)
{
    for (size_t row = 0; row < r->n_kept; row++) {
        const double *l = r->factor + row * r->n_columns;
        for (size_t i = 0; i < row; i++) {
            b[row] -= l[i] * b[i];
        }
        b[row] /= l[row];
    }
}

static void solve_upper(const regression *r, double *b)
{
    for (size_t row = r->n_kept; row-- > 0;) {
        for (size_t i = row + 1; i < r->n_kept; i++) {
            b[row] -= r->factor[i * r->n_columns + row] * b[i];
        }
        b[row] /= r->factor[row * r->n_columns + row];
    }
}

/* Keeps the column, or finds those kept that it depends on. */
static void try_column(regression *r, size_t c)
{
    double *row = r->factor + r->n_kept * r->n_columns;
    double unexplained = 1.0;
    for (size_t i = 0; i < r->n_kept; i++) {
        row[i] = r->matrix[c * r->n_columns + r->kept[i]];
    }
    solve_lower(r, row);
    for (size_t i = 0; i < r->n_kept; i++) {
        unexplained -= row[i] * row[i];
    }
    if (unexplained > DEPENDENT) {
        row[r->n_kept] = sqrt(unexplained);
        r->kept[r->n_kept++] = c;
        return;
    }
    solve_upper(r, row);
    r->is_shared[c] = true;
    for (size_t i = 0; i < r->n_kept; i++) {
        r->is_shared[r->kept[i]] |= fabs(row[i]) > INVOLVED;
    }
}

static void invert(regression *r)
{
    for (size_t i = 0; i < r->n_kept; i++) {
        double *row = r->inverse + i * r->n_columns;
        row[i] = 1.0;
        solve_lower(r, row);
        solve_upper(r, row);
    }
}

/* Coefficients of those kept; returns the share of the variance that they explain. */
static double solve(qf_context *context, regression *r)
{
    double explained = 0.0;
    double *of_metric = r->squares;
#pragma omp parallel for num_threads(context->n_threads) schedule(static)
    for (size_t i = 0; i < r->n_kept; i++) {
        of_metric[i] = correlation(r->points, &r->columns[r->kept[i]], &r->metric);
    }
    memcpy(r->beta, of_metric, r->n_kept * sizeof *r->beta);
    solve_lower(r, r->beta);
    solve_upper(r, r->beta);
    for (size_t i = 0; i < r->n_kept; i++) {
        explained += of_metric[i] * r->beta[i];
    }
    return explained < 1.0 ? explained : 1.0;
}

/* `room`: for two values of each column kept */
static void add_influences(const regression *r, size_t point, double *room, double *squares)
{
    double *z = room;
    double *own = room + r->n_kept;
    const double n = (double)r->points->n_with;
    const double of_metric = standard(&r->metric, point);
    double error = of_metric;
    double leverage = 1.0 / n;
    for (size_t i = 0; i < r->n_kept; i++) {
        z[i] = standard(&r->columns[r->kept[i]], point);
        error -= z[i] * r->beta[i];
    }
    for (size_t i = 0; i < r->n_kept; i++) {
        const double *row = r->inverse + i * r->n_columns;
        own[i] = 0.0;
        for (size_t k = 0; k < r->n_kept; k++) {
            own[i] += row[k] * z[k];
        }
        leverage += z[i] * own[i] / n;
    }
    /* a point that alone says what a coefficient is says nothing of its error */
    const double rest = leverage < MOST_LEVERAGE ? 1.0 - leverage : 1.0 - MOST_LEVERAGE;
    for (size_t i = 0; i < r->n_kept; i++) {
        const double influence =
            (own[i] * error + 0.5 * r->beta[i] * (z[i] * z[i] - of_metric * of_metric)) / rest;
        squares[i] += influence * influence;
    }
}

static void take_influences(qf_context *context, regression *r)
{
    const qf_points *const points = r->points;
    const size_t n = r->n_kept;
    memset(r->squares, 0, ROOM * r->n_chunks * n * sizeof *r->squares);
#pragma omp parallel for num_threads(context->n_threads) schedule(static)
    for (size_t chunk = 0; chunk < r->n_chunks; chunk++) {
        double *squares = r->squares + ROOM * chunk * n;
        for (size_t i = chunk * CHUNK; i < points->n && i < (chunk + 1) * CHUNK; i++) {
            if (!isnan(points->metric[i])) {
                add_influences(r, i, squares + n, squares);
            }
        }
    }
    for (size_t chunk = 1; chunk < r->n_chunks; chunk++) {
        for (size_t i = 0; i < n; i++) {
            r->squares[i] += r->squares[ROOM * chunk * n + i];
        }
    }
}

static void set_coefficients(const regression *r, double degrees, qf_sensitivity *of_parameters)
{
    for (size_t i = 0; i < r->n_kept; i++) {
        qf_sensitivity *s = &of_parameters[r->parameter[r->kept[i]]];
        if (!r->is_shared[r->kept[i]]) {
            const double error = sqrt(r->squares[i]) / (double)r->points->n_with;
            s->regression = r->beta[i];
            s->of_regression = qf_interval_t(r->beta[i], error, degrees, r->points->alpha);
        }
    }
}

static void regress(qf_context *context, regression *r, qf_sensitivity *of_parameters)
{
    take_columns(context, r);
    r->metric = column_of(r->points, r->points->metric, 1);
    take_correlations(context, r);
    for (size_t c = 0; c < r->n_columns; c++) {
        try_column(r, c);
    }
    const double degrees = (double)r->points->n_with - (double)r->n_kept - 1.0;
    if (r->metric.scale == 0.0 || r->n_kept == 0 || degrees < 1.0) {
        return;
    }
    invert(r);
    const double explained = solve(context, r);
    for (size_t p = 0; p < r->points->spec->n_parameters; p++) {
        of_parameters[p].r_squared = explained;
    }
    take_influences(context, r);
    set_coefficients(r, degrees, of_parameters);
}

qf_status qf_sensitivity_regression(qf_context *context, const qf_points *points,
                                    qf_sensitivity *of_parameters)
{
    const size_t n = points->spec->n_parameters;
    regression r = {.points = points, .n_chunks = (points->n + CHUNK - 1) / CHUNK};
    qf_arena arena = {0};
    size_t square;
    size_t n_sums;
    bool done = qf_size_multiply(n, n, &square) && qf_size_multiply(ROOM * r.n_chunks, n, &n_sums);
    if (done) {
        r.columns = qf_arena_array(&arena, n, sizeof *r.columns);
        r.parameter = qf_arena_array(&arena, n, sizeof *r.parameter);
        r.kept = qf_arena_array(&arena, n, sizeof *r.kept);
        r.is_shared = qf_arena_array(&arena, n, sizeof *r.is_shared);
        r.matrix = qf_arena_array(&arena, square, sizeof *r.matrix);
        r.factor = qf_arena_array(&arena, square, sizeof *r.factor);
        r.inverse = qf_arena_array(&arena, square, sizeof *r.inverse);
        r.beta = qf_arena_array(&arena, n, sizeof *r.beta);
        r.squares = qf_arena_array(&arena, n_sums, sizeof *r.squares);
        done = r.columns && r.parameter && r.kept && r.is_shared && r.matrix && r.factor &&
               r.inverse && r.beta && r.squares;
    }
    if (done) {
        regress(context, &r, of_parameters);
    }
    qf_arena_free(&arena);
    return done ? QF_OK
                : qf_fail(context, QF_ERROR_MEMORY, "no memory for a regression on %zu parameters",
                          n);
}
