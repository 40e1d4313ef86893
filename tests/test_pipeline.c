/* SPDX-License-Identifier: Apache-2.0 */
/* Stages of the tests' own show when stages run, on whom, and what they may see of others. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "group.h"
#include "pipeline.h"
#include "scenario_fixture.h"
#include "simulation.h"

#define FLEET                                                                                      \
    TIME "groups:\n"                                                                               \
         "  - {name: a, kind: bot, count: 700, hardware: {hardware_profile: {}},\n"                \
         "     initial: {speed_mps: 1, heading_deg: {uniform: {min: 0, max: 360}}}}\n"             \
         "  - {name: b, kind: bot, count: 5, hardware: {hardware_profile: {}},\n"                  \
         "     script: [{step: 7, cmd: speed, mps: 0.5}]}\n"

enum { N_TICKS = 100, N_SLOTS = 720, MOST_STAGES = 32 };

/* what a stage saw, by slot: each vehicle is one thread's, so no two write one place */
typedef struct sight {
    int32_t n_calls[N_SLOTS];
    int64_t last_tick[N_SLOTS];
    double sum[N_SLOTS];
} sight;

static bool count(const qf_stage_call *call)
{
    sight *seen = call->user;
    for (size_t slot = call->block->slot_begin; slot < call->block->slot_end; slot++) {
        seen->n_calls[slot]++;
        seen->last_tick[slot] = call->tick;
        seen->sum[slot] += (double)call->period_ticks;
    }
    return false;
}

/* the positions of everybody, in order, and of nobody moved yet in this tick */
static bool look_around(const qf_stage_call *call)
{
    sight *seen = call->user;
    const qf_fleet *fleet = call->fleet;
    const double *x_m = qf_f64(fleet, QF_FIELD_X, 0);
    for (size_t slot = call->block->slot_begin; slot < call->block->slot_end; slot++) {
        for (size_t other = 0; other < fleet->n_slots; other++) {
            seen->sum[slot] += fabs(x_m[other]) * (double)(call->tick + 1);
        }
        seen->n_calls[slot]++;
    }
    return false;
}

static int64_t every_third_tick_of_the_first_group(const qf_group *group)
{
    return group->entity_begin == 0 ? 3 : 0;
}

static int64_t every_tenth_tick(const qf_group *group)
{
    (void)group;
    return 10;
}

static void run(fixture *f, qf_stage extra, int n_threads, int64_t stride)
{
    qf_stage stages[MOST_STAGES];
    size_t n = 0;
    bool placed = false;
    for (size_t s = 0; s < qf_stage_count; s++) {
        if (!placed && qf_stage_table[s].phase > extra.phase) {
            stages[n++] = extra;
            placed = true;
        }
        stages[n++] = qf_stage_table[s];
    }
    if (!placed) {
        stages[n++] = extra;
    }
    f->context.n_threads = n_threads;
    qf_fleet fleet;
    qf_simulation *simulation;
    const qf_simulation_options options = {.stages = stages, .n_stages = n};
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    assert_int_equal(qf_simulation_create(&f->context, &fleet, &options, &simulation), QF_OK);
    for (int64_t tick = 0; tick < N_TICKS;) {
        tick = tick + stride < N_TICKS ? tick + stride : N_TICKS;
        assert_int_equal(qf_simulation_advance(&f->context, simulation, tick, NULL, 0), QF_OK);
    }
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
}

static void a_stage_runs_on_multiples_of_its_period_for_the_groups_that_have_one(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    static const int64_t strides[] = {1, 7, 1000};
    for (size_t k = 0; k < sizeof strides / sizeof *strides; k++) {
        static sight seen;
        seen = (sight){0};
        run(f,
            (qf_stage){.name = "third",
                       .phase = QF_PHASE_WORLD,
                       .period_ticks = every_third_tick_of_the_first_group,
                       .run = count,
                       .user = &seen},
            2, strides[k]);
        for (size_t slot = 0; slot < 700; slot++) {
            assert_int_equal(seen.n_calls[slot], 34); /* ticks 0, 3, .. 99 */
            assert_int_equal(seen.last_tick[slot], 99);
            assert_true(seen.sum[slot] == 3.0 * 34);
        }
        for (size_t slot = 700; slot < N_SLOTS; slot++) {
            assert_int_equal(seen.n_calls[slot], 0);
        }
    }
}

