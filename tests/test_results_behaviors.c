/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What files say of behaviours, ports and tasks: their tables, what columns of them mean, and how what happened to them
 * is explained. Scouts are vehicles 0 to 2 and patrol, haulers are 3 and 4 and dock.
 */
#include "command.h"
#include "explain.h"
#include "netcdf_read.h"
#include "tables_fixture.h"

static const qf_guidance_spec of_scouts[] = {{.name = "patrol", .kind = QF_GUIDANCE_PATROL},
                                             {.name = "retreat", .kind = QF_GUIDANCE_WAYPOINT}};
static const qf_guidance_spec of_haulers[] = {{.name = "approach", .kind = QF_GUIDANCE_APPROACH},
                                              {.name = "retreat", .kind = QF_GUIDANCE_WAYPOINT},
                                              {.name = "keep off", .kind = QF_GUIDANCE_TASKS}};
static const qf_port_spec ports[] = {{.id = "forward_bayonet"}, {.id = "aft"}};
static const qf_docking_spec docking = {.ports = ports, .n_ports = COUNT(ports)};
static const qf_task_spec tasks[] = {{.name = "look"}, {.name = "mend the mast"}};

static void make_guided_fleet(fixture *f)
{
    make_fleet(f, 3, 1, 20);
    qf_fleet_free(&f->fleet);
    f->groups[0].guidances = of_scouts;
    f->groups[0].n_guidances = COUNT(of_scouts);
    f->groups[1].guidances = of_haulers;
    f->groups[1].n_guidances = COUNT(of_haulers);
    f->groups[1].docking = &docking;
    f->scenario.auction = (qf_auction_spec){.tasks = tasks, .n_tasks = COUNT(tasks)};
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &f->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&f->context, &f->fleet, &f->plan), QF_OK);
}

static void write_result(fixture *f, const char *path, const qf_event *events, size_t n)
{
    make_guided_fleet(f);
    begin(f, path);
    if (n > 0) {
        assert_int_equal(qf_results_events(f->results, events, n), QF_OK);
    }
    assert_int_equal(finish(f, QF_ERROR_WRITE), QF_ERROR_WRITE);
    qf_fleet_free(&f->fleet);
}

static void assert_numbers(hid_t file, const char *table, const char *name, const double *expected,
                           size_t n)
{
    double *values = read_column(file, table, name, n, 4, H5T_INTEGER);
    for (size_t i = 0; i < n; i++) {
        assert_value(name, i, values[i], expected[i]);
    }
    free(values);
}

static void names_of_behaviours_ports_and_tasks_are_there_from_the_beginning(void **state)
{
    fixture *f = *state;
    write_result(f, "a.h5", NULL, 0);
    const hid_t file = open_result("a.h5.partial");
    assert_texts(file, "behaviors/name",
                 (const char *const[]){"patrol", "retreat", "approach", "retreat", "keep off"}, 5);
    assert_numbers(file, "behaviors", "group", (const double[]){0, 0, 1, 1, 1}, 5);
    assert_numbers(file, "behaviors", "behavior", (const double[]){0, 1, 0, 1, 2}, 5);
    assert_attribute(file, "behaviors/group", "flag_meanings", "scouts heavy_haulers");
    assert_texts(file, "ports/id", (const char *const[]){"forward_bayonet", "aft"}, 2);
    assert_numbers(file, "ports", "group", (const double[]){1, 1}, 2);
    assert_numbers(file, "ports", "port", (const double[]){0, 1}, 2);
    assert_texts(file, "tasks/name", (const char *const[]){"look", "mend the mast"}, 2);
    H5Fclose(file);
    assert_info(f, "a.h5.partial",
                (const char *const[]){"behaviours  5", "ports       2", "tasks       2", NULL},
                true);
}

