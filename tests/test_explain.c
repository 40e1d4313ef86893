/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a made-up file: half a second a tick, twenty ticks, haulers are vehicles 3 and 4. */
#include "explain.h"

#include <sys/wait.h>

#include "machines_fixture.h"

static const qf_event story[] = {
    {.tick = 0,
     .entity = 3,
     .code = 100,
     .severity = 0,
     .subject = -1,
     .track = -1,
     .cause = -1,
     .value = 55.5},
    {.tick = 0,
     .entity = 3,
     .code = 101,
     .severity = 0,
     .subject = -1,
     .track = -1,
     .cause = 0,
     .value = 55.5},
    {.tick = 0,
     .entity = 4,
     .code = 100,
     .severity = 0,
     .subject = -1,
     .track = -1,
     .cause = -1,
     .value = 50},
    {.tick = 0,
     .entity = 4,
     .code = 101,
     .severity = 0,
     .subject = -1,
     .track = -1,
     .cause = 2,
     .value = 50},
    {.tick = 4,
     .entity = 3,
     .code = 211,
     .severity = 0,
     .subject = -1,
     .track = 7,
     .cause = -1,
     .value = 640.5},
    {.tick = 6,
     .entity = 3,
     .code = 802,
     .severity = 2,
     .subject = 1,
     .track = 7,
     .cause = 4,
     .value = 80.25},
    {.tick = 6,
     .entity = 3,
     .code = 150,
     .severity = 0,
     .subject = 1,
     .track = -1,
     .cause = 5,
     .value = (double)NAN},
    {.tick = 6,
     .entity = 3,
     .code = 160,
     .severity = 0,
     .subject = 0,
     .track = -1,
     .cause = 6,
     .value = (double)NAN},
    {.tick = 6,
     .entity = 3,
     .code = 310,
     .severity = 0,
     .subject = 4,
     .track = -1,
     .cause = 6,
     .value = 60},
    {.tick = 6,
     .entity = 3,
     .code = 512,
     .severity = 0,
     .subject = -1,
     .track = -1,
     .cause = 6,
     .value = (double)NAN},
    {.tick = 7,
     .entity = 3,
     .code = 300,
     .severity = 0,
     .subject = 3,
     .track = -1,
     .cause = 8,
     .value = 2.5},
    {.tick = 8,
     .entity = 4,
     .code = 602,
     .severity = 1,
     .subject = -1,
     .track = -1,
     .cause = -1,
     .value = 19},
    {.tick = 8,
     .entity = 4,
     .code = 150,
     .severity = 0,
     .subject = 0,
     .track = -1,
     .cause = 11,
     .value = 19.75},
    {.tick = 9,
     .entity = 3,
     .code = 301,
     .severity = 0,
     .subject = 3,
     .track = -1,
     .cause = 10,
     .value = 2.25},
    {.tick = 9,
     .entity = 3,
     .code = 311,
     .severity = 0,
     .subject = 4,
     .track = -1,
     .cause = 8,
     .value = 1},
    {.tick = 10,
     .entity = 3,
     .code = 701,
     .severity = 1,
     .subject = 0,
     .track = -1,
     .cause = -1,
     .value = 0},
    {.tick = 10,
     .entity = 3,
     .code = 202,
     .severity = 1,
     .subject = 1,
     .track = -1,
     .cause = 15,
     .value = (double)NAN},
    {.tick = 12,
     .entity = 3,
     .code = 151,
     .severity = 0,
     .subject = 3,
     .track = -1,
     .cause = 16,
     .value = 4.5},
    {.tick = 13,
     .entity = 3,
     .code = 702,
     .severity = 2,
     .subject = 0,
     .track = -1,
     .cause = -1,
     .value = 90},
    {.tick = 14,
     .entity = 3,
     .code = 502,
     .severity = 2,
     .subject = 1,
     .track = 7,
     .cause = 4,
     .value = 60},
    {.tick = 14,
     .entity = 3,
     .code = 212,
     .severity = 0,
     .subject = -1,
     .track = 7,
     .cause = 4,
     .value = 9},
    {.tick = 15,
     .entity = 3,
     .code = 901,
     .severity = 2,
     .subject = 17,
     .track = -1,
     .cause = -1,
     .value = 1e9},
    {.tick = 15, .entity = 3, .code = 310, .subject = QF_COMMAND_STOP, .track = -1, .value = 1},
    {.tick = 15, .entity = 3, .code = 310, .subject = QF_COMMAND_MISSION, .track = -1, .value = 1},
    {.tick = 15, .entity = 3, .code = 102, .subject = -1, .track = -1, .value = 2},
};