/*
 * x of group a's vehicles is t * dt * sin(heading) before tick t: what a stage that reads others
 * must see of each of them, whichever thread has it and however far the others have come.
 */
static void who_reads_others_sees_all_of_them_at_the_same_tick(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    static sight alone;
    alone = (sight){0};
    const qf_stage stage = {.name = "look",
                            .phase = QF_PHASE_SENSE,
                            .reads_others = true,
                            .period_ticks = every_tenth_tick,
                            .run = look_around};
    qf_stage mine = stage;
    mine.user = &alone;
    run(f, mine, 1, 1000);
    assert_int_equal(alone.n_calls[0], 10);

    qf_fleet start;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &start), QF_OK);
    double per_second_m = 0.0;
    for (size_t slot = 0; slot < 700; slot++) {
        per_second_m += fabs(qf_f64(&start, QF_FIELD_HEADING_SIN, 0)[slot]);
    }
    /* padding repeats the last vehicle at its first values and never moves */
    qf_fleet_free(&start);
    double expected = 0.0;
    for (int tick = 0; tick < N_TICKS; tick += 10) {
        expected += 0.1 * tick * per_second_m * (tick + 1);
    }
    assert_true(fabs(alone.sum[0] - expected) < 1e-6 * expected);

    for (int n_threads = 2; n_threads <= 3; n_threads++) {
        for (int64_t stride = 1; stride < 40; stride += 12) {
            static sight seen;
            seen = (sight){0};
            mine.user = &seen;
            run(f, mine, n_threads, stride);
            assert_memory_equal(seen.sum, alone.sum, 700 * sizeof *seen.sum);
        }
    }
}

static void next_meeting_is_the_first_due_stage_that_reads_others(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    const qf_stage stages[] = {
        {.phase = QF_PHASE_SENSE,
         .reads_others = true,
         .period_ticks = every_third_tick_of_the_first_group,
         .run = count},
        {.phase = QF_PHASE_SENSE,
         .reads_others = true,
         .period_ticks = every_tenth_tick,
         .run = count},
        {.phase = QF_PHASE_WORLD, .run = count},
    };
    qf_fleet fleet;
    qf_arena arena = {0};
    qf_pipeline pipeline;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    assert_int_equal(qf_pipeline_create(&f->context, &arena, &fleet, stages, 3, &pipeline), QF_OK);
    assert_int_equal(qf_pipeline_next_meeting(&pipeline, 0), 3);
    assert_int_equal(qf_pipeline_next_meeting(&pipeline, 9), 10);
    assert_int_equal(qf_pipeline_next_meeting(&pipeline, 10), 12);
    assert_true(qf_pipeline_meets(&pipeline, 0));
    assert_true(qf_pipeline_meets(&pipeline, 20));
    assert_false(qf_pipeline_meets(&pipeline, 22));
    assert_int_equal(qf_pipeline_create(&f->context, &arena, &fleet, stages + 2, 1, &pipeline),
                     QF_OK);
    assert_true(qf_pipeline_next_meeting(&pipeline, 5) == INT64_MAX);
    qf_arena_free(&arena);
    qf_fleet_free(&fleet);
}

