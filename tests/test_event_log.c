/* SPDX-License-Identifier: Apache-2.0 */
#include "event_log.h"
#include "vehicle.h"

static qf_event_log *make_log(int n_lists, bool keep)
{
    qf_context context = qf_context_default();
    qf_event_log *log;
    assert_int_equal(qf_event_log_create(&context, n_lists, keep, &log), QF_OK);
    return log;
}

static void add(qf_event_log *log, int thread, int64_t tick, uint32_t entity, qf_event_code code,
                int32_t subject)
{
    const qf_event event = {
        .tick = tick, .cause = -1, .entity = entity, .subject = subject, .code = (uint16_t)code};
    qf_event_list_add(qf_event_log_list(log, thread), &event);
}

static const qf_event *commit(qf_event_log *log, size_t expected)
{
    qf_context context = qf_context_default();
    const qf_event *events = NULL;
    size_t n = SIZE_MAX;
    assert_int_equal(qf_event_log_commit(&context, log, &events, &n), QF_OK);
    assert_int_equal(n, expected);
    return events;
}

static void events_come_out_by_tick_entity_code_and_subject(void **state)
{
    (void)state;
    static const struct {
        int64_t tick;
        uint32_t entity;
        qf_event_code code;
        int32_t subject;
    } ordered[] = {
        {1, 3, QF_EVENT_RCS_START, 1},    {1, 3, QF_EVENT_POWER_LOW, -1},
        {1, 3, QF_EVENT_THERMAL_TRIP, 0}, {1, 3, QF_EVENT_THERMAL_TRIP, 2},
        {1, 4, QF_EVENT_RCS_START, 6},    {2, 0, QF_EVENT_POWER_LOW, -1},
        {2, 0, QF_EVENT_THERMAL_TRIP, 1}, {2, 70000, QF_EVENT_RCS_START, 1},
        {300, 1, QF_EVENT_POWER_LOW, -1},
    };
    qf_event_log *log = make_log(3, true);
    /* 5 and 9 have no common divisor: an order that is neither this one nor its reverse */
    for (size_t k = 0; k < COUNT(ordered); k++) {
        const size_t i = (5 * k + 3) % COUNT(ordered);
        add(log, (int)(k % 3), ordered[i].tick, ordered[i].entity, ordered[i].code,
            ordered[i].subject);
    }
    const qf_event *events = commit(log, COUNT(ordered));
    for (size_t k = 0; k < COUNT(ordered); k++) {
        assert_int_equal(events[k].tick, ordered[k].tick);
        assert_int_equal(events[k].entity, ordered[k].entity);
        assert_int_equal(events[k].code, ordered[k].code);
        assert_int_equal(events[k].subject, ordered[k].subject);
        assert_int_equal(events[k].cause, -1);
    }
    commit(log, 0);
    qf_event_log_free(log);
}

static void what_ends_a_condition_names_what_began_it(void **state)
{
    (void)state;
    qf_event_log *log = make_log(1, true);
    add(log, 0, 1, 0, QF_EVENT_RCS_START, 1);    /* 0 */
    add(log, 0, 1, 1, QF_EVENT_RCS_START, 2);    /* 1 */
    add(log, 0, 2, 0, QF_EVENT_POWER_LOW, -1);   /* 2 */
    add(log, 0, 3, 0, QF_EVENT_THERMAL_TRIP, 0); /* 3 */
    add(log, 0, 3, 0, QF_EVENT_THERMAL_TRIP, 5); /* 4 */
    add(log, 0, 4, 1, QF_EVENT_THERMAL_TRIP, 5); /* 5 */
    add(log, 0, 5, 0, QF_EVENT_RCS_STOP, 1);     /* 6 */
    add(log, 0, 6, 0, QF_EVENT_POWER_OK, -1);    /* 7 */
    add(log, 0, 7, 0, QF_EVENT_THERMAL_OK, 5);   /* 8 */
    const qf_event *events = commit(log, 9);
    static const int64_t first[] = {-1, -1, -1, -1, -1, -1, 0, 2, 4};
    for (size_t k = 0; k < 9; k++) {
        assert_int_equal(events[k].cause, first[k]);
    }
    /* numbers go on over commits; what is over is not named again */
    add(log, 0, 8, 1, QF_EVENT_RCS_STOP, 2);    /* 9 */
    add(log, 0, 9, 0, QF_EVENT_THERMAL_OK, 0);  /* 10 */
    add(log, 0, 10, 0, QF_EVENT_RCS_START, 1);  /* 11 */
    add(log, 0, 11, 0, QF_EVENT_POWER_LOW, -1); /* 12 */
    add(log, 0, 12, 0, QF_EVENT_RCS_STOP, 1);   /* 13 */
    add(log, 0, 13, 0, QF_EVENT_POWER_OK, -1);  /* 14 */
    add(log, 0, 14, 1, QF_EVENT_THERMAL_OK, 5); /* 15 */
    add(log, 0, 15, 1, QF_EVENT_POWER_OK, -1);  /* 16: nothing led to it */
    events = commit(log, 8);
    static const int64_t second[] = {1, 3, -1, -1, 11, 12, 5, -1};
    for (size_t k = 0; k < 8; k++) {
        assert_int_equal(events[k].cause, second[k]);
    }
    qf_event_log_free(log);
}

