/* SPDX-License-Identifier: Apache-2.0 */
#include "tracking_summary.h"

#include <inttypes.h>
#include <math.h>

/* what has no value is left out */
static void print_number(FILE *out, const char *before, double value, const char *after)
{
    if (!isnan(value)) {
        fprintf(out, "%s%.4g%s", before, value, after);
    }
}

static void print_group(const qf_fleet *fleet, const qf_tracking_metrics *m, FILE *out)
{
    const bool all = m->group == QF_ALL_GROUPS;
    const qf_group_spec *group = all ? NULL : &fleet->scenario->groups[m->group];
    fprintf(out, "  tracking       %s (%s):", all ? "all" : group->name,
            all ? "together" : qf_track_mode_names[group->tracker->mode]);
    print_number(out, " GOSPA ", m->gospa_m, " m");
    if (!all) {
        print_number(out, " with cutoff ", group->tracker->value[QF_TRACKER_CUTOFF], " m");
    }
    print_number(out, ", ", 100.0 * m->completeness, " % of targets held");
    print_number(out, " within ", m->position_rmse_m, " m");
    print_number(out, " and ", m->velocity_rmse_mps, " m/s");
    print_number(out, ", first after ", m->time_to_hold_s, " s");
    fputc('\n', out);
    fprintf(out, "                 %" PRId64 " tracks, %" PRId64 " confirmed", m->started,
            m->confirmed);
    print_number(out, ", purity ", m->purity, "");
    fprintf(out, ", %" PRId64 " switches, %" PRId64 " merged, %" PRId64 " suspect\n", m->switches,
            m->merged, m->identity_jumps);
    if (m->dropped + m->rejected + m->forgotten + m->situations_dropped > 0) {
        fprintf(out,
                "                 beyond capacity: %" PRId64
                " detections found no room for a track, "
                "%" PRId64 " targets no memory, %" PRId64 " situations no place; %" PRId64
                " detections were no numbers\n",
                m->dropped, m->forgotten, m->situations_dropped, m->rejected);
    }
}

void qf_print_tracking(const qf_fleet *fleet, const qf_tracking_metrics *rows, size_t n, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        print_group(fleet, &rows[i], out);
    }
}