static void write_story(fixture *f, const char *path)
{
    write_machines(f, path, &coverage, story, COUNT(story));
}

static qf_status explain(fixture *f, const char *path, const char *entity, double time_s, bool json,
                         char **text)
{
    size_t size;
    FILE *out = open_memstream(text, &size);
    assert_non_null(out);
    const qf_explain_options options = {.entity = entity,
                                        .has_time = !isnan(time_s),
                                        .time_s = isnan(time_s) ? 0.0 : time_s,
                                        .json = json};
    const qf_status status = qf_explain(&f->context, path, &options, out);
    fclose(out);
    return status;
}

static void assert_explained(fixture *f, const char *path, const char *entity, double time_s,
                             const char *expected_text)
{
    char *text = NULL;
    const qf_status status = explain(f, path, entity, time_s, false, &text);
    if (status != QF_OK) {
        fail_msg("%s", f->context.error);
    }
    assert_string_equal(text, expected_text);
    free(text);
}

static void write_text(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static void write_scenario(const char *group)
{
    char text[2048];
    snprintf(text, sizeof text,
             "schema: qfleet/1\nname: s\ntime: {dt_s: 0.1, duration_s: 6}\nrecord: {events: "
             "true}\ngroups:\n  - name: a\n    kind: bot\n    count: 1\n"
             "    hardware: {hardware_profile: {}}\n%s",
             group);
    write_text("s.yaml", text);
}

static void assert_refused(fixture *f, const char *path, const char *entity, double time_s,
                           qf_status expected_status, const char *words)
{
    char *text = NULL;
    assert_int_equal(explain(f, path, entity, time_s, false, &text), expected_status);
    assert_error_says(f, words);
    assert_string_equal(text, "");
    free(text);
}

static void a_transition_is_traced_to_what_was_sensed_and_on_to_the_thrusters(void **state)
{
    fixture *f = *state;
    write_story(f, "a.h5");
    static const char expected_text[] =
        "a.h5: vehicle 3 'heavy haulers-0' at 4.5 s\n"
        "           2 s  track_confirmed  track 7 at 640.5 m\n"
        "           3 s  guard_alert  guard TOO_CLOSE, track 7 at 80.25 m\n"
        "           3 s  fsm_transition  agent: WORKING -> CAREFUL, because 'guard.TOO_CLOSE'\n"
        "           3 s    log  text system ready\n"
        "           3 s    command  command rcs, pct 60\n"
        "           3 s    emitted_512\n"
        "         3.5 s      rcs_start  axis port, 2.5 kg of propellant left\n"
        "         4.5 s        rcs_stop  axis port, 2.25 kg of propellant left\n"
        "         4.5 s      actuation  command rcs executed\n";
    assert_explained(f, "a.h5", "3", 4.5, expected_text);
    assert_explained(f, "a.h5", "heavy haulers-0", 4.5, expected_text);
    /* nothing of what comes later is told */
    assert_explained(f, "a.h5", "3", 3.4,
                     "a.h5: vehicle 3 'heavy haulers-0' at 3.4 s\n"
                     "           2 s  track_confirmed  track 7 at 640.5 m\n"
                     "           3 s  guard_alert  guard TOO_CLOSE, track 7 at 80.25 m\n"
                     "           3 s  fsm_transition  agent: WORKING -> CAREFUL, because "
                     "'guard.TOO_CLOSE'\n"
                     "           3 s    log  text system ready\n"
                     "           3 s    command  command rcs, pct 60\n"
                     "           3 s    emitted_512\n");
}

static void faults_devices_and_conditions_are_told_with_their_numbers(void **state)
{
    fixture *f = *state;
    write_story(f, "a.h5");
    /* at the end, by default */
    assert_explained(f, "a.h5", "3", (double)NAN,
                     "a.h5: vehicle 3 'heavy haulers-0' at 10 s\n"
                     "           5 s  fault  fault: device lidar fails\n"
                     "           5 s  device_failed  device lidar\n"
                     "           6 s  fsm_trigger  agent: CAREFUL stays, trigger VERY_LOW, because "
                     "'soc_pct < 5' (soc_pct = 4.5)\n");
    assert_explained(f, "a.h5", "4", 8.0,
                     "a.h5: vehicle 4 'heavy haulers-1' at 8 s\n"
                     "           4 s  power_low  charge 19 %\n"
                     "           4 s  fsm_transition  agent: WORKING -> CAREFUL, trigger "
                     "LOW_CHARGE, because 'soc_pct < 20' (soc_pct = 19.75)\n");
}

static void without_a_transition_the_last_event_is_explained(void **state)
{
    fixture *f = *state;
    write_story(f, "a.h5");
    assert_explained(f, "a.h5", "3", 1.9,
                     "a.h5: vehicle 3 'heavy haulers-0' at 1.9 s\n"
                     "           0 s  boot_start  charge 55.5 %\n"
                     "           0 s  boot_ok\n");
}

/* each of them last, so that it is what is explained */
static void events_that_end_a_story_have_words_of_their_own(void **state)
{
    static const struct {
        size_t event;
        const char *words;
    } cases[] = {{18, "thermal_trip  node hold at 90 deg C\n"},
                 {19, "situation  closing, track 7 at 60 m\n"},
                 {20, "track_gone  track 7, now part of track 9\n"},
                 {22, "command  command emergency_stop, active true\n"},
                 {23, "command  command mission, order accept\n"},
                 {24, "boot_failed  2 devices down\n"},
                 {21, "halt  quarantined: bus_v = 1e+09\n"}};
    fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        qf_event event = story[cases[i].event];
        event.cause = -1;
        if (event.code == 702) {
            event.subject = 1; /* the second node of the fleet */
        }
        write_machines(f, "a.h5", &coverage, &event, 1);
        char *text = NULL;
        assert_int_equal(explain(f, "a.h5", "3", (double)NAN, false, &text), QF_OK);
        if (!strstr(text, cases[i].words)) {
            fail_msg("'%s' in:\n%s", cases[i].words, text);
        }
        free(text);
        remove("a.h5");
    }
}

