/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of ships at the end of a run: of three scouts, which are bots, and two haulers, which dock. */
#include "ship_summary.h"

#include "bits.h"
#include "group.h"
#include "machines_fixture.h"

static char *summarise(const fixture *f)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    qf_print_ships(&f->fleet, out);
    fclose(out);
    return text;
}

static void of_bots_nothing_is_said(void **state)
{
    fixture *f = *state;
    make_behaving_fleet(f);
    char *text = summarise(f);
    assert_string_equal(text, "");
    free(text);
}

static void what_ships_did_is_told_and_what_nobody_did_is_not(void **state)
{
    fixture *f = *state;
    static const qf_port_spec port = {
        .id = "bow", .axis = {1.0, 0.0, 0.0}, .clock = {0.0, 1.0, 0.0}};
    static const qf_docking_spec docking = {.ports = &port, .n_ports = 1};
    static const qf_hull_sphere sphere = {.radius_m = 1.0};
    static const qf_body_spec body = {.dry_kg = 400.0,
                                      .dry = {{300.0, 300.0, 300.0, 0.0, 0.0, 0.0}},
                                      .hull = &sphere,
                                      .n_hull = 1};
    static const qf_thruster thruster = {.direction = {1.0, 0.0, 0.0}, .f_max_n = 250.0};
    make_behaving_fleet(f);
    qf_fleet_free(&f->fleet);
    f->groups[1].kind = QF_KIND_SHIP;
    f->groups[1].body = &body;
    f->groups[1].initial_attitude[0] = 1.0;
    f->groups[1].initial[QF_INITIAL_DRY_MASS] = qf_constant(400.0);
    f->groups[1].docking = &docking;
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &f->fleet), QF_OK);
    const size_t slot = f->fleet.groups[1].slot_begin;
    qf_u64(&f->fleet, QF_FIELD_FLAGS, 0)[slot] |= QF_FLAG_BIT(DOCKED);
    qf_u64(&f->fleet, QF_FIELD_FLAGS, 0)[slot + 1] |= QF_FLAG_BIT(DOCKED) | QF_FLAG_BIT(COLLIDED);
    qf_i64(&f->fleet, QF_FIELD_COLLISIONS, 0)[slot] = 0;
    qf_i64(&f->fleet, QF_FIELD_COLLISIONS, 0)[slot + 1] = 3;
    qf_i64(&f->fleet, QF_FIELD_FSM_STATE, 0)[slot + 1] =
        (int64_t)qf_catalog_state(&f->fleet.catalog, "LOST");
    static const qf_guidance_spec approach = {.name = "dock", .kind = QF_GUIDANCE_APPROACH};
    f->groups[1].guidances = &approach;
    f->groups[1].n_guidances = 1;
    char *text = summarise(f);
    assert_string_equal(text, "  docking        heavy haulers: 2 of 2 docked\n"
                              "  at the end     heavy haulers, agent: WORKING 1, LOST 1\n"
                              "  collisions     heavy haulers: 3 by 1 of 2 vehicles\n");
    free(text);
    /* of what thrusters used: 12 kg is what the hardware begins with */
    f->groups[1].hardware.thrusters = &thruster;
    f->groups[1].hardware.n_thrusters = 1;
    qf_f64(&f->fleet, QF_FIELD_PROPELLANT, 0)[slot] = 9.0;
    qf_f64(&f->fleet, QF_FIELD_PROPELLANT, 0)[slot + 1] = 10.0;
    text = summarise(f);
    assert_non_null(strstr(text, "  propellant     heavy haulers: 2.5 kg used on average of 12 kg, "
                                 "3 kg at most\n"));
    free(text);
    /* what a fault filled up was not used by less than nothing */
    static const qf_incident_spec refuel = {.kind = QF_INCIDENT_SET, .name = "propellant_kg"};
    f->groups[1].incidents = &refuel;
    f->groups[1].n_incidents = 1;
    qf_f64(&f->fleet, QF_FIELD_PROPELLANT, 0)[slot] = 40.0;
    text = summarise(f);
    assert_non_null(strstr(text, "  propellant     heavy haulers: 25 kg left on average; 12 kg at "
                                 "the start, and what faults set\n"));
    free(text);
    f->groups[1].incidents = NULL;
    f->groups[1].n_incidents = 0;
    /* a station: others dock with it, nothing moves it, and nobody hit it */
    f->groups[1].n_guidances = 0;
    f->groups[1].n_machines = 0;
    qf_i64(&f->fleet, QF_FIELD_COLLISIONS, 0)[slot + 1] = 0;
    qf_f64(&f->fleet, QF_FIELD_PROPELLANT, 0)[slot] = 12.0;
    qf_f64(&f->fleet, QF_FIELD_PROPELLANT, 0)[slot + 1] = 12.0;
    text = summarise(f);
    assert_string_equal(text, "  collisions     none of 2 vehicles\n");
    free(text);
    /* half a radian in a tick is the most that is not told */
    qf_f64(&f->fleet, QF_FIELD_RATE_Y, 0)[slot] = 0.49 / f->scenario.dt_s;
    qf_f64(&f->fleet, QF_FIELD_RATE_Z, 0)[slot + 1] = -0.51 / f->scenario.dt_s;
    text = summarise(f);
    assert_string_equal(text, "  collisions     none of 2 vehicles\n"
                              "  turns          heavy haulers: 1 of 2 by more than 0.5 rad in a "
                              "tick: not exact, take a shorter dt_s\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_bots_nothing_is_said),
        TEST(what_ships_did_is_told_and_what_nobody_did_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
