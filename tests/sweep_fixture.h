/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_SWEEP_FIXTURE_H
#define QF_TEST_SWEEP_FIXTURE_H

/* What the tests of sweeps' files share: a scenario to be swept, a sweep that is open, what was said of it. */
#include "scenario_fixture.h"
#include "sweep_reader.h"

#define SWEPT                                                                                      \
    "schema: qfleet/1\n"                                                                           \
    "name: swept\n"                                                                                \
    "seed: 7\n"                                                                                    \
    "time: {dt_s: 0.1, duration_s: 2}\n"                                                           \
    "environment: {ambient_c: -20}\n"                                                              \
    "groups:\n"                                                                                    \
    "  - name: a\n"                                                                                \
    "    kind: bot\n"                                                                              \
    "    count: 2\n"                                                                               \
    "    hardware: {hardware_profile: {power_capacity_wh: 40}}\n"                                  \
    "    initial: {position_m: [0, 10, 20], heading_deg: 3, speed_mps: {uniform: {min: 0, max: "   \
    "1}}}\n"                                                                                       \
    "    transponder: {mode: \"on\", id: \"A\"}\n"                                                 \
    "  - {name: b, kind: bot, count: 1, hardware: {hardware_profile: {}}}\n"

static inline qf_sweep *open_sweep(fixture *f, const char *text)
{
    write_file("s.yaml", text);
    qf_diagnostics_free(&f->diagnostics);
    qf_sweep *sweep;
    if (qf_sweep_open(&f->context, "s.yaml", NULL, 0, &f->diagnostics, &sweep) != QF_OK) {
        qf_diagnostics_print(&f->diagnostics, stderr);
        fail_msg("not accepted:\n%s", text);
    }
    return sweep;
}

/* all that is said of a sweep that is refused; the caller frees it */
static inline char *sweep_errors(fixture *f, const char *text)
{
    write_file("s.yaml", text);
    qf_diagnostics_free(&f->diagnostics);
    qf_sweep *sweep;
    const qf_status status = qf_sweep_open(&f->context, "s.yaml", NULL, 0, &f->diagnostics, &sweep);
    assert_null(sweep);
    assert_int_equal(status, QF_ERROR_SCENARIO);
    char *printed = NULL;
    size_t length;
    FILE *out = open_memstream(&printed, &length);
    assert_non_null(out);
    qf_diagnostics_print(&f->diagnostics, out);
    assert_int_equal(fclose(out), 0);
    return printed;
}

/* the caller frees it */
static inline char *sweep_text(const qf_sweep *sweep)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    qf_sweep_write(sweep, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static inline double design_value(const qf_sweep *sweep, size_t p, size_t k)
{
    const qf_design *design = qf_sweep_design(sweep);
    return design->values[p * design->n_cases + k];
}

#endif
