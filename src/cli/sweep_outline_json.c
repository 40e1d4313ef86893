/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "json_text.h"
#include "number_text.h"
#include "sweep_dry_run.h"
#include "sweep_report.h"

static void put_value(const qf_sweep_parameter *parameter, double value, FILE *out)
{
    if (parameter->texts && value >= 0.0 && (size_t)value < parameter->values.n_items) {
        qf_json_put_text(out, parameter->texts[(size_t)value]);
    } else {
        qf_json_put_number(out, value);
    }
}

static void put_source(const qf_sweep_parameter *parameter, FILE *out)
{
    static const char *const kinds[] = {
        [QF_NUMBER_CONSTANT] = "constant", [QF_NUMBER_UNIFORM] = "uniform",
        [QF_NUMBER_NORMAL] = "normal",     [QF_NUMBER_LOGNORMAL] = "lognormal",
        [QF_NUMBER_CHOICE] = "choice",     [QF_NUMBER_GRID] = "grid",
        [QF_NUMBER_CASE] = "case"};
    const qf_number *v = &parameter->values;
    fprintf(out, ", \"values\": {\"%s\": [", kinds[v->kind]);
    if (v->kind == QF_NUMBER_CHOICE || v->kind == QF_NUMBER_GRID) {
        for (size_t i = 0; i < v->n_items; i++) {
            fputs(i ? ", " : "", out);
            put_value(parameter, v->items[i], out);
        }
    } else {
        qf_json_put_number(out, v->a);
        if (v->kind != QF_NUMBER_CONSTANT) {
            fputs(", ", out);
            qf_json_put_number(out, v->b);
        }
    }
    fputs("]}", out);
}

static void put_parameters(const qf_sweep_outline *o, FILE *out)
{
    fputs(", \"parameters\": [", out);
    for (size_t p = 0; p < o->spec->n_parameters; p++) {
        const qf_sweep_parameter *it = &o->spec->parameters[p];
        fprintf(out, "%s{\"name\": ", p ? ", " : "");
        qf_json_put_text(out, it->name);
        qf_json_key_text(out, "path", it->path);
        qf_json_key_text(out, "unit", it->unit);
        fprintf(out, ", \"packed\": %s", it->packed ? "true" : "false");
        put_source(it, out);
        fputc('}', out);
    }
    fputc(']', out);
}

static void put_metrics(const qf_sweep_outline *o, FILE *out)
{
    static const char *const kinds[] = {
        [QF_VALUE_TRUTH] = "truth", [QF_VALUE_NUMBER] = "number", [QF_VALUE_CHOICE] = "choice"};
    fputs(", \"metrics\": [", out);
    for (size_t m = 0; m < o->spec->n_metrics; m++) {
        const qf_metric_spec *it = &o->spec->metrics[m];
        fprintf(out, "%s{\"name\": ", m ? ", " : "");
        qf_json_put_text(out, it->name);
        qf_json_key_text(out, "text", it->text);
        qf_json_key_text(out, "kind", kinds[it->kind]);
        qf_json_key_text(out, "unit", it->unit);
        fprintf(out, ", \"hidden\": %s}", it->required ? "true" : "false");
    }
    fputc(']', out);
}

static void put_requirements(const qf_sweep_outline *o, FILE *out)
{
    fputs(", \"requirements\": [", out);
    for (size_t r = 0; r < o->spec->n_requirements; r++) {
        const qf_requirement *it = &o->spec->requirements[r];
        const qf_interval expected =
            qf_requirement_expected(it, qf_sweep_n_cases(o->spec), o->spec->confidence);
        fprintf(out, "%s{\"name\": ", r ? ", " : "");
        qf_json_put_text(out, it->name);
        qf_json_key_text(out, "text", it->text);
        qf_json_key_number(out, "limit", it->limit);
        qf_json_key_number(out, "confidence", it->confidence);
        qf_json_key_size(out, "least_cases", qf_sweep_least_cases(o->spec, it));
        fputs(", \"expected\": [", out);
        qf_json_put_number(out, expected.low);
        fputs(", ", out);
        qf_json_put_number(out, expected.high);
        fputs("]}", out);
    }
    fputc(']', out);
}

static void put_first_cases(const qf_sweep_outline *o, FILE *out)
{
    const size_t n = o->end - o->begin < QF_OUTLINE_ROWS ? o->end - o->begin : QF_OUTLINE_ROWS;
    fputs(", \"first_cases\": [", out);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "%s{\"case\": %zu", i ? ", " : "", o->begin + i);
        for (size_t p = 0; p < o->spec->n_parameters; p++) {
            fputs(", ", out);
            qf_json_put_text(out, o->spec->parameters[p].name);
            fputs(": ", out);
            put_value(&o->spec->parameters[p],
                      o->design->values[p * o->design->n_cases + o->begin + i], out);
        }
        fputc('}', out);
    }
    fputc(']', out);
}

void qf_sweep_outline_json(const qf_sweep_outline *o, FILE *out)
{
    const qf_sweep_spec *spec = o->spec;
    fputs("{\"name\": ", out);
    qf_json_put_text(out, o->scenario->name);
    qf_json_key_size(out, "n_cases", qf_sweep_n_cases(spec));
    qf_json_key_size(out, "first_case", o->begin);
    qf_json_key_size(out, "last_case", o->end - 1);
    qf_json_key_text(out, "sampling", qf_sampling_names[spec->sampling]);
    qf_json_key_size(out, "n_points", spec->n_points);
    qf_json_key_size(out, "n_replications", spec->n_replications);
    fprintf(out, ", \"seed\": %llu", (unsigned long long)o->scenario->seed);
    put_parameters(o, out);
    put_metrics(o, out);
    put_requirements(o, out);
    fputs(", \"looks\": [", out);
    for (size_t i = 0; i < o->n_looks; i++) {
        fprintf(out, "%s%zu", i ? ", " : "", o->looks[i]);
    }
    fputc(']', out);
    qf_json_key_size(out, "batch_worlds", o->forecast.batch_worlds);
    qf_json_key_size(out, "n_batches", o->forecast.n_batches);
    qf_json_key_size(out, "threads", (size_t)o->forecast.n_threads);
    qf_json_key_size(out, "memory_bytes", o->forecast.total_bytes);
    qf_json_key_size(out, "thread_bytes", o->forecast.thread_bytes);
    qf_json_key_number(out, "disk_bytes", o->forecast.disk_bytes);
    qf_json_key_number(out, "journal_bytes", o->forecast.journal_bytes);
    qf_json_key_size(out, "n_files", o->forecast.n_files);
    put_first_cases(o, out);
    fputs("}\n", out);
}
