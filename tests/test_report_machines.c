/* SPDX-License-Identifier: Apache-2.0 */
/* The section on state machines, of small files whose counts are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "netcdf.h"
#include "report.h"

#define HOSTILE "<script>alert('x')</script>&\""

typedef struct state_row {
    uint32_t group;
    const char *machine, *state;
    uint8_t terminal;
    int64_t entered, evaluations;
} state_row;

typedef struct transition_row {
    uint32_t group;
    const char *machine, *from, *to, *trigger, *condition;
    uint8_t silent;
    int64_t held, taken;
} transition_row;

typedef struct content {
    const state_row *states;
    size_t n_states;
    const transition_row *transitions;
    size_t n_transitions;
    const char *const *messages;
    size_t n_messages;
    const char *left_out; /* a variable that the file does not have; NULL: none */
} content;

enum { MOST_ROWS = 32 };

static const char path[] = "test_report_machines.h5";

typedef struct target {
    qf_nc *nc;
    hid_t group, scale, texts;
    const char *left_out;
    size_t n;
} target;

static void put(const target *t, const char *name, hid_t type, const void *values)
{
    const qf_nc_variable variable = {name, type, "1", name, NULL};
    if (t->left_out && strcmp(t->left_out, name) == 0) {
        return;
    }
    const hid_t written = qf_nc_column(t->nc, t->group, t->scale, &variable, t->n, values);
    if (strcmp(name, "group") == 0) {
        static const uint32_t groups[] = {0, 1};
        qf_nc_put_array(t->nc, written, "flag_values", H5T_NATIVE_UINT32, 2, groups);
        qf_nc_put_text(t->nc, written, "flag_meanings", "north south");
    }
}

/* copies one member of each row into an array, and writes it */
#define PUT(target, rows, member, name, type, c_type)                                              \
    do {                                                                                           \
        c_type values[MOST_ROWS];                                                                  \
        for (size_t i = 0; i < (target)->n; i++) {                                                 \
            values[i] = (rows)[i].member;                                                          \
        }                                                                                          \
        put(target, name, type, values);                                                           \
    } while (0)

static target begin_table(qf_nc *nc, const char *name, const char *dimension, size_t n, hid_t texts,
                          const char *left_out)
{
    target t = {.nc = nc, .texts = texts, .n = n, .left_out = left_out};
    const qf_nc_variable variable = {dimension, H5T_NATIVE_INT64, "1", dimension, NULL};
    assert_true(n <= MOST_ROWS);
    t.group = qf_nc_group(nc, name);
    t.scale = qf_nc_dimension(nc, t.group, &variable, n, 0);
    qf_nc_write_numbers(nc, t.scale, n);
    return t;
}

static void write_file(const content *c)
{
    qf_nc nc;
    qf_nc_create(&nc, path);
    const hid_t texts = qf_nc_string_type(&nc);
    if (c->n_states > 0) {
        (void)qf_nc_group(&nc, "machines");
        const target s =
            begin_table(&nc, "machines/states", "machine_state", c->n_states, texts, c->left_out);
        PUT(&s, c->states, group, "group", H5T_NATIVE_UINT32, uint32_t);
        PUT(&s, c->states, machine, "machine", texts, const char *);
        PUT(&s, c->states, state, "state", texts, const char *);
        PUT(&s, c->states, terminal, "terminal", H5T_NATIVE_UINT8, uint8_t);
        PUT(&s, c->states, entered, "entered", H5T_NATIVE_INT64, int64_t);
        PUT(&s, c->states, evaluations, "evaluations", H5T_NATIVE_INT64, int64_t);
    }
    if (c->n_transitions > 0) {
        const target t = begin_table(&nc, "machines/transitions", "transition", c->n_transitions,
                                     texts, c->left_out);
        PUT(&t, c->transitions, group, "group", H5T_NATIVE_UINT32, uint32_t);
        PUT(&t, c->transitions, machine, "machine", texts, const char *);
        PUT(&t, c->transitions, from, "from", texts, const char *);
        PUT(&t, c->transitions, to, "to", texts, const char *);
        PUT(&t, c->transitions, trigger, "trigger", texts, const char *);
        PUT(&t, c->transitions, condition, "condition", texts, const char *);
        PUT(&t, c->transitions, silent, "silent", H5T_NATIVE_UINT8, uint8_t);
        PUT(&t, c->transitions, held, "held", H5T_NATIVE_INT64, int64_t);
        PUT(&t, c->transitions, taken, "taken", H5T_NATIVE_INT64, int64_t);
    }
    if (c->n_messages > 0) {
        const target t =
            begin_table(&nc, "machines/messages", "message", c->n_messages, texts, c->left_out);
        put(&t, "text", texts, c->messages);
    }
    qf_nc_close_type(&nc, texts);
    qf_nc_close(&nc);
    assert_false(nc.failed);
}

