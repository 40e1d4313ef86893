/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sweep as one text that is read again to the same sweep: the scenario with all that its files hold in place, and the
 * sweep with every default. The scenario's keys stay as they are written, because paths of parameters lead to them.
 */
#include <stdlib.h>

#include "sweep_internal.h"
#include "writer.h"

static void write_key(FILE *out, const char *key, const char *text)
{
    if (text) {
        fprintf(out, "%s: ", key);
        qf_write_text(out, text);
        fputs("\n", out);
    }
}

static void write_words(FILE *out, const qf_sweep_parameter *parameter)
{
    fprintf(out, "%s: [", parameter->values.kind == QF_NUMBER_GRID ? "grid" : "choice");
    for (size_t i = 0; i < parameter->values.n_items; i++) {
        fputs(i ? ", " : "", out);
        qf_write_text(out, parameter->texts[(size_t)parameter->values.items[i]]);
    }
    fputs("]", out);
}

/* a distribution without its braces: one key of the parameter's mapping */
static void write_distribution(FILE *out, const qf_number *number)
{
    char *text = NULL;
    size_t length;
    FILE *braced = open_memstream(&text, &length);
    if (!braced) {
        return;
    }
    qf_write_number(braced, number);
    if (fclose(braced) == 0 && length > 2) {
        fwrite(text + 1, 1, length - 2, out);
    }
    free(text);
}

static void write_parameters(FILE *out, const qf_sweep_spec *spec)
{
    fprintf(out, "  parameters:%s\n", spec->n_parameters ? "" : " {}");
    for (size_t p = 0; p < spec->n_parameters; p++) {
        const qf_sweep_parameter *parameter = &spec->parameters[p];
        const char *separator = "";
        fprintf(out, "    %s: {", parameter->name);
        if (parameter->path) {
            fputs("path: ", out);
            qf_write_text(out, parameter->path);
            separator = ", ";
        }
        if (parameter->unit) {
            fprintf(out, "%sunit: ", separator);
            qf_write_text(out, parameter->unit);
            separator = ", ";
        }
        if (spec->sampling != QF_SAMPLING_TABLE) {
            fputs(separator, out);
            if (parameter->texts) {
                write_words(out, parameter);
            } else {
                write_distribution(out, &parameter->values);
            }
        }
        fputs("}\n", out);
    }
}

static void write_rows(FILE *out, const qf_sweep_spec *spec)
{
    fputs("  sampling:\n    rows:\n", out);
    for (size_t r = 0; r < spec->n_points; r++) {
        fputs("      - [", out);
        for (size_t p = 0; p < spec->n_parameters; p++) {
            const double value = spec->table[p * spec->n_points + r];
            fputs(p ? ", " : "", out);
            if (spec->parameters[p].texts) {
                qf_write_text(out, spec->parameters[p].texts[(size_t)value]);
            } else {
                qf_write_double(out, value);
            }
        }
        fputs("]\n", out);
    }
}

static void write_sampling(FILE *out, const qf_sweep_spec *spec)
{
    if (spec->sampling == QF_SAMPLING_TABLE) {
        write_rows(out, spec);
    } else {
        fprintf(out, "  sampling: %s\n", qf_sampling_names[spec->sampling]);
    }
    if (qf_sampling_is_sample(spec->sampling)) {
        fprintf(out, "  cases: %zu\n", spec->n_points);
    } else if (spec->sampling == QF_SAMPLING_SALTELLI) {
        fprintf(out, "  base: %zu\n", spec->n_base);
    } else if (spec->sampling == QF_SAMPLING_MORRIS) {
        fprintf(out, "  trajectories: %zu\n  levels: %zu\n", spec->n_base, spec->n_levels);
    }
    fprintf(out, "  replications: %zu\n", spec->n_replications);
}

/* words have no correlation, and are none of its parameters */
static void write_correlation(FILE *out, const qf_sweep_spec *spec)
{
    const char *separator = "";
    if (!spec->scores) {
        return;
    }
    fputs("  correlation:\n    parameters: [", out);
    for (size_t p = 0; p < spec->n_parameters; p++) {
        if (!spec->parameters[p].texts) {
            fprintf(out, "%s%s", separator, spec->parameters[p].name);
            separator = ", ";
        }
    }
    fputs("]\n    scores:\n", out);
    for (size_t i = 0; i < spec->n_parameters; i++) {
        if (spec->parameters[i].texts) {
            continue;
        }
        separator = "      - [";
        for (size_t k = 0; k < spec->n_parameters; k++) {
            if (!spec->parameters[k].texts) {
                fputs(separator, out);
                qf_write_double(out, spec->scores[i * spec->n_parameters + k]);
                separator = ", ";
            }
        }
        fputs("]\n", out);
    }
}

