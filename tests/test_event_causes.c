/* SPDX-License-Identifier: Apache-2.0 */
#include "event_causes.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>

#include "scenario.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BECAUSE(...)                                                                               \
    .because = (const qf_cause[]){__VA_ARGS__},                                                    \
    .n_because = COUNT(((const qf_cause[]){__VA_ARGS__}))
/* tracks are counted from 1 here, 0: none */
#define TELL(...) tell(&(qf_event){__VA_ARGS__})

static qf_event_causes causes;
static int64_t n_told;
static bool behaves;
static qf_asked asked;

static int set_up(void **state)
{
    (void)state;
    n_told = 0;
    behaves = true;
    asked = (qf_asked){.any = UINT32_MAX, .single = UINT32_MAX};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    qf_event_causes_free(&causes);
    return 0;
}

/* the cause of the next event */
static int64_t tell(qf_event *event)
{
    event->track--;
    assert_true(qf_event_causes_link(&causes, event, n_told, behaves ? &asked : NULL));
    assert_true(event->cause < n_told);
    n_told++;
    return event->cause;
}

static void a_chain_leads_from_what_was_sensed_to_the_thrusters(void **state)
{
    (void)state;
    assert_int_equal(TELL(.tick = 7, .code = 211, .track = 4, .moment = QF_MOMENT_SENSE), -1);
    assert_int_equal(
        TELL(.tick = 9, .code = 802, .subject = 2, .track = 4, .moment = QF_MOMENT_SENSE), 0);
    assert_int_equal(TELL(.tick = 9, .code = 150, .subject = 17, .machine = 1,
                          .moment = QF_MOMENT_DECIDE, BECAUSE({QF_TOPIC_GUARD, 2})),
                     1);
    assert_int_equal(TELL(.tick = 9, .code = 310, .subject = QF_COMMAND_RCS,
                          .moment = QF_MOMENT_DECIDE, BECAUSE({QF_TOPIC_MACHINE, 1})),
                     2);
    assert_int_equal(TELL(.tick = 10, .code = 300, .subject = 3), 3);
    assert_int_equal(TELL(.tick = 12, .code = 301, .subject = 3), 4);
    assert_int_equal(TELL(.tick = 12, .code = 311, .subject = QF_COMMAND_RCS,
                          .moment = QF_MOMENT_DECIDE, BECAUSE({QF_TOPIC_COMMAND, QF_COMMAND_RCS})),
                     3);
}

static void a_failed_self_test_follows_from_the_device_and_the_device_from_its_fault(void **state)
{
    (void)state;
    assert_int_equal(TELL(.tick = 0, .code = 100, .moment = QF_MOMENT_COMMAND), -1);
    assert_int_equal(TELL(.tick = 0, .code = 701, .subject = 3, .moment = QF_MOMENT_COMMAND), -1);
    assert_int_equal(TELL(.tick = 0, .code = 202, .subject = 5, .moment = QF_MOMENT_COMMAND,
                          BECAUSE({QF_TOPIC_FAULT, 3})),
                     1);
    assert_int_equal(
        TELL(.tick = 4, .code = 102, .moment = QF_MOMENT_COMMAND, BECAUSE({QF_TOPIC_DEVICE, -1})),
        2);
    assert_int_equal(TELL(.tick = 4, .code = 150, .machine = 0, .moment = QF_MOMENT_DECIDE,
                          BECAUSE({QF_TOPIC_BIOS, -1})),
                     3);
    /* what is over names what had begun, and what works again says why */
    assert_int_equal(TELL(.tick = 8, .code = 703, .subject = 3, .moment = QF_MOMENT_COMMAND,
                          BECAUSE({QF_TOPIC_DEVICE, -1})),
                     1);
    assert_int_equal(TELL(.tick = 8, .code = 200, .subject = 5, .moment = QF_MOMENT_COMMAND,
                          BECAUSE({QF_TOPIC_FAULT, 3}, {QF_TOPIC_DEVICE, 5})),
                     5);
    TELL(.tick = 9, .code = 202, .subject = 5, .moment = QF_MOMENT_COMMAND); /* 7 */
    assert_int_equal(TELL(.tick = 9, .code = 200, .subject = 5, .moment = QF_MOMENT_COMMAND), 7);
    /* readiness, too, is lost and won with devices, but not what a self-test says */
    assert_int_equal(
        TELL(.tick = 9, .code = 150, .moment = QF_MOMENT_DECIDE, BECAUSE({QF_TOPIC_BIOS, -1})), 8);
    assert_int_equal(TELL(.tick = 9, .code = 202, .subject = 6, .moment = QF_MOMENT_COMMAND,
                          BECAUSE({QF_TOPIC_BIOS, -1})),
                     3);
    /* and a self-test that succeeds without a reason follows from its last failure */
    assert_int_equal(TELL(.tick = 9, .code = 101, .moment = QF_MOMENT_COMMAND), 3);
}

