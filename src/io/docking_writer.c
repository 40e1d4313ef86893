/* SPDX-License-Identifier: Apache-2.0 */
#include "docking_reader.h"
#include "writer.h"

static void write_port(FILE *out, const qf_port_spec *port)
{
    const char *bridge = port->power && port->data ? "full"
                         : port->power             ? "power"
                         : port->data              ? "data"
                                                   : "";
    fputs("        - id: ", out);
    qf_write_text(out, port->id);
    fputs("\n          pose_m: {position: ", out);
    qf_write_vector(out, port->position_m);
    fputs(", orientation_quat: [", out);
    for (int k = 0; k < 4; k++) {
        fputs(k ? ", " : "", out);
        qf_write_double(out, port->quat_xyzw[k]);
    }
    fprintf(out, "]}\n          capture_modes: [%s%s%s]\n          bridge_profiles: [%s]\n",
            port->soft ? "soft" : "", port->soft && port->hard ? ", " : "",
            port->hard ? "hard" : "", bridge);
    fputs("          hard_capture_force_kN: ", out);
    qf_write_scaled(out, port->hard_force_n, QF_N_PER_KN);
    fputc('\n', out);
}

void qf_write_docking(FILE *out, const qf_group_spec *group)
{
    const qf_docking_spec *docking = group->docking;
    if (!docking) {
        return;
    }
    fputs("    docking:\n      capture: {", out);
    qf_write_settings(out, qf_capture_settings, QF_CAPTURE_SETTINGS, &docking->capture, ", ");
    fputs("}\n      ports:\n", out);
    for (size_t p = 0; p < docking->n_ports; p++) {
        write_port(out, &docking->ports[p]);
    }
}
