/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays the reference's golden traces through the loader, kernels and recording that `qfleet run`
 * uses: every column of every row, for fleets of 1, 17 and 3000 and for 1 and 2 threads.
 *
 * `test_golden_world FILE...` replays other traces of the same form.
 * Tolerances are those of the reference (1e-12 relative in every real column), but for its quirks:
 *   - x_m and y_m are summed there in single precision: 1e-4 of the largest distance so far;
 *   - spill and unserved power keep their last value there: compared only while the fault stands;
 *   - PDU_OVERCURRENT where the excess is rounding (below 1e-9 relative): not compared;
 *   - battery charge and discharge are differences of supply and demand: 1e-12 of those.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "group.h"
#include "scenario_reader.h"
#include "simulation.h"
#include "yaml_node.h"

enum { PATH_BYTES = 512, N_TRACES = 10 };

static char folder[] = "/tmp/qfleet-golden-XXXXXX";

/* a tree as JSON, which is also YAML */
static void write_tree(FILE *out, const qf_yaml_node *node)
{
    const bool mapping = node->kind == QF_YAML_MAPPING;
    if (node->kind == QF_YAML_SCALAR) {
        fprintf(out, node->quoted ? "\"%s\"" : "%s", node->text);
        return;
    }
    fputs(mapping ? "{" : "[", out);
    for (size_t i = 0; i < node->n_children; i++) {
        fputs(i ? ", " : "", out);
        if (mapping) {
            fprintf(out, "\"%s\": ", node->keys[i]->text);
        }
        write_tree(out, node->children[i]);
    }
    fputs(mapping ? "}" : "]", out);
}

static void write_scenario(const char *path, const qf_yaml_node *trace, size_t count)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    const double dt_s = strtod(qf_yaml_get(trace, "dt_s")->text, NULL);
    fprintf(out, "schema: qfleet/1\nname: golden\ntime: {dt_s: %s, duration_s: %.17g}\n",
            qf_yaml_get(trace, "dt_s")->text, 1200.0 * dt_s);
    fprintf(out, "environment: {ambient_c: %s, radiation_usvh: %s}\n",
            qf_yaml_get(trace, "ambient_c")->text, qf_yaml_get(trace, "radiation_usvh")->text);
    fprintf(out, "groups:\n  - {name: bots, kind: bot, count: %zu, hardware: {hardware_profile: ",
            count);
    write_tree(out, qf_yaml_get(trace, "hardware_profile"));
    fputs("}, script: ", out);
    write_tree(out, qf_yaml_get(trace, "script"));
    fprintf(out, "}\nrecord: {every_s: %s, state: all}\n", qf_yaml_get(trace, "dt_s")->text);
    assert_int_equal(fclose(out), 0);
}

/* one row of a trace, by column name */
typedef struct trace_row {
    const qf_yaml_node *columns;
    const qf_yaml_node *values;
} trace_row;

static const qf_yaml_node *cell(const trace_row *row, const char *name)
{
    for (size_t c = 0; c < row->columns->n_children; c++) {
        if (strcmp(row->columns->children[c]->text, name) == 0) {
            return row->values->children[c];
        }
    }
    fail_msg("the trace has no column %s", name);
    return NULL;
}

static double number(const trace_row *row, const char *name)
{
    return strtod(cell(row, name)->text, NULL);
}

