/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics taken apart: what they are made of, their kinds and units, and what is said of wrong ones, and where. */
#include <math.h>

#include "failing_memory.h"
#include "kernels.h"
#include "metric_fixture.h"

static const qf_sweep_parameter parameters[] = {
    {.name = "limit"},
    {.name = "range", .unit = "m"},
    {.name = "mode",
     .texts = (const char *const[]){"off", "on"},
     .values = {.kind = QF_NUMBER_CHOICE, .items = (const double[]){0.0, 1.0}, .n_items = 2}},
};

static metric_test with_parameters(void)
{
    return (metric_test){.parameters = parameters, .n_parameters = COUNT(parameters)};
}

static void load_config(fixture *f, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, PROJECT_SOURCE_DIR "/configs/%s.yaml", name);
    load_file(f, path, NULL, 0);
}

/* ---- what plans are made of ---- */

static void a_metric_is_taken_apart_into_its_levels(void **state)
{
    metric_test test = {0};
    load_config(*state, "docking");
    MAKE(*state, &test, "quantile(max(temp_core_c over chaser) - chaser.temp_core_c, 0.95)");
    const qf_metric_plan *plan = test.plan;
    size_t n;
    assert_int_equal(plan->n_metrics, 1);
    assert_ptr_equal(plan->metrics[0].spec, &test.specs[0]);
    assert_int_equal(plan->n_over_time, 1);
    assert_int_equal(plan->over_time[0].reduce, QF_REDUCE_QUANTILE);
    assert_int_equal(plan->over_time[0].what, QF_REDUCED_MOMENTS);
    assert_true(plan->over_time[0].level == 0.95);
    assert_int_equal(plan->n_over_vehicles, 2);
    assert_int_equal(plan->over_vehicles[0].over, QF_OVER_MAX);
    assert_int_equal(plan->over_vehicles[1].over, QF_OVER_ONE);
    assert_int_equal(plan->over_vehicles[0].group, 1);
    assert_int_equal(plan->over_vehicles[1].group, 1);
    /* each level reads the numbers of the one below */
    const size_t *columns = qf_expression_columns(&test.arena, plan->metrics[0].of, &n);
    assert_int_equal(n, 1);
    assert_int_equal(columns[0], 0);
    columns = qf_expression_columns(&test.arena, plan->over_time[0].of, &n);
    assert_int_equal(n, 2);
    assert_int_equal(columns[0], 0);
    assert_int_equal(columns[1], 1);
    columns = qf_expression_columns(&test.arena, plan->over_vehicles[0].of, &n);
    assert_int_equal(n, 1);
    assert_int_equal(columns[0], qf_catalog_find(&test.catalog, "temp_core_c")->column);
    qf_arena_free(&test.arena);
}

static void what_is_reduced_twice_is_listed_once(void **state)
{
    metric_test test = {0};
    load_config(*state, "docking");
    test.until = "any(dock.hard and true over chaser)";
    MAKE(*state, &test, "max(max(soc_pct over chaser)) - final(chaser.x_m) / 1 m * 1 %",
         "max( (max((soc_pct) over chaser)) )", "final(chaser.x_m) + final((chaser.x_m))",
         "count(event 920) + count(event collision)", "final(any(dock.hard over chaser))");
    assert_int_equal(test.plan->n_over_time, 4);
    assert_int_equal(test.plan->n_over_vehicles, 3);
    /* another group, another level, another reduction, another unit */
    MAKE(*state, &test, "max(max(soc_pct over chaser))", "max(max(soc_pct over station))",
         "max(min(soc_pct over chaser))", "min(max(soc_pct over chaser))",
         "quantile(chaser.x_m, 0.5)", "quantile(chaser.x_m, 0.75)", "count(event 920)",
         "count(event 920 of chaser)", "first_time(event 920)");
    assert_int_equal(test.plan->n_over_time, 9);
    assert_int_equal(test.plan->n_over_vehicles, 5); /* one of `until` */
    qf_arena_free(&test.arena);
}

static void parameters_and_metrics_come_behind_the_reductions(void **state)
{
    metric_test test = with_parameters();
    size_t n;
    load_config(*state, "docking");
    test.specs[0].name = "way_m";
    MAKE(*state, &test, "final(chaser.y_m - station.y_m)",
         "way_m * 2 > parameter.limit and count(event collision) == 0", "m1 and way_m < 1 km",
         "parameter.mode == on or first_time(event halt) > 3 s", "way_m < parameter.range");
    assert_int_equal(test.plan->n_over_time, 3);
    const size_t *columns = qf_expression_columns(&test.arena, test.plan->metrics[1].of, &n);
    assert_int_equal(n, 3);
    assert_int_equal(columns[0], 1); /* count */
    assert_int_equal(columns[1], 3); /* limit */
    assert_int_equal(columns[2], 6); /* way_m */
    columns = qf_expression_columns(&test.arena, test.plan->metrics[2].of, &n);
    assert_int_equal(n, 2);
    assert_int_equal(columns[0], 6);
    assert_int_equal(columns[1], 7);
    columns = qf_expression_columns(&test.arena, test.plan->metrics[3].of, &n);
    assert_int_equal(columns[n - 1], 5);
    qf_arena_free(&test.arena);
}