static void write_function(FILE *out, const qf_sweep_spec *spec)
{
    if (spec->function == QF_FUNCTION_ISHIGAMI) {
        fputs("  function: {ishigami: {a: ", out);
        qf_write_double(out, spec->coefficients[0]);
        fputs(", b: ", out);
        qf_write_double(out, spec->coefficients[1]);
        fputs("}}\n", out);
        return;
    }
    fputs("  function: {sobol_g: [", out);
    for (size_t i = 0; i < spec->n_coefficients; i++) {
        fputs(i ? ", " : "", out);
        qf_write_double(out, spec->coefficients[i]);
    }
    fputs("]}\n", out);
}

static void write_metrics(FILE *out, const qf_sweep *sweep)
{
    const qf_sweep_spec *spec = &sweep->spec;
    size_t n = 0;
    const bool function = spec->function != QF_FUNCTION_NONE;
    fputs("  metrics:", out);
    for (size_t m = function; m < sweep->success; m++) {
        fprintf(out, "%s    %s: ", n++ ? "" : "\n", spec->metrics[m].name);
        qf_write_text(out, spec->metrics[m].text);
        fputs("\n", out);
    }
    fputs(n ? "" : " {}\n", out);
    if (!function) {
        write_key(out, "  success", spec->metrics[sweep->success].text);
    }
    write_key(out, "  until", spec->until);
    if (spec->every_ticks != 1) {
        fputs("  every_s: ", out);
        qf_write_double(out, (double)spec->every_ticks * sweep->scenario.dt_s);
        fputs("\n", out);
    }
}

static void write_stop(FILE *out, const qf_sweep_spec *spec)
{
    if (spec->stop == QF_STOP_NEVER) {
        fputs("  stop_when: never\n", out);
        return;
    }
    if (spec->stop == QF_STOP_DECIDED) {
        fputs("  stop_when: decided\n", out);
    } else {
        fputs("  stop_when: {width: ", out);
        qf_write_double(out, spec->stop_width);
        fprintf(out, ", of: %s}\n", spec->metrics[spec->stop_metric].name);
    }
    fprintf(out, "  first_look: %zu\n", spec->n_first_look);
}

static void write_requirements(FILE *out, const qf_sweep_spec *spec)
{
    fprintf(out, "requirements:%s\n", spec->n_requirements ? "" : " []");
    for (size_t r = 0; r < spec->n_requirements; r++) {
        const qf_requirement *requirement = &spec->requirements[r];
        fputs("  - name: ", out);
        qf_write_text(out, requirement->name);
        fputs("\n    require: ", out);
        qf_write_text(out, requirement->text);
        fputs("\n", out);
        if (requirement->confidence > 0.0) {
            fputs("    confidence: ", out);
            qf_write_double(out, requirement->confidence);
            fputs("\n", out);
        }
    }
}

/* what a file's own name says is not known where the text is */
static void write_scenario(FILE *out, const qf_sweep *sweep)
{
    const qf_yaml_node *root = sweep->scenario_root;
    if (!qf_yaml_get(root, "name")) {
        write_key(out, "name", sweep->scenario.name);
    }
    qf_yaml_write(root, out);
}

void qf_sweep_write(const qf_sweep *sweep, FILE *out)
{
    const qf_sweep_spec *spec = &sweep->spec;
    write_scenario(out, sweep);
    fputs("sweep:\n", out);
    write_parameters(out, spec);
    write_sampling(out, spec);
    write_correlation(out, spec);
    if (spec->function != QF_FUNCTION_NONE) {
        write_function(out, spec);
    }
    write_metrics(out, sweep);
    fputs("  confidence: ", out);
    qf_write_double(out, spec->confidence);
    fprintf(out, "\n  bootstrap: %zu\n", spec->n_resamples);
    write_stop(out, spec);
    write_requirements(out, spec);
}