static void of_several_topics_the_latest_event_counts(void **state)
{
    (void)state;
    TELL(.code = 602);                                          /* 0 */
    TELL(.code = 802, .subject = 1, .moment = QF_MOMENT_SENSE); /* 1 */
    TELL(.code = 802, .subject = 6, .moment = QF_MOMENT_SENSE); /* 2 */
    TELL(.code = 120, .moment = QF_MOMENT_COMMAND);             /* 3 */
    TELL(.code = 802, .subject = 6, .entity = 1);               /* 4: of somebody else */
    static const struct {
        qf_cause because[2];
        int64_t cause;
    } cases[] = {
        {{{QF_TOPIC_POWER, -1}, {QF_TOPIC_GUARD, 1}}, 1},
        {{{QF_TOPIC_GUARD, 1}, {QF_TOPIC_POWER, -1}}, 1},
        {{{QF_TOPIC_GUARD, -1}, {QF_TOPIC_POWER, -1}}, 2},
        {{{QF_TOPIC_GUARD, 3}, {QF_TOPIC_POWER, -1}}, 0},
        {{{QF_TOPIC_GUARD, 6}, {QF_TOPIC_MISSION, -1}}, 3},
        {{{QF_TOPIC_GUARD, 3}, {QF_TOPIC_TRACK, -1}}, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(tell(&(qf_event){.code = 160,
                                          .subject = -1,
                                          .moment = QF_MOMENT_DECIDE,
                                          .because = cases[i].because,
                                          .n_because = 2}),
                         cases[i].cause);
    }
}

static void machines_of_one_vehicle_are_told_apart(void **state)
{
    (void)state;
    TELL(.code = 150, .subject = 40, .machine = 0, .moment = QF_MOMENT_DECIDE); /* 0 */
    TELL(.code = 151, .subject = 70, .machine = 1, .moment = QF_MOMENT_DECIDE); /* 1 */
    assert_int_equal(TELL(.code = 310, BECAUSE({QF_TOPIC_MACHINE, 0})), 0);
    assert_int_equal(TELL(.code = 310, BECAUSE({QF_TOPIC_MACHINE, 1})), 1);
    assert_int_equal(TELL(.code = 310, BECAUSE({QF_TOPIC_MACHINE, 40})), -1);
    assert_int_equal(TELL(.code = 310, BECAUSE({QF_TOPIC_MACHINE, -1})), 1);
}

static void thrusters_follow_only_from_a_command_of_the_tick_before(void **state)
{
    (void)state;
    TELL(.tick = 3, .code = 310, .subject = QF_COMMAND_RCS, .moment = QF_MOMENT_DECIDE);   /* 0 */
    TELL(.tick = 3, .code = 310, .subject = QF_COMMAND_SPEED, .moment = QF_MOMENT_DECIDE); /* 1 */
    assert_int_equal(TELL(.tick = 4, .code = 300, .subject = 1), 0);
    assert_int_equal(TELL(.tick = 5, .code = 301, .subject = 1), 2);
    assert_int_equal(TELL(.tick = 5, .code = 300, .subject = 1), -1);
    TELL(.tick = 6, .code = 310, .subject = QF_COMMAND_SPEED, .moment = QF_MOMENT_DECIDE);
    assert_int_equal(TELL(.tick = 7, .code = 300, .subject = 1), -1);
}

static void
what_ends_a_condition_has_its_beginning_as_its_cause_whatever_else_there_is(void **state)
{
    (void)state;
    TELL(.code = 602);               /* 0 */
    TELL(.code = 702, .subject = 3); /* 1 */
    assert_int_equal(TELL(.code = 601, BECAUSE({QF_TOPIC_THERMAL, -1})), 0);
    assert_int_equal(TELL(.code = 700, .subject = 3, BECAUSE({QF_TOPIC_POWER, -1})), 1);
    /* but for stops, which end because somebody says so, or, unsaid, as others do */
    TELL(.code = 900, .moment = QF_MOMENT_DECIDE);                             /* 4 */
    TELL(.code = 310, .subject = QF_COMMAND_STOP, .moment = QF_MOMENT_DECIDE); /* 5 */
    assert_int_equal(
        TELL(.code = 902, .moment = QF_MOMENT_DECIDE, BECAUSE({QF_TOPIC_COMMAND, QF_COMMAND_STOP})),
        5);
    TELL(.code = 910, .moment = QF_MOMENT_COMMAND); /* 7 */
    assert_int_equal(TELL(.code = 911, .moment = QF_MOMENT_COMMAND), 7);
}

/* emitted 301 and 601 end nothing, emitted 602 and 802 are nobody's cause */
static void codes_that_a_machine_emits_begin_and_end_nothing(void **state)
{
    (void)state;
    TELL(.tick = 1, .code = 300, .subject = 2); /* 0 */
    assert_int_equal(TELL(.tick = 1, .code = 301, .subject = -1, .moment = QF_MOMENT_DECIDE), -1);
    assert_int_equal(TELL(.tick = 1, .code = 999, .moment = QF_MOMENT_DECIDE), -1);
    assert_int_equal(TELL(.tick = 2, .code = 602, .moment = QF_MOMENT_DECIDE), -1); /* 3 */
    assert_int_equal(TELL(.tick = 2, .code = 603), -1);
    assert_int_equal(TELL(.tick = 2, .code = 802, .subject = 1, .moment = QF_MOMENT_DECIDE), -1);
    assert_int_equal(
        TELL(.tick = 2, .code = 150, .moment = QF_MOMENT_DECIDE, BECAUSE({QF_TOPIC_GUARD, -1})),
        -1);
    assert_int_equal(TELL(.tick = 3, .code = 301, .subject = 2), 0);
}

static void of_vehicles_that_do_not_behave_nothing_is_remembered(void **state)
{
    (void)state;
    behaves = false;
    for (uint32_t e = 0; e < 1000; e++) {
        assert_int_equal(TELL(.entity = e, .code = 100), -1);
        assert_int_equal(TELL(.entity = e, .code = 101), 4 * e);
        TELL(.tick = 1, .entity = e, .code = 310, .subject = QF_COMMAND_RCS);
        assert_int_equal(TELL(.tick = 1, .entity = e, .code = 310, BECAUSE({QF_TOPIC_COMMAND, -1})),
                         -1);
    }
    assert_int_equal(qf_event_causes_bytes(&causes), 0);
    assert_int_equal(TELL(.tick = 2, .code = 300, .subject = 1), -1);
}

/* topics and subjects that 20,000 vehicles had once are found again when the table has grown many times */
static void nothing_is_forgotten_and_memory_is_that_of_what_there_is_to_remember(void **state)
{
    (void)state;
    enum { N = 20000, RULES = 3, KEYS = RULES + 1, ROUNDS = 5 };
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t e = 0; e < N; e++) {
            for (int32_t rule = 0; rule < RULES; rule++) {
                TELL(.entity = e, .code = 800, .subject = rule, .moment = QF_MOMENT_SENSE);
            }
        }
    }
    const int64_t last_round = (int64_t)(ROUNDS - 1) * N * RULES;
    for (uint32_t e = 0; e < N; e++) {
        for (int32_t rule = 0; rule <= RULES; rule++) {
            const int32_t subject = rule < RULES ? rule : -1;
            const int64_t cause =
                last_round + (int64_t)e * RULES + (rule < RULES ? rule : RULES - 1);
            assert_int_equal(TELL(.entity = e, .code = 160, BECAUSE({QF_TOPIC_GUARD, subject})),
                             cause);
        }
    }
    /* 16 bytes for each topic and subject, at most three quarters full, and at least half of that; what is over is
       counted out by its own table */
    const double bytes_per_key =
        (double)causes.latest_capacity * sizeof *causes.latest / (N * KEYS);
    assert_int_equal(causes.n_latest, N * KEYS);
    assert_true(bytes_per_key >= 16.0 / 0.75 && bytes_per_key <= 2 * 16.0 / 0.75);
    assert_true((double)qf_event_causes_bytes(&causes) / N <= 400.0);
}

