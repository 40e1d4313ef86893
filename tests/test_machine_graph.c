/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of machines. */
#include "machine_graph.h"

#include <unistd.h>

#include "scenario_fixture.h"

static const qf_machine_spec *machine(fixture *f)
{
    load(f, PLAIN
         "    fsm:\n"
         "      name: m\n"
         "      initial: B\n"
         "      variables: {hits: 0}\n"
         "      any: [{condition: tick > 9, target: END}]\n"
         "      states:\n"
         "        A:\n"
         "          on_enter: [{set: {hits: hits + 1}}, {rcs: {axis: up, pct: 5, duration_s: 2}}]\n"
         "          transitions:\n"
         "            - {condition: soc_pct < 5, target: B, trigger: LOW}\n"
         "            - {condition: 'actuation.is(\"rcs\")', target: B}\n"
         "            - {condition: soc_pct < 9, trigger: STAYS}\n"
         "        B: {transitions: [{condition: soc_pct > 50, target: A}]}\n"
         "        END: {terminal: true}\n");
    return f->scenario.groups[0].machines[0];
}

static void states_are_boxes_and_transitions_arrows(void **state)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    qf_write_machine_graph(out, machine(*state));
    assert_int_equal(fclose(out), 0);
    static const char *const parts[] = {
        "digraph \"m\" {\n",
        "  \" start\" -> \"B\";\n",
        ("  \"A\" [label=\"A\\nenter: hits = hits + 1\\lenter: rcs axis up, pct 5, duration_s 2\\l"
         "stay: STAYS\\l[soc_pct < 9]\\l\"];\n"),
        "  \"END\" [peripheries=2, label=\"END\\n\"];\n",
        /* both transitions share an arrow */
        "  \"A\" -> \"B\" [label=\"LOW\\l[soc_pct < 5]\\l[actuation.is(\\\"rcs\\\")]\\l\"];\n",
        "  \"B\" -> \"A\" [label=\"[soc_pct > 50]\\l\"];\n",
        "  \" any\" -> \"END\" [label=\"[tick > 9]\\l\"];\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!strstr(text, parts[i])) {
            fail_msg("%s is not in\n%s", parts[i], text);
        }
    }
    free(text);
}

static void a_picture_is_replaced_by_force_only(void **state)
{
    fixture *f = *state;
    const qf_machine_spec *m = machine(f);
    assert_int_equal(qf_save_machine_graph(&f->context, m, "m.dot", false), QF_OK);
    assert_int_equal(qf_save_machine_graph(&f->context, m, "m.dot", false), QF_ERROR_EXISTS);
    assert_int_equal(qf_save_machine_graph(&f->context, m, "m.dot", true), QF_OK);
    assert_int_equal(access("m.dot.partial", F_OK), -1);
    assert_int_equal(qf_save_machine_graph(&f->context, m, "m.png", false), QF_ERROR_USAGE);
    assert_int_equal(qf_save_machine_graph(&f->context, m, "no/m.dot", false), QF_ERROR_OUTPUT);
    assert_int_equal(qf_save_machine_graph(&f->context, m, "no/m.svg", false), QF_ERROR_OUTPUT);
    assert_string_equal(f->context.error, "no/m.svg: the folder 'no' does not exist");
}

static void without_graphviz_the_error_names_the_program(void **state)
{
    fixture *f = *state;
    const qf_machine_spec *m = machine(f);
    char *path = strdup(getenv("PATH"));
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    const qf_status status = qf_save_machine_graph(&f->context, m, "m.svg", false);
    assert_int_equal(setenv("PATH", path, 1), 0);
    free(path);
    assert_int_equal(status, QF_ERROR_WRITE);
    assert_non_null(strstr(f->context.error, "'dot' of Graphviz is not installed"));
    assert_int_equal(access("m.svg", F_OK), -1);
    assert_int_equal(access("m.svg.partial", F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(states_are_boxes_and_transitions_arrows),
        TEST(a_picture_is_replaced_by_force_only),
        TEST(without_graphviz_the_error_names_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