static void metrics_have_the_kind_and_unit_of_what_they_reduce(void **state)
{
    static const struct {
        const char *text;
        qf_value_kind kind;
        const char *unit;
    } expected[] = {
        {"final(chaser.propellant_kg)", QF_VALUE_NUMBER, "kg"},
        {"mean(mean(temp_core_c over chaser))", QF_VALUE_NUMBER, "degree_Celsius"},
        {"min(min(soc_pct over chaser))", QF_VALUE_NUMBER, "percent"},
        {"final(sum(speed_mps * 2 over chaser))", QF_VALUE_NUMBER, "m s-1"},
        {"quantile(chaser.x_m * station.y_m, 0.5)", QF_VALUE_NUMBER, "m2"},
        {"first_time(any(dock.hard over chaser))", QF_VALUE_NUMBER, "s"},
        {"duration(chaser.docked and chaser.x_m > 3)", QF_VALUE_NUMBER, "s"},
        {"first_time(event hard_capture of chaser)", QF_VALUE_NUMBER, "s"},
        {"count(event collision)", QF_VALUE_NUMBER, NULL},
        {"count(chaser.docked)", QF_VALUE_NUMBER, NULL},
        {"max(count(docked over chaser))", QF_VALUE_NUMBER, NULL},
        {"count(event collision) == 0", QF_VALUE_TRUTH, NULL},
        {"any(event 521 of chaser)", QF_VALUE_TRUTH, NULL},
        {"any(all(soc_pct > 20 over chaser))", QF_VALUE_TRUTH, NULL},
        {"all(chaser.soc_pct > station.soc_pct)", QF_VALUE_TRUTH, NULL},
        {"final(chaser.dock.hard) and initial(chaser.dock.free)", QF_VALUE_TRUTH, NULL},
        {"final(chaser.state)", QF_VALUE_CHOICE, NULL},
        {"final(chaser.state) == DOCKED", QF_VALUE_TRUTH, NULL},
        {"DOCKED == final(chaser.state)", QF_VALUE_TRUTH, NULL},
        {"duration(chaser.state == DOCKED)", QF_VALUE_NUMBER, "s"},
        {"max(count(state == DOCKED over chaser))", QF_VALUE_NUMBER, NULL},
        {"final(time_s)", QF_VALUE_NUMBER, "s"},
        {"final(2)", QF_VALUE_NUMBER, NULL},
        {"parameter.range", QF_VALUE_NUMBER, "m"},
        {"parameter.limit", QF_VALUE_NUMBER, NULL},
        {"parameter.mode", QF_VALUE_CHOICE, NULL},
        {"final(chaser.x_m) < parameter.limit", QF_VALUE_TRUTH, NULL},
        {"min(final(chaser.x_m), final(station.x_m), 2 km)", QF_VALUE_NUMBER, "m"},
        {"max(max(chaser.x_m, station.x_m))", QF_VALUE_NUMBER, "m"},
        {"max(max(max(x_m, y_m) over chaser))", QF_VALUE_NUMBER, "m"},
        {"any(any(soc_pct < 20 over chaser))", QF_VALUE_TRUTH, NULL}, /* no unit called `over` */
        {"any(any(hold(soc_pct < 20, 2 s) over chaser))", QF_VALUE_TRUTH, NULL},
        {"any(hold(chaser.soc_pct < 20, 3 ticks))", QF_VALUE_TRUTH, NULL},
        {"any(chaser.late)", QF_VALUE_TRUTH, NULL}, /* a signal of the only machine */
        {"max(max(soc_pct over \"chaser\"))", QF_VALUE_NUMBER, "percent"},
    };
    load_config(*state, "docking");
    for (size_t i = 0; i < COUNT(expected); i++) {
        metric_test test = with_parameters();
        MAKE(*state, &test, expected[i].text);
        const char *unit = test.specs[0].unit;
        if (test.specs[0].kind != expected[i].kind ||
            (unit && expected[i].unit ? strcmp(unit, expected[i].unit) != 0
                                      : unit != expected[i].unit)) {
            fail_msg("%s: kind %d, unit %s", expected[i].text, test.specs[0].kind,
                     unit ? unit : "none");
        }
        assert_true((test.specs[0].names != NULL) == (expected[i].kind == QF_VALUE_CHOICE));
        qf_arena_free(&test.arena);
    }
}

static void what_a_plan_needs_is_known(void **state)
{
    static const struct {
        const char *text, *until;
        bool vehicles, outputs, events, detections;
    } expected[] = {
        {"count(event collision)", NULL, false, false, true, false},
        {"first_time(detection)", NULL, false, false, false, true},
        {"count(false_alarm of sentries)", NULL, false, false, false, true},
        {"final(time_s)", NULL, true, false, false, false},
        {"max(max(soc_pct over sentries))", NULL, true, false, false, false},
        {"min(min(bus_v over sentries))", NULL, true, true, false, false},
        {"count(event halt)", "any(load_radar_w > 0 over sentries)", true, true, true, false},
    };
    load_config(*state, "contacts");
    for (size_t i = 0; i < COUNT(expected); i++) {
        metric_test test = {.until = expected[i].until};
        MAKE(*state, &test, expected[i].text);
        assert_int_equal(test.plan->looks_at_vehicles, expected[i].vehicles);
        assert_int_equal(test.plan->looks_at_outputs, expected[i].outputs);
        assert_int_equal(test.plan->counts_events, expected[i].events);
        assert_int_equal(test.plan->counts_detections, expected[i].detections);
        assert_true((test.plan->until != NULL) == (expected[i].until != NULL));
        qf_arena_free(&test.arena);
    }
}