static void what_nobody_asks_for_is_not_remembered(void **state)
{
    (void)state;
    enum { N = 3000, RULES = 5 };
    asked = (qf_asked){.any = UINT32_C(1) << QF_TOPIC_POWER | UINT32_C(1) << QF_TOPIC_BIOS,
                       .single = UINT32_C(1) << QF_TOPIC_MACHINE};
    for (uint32_t e = 0; e < N; e++) {
        for (int32_t rule = 0; rule < RULES; rule++) {
            TELL(.entity = e, .code = 802, .subject = rule, .moment = QF_MOMENT_SENSE);
        }
        TELL(.entity = e, .code = 602);
        TELL(.entity = e, .code = 150, .subject = 7, .machine = 2, .moment = QF_MOMENT_DECIDE);
    }
    for (uint32_t e = 0; e < N; e++) {
        const int64_t first = (int64_t)e * (RULES + 2);
        assert_int_equal(TELL(.entity = e, .code = 160, BECAUSE({QF_TOPIC_POWER, -1})),
                         first + RULES);
        assert_int_equal(TELL(.entity = e, .code = 160, BECAUSE({QF_TOPIC_MACHINE, 2})),
                         first + RULES + 1);
        /* what is open is found all the same */
        assert_int_equal(TELL(.entity = e, .code = 800, .subject = 3), first + 3);
    }
    assert_int_equal(causes.n_latest, 2 * N);
}