static void critical_power_follows_from_low_power_and_ok_from_the_last_of_them(void **state)
{
    (void)state;
    qf_event_log *log = make_log(1, true);
    add(log, 0, 1, 7, QF_EVENT_POWER_LOW, -1);
    add(log, 0, 2, 7, QF_EVENT_POWER_CRITICAL, -1);
    add(log, 0, 3, 7, QF_EVENT_POWER_OK, -1);
    add(log, 0, 4, 7, QF_EVENT_POWER_CRITICAL, -1); /* a new one, without low power before it */
    const qf_event *events = commit(log, 4);
    assert_int_equal(events[0].cause, -1);
    assert_int_equal(events[1].cause, 0);
    assert_int_equal(events[2].cause, 1);
    assert_int_equal(events[3].cause, -1);
    qf_event_log_free(log);
}

/* more open conditions than the table that keeps them starts with */
static void conditions_of_many_entities_are_kept_apart(void **state)
{
    (void)state;
    enum { N = 20000 };
    qf_event_log *log = make_log(2, true);
    for (uint32_t e = 0; e < N; e++) {
        add(log, (int)(e % 2), 1, e, QF_EVENT_POWER_LOW, -1);
        add(log, (int)(e % 2), 1, e, QF_EVENT_THERMAL_TRIP, (int32_t)(e % 7));
    }
    commit(log, (size_t)2 * N);
    for (uint32_t e = 0; e < N; e++) {
        add(log, 0, 2, e, QF_EVENT_POWER_OK, -1);
        add(log, 1, 2, e, QF_EVENT_THERMAL_OK, (int32_t)(e % 7));
    }
    const qf_event *events = commit(log, (size_t)2 * N);
    for (size_t k = 0; k < (size_t)2 * N; k++) {
        assert_int_equal(events[k].cause, k);
    }
    qf_event_log_free(log);
}

static void a_log_that_keeps_nothing_counts(void **state)
{
    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        qf_event_log *log = make_log(2, keep != 0);
        add(log, 0, 1, 0, QF_EVENT_RCS_START, 1);
        add(log, 1, 1, 1, QF_EVENT_RCS_START, 1);
        add(log, 1, 2, 1, QF_EVENT_RCS_STOP, 1);
        commit(log, keep ? 3 : 0);
        add(log, 0, 3, 0, QF_EVENT_RCS_START, 1);
        assert_int_equal(qf_event_log_count(log, QF_EVENT_RCS_START), 3);
        assert_int_equal(qf_event_log_count(log, QF_EVENT_RCS_STOP), 1);
        assert_int_equal(qf_event_log_count(log, QF_EVENT_BOOT_START), 0);
        qf_event_log_free(log);
    }
    qf_event_log_free(NULL);
}