static void a_scenario_without_them_has_no_such_tables(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 1, 20);
    begin(f, "a.h5");
    assert_int_equal(finish(f, QF_ERROR_WRITE), QF_ERROR_WRITE);
    const hid_t file = open_result("a.h5.partial");
    static const char *const absent[] = {"behaviors", "ports", "tasks", "state/behavior"};
    for (size_t i = 0; i < COUNT(absent); i++) {
        assert_true(H5Lexists(file, absent[i], H5P_DEFAULT) == 0);
    }
    H5Fclose(file);
    assert_info(f, "a.h5.partial", (const char *const[]){"behaviours", "ports", "tasks", NULL},
                false);
}

static void assert_means(hid_t file, const char *name, const char *meanings, size_t n)
{
    const hid_t variable = H5Dopen2(file, name, H5P_DEFAULT);
    qf_nc_flags flags;
    assert_true(variable >= 0 && qf_nc_get_flags(variable, &flags));
    assert_int_equal(flags.n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(flags.values[i], i);
    }
    qf_nc_free_flags(&flags);
    qf_nc_close_id(variable);
    assert_attribute(file, name, "flag_meanings", meanings);
}

static void numbers_of_behaviours_and_states_of_ports_have_names(void **state)
{
    fixture *f = *state;
    write_result(f, "a.h5", NULL, 0);
    const hid_t file = open_result("a.h5.partial");
    assert_means(file, "state/behavior", "patrol+approach retreat keep_off", 3);
    assert_means(file, "state/port_0_state", "free soft hard", 3);
    assert_means(file, "state/port_1_state", "free soft hard", 3);
    assert_means(file, "entities/kind", "bot ship station debris", QF_KIND_COUNT);
    H5Fclose(file);
}

/* what a vehicle has not, and what it has none of, is missing */
static void numbers_that_may_be_none_are_missing_then(void **state)
{
    fixture *f = *state;
    write_result(f, "a.h5", NULL, 0);
    const hid_t file = open_result("a.h5.partial");
    static const char *const whole[] = {"behavior",       "behavior_step", "target", "port_0_state",
                                        "port_1_partner", "docked_with",   "task",   "tasks_done"};
    static const char *const real[] = {"goal_distance_m", "target_range_m", "port_axial_m",
                                       "docked_mass_kg"};
    char name[64];
    double fill;
    for (size_t i = 0; i < COUNT(whole); i++) {
        snprintf(name, sizeof name, "state/%s", whole[i]);
        assert_true(H5LTget_attribute(file, name, "_FillValue", H5T_NATIVE_DOUBLE, &fill) >= 0);
        assert_value(name, 0, fill, -1.0);
    }
    for (size_t i = 0; i < COUNT(real); i++) {
        snprintf(name, sizeof name, "state/%s", real[i]);
        assert_true(H5LTget_attribute(file, name, "_FillValue", H5T_NATIVE_DOUBLE, &fill) >= 0);
        assert_true(isnan(fill));
    }
    H5Fclose(file);
}

#define EVENT(tick_, code_, subject_, cause_, value_)                                              \
    {                                                                                              \
        .tick = (tick_), .entity = 3, .code = (code_), .subject = (subject_), .track = -1,         \
        .cause = (cause_), .value = (value_)                                                       \
    }

/* half a second a tick */
static const qf_event story[] = {
    EVENT(2, QF_EVENT_COMMAND, QF_COMMAND_BEHAVE, -1, 0),
    EVENT(2, QF_EVENT_BEHAVIOR_STARTED, 0, 0, (double)NAN),
    EVENT(4, QF_EVENT_TASK_WON, 1, 1, 40.5),
    EVENT(5, QF_EVENT_WAYPOINT_REACHED, 0, 1, 2),
    EVENT(6, QF_EVENT_AVOIDING, 0, 1, 3.5),
    EVENT(7, QF_EVENT_LINK_LOST, -1, -1, 2.5),
    EVENT(8, QF_EVENT_SOFT_CAPTURE, 0, 1, 4),
    EVENT(9, QF_EVENT_COLLISION, 2, 6, 0.25),
    EVENT(10, QF_EVENT_HARD_CAPTURE, 0, 6, 4),
    EVENT(11, QF_EVENT_UNDOCKED, 1, 8, (double)NAN),
    EVENT(12, QF_EVENT_COMMAND, QF_COMMAND_BEHAVE, 9, -1),
    EVENT(13, QF_EVENT_TASK_DONE, 1, 10, 7.5),
    EVENT(14, QF_EVENT_BEHAVIOR_DONE, 2, 11, (double)NAN),
    EVENT(15, QF_EVENT_BEHAVIOR_STARTED, -1, -1, (double)NAN),
};