/* The whole page of a file; free it. NULL: it failed, and `error` says how. */
static char *page_of(const content *c, char error[1024])
{
    write_file(c);
    qf_context context = {0};
    qf_page *page = qf_page_create();
    assert_non_null(page);
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    const qf_report_run run = {.file = file, .path = path, .anchor = ""};
    const qf_status status = qf_report_run_machines(&context, page, &run);
    H5Fclose(file);
    unlink(path);
    char *text = NULL;
    if (status == QF_OK) {
        size_t bytes = 0;
        FILE *out = open_memstream(&text, &bytes);
        assert_int_equal(qf_page_write(&context, page, "test", out), QF_OK);
        fclose(out);
    } else {
        assert_int_equal(status, QF_ERROR_READ);
        strcpy(error, context.error);
    }
    qf_page_free(page);
    return text;
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *found = strstr(text, word); found; found = strstr(found + 1, word)) {
        n++;
    }
    return n;
}

/* of what every picture has, the two of a machine have one each */
enum { PICTURES = 2 };

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* BOOT -> IDLE <-> WORK, and from all of them to SAFE; DONE is never reached */
static const state_row patrol_states[] = {
    {0, "patrol", "BOOT", 0, 40, 100},   {0, "patrol", "IDLE", 0, 1240, 300},
    {0, "patrol", "WORK", 0, 1201, 500}, {0, "patrol", "SAFE", 0, 17, 100},
    {0, "patrol", "DONE", 1, 0, 0},
};

static const transition_row patrol_transitions[] = {
    {0, "patrol", "BOOT", "SAFE", "CRITICAL", "critical", 0, 2, 2},
    {0, "patrol", "BOOT", "IDLE", "READY", "ready", 0, 39, 39},
    {0, "patrol", "IDLE", "SAFE", "CRITICAL", "critical", 0, 0, 0},
    {0, "patrol", "IDLE", "WORK", "ORDER", "a < b && c", 0, 1201, 1201},
    {0, "patrol", "IDLE", "", "QUIET", "silence", 1, 88, 0},
    {0, "patrol", "IDLE", "", "TICK", "tick", 0, 6, 6},
    {0, "patrol", "WORK", "SAFE", "CRITICAL", "critical", 0, 15, 15},
    {0, "patrol", "WORK", "IDLE", "FINISHED", "finished", 0, 1201, 1201},
    {0, "patrol", "WORK", "DONE", "OVER", "over", 0, 77, 0},
    {0, "patrol", "SAFE", "DONE", "GIVE_UP", "lost", 0, 0, 0},
};

static const content patrol = {.states = patrol_states,
                               .n_states = COUNT_OF(patrol_states),
                               .transitions = patrol_transitions,
                               .n_transitions = COUNT_OF(patrol_transitions)};

static void pictures_have_the_counts_of_the_file(void **state)
{
    (void)state;
    char error[1024];
    char *page = page_of(&patrol, error);
    assert_non_null(page);
    assert_non_null(strstr(page, "4 of 5 states were entered, 6 of 9 transitions were taken."));
    assert_int_equal(count(page, "<svg "), PICTURES);
    /* states: times entered, and share of the 1,000 evaluations */
    assert_int_equal(count(page, ">40\xc3\x97 \xc2\xb7 10 %<"), PICTURES);
    assert_int_equal(count(page, ">1,240\xc3\x97 \xc2\xb7 30 %<"), PICTURES);
    assert_int_equal(count(page, ">1,201\xc3\x97 \xc2\xb7 50 %<"), PICTURES);
    assert_int_equal(count(page, ">17\xc3\x97 \xc2\xb7 10 %<"), PICTURES);
    assert_int_equal(count(page, ">never entered<"), PICTURES);
    /* 40 entered BOOT, and no transition leads there; of the others all came by one, as of IDLE's 39 + 1,201 */
    assert_int_equal(count(page, "start here<"), PICTURES);
    assert_int_equal(count(page, ">40 start here<"), PICTURES);
    /* arrows: READY 39, ORDER and FINISHED 1,201, TICK 6, CRITICAL 2 + 0 + 15 */
    assert_int_equal(count(page, ">39\xc3\x97<"), PICTURES);
    assert_int_equal(count(page, ">1,201\xc3\x97<"), 2 * PICTURES);
    assert_int_equal(count(page, ">6\xc3\x97<"), PICTURES);
    assert_int_equal(count(page, ">17\xc3\x97<"), PICTURES);
    assert_int_equal(count(page, ">never<"), 2 * PICTURES);
    assert_int_equal(count(page, "class=\"terminal\""), PICTURES);
    free(page);
}

