/* SPDX-License-Identifier: Apache-2.0 */
#include "body_reader.h"
#include "writer.h"

static void write_list(FILE *out, const double *values, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        fputs(k ? ", " : "[", out);
        qf_write_double(out, values[k]);
    }
    fputc(']', out);
}

static void write_hull(FILE *out, const qf_body_spec *body)
{
    fputs("\n      hull:\n        spheres:", out);
    for (size_t s = 0; s < body->n_hull; s++) {
        fputs("\n          - {center_m: ", out);
        qf_write_vector(out, body->hull[s].center_m);
        fputs(", radius_m: ", out);
        qf_write_double(out, body->hull[s].radius_m);
        fputc('}', out);
    }
}

static void write_solar(FILE *out, const qf_solar_spec *solar)
{
    fputs("\n      solar: {area_m2: ", out);
    qf_write_double(out, solar->area_m2);
    fputs(", efficiency: ", out);
    qf_write_double(out, solar->efficiency);
    if (solar->tracking) {
        fputs(", tracking: true}", out);
    } else {
        fputs(", normal: ", out);
        qf_write_vector(out, solar->normal);
        fputc('}', out);
    }
}

static void write_body(FILE *out, const qf_group_spec *group)
{
    const qf_body_spec *body = group->body;
    fputs("    body:\n      mass_kg: ", out);
    qf_write_number(out, &group->initial[QF_INITIAL_DRY_MASS]);
    fputs("\n      inertia_kgm2: ", out);
    write_list(out, body->dry.kgm2, 6);
    fputs("\n      tank_inertia_m2: ", out);
    write_list(out, body->tank_m2, 6);
    if (body->n_hull > 0) {
        write_hull(out, body);
    }
    if (body->wheels) {
        fputs("\n      wheels: {max_torque_nm: ", out);
        qf_write_vector(out, body->wheels->max_torque_nm);
        fputs(", max_momentum_nms: ", out);
        qf_write_vector(out, body->wheels->max_momentum_nms);
        fputc('}', out);
    }
    if (body->solar) {
        write_solar(out, body->solar);
    }
    fputs("\n      min_on_s: ", out);
    qf_write_double(out, body->min_on_s);
    fputc('\n', out);
}

void qf_write_body_keys(FILE *out, const qf_group_spec *group)
{
    if (group->body) {
        write_body(out, group);
    }
    if (group->drive) {
        fputs("    drive: {", out);
        qf_write_settings(out, qf_drive_settings, QF_DRIVE_SETTINGS, group->drive, ", ");
        fputs("}\n", out);
    }
}
