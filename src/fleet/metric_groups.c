/* SPDX-License-Identifier: Apache-2.0 */
/* Groups, as texts of metrics name them. */
#include <stdio.h>
#include <string.h>

#include "expression_internal.h"
#include "metric_plan_internal.h"
#include "nearest_name.h"

size_t qf_metric_group(const qf_scenario *scenario, const char *name, size_t length)
{
    size_t g = 0;
    while (g < scenario->n_groups && !(strlen(scenario->groups[g].name) == length &&
                                       memcmp(scenario->groups[g].name, name, length) == 0)) {
        g++;
    }
    return g;
}

size_t qf_metric_split_group(const qf_scenario *scenario, const char *name, const char **rest)
{
    for (size_t length = strlen(name); length > 0; length--) {
        const size_t g =
            name[length] == '.' ? qf_metric_group(scenario, name, length) : scenario->n_groups;
        if (g < scenario->n_groups) {
            *rest = name + length + 1;
            return g;
        }
    }
    return scenario->n_groups;
}

const char *qf_metric_nearest_group(const qf_scenario *scenario, const char *name)
{
    const char *best = NULL;
    for (size_t g = 0; g < scenario->n_groups; g++) { /* the nearer of the best and the next */
        const char *two[] = {best ? best : scenario->groups[g].name, scenario->groups[g].name};
        best = qf_nearest_name(name, two, 2);
    }
    return best;
}

bool qf_metric_read_group(const qf_metric_builder *builder, const qf_reduction *call, size_t *group,
                          qf_expression_error *error)
{
    const qf_span at = call->has_over ? call->over : call->of;
    const char *begin = call->text + at.begin;
    size_t length = at.end - at.begin;
    char name[65];
    if (length == 0) {
        return qf_expression_fail(error, at.begin, at.end,
                                  "the name of a group belongs behind '%s'",
                                  call->has_over ? "over" : "of");
    }
    if (length >= 2 && begin[0] == '"' && begin[length - 1] == '"') {
        begin++;
        length -= 2;
    }
    *group = qf_metric_group(builder->scenario, begin, length);
    if (*group < builder->scenario->n_groups) {
        return true;
    }
    snprintf(name, sizeof name, "%.*s", length < 64 ? (int)length : 64, begin);
    const char *nearest = qf_metric_nearest_group(builder->scenario, name);
    return qf_expression_fail(error, at.begin, at.end, "there is no group '%s'%s%.64s%s", name,
                              nearest ? " (did you mean '" : "", nearest ? nearest : "",
                              nearest ? "'?)" : "");
}
