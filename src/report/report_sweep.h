/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_REPORT_SWEEP_H
#define QF_REPORT_SWEEP_H

#include "arena.h"
#include "html.h"
#include "report.h"
#include "sweep_questions.h"

/* What the sections of a sweep's page share. Texts belong to the arena. */
typedef struct qf_sweep_view {
    const qf_report_sweep *sweep;
    const qf_sweep_spec *spec;
    const qf_design *design;
    const qf_sweep_table *table;
    const qf_sweep_report *answers;
    qf_arena *arena;
    FILE *out; /* of the page */
} qf_sweep_view;

qf_sweep_view qf_sweep_view_of(const qf_report_sweep *sweep, qf_page *page, qf_arena *arena);

/* The value of a metric in a case; NaN: none. */
double qf_view_value(const qf_sweep_view *view, size_t metric, size_t number);

/* The metric that is called so and is a truth; n_metrics: none. */
size_t qf_view_success(const qf_sweep_view *view);

/* Words (report_sweep_words.c). Without memory "?". */

qf_tone qf_verdict_tone(qf_verdict verdict);
/* 98.6 %: two digits of what is missing to 0 or 100 %, and as many as tell it from `other` (NaN: none) */
const char *qf_word_percent(qf_arena *arena, double share, double other);
/* a value with its unit, a truth, a name; "none" */
const char *qf_word_value(const qf_sweep_view *view, size_t metric, double value);
/* a number with the unit of a metric; of a truth as a share; "-" where there is none */
const char *qf_word_amount(const qf_sweep_view *view, size_t metric, double value);
/* an estimate or a bound as qf_word_amount, with as many digits as tell it from the limit */
const char *qf_word_found(const qf_sweep_view *view, const qf_requirement *requirement,
                          double value);
/* [low, high]; "-" */
const char *qf_word_interval(qf_arena *arena, qf_interval interval);
/* What people call a requirement: its name, or where it has none its text. */
const char *qf_word_claim(const qf_sweep_view *view, const qf_requirement_result *result);
/* ">= 0.985", with all its digits */
const char *qf_word_limit(const qf_sweep_view *view, const qf_requirement *requirement);
/* The verdict in one sentence with its numbers. */
const char *qf_word_verdict(const qf_sweep_view *view, const qf_requirement_result *result);
/* "1 case", "2,000 cases" */
const char *qf_word_cases(qf_arena *arena, size_t n);
/* "timed out" */
const char *qf_word_outcome(qf_outcome outcome);
/* A parameter's value in a case, in six digits. */
const char *qf_word_parameter_value(const qf_sweep_view *view, size_t parameter, uint32_t number);
/* That as a cell of a table. */
void qf_view_parameter_cell(const qf_sweep_view *view, size_t parameter, uint32_t number);
/* A parameter with its unit. */
const char *qf_word_parameter(const qf_sweep_view *view, size_t parameter);
/* `qfleet replay DIR --case K`, for a shell */
const char *qf_word_replay(const qf_sweep_view *view, uint32_t number);

/* Parts of sections. */
void qf_view_verdicts(const qf_sweep_view *view);
qf_status qf_view_outcomes(qf_context *context, const qf_sweep_view *view);
void qf_view_convergence(const qf_sweep_view *view, qf_page *page);
void qf_view_statistics(const qf_sweep_view *view);
/* `instead`: what to say of a metric that has no picture, as all its values are the same; NULL: it has one */
qf_status qf_view_distribution(qf_context *context, const qf_sweep_view *view, size_t metric,
                               const char **instead);
/* beside a tornado: the metric over one of its parameters */
qf_status qf_view_dependence(qf_context *context, const qf_sweep_view *view, size_t metric,
                             size_t parameter);

#endif
