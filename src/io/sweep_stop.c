/* SPDX-License-Identifier: Apache-2.0 */
/* When a sweep has seen enough. */

#include "sweep_internal.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

enum { DEFAULT_FIRST_LOOK = 100 };

static const char *why_no_stop(qf_sampling sampling)
{
    switch (sampling) {
    case QF_SAMPLING_LHS:
        return "a latin hypercube is a sample only as a whole: take random or sobol sampling";
    case QF_SAMPLING_GRID:
    case QF_SAMPLING_TABLE:
        return "the first cases of a grid or table are no sample of the rest: take random or sobol "
               "sampling";
    case QF_SAMPLING_SALTELLI:
    case QF_SAMPLING_MORRIS:
        return "sensitivities need all cases of the design: take random or sobol sampling";
    default:
        return NULL;
    }
}

static void read_width(qf_reader *reader, qf_sweep *sweep, const qf_yaml_node *node)
{
    static const char *const known[] = {"width", "of"};
    qf_sweep_spec *spec = &sweep->spec;
    if (!qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics)) {
        return;
    }
    const qf_yaml_node *width = qf_require(reader, node, "width");
    const qf_yaml_node *of = qf_require(reader, node, "of");
    const char **names = qf_reader_array(reader, spec->n_metrics + 1, sizeof *names);
    size_t n = 0;
    spec->stop = QF_STOP_WIDTH;
    while (names && n < spec->n_metrics && !sweep->metrics[n].required) {
        names[n] = sweep->metrics[n].name;
        n++;
    }
    if (width) {
        qf_read_positive(reader, width, &spec->stop_width);
    }
    if (of && names && qf_read_known(reader, of, "metric", names, n, &spec->stop_metric) &&
        sweep->metrics[spec->stop_metric].kind == QF_VALUE_CHOICE) {
        qf_diagnose(reader->diagnostics, of, "'%s' is one of some names: it has no interval",
                    of->text);
    }
}

static void check_decidable(qf_reader *reader, const qf_sweep *sweep, const qf_yaml_node *node)
{
    for (size_t r = 0; r < sweep->spec.n_requirements; r++) {
        if (sweep->requirements[r].confidence > 0.0) {
            return;
        }
    }
    qf_diagnose(reader->diagnostics, node,
                "there is no requirement with a confidence, which cases would decide");
}

void qf_sweep_read_stop(qf_reader *reader, qf_sweep *sweep)
{
    static const char *const key[] = {"first_look"};
    static const char *const rules[] = {"never", "decided"};
    const qf_yaml_node *node = qf_yaml_get(sweep->section, "stop_when");
    const qf_yaml_node *first = qf_yaml_get(sweep->section, "first_look");
    int64_t n_first = DEFAULT_FIRST_LOOK;
    size_t choice;
    if (node && node->kind == QF_YAML_MAPPING) {
        read_width(reader, sweep, node);
    } else if (node &&
               qf_yaml_read_choice(node, rules, N_NAMES(rules), &choice, reader->diagnostics)) {
        sweep->spec.stop = choice == 1 ? QF_STOP_DECIDED : QF_STOP_NEVER;
    }
    if (first) {
        qf_yaml_read_integer(first, 2, UINT32_MAX, &n_first, reader->diagnostics);
    }
    sweep->spec.n_first_look = (size_t)n_first;
    if (sweep->spec.stop == QF_STOP_NEVER) {
        if (first && !node) {
            qf_refuse_keys(reader, sweep->section, key, 1, "only with 'stop_when'");
        }
        return;
    }
    if (why_no_stop(sweep->spec.sampling)) {
        qf_diagnose(reader->diagnostics, node, "%s", why_no_stop(sweep->spec.sampling));
    } else if (sweep->spec.stop == QF_STOP_DECIDED) {
        check_decidable(reader, sweep, node);
    }
}