static void programs_get_the_chain_as_one_object(void **state)
{
    fixture *f = *state;
    write_story(f, "a.h5");
    char *text = NULL;
    assert_int_equal(explain(f, "a.h5", "3", 3.0, true, &text), QF_OK);
    assert_string_equal(
        text,
        "{\"file\": \"a.h5\", \"entity\": 3, \"name\": \"heavy haulers-0\", \"at_s\": 3, "
        "\"chains\": [{\"machine\": \"agent\", \"chain\": ["
        "{\"event\": 4, \"tick\": 4, \"time_s\": 2, \"code\": 211, \"name\": \"track_confirmed\", "
        "\"severity\": \"info\", \"subject\": -1, \"track\": 7, \"cause\": -1, \"value\": 640.5, "
        "\"text\": \"track 7 at 640.5 m\"}, "
        "{\"event\": 5, \"tick\": 6, \"time_s\": 3, \"code\": 802, \"name\": \"guard_alert\", "
        "\"severity\": \"critical\", \"subject\": 1, \"track\": 7, \"cause\": 4, \"value\": 80.25, "
        "\"text\": \"guard TOO_CLOSE, track 7 at 80.25 m\"}, "
        "{\"event\": 6, \"tick\": 6, \"time_s\": 3, \"code\": 150, \"name\": \"fsm_transition\", "
        "\"severity\": \"info\", \"subject\": 1, \"track\": -1, \"cause\": 5, \"value\": null, "
        "\"text\": \"agent: WORKING -> CAREFUL, because 'guard.TOO_CLOSE'\"}], \"consequences\": ["
        "{\"event\": 7, \"tick\": 6, \"time_s\": 3, \"code\": 160, \"name\": \"log\", "
        "\"severity\": "
        "\"info\", \"subject\": 0, \"track\": -1, \"cause\": 6, \"value\": null, \"text\": \"text "
        "system ready\", \"depth\": 1}, "
        "{\"event\": 8, \"tick\": 6, \"time_s\": 3, \"code\": 310, \"name\": \"command\", "
        "\"severity\": \"info\", \"subject\": 4, \"track\": -1, \"cause\": 6, \"value\": 60, "
        "\"text\": \"command rcs, pct 60\", \"depth\": 1}, "
        "{\"event\": 9, \"tick\": 6, \"time_s\": 3, \"code\": 512, \"name\": \"emitted_512\", "
        "\"severity\": \"info\", \"subject\": -1, \"track\": -1, \"cause\": 6, \"value\": null, "
        "\"text\": \"\", \"depth\": 1}]}]}\n");
    free(text);
}

