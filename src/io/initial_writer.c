/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

static void write_numbers(FILE *out, const char *key, const qf_number *numbers)
{
    fprintf(out, "\n      %s: [", key);
    for (int c = 0; c < 3; c++) {
        fputs(c ? ", " : "", out);
        qf_write_number(out, &numbers[c]);
    }
    fputc(']', out);
}

static void write_orbit(FILE *out, const qf_group_spec *group)
{
    static const struct {
        const char *key;
        qf_initial_id id;
    } elements[] = {{"semi_major_axis_m", QF_INITIAL_SEMI_MAJOR_AXIS},
                    {"eccentricity", QF_INITIAL_ECCENTRICITY},
                    {"inclination_deg", QF_INITIAL_INCLINATION_DEG},
                    {"node_deg", QF_INITIAL_NODE_DEG},
                    {"periapsis_deg", QF_INITIAL_PERIAPSIS_DEG},
                    {"anomaly_deg", QF_INITIAL_ANOMALY_DEG}};
    fputs("\n      orbit:", out);
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        fprintf(out, "\n        %s: ", elements[i].key);
        qf_write_number(out, &group->initial[elements[i].id]);
    }
}

static void write_of_body(FILE *out, const qf_scenario *scenario, const qf_group_spec *group)
{
    const double *q = group->initial_attitude;
    if (group->initial_orbit) {
        write_orbit(out, group);
    } else {
        write_numbers(out, "position_m", &group->initial[QF_INITIAL_X]);
        write_numbers(out, "velocity_mps", &group->initial[QF_INITIAL_VX]);
    }
    fputs("\n      attitude_quat: ", out);
    qf_write_quaternion(out, q);
    write_numbers(out, "attitude_deg", &group->initial[QF_INITIAL_ROLL_DEG]);
    write_numbers(out, "rates_dps", &group->initial[QF_INITIAL_RATE_X_DPS]);
    if (!group->initial_orbit && &scenario->groups[group->initial_relative_to] != group) {
        fputs("\n      relative_to: ", out);
        qf_write_text(out, scenario->groups[group->initial_relative_to].name);
    }
    fputs("\n      coast_s: ", out);
    qf_write_number(out, &group->initial[QF_INITIAL_COAST]);
    fputc('\n', out);
}

void qf_write_initial(FILE *out, const qf_scenario *scenario, const qf_group_spec *group)
{
    fputs("    initial:", out);
    if (qf_kind_is_body(group->kind)) {
        write_of_body(out, scenario, group);
        return;
    }
    write_numbers(out, "position_m", &group->initial[QF_INITIAL_X]);
    fputs("\n      heading_deg: ", out);
    qf_write_number(out, &group->initial[QF_INITIAL_HEADING]);
    fputs("\n      speed_mps: ", out);
    qf_write_number(out, &group->initial[QF_INITIAL_SPEED]);
    fputc('\n', out);
}
