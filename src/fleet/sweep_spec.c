/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_spec.h"

#include <string.h>

const char *const qf_sampling_names[QF_SAMPLINGS] = {
    [QF_SAMPLING_RANDOM] = "random", [QF_SAMPLING_LHS] = "lhs",
    [QF_SAMPLING_SOBOL] = "sobol",   [QF_SAMPLING_GRID] = "grid",
    [QF_SAMPLING_TABLE] = "csv",     [QF_SAMPLING_SALTELLI] = "saltelli",
    [QF_SAMPLING_MORRIS] = "morris",
};

bool qf_sampling_is_sample(qf_sampling sampling)
{
    /* rows of a table are whatever their author chose; those of the last two depend on one another */
    return sampling == QF_SAMPLING_RANDOM || sampling == QF_SAMPLING_LHS ||
           sampling == QF_SAMPLING_SOBOL;
}

const char *qf_metric_title(const qf_sweep_spec *spec, size_t metric)
{
    const qf_metric_spec *it = &spec->metrics[metric];
    if (!it->required) {
        return it->name;
    }
    for (size_t r = 0; r < spec->n_requirements; r++) {
        const qf_requirement *requirement = &spec->requirements[r];
        if (requirement->metric == metric && strcmp(requirement->name, requirement->text) != 0) {
            return requirement->name;
        }
    }
    return it->text;
}

size_t qf_metric_named(const qf_sweep_spec *spec, const char *name)
{
    for (size_t m = 0; m < spec->n_metrics; m++) {
        if (strcmp(spec->metrics[m].name, name) == 0) {
            return m;
        }
    }
    for (size_t r = 0; r < spec->n_requirements; r++) {
        if (strcmp(spec->requirements[r].name, name) == 0) {
            return spec->requirements[r].metric;
        }
    }
    return spec->n_metrics;
}
