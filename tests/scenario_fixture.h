/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SCENARIO_FIXTURE_H
#define QF_SCENARIO_FIXTURE_H

/* What the tests of scenario files share: a directory, a loaded scenario, what was said of it. */

#include "program_fixture.h"
#include "scenario_reader.h"

#define SHIP_HARDWARE PROJECT_SOURCE_DIR "/configs/hardware/qiki_ship.json"
#define PORTS         PROJECT_SOURCE_DIR "/configs/hardware/ports.json"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define TIME  "schema: qfleet/1\ntime: {dt_s: 0.1, duration_s: 20}\n"
#define GROUP "groups:\n  - name: a\n    kind: bot\n    count: 3\n"
#define PLAIN TIME GROUP "    hardware: {hardware_profile: {}}\n"

typedef struct fixture {
    char directory[64];
    qf_context context;
    qf_diagnostics diagnostics;
    qf_scenario scenario;
} fixture;

static inline int set_up(void **state)
{
    static fixture f;
    f = (fixture){.context = qf_context_default()};
    enter_directory(f.directory);
    qf_diagnostics_init(&f.diagnostics);
    *state = &f;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    qf_scenario_free(&f->scenario);
    qf_diagnostics_free(&f->diagnostics);
    leave_directory(f->directory);
    return 0;
}

static inline void load_file(fixture *f, const char *path, const char *const *overrides, size_t n)
{
    qf_scenario_free(&f->scenario);
    qf_diagnostics_free(&f->diagnostics);
    const qf_status status =
        qf_scenario_read(&f->context, path, overrides, n, &f->diagnostics, &f->scenario);
    if (status != QF_OK) {
        qf_diagnostics_print(&f->diagnostics, stderr);
        fail_msg("%s: not accepted", path);
    }
    assert_int_equal(qf_diagnostics_error_count(&f->diagnostics), 0);
}

static inline void load(fixture *f, const char *text)
{
    write_file("s.yaml", text);
    load_file(f, "s.yaml", NULL, 0);
}

static inline void load_with(fixture *f, const char *text, const char *override)
{
    write_file("s.yaml", text);
    load_file(f, "s.yaml", &override, 1);
}

static inline const qf_hardware *hardware_of(const fixture *f)
{
    return &f->scenario.groups[0].hardware;
}

static inline void assert_constant(const qf_number *number, double value)
{
    assert_int_equal(number->kind, QF_NUMBER_CONSTANT);
    assert_true(number->a == value);
}

static inline void assert_note(const fixture *f, size_t index, uint32_t line, uint32_t column,
                               const char *path, const char *text)
{
    assert_true(index < f->diagnostics.notes.n_items);
    const qf_diagnostic *note = &f->diagnostics.notes.items[index];
    assert_string_equal(note->path, path);
    assert_string_equal(note->text, text);
    assert_int_equal(note->line, line);
    assert_int_equal(note->column, column);
}

/* all errors that the scenario leads to; the caller frees it */
static inline char *errors_of(fixture *f, const char *text)
{
    write_file("s.yaml", text);
    qf_scenario_free(&f->scenario);
    qf_diagnostics_free(&f->diagnostics);
    const qf_status status =
        qf_scenario_read(&f->context, "s.yaml", NULL, 0, &f->diagnostics, &f->scenario);
    assert_int_equal(status, QF_ERROR_SCENARIO);
    assert_int_equal(qf_status_exit_code(status), 2);
    char *printed = NULL;
    size_t length;
    FILE *out = open_memstream(&printed, &length);
    assert_non_null(out);
    qf_diagnostics_print(&f->diagnostics, out);
    assert_int_equal(fclose(out), 0);
    return printed;
}

/* the scenario as its effective YAML; the caller frees it */
static inline char *effective_text(const fixture *f)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    qf_scenario_write(&f->scenario, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* what is put after the same beginning, and all that is then said */
typedef struct refused {
    const char *in_group;
    const char *expected;
} refused;

static inline void assert_refused(fixture *f, const char *head, const refused *all, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        char text[4096];
        assert_true(snprintf(text, sizeof text, "%s%s", head, all[i].in_group) < 4096);
        char *errors = errors_of(f, text);
        if (strcmp(errors, all[i].expected) != 0) {
            print_error("%zu: expected\n%sfound\n%s", i, all[i].expected, errors);
            wrong++;
        }
        free(errors);
    }
    assert_int_equal(wrong, 0);
}

#endif
