/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage of behaviour: what is due for a block, in its order. Machines are evaluated by kernels for all vehicles
 * at once; only those that take a row, have something to do in their state, or wait for what becomes of an
 * order are visited one by one. Test: tests/test_behavior.c.
 */
#include <stdlib.h>
#include <string.h>

#include "behavior_stage.h"
#include "command.h"
#include "group.h"
#include "propulsion_damaged.h"
#include "quarantine.h"
#include "threads.h"

/* what headers that do not know of each other say twice */
_Static_assert((int)QF_PROGRAM_VEHICLES == (int)QF_BLOCK_VEHICLES,
               "a program runs for a whole block");
_Static_assert((int)QF_COMMAND_MOST_ARGUMENTS == (int)QF_COMMAND_MAX_ARGUMENTS,
               "actions have the arguments of commands");
_Static_assert(QF_COMMAND_COUNT <= 48, "outcomes have bits 48 and on of the column ACTUATION");
_Static_assert(QF_MACHINE_MOST_TRANSITIONS <= UINT16_MAX, "edges have rows of 16 bits");

int64_t qf_behavior_period_ticks(const qf_group *group)
{
    return qf_group_behaves(group->spec) ? 1 : 0;
}

bool qf_behavior_reads_outputs(const qf_group_spec *spec)
{
    bool reads = false;
    for (size_t m = 0; m < spec->n_machines; m++) {
        reads = reads || spec->machines[m]->reads_outputs;
    }
    return reads;
}

/* ---- first values ---- */

/* of the first machine of the group that declares it, NULL: none does */
static const qf_variable_spec *variable_of(const qf_group_spec *spec, const qf_catalog *catalog,
                                           size_t v)
{
    for (size_t m = 0; m < spec->n_machines; m++) {
        const qf_machine_spec *machine = spec->machines[m];
        for (size_t k = 0; k < machine->n_variables; k++) {
            if (strcmp(machine->variables[k].name, catalog->variables[v]->name) == 0) {
                return &machine->variables[k];
            }
        }
    }
    return NULL;
}

void qf_behavior_initialise(const qf_fleet *fleet, const qf_group *group, size_t slot, qf_entity e)
{
    const qf_group_spec *spec = group->spec;
    const qf_catalog *catalog = &fleet->catalog;
    for (size_t m = 0; m < catalog->n_columns_of[QF_FIELD_FSM_STATE]; m++) {
        const qf_machine_spec *machine = m < spec->n_machines ? spec->machines[m] : NULL;
        const char *initial = machine ? machine->states[machine->initial].name : NULL;
        qf_i64(fleet, QF_FIELD_FSM_STATE, m)[slot] =
            initial ? (int64_t)qf_catalog_state(catalog, initial) : -1;
    }
    if (catalog->n_of_shape[QF_SHAPE_BEHAVIOR] > 0) {
        qf_i64(fleet, QF_FIELD_ACTUATION_SINCE, 0)[slot] = -1;
    }
    for (size_t v = 0; v < catalog->n_variables; v++) {
        const qf_draw_key key = {.seed = fleet->scenario->seed,
                                 .world = e.number,
                                 .vehicle = e.vehicle,
                                 .stream = QF_STREAM_VARIABLE,
                                 .draw = (uint32_t)v};
        const qf_variable_spec *variable = variable_of(spec, catalog, v);
        qf_f64(fleet, QF_FIELD_FSM_VARIABLE, v)[slot] =
            variable ? qf_number_draw(&variable->initial, key, e.index) : (double)NAN;
    }
    if (qf_behavior_reads_outputs(spec)) { /* decisions come before the tick that writes them */
        qf_quarantine_outputs(fleet, slot);
    }
}

/* ---- one call ---- */