static void every_vehicle_boots_once(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.count = 1030, .worlds = 2, .initial = "soc_pct: 55"});
    advance(&v, 1);
    size_t n;
    const qf_event *events = qf_simulation_events(v.simulation, &n);
    assert_int_equal(n, 2 * 2060);
    for (size_t e = 0; e < 2060; e++) {
        const qf_event *boot = &events[2 * e];
        assert_int_equal(boot[0].code, 100);
        assert_int_equal(boot[1].code, 101);
        assert_int_equal(boot[0].cause, -1);
        assert_int_equal(boot[1].cause, 2 * e);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(boot[k].tick, 0);
            assert_int_equal(boot[k].entity, e);
            assert_int_equal(boot[k].world, e / 1030);
            assert_int_equal(boot[k].subject, -1);
            assert_int_equal(boot[k].severity, QF_SEVERITY_INFO);
            assert_exact(boot[k].value, 55.0);
        }
    }
    advance(&v, 5);
    qf_simulation_events(v.simulation, &n);
    assert_int_equal(n, 0);
    finish(&v);
}

/*
 * One percent a tick down from 22: low in the third tick, which starts at 20; critical in the
 * fifth, which starts at 18; up again from the sixth on, so that the 19th starts at 30 and low is over too,
 * long after critical. The box halves its temperature in every tick.
 */
static void events_of_a_vehicle_tell_what_happened_when(void **state)
{
    (void)state;
    static const struct {
        int64_t tick, cause;
        int code, subject, severity;
        double value;
    } expected[] = {
        {0, -1, 100, -1, QF_SEVERITY_INFO, 22.0},    {0, 0, 101, -1, QF_SEVERITY_INFO, 22.0},
        {1, -1, 702, 0, QF_SEVERITY_CRITICAL, 80.0}, {2, 2, 700, 0, QF_SEVERITY_INFO, 40.0},
        {3, -1, 602, -1, QF_SEVERITY_WARNING, 19.0}, {5, 4, 603, -1, QF_SEVERITY_CRITICAL, 17.0},
        {19, 5, 601, -1, QF_SEVERITY_INFO, 31.0},
    };
    vehicles v;
    start(&v, &(scene){.initial = "soc_pct: 22",
                       .more = "soc_critical_pct: 18,",
                       .hardware = "power_capacity_wh: 1, power_plane: {base_power_out_w: 36,"
                                   " dock_current_limit_a: 3.6}, thermal_plane: {nodes: [{id: box,"
                                   " heat_capacity_j_per_c: 2, cooling_w_per_c: 1, t_init_c: 160,"
                                   " t_max_c: 80, t_hysteresis_c: 40}]}",
                       .script = "{step: 5, cmd: dock, connected: true}"});
    advance(&v, 40);
    size_t n;
    const qf_event *events = qf_simulation_events(v.simulation, &n);
    assert_int_equal(n, COUNT(expected));
    for (size_t k = 0; k < COUNT(expected); k++) {
        assert_int_equal(events[k].tick, expected[k].tick);
        assert_int_equal(events[k].code, expected[k].code);
        assert_int_equal(events[k].cause, expected[k].cause);
        assert_int_equal(events[k].subject, expected[k].subject);
        assert_int_equal(events[k].severity, expected[k].severity);
        assert_near(events[k].value, expected[k].value, 1e-12);
    }
    finish(&v);
}

static void thrusters_report_start_and_stop_with_their_axis(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.groups = "  - {name: g, kind: bot, count: 2, hardware: " STOCK_HARDWARE
                                 ", script: [{step: 2, cmd: rcs, axis: port, pct: 50,"
                                 " duration_s: {grid: [3, 1]}}]}"});
    advance(&v, 20);
    static const struct {
        int64_t tick, cause;
        int code;
        uint32_t entity;
    } expected[] = {{3, -1, 300, 0}, {3, -1, 300, 1}, {4, 5, 301, 1}, {6, 4, 301, 0}};
    size_t n;
    const qf_event *events = qf_simulation_events(v.simulation, &n);
    assert_int_equal(n, 4 + COUNT(expected));
    for (size_t k = 0; k < COUNT(expected); k++) {
        const qf_event *event = &events[4 + k];
        assert_int_equal(event->tick, expected[k].tick);
        assert_int_equal(event->code, expected[k].code);
        assert_int_equal(event->entity, expected[k].entity);
        assert_int_equal(event->cause, expected[k].cause);
        assert_int_equal(event->subject, QF_AXIS_PORT);
    }
    finish(&v);
}