static void transitions_of_many_states_are_one_arrow(void **state)
{
    (void)state;
    char error[1024];
    char *page = page_of(&patrol, error);
    assert_non_null(page);
    assert_int_equal(count(page, ">any</text>"), PICTURES);
    /* 1 CRITICAL, READY, ORDER, TICK, FINISHED, OVER, GIVE_UP, and where they start; the silent one is not drawn */
    assert_int_equal(count(page, "class=\"head\""), 8 * PICTURES);
    assert_int_equal(count(page, ">1 CRITICAL</text>"), PICTURES);
    assert_non_null(strstr(page, "any of BOOT, IDLE, WORK \xe2\x86\x92 SAFE\nwhen critical\n"
                                 "taken 17 times, held 17 times"));
    /* the table has all ten */
    assert_int_equal(count(page, "<td>critical</td>"), 3);
    assert_int_equal(count(page, "<td class=\"number\">silent</td>"), 1);
    free(page);
}

static void what_was_never_exercised_is_named_with_its_reason(void **state)
{
    (void)state;
    char error[1024];
    char *page = page_of(&patrol, error);
    assert_non_null(page);
    assert_non_null(strstr(page, "<p>Never entered: DONE.</p>"));
    const char *hidden = strstr(page, "although the condition held");
    assert_non_null(hidden);
    const char *there = strstr(page, "Vehicles were in the state");
    assert_non_null(there);
    const char *over = strstr(page, "<li>6 OVER: from WORK to DONE; held 77 times</li>");
    assert_true(over > hidden && over < there);
    assert_true(strstr(page, "<li>1 CRITICAL: from IDLE to SAFE</li>") > there);
    assert_true(strstr(page, "<li>7 GIVE_UP: from SAFE to DONE</li>") > there);
    assert_null(strstr(page, "No vehicle was ever in the state"));
    free(page);
}

static void groups_that_share_a_machine_are_added_and_named(void **state)
{
    (void)state;
    static const state_row states[] = {
        {0, "gate", "SHUT", 0, 10, 50}, {0, "gate", "OPEN", 1, 1000, 50},
        {1, "gate", "SHUT", 0, 5, 90},  {1, "gate", "OPEN", 1, 0, 0},
        {1, "lamp", "ON", 0, 5, 90},
    };
    static const transition_row rows[] = {
        {0, "gate", "SHUT", "OPEN", "KNOCK", "knock", 0, 1000, 1000},
        {1, "gate", "SHUT", "OPEN", "KNOCK", "knock", 0, 0, 0},
    };
    const content c = {.states = states,
                       .n_states = COUNT_OF(states),
                       .transitions = rows,
                       .n_transitions = COUNT_OF(rows)};
    char error[1024];
    char *page = page_of(&c, error);
    assert_non_null(page);
    assert_int_equal(count(page, "<svg "), 2 * PICTURES);
    assert_non_null(strstr(page, "<h3>gate of north and south</h3>"));
    assert_non_null(strstr(page, "<h3>lamp of south</h3>"));
    assert_non_null(
        strstr(page, "<li>north: 2 of 2 states were entered, 1 of 1 transition was taken</li>"));
    assert_non_null(
        strstr(page, "<li>south: 1 of 2 states were entered, 0 of 1 transition was taken</li>"));
    assert_int_equal(count(page, ">15 start here<"), PICTURES);
    assert_non_null(strstr(page, ">taken, south</th>"));
    free(page);
}