/* more than two slices of events of others between those of vehicle 4, and a chain of 150 */
static void long_chains_across_many_events_are_cut_in_the_middle(void **state)
{
    enum { EVERY = 1024, N = 150 * EVERY }; /* one is the first of the second slice */
    fixture *f = *state;
    qf_event *events = calloc(N, sizeof *events);
    assert_non_null(events);
    for (int i = 0; i < N; i++) {
        const bool link = i % EVERY == 0;
        events[i] = (qf_event){.tick = i / 10000,
                               .entity = link ? 4 : 3,
                               .code = link ? 150 : 160,
                               .subject = 0,
                               .track = -1,
                               .value = i,
                               .cause = link && i > 0 ? i - EVERY : -1};
    }
    write_machines(f, "a.h5", &coverage, events, N);
    free(events);
    char *text = NULL;
    assert_int_equal(explain(f, "a.h5", "4", (double)NAN, false, &text), QF_OK);
    size_t n_lines = 0;
    for (const char *c = text; *c; c++) {
        n_lines += *c == '\n';
    }
    assert_int_equal(n_lines, 1 + 40 + 1);
    assert_non_null(strstr(text, "(soc_pct = 4096)\n         ...    110 more, one from the other"));
    assert_non_null(strstr(text, "(soc_pct = 152576)\n"));
    free(text);
    assert_int_equal(explain(f, "a.h5", "4", 7.0, true, &text), QF_OK);
    assert_non_null(strstr(text, "{\"event\": 79872, "));
    assert_non_null(strstr(text, "{\"event\": 0, "));
    free(text);
}

static void a_run_that_was_killed_is_explained_as_far_as_it_is_told(void **state)
{
    fixture *f = *state;
    make_behaving_fleet(f);
    begin(f, "a.h5");
    assert_int_equal(qf_results_events(f->results, story, 15), QF_OK);
    assert_int_equal(record(f, 0, 12), QF_OK);
    f->fleet.tick = 11;
    /* as a failure leaves it: without /machines, and with nothing of later ticks */
    assert_int_equal(qf_results_finish(f->results, QF_ERROR_WRITE, 0, NULL, NULL), QF_ERROR_WRITE);
    assert_explained(f, "a.h5.partial", "4", 5.5,
                     "a.h5.partial: vehicle 4 'heavy haulers-1' at 5.5 s\n"
                     "           4 s  power_low  charge 19 %\n"
                     "           4 s  fsm_transition  transition 0 (named only in files of runs "
                     "that were closed)\n");
    assert_refused(f, "a.h5.partial", "4", 6.0, QF_ERROR_USAGE,
                   "--at 6 is outside of what it tells of: 0 to 5.5 s; it is not complete");
}

static void what_cannot_be_explained_is_said(void **state)
{
    fixture *f = *state;
    write_story(f, "a.h5");
    assert_refused(f, "a.h5", "5", 1.0, QF_ERROR_USAGE, "no vehicle 5: it has 5, counted from 0");
    assert_refused(f, "a.h5", "99999999999999999999999", 1.0, QF_ERROR_USAGE, "no vehicle 9999");
    assert_refused(f, "a.h5", "heavy haulers-2", 1.0, QF_ERROR_USAGE,
                   "no vehicle 'heavy haulers-2'");
    assert_refused(f, "a.h5", "-1", 1.0, QF_ERROR_USAGE, "no vehicle '-1'");
    assert_refused(f, "a.h5", "3", 10.1, QF_ERROR_USAGE,
                   "--at 10.1 is outside of what it tells of: 0 to 10 s");
    assert_refused(f, "a.h5", "3", -0.5, QF_ERROR_USAGE, "outside");
    assert_refused(f, "a.h5", "0", 1.0, QF_ERROR_READ,
                   "no event of vehicle 0 'scouts-0' up to 1 s");
    assert_refused(f, "b.h5", "0", 1.0, QF_ERROR_READ, "b.h5: No such file");
    write_machines(f, "b.h5", &coverage, NULL, 0);
    assert_refused(f, "b.h5", "3", 1.0, QF_ERROR_READ, "has no events");
}