static bool has_fault(const trace_row *row, const char *fault)
{
    const char *text = cell(row, "faults")->text;
    const size_t length = strlen(fault);
    for (const char *at = text; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL) {
        if (strncmp(at, fault, length) == 0 && (at[length] == '|' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

/* demand beyond the PDU's limit, relative to it: what decides on the over-current fault */
static double overcurrent_margin(const trace_row *row, const qf_fleet *fleet)
{
    const double max_bus_a = fleet->groups[0].bot.uniform[QF_C_MAX_BUS_A];
    const double limit_w = max_bus_a * number(row, "bus_v");
    const double out_w = number(row, "power_out_w") - number(row, "supercap_charge_w");
    return limit_w > 0.0 ? out_w / limit_w - 1.0 : -1.0;
}

static void check_faults(const trace_row *row, const qf_fleet *fleet, uint64_t faults)
{
    char name[64];
    size_t expected = 0;
    for (unsigned bit = 0; bit < QF_FAULT_FIRST_NODE + fleet->catalog.n_nodes; bit++) {
        if (bit < QF_FAULT_FIRST_NODE && !qf_fault_name(bit)) {
            continue;
        }
        if (bit < QF_FAULT_FIRST_NODE) {
            snprintf(name, sizeof name, "%s", qf_fault_name(bit));
        } else {
            snprintf(name, sizeof name, "THERMAL_TRIP:%s",
                     fleet->catalog.node_names[bit - QF_FAULT_FIRST_NODE]);
        }
        expected += has_fault(row, name);
        const bool rounding =
            bit == QF_FAULT_PDU_OVERCURRENT_BIT && fabs(overcurrent_margin(row, fleet)) <= 1e-9;
        if (!rounding && has_fault(row, name) != (faults >> bit & 1)) {
            fail_msg("step %s: fault %s: expected %d", cell(row, "step")->text, name,
                     has_fault(row, name));
        }
    }
    /* every name in the trace is one that we know */
    const char *text = cell(row, "faults")->text;
    size_t listed = *text != '\0';
    for (; *text; text++) {
        listed += *text == '|';
    }
    assert_int_equal(listed, expected);
}

/* how far a column may be from the trace; negative: not compared in this row */
static double tolerance(const trace_row *row, const char *name, double expected, double found,
                        double *farthest_m)
{
    if (strcmp(name, "x_m") == 0 || strcmp(name, "y_m") == 0) {
        *farthest_m = fmax(*farthest_m, fabs(expected));
        return 1e-4 * *farthest_m;
    }
    if (strcmp(name, "battery_spill_w") == 0 && !has_fault(row, "BATTERY_CHARGE_LIMIT")) {
        return -1.0;
    }
    if (strcmp(name, "battery_unserved_w") == 0 && !has_fault(row, "BATTERY_DISCHARGE_LIMIT")) {
        return -1.0;
    }
    if (strcmp(name, "battery_charge_w") == 0 || strcmp(name, "battery_discharge_w") == 0) {
        return 1e-12 * fmax(number(row, "power_in_w"), number(row, "power_out_w"));
    }
    return 1e-12 * fmax(fabs(expected), fabs(found));
}

static double recorded(const qf_record_plan *plan, const qf_frame *frame, size_t q, size_t vehicle)
{
    switch (plan->quantities[q]->type) {
    case QF_TYPE_F64:
        return ((const double *)frame->row[q])[vehicle];
    case QF_TYPE_I64:
        return (double)((const int64_t *)frame->row[q])[vehicle];
    case QF_TYPE_U64:
        return (double)((const uint64_t *)frame->row[q])[vehicle];
    case QF_TYPE_U8:
        return ((const uint8_t *)frame->row[q])[vehicle];
    }
    return (double)NAN;
}

static size_t quantity_index(const qf_record_plan *plan, const char *name)
{
    size_t q = 0;
    while (q < plan->n_quantities && strcmp(plan->quantities[q]->name, name) != 0) {
        q++;
    }
    if (q == plan->n_quantities) {
        fail_msg("no recorded column %s", name);
    }
    return q;
}

static void check_row(const trace_row *row, const qf_fleet *fleet, const qf_record_plan *plan,
                      const qf_frame *frame, double farthest_m[2])
{
    for (size_t c = 0; c < row->columns->n_children; c++) {
        const char *name = row->columns->children[c]->text;
        if (strcmp(name, "step") == 0 || strcmp(name, "faults") == 0) {
            continue;
        }
        const double expected = number(row, name);
        const double found = strcmp(name, "t_s") == 0
                                 ? fleet->clock_s
                                 : recorded(plan, frame, quantity_index(plan, name), 0);
        const double allowed = tolerance(row, name, expected, found, &farthest_m[name[0] == 'y']);
        if (allowed >= 0.0 && !(fabs(expected - found) <= allowed)) {
            fail_msg("step %s: %s: expected %.17g, found %.17g", cell(row, "step")->text, name,
                     expected, found);
        }
    }
    const uint64_t *faults = frame->row[quantity_index(plan, "faults")];
    check_faults(row, fleet, faults[0]);
    for (size_t q = 0; q < plan->n_quantities; q++) {
        const size_t bytes = qf_type_bytes(plan->quantities[q]->type);
        const char *values = frame->row[q];
        for (size_t v = 1; v < fleet->n_vehicles; v++) {
            if (memcmp(values, values + v * bytes, bytes) != 0) {
                fail_msg("step %s: %s: vehicle %zu differs from vehicle 0", cell(row, "step")->text,
                         plan->quantities[q]->name, v);
            }
        }
    }
}

static void replay(const char *path, size_t count, int n_threads)
{
    char scenario_path[PATH_BYTES];
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_yaml_node *trace = qf_yaml_load_file(&arena, path, &diagnostics);
    assert_non_null(trace);
    snprintf(scenario_path, sizeof scenario_path, "%s/golden.yaml", folder);
    write_scenario(scenario_path, trace, count);

    qf_context context = qf_context_default();
    context.n_threads = n_threads;
    qf_scenario scenario;
    if (qf_scenario_read(&context, scenario_path, NULL, 0, &diagnostics, &scenario) != QF_OK) {
        qf_diagnostics_print(&diagnostics, stderr);
        fail_msg("%s does not load", path);
    }
    qf_fleet fleet;
    qf_record_plan plan;
    qf_simulation *simulation;
    assert_int_equal(qf_fleet_create(&context, &scenario, &fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&context, &fleet, &plan), QF_OK);
    const qf_simulation_options options = {.plan = &plan};
    assert_int_equal(qf_simulation_create(&context, &fleet, &options, &simulation), QF_OK);
    qf_frame frame = {.row = qf_arena_array(&arena, plan.n_quantities, sizeof(void *))};
    for (size_t q = 0; q < plan.n_quantities; q++) {
        frame.row[q] = qf_arena_array(&arena, count, 8);
    }

    const qf_yaml_node *rows = qf_yaml_get(trace, "rows");
    assert_true(rows->n_children > 100);
    double farthest_m[2] = {0.0, 0.0};
    for (size_t r = 0; r < rows->n_children; r++) {
        const trace_row row = {qf_yaml_get(trace, "columns"), rows->children[r]};
        frame.tick = (int64_t)number(&row, "step") + 1;
        assert_int_equal(qf_simulation_advance(&context, simulation, frame.tick, &frame, 1), QF_OK);
        check_row(&row, &fleet, &plan, &frame, farthest_m);
    }

    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    qf_scenario_free(&scenario);
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
}

static void replay_all(size_t count, int n_threads)
{
    for (int i = 0; i < N_TRACES; i++) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, TEST_SOURCE_DIR "/golden/world_pub_%d.json", i);
        replay(path, count, n_threads);
    }
}

static void one_vehicle_follows_every_trace(void **state)
{
    (void)state;
    replay_all(1, 1);
    replay_all(1, 2);
}

static void each_of_17_vehicles_follows_every_trace(void **state)
{
    (void)state;
    replay_all(17, 1);
    replay_all(17, 2);
}

static void each_of_3000_vehicles_follows_every_trace(void **state)
{
    (void)state;
    replay_all(3000, 1);
    replay_all(3000, 2);
}

static const char **given_traces;
static int n_given_traces;

static void given_traces_are_followed(void **state)
{
    (void)state;
    for (int i = 0; i < n_given_traces; i++) {
        replay(given_traces[i], 17, 2);
    }
}

static int make_folder(void **state)
{
    (void)state;
    char link_path[PATH_BYTES];
    if (!mkdtemp(folder)) {
        return -1;
    }
    /* the traces name the thrusters' file as the reference does: found beside the scenario */
    snprintf(link_path, sizeof link_path, "%s/thrusters.json", folder);
    return symlink(PROJECT_SOURCE_DIR "/configs/hardware/thrusters.json", link_path);
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"thrusters.json", "golden.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(one_vehicle_follows_every_trace),
        cmocka_unit_test(each_of_17_vehicles_follows_every_trace),
        cmocka_unit_test(each_of_3000_vehicles_follows_every_trace),
    };
    const struct CMUnitTest given[] = {cmocka_unit_test(given_traces_are_followed)};
    given_traces = (const char **)argv + 1;
    n_given_traces = argc - 1;
    return n_given_traces ? cmocka_run_group_tests(given, make_folder, remove_folder)
                          : cmocka_run_group_tests(all, make_folder, remove_folder);
}
