/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json_text.h"
#include "number_text.h"
#include "sweep_causes.h"
#include "sweep_summary.h"

static void put_interval(FILE *out, const char *key, qf_interval interval)
{
    fprintf(out, ", \"%s\": [", key);
    qf_json_put_number(out, interval.low);
    fputs(", ", out);
    qf_json_put_number(out, interval.high);
    fputc(']', out);
}

static void put_outcomes(qf_arena *arena, const qf_sweep_summary *s, FILE *out)
{
    size_t count[QF_OUTCOMES] = {0};
    for (size_t k = 0; k < s->report->n_cases; k++) {
        count[s->table->outcome[k]]++;
    }
    fputs(", \"outcomes\": {", out);
    for (size_t o = 0; o < QF_OUTCOMES; o++) {
        fprintf(out, "%s\"%s\": %zu", o ? ", " : "", qf_outcome_names[o], count[o]);
    }
    fputs("}, \"causes\": [", out);
    size_t n;
    const qf_cause_group *groups = qf_sweep_causes(arena, s->table, s->report->n_cases, &n);
    for (size_t g = 0; groups && g < n; g++) {
        fprintf(out, "%s{\"n\": %zu, \"first_case\": %" PRIu32, g ? ", " : "", groups[g].n,
                groups[g].first_case);
        qf_json_key_text(out, "outcome", qf_outcome_names[groups[g].outcome]);
        qf_json_key_text(out, "cause", groups[g].cause);
        fputc('}', out);
    }
    fputc(']', out);
}

static void put_number_statistics(const qf_metric_statistics *it, FILE *out)
{
    qf_json_key_number(out, "mean", it->mean);
    qf_json_key_number(out, "sd", it->sd);
    qf_json_key_number(out, "min", it->min);
    qf_json_key_number(out, "max", it->max);
    if (it->n > 0) {
        qf_json_key_size(out, "least_case", it->least_case);
        qf_json_key_size(out, "most_case", it->most_case);
    }
    put_interval(out, "mean_interval", it->of_mean);
    put_interval(out, "mean_bootstrap_interval", it->of_bootstrap);
    fputs(", \"quantiles\": [", out);
    for (size_t q = 0; q < QF_QUANTILES; q++) {
        fprintf(out, "%s{\"level\": %g", q ? ", " : "", qf_quantile_levels[q]);
        qf_json_key_number(out, "value", it->quantile[q]);
        put_interval(out, "interval", it->of_quantile[q]);
        fputc('}', out);
    }
    fputc(']', out);
    qf_json_key_number(out, "tolerance_95_95", it->tolerance_95_95);
}

static void put_metrics(const qf_sweep_summary *s, FILE *out)
{
    fputs(", \"metrics\": [", out);
    const char *comma = "";
    for (size_t m = 0; m < s->report->n_metrics; m++) {
        const qf_metric_statistics *it = &s->report->metrics[m];
        const qf_metric_spec *metric = &s->spec->metrics[it->metric];
        if (!qf_metric_is_listed(metric)) {
            continue;
        }
        fprintf(out, "%s{\"name\": ", comma);
        comma = ", ";
        qf_json_put_text(out, metric->name);
        qf_json_key_text(out, "text", metric->text);
        qf_json_key_text(out, "unit", metric->unit);
        qf_json_key_size(out, "n", it->n);
        qf_json_key_size(out, "n_without", it->n_without);
        if (metric->kind == QF_VALUE_NUMBER) {
            put_number_statistics(it, out);
        } else if (metric->kind == QF_VALUE_TRUTH) {
            qf_json_key_size(out, "n_true", it->n_true);
            qf_json_key_number(out, "share", (double)it->n_true / (double)it->n); /* 0 of 0: null */
            put_interval(out, "clopper_pearson", it->exact);
            put_interval(out, "wilson", it->wilson);
        } else {
            fputs(", \"n_of\": {", out);
            for (size_t i = 0; i < metric->n_names; i++) {
                fputs(i ? ", " : "", out);
                qf_json_put_text(out, metric->names[i]);
                fprintf(out, ": %" PRIu64, it->n_of_name[i]);
            }
            fputc('}', out);
        }
        fputc('}', out);
    }
    fputc(']', out);
}