static void machines_that_differ_are_not_added(void **state)
{
    (void)state;
    static const state_row states[] = {
        {0, "gate", "SHUT", 0, 10, 50},
        {0, "gate", "OPEN", 1, 1000, 50},
        {1, "gate", "SHUT", 0, 5, 90},
        {1, "gate", "OPEN", 1, 0, 0},
    };
    static const transition_row rows[] = {
        {0, "gate", "SHUT", "OPEN", "KNOCK", "knock", 0, 1000, 1000},
        {1, "gate", "SHUT", "OPEN", "KNOCK", "knock > 1", 0, 0, 0},
    };
    const content c = {.states = states,
                       .n_states = COUNT_OF(states),
                       .transitions = rows,
                       .n_transitions = COUNT_OF(rows)};
    char error[1024];
    char *page = page_of(&c, error);
    assert_non_null(page);
    assert_non_null(strstr(page, "<h3>gate of north</h3>"));
    assert_non_null(strstr(page, "<h3>gate of south</h3>"));
    free(page);
}

static void hostile_names_are_texts(void **state)
{
    (void)state;
    static const state_row states[] = {{0, HOSTILE, HOSTILE, 0, 3, 3},
                                       {0, HOSTILE, "\xff%n", 0, 0, 0}};
    static const transition_row rows[] = {
        {0, HOSTILE, HOSTILE, "\xff%n", HOSTILE, HOSTILE, 0, 0, 0},
        {0, HOSTILE, HOSTILE, "", "", HOSTILE, 0, 1, 1},
    };
    const content c = {.states = states,
                       .n_states = COUNT_OF(states),
                       .transitions = rows,
                       .n_transitions = COUNT_OF(rows)};
    char error[1024];
    char *page = page_of(&c, error);
    assert_non_null(page);
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "\xff"));
    assert_non_null(strstr(page, "<td>&lt;script&gt;alert('x')&lt;/script&gt;&amp;&quot;</td>"));
    assert_non_null(strstr(page, "<td>\xef\xbf\xbd%n</td>"));
    free(page);
}

static void what_machines_say_is_listed(void **state)
{
    (void)state;
    static const char *const messages[] = {"shut down", "a < b"};
    content c = patrol;
    c.messages = messages;
    c.n_messages = COUNT_OF(messages);
    char error[1024] = "";
    char *page = page_of(&c, error);
    assert_non_null(page);
    assert_non_null(strstr(page, "<li>shut down</li>\n<li>a &lt; b</li>"));
    free(page);
    c.left_out = "text";
    assert_null(page_of(&c, error));
    assert_non_null(strstr(error, "/machines/messages cannot be read"));
}

static void a_file_without_machines_has_no_section(void **state)
{
    (void)state;
    const content c = {0};
    char error[1024];
    char *page = page_of(&c, error);
    assert_non_null(page);
    assert_null(strstr(page, "<section"));
    free(page);
}

static void damaged_tables_are_a_sentence(void **state)
{
    (void)state;
    static const char *const columns[] = {"taken", "entered", "group", "machine", "condition"};
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        content c = patrol;
        c.left_out = columns[i];
        char error[1024] = "";
        assert_null(page_of(&c, error));
        assert_non_null(strstr(error, path));
        assert_non_null(strstr(error, "/machines/"));
    }
    static const transition_row nowhere[] = {
        {0, "patrol", "BOOT", "MOON", "", "true", 0, 0, 0},
    };
    content c = patrol;
    c.transitions = nowhere;
    c.n_transitions = 1;
    char error[1024] = "";
    assert_null(page_of(&c, error));
    assert_non_null(strstr(error, "of a state that /machines/states does not have"));
}

int main(void)
{
    qf_nc_quiet();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_have_the_counts_of_the_file),
        cmocka_unit_test(transitions_of_many_states_are_one_arrow),
        cmocka_unit_test(what_was_never_exercised_is_named_with_its_reason),
        cmocka_unit_test(groups_that_share_a_machine_are_added_and_named),
        cmocka_unit_test(machines_that_differ_are_not_added),
        cmocka_unit_test(hostile_names_are_texts),
        cmocka_unit_test(what_machines_say_is_listed),
        cmocka_unit_test(a_file_without_machines_has_no_section),
        cmocka_unit_test(damaged_tables_are_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