static void events_are_known_by_name_and_by_number(void **state)
{
    metric_test test = {0};
    load_config(*state, "contacts");
    MAKE(*state, &test, "count(event track_confirmed)", "count(event 211 of sentries)",
         "first_time( event  211 )", "count(event 999)", "first_time(detection of sentries)",
         "count(false_alarm)");
    const qf_time_reduction *list = test.plan->over_time;
    assert_int_equal(test.plan->n_over_time, 6);
    assert_int_equal(list[0].what, QF_REDUCED_EVENTS);
    assert_int_equal(list[0].code, QF_EVENT_TRACK_CONFIRMED);
    assert_int_equal(list[0].group, QF_ANY_GROUP);
    assert_int_equal(list[0].reduce, QF_REDUCE_COUNT);
    assert_int_equal(list[1].code, 211);
    assert_int_equal(list[1].group, 0);
    assert_int_equal(list[2].reduce, QF_REDUCE_FIRST_TIME);
    assert_int_equal(list[2].code, 211);
    assert_int_equal(list[3].code, 999);
    assert_int_equal(list[4].what, QF_REDUCED_DETECTIONS);
    assert_int_equal(list[4].group, 0);
    assert_int_equal(list[5].what, QF_REDUCED_FALSE_ALARMS);
    assert_int_equal(list[5].code, QF_ANY_CODE);
    qf_arena_free(&test.arena);
}

/* ---- what they come to ---- */

enum { SLOTS = 8, MOST_COLUMNS = 8 };

/* values of one expression over columns, in the slots of a block */
static void evaluate_over(qf_arena *arena, const qf_expression *expression, void *const *columns,
                          double *values)
{
    static double numbers[QF_PROGRAM_MOST_NUMBERS][QF_PROGRAM_VEHICLES]
        __attribute__((aligned(64)));
    static uint8_t truths[64][QF_PROGRAM_BYTES] __attribute__((aligned(64)));
    const qf_registers registers = {.number = numbers, .truth = truths};
    const qf_evaluation evaluation = {.n_bytes = 1, .valid = {0xff}, .uniform = {4.0, 2.0}};
    uint16_t truth = 0;
    qf_operand number = {0};
    qf_expression_error error;
    qf_program program;
    qf_program_builder *builder = qf_program_builder_create(arena);
    assert_true(qf_program_add(builder, expression, &truth, &number, &error));
    assert_true(qf_program_finish(builder, columns, NULL, &program));
    qf_kernels_best()->program(&program, &evaluation, &registers);
    for (size_t i = 0; i < SLOTS; i++) {
        if (qf_expression_kind(expression) == QF_VALUE_TRUTH) {
            values[i] = truths[truth][0] >> i & 1;
        } else {
            assert_int_equal(number.kind, QF_OPERAND_NUMBER);
            values[i] = numbers[number.index][i];
        }
    }
}

/* the same over columns of doubles */
static void evaluate(qf_arena *arena, const qf_expression *expression, double (*columns)[SLOTS],
                     double *values)
{
    void *places[MOST_COLUMNS];
    for (size_t i = 0; i < MOST_COLUMNS; i++) {
        places[i] = columns[i];
    }
    evaluate_over(arena, expression, places, values);
}

