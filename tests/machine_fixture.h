/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_MACHINE_FIXTURE_H
#define QF_MACHINE_FIXTURE_H

/* What the tests of building machines share: one that was built, and what was said of it. */

#include "machine_build.h"
#include "scenario_fixture.h"

#define WATCHFUL                                                                                   \
    TIME GROUP "    hardware: {hardware_profile: {}}\n"                                            \
               "    radar: {ideal: true, period_s: 0.1, range_max_m: 20000, "                      \
               "sr_threshold_m: 5000}\n"                                                           \
               "    tracker: {mode: qiki}\n"                                                       \
               "    guards: {rules: [{id: NEAR, severity: critical}, {id: FAR, severity: "         \
               "warning}, {id: FAST, severity: critical}]}\n"

typedef struct machine_test {
    qf_arena arena;
    qf_catalog catalog;
    qf_built_machine built;
    size_t n_holds;
    bool reads_outputs;
    size_t n_said;
    char said[4096]; /* a line for each complaint */
    const void *place;
} machine_test;

static inline void note_complaint(void *user, const void *place, size_t begin, size_t end,
                                  bool note, const char *message)
{
    machine_test *test = user;
    const size_t length = strlen(test->said);
    (void)note;
    snprintf(test->said + length, sizeof test->said - length, "%zu-%zu %s\n", begin, end, message);
    test->place = place;
    test->n_said++;
}

static inline bool build_machine(const fixture *f, size_t number, machine_test *test)
{
    qf_context context = qf_context_default();
    const qf_complaints complaints = {note_complaint, test};
    qf_arena_free(&test->arena);
    *test = (machine_test){0};
    assert_int_equal(qf_catalog_create(&context, &test->arena, f->scenario.groups,
                                       f->scenario.n_groups, &test->catalog),
                     QF_OK);
    return qf_machine_build(&test->arena, &test->catalog, &f->scenario, 0, number, NULL, NULL,
                            &complaints, &test->built, &test->n_holds, &test->reads_outputs);
}

/* the first machine of the group; `machine` is the file m.yaml */
static inline void load_machine(fixture *f, const char *machine, machine_test *test)
{
    write_file("m.yaml", machine);
    load(f, WATCHFUL "    fsm: m.yaml\n");
    assert_true(build_machine(f, 0, test));
}

#endif
