/* SPDX-License-Identifier: Apache-2.0 */
/* The commands as people and scripts meet them: help, exit codes, which stream holds what. */
#include "program_fixture.h"

#include <fcntl.h>

#include "arena.h"
#include "yaml_node.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const char scenario[] =
    "schema: qfleet/1\n"
    "name: short\n"
    "time: {dt_s: 0.1, duration_s: 2}\n"
    "groups: [{name: a, kind: bot, count: 3, hardware: {hardware_profile: {}}}]\n";

/* takes hours, and looks up from its work often */
static const char endless[] =
    "schema: qfleet/1\n"
    "name: endless\n"
    "time: {dt_s: 1, duration_s: 4000000000}\n"
    "groups: [{name: a, kind: bot, count: 16, hardware: {hardware_profile: {}}}]\n"
    "record: {every_s: 100000}\n";

static int set_up(void **state)
{
    static char directory[64];
    enter_directory(directory);
    write_file("s.yaml", scenario);
    *state = directory;
    return 0;
}

static int tear_down(void **state)
{
    leave_directory(*state);
    return 0;
}

static void assert_plain(const char *text)
{
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 && *c != '\n') {
            fail_msg("control character %d in:\n%s", *c, text);
        }
    }
}

static void help_of_the_program_names_every_command(void **state)
{
    (void)state;
    static const char *const forms[] = {"--help", "-h"};
    for (size_t i = 0; i < COUNT(forms); i++) {
        program_end end = RUN(forms[i]);
        assert_int_equal(end.exit_code, 0);
        assert_string_equal(end.err, "");
        assert_contains(end.out, "usage: qfleet COMMAND");
        assert_contains(end.out, "\n  run ");
        assert_contains(end.out, "\n  sweep ");
        assert_contains(end.out, "\n  plan ");
        assert_contains(end.out, "\n  validate ");
        assert_contains(end.out, "\n  info ");
        assert_contains(end.out, "\n  topo ");
        assert_contains(end.out, "\n  diff ");
        assert_contains(end.out, "\n  explain ");
        assert_contains(end.out, "\n  sweep ");
        assert_contains(end.out, "\n  replay ");
        assert_contains(end.out, "\n  verify ");
        assert_contains(end.out, "\n  plan ");
        assert_contains(end.out, "--version");
        assert_contains(end.out, "exit codes: 0 done");
        release(&end);
    }
}

