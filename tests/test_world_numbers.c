/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A world is what its number makes it: the same bits, events and detections alone, among others, and at any place among
 * them. The scenarios of the golden files have all that draws: see the tests of determinism, which make sure of it.
 */
#include <math.h>

#include "docking_spec.h"
#include "group.h"
#include "identities.h"
#include "program_fixture.h"
#include "scenario_reader.h"
#include "simulation.h"

enum { WORLDS = 4, MOST_TICKS = 130 };

/* what became of one world */
typedef struct fate {
    uint64_t state;
    uint64_t events; /* all of them in order */
    uint64_t detections;
    size_t n_events;
    size_t n_detections;
} fate;

typedef struct stand {
    qf_context context;
    qf_scenario scenario;
    qf_arena arena;
    qf_identities identities; /* of the present run, and what became of its worlds */
    fate *fates;
} stand;

static void read_scenario(stand *s, const char *file)
{
    *s = (stand){.context = qf_context_default()};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    if (qf_scenario_read(&s->context, file, NULL, 0, &diagnostics, &s->scenario) != QF_OK) {
        qf_diagnostics_print(&diagnostics, stderr);
        fail_msg("the scenario does not load");
    }
    qf_diagnostics_free(&diagnostics);
    s->scenario.n_ticks = s->scenario.n_ticks < MOST_TICKS ? s->scenario.n_ticks : MOST_TICKS;
    s->scenario.record.detections = true;
    s->scenario.record.detections_every_frames = 1;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return isnan(value) ? 0 : bits;
}

static uint64_t vehicle_of(const qf_fleet *fleet, int64_t entity)
{
    return entity < 0 ? UINT64_MAX : qf_fleet_entity(fleet, (size_t)entity).vehicle;
}

/* where it is another vehicle that is told of, its number in the world */
static uint64_t value_of(const qf_fleet *fleet, const qf_event *event)
{
    const bool docked = event->code == QF_EVENT_SOFT_CAPTURE ||
                        event->code == QF_EVENT_HARD_CAPTURE || event->code == QF_EVENT_UNDOCKED ||
                        event->code == QF_EVENT_LATCH_BROKEN;
    const bool taken =
        event->code == QF_EVENT_CAPTURE_FAILED && event->subject / 16 - 1 == QF_CAPTURE_TAKEN;
    return docked || taken ? vehicle_of(fleet, (int64_t)event->value) : bits_of(event->value);
}

static uint64_t subject_of(const qf_fleet *fleet, const qf_event *event)
{
    return event->code == QF_EVENT_COLLISION ? vehicle_of(fleet, event->subject)
                                             : (uint64_t)(uint32_t)event->subject;
}

static void add_event(stand *s, const qf_fleet *fleet, const qf_event *event)
{
    fate *f = &s->fates[event->world];
    const uint64_t words[] = {f->events,
                              (uint64_t)event->tick,
                              value_of(fleet, event),
                              vehicle_of(fleet, event->entity),
                              subject_of(fleet, event),
                              (uint64_t)event->track,
                              (uint64_t)(uint32_t)event->code << 8 | event->severity};
    f->events = qf_combine_hashes(words, COUNT(words));
    f->n_events++;
}

static uint64_t text_hash(const char *text)
{
    uint64_t words[8] = {0};
    strncpy((char *)words, text, sizeof words - 1);
    return qf_combine_hashes(words, COUNT(words));
}

static void add_detection(stand *s, const qf_fleet *fleet, const qf_sightings *sightings, size_t i)
{
    const qf_detections *d = &sightings->recorded;
    fate *f = &s->fates[qf_fleet_entity(fleet, (size_t)d->observer[i]).world];
    const float measured[] = {d->range_m[i], d->bearing_deg[i], d->elev_deg[i],
                              d->vr_mps[i],  d->snr_db[i],      d->rcs_dbsm[i]};
    uint64_t words[8] = {f->detections, (uint64_t)d->tick[i], vehicle_of(fleet, d->observer[i]),
                         vehicle_of(fleet, d->target[i]),
                         d->identity[i] < 0 ? 0 : text_hash(s->identities.text[d->identity[i]])};
    memcpy(&words[5], measured, sizeof measured);
    f->detections = qf_combine_hashes(words, COUNT(words));
    f->n_detections++;
}

