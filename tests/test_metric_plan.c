/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics taken apart: what they are made of, their kinds and units, and what is said of wrong ones, and where. */
#include "metric_fixture.h"

static void docking(fixture *f)
{
    load_file(f, PROJECT_SOURCE_DIR "/configs/docking.yaml", NULL, 0);
}

static void patrol(fixture *f)
{
    load_file(f, PROJECT_SOURCE_DIR "/configs/patrol.yaml", NULL, 0);
}

static void show(void **state)
{
    static const char *const texts[] = {
        "final(chaser.propellant_kg)", "min(min(soc_pct over chaser))", "first_time(any(dock.hard over chaser))",
        "final(chaser.y_m - station.y_m) * 2 > parameter.limit and m0 > 1 kg",
        "count(event collision)", "any(event 520 of chaser)", "final(chaser.state)", "final(chaser.state) == DOCKD",
        "final(chaser.x_mm)", "final(chasr.x_m)", "soc_pct > 3", "chaser.x_m", "final(soc_pct)", "final(final(chaser.x_m))",
        "min(soc_pct over chaser)", "any(final(chaser.x_m))", "max(max(max(x_m over chaser) over chaser))", "maxx(max(x_m over chaser))",
        "max(max(x_m over chasr))", "quantile(chaser.x_m, 1.5)", "quantile(chaser.x_m)", "count(event colision)", "count(detection)",
        "max(soc_pct < 20 over chaser)", "any(any(soc_pct < 20 over chaser))", "duration(chaser.x_m)", "max(max(x_m, y_m over chaser))",
        "max(max(max(x_m, y_m) over chaser))", "m0", "m99", "m1", "parameter.lim", "parameter.x", "max(parameter.limit)", "time_s", "final(time_s)", "final(chaser.x_m", "max(max(x_m+ over chaser))",
        "hold(m0 > 3, 2 ticks)", "max(max(chaser.x_m over station))", "max(max(gospa_m over station))", "max(max(port_axial_m over station))",
        "count(event)", "count(event 7)", "count(event collision over chaser)", "final(count(soc_pct < 20 over chaser))", "event collision",
    };
    qf_sweep_parameter parameters[] = {{.name = "limit"}, {.name = "range", .unit = "m"}};
    docking(*state);
    for (size_t i = 0; i < COUNT(texts); i++) {
        metric_test test = {.parameters = parameters, .n_parameters = 2};
        test.specs[0].name = "m0";
        if (PLAN(*state, &test, "final(chaser.propellant_kg)", texts[i])) {
            printf("OK   %s: %d %s  v%zu t%zu\n", texts[i], (int)test.specs[1].kind, test.specs[1].unit ? test.specs[1].unit : "-",
                   test.plan->n_over_vehicles, test.plan->n_over_time);
        } else {
            printf("FAIL %s\n     %*s", texts[i], (int)test.error.begin, "");
            for (size_t k = test.error.begin; k < test.error.end; k++) putchar('^');
            printf("\n     %s\n", test.error.message);
        }
        qf_arena_free(&test.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(show),
    };
    (void)patrol;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