/* a device that works again because of its own failure finds that, remembered or not */
static void devices_that_nobody_asks_for_are_found_by_being_down(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        asked.single = all ? UINT32_MAX : 0;
        const uint32_t e = (uint32_t)all;
        const int64_t failed = n_told;
        TELL(.entity = e, .code = 202, .subject = 5, .moment = QF_MOMENT_COMMAND);
        TELL(.entity = e, .code = 202, .subject = 6, .moment = QF_MOMENT_COMMAND);
        qf_cause because[] = {{QF_TOPIC_DEVICE, 5}};
        assert_int_equal(TELL(.entity = e, .code = 200, .subject = 5, .moment = QF_MOMENT_COMMAND,
                              .because = because, .n_because = 1),
                         failed);
    }
}

/* while a table grows, the one before is there too */
static void memory_is_foreseen(void **state)
{
    (void)state;
    enum { N = 20000 };
    asked = (qf_asked){.single = UINT32_C(1) << QF_TOPIC_GUARD};
    for (uint32_t e = 0; e < N; e++) {
        TELL(.entity = e, .code = 802, .subject = 1, .moment = QF_MOMENT_SENSE);
    }
    const size_t predicted = qf_event_causes_predicted_bytes(N, N);
    assert_int_equal(causes.n_latest, N);
    assert_int_equal(predicted, qf_event_causes_bytes(&causes) * 3 / 2);
    assert_int_equal(qf_event_causes_predicted_bytes(0, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void
a_capture_leads_from_the_behaviour_that_was_ordered_to_the_state_of_being_docked(void **state)
{
    (void)state;
    TELL(.tick = 4, .code = 150, .machine = 0, .moment = QF_MOMENT_DECIDE); /* 0 */
    assert_int_equal(TELL(.tick = 4, .code = 310, .subject = QF_COMMAND_BEHAVE,
                          .moment = QF_MOMENT_DECIDE, BECAUSE({QF_TOPIC_MACHINE, 0})),
                     0);
    assert_int_equal(TELL(.tick = 4, .code = 320, .subject = 1, .moment = QF_MOMENT_DECIDE,
                          BECAUSE({QF_TOPIC_COMMAND, QF_COMMAND_BEHAVE})),
                     1);
    assert_int_equal(TELL(.tick = 8, .code = 322, .subject = 1, .moment = QF_MOMENT_DECIDE), 2);
    assert_int_equal(TELL(.tick = 9, .code = 322, .subject = 1, .moment = QF_MOMENT_DECIDE,
                          BECAUSE({QF_TOPIC_GUIDANCE, -1})),
                     2); /* not from the one before */
    /* of two ports each has its own story */
    assert_int_equal(TELL(.tick = 50, .code = 520, .subject = 0, .moment = QF_MOMENT_SENSE), 2);
    assert_int_equal(TELL(.tick = 51, .code = 520, .subject = 1, .moment = QF_MOMENT_SENSE), 2);
    assert_int_equal(TELL(.tick = 60, .code = 521, .subject = 0, .moment = QF_MOMENT_SENSE), 5);
    assert_int_equal(TELL(.tick = 61, .code = 523, .subject = 1, .moment = QF_MOMENT_SENSE), 6);
    assert_int_equal(TELL(.tick = 60, .code = 150, .machine = 0, .moment = QF_MOMENT_DECIDE,
                          BECAUSE({QF_TOPIC_DOCKING, 0})),
                     7);
    assert_int_equal(TELL(.tick = 60, .code = 321, .subject = 1, .moment = QF_MOMENT_DECIDE), 2);
    /* it is left because somebody said so, else by itself */
    TELL(.tick = 90, .code = 310, .subject = QF_COMMAND_UNDOCK,
         .moment = QF_MOMENT_COMMAND); /* 11 */
    assert_int_equal(TELL(.tick = 91, .code = 522, .subject = 0, .moment = QF_MOMENT_SENSE,
                          BECAUSE({QF_TOPIC_COMMAND, QF_COMMAND_UNDOCK})),
                     11);
    assert_int_equal(
        TELL(.tick = 91, .entity = 1, .code = 521, .subject = 0, .moment = QF_MOMENT_SENSE), -1);
    assert_int_equal(
        TELL(.tick = 92, .entity = 1, .code = 524, .subject = 0, .moment = QF_MOMENT_SENSE), 13);
}

/* also of vehicles that do not behave, but for what machines of them ask for */
static void what_happens_to_a_ship_follows_from_what_it_does_and_where_it_is(void **state)
{
    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        qf_event_causes_free(&causes);
        n_told = 0;
        behaves = pass == 0;
        TELL(.tick = 0, .code = 320, .moment = QF_MOMENT_DECIDE);            /* 0 */
        TELL(.tick = 1, .code = 211, .track = 4, .moment = QF_MOMENT_SENSE); /* 1 */
        assert_int_equal(TELL(.tick = 2, .code = 323, .track = 4, .moment = QF_MOMENT_DECIDE), 1);
        assert_int_equal(TELL(.tick = 3, .code = 324, .moment = QF_MOMENT_DECIDE), 2);
        assert_int_equal(TELL(.tick = 4, .code = 323, .track = 9, .moment = QF_MOMENT_DECIDE), 0);
        TELL(.tick = 5, .code = 320, .subject = 1, .moment = QF_MOMENT_DECIDE); /* 5 */
        assert_int_equal(TELL(.tick = 6, .code = 920, .subject = 3, .moment = QF_MOMENT_SENSE), 5);
        assert_int_equal(TELL(.tick = 6, .code = 530, .subject = 2, .moment = QF_MOMENT_SENSE), 5);
        assert_int_equal(TELL(.tick = 7, .code = 532, .subject = 2, .moment = QF_MOMENT_SENSE), 7);
        TELL(.tick = 8, .code = 401, .moment = QF_MOMENT_SENSE); /* 9 */
        assert_int_equal(TELL(.tick = 9, .code = 400, .moment = QF_MOMENT_SENSE), 9);
        TELL(.tick = 10, .code = 610); /* 11 */
        assert_int_equal(TELL(.tick = 11, .code = 602), 11);
        assert_int_equal(TELL(.tick = 12, .code = 611), 11);
        assert_int_equal(TELL(.tick = 13, .code = 601), 12);
        assert_int_equal(TELL(.tick = 14, .code = 602), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_chain_leads_from_what_was_sensed_to_the_thrusters),
        TEST(a_capture_leads_from_the_behaviour_that_was_ordered_to_the_state_of_being_docked),
        TEST(what_happens_to_a_ship_follows_from_what_it_does_and_where_it_is),
        TEST(a_failed_self_test_follows_from_the_device_and_the_device_from_its_fault),
        TEST(of_several_topics_the_latest_event_counts),
        TEST(machines_of_one_vehicle_are_told_apart),
        TEST(thrusters_follow_only_from_a_command_of_the_tick_before),
        TEST(what_ends_a_condition_has_its_beginning_as_its_cause_whatever_else_there_is),
        TEST(codes_that_a_machine_emits_begin_and_end_nothing),
        TEST(of_vehicles_that_do_not_behave_nothing_is_remembered),
        TEST(what_nobody_asks_for_is_not_remembered),
        TEST(devices_that_nobody_asks_for_are_found_by_being_down),
        TEST(memory_is_foreseen),
        TEST(nothing_is_forgotten_and_memory_is_that_of_what_there_is_to_remember),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
