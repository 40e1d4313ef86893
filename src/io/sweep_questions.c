/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_questions.h"

#include <math.h>
#include <string.h>

bool qf_sweep_is_met(const qf_sweep_report *report)
{
    bool met = true;
    for (size_t r = 0; r < report->n_requirements; r++) {
        met = met && report->requirements[r].verdict == QF_VERDICT_MET;
    }
    return met;
}

bool qf_metric_is_asked_for(const qf_sweep_spec *spec, size_t metric)
{
    /* these designs are made for nothing else; and who requires nothing wants to know of everything */
    bool asked = strcmp(spec->metrics[metric].name, "success") == 0 ||
                 spec->sampling == QF_SAMPLING_SALTELLI || spec->sampling == QF_SAMPLING_MORRIS ||
                 spec->n_requirements == 0;
    for (size_t r = 0; r < spec->n_requirements; r++) {
        asked = asked || spec->requirements[r].metric == metric;
    }
    return asked;
}

const char *qf_requirement_beyond(const qf_requirement *requirement)
{
    switch (requirement->claim) {
    case QF_CLAIM_MEAN:
        return ": the estimate is of the others, which alone cannot meet it";
    case QF_CLAIM_QUANTILE:
        return ", as values beyond the limit";
    case QF_CLAIM_PROBABILITY:
        break;
    }
    return "";
}

bool qf_metric_varies(const qf_sweep_spec *spec, const qf_sweep_report *report, size_t metric)
{
    const qf_metric_statistics *it = &report->metrics[metric];
    return spec->metrics[metric].kind == QF_VALUE_TRUTH ? it->n_true > 0 && it->n_true < it->n
                                                        : it->min < it->max;
}

double qf_sensitivity_weight(const qf_sensitivity *it)
{
    if (!isnan(it->total)) {
        return it->total;
    }
    if (!isnan(it->mu_star)) {
        return it->mu_star;
    }
    return isnan(it->rank_correlation) ? -1.0 : fabs(it->rank_correlation);
}

const qf_sensitivity **qf_sensitivities_ranked(qf_arena *arena, const qf_sweep_spec *spec,
                                               const qf_sweep_report *report, size_t metric)
{
    const size_t n = spec->n_parameters;
    const qf_sensitivity **ranked = qf_arena_array(arena, n + 1, sizeof(const qf_sensitivity *));
    for (size_t i = 0; ranked && i < n; i++) {
        const qf_sensitivity *it = &report->sensitivities[metric * n + i];
        size_t at = i;
        while (at > 0 && qf_sensitivity_weight(ranked[at - 1]) < qf_sensitivity_weight(it)) {
            ranked[at] = ranked[at - 1];
            at--;
        }
        ranked[at] = it;
    }
    return ranked;
}

const char *qf_unit_word(const char *unit)
{
    static const char *const words[][2] = {{"percent", "%"}, {"degree_Celsius", "deg C"}};
    for (size_t i = 0; unit && i < sizeof words / sizeof *words; i++) {
        if (strcmp(unit, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return unit && *unit ? unit : NULL;
}

const char *qf_metric_label(qf_arena *arena, const qf_metric_spec *metric)
{
    const char *name = metric->name;
    if (!qf_unit_word(metric->unit)) {
        return name;
    }
    const size_t length = strlen(name), tail = strlen(metric->unit);
    if (length > tail && name[length - tail - 1] == '_' &&
        strcmp(name + length - tail, metric->unit) == 0) {
        return name;
    }
    return qf_arena_format(arena, "%s [%s]", name, qf_unit_word(metric->unit));
}
