/* SPDX-License-Identifier: Apache-2.0 */
#include "environment_reader.h"
#include "scalar_math.h"
#include "writer.h"

static void write_gravity(FILE *out, const qf_gravity *gravity)
{
    if (gravity->kind == QF_GRAVITY_NONE) {
        fputs("none", out);
        return;
    }
    fprintf(out, "{kind: %s", qf_gravity_names[gravity->kind]);
    if (qf_gravity_has_planet(gravity)) {
        fputs(", mu_m3ps2: ", out);
        qf_write_double(out, gravity->mu_m3ps2);
        fputs(", radius_m: ", out);
        qf_write_double(out, gravity->radius_m);
        fputs(", center_m: ", out);
        qf_write_vector(out, gravity->center_m);
    }
    if (gravity->kind == QF_GRAVITY_J2) {
        fputs(", j2: ", out);
        qf_write_double(out, gravity->j2);
    }
    if (gravity->kind == QF_GRAVITY_CLOHESSY_WILTSHIRE) {
        fputs(", mean_motion_rps: ", out);
        qf_write_double(out, gravity->mean_motion_rps);
    }
    fputc('}', out);
}

static void write_sun(FILE *out, const qf_sun_spec *sun)
{
    fputs(", sun: {direction: ", out);
    qf_write_vector(out, sun->direction);
    fputs(", flux_wpm2: ", out);
    qf_write_double(out, sun->flux_wpm2);
    fputs(", angular_radius_deg: ", out);
    qf_write_scaled(out, sun->angular_radius_rad, QF_RAD_PER_DEG);
    fputc('}', out);
}

void qf_write_environment(FILE *out, const qf_scenario *scenario)
{
    fputs("environment: {ambient_c: ", out);
    qf_write_double(out, scenario->ambient_c);
    fputs(", radiation_usvh: ", out);
    qf_write_double(out, scenario->radiation_usvh);
    fputs(", gravity: ", out);
    write_gravity(out, &scenario->gravity);
    if (scenario->planet.radius_m > 0.0 && !qf_gravity_has_planet(&scenario->gravity)) {
        fputs(", planet: {center_m: ", out);
        qf_write_vector(out, scenario->planet.center_m);
        fputs(", radius_m: ", out);
        qf_write_double(out, scenario->planet.radius_m);
        fputc('}', out);
    }
    if (scenario->sun.given) {
        write_sun(out, &scenario->sun);
    }
    fputs("}\n", out);
}