static void choices_become_places_among_their_names(void **state)
{
    metric_test test = {0};
    double values[SLOTS];
    /* states are numbered over all groups: A 0, B 1, C 2 */
    load(*state, TIME "groups:\n"
                      "  - name: first\n    kind: bot\n    count: 1\n"
                      "    hardware: {hardware_profile: {}}\n"
                      "    fsm: {name: x, states: {A: {transitions: [{condition: soc_pct < 5, "
                      "target: B}]}, B: {terminal: true}}}\n"
                      "  - name: second\n    kind: bot\n    count: 1\n"
                      "    hardware: {hardware_profile: {}}\n"
                      "    fsm: {name: y, states: {C: {transitions: [{condition: soc_pct < 5, "
                      "target: A}]}, A: {transitions: [{condition: soc_pct < 5, target: B}]}, B: "
                      "{terminal: true}}}\n");
    MAKE(*state, &test, "final(second.state)", "final(second.transponder_mode)",
         "final(first.state)", "final(second.state) == A");
    static const char *const names[] = {"C", "A", "B"};
    assert_int_equal(test.specs[0].n_names, 3);
    for (size_t s = 0; s < 3; s++) {
        assert_string_equal(test.specs[0].names[s], names[s]);
    }
    assert_int_equal(test.specs[2].n_names, 2);
    /* what columns of states hold; there is no state 99 */
    int64_t states[SLOTS] = {0, 1, 2, 99};
    int64_t modes[SLOTS] = {0, 1, 2, 1};
    void **fleet = qf_arena_array(&test.arena, test.catalog.n_columns, sizeof *fleet);
    fleet[test.catalog.first_column[QF_FIELD_FSM_STATE]] = states;
    fleet[test.catalog.first_column[QF_FIELD_TRANSPONDER_MODE]] = modes;
    assert_int_equal(test.plan->n_over_vehicles, 3);
    assert_int_equal(qf_expression_kind(test.plan->over_vehicles[0].of), QF_VALUE_NUMBER);
    evaluate_over(&test.arena, test.plan->over_vehicles[0].of, fleet, values);
    assert_true(values[0] == 1.0 && values[1] == 2.0 && values[2] == 0.0 && isnan(values[3]));
    evaluate_over(&test.arena, test.plan->over_vehicles[1].of, fleet, values);
    assert_true(values[0] == 0.0 && values[1] == 1.0 && values[2] == 2.0);
    evaluate_over(&test.arena, test.plan->over_vehicles[2].of, fleet, values);
    assert_true(values[0] == 0.0 && values[1] == 1.0 && isnan(values[2]));
    /* outside, places are what is compared */
    double columns[MOST_COLUMNS][SLOTS] = {{1.0, 2.0, 0.0, (double)NAN}};
    evaluate(&test.arena, test.plan->metrics[3].of, columns, values);
    assert_true(values[0] == 1.0 && values[1] == 0.0 && values[2] == 0.0 && values[3] == 0.0);
    qf_arena_free(&test.arena);
}

static void programs_of_cases_read_numbers_truths_and_choices(void **state)
{
    metric_test test = with_parameters();
    double columns[MOST_COLUMNS][SLOTS] = {
        {0.0, 1.0, 1.0, 1.0},          /* any(...) */
        {3.0, 3.0, 0.0, 3.0},          /* state: the last but one name */
        {5.0, 5.0, 5.0, -5.0},         /* x_m */
        {1.0, 1.0, 1.0, 1.0},          /* limit */
        {2000.0, 2000.0, 2000.0, 1.0}, /* range */
        {1.0, 1.0, 1.0, 0.0},          /* mode */
    };
    double values[SLOTS];
    char text[256];
    load_config(*state, "docking");
    const fixture *f = *state;
    snprintf(text, sizeof text, "m0 and final(chaser.state) == %s and final(chaser.x_m) > 0",
             f->scenario.groups[1].machines[0]->states[3].name);
    MAKE(*state, &test, "any(any(dock.hard over chaser))", text,
         "if(parameter.mode == on, parameter.range - 1 km, final(chaser.x_m))");
    assert_int_equal(test.plan->n_over_time, 3);
    memcpy(columns[6], (double[]){0.0, 1.0, 1.0, 1.0}, 4 * sizeof(double)); /* m0 */
    evaluate(&test.arena, test.plan->metrics[0].of, columns, values);
    assert_true(values[0] == 0.0 && values[1] == 1.0 && values[2] == 1.0);
    evaluate(&test.arena, test.plan->metrics[1].of, columns, values);
    assert_true(values[0] == 0.0 && values[1] == 1.0 && values[2] == 0.0 && values[3] == 0.0);
    evaluate(&test.arena, test.plan->metrics[2].of, columns, values);
    assert_true(values[0] == 1000.0 && values[3] == -5.0);
    qf_arena_free(&test.arena);
}

static void programs_of_moments_read_reductions_over_vehicles(void **state)
{
    metric_test test = {.until = "time_s >= 2 s and chaser.docked or station.soc_pct < 5"};
    double columns[MOST_COLUMNS][SLOTS] = {{0.0, 1.0, 0.0}, {50.0, 50.0, 4.0}};
    double values[SLOTS];
    load_config(*state, "docking");
    MAKE(*state, &test, "count(event halt)");
    assert_int_equal(test.plan->n_over_vehicles, 2);
    evaluate(&test.arena, test.plan->until, columns, values);
    assert_true(values[0] == 0.0 && values[1] == 1.0 && values[2] == 1.0);
    qf_arena_free(&test.arena);
}

/* ---- errors ---- */

typedef struct wrong {
    const char *text; /* what the error is about is in braces */
    const char *message;
} wrong;

/* the text without its braces, and where they were */
static void take_braces(const char *text, char *plain, size_t *begin, size_t *end)
{
    *begin = *end = SIZE_MAX;
    size_t n = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '{') {
            *begin = n;
        } else if (*c == '}') {
            *end = n;
        } else {
            plain[n++] = *c;
        }
    }
    plain[n] = '\0';
    assert_true(*begin <= *end && *end != SIZE_MAX);
}

static void assert_wrong(const fixture *f, metric_test *test, const wrong *w, bool until)
{
    char text[600];
    size_t begin, end;
    take_braces(w->text, text, &begin, &end);
    test->until = until ? text : NULL;
    test->specs[0].name = "first";
    test->specs[2].name = "last";
    if (PLAN(f, test, "final(chaser.propellant_kg)", until ? "1" : text, "3")) {
        fail_msg("%s: nothing is wrong", text);
    }
    if (strcmp(test->error.message, w->message) != 0 || test->error.begin != begin ||
        test->error.end != end) {
        fail_msg("%s\n%zu-%zu, not %zu-%zu: %s", w->text, test->error.begin, test->error.end, begin,
                 end, test->error.message);
    }
    assert_int_equal(test->failed, until ? 3 : 1);
    qf_arena_free(&test->arena);
}