static void a_commanded_stop_names_the_axis_that_stopped(void **state)
{
    (void)state;
    vehicles v;
    start(&v, &(scene){.groups = "  - {name: g, kind: bot, count: 1, hardware: " STOCK_HARDWARE
                                 ", script: ["
                                 "{step: 2, cmd: rcs, axis: port, pct: 50, duration_s: 9},"
                                 "{step: 4, cmd: rcs, axis: port, pct: 0, duration_s: 0}]}"});
    advance(&v, 9);
    size_t n;
    const qf_event *events = qf_simulation_events(v.simulation, &n);
    assert_int_equal(n, 4);
    assert_int_equal(events[3].code, 301);
    assert_int_equal(events[3].tick, 5);
    assert_int_equal(events[3].cause, 2);
    assert_int_equal(events[3].subject, QF_AXIS_PORT);
    finish(&v);
}

/* nodes 0 to 99; 56 has the first bit of the second fault word */
static void trips_in_a_later_fault_word_name_their_node(void **state)
{
    (void)state;
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fputs("thermal_plane: {nodes: [", out);
    for (int k = 0; k < 100; k++) {
        fprintf(out, "{id: n%d, heat_capacity_j_per_c: 1e9, t_init_c: %d, t_max_c: 80}, ", k,
                k == 55 || k == 56 || k == 99 ? 100 : 20);
    }
    fputs("]}", out);
    assert_int_equal(fclose(out), 0);
    vehicles v;
    start(&v, &(scene){.hardware = text});
    free(text);
    advance(&v, 3);
    size_t n;
    const qf_event *events = qf_simulation_events(v.simulation, &n);
    assert_int_equal(n, 2 + 3);
    static const int32_t nodes[] = {55, 56, 99};
    for (size_t k = 0; k < 3; k++) {
        assert_int_equal(events[2 + k].code, 702);
        assert_int_equal(events[2 + k].subject, nodes[k]);
        assert_exact(events[2 + k].value, 100.0);
    }
    finish(&v);
}

static const scene busy = {
    .count = 3000,
    .worlds = 2,
    .seed = 6,
    .dt_s = 1.0,
    .initial = "soc_pct: {uniform: {min: 5, max: 40}}",
    .hardware =
        "power_capacity_wh: 1, power_plane: {base_power_out_w: {uniform: {min: 1, max: 30}},"
        " dock_current_limit_a: 3}, thermal_plane: {nodes: [{id: core,"
        " heat_capacity_j_per_c: 2, cooling_w_per_c: 1, t_init_c: {uniform: {min: 0,"
        " max: 160}}, t_max_c: 60, t_hysteresis_c: 5}]}, propulsion_plane: {thrusters: ["
        "{position_m: [0, 0, 0], direction: [1, 0, 0], f_max_newton: 1},"
        "{position_m: [0, 0, 0], direction: [1, 0, 0], f_max_newton: 1}]}",
    .script = "{step: 20, cmd: dock, connected: true}, {step: 30, cmd: rcs, axis: forward, pct: 50,"
              " duration_s: {uniform: {min: 1, max: 30}}}"};

static size_t run_busy(int n_threads, int64_t stride, qf_event *all, size_t capacity)
{
    scene s = busy;
    s.n_threads = n_threads;
    vehicles v;
    start(&v, &s);
    size_t total = 0;
    while (v.fleet.tick < 100) {
        advance(&v, stride);
        size_t n;
        const qf_event *events = qf_simulation_events(v.simulation, &n);
        assert_true(total + n <= capacity);
        if (n) {
            memcpy(all + total, events, n * sizeof *events);
        }
        total += n;
    }
    finish(&v);
    return total;
}