/* the block's slots that are not quarantined */
static qf_evaluation prepare_evaluation(const qf_behavior *behavior, const qf_stage_call *call)
{
    const qf_block *block = call->block;
    const size_t first = block->slot_begin / 8 * 8;
    const uint64_t *flags = qf_u64(call->fleet, QF_FIELD_FLAGS, 0);
    qf_evaluation evaluation = {.first = first, .n_bytes = (block->slot_end - first + 7) / 8};
    evaluation.uniform[QF_UNIFORM_TICK] = (double)call->tick;
    evaluation.uniform[QF_UNIFORM_TIME_S] =
        qf_seconds_of_ticks((double)call->tick, behavior->tick_s);
    memset(evaluation.valid, 0xFF, evaluation.n_bytes);
    evaluation.valid[0] = (uint8_t)(0xFFU << (block->slot_begin - first));
    const size_t beyond = first + 8 * evaluation.n_bytes - block->slot_end;
    evaluation.valid[evaluation.n_bytes - 1] &= (uint8_t)(0xFFU >> beyond);
    uint64_t any = 0;
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        any |= flags[slot];
    }
    for (size_t slot = block->slot_begin;
         (any & QF_FLAG_BIT(QUARANTINED)) && slot < block->slot_end; slot++) {
        const unsigned frozen = (flags[slot] & QF_FLAG_BIT(QUARANTINED)) != 0;
        evaluation.valid[(slot - first) / 8] &= (uint8_t) ~(frozen << (slot - first) % 8);
    }
    return evaluation;
}

/* `place`: each bit that is set, ascending */
#define QF_FOR_EACH_BIT(bits, n_bytes, place)                                                      \
    for (size_t byte_ = 0, place; byte_ < (n_bytes); byte_++)                                      \
        for (unsigned rest_ = (bits)[byte_];                                                       \
             rest_ && (place = 8 * byte_ + (size_t)__builtin_ctz(rest_), true);                    \
             rest_ &= rest_ - 1)

/* what has become of the thrusters' order that is under way; ACCEPTED: it still is */
static qf_actuation outcome_of(const qf_behavior *behavior, const qf_stage_call *call, size_t slot)
{
    const qf_fleet *fleet = call->fleet;
    const int64_t waited = call->tick - qf_i64(fleet, QF_FIELD_ACTUATION_SINCE, 0)[slot];
    if (waited <= 0) { /* of this very tick: the world has not moved */
        return QF_ACTUATION_ACCEPTED;
    }
    const uint64_t flags = qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
    if (flags & QF_FLAG_BIT(RCS_ACTIVE)) { /* by command, and this was the last one */
        return QF_ACTUATION_EXECUTED;
    }
    const bool docks = fleet->catalog.n_of_shape[QF_SHAPE_DOCKING] > 0;
    if (flags & (QF_FLAG_BIT(EMERGENCY_STOP) | QF_FLAG_BIT(SAFE_MODE)) ||
        (docks && qf_f64(fleet, QF_FIELD_BOND_MASS, 0)[slot] > 0.0)) {
        return QF_ACTUATION_REJECTED;
    }
    if (!(qf_f64(fleet, QF_FIELD_PROPELLANT, 0)[slot] > 0.0) ||
        !qf_propulsion_gives_thrust(&fleet->groups[call->block->group].bot,
                                    qf_i64(fleet, QF_FIELD_RCS_AXIS, 0)[slot], slot)) {
        return QF_ACTUATION_FAILED;
    }
    return waited >= behavior->timeout_ticks ? QF_ACTUATION_TIMEOUT : QF_ACTUATION_ACCEPTED;
}