static void wrong_metrics_are_pointed_at(void **state)
{
    static const wrong list[] = {
        /* reductions */
        {"{maxx}(chaser.x_m)", "'maxx' is no reduction and no function (did you mean 'max'?)"},
        {"max({meen}(x_m over chaser))",
         "'meen' is no reduction and no function (did you mean 'mean'?)"},
        {"{foo}(3)", "'foo' is no reduction and no function"},
        {"{quantile(chaser.x_m)}",
         "quantile() needs what it is of and a level, as in quantile(VALUE, 0.95)"},
        {"{final()}", "final() needs one value, as in final(VALUE)"},
        {"{mean(chaser.x_m, 3)}", "mean() needs one value, as in mean(VALUE)"},
        {"quantile(chaser.x_m, {1.5})",
         "the level of a quantile is a constant between 0 and 1, such as 0.95"},
        {"quantile(chaser.x_m, {1})",
         "the level of a quantile is a constant between 0 and 1, such as 0.95"},
        {"quantile(chaser.x_m, {0})",
         "the level of a quantile is a constant between 0 and 1, such as 0.95"},
        {"quantile(chaser.x_m, {95 %})",
         "the level of a quantile is a constant between 0 and 1, such as 0.95"},
        {"quantile(chaser.x_m, {0.5 %})",
         "the level of a quantile is a constant between 0 and 1, such as 0.95"},
        {"quantile(chaser.x_m, {parameter.limit})",
         "the level of a quantile is a constant between 0 and 1, such as 0.95"},
        /* groups */
        {"max(max(x_m over {chasr}))", "there is no group 'chasr' (did you mean 'chaser'?)"},
        {"max(max(x_m over {others}))", "there is no group 'others'"},
        {"count(event halt of {statoin})", "there is no group 'statoin' (did you mean 'station'?)"},
        {"final({chasr.x_m})", "there is no group 'chasr' (did you mean 'chaser'?)"},
        {"max(max(x_m over{}))", "the name of a group belongs behind 'over'"},
        {"final({chaser.x_mm})", "of 'chaser': unknown name 'x_mm' (did you mean 'x_m'?)"},
        /* levels */
        {"{chaser.x_m} > 3", "'chaser.x_m' is of a moment: reduce it over time, as in "
                             "final(chaser.x_m)"},
        {"{x_m}", "'x_m' is of vehicles: say of which, as in final(station.x_m)"},
        {"final({x_m})", "'x_m' is of vehicles: say of which, as in station.x_m"},
        {"{time_s} > 3", "'time_s' is of a moment: reduce it over time, as in final(time_s)"},
        {"first + {min(soc_pct over chaser)}",
         "this is of a moment: reduce it over time, as in min(min(soc_pct over chaser))"},
        {"{count(docked over chaser)}",
         "this is of a moment: reduce it over time, as in max(count(docked over chaser))"},
        {"{sum(x_m over chaser)}",
         "this is of a moment: reduce it over time, as in final(sum(x_m over chaser))"},
        {"{sum(chaser.x_m)}",
         "sum() is over vehicles, and then over time, as in final(sum(... over GROUP))"},
        {"{final(x_m over chaser)}",
         "final() is over time: vehicles are reduced within, as in final(min(... over GROUP))"},
        {"max({final(x_m over chaser)})", "final() is over time: over vehicles there are min, max, "
                                          "mean, sum, count, any and all"},
        {"final({final(chaser.x_m)})",
         "final() is over time, and within a reduction over time: once is enough"},
        {"max({max(chaser.x_m)})", "max() within a reduction over time is over vehicles: say of "
                                   "which group, as in max(... over GROUP)"},
        {"max(max({max(x_m over chaser)} over chaser))",
         "max(... over ...) within another reduction over vehicles: they are reduced once"},
        {"max(max({final(x_m)} over chaser))",
         "final() within a reduction over vehicles: here, names are those of one vehicle, and time "
         "is reduced outside"},
        {"max(max({station.x_m} over chaser))",
         "'station.x_m' is a group's: here, names are those of the vehicles of 'chaser' alone"},
        {"max(max({port_axial_m} over station))",
         "'port_axial_m' is of vehicles of 'chaser': those of 'station' have none"},
        {"max({parameter.limit})", "'parameter.limit' is of the whole case: it stands outside of "
                                   "all reductions, as in max(...) < parameter.limit"},
        {"max(max({first} over chaser))", "'first' is of the whole case: it stands outside of all "
                                          "reductions, as in max(...) < first"},
        {"{hold(first > 3, 2 ticks)}", "hold() is about the course of time: it stands within a "
                                       "reduction over time"},
        /* metrics and parameters */
        {"{m1} + 1", "'m1' is needed to know itself"},
        {"{last} + 1", "'last' comes later: a metric may read those before it"},
        {"{firts} + 1 kg", "unknown name 'firts' (did you mean 'first'?)"},
        {"parameter.mode == {onn}",
         "'onn' is none of the names of 'parameter.mode' (did you mean 'on'?)"},
        {"{parameter.limt} > 3", "unknown name 'parameter.limt' (did you mean 'parameter.limit'?)"},
        /* kinds and units */
        {"first_time({chaser.x_m})", "a number where a truth value belongs (compare it)"},
        {"mean({chaser.docked})", "a truth value where a number belongs (of truth values there are "
                                  "any(), all(), count(), first_time() and duration())"},
        {"final(sum({docked} over chaser))", "a truth value where a number belongs (of truth "
                                             "values there are any(), all() and count())"},
        {"max({chaser.state})", "a choice where a number belongs (compare it with one of its names "
                                "by '==')"},
        {"any(any({state} over chaser))",
         "a choice where a truth value belongs (compare it with one of its names by '==')"},
        {"{final(chaser.docked)} + 1", "a truth value where a number belongs"},
        {"{final(chaser.x_m) + first}", "units do not fit: 'm' and 'kg'"},
        {"{final(chaser.x_m) < parameter.range * parameter.range}",
         "units do not fit: 'm' and 'm2'"},
        {"max(max({soc_pct < temp_core_c} over chaser))",
         "units do not fit: 'percent' and 'degree_Celsius'"},
        {"final(chaser.state) == {DOCKD}",
         "'DOCKD' is none of the names of 'final(chaser.state)' (did you mean 'DOCKED'?)"},
        /* events and detections */
        {"count(event {colision})", "unknown event 'colision' (did you mean 'collision'?)"},
        {"count(event{})", "which event? Its name or code belongs here, as in event collision or "
                           "event 920"},
        {"count(event {99})", "codes of events are whole numbers from 100 to 999"},
        {"count(event {520.5})", "codes of events are whole numbers from 100 to 999"},
        {"count(event {520 s})", "codes of events are whole numbers from 100 to 999"},
        {"count(event collision {and docked})", "nothing belongs behind an event but 'of GROUP'"},
        {"count(event collision over {chaser})", "events and detections are 'of' a group"},
        {"{mean(event collision)}",
         "mean() of events or detections: there are count(), first_time() and any()"},
        {"{count(detection)}", "nothing is detected: no group has a radar"},
        {"first_time(detection of {chaser})", "nothing is detected: group 'chaser' has no radar"},
        {"count(false_alarm {3})", "nothing belongs behind 'false_alarm' but 'of GROUP'"},
        {"max(chaser.x_m of {chaser})", "'of GROUP' belongs to event, detection and false_alarm; "
                                        "vehicles are reduced by 'over GROUP'"},
        /* grammar */
        {"final(chaser.x_m{}", "expected ',' or ')', found the end"},
        {"max(max(x_m + {over} chaser))", "expected a value, found 'over'"},
        {"max(max(x_m, y_m {over} chaser))",
         "'over' stands once, behind the only value or the first: what it is about goes into "
         "brackets of its own, as in max(max(a, b) over GROUP)"},
        {"quantile({,} 0.5)", "expected a value, found ','"},
        {"max(max(x_m + {degF} over chaser))", "unknown name 'degF'"},
        {"max(max(x_m + 3 {degF} over chaser))", "unknown unit 'degF' (did you mean 'degC'?)"},
    };
    load_config(*state, "docking");
    for (size_t i = 0; i < COUNT(list); i++) {
        metric_test test = with_parameters();
        assert_wrong(*state, &test, &list[i], false);
    }
}

