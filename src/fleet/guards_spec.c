/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "tracker_spec.h"

/* The reference collects what has been inactive for longer; no setting of its changes that. */
#define FORGET_S 300.0

/* 0.3 s are three ticks of 0.1 s, though neither number nor their quotient is exactly what was written. */
#define ROUNDING 1e-12

/* Whole ticks in a duration: the least that last as long, or the most that last no longer. A duration beyond what
   ticks can count is one that never passes. */
static int32_t ticks_of(double duration_s, double dt_s, bool least)
{
    const double ticks = duration_s / dt_s;
    const double nearest = nearbyint(ticks);
    const bool whole = fabs(ticks - nearest) <= ROUNDING * nearest;
    const double count = whole ? nearest : least ? ceil(ticks) : floor(ticks);
    return count < (double)INT32_MAX ? (int32_t)count : INT32_MAX;
}

static qf_guard_rule rule_of(const qf_guards_spec *spec, const qf_guard_rule_spec *rule,
                             double dt_s)
{
    enum { ALL = 0xF, OFF = 1, ON = 2 };
    const double cooldown_s =
        isfinite(rule->cooldown_s) ? rule->cooldown_s : spec->default_cooldown_s;
    return (qf_guard_rule){
        .severity = (uint8_t)rule->severity,
        .min_range_m = (qf_real)rule->min_range_m,
        .max_range_m = (qf_real)rule->max_range_m,
        .hysteresis_m = (qf_real)rule->hysteresis_m,
        .min_quality = (qf_real)rule->min_quality,
        .max_speed_mps = (qf_real)rule->max_speed_mps,
        .iff_bits = rule->iff == 0 ? ALL : UINT32_C(1) << rule->iff,
        .mode_bits = rule->mode_bits & ALL,
        .on_bits = rule->on < 0    ? OFF | ON
                   : rule->on == 0 ? OFF
                                   : ON,
        .pending_ticks = ticks_of(rule->min_duration_s, dt_s, true),
        .gap_ticks = rule->min_duration_s > 0.0 ? ticks_of(rule->min_duration_s, dt_s, false) : -1,
        .cooldown_ticks = ticks_of(cooldown_s, dt_s, true),
    };
}

void qf_guards_derive(const qf_guards_spec *spec, double dt_s, qf_guard_rule *rules,
                      qf_guard_set *set)
{
    for (size_t r = 0; r < spec->n_rules; r++) {
        rules[r] = rule_of(spec, &spec->rules[r], dt_s);
    }
    *set = (qf_guard_set){
        .n_rules = spec->n_rules,
        .rules = rules,
        .forget_ticks = ticks_of(FORGET_S, dt_s, false),
        .reference_epoch = spec->reference_epoch,
    };
}