/* what ports do not let pass, and where it is dark */
static const qf_event refusals[] = {
    EVENT(2, QF_EVENT_CAPTURE_FAILED, 16 * (3 + 1) + 1, -1, 0.15),
    EVENT(3, QF_EVENT_CAPTURE_FAILED, 16 * (0 + 1) + 0, -1, 2),
    EVENT(4, QF_EVENT_CAPTURE_FAILED, 16 * (1 + 1) + 0, -1, (double)NAN),
    EVENT(5, QF_EVENT_ECLIPSE_BEGIN, -1, -1, 61.5),
};

static char *explain(fixture *f, const char *entity, double time_s)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    const qf_explain_options options = {.entity = entity, .has_time = true, .time_s = time_s};
    if (qf_explain(&f->context, "a.h5.partial", &options, out) != QF_OK) {
        fail_msg("%s", f->context.error);
    }
    fclose(out);
    return text;
}

static void what_happened_to_a_ship_is_told_by_names(void **state)
{
    fixture *f = *state;
    static const struct {
        double time_s;
        const char *words;
    } last[] = {
        {2.0, "task_won  task mend the mast, 40.5 m away\n"},
        {2.5, "waypoint_reached  behaviour approach, waypoint 2\n"},
        {3.0, "avoiding  behaviour approach, else passing at 3.5 m\n"},
        {3.5, "link_lost  last heard 2.5 s ago\n"},
        {7.5, "behavior_started  behaviour none\n"},
        {4.5, "collision  with scouts-2, closing at 0.25 m/s\n"},
    };
    write_result(f, "a.h5", story, COUNT(story));
    char *text = explain(f, "heavy haulers-0", 7.0);
    assert_string_equal(text,
                        "a.h5.partial: vehicle 3 'heavy haulers-0' at 7 s\n"
                        "           1 s  command  command behave, behaviour approach\n"
                        "           1 s  behavior_started  behaviour approach\n"
                        "           4 s  soft_capture  port forward_bayonet, with heavy haulers-1\n"
                        "           5 s  hard_capture  port forward_bayonet, with heavy haulers-1\n"
                        "         5.5 s  undocked  port aft\n"
                        "           6 s  command  command behave, behaviour none\n"
                        "         6.5 s  task_done  task mend the mast, after 7.5 s\n"
                        "           7 s  behavior_done  behaviour keep off\n");
    free(text);
    for (size_t i = 0; i < COUNT(last); i++) {
        text = explain(f, "3", last[i].time_s);
        if (!strstr(text, last[i].words)) {
            fail_msg("'%s' is not in:\n%s", last[i].words, text);
        }
        free(text);
    }
}

static void a_failed_capture_is_told_by_its_limit(void **state)
{
    fixture *f = *state;
    static const char *const last[] = {
        "capture_failed  port aft, axial_mps 0.15\n",
        "capture_failed  port forward_bayonet, port_taken by scouts-2\n",
        "capture_failed  port forward_bayonet, no_soft_capture\n",
        "eclipse_begin  charge 61.5 %\n",
    };
    write_result(f, "a.h5", refusals, COUNT(refusals));
    for (size_t i = 0; i < COUNT(last); i++) {
        char *text = explain(f, "3", (double)refusals[i].tick * 0.5);
        if (!strstr(text, last[i])) {
            fail_msg("'%s' is not in:\n%s", last[i], text);
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        TEST(names_of_behaviours_ports_and_tasks_are_there_from_the_beginning),
        TEST(a_scenario_without_them_has_no_such_tables),
        TEST(numbers_of_behaviours_and_states_of_ports_have_names),
        TEST(numbers_that_may_be_none_are_missing_then),
        TEST(what_happened_to_a_ship_is_told_by_names),
        TEST(a_failed_capture_is_told_by_its_limit),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