static void assert_same_event(const qf_event *a, const qf_event *b)
{
    assert_int_equal(a->tick, b->tick);
    assert_int_equal(a->cause, b->cause);
    assert_memory_equal(&a->value, &b->value, sizeof a->value);
    assert_int_equal(a->world, b->world);
    assert_int_equal(a->entity, b->entity);
    assert_int_equal(a->subject, b->subject);
    assert_int_equal(a->code, b->code);
    assert_int_equal(a->severity, b->severity);
}

static void any_number_of_threads_gives_the_same_events_in_order(void **state)
{
    (void)state;
    enum { CAPACITY = 100000 };
    static qf_event one[CAPACITY];
    static qf_event many[CAPACITY];
    const size_t n = run_busy(1, 100, one, CAPACITY);
    assert_true(n > 20000);
    bool seen[QF_EVENT_CODES] = {false};
    for (size_t k = 0; k < n; k++) {
        seen[one[k].code] = true;
        assert_true(one[k].cause < (int64_t)k);
        if (one[k].cause >= 0) {
            assert_int_equal(one[one[k].cause].entity, one[k].entity);
        }
        if (k > 0) {
            const qf_event *before = &one[k - 1];
            assert_true(before->tick < one[k].tick ||
                        (before->tick == one[k].tick &&
                         (before->entity < one[k].entity ||
                          (before->entity == one[k].entity && before->code < one[k].code))));
        }
    }
    assert_true(seen[100] && seen[101] && seen[300] && seen[301] && seen[601] && seen[602] &&
                seen[603] && seen[700] && seen[702]);
    for (int n_threads = 2; n_threads <= 4; n_threads++) {
        assert_int_equal(run_busy(n_threads, n_threads == 3 ? 1 : 50, many, CAPACITY), n);
        for (size_t k = 0; k < n; k++) {
            assert_same_event(&many[k], &one[k]);
        }
    }
}

static void events_that_nobody_keeps_are_counted_the_same(void **state)
{
    (void)state;
    static const qf_event_code codes[] = {
        QF_EVENT_BOOT_START,     QF_EVENT_BOOT_OK,    QF_EVENT_RCS_START,
        QF_EVENT_RCS_STOP,       QF_EVENT_POWER_OK,   QF_EVENT_POWER_LOW,
        QF_EVENT_POWER_CRITICAL, QF_EVENT_THERMAL_OK, QF_EVENT_THERMAL_TRIP};
    scene s = busy;
    s.n_threads = 2;
    vehicles kept;
    vehicles counted;
    start(&kept, &s);
    s.count_events_only = true;
    start(&counted, &s);
    advance(&kept, 100);
    advance(&counted, 100);
    size_t n;
    qf_simulation_events(counted.simulation, &n);
    assert_int_equal(n, 0);
    const qf_event *events = qf_simulation_events(kept.simulation, &n);
    for (size_t c = 0; c < COUNT(codes); c++) {
        int64_t listed = 0;
        for (size_t k = 0; k < n; k++) {
            listed += events[k].code == codes[c];
        }
        assert_true(listed > 0);
        assert_int_equal(qf_simulation_event_count(kept.simulation, codes[c]), listed);
        assert_int_equal(qf_simulation_event_count(counted.simulation, codes[c]), listed);
    }
    finish(&kept);
    finish(&counted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_out_by_tick_entity_code_and_subject),
        cmocka_unit_test(what_ends_a_condition_names_what_began_it),
        cmocka_unit_test(critical_power_follows_from_low_power_and_ok_from_the_last_of_them),
        cmocka_unit_test(conditions_of_many_entities_are_kept_apart),
        cmocka_unit_test(a_log_that_keeps_nothing_counts),
        cmocka_unit_test(every_vehicle_boots_once),
        cmocka_unit_test(events_of_a_vehicle_tell_what_happened_when),
        cmocka_unit_test(thrusters_report_start_and_stop_with_their_axis),
        cmocka_unit_test(a_commanded_stop_names_the_axis_that_stopped),
        cmocka_unit_test(trips_in_a_later_fault_word_name_their_node),
        cmocka_unit_test(any_number_of_threads_gives_the_same_events_in_order),
        cmocka_unit_test(events_that_nobody_keeps_are_counted_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
