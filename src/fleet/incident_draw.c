/* SPDX-License-Identifier: Apache-2.0 */
#include "incident_draw.h"

#include "tick_time.h"

#define SECONDS_PER_HOUR 3600.0
#define MOST_TICKS       9e15

int64_t qf_incident_ticks(double seconds, double dt_s)
{
    const double ticks = qf_ticks_of_seconds(seconds, dt_s);
    return (int64_t)(ticks < MOST_TICKS ? ticks : MOST_TICKS);
}

bool qf_incident_happens(const qf_fleet *fleet, const qf_incident_spec *incident, size_t i,
                         qf_entity e, int64_t tick)
{
    return qf_draw_uniform(qf_incident_key(fleet, e, tick, i, QF_INCIDENT_HAPPENS)) <
           incident->probability;
}

int64_t qf_incident_first(const qf_fleet *fleet, const qf_incident_spec *incident, size_t i,
                          qf_entity e)
{
    if (incident->at_post) {
        return QF_NEVER;
    }
    if (!incident->at_time) {
        return qf_incident_next(fleet, incident, i, e, 0);
    }
    if (!qf_incident_happens(fleet, incident, i, e, 0)) {
        return QF_NEVER;
    }
    const qf_draw_key key = qf_incident_key(fleet, e, 0, i, QF_INCIDENT_WHEN);
    return qf_incident_ticks(qf_number_draw(&incident->at_s, key, e.index), fleet->scenario->dt_s);
}

int64_t qf_incident_next(const qf_fleet *fleet, const qf_incident_spec *incident, size_t i,
                         qf_entity e, int64_t tick)
{
    if (incident->at_post || incident->at_time) {
        return QF_NEVER;
    }
    const double mean_s = SECONDS_PER_HOUR / incident->rate_per_h;
    const double waits_s =
        mean_s * qf_draw_exponential(qf_incident_key(fleet, e, tick, i, QF_INCIDENT_WHEN));
    return tick + qf_incident_ticks(waits_s, fleet->scenario->dt_s);
}

int64_t qf_incident_end(const qf_fleet *fleet, const qf_incident_spec *incident, size_t i,
                        qf_entity e, int64_t tick)
{
    if (!incident->ends) {
        return QF_NEVER;
    }
    const qf_draw_key key = qf_incident_key(fleet, e, tick, i, QF_INCIDENT_LASTS);
    const double lasts_s = qf_number_draw(&incident->duration_s, key, e.index);
    return tick + qf_incident_ticks(lasts_s, fleet->scenario->dt_s);
}
