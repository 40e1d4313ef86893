/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_report.h"

#include <math.h>
#include <stdio.h>

#include "metric_statistics.h"
#include "requirement.h"
#include "sweep_looks.h"

/* `note` with one more sentence; NULL without memory. */
static const char *also(qf_arena *arena, const char *note, const char *sentence)
{
    return note && note[0] ? qf_arena_format(arena, "%s; %s", note, sentence)
           : note          ? sentence
                           : NULL;
}

/* What intervals and bounds take for granted, or why there are none; empty: nothing to say. NULL without memory. */
static const char *note_of(qf_arena *arena, const qf_sweep_spec *spec, size_t n_looks)
{
    const char *sampling = qf_sampling_names[spec->sampling];
    if (!qf_sampling_is_sample(spec->sampling)) {
        return qf_arena_format(arena,
                               "no intervals of means and shares: the points of sampling %s are no "
                               "random sample of the parameters' distributions",
                               sampling);
    }
    const char *note = "";
    if (spec->sampling != QF_SAMPLING_RANDOM) {
        note = qf_arena_format(
            arena, "intervals are those of random sampling, and tend to be too wide for %s",
            sampling);
    }
    if (spec->n_replications > 1) {
        note = also(arena, note,
                    "replications of a point are not independent: errors are those between points");
    }
    if (spec->stop == QF_STOP_DECIDED && n_looks > 1) {
        const char *looks = qf_arena_format(
            arena, "intervals hold at all %zu looks together (Pocock), and so at the stop",
            n_looks);
        note = looks ? also(arena, note, looks) : NULL;
    }
    return note;
}

/* How a requirement was judged, for people. */
static const char *method_of(qf_arena *arena, const qf_sweep_spec *spec,
                             const qf_requirement *requirement, size_t n_looks)
{
    if (!(requirement->confidence > 0.0)) {
        return "estimate";
    }
    if (!qf_sampling_is_sample(spec->sampling)) {
        return "none: the points are no random sample";
    }
    const bool replicated = spec->n_replications > 1;
    const char *name = requirement->claim == QF_CLAIM_MEAN ? "Student's t" : "Clopper-Pearson";
    if (requirement->claim == QF_CLAIM_QUANTILE) {
        name = "order statistics";
    }
    char looks[80] = "";
    if (n_looks > 1) {
        const double alpha = qf_sweep_verdict_alpha(spec, 1.0 - requirement->confidence);
        snprintf(looks, sizeof looks, ", each of %zu looks at %.4g %% (Pocock)", n_looks,
                 100.0 * (1.0 - alpha));
    }
    return qf_arena_format(arena, "%s%s, one-sided %.6g %%%s", name,
                           replicated ? " over points" : "", 100.0 * requirement->confidence,
                           looks);
}

static qf_status judge_all(qf_context *context, qf_arena *arena, const qf_sweep_spec *spec,
                           const qf_sweep_table *table, qf_sweep_report *report)
{
    qf_requirement_result *results = qf_arena_array(arena, spec->n_requirements, sizeof *results);
    if (!results) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for verdicts");
    }
    for (size_t i = 0; i < spec->n_requirements; i++) {
        const qf_status status = qf_requirement_judge(context, &spec->requirements[i], spec, table,
                                                      report->n_cases, &results[i]);
        if (status != QF_OK) {
            return status;
        }
        results[i].method = method_of(arena, spec, &spec->requirements[i], report->n_looks);
        if (!results[i].method) {
            return qf_fail(context, QF_ERROR_MEMORY, "no memory for verdicts");
        }
    }
    report->requirements = results;
    report->n_requirements = spec->n_requirements;
    return QF_OK;
}

static qf_status describe_all(qf_context *context, qf_arena *arena, const qf_sweep_spec *spec,
                              const qf_sweep_table *table, uint64_t seed, qf_sweep_report *report)
{
    qf_metric_statistics *metrics = qf_arena_array(arena, spec->n_metrics, sizeof *metrics);
    if (!metrics) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for statistics");
    }
    const double alpha = qf_sweep_interval_alpha(spec);
    for (size_t i = 0; i < spec->n_metrics; i++) {
        const qf_status status = qf_metric_statistics_create(
            context, arena, spec, table, i, report->n_cases, seed, alpha, &metrics[i]);
        if (status != QF_OK) {
            return status;
        }
    }
    report->metrics = metrics;
    report->n_metrics = spec->n_metrics;
    return QF_OK;
}

qf_status qf_sweep_report_create(qf_context *context, qf_arena *arena, const qf_sweep_spec *spec,
                                 const qf_design *design, const qf_sweep_table *table,
                                 size_t n_cases, uint64_t seed, qf_sweep_report *report)
{
    size_t sizes[QF_MOST_LOOKS];
    const size_t n_looks = qf_sweep_look_sizes(spec, sizes);
    *report = (qf_sweep_report){
        .n_cases = n_cases,
        .stopped_early = n_cases < qf_sweep_n_cases(spec) && qf_sweep_stops(spec, table, n_cases),
        .n_looks = spec->stop == QF_STOP_NEVER ? 0 : n_looks,
    };
    const char *note = note_of(arena, spec, n_looks);
    if (!note) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for statistics");
    }
    report->interval_note = note[0] ? note : NULL;
    qf_status status = describe_all(context, arena, spec, table, seed, report);
    if (status == QF_OK) {
        status = judge_all(context, arena, spec, table, report);
    }
    return status == QF_OK ? qf_sensitivity_create(context, arena, spec, design, table, n_cases,
                                                   seed, &report->sensitivities)
                           : status;
}