/* whatever comes out of a text, there is a plan or an error that points into it */
static void assert_bounded(const fixture *f, metric_test *test, const char *text)
{
    size_t failed;
    qf_expression_error error = {0};
    qf_metric_spec spec = {.name = "m", .text = text};
    qf_arena arena = {0};
    if (!qf_metric_plan_create(&arena, &f->scenario, &test->catalog, parameters, COUNT(parameters),
                               0.1, &spec, 1, NULL, &failed, &error) &&
        (error.begin > error.end || error.end > strlen(text) || error.message[0] == '\0' ||
         failed != 0)) {
        fail_msg("%s: %zu-%zu '%s'", text, error.begin, error.end, error.message);
    }
    qf_arena_free(&arena);
}

static void errors_point_into_texts_of_which_parts_are_missing(void **state)
{
    static const char *const texts[] = {
        "quantile(max(temp_core_c + 20 degC over chaser), 0.95) > parameter.limit and true",
        "count(event hard_capture of chaser) + first_time(event 520 of \"station\") / 1 s",
        "final(chaser.state) == DOCKED or any(hold(any(soc_pct < 20 over chaser), 2 ticks))",
        "min(final(chaser.y_m - station.y_m), 3 m) * mean(sum(dock.state(\"x\") over chaser))",
    };
    metric_test test = {0};
    load_config(*state, "docking");
    MAKE(*state, &test, "1");
    for (size_t t = 0; t < COUNT(texts); t++) {
        const size_t length = strlen(texts[t]);
        for (size_t begin = 0; begin < length; begin++) {
            for (size_t gone = 1; gone <= length - begin; gone += gone < 3 ? 1 : gone) {
                /* exactly as long as it is, so that a checker sees a read beyond the end */
                char *text = malloc(length - gone + 1);
                assert_non_null(text);
                memcpy(text, texts[t], begin);
                memcpy(text + begin, texts[t] + begin + gone, length - begin - gone + 1);
                assert_bounded(*state, &test, text);
                free(text);
            }
        }
    }
    qf_arena_free(&test.arena);
}