static void put_requirements(const qf_sweep_summary *s, FILE *out)
{
    fputs(", \"requirements\": [", out);
    for (size_t r = 0; r < s->report->n_requirements; r++) {
        const qf_requirement_result *it = &s->report->requirements[r];
        fprintf(out, "%s{\"name\": ", r ? ", " : "");
        qf_json_put_text(out, it->requirement->name);
        qf_json_key_text(out, "text", it->requirement->text);
        qf_json_key_text(out, "verdict", qf_verdict_names[it->verdict]);
        qf_json_key_number(out, "estimate", it->estimate);
        qf_json_key_number(out, "bound", it->bound);
        qf_json_key_number(out, "limit", it->requirement->limit);
        qf_json_key_number(out, "margin", it->margin);
        qf_json_key_text(out, "unit", s->spec->metrics[it->requirement->metric].unit);
        qf_json_key_text(out, "method", it->method);
        qf_json_key_size(out, "n", it->n);
        qf_json_key_size(out, "n_against", it->n_against);
        qf_json_key_size(out, "n_needed", it->n_needed);
        if (it->has_worst) {
            qf_json_key_size(out, "worst_case", it->worst_case);
        }
        fputc('}', out);
    }
    fputc(']', out);
}

static void put_sensitivity(const qf_sweep_spec *spec, const qf_sensitivity *it, FILE *out)
{
    fputs("{\"parameter\": ", out);
    qf_json_put_text(out, spec->parameters[it->parameter].name);
    qf_json_key_size(out, "n", it->n);
    qf_json_key_number(out, "rank_correlation", it->rank_correlation);
    put_interval(out, "rank_correlation_interval", it->of_rank_correlation);
    qf_json_key_number(out, "regression", it->regression);
    put_interval(out, "regression_interval", it->of_regression);
    qf_json_key_number(out, "r_squared", it->r_squared);
    if (spec->sampling == QF_SAMPLING_SALTELLI) {
        qf_json_key_number(out, "first", it->first);
        put_interval(out, "first_interval", it->of_first);
        qf_json_key_number(out, "total", it->total);
        put_interval(out, "total_interval", it->of_total);
    } else if (spec->sampling == QF_SAMPLING_MORRIS) {
        qf_json_key_number(out, "mu", it->mu);
        qf_json_key_number(out, "mu_star", it->mu_star);
        put_interval(out, "mu_star_interval", it->of_mu_star);
        qf_json_key_number(out, "sigma", it->sigma);
    }
    fputc('}', out);
}

/* of every metric, parameters ranked; false: no memory */
static bool put_sensitivities(qf_arena *arena, const qf_sweep_summary *s, FILE *out)
{
    fputs(", \"sensitivities\": [", out);
    for (size_t m = 0; s->report->sensitivities && m < s->spec->n_metrics; m++) {
        const qf_sensitivity **ranked = qf_sensitivities_ranked(arena, s->spec, s->report, m);
        if (!ranked) {
            return false;
        }
        fprintf(out, "%s{\"metric\": ", m ? ", " : "");
        qf_json_put_text(out, s->spec->metrics[m].name);
        fputs(", \"parameters\": [", out);
        for (size_t i = 0; i < s->spec->n_parameters; i++) {
            fputs(i ? ", " : "", out);
            put_sensitivity(s->spec, ranked[i], out);
        }
        fputs("]}", out);
    }
    fputc(']', out);
    return true;
}

qf_status qf_sweep_summary_json(qf_context *context, const qf_sweep_summary *s, FILE *out)
{
    qf_arena arena = {0};
    fputs("{\"name\": ", out);
    qf_json_put_text(out, s->name);
    qf_json_key_text(out, "directory", s->directory);
    qf_json_key_size(out, "n_cases", qf_sweep_n_cases(s->spec));
    qf_json_key_size(out, "n_counted", s->report->n_cases);
    qf_json_key_size(out, "n_ran", s->n_ran);
    fprintf(out, ", \"stopped_early\": %s", s->report->stopped_early ? "true" : "false");
    fprintf(out, ", \"met\": %s", qf_sweep_is_met(s->report) ? "true" : "false");
    put_outcomes(&arena, s, out);
    put_requirements(s, out);
    put_metrics(s, out);
    const bool whole = put_sensitivities(&arena, s, out);
    qf_json_key_text(out, "interval_note", s->report->interval_note);
    qf_json_key_number(out, "confidence", s->spec->confidence);
    qf_json_key_number(out, "wall_s", s->wall_s);
    qf_json_key_size(out, "threads", (size_t)s->threads);
    qf_json_key_text(out, "isa", s->isa);
    fprintf(out, ", \"hash\": \"%016" PRIx64 "\"}\n", s->hash);
    qf_arena_free(&arena);
    return whole ? QF_OK : qf_fail(context, QF_ERROR_MEMORY, "no memory for the summary");
}
