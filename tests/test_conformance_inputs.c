/* SPDX-License-Identifier: Apache-2.0 */
/* That the inputs of tests/test_conformance.c reach what the kernels decide, and its edges. */
#include "conformance.h"

static size_t row_named(const char *name)
{
    size_t r = 0;
    while (strcmp(kernel_rows[r].name, name) != 0) {
        r++;
        assert_true(r < N_KERNELS);
    }
    return r;
}

/* the kernel alone, on every vehicle */
static void expect_kernel(stand *s, const char *name)
{
    const job j = job_of(s, row_named(name), true);
    expect(s, &j, s->group->slot_begin, s->group->slot_begin + s->group->n_vehicles);
}

static void assert_bits_go_on_and_off(const stand *s, qf_field_id field, uint64_t bits)
{
    const size_t k = s->v.fleet.catalog.first_column[field];
    uint64_t on = 0;
    uint64_t off = 0;
    for (size_t e = 0; e < s->group->n_vehicles; e++) {
        const size_t slot = s->group->slot_begin + e;
        on |= ~s->initial[k][slot] & s->expected[k][slot];
        off |= s->initial[k][slot] & ~s->expected[k][slot];
    }
    assert_int_equal(on & bits, bits);
    assert_int_equal(off & bits, bits);
}

static void assert_both_answers(const stand *s)
{
    size_t n_yes = 0;
    for (size_t e = 0; e < s->group->n_vehicles; e++) {
        n_yes += s->expected_said[s->group->slot_begin + e] != 0;
    }
    assert_in_range(n_yes, 1, s->group->n_vehicles - 1);
}

/* else the comparison would be of vehicles to which nothing happens */
static void the_vehicles_meet_every_decision(void **state)
{
    (void)state;
    stand s;
    open_stand(&s, &conformance_scenes[1]);
    fill(&s, MOOD_AWKWARD);
    expect_kernel(&s, "propulsion");
    assert_bits_go_on_and_off(&s, QF_FIELD_FLAGS, QF_FLAG_BIT(RCS_ACTIVE));
    assert_both_answers(&s);
    expect_kernel(&s, "power");
    assert_bits_go_on_and_off(&s, QF_FIELD_FLAGS,
                              QF_FLAG_BIT(SHED_LOW_SOC) | QF_FLAG_BIT(POWER_CRITICAL) |
                                  QF_FLAG_BIT(NBL_ALLOWED) | QF_FLAG_BIT(RADAR_ALLOWED) |
                                  QF_FLAG_BIT(TRANSPONDER_ALLOWED) | QF_FLAG_BIT(LOAD_SHEDDING) |
                                  QF_FLAG_BIT(PDU_THROTTLED));
    assert_bits_go_on_and_off(&s, QF_FIELD_FAULTS,
                              QF_FAULT_BIT(PDU_OVERCURRENT) | QF_FAULT_BIT(BATTERY_CAPACITY_ZERO) |
                                  QF_FAULT_BIT(BATTERY_CHARGE_LIMIT) |
                                  QF_FAULT_BIT(BATTERY_DISCHARGE_LIMIT) |
                                  QF_FAULT_BIT(BATTERY_EMPTY));
    assert_both_answers(&s);
    expect_kernel(&s, "thermal");
    for (size_t n = 0; n < s.group->bot.n_nodes; n++) {
        assert_int_equal(s.group->bot.nodes[n].trip.word, 0);
        assert_bits_go_on_and_off(&s, QF_FIELD_FAULTS, s.group->bot.nodes[n].trip.mask);
    }
    assert_both_answers(&s);
    expect_kernel(&s, "health");
    assert_both_answers(&s);
    close_stand(&s);
}

/* where one bit more or less decides */
static void some_vehicles_stand_exactly_at_a_limit(void **state)
{
    (void)state;
    stand s;
    open_stand(&s, &conformance_scenes[0]);
    fill(&s, MOOD_AWKWARD);
    const size_t begin = s.group->slot_begin;
    const size_t end = begin + s.group->n_vehicles;
    const qf_bot_node *shelf = &s.group->bot.nodes[s.group->bot.n_nodes - 1];
    const size_t temp = s.v.fleet.catalog.first_column[QF_FIELD_TEMP] + shelf->column;
    const size_t soc = s.v.fleet.catalog.first_column[QF_FIELD_SOC];
    const size_t tank = s.v.fleet.catalog.first_column[QF_FIELD_PROPELLANT];
    const size_t draw = s.v.fleet.catalog.first_column[QF_FIELD_POWER_OUT];
    const size_t charged = s.v.fleet.catalog.first_column[QF_FIELD_SUPERCAP_CHARGE];
    size_t n_shed = 0, n_dry = 0, n_loaded = 0, n_hot = 0;
    expect_kernel(&s, "propulsion");
    for (size_t i = begin; i < end; i++) {
        n_dry += qf_double_of(s.initial[tank][i]) > 0.0 && s.expected[tank][i] == 0;
    }
    expect_kernel(&s, "power");
    for (size_t i = begin; i < end; i++) {
        n_shed += qf_double_of(s.initial[soc][i]) == coefficient_of(&s, QF_C_SHED_LOW_PCT, i);
        /* 22 V * 5 A */
        n_loaded +=
            qf_double_of(s.expected[draw][i]) - qf_double_of(s.expected[charged][i]) == 110.0;
    }
    expect_kernel(&s, "thermal");
    for (size_t i = begin; i < end; i++) {
        n_hot += qf_double_of(s.expected[temp][i]) == 50.0;
    }
    assert_true(n_shed > 0);
    assert_true(n_dry > 0);
    assert_true(n_loaded > 0);
    assert_true(n_hot > 0);
    close_stand(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vehicles_meet_every_decision),
        cmocka_unit_test(some_vehicles_stand_exactly_at_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