static void follow_up(const qf_behavior_actor *actor)
{
    const qf_stage_call *call = actor->call;
    const qf_actuation outcome = outcome_of(actor->behavior, call, actor->slot);
    if (outcome == QF_ACTUATION_ACCEPTED) {
        return;
    }
    const uint64_t order = QF_ACTUATION_OF(QF_COMMAND_RCS);
    uint64_t *actuation = &qf_u64(call->fleet, QF_FIELD_ACTUATION, 0)[actor->slot];
    if (*actuation == (order | QF_ACTUATION_IS(QF_ACTUATION_ACCEPTED))) {
        *actuation = order | QF_ACTUATION_IS(outcome); /* else another order came after it */
    }
    qf_i64(call->fleet, QF_FIELD_ACTUATION_SINCE, 0)[actor->slot] = -1;
    const qf_event told = qf_behavior_event(actor);
    qf_actuation_tell(QF_COMMAND_RCS, outcome, &told, call->events);
}

static void follow_up_all(const qf_evaluation *evaluation, qf_behavior_actor *actor)
{
    const qf_block *block = actor->call->block;
    const int64_t *since = qf_i64(actor->call->fleet, QF_FIELD_ACTUATION_SINCE, 0);
    int64_t all = -1; /* below 0 where all are: their signs meet */
    for (size_t slot = block->slot_begin; slot < block->slot_end; slot++) {
        all &= since[slot];
    }
    if (all < 0) {
        return;
    }
    QF_FOR_EACH_BIT(evaluation->valid, evaluation->n_bytes, place)
    {
        actor->slot = evaluation->first + place;
        if (since[actor->slot] >= 0) {
            follow_up(actor);
        }
    }
}

static void start_machine(const qf_behavior_machine *machine, const qf_evaluation *evaluation,
                          qf_behavior_actor *actor, uint64_t *entered)
{
    static const qf_cause boot = {.topic = QF_TOPIC_BIOS, .subject = -1};
    const size_t initial = machine->built.spec->initial;
    QF_FOR_EACH_BIT(evaluation->valid, evaluation->n_bytes, place)
    {
        actor->slot = evaluation->first + place;
        qf_behavior_act(actor, &machine->built.on_enter[initial], &boot, false);
        if (entered) {
            entered[initial]++;
        }
    }
}

static void take_row(const qf_behavior_machine *machine, size_t row, const qf_behavior_actor *actor)
{
    const qf_built_machine *built = &machine->built;
    const qf_machine_change *change = &built->changes[row];
    const bool leaves = built->machine.rows[row].leaves;
    qf_behavior_tell_change(actor, machine, row);
    if (leaves) {
        qf_behavior_act(actor, &built->on_exit[change->from], &machine->cause, false);
    }
    qf_behavior_act(actor, &built->on_row[row], &machine->cause, false);
    if (leaves) { /* so far time_in_state_s was that of the state that is left */
        built->machine.state[actor->slot] = built->machine.state_ids[change->to];
        machine->since[actor->slot] = actor->call->tick;
        qf_behavior_act(actor, &built->on_enter[change->to], &machine->cause, false);
    }
}

static void be_in_states(const qf_behavior_machine *machine, const qf_machine_result *result,
                         const qf_evaluation *evaluation, qf_behavior_actor *actor)
{
    for (size_t s = 0; s < machine->built.machine.n_states; s++) {
        const qf_built_actions *during = &machine->built.during[s];
        if (during->n == 0) {
            continue;
        }
        QF_FOR_EACH_BIT(result->remain[s], evaluation->n_bytes, place)
        {
            actor->slot = evaluation->first + place;
            qf_behavior_act(actor, during, &machine->cause, true);
        }
    }
}

static void run_machine(const qf_behavior_machine *machine, const qf_evaluation *evaluation,
                        qf_behavior_tally *tally, qf_behavior_actor *actor)
{
    const qf_stage_call *call = actor->call;
    qf_machine_result *result = actor->thread->result;
    if (call->tick == 0) {
        start_machine(machine, evaluation, actor, tally ? tally->entered : NULL);
    }
    call->kernels->machine(&machine->built.machine, evaluation, &actor->thread->registers,
                           tally ? &tally->kernel : NULL, result);
    for (size_t k = 0; k < result->n_edges; k++) {
        const size_t row = result->edges[k].row;
        actor->slot = evaluation->first + result->edges[k].vehicle;
        take_row(machine, row, actor);
        if (tally) {
            tally->taken[row]++;
            tally->entered[machine->built.changes[row].to] +=
                machine->built.machine.rows[row].leaves;
        }
    }
    if (machine->built.has_during) {
        be_in_states(machine, result, evaluation, actor);
    }
}