static void several_vehicles_are_to_be_reduced(void **state)
{
    static const wrong list[] = {
        {"final({scouts.soc_pct})",
         "'scouts' has 3000 vehicles: reduce what they are, as in min(soc_pct over scouts)"},
        {"{scouts.soc_pct}",
         "'scouts' has 3000 vehicles: reduce what they are, as in min(min(soc_pct over scouts))"},
        {"final({soc_pct})", "'soc_pct' is of vehicles: reduce it, as in min(soc_pct over scouts)"},
        {"{bios_ready}",
         "'bios_ready' is of vehicles: reduce it, as in any(any(bios_ready over scouts))"},
        {"final({transponder_mode})",
         "'transponder_mode' is of vehicles: reduce it, as in any(transponder_mode == off over "
         "scouts)"},
    };
    load_config(*state, "patrol");
    for (size_t i = 0; i < COUNT(list); i++) {
        char text[300];
        size_t begin, end;
        metric_test test = {0};
        take_braces(list[i].text, text, &begin, &end);
        assert_null(PLAN(*state, &test, text));
        assert_string_equal(test.error.message, list[i].message);
        assert_int_equal(test.error.begin, begin);
        assert_int_equal(test.error.end, end);
        qf_arena_free(&test.arena);
    }
}

static void until_is_a_truth_value_of_a_moment(void **state)
{
    static const wrong list[] = {
        {"{final(chaser.docked)}", "final() is of a whole case, and this is of a moment"},
        {"{any(event hard_capture)}", "any() at a moment is over vehicles: say of which group, as "
                                      "in any(... over GROUP)"},
        {"{chaser.x_m}", "a number where a truth value belongs"},
        {"{first} > 3", "'first' is of the whole case: it stands outside of all reductions, as in "
                        "max(...) < first"},
        {"{soc_pct} < 3", "'soc_pct' is of vehicles: say of which, as in station.soc_pct"},
    };
    load_config(*state, "docking");
    for (size_t i = 0; i < COUNT(list); i++) {
        metric_test test = with_parameters();
        assert_wrong(*state, &test, &list[i], true);
    }
}

/* a plan in an arena that has that many bytes left and gets no more; how many it takes where it is made, else 0 */
static size_t plan_in(const fixture *f, const qf_catalog *catalog, size_t bytes)
{
    enum { FIRST = 256 * 1024 };
    qf_metric_spec specs[] = {{.name = "a", .text = "final(chaser.state) == DOCKED"},
                              {.name = "b", .text = "first_time(event halt) + 3 s"},
                              {.name = "c", .text = "max(max(x_m * 2 over chaser)) > 3 and a"}};
    qf_arena arena = {0};
    size_t failed;
    qf_expression_error error = {0};
    /* the second chunk is twice the first */
    assert_true(bytes < FIRST);
    assert_non_null(qf_arena_array(&arena, FIRST, 1));
    assert_non_null(qf_arena_array(&arena, 2 * FIRST - bytes, 1));
    const size_t before = arena.used_bytes;
    allocations_left = 0;
    const bool made = qf_metric_plan_create(&arena, &f->scenario, catalog, NULL, 0, 0.1, specs,
                                            COUNT(specs), "chaser.docked", &failed, &error) != NULL;
    allocations_left = -1;
    if (!made) {
        assert_string_equal(error.message, "out of memory");
    }
    const size_t used = made ? arena.used_bytes - before : 0;
    qf_arena_free(&arena);
    return used;
}

static void running_out_of_memory_is_an_error_at_any_point(void **state)
{
    qf_context context = qf_context_default();
    qf_arena arena = {0};
    qf_catalog catalog;
    skip_unless_memory_can_run_out();
    load_config(*state, "docking");
    const fixture *f = *state;
    assert_int_equal(
        qf_catalog_create(&context, &arena, f->scenario.groups, f->scenario.n_groups, &catalog),
        QF_OK);
    const size_t needed = plan_in(f, &catalog, 128 * 1024);
    assert_true(needed > 0);
    for (size_t bytes = 0; bytes < needed; bytes += 64) {
        assert_int_equal(plan_in(f, &catalog, bytes), 0);
    }
    assert_int_equal(plan_in(f, &catalog, needed), needed);
    qf_arena_free(&arena);
}

/* ---- built-in ones ---- */

