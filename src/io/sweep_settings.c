/* SPDX-License-Identifier: Apache-2.0 */
/* What of a sweep needs no scenario: functions in the place of one, and how sure intervals are. */
#include <math.h>

#include "sweep_internal.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

enum { DEFAULT_RESAMPLES = 1000, MOST_RESAMPLES = 1000000 };

static const char *const function_names[QF_FUNCTIONS] = {[QF_FUNCTION_NONE] = "none",
                                                         [QF_FUNCTION_ISHIGAMI] = "ishigami",
                                                         [QF_FUNCTION_SOBOL_G] = "sobol_g"};

static void read_ishigami(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *node)
{
    static const char *const known[] = {"a", "b"};
    double *coefficients = qf_reader_array(reader, 2, sizeof *coefficients);
    if (!coefficients || !qf_yaml_check_keys(node, known, 2, reader->diagnostics)) {
        return;
    }
    coefficients[0] = 7.0;
    coefficients[1] = 0.1;
    for (size_t i = 0; i < 2; i++) {
        const qf_yaml_node *value = qf_yaml_get(node, known[i]);
        if (value) {
            qf_yaml_read_number(value, &coefficients[i], reader->diagnostics);
        }
    }
    if (sweep->spec.n_parameters < 3) {
        qf_diagnose(reader->diagnostics, node, "Ishigami's function is of 3 parameters, found %zu",
                    sweep->spec.n_parameters);
    }
    sweep->spec.coefficients = coefficients;
    sweep->spec.n_coefficients = 2;
}

static void read_sobol_g(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *node)
{
    const size_t n = sweep->spec.n_parameters;
    double *coefficients = qf_reader_array(reader, n + 1, sizeof *coefficients);
    if (!coefficients || !qf_yaml_expect_kind(node, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return;
    }
    if (node->n_children != n) {
        qf_diagnose(reader->diagnostics, node,
                    "expected a coefficient for each of the %zu parameters, found %zu", n,
                    node->n_children);
        return;
    }
    for (size_t p = 0; p < n; p++) {
        qf_read_constant(reader, node->children[p], 0.0, (double)INFINITY, &coefficients[p]);
    }
    sweep->spec.coefficients = coefficients;
    sweep->spec.n_coefficients = n;
}

static void read_function(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *node)
{
    static const char *const refused[] = {"success", "until", "every_s"};
    sweep->spec.function = QF_FUNCTION_ISHIGAMI; /* some */
    if (!qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics) ||
        !qf_yaml_check_keys(node, function_names + 1, QF_FUNCTIONS - 1, reader->diagnostics)) {
        return;
    }
    if (node->n_children != 1) {
        qf_diagnose(reader->diagnostics, node, "expected one function, found %zu",
                    node->n_children);
        return;
    }
    if (qf_yaml_get(node, "ishigami")) {
        read_ishigami(reader, sweep, node->children[0]);
    } else {
        sweep->spec.function = QF_FUNCTION_SOBOL_G;
        read_sobol_g(reader, sweep, node->children[0]);
    }
    qf_refuse_keys(reader, sweep->section, refused, N_NAMES(refused),
                   "a function has no vehicles and no time: take the key out");
    for (size_t p = 0; p < sweep->spec.n_parameters; p++) {
        if (sweep->places[p].path) {
            qf_diagnose(reader->diagnostics, sweep->places[p].path,
                        "a function has no scenario to lead into: take the key out");
        } else if (sweep->parameters[p].texts) {
            qf_diagnose(reader->diagnostics, sweep->places[p].node, "a function is of numbers");
        }
    }
}

void qf_sweep_read_settings(qf_reader *reader, qf_sweep *sweep)
{
    static const qf_limits confidence = {
        .low = 0.5, .high = 1.0, .low_open = true, .high_open = true};
    const qf_yaml_node *function = qf_yaml_get(sweep->section, "function");
    const qf_yaml_node *level = qf_yaml_get(sweep->section, "confidence");
    const qf_yaml_node *bootstrap = qf_yaml_get(sweep->section, "bootstrap");
    int64_t n_resamples = DEFAULT_RESAMPLES;
    sweep->spec.confidence = 0.95;
    if (function) {
        read_function(reader, sweep, function);
    }
    if (level) {
        qf_read_within(reader, level, &confidence, &sweep->spec.confidence);
    }
    if (bootstrap) {
        qf_yaml_read_integer(bootstrap, 0, MOST_RESAMPLES, &n_resamples, reader->diagnostics);
    }
    sweep->spec.n_resamples = (size_t)n_resamples;
}
