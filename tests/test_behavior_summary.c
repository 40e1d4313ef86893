/* SPDX-License-Identifier: Apache-2.0 */
#include "behavior_summary.h"

#include "machines_fixture.h"

static char *summarise(fixture *f, const qf_coverage *given)
{
    char *text = NULL;
    size_t size;
    make_behaving_fleet(f);
    qf_simulation *simulation;
    assert_int_equal(
        qf_simulation_create(&f->context, &f->fleet, &(qf_simulation_options){0}, &simulation),
        QF_OK);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    qf_print_behavior(&f->fleet, given, simulation, out);
    fclose(out);
    qf_simulation_free(simulation);
    return text;
}

static void each_machine_has_a_line_and_what_was_never_exercised_follows(void **state)
{
    char *text = summarise(*state, &coverage);
    assert_string_equal(
        text,
        "  behaviour      heavy haulers, agent: WORKING 75 %, CAREFUL 25 %, 4 transitions\n"
        "  never          heavy haulers, agent: state LOST\n"
        "                 heavy haulers, agent: transition WORKING -> CAREFUL: its condition held, "
        "but one before it did, too\n"
        "                 heavy haulers, agent: transition WORKING -> LOST\n"
        "                 heavy haulers, agent: transition CAREFUL -> LOST\n");
    free(text);
}

/* three times four lines */
static void more_than_ten_lines_are_only_counted(void **state)
{
    const qf_coverage_machine thrice[] = {covered[0], covered[0], covered[0]};
    char *text = summarise(*state, &(qf_coverage){.n = 3, .machines = thrice});
    size_t n_lines = 0;
    for (const char *c = text; *c; c++) {
        n_lines += *c == '\n';
    }
    assert_int_equal(n_lines, 3 + 10 + 1);
    assert_non_null(strstr(text, "\n                 and 2 more, see /machines of the file\n"));
    free(text);
}

static void without_machines_nothing_is_said(void **state)
{
    char *text = summarise(*state, &(qf_coverage){0});
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_machine_has_a_line_and_what_was_never_exercised_follows),
        TEST(more_than_ten_lines_are_only_counted),
        TEST(without_machines_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