/* the built-in metrics of a scenario are those, in this order, and plans can be made of them */
static void assert_builtins(fixture *f, const char *config, const char *const *expected)
{
    size_t n = 0;
    load_config(f, config);
    qf_arena *arena = &f->scenario.arena;
    const char *name;
    for (size_t i = 0; (name = qf_metric_builtin_name(arena, &f->scenario, i)) != NULL; i++) {
        metric_test test = {0};
        const char *text = qf_metric_builtin(arena, &f->scenario, name);
        if (!text) {
            continue;
        }
        if (!expected[n]) {
            fail_msg("%s: %s too", config, name);
        }
        assert_string_equal(name, expected[n]);
        MAKE(f, &test, text);
        n++;
        qf_arena_free(&test.arena);
    }
    if (expected[n]) {
        fail_msg("%s: no %s", config, expected[n]);
    }
}

#define ASSERT_BUILTINS(f, config, ...)                                                            \
    assert_builtins(f, config, (const char *const[]){__VA_ARGS__, NULL})

static void built_in_metrics_are_those_that_make_sense(void **state)
{
    ASSERT_BUILTINS(*state, "docking", "success", "collisions", "least_clearance_m", "halts",
                    "docked", "docking_time_s", "propellant_used_kg", "least_charge_pct",
                    "time_to_power_critical_s", "thermal_trips", "final_state");
    ASSERT_BUILTINS(*state, "patrol", "success", "halts", "propellant_used_kg", "least_charge_pct",
                    "time_to_power_critical_s", "thermal_trips");
    ASSERT_BUILTINS(*state, "contacts", "success", "halts", "time_to_detect_s", "false_alarms",
                    "time_to_track_s", "gospa_m", "guard_alerts", "least_charge_pct",
                    "time_to_power_critical_s");
    ASSERT_BUILTINS(*state, "sky", "success", "halts", "propellant_used_kg", "time_to_detect_s",
                    "false_alarms", "least_charge_pct", "time_to_power_critical_s",
                    "thermal_trips");
    /* of several groups each has a final state of its own */
    ASSERT_BUILTINS(*state, "harbor", "success", "collisions", "least_clearance_m", "halts",
                    "docked", "docking_time_s", "propellant_used_kg", "time_to_detect_s",
                    "false_alarms", "time_to_track_s", "gospa_m", "guard_alerts",
                    "least_charge_pct", "time_to_power_critical_s", "thermal_trips", "tasks_done",
                    "final_state_ferry_north", "final_state_ferry_east");
}

static void built_in_metrics_are_written_for_the_groups_there_are(void **state)
{
    fixture *f = *state;
    qf_arena *arena = &f->scenario.arena;
    load_config(f, "docking");
    assert_string_equal(qf_metric_builtin(arena, &f->scenario, "success"),
                        "count(event collision) == 0 and count(event halt) == 0");
    assert_string_equal(qf_metric_builtin(arena, &f->scenario, "docked"),
                        "final(any(dock.hard over chaser))");
    assert_string_equal(qf_metric_builtin(arena, &f->scenario, "least_charge_pct"),
                        "min(final(min(soc_min_pct over station)), final(min(soc_min_pct over "
                        "chaser)))");
    assert_string_equal(qf_metric_builtin(arena, &f->scenario, "final_state"),
                        "final(chaser.state)");
    assert_string_equal(qf_metric_builtin(arena, &f->scenario, "final_state_chaser"),
                        "final(chaser.state)");
    assert_null(qf_metric_builtin(arena, &f->scenario, "final_state_station"));
    assert_null(qf_metric_builtin(arena, &f->scenario, "nothing"));
    load_config(f, "behavior");
    assert_string_equal(qf_metric_builtin(arena, &f->scenario, "gospa_m"),
                        "mean((40 * mean(gospa_m over guards) + 8 * mean(gospa_m over agents)) / "
                        "48)");
    /* names that are no words stand in quotes */
    load(f, TIME
         "groups:\n  - {name: no-word, kind: bot, count: 2, hardware: {hardware_profile: {}}}\n"
         "  - {name: \"\\u00fc\", kind: bot, count: 2, hardware: {hardware_profile: {}}}\n");
    const char *text = qf_metric_builtin(arena, &f->scenario, "least_charge_pct");
    assert_string_equal(text, "min(final(min(soc_min_pct over \"no-word\")), "
                              "final(min(soc_min_pct over \"\xc3\xbc\")))");
    metric_test test = {0};
    MAKE(f, &test, text, "max(max(soc_pct over no-word))");
    qf_arena_free(&test.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_metric_is_taken_apart_into_its_levels),
        TEST(what_is_reduced_twice_is_listed_once),
        TEST(parameters_and_metrics_come_behind_the_reductions),
        TEST(metrics_have_the_kind_and_unit_of_what_they_reduce),
        TEST(what_a_plan_needs_is_known),
        TEST(events_are_known_by_name_and_by_number),
        TEST(choices_become_places_among_their_names),
        TEST(programs_of_cases_read_numbers_truths_and_choices),
        TEST(programs_of_moments_read_reductions_over_vehicles),
        TEST(wrong_metrics_are_pointed_at),
        TEST(errors_point_into_texts_of_which_parts_are_missing),
        TEST(several_vehicles_are_to_be_reduced),
        TEST(until_is_a_truth_value_of_a_moment),
        TEST(running_out_of_memory_is_an_error_at_any_point),
        TEST(built_in_metrics_are_those_that_make_sense),
        TEST(built_in_metrics_are_written_for_the_groups_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