static void run_worlds(stand *s, size_t n_worlds, uint32_t first, const uint32_t *numbers,
                       fate *fates)
{
    qf_fleet fleet;
    qf_simulation *simulation;
    s->scenario.n_worlds = n_worlds;
    s->scenario.first_world = first;
    s->scenario.world_numbers = numbers;
    s->fates = fates;
    memset(fates, 0, n_worlds * sizeof *fates);
    assert_int_equal(qf_identities_create(&s->context, &s->arena, &s->scenario, &s->identities),
                     QF_OK);
    assert_int_equal(qf_fleet_create(&s->context, &s->scenario, &fleet), QF_OK);
    const qf_simulation_options options = {.keep_events = true};
    assert_int_equal(qf_simulation_create(&s->context, &fleet, &options, &simulation), QF_OK);
    assert_int_equal(qf_simulation_advance(&s->context, simulation, s->scenario.n_ticks, NULL, 0),
                     QF_OK);
    size_t n;
    const qf_event *events = qf_simulation_events(simulation, &n);
    for (size_t i = 0; i < n; i++) {
        add_event(s, &fleet, &events[i]);
    }
    const qf_sightings *sightings = qf_simulation_sightings(simulation);
    for (size_t i = 0; i < sightings->recorded.n; i++) {
        add_detection(s, &fleet, sightings, i);
    }
    uint64_t hashes[WORLDS];
    assert_int_equal(qf_fleet_world_hashes(&s->context, &fleet, hashes), QF_OK);
    for (size_t w = 0; w < n_worlds; w++) {
        fates[w].state = hashes[w];
    }
    qf_simulation_free(simulation);
    qf_fleet_free(&fleet);
    qf_arena_free(&s->arena);
}

static void assert_same(const fate *found, const fate *expected, const char *file, const char *how,
                        uint32_t number)
{
    if (memcmp(found, expected, sizeof *found) != 0) {
        fail_msg("%s: world %u %s: %s differ", file, number, how,
                 found->state != expected->state     ? "states"
                 : found->events != expected->events ? "events"
                                                     : "detections");
    }
}

static const char *const files[] = {
    TEST_SOURCE_DIR "/golden/engine.yaml",     TEST_SOURCE_DIR "/golden/behavior.yaml",
    TEST_SOURCE_DIR "/golden/radar.yaml",      TEST_SOURCE_DIR "/golden/tracks.yaml",
    TEST_SOURCE_DIR "/golden/ships_free.yaml", TEST_SOURCE_DIR "/golden/ships_orbit.yaml",
    PROJECT_SOURCE_DIR "/configs/harbor.yaml", PROJECT_SOURCE_DIR "/configs/docking.yaml"};

static void a_world_is_the_same_alone_and_at_any_place(void **state)
{
    (void)state;
    static const uint32_t scattered[] = {3, 70000, 1};
    for (size_t i = 0; i < COUNT(files); i++) {
        stand s;
        fate all[WORLDS];
        fate moved[COUNT(scattered)];
        read_scenario(&s, files[i]);
        run_worlds(&s, WORLDS, 0, NULL, all);
        for (uint32_t k = 0; k < WORLDS; k++) {
            fate alone;
            run_worlds(&s, 1, k, NULL, &alone);
            assert_same(&alone, &all[k], files[i], "alone", k);
        }
        run_worlds(&s, COUNT(scattered), 0, scattered, moved);
        assert_same(&moved[0], &all[3], files[i], "at another place", 3);
        assert_same(&moved[2], &all[1], files[i], "at another place", 1);
        assert_true(all[0].state != all[1].state && all[1].state != moved[1].state);
        qf_scenario_free(&s.scenario);
    }
}

/* else it would not matter whether they are the same */
static void worlds_have_events_and_detections(void **state)
{
    (void)state;
    size_t n_events = 0;
    size_t n_detections = 0;
    for (size_t i = 0; i < COUNT(files); i++) {
        stand s;
        fate all[2];
        read_scenario(&s, files[i]);
        run_worlds(&s, 2, 0, NULL, all);
        n_events += all[0].events != all[1].events;
        n_detections += all[0].n_detections > 0 && all[0].detections != all[1].detections;
        qf_scenario_free(&s.scenario);
    }
    assert_true(n_events >= 6);
    assert_true(n_detections >= 4);
}

static void hashes_of_some_worlds_are_those_of_all(void **state)
{
    (void)state;
    static const uint32_t some[] = {2, 0, 3};
    stand s;
    qf_fleet fleet;
    uint64_t all[WORLDS];
    uint64_t found[COUNT(some)];
    read_scenario(&s, TEST_SOURCE_DIR "/golden/engine.yaml");
    s.scenario.n_worlds = WORLDS;
    assert_int_equal(qf_fleet_create(&s.context, &s.scenario, &fleet), QF_OK);
    assert_int_equal(qf_fleet_world_hashes(&s.context, &fleet, all), QF_OK);
    assert_int_equal(qf_fleet_hash_worlds(&s.context, &fleet, some, COUNT(some), found), QF_OK);
    for (size_t i = 0; i < COUNT(some); i++) {
        assert_true(found[i] == all[some[i]]);
    }
    assert_true(all[0] != all[2] && all[2] != all[3]);
    qf_fleet_free(&fleet);
    qf_scenario_free(&s.scenario);
}

/* ---- numbers of cases ---- */

