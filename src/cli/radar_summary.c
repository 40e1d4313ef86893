/* SPDX-License-Identifier: Apache-2.0 */
#include "radar_summary.h"

#include "radar_equation.h"
#include "radar_theory.h"

static void print_radar(const char *path, const qf_group_spec *group, FILE *out)
{
    const qf_radar_spec *spec = group->radar;
    const int pulses = (int)spec->pulses;
    const double echo_m2 = qf_radar_echo_m2(spec);
    const double threshold = qf_radar_threshold(pulses, spec->value[QF_RADAR_PFA]);
    static const int cases[] = {1, 0};
    static const double pds[] = {0.5, 0.9};
    fprintf(out, "%s: radar of %s: 0 dBsm has Pd", path, group->name);
    for (int p = 0; p < 2; p++) {
        fprintf(out, "%s %g at", p ? "," : "", pds[p]);
        for (int c = 0; c < 2; c++) {
            const double snr = qf_radar_snr_for(cases[c], pulses, pds[p], threshold);
            fprintf(out, "%s %.4g km (Swerling %d)", c ? "," : "",
                    qf_range_of_snr_m(echo_m2, 1.0, snr) / 1000.0, cases[c]);
        }
    }
    fprintf(out, "; window to %.4g km; %.3g false alarms per frame\n",
            spec->value[QF_RADAR_RANGE_MAX] / 1000.0, qf_radar_reported_false_alarms(spec));
}

void qf_print_radars(const char *path, const qf_scenario *scenario, FILE *out)
{
    for (size_t g = 0; g < scenario->n_groups; g++) {
        if (scenario->groups[g].radar && !scenario->groups[g].radar->ideal) {
            print_radar(path, &scenario->groups[g], out);
        }
    }
}