static void stages_out_of_order_are_refused(void **state)
{
    fixture *f = *state;
    load(f, FLEET);
    const qf_stage stages[] = {{.phase = QF_PHASE_WORLD, .run = count},
                               {.phase = QF_PHASE_SENSE, .run = count}};
    const qf_stage moves_and_looks = {.phase = QF_PHASE_WORLD, .reads_others = true, .run = count};
    qf_fleet fleet;
    qf_arena arena = {0};
    qf_pipeline pipeline;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    assert_int_equal(qf_pipeline_create(&f->context, &arena, &fleet, stages, 2, &pipeline),
                     QF_ERROR_INTERNAL);
    assert_int_equal(
        qf_pipeline_create(&f->context, &arena, &fleet, &moves_and_looks, 1, &pipeline),
        QF_ERROR_INTERNAL);
    qf_arena_free(&arena);
    qf_fleet_free(&fleet);
}

/* ---- stages that meet ---- */

/* what such a stage went through */
typedef struct diary {
    int n_opened, n_closed;
    int64_t ticks[N_TICKS];
    double y_m[N_TICKS]; /* of the first vehicle, when it met */
    double speed_mps[N_TICKS];
    size_t n_meetings;
    int64_t fails_at;
} diary;

static diary of_meetings;

static qf_status open_diary(qf_context *context, const qf_fleet *fleet, void **user)
{
    (void)context;
    (void)fleet;
    of_meetings.n_opened++;
    *user = &of_meetings;
    return QF_OK;
}

static void close_diary(void *user)
{
    ((diary *)user)->n_closed++;
}

static qf_status note_meeting(qf_context *context, const qf_meeting *meeting)
{
    diary *d = meeting->user;
    assert_ptr_equal(d, &of_meetings);
    assert_true(d->n_meetings < N_TICKS);
    d->y_m[d->n_meetings] = qf_f64(meeting->fleet, QF_FIELD_Y, 0)[0];
    d->speed_mps[d->n_meetings] = qf_f64(meeting->fleet, QF_FIELD_SPEED, 0)[0];
    d->ticks[d->n_meetings++] = meeting->tick;
    return meeting->tick == d->fails_at ? qf_fail(context, QF_ERROR_READ, "torn page") : QF_OK;
}

static int64_t every_third_tick_of_all_but_the_first_group(const qf_group *group)
{
    return group->entity_begin == 0 ? 0 : 3;
}

static int64_t never(const qf_group *group)
{
    (void)group;
    return 0;
}

static const qf_stage meets = {.name = "meets",
                               .phase = QF_PHASE_SENSE,
                               .reads_others = true,
                               .period_ticks = every_third_tick_of_all_but_the_first_group,
                               .meet = note_meeting,
                               .open = open_diary,
                               .close = close_diary};

#define WALKERS                                                                                    \
    TIME "groups:\n"                                                                               \
         "  - {name: a, kind: bot, count: 300, hardware: {hardware_profile: {}},\n"                \
         "     initial: {speed_mps: 1}, script: [{step: 9, cmd: speed, mps: 2}]}\n"                \
         "  - {name: b, kind: bot, count: 5, hardware: {hardware_profile: {}}}\n"

static void
a_meeting_is_held_once_in_a_due_tick_after_commands_and_before_anybody_moves(void **state)
{
    fixture *f = *state;
    load(f, WALKERS);
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        for (int64_t stride = 1; stride < 100; stride += 33) {
            of_meetings = (diary){.fails_at = -1};
            run(f, meets, n_threads, stride);
            assert_int_equal(of_meetings.n_opened, 1);
            assert_int_equal(of_meetings.n_closed, 1);
            assert_int_equal(of_meetings.n_meetings, 34);
            for (size_t m = 0; m < 34; m++) {
                const int64_t tick = 3 * (int64_t)m;
                const double y_m = 0.1 * (double)(tick <= 9 ? tick : 2 * tick - 9);
                assert_int_equal(of_meetings.ticks[m], tick);
                assert_true(fabs(of_meetings.y_m[m] - y_m) < 1e-9);
                assert_true(of_meetings.speed_mps[m] == (tick < 9 ? 1.0 : 2.0));
            }
        }
    }
}

