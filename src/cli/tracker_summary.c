/* SPDX-License-Identifier: Apache-2.0 */
#include "tracker_summary.h"

/* the reference's gate is in metres, ours in standard deviations of what is expected */
static void print_gate(const qf_tracker_spec *spec, double dt_s, FILE *out)
{
    const double *value = spec->value;
    if (!qf_tracker_uses(spec, QF_TRACKER_GATE_PROBABILITY)) {
        fprintf(out, "; gate %.4g m and %.4g m/s", value[QF_TRACKER_GATE],
                value[QF_TRACKER_GATE_SPEED]);
        return;
    }
    qf_tracker tracker;
    qf_tracker_derive(spec, dt_s, &tracker);
    fprintf(out,
            "; sd of detections %.4g m, %.4g deg, %.4g m/s; gate chi-square %.4g (probability %g)",
            value[QF_TRACKER_RANGE_SD], value[QF_TRACKER_ANGLE_SD], value[QF_TRACKER_SPEED_SD],
            (double)tracker.gate2, value[QF_TRACKER_GATE_PROBABILITY]);
}

static void print_tracker(const char *path, const qf_group_spec *group, double dt_s, FILE *out)
{
    const qf_tracker_spec *spec = group->tracker;
    const size_t n_rules = group->guards ? group->guards->n_rules : 0;
    fprintf(out, "%s: tracker of %s: %s, up to %g tracks", path, group->name,
            qf_track_mode_names[spec->mode], spec->value[QF_TRACKER_CAPACITY]);
    print_gate(spec, dt_s, out);
    fprintf(out, "; guards %zu rule%s\n", n_rules, n_rules == 1 ? "" : "s");
}

void qf_print_trackers(const char *path, const qf_scenario *scenario, FILE *out)
{
    for (size_t g = 0; g < scenario->n_groups; g++) {
        if (scenario->groups[g].tracker) {
            print_tracker(path, &scenario->groups[g], scenario->dt_s, out);
        }
    }
}