bool qf_behavior_run(const qf_stage_call *call)
{
    const qf_behavior *behavior = call->user;
    const qf_behavior_thread *thread = &behavior->threads[qf_thread_index()];
    const size_t group = call->block->group;
    const qf_evaluation evaluation = prepare_evaluation(behavior, call);
    qf_behavior_actor actor = {
        .call = call, .behavior = behavior, .thread = thread, .uniform = evaluation.uniform};
    memset(thread->sequence, 0, QF_BLOCK_VEHICLES * sizeof *thread->sequence);
    follow_up_all(&evaluation, &actor);
    for (size_t m = behavior->first_machine[group]; m < behavior->first_machine[group + 1]; m++) {
        const qf_behavior_machine *machine = &behavior->machines[m];
        if (qf_is_due(machine->built.spec->every_ticks, call->tick)) {
            run_machine(machine, &evaluation, call->again ? NULL : &thread->tally[m], &actor);
        }
    }
    return false; /* orders change no bit that an event is made of (order.h) */
}

/* ---- what the stage keeps ---- */

/* the reader has checked every machine: whatever is wrong now is our own mistake */
static void fail_on_complaint(void *user, const void *place, size_t begin, size_t end, bool note,
                              const char *message)
{
    (void)place;
    (void)begin;
    (void)end;
    if (!note) {
        qf_fail(user, QF_ERROR_INTERNAL, "a machine that was checked: %s", message);
    }
}

static qf_status build_machine(qf_context *context, qf_behavior *behavior, size_t m,
                               size_t *first_hold)
{
    const qf_fleet *fleet = behavior->fleet;
    const qf_catalog *catalog = &fleet->catalog;
    qf_behavior_machine *machine = &behavior->machines[m];
    const qf_machine_spec *spec = fleet->scenario->groups[machine->group].machines[machine->number];
    const qf_complaints complaints = {.complain = fail_on_complaint, .user = context};
    size_t n_holds = 0;
    bool reads_outputs = false;
    context->error[0] = '\0';
    if (!qf_machine_build(&behavior->arena, catalog, fleet->scenario, machine->group,
                          machine->number, fleet->column,
                          fleet->column + catalog->first_column[QF_FIELD_FSM_HOLD] + *first_hold,
                          &complaints, &machine->built, &n_holds, &reads_outputs)) {
        return context->error[0] ? QF_ERROR_INTERNAL
                                 : qf_fail(context, QF_ERROR_MEMORY, "no memory for machines");
    }
    if (n_holds != spec->n_holds || reads_outputs != spec->reads_outputs) {
        return qf_fail(context, QF_ERROR_INTERNAL, "machine '%s' was not checked", spec->name);
    }
    *first_hold += n_holds;
    machine->since = qf_i64(fleet, QF_FIELD_FSM_SINCE, machine->number);
    machine->cause = (qf_cause){.topic = QF_TOPIC_MACHINE, .subject = (int32_t)machine->number};
    return QF_OK;
}

static qf_status build_machines(qf_context *context, qf_behavior *behavior)
{
    const qf_scenario *scenario = behavior->fleet->scenario;
    qf_status status = QF_OK;
    size_t n_rows = 0;
    size_t m = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        size_t first_hold = 0;
        for (size_t k = 0; k < scenario->groups[g].n_machines && status == QF_OK; k++, m++) {
            behavior->machines[m] =
                (qf_behavior_machine){.group = g, .number = k, .first_row = n_rows};
            status = build_machine(context, behavior, m, &first_hold);
            n_rows += behavior->machines[m].built.machine.n_rows;
        }
    }
    return status;
}