/* numbers at all places that take a distribution; of those that are constant, the case's value */
typedef struct patch {
    stand *s;
    uint32_t of; /* the case that is to be written out as constants; WORLDS: all, as CASE */
    double step; /* how much a case's value grows with its number; 0: all are as in the file */
    size_t n_patched;
} patch;

static double of_case(const patch *p, double value, uint32_t k)
{
    return value * (1.0 + p->step * k);
}

static void patch_number(patch *p, const qf_number *number)
{
    if (number->kind != QF_NUMBER_CONSTANT) {
        return;
    }
    qf_number *to = (qf_number *)number;
    p->n_patched++;
    if (p->of < WORLDS) {
        to->a = of_case(p, number->a, p->of);
        return;
    }
    double *items = qf_arena_array(&p->s->scenario.arena, WORLDS, sizeof *items);
    assert_non_null(items);
    for (uint32_t k = 0; k < WORLDS; k++) {
        items[k] = of_case(p, number->a, k);
    }
    *to = (qf_number){.kind = QF_NUMBER_CASE, .items = items, .n_items = WORLDS};
}

static void patch_hardware(patch *p, const qf_hardware *hardware)
{
    for (size_t i = 0; i < QF_HW_COUNT; i++) {
        if (i != QF_HW_PULSE_WINDOW && i != QF_HW_TORQUE_TOLERANCE) { /* of a whole group */
            patch_number(p, &hardware->parameter[i]);
        }
    }
    for (size_t n = 0; n < hardware->n_nodes; n++) {
        for (size_t i = 0; i < QF_NODE_PARAMETER_COUNT; i++) {
            patch_number(p, &hardware->nodes[n].parameter[i]);
        }
    }
    for (size_t k = 0; k < hardware->n_couplings; k++) {
        patch_number(p, &hardware->couplings[k].k_w_per_c);
    }
}

static void patch_behavior(patch *p, const qf_group_spec *group)
{
    for (size_t m = 0; m < group->n_machines; m++) {
        for (size_t v = 0; v < group->machines[m]->n_variables; v++) {
            const qf_variable_spec *variable = &group->machines[m]->variables[v];
            if (variable->kind == QF_VARIABLE_NUMBER) {
                patch_number(p, &variable->initial);
            }
        }
    }
    for (size_t c = 0; c < group->n_commands; c++) {
        const qf_command *command = &group->script[c];
        const bool number = command->kind == QF_COMMAND_SPEED || command->kind == QF_COMMAND_ROTATE;
        for (size_t a = 0; number && a < QF_COMMAND_MAX_ARGUMENTS; a++) {
            patch_number(p, &command->argument[a]);
        }
    }
    for (size_t i = 0; i < group->n_incidents; i++) {
        patch_number(p, &group->incidents[i].at_s);
        patch_number(p, &group->incidents[i].duration_s);
    }
    if (group->bios) {
        patch_number(p, &group->bios->post_s);
    }
}

static void patch_scenario(patch *p)
{
    for (size_t g = 0; g < p->s->scenario.n_groups; g++) {
        const qf_group_spec *group = &p->s->scenario.groups[g];
        const double dry_kg = group->initial[QF_INITIAL_DRY_MASS].a;
        patch_hardware(p, &group->hardware);
        for (size_t i = 0; i < QF_INITIAL_COUNT; i++) {
            patch_number(p, &group->initial[i]);
        }
        patch_number(p, &group->rcs_dbsm);
        patch_behavior(p, group);
        if (group->body && p->of < WORLDS && dry_kg == group->body->dry_kg) {
            ((qf_body_spec *)group->body)->dry_kg = group->initial[QF_INITIAL_DRY_MASS].a;
        }
    }
}

/* whether number by number from the plan or written out in the scenario */
static void check_cases(const char *file, double step)
{
    stand s;
    fate packed[WORLDS];
    patch p = {.s = &s, .of = WORLDS, .step = step};
    read_scenario(&s, file);
    patch_scenario(&p);
    run_worlds(&s, WORLDS, 0, NULL, packed);
    qf_scenario_free(&s.scenario);
    assert_true(p.n_patched > 100);
    for (uint32_t k = 0; k < WORLDS; k++) {
        fate alone;
        fate plain;
        patch one = {.s = &s, .of = k, .step = step};
        read_scenario(&s, file);
        if (k == 1) {
            run_worlds(&s, 1, k, NULL, &plain);
            assert_true(plain.state != packed[k].state);
        }
        patch_scenario(&one);
        run_worlds(&s, 1, k, NULL, &alone);
        assert_same(&alone, &packed[k], file, "of constants", k);
        qf_scenario_free(&s.scenario);
    }
}

static void a_case_has_the_bits_of_a_scenario_with_its_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        check_cases(files[i], 0.001);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_world_is_the_same_alone_and_at_any_place),
        cmocka_unit_test(worlds_have_events_and_detections),
        cmocka_unit_test(a_case_has_the_bits_of_a_scenario_with_its_values),
        cmocka_unit_test(hashes_of_some_worlds_are_those_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