static void help_of_a_command_names_every_option(void **state)
{
    (void)state;
    static const struct {
        const char *command;
        const char *usage;
        const char *options[18];
    } cases[] = {
        {"run",
         "usage: qfleet run SCENARIO",
         {"-o, --output FILE", "--no-output", "--force", "--set PATH=VALUE", "--seed N",
          "--threads N", "--isa SET", "--bind WHERE", "--progress MODE", "-h, --help"}},
        {"sweep",
         "usage: qfleet sweep SCENARIO",
         {"-o, --output DIR", "--cases A-B", "--shard I/N", "--resume", "--force", "--dry-run",
          "--junit FILE", "--json", "--set PATH=VALUE", "--seed N", "--threads N", "--batch N",
          "--isa SET", "--bind WHERE", "--progress MODE", "-h, --help"}},
        {"plan",
         "usage: qfleet plan SCENARIO",
         {"--nodes N", "--threads N", "--batch N", "--json", "--set PATH=VALUE", "-h, --help"}},
        {"validate",
         "usage: qfleet validate SCENARIO...",
         {"--effective", "--graph OUT", "--force", "--set PATH=VALUE", "--seed N", "-h, --help"}},
        {"info", "usage: qfleet info RESULT...", {"-h, --help"}},
        {"topo",
         "usage: qfleet topo [options]",
         {"--json", "--threads N", "--isa SET", "--bind WHERE", "-h, --help"}},
        {"diff",
         "usage: qfleet diff A B",
         {"--recompute", "--json", "--threads N", "--isa SET", "-h, --help"}},
        {"explain",
         "usage: qfleet explain RESULT",
         {"--entity N|NAME", "--at SECONDS", "--json", "-h, --help"}},
        {"sweep",
         "usage: qfleet sweep SCENARIO",
         {"-o, --output DIR", "--cases A-B", "--shard I/N", "--resume", "--dry-run", "--junit FILE",
          "--batch N", "--progress MODE", "-h, --help"}},
        {"plan",
         "usage: qfleet plan SCENARIO",
         {"--nodes N", "--sbatch FILE", "--time LIMIT", "--force", "--json", "-h, --help"}},
        {"replay",
         "usage: qfleet replay RESULT",
         {"--case K", "--worst N", "--by METRIC", "--from SECONDS", "--to SECONDS",
          "--vehicle N|NAME", "-h, --help"}},
        {"verify", "usage: qfleet verify RESULT", {"--fraction F", "--seed N", "-h, --help"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        program_end end = RUN(cases[i].command, "--help");
        assert_int_equal(end.exit_code, 0);
        assert_string_equal(end.err, "");
        assert_contains(end.out, cases[i].usage);
        for (const char *const *option = cases[i].options; *option; option++) {
            assert_contains(end.out, *option);
        }
        release(&end);
    }
}

static void version_is_one_line(void **state)
{
    (void)state;
    program_end end = RUN("--version");
    assert_int_equal(end.exit_code, 0);
    assert_int_equal(strncmp(end.out, "qfleet ", 7), 0);
    assert_true(end.out[7] >= '0' && end.out[7] <= '9');
    assert_ptr_equal(strchr(end.out, '\n'), end.out + strlen(end.out) - 1);
    release(&end);
}

static void run_sums_up_on_standard_error(void **state)
{
    (void)state;
    program_end end = RUN("run", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_string_equal(end.out, "");
    assert_contains(end.err, "short: 3 vehicles, 20 ticks (2 s)\n");
    assert_contains(end.err, "\n  state hash     ");
    assert_contains(end.err, "\n  result         short.h5, ");
    assert_true(exists("short.h5"));
    release(&end);
}

static void run_says_who_was_quarantined_and_why_and_goes_on(void **state)
{
    (void)state;
    write_file("bad.yaml", "schema: qfleet/1\n"
                           "name: bad\n"
                           "time: {dt_s: 0.1, duration_s: 2}\n"
                           "groups:\n"
                           "  - {name: a, kind: bot, count: 3, hardware: {hardware_profile: {}}}\n"
                           "  - name: b\n"
                           "    kind: bot\n"
                           "    count: 2\n"
                           "    hardware: {hardware_profile: {}}\n"
                           "    script: [{step: 7, cmd: speed, mps: 1.0e+300}]\n");
    program_end end = RUN("run", "bad.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "5 vehicles, 20 ticks");
    assert_contains(end.err, "  quarantined    2 of 5 vehicles");
    assert_contains(end.err, "    2: y_m out of range, first 1e+299 in b-0 of world 0 (entity 3) "
                             "at tick 8\n");
    release(&end);
}

static void run_without_output_writes_nothing(void **state)
{
    (void)state;
    char *before = list_directory();
    program_end end = RUN("run", "s.yaml", "--no-output");
    assert_int_equal(end.exit_code, 0);
    assert_null(strstr(end.err, "result"));
    char *after = list_directory();
    assert_string_equal(after, before);
    free(before);
    free(after);
    release(&end);
}

static void options_may_stand_anywhere_and_carry_their_value_either_way(void **state)
{
    (void)state;
    program_end end = RUN("run", "-o", "a.h5", "s.yaml", "--threads=1");
    assert_int_equal(end.exit_code, 0);
    assert_true(exists("a.h5"));
    release(&end);
    end = RUN("run", "--output=b.h5", "--threads", "1", "--", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_true(exists("b.h5"));
    release(&end);
}

static void validate_tells_about_each_file(void **state)
{
    (void)state;
    write_file("t.yaml", scenario);
    write_file("bad.yaml", "schema: qfleet/1\n");
    program_end end = RUN("validate", "s.yaml", "t.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_string_equal(end.out, "");
    assert_contains(end.err, "s.yaml: valid: 3 vehicles in 1 groups and 1 worlds, 20 ticks");
    assert_contains(end.err, "t.yaml: valid: 3 vehicles in 1 groups and 1 worlds, 20 ticks");
    release(&end);
    end = RUN("validate", "s.yaml", "bad.yaml", "t.yaml");
    assert_int_equal(end.exit_code, 2);
    assert_contains(end.err, "s.yaml: valid: ");
    assert_contains(end.err, "bad.yaml:1:1: missing key 'time'\n");
    assert_contains(end.err, "t.yaml: valid: ");
    release(&end);
}

static void sweeps_are_checked_and_not_run(void **state)
{
    (void)state;
    write_file("sweep.yaml",
               "base: s.yaml\n"
               "sweep:\n"
               "  cases: 20\n"
               "  parameters:\n"
               "    x: {path: 'groups[0].initial.soc_pct', uniform: {min: 5, max: 9}}\n"
               "    t: {path: environment.ambient_c, uniform: {min: 5, max: 9}}\n"
               "requirements: [P(success) >= 0.5]\n");
    program_end end = RUN("validate", "sweep.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "sweep.yaml: valid: sweep of 20 cases (random), 2 parameters, ");
    assert_contains(end.err, " 1 requirements\n");
    assert_contains(end.err, "sweep.yaml: parameter t: ");
    assert_null(strstr(end.err, "parameter x: "));
    release(&end);
    end = RUN("validate", "--effective", "sweep.yaml");
    assert_int_equal(end.exit_code, 0);
    write_file("again.yaml", end.out);
    program_end again = RUN("validate", "--effective", "again.yaml");
    assert_string_equal(end.out, again.out);
    release(&end);
    release(&again);
    end = RUN("validate", "sweep.yaml", "--set", "sweep.cases=0");
    assert_int_equal(end.exit_code, 2);
    assert_string_equal(end.err, "--set:1:13: sweep.cases: expected an integer from 1 to "
                                 "4294967295, found '0'\n");
    release(&end);
    end = RUN("run", "sweep.yaml", "--no-output");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "sweep.yaml: runs the scenario as it is written; its 'sweep' and "
                             "'requirements' are for 'qfleet sweep'\n");
    release(&end);
}

static void validate_reads_what_can_be_read_once(void **state)
{
    (void)state;
    static const char *const texts[] = {scenario, "{name: m, states: {A: {terminal: true}}}\n"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        int ends[2];
        char path[32];
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], texts[i], strlen(texts[i])), strlen(texts[i]));
        close(ends[1]);
        snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
        program_end end = RUN("validate", path);
        close(ends[0]);
        assert_int_equal(end.exit_code, 0);
        assert_contains(end.err, ": valid: ");
        release(&end);
    }
}

static void validate_prints_notes_and_runs_nothing(void **state)
{
    (void)state;
    char *text = replace(scenario, "{hardware_profile", "{bot_id: 1, hardware_profile");
    write_file("s.yaml", text);
    free(text);
    char *before = list_directory();
    program_end end = RUN("validate", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "s.yaml:4:52: note: groups[0].hardware.bot_id: not used by any model "
                             "of this version\n");
    char *after = list_directory();
    assert_string_equal(after, before);
    free(before);
    free(after);
    release(&end);
}

static void effective_scenario_is_all_of_standard_output(void **state)
{
    (void)state;
    program_end end = RUN("validate", "--effective", "s.yaml", "--set", "groups[0].count=8");
    assert_int_equal(end.exit_code, 0);
    assert_int_equal(strncmp(end.out, "schema: qfleet/1\nname: \"short\"\n", 31), 0);
    assert_contains(end.out, "    count: 8\n");
    assert_contains(end.out, "battery_soc_init_pct: 80\n");
    write_file("effective.yaml", end.out);
    release(&end);
    end = RUN("validate", "effective.yaml");
    assert_int_equal(end.exit_code, 0);
    assert_contains(end.err, "effective.yaml: valid: 8 vehicles");
    release(&end);
}

static void topo_shows_processors_and_instruction_set(void **state)
{
    (void)state;
    program_end end = RUN("topo");
    assert_int_equal(end.exit_code, 0);
    assert_string_equal(end.err, "");
    assert_contains(end.out, "this machine: ");
    assert_contains(end.out, "\naffinity mask     ");
    assert_contains(end.out, "\nthreads           ");
    assert_contains(end.out, "\ninstruction sets ");
    assert_contains(end.out, " generic");
    assert_contains(end.out, "; chosen: ");
    release(&end);
}

static void info_describes_a_result(void **state)
{
    (void)state;
    program_end end = RUN("run", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    release(&end);
    end = RUN("info", "short.h5");
    assert_int_equal(end.exit_code, 0);
    assert_string_equal(end.err, "");
    assert_contains(end.out, "short.h5\n  status      complete\n");
    assert_contains(end.out, "  command     qfleet run s.yaml\n");
    assert_contains(end.out, "  vehicles    3: a 3\n");
    assert_contains(end.out, "soc_pct");
    release(&end);
}

static void assert_no_info(const char *path, const char *message)
{
    program_end end = RUN("info", path);
    assert_int_equal(end.exit_code, 3);
    assert_string_equal(end.out, "");
    assert_contains(end.err, message);
    release(&end);
}

static void info_refuses_what_is_no_result(void **state)
{
    (void)state;
    program_end end = RUN("run", "s.yaml");
    assert_int_equal(end.exit_code, 0);
    release(&end);
    assert_no_info("none.h5", "qfleet info: none.h5: No such file or directory\n");
    assert_no_info("s.yaml", "qfleet info: s.yaml: is not an HDF5 file");
    write_file("empty.h5", "");
    assert_no_info("empty.h5", "qfleet info: empty.h5: ");
    /* the signature is whole, the rest is not */
    static char bytes[3000];
    FILE *in = fopen("short.h5", "rb");
    assert_non_null(in);
    assert_int_equal(fread(bytes, 1, sizeof bytes, in), sizeof bytes);
    fclose(in);
    write_bytes("cut.h5", bytes, sizeof bytes);
    assert_no_info("cut.h5", "qfleet info: cut.h5: is HDF5, but damaged or cut short\n");
}

/* the tick of one progress line, which must be one JSON object */
static int64_t tick_of(const char *line, size_t length)
{
    static const char *const keys[] = {"tick", "n_ticks", "elapsed_s", "left_s",
                                       "vehicle_ticks_per_s"};
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    assert_true(line[0] == '{' && line[length - 1] == '}');
    const qf_yaml_node *object = qf_yaml_load_text(&arena, "line", line, length, &diagnostics);
    assert_non_null(object);
    assert_int_equal(object->n_children, COUNT(keys));
    for (size_t i = 0; i < COUNT(keys); i++) {
        double value;
        const qf_yaml_node *node = qf_yaml_get(object, keys[i]);
        assert_non_null(node);
        assert_true(qf_yaml_read_number(node, &value, &diagnostics));
        assert_true(value >= 0.0);
    }
    int64_t tick;
    assert_true(
        qf_yaml_read_integer(qf_yaml_get(object, "tick"), 1, INT64_MAX, &tick, &diagnostics));
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
    return tick;
}

static void progress_as_json_is_one_object_a_line(void **state)
{
    (void)state;
    program_end end = RUN("run", "s.yaml", "--no-output", "--progress", "json");
    assert_int_equal(end.exit_code, 0);
    assert_plain(end.err);
    int64_t last = 0;
    const char *line = end.out;
    while (*line) {
        const char *newline = strchr(line, '\n');
        assert_non_null(newline);
        const int64_t tick = tick_of(line, (size_t)(newline - line));
        assert_true(tick > last);
        last = tick;
        line = newline + 1;
    }
    assert_int_equal(last, 20);
    release(&end);
}

static void progress_is_silent_away_from_a_terminal(void **state)
{
    (void)state;
    static const char *const modes[] = {"auto", "off"};
    for (size_t i = 0; i < COUNT(modes); i++) {
        program_end end = RUN("run", "s.yaml", "--no-output", "--progress", modes[i]);
        assert_int_equal(end.exit_code, 0);
        assert_string_equal(end.out, "");
        assert_plain(end.err);
        assert_null(strstr(end.err, "100.0 %"));
        release(&end);
    }
    /* and not because there is none */
    program_end end = RUN("run", "s.yaml", "--no-output", "--progress", "on");
    assert_contains(end.err, "100.0 %");
    release(&end);
}

static void progress_is_shown_on_a_terminal(void **state)
{
    (void)state;
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    assert_int_equal(grantpt(terminal), 0);
    assert_int_equal(unlockpt(terminal), 0);
    const int other = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    assert_true(other >= 0);
    const char *const arguments[] = {"run", "s.yaml", "--no-output", NULL};
    const pid_t child = start_program(arguments, other, other);
    assert_int_equal(wait_for(child, 60.0), 0);
    char text[4096];
    const ssize_t n = read(terminal, text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = '\0';
    assert_contains(text, "\r\033[Kshort 100.0 %");
    close(other);
    close(terminal);
}

/* waits for the first line of progress, so that the signal finds the run at work */
static pid_t start_endless_run(int *out, FILE *err)
{
    write_file("endless.yaml", endless);
    int pipe_of_out[2];
    assert_int_equal(pipe2(pipe_of_out, O_CLOEXEC), 0);
    const char *const arguments[] = {"run",        "endless.yaml", "-o", "OUT.h5",
                                     "--progress", "json",         NULL};
    const pid_t child = start_program(arguments, pipe_of_out[1], fileno(err));
    close(pipe_of_out[1]);
    char first;
    assert_int_equal(read(pipe_of_out[0], &first, 1), 1);
    *out = pipe_of_out[0];
    return child;
}

static void signal_ends_a_run_in_good_order(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGUSR1};
    for (size_t i = 0; i < COUNT(signals); i++) {
        FILE *err = tmpfile();
        assert_non_null(err);
        int out;
        const pid_t child = start_endless_run(&out, err);
        const double sent_s = now_s();
        assert_int_equal(kill(child, signals[i]), 0);
        assert_int_equal(wait_for(child, 20.0), 75);
        assert_true(now_s() - sent_s < 2.0);
        rewind(err);
        char *text = read_stream(err);
        assert_contains(text, "qfleet run: interrupted after tick ");
        assert_contains(text, " of 4000000000");
        assert_plain(text);
        assert_true(exists("OUT.h5.partial"));
        assert_false(exists("OUT.h5"));
        free(text);
        fclose(err);
        close(out);

        program_end end = RUN("info", "OUT.h5.partial");
        assert_int_equal(end.exit_code, 0);
        assert_contains(end.out, "NOT COMPLETE: interrupted");
        release(&end);
        /* what is left is neither used nor overwritten by accident */
        end = RUN("run", "s.yaml", "-o", "OUT.h5");
        assert_int_equal(end.exit_code, 2);
        assert_contains(end.err, "OUT.h5.partial");
        assert_false(exists("OUT.h5"));
        release(&end);
        assert_int_equal(remove("OUT.h5.partial"), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(help_of_the_program_names_every_command),
        TEST(help_of_a_command_names_every_option),
        TEST(version_is_one_line),
        TEST(run_sums_up_on_standard_error),
        TEST(run_says_who_was_quarantined_and_why_and_goes_on),
        TEST(run_without_output_writes_nothing),
        TEST(options_may_stand_anywhere_and_carry_their_value_either_way),
        TEST(validate_tells_about_each_file),
        TEST(sweeps_are_checked_and_not_run),
        TEST(validate_reads_what_can_be_read_once),
        TEST(validate_prints_notes_and_runs_nothing),
        TEST(effective_scenario_is_all_of_standard_output),
        TEST(topo_shows_processors_and_instruction_set),
        TEST(info_describes_a_result),
        TEST(info_refuses_what_is_no_result),
        TEST(progress_as_json_is_one_object_a_line),
        TEST(progress_is_silent_away_from_a_terminal),
        TEST(progress_is_shown_on_a_terminal),
        TEST(signal_ends_a_run_in_good_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