static bool prepare_threads(qf_behavior *behavior)
{
    qf_arena *arena = &behavior->arena;
    size_t most_numbers = 0;
    size_t most_truths = 0;
    size_t most_states = 0;
    for (size_t m = 0; m < behavior->n_machines; m++) {
        const qf_built_machine *built = &behavior->machines[m].built;
        most_numbers = built->most_numbers > most_numbers ? built->most_numbers : most_numbers;
        most_truths = built->most_truths > most_truths ? built->most_truths : most_truths;
        most_states = built->machine.n_states > most_states ? built->machine.n_states : most_states;
    }
    bool complete = true;
    for (int t = 0; t < behavior->n_threads && complete; t++) {
        qf_behavior_thread *thread = &behavior->threads[t];
        qf_registers *registers = &thread->registers;
        registers->number = qf_arena_array(arena, most_numbers, sizeof *registers->number);
        registers->truth = qf_arena_array(arena, most_truths, sizeof *registers->truth);
        thread->result = qf_arena_array(arena, 1, sizeof *thread->result);
        thread->sequence = qf_arena_array(arena, QF_BLOCK_VEHICLES, sizeof *thread->sequence);
        complete = registers->number && registers->truth && thread->result && thread->sequence;
        if (complete) {
            thread->result->remain =
                qf_arena_array(arena, most_states, sizeof *thread->result->remain);
            complete = thread->result->remain != NULL;
        }
    }
    return complete && qf_behavior_prepare_tallies(behavior);
}

/* 1 s or two ticks, whichever is longer; where time stands still, never */
static int64_t timeout_ticks(double dt_s)
{
    const double ticks = qf_ticks_of_seconds(1.0, dt_s);
    return ticks < 9e15 ? (ticks > 2.0 ? (int64_t)ticks : 2) : INT64_MAX;
}

static qf_status prepare(qf_context *context, qf_behavior *behavior)
{
    const qf_fleet *fleet = behavior->fleet;
    const size_t n_groups = fleet->scenario->n_groups;
    qf_arena *arena = &behavior->arena;
    behavior->n_threads = context->n_threads;
    behavior->tick_s = qf_tick_fraction_of(fleet->scenario->dt_s);
    behavior->timeout_ticks = timeout_ticks(fleet->scenario->dt_s);
    behavior->first_machine = qf_arena_array(arena, n_groups + 1, sizeof *behavior->first_machine);
    for (size_t g = 0; behavior->first_machine && g < n_groups; g++) {
        behavior->n_machines += fleet->scenario->groups[g].n_machines;
        behavior->first_machine[g + 1] = behavior->n_machines;
    }
    behavior->machines = qf_arena_array(arena, behavior->n_machines, sizeof *behavior->machines);
    behavior->threads =
        qf_arena_array(arena, (size_t)behavior->n_threads, sizeof *behavior->threads);
    if (!behavior->first_machine || !behavior->machines || !behavior->threads) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for machines");
    }
    const qf_status status = build_machines(context, behavior);
    if (status != QF_OK) {
        return status;
    }
    return qf_behavior_list_logs(behavior) && prepare_threads(behavior)
               ? QF_OK
               : qf_fail(context, QF_ERROR_MEMORY, "no memory for machines");
}

qf_status qf_behavior_open(qf_context *context, const qf_fleet *fleet, void **user)
{
    qf_behavior *behavior = calloc(1, sizeof *behavior);
    *user = NULL;
    if (!behavior) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for machines");
    }
    behavior->fleet = fleet;
    const qf_status status = prepare(context, behavior);
    if (status != QF_OK) {
        qf_behavior_close(behavior);
        return status;
    }
    *user = behavior;
    return QF_OK;
}

void qf_behavior_close(void *user)
{
    qf_behavior *behavior = user;
    if (behavior) {
        qf_arena_free(&behavior->arena);
        free(behavior);
    }
}