static void a_stage_without_a_group_is_neither_opened_nor_held(void **state)
{
    fixture *f = *state;
    load(f, WALKERS);
    qf_stage idle = meets;
    idle.period_ticks = never;
    of_meetings = (diary){.fails_at = -1};
    run(f, idle, 2, 1000);
    assert_int_equal(of_meetings.n_opened, 0);
    assert_int_equal(of_meetings.n_closed, 0);
    assert_int_equal(of_meetings.n_meetings, 0);
}

/* two of them, of which the second may fail to open */
static qf_status create_two(fixture *f, qf_fleet *fleet, qf_simulation **simulation,
                            qf_status (*open_second)(qf_context *, const qf_fleet *, void **))
{
    qf_stage stages[] = {meets, meets};
    stages[1].open = open_second;
    const qf_simulation_options options = {.stages = stages, .n_stages = 2};
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, fleet), QF_OK);
    return qf_simulation_create(&f->context, fleet, &options, simulation);
}

static qf_status fail_to_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    (void)fleet;
    (void)user;
    return qf_fail(context, QF_ERROR_MEMORY, "nothing left to open");
}

static void what_was_opened_is_closed_when_a_later_stage_cannot_be(void **state)
{
    fixture *f = *state;
    load(f, WALKERS);
    qf_fleet fleet;
    qf_simulation *simulation;
    of_meetings = (diary){.fails_at = -1};
    assert_int_equal(create_two(f, &fleet, &simulation, fail_to_open), QF_ERROR_MEMORY);
    assert_null(simulation);
    assert_int_equal(of_meetings.n_opened, 1);
    assert_int_equal(of_meetings.n_closed, 1);
    qf_fleet_free(&fleet);
}

static void an_error_of_a_meeting_ends_the_advance(void **state)
{
    fixture *f = *state;
    load(f, WALKERS);
    qf_fleet fleet;
    qf_simulation *simulation;
    of_meetings = (diary){.fails_at = 6};
    assert_int_equal(create_two(f, &fleet, &simulation, open_diary), QF_OK);
    assert_int_equal(qf_simulation_advance(&f->context, simulation, 50, NULL, 0), QF_ERROR_READ);
    assert_non_null(strstr(f->context.error, "torn page"));
    /* ticks 0 and 3 for both, and the second is not asked any more */
    assert_int_equal(of_meetings.n_meetings, 5);
    assert_int_equal(fleet.tick, 6);
    qf_simulation_free(simulation);
    assert_int_equal(of_meetings.n_closed, 2);
    qf_fleet_free(&fleet);
}

static void a_meeting_of_a_stage_that_reads_nobody_is_refused(void **state)
{
    fixture *f = *state;
    load(f, WALKERS);
    qf_stage blind = meets;
    blind.reads_others = false;
    qf_fleet fleet;
    qf_arena arena = {0};
    qf_pipeline pipeline;
    of_meetings = (diary){.fails_at = -1};
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    assert_int_equal(qf_pipeline_create(&f->context, &arena, &fleet, &blind, 1, &pipeline),
                     QF_ERROR_INTERNAL);
    assert_int_equal(of_meetings.n_opened, 0);
    qf_arena_free(&arena);
    qf_fleet_free(&fleet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stage_runs_on_multiples_of_its_period_for_the_groups_that_have_one),
        TEST(who_reads_others_sees_all_of_them_at_the_same_tick),
        TEST(next_meeting_is_the_first_due_stage_that_reads_others),
        TEST(stages_out_of_order_are_refused),
        TEST(a_meeting_is_held_once_in_a_due_tick_after_commands_and_before_anybody_moves),
        TEST(a_stage_without_a_group_is_neither_opened_nor_held),
        TEST(what_was_opened_is_closed_when_a_later_stage_cannot_be),
        TEST(an_error_of_a_meeting_ends_the_advance),
        TEST(a_meeting_of_a_stage_that_reads_nobody_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