static void the_command_takes_names_and_times_and_says_what_is_wrong(void **state)
{
    fixture *f = *state;
    write_story(f, "a.h5");
    static const struct {
        const char *arguments;
        int code;
    } cases[] = {{"a.h5 --entity 3 --at 4", 0},
                 {"a.h5 --entity=3 --json", 0},
                 {"a.h5 --entity=3 --machine agent", 0},
                 {"a.h5 --entity=3 --machine other", 2},
                 {"a.h5 --entity 9", 2},
                 {"a.h5 --at 4", 2},
                 {"a.h5 --entity 3 --at soon", 2},
                 {"a.h5 --entity 3 --at nan", 2},
                 {"a.h5 a.h5 --entity 3", 2},
                 {"none.h5 --entity 3", 3},
                 {"--help", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[512];
        snprintf(line, sizeof line, "%s explain %s >out.txt 2>err.txt", QFLEET_PROGRAM,
                 cases[i].arguments);
        const int status = system(line);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != cases[i].code) {
            fail_msg("explain %s: %d", cases[i].arguments, status);
        }
        struct stat said;
        assert_int_equal(stat(cases[i].code ? "err.txt" : "out.txt", &said), 0);
        assert_true(said.st_size > 0);
    }
}

/* what is explained at the end of a run of a scenario of one group */
static char *explain_run(fixture *f, const char *group)
{
    write_scenario(group);
    assert_int_equal(system(QFLEET_PROGRAM " run s.yaml --force -o r.h5 >out.txt 2>err.txt"), 0);
    char *text = NULL;
    assert_int_equal(explain(f, "r.h5", "0", (double)NAN, false, &text), QF_OK);
    return text;
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words)) {
        fail_msg("'%s' is not in:\n%s", words, text);
    }
}

static void leaving_a_proposal_is_explained_by_what_no_longer_holds(void **state)
{
    char *text = explain_run(*state, "    bios: {post_s: 4}\n"
                                     "    decision: default\n");
    assert_says(text, "           0 s  boot_start  charge 80 %\n"
                      "           4 s  boot_ok\n"
                      "           4 s  fsm_transition  decision: BIOS_NOT_READY -> NONE, trigger "
                      "NONE, because 'not bios_status.is_ready' no longer holds\n");
    free(text);
}

static void a_fault_that_sets_the_charge_explains_what_follows_from_it(void **state)
{
    char *text = explain_run(*state, "    faults: [{at_s: 5, set: {soc_pct: 25}}]\n"
                                     "    decision:\n"
                                     "      - {name: LOW, when: soc_pct < 26, type: SAFETY, "
                                     "priority: 1, confidence: 1}\n");
    assert_says(text, "           5 s  fault  fault: soc_pct becomes 25\n"
                      "           5 s  fsm_transition  decision: NONE -> LOW, trigger LOW, because "
                      "'soc_pct < 26' (soc_pct = 25)\n");
    free(text);
}

/* `follows` does so in the tick in which `leads` moves on; `alone` has its own reasons */
static void each_machine_is_explained_and_nothing_twice(void **state)
{
    fixture *f = *state;
    static const char alone[] = "states: {A: {transitions: [{condition: soc_pct < 25, target: B}]},"
                                " B: {terminal: true}}\n";
    static const char leads[] =
        "states: {A: {transitions: [{condition: soc_pct < 25, target: B}]},"
        " B: {transitions: [{condition: time_in_state_s > 1, target: C}]}, C: {terminal: true}}\n";
    static const char follows[] =
        "states: {A: {transitions: [{condition: leads.state == C, target: B}]},"
        " B: {terminal: true}}\n";
    write_text("alone.yaml", alone);
    write_text("leads.yaml", leads);
    write_text("follows.yaml", follows);
    char *text = explain_run(f, "    faults: [{at_s: 2, set: {soc_pct: 22}}]\n"
                                "    fsm: [alone.yaml, leads.yaml, follows.yaml]\n");
    assert_string_equal(
        text,
        "r.h5: vehicle 0 'a-0' at 6 s\n"
        "           2 s  fault  fault: soc_pct becomes 22\n"
        "           2 s  fsm_transition  alone: A -> B, because 'soc_pct < 25' (soc_pct = 22)\n"
        "\n"
        "           2 s  fault, see above\n"
        "           2 s  fsm_transition  leads: A -> B, because 'soc_pct < 25' (soc_pct = 22)\n"
        "         3.1 s  fsm_transition  leads: B -> C, because 'time_in_state_s > 1'\n"
        "         3.1 s    fsm_transition  follows: A -> B, because 'leads.state == C'\n");
    free(text);
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    const qf_explain_options one = {.entity = "0", .machine = "follows"};
    assert_int_equal(qf_explain(&f->context, "r.h5", &one, out), QF_OK);
    fclose(out);
    assert_non_null(strstr(text, "leads: B -> C"));
    assert_null(strstr(text, "alone"));
    free(text);
    assert_int_equal(explain(f, "r.h5", "0", (double)NAN, true, &text), QF_OK);
    const char *first = strstr(text, "{\"machine\": \"alone\", \"chain\": [{");
    const char *second = strstr(text, "{\"machine\": \"leads\", \"chain\": [{");
    const char *third = strstr(text, "{\"machine\": \"follows\", \"chain\": [{");
    assert_true(first && second && third && first < second && second < third);
    free(text);
}

static void a_machine_that_is_not_there_is_said(void **state)
{
    fixture *f = *state;
    write_story(f, "a.h5");
    const qf_explain_options none = {.entity = "3", .machine = "agnet"};
    assert_int_equal(qf_explain(&f->context, "a.h5", &none, stderr), QF_ERROR_USAGE);
    assert_error_says(f, "there is no machine 'agnet'");
    const qf_explain_options early = {
        .entity = "3", .machine = "agent", .has_time = true, .time_s = 1.0};
    assert_int_equal(qf_explain(&f->context, "a.h5", &early, stderr), QF_ERROR_READ);
    assert_error_says(f,
                      "machine 'agent' of vehicle 3 'heavy haulers-0' has no transition up to 1 s");
}

static void a_vehicle_without_its_world_is_proposed_with_one(void **state)
{
    fixture *f = *state;
    make_fleet(f, 3, 2, 20);
    begin(f, "w.h5");
    assert_int_equal(finish(f, QF_OK), QF_OK);
    assert_refused(f, "w.h5", "scouts-1", 1.0, QF_ERROR_USAGE,
                   "no vehicle 'scouts-1' (did you mean 'w0/scouts-1'?)");
    assert_refused(f, "w.h5", "scouts-9", 1.0, QF_ERROR_USAGE,
                   "no vehicle 'scouts-9' (/entities/name has the names)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_transition_is_traced_to_what_was_sensed_and_on_to_the_thrusters),
        TEST(faults_devices_and_conditions_are_told_with_their_numbers),
        TEST(without_a_transition_the_last_event_is_explained),
        TEST(events_that_end_a_story_have_words_of_their_own),
        TEST(programs_get_the_chain_as_one_object),
        TEST(long_chains_across_many_events_are_cut_in_the_middle),
        TEST(a_run_that_was_killed_is_explained_as_far_as_it_is_told),
        TEST(what_cannot_be_explained_is_said),
        TEST(a_vehicle_without_its_world_is_proposed_with_one),
        TEST(leaving_a_proposal_is_explained_by_what_no_longer_holds),
        TEST(a_fault_that_sets_the_charge_explains_what_follows_from_it),
        TEST(each_machine_is_explained_and_nothing_twice),
        TEST(a_machine_that_is_not_there_is_said),
        TEST(the_command_takes_names_and_times_and_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
