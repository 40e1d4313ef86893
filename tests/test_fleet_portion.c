/* SPDX-License-Identifier: Apache-2.0 */
/* Who computes what over ranks: everything once, cut where leaves of the state hash end, in about equal shares. */
#include "group.h"
#include "scenario_fixture.h"
#include "state_hash.h"

enum { MOST_RANKS = 9 };

/* whether leaves, of which none may be cut, begin at that slot */
static bool is_cut(const qf_fleet *fleet, size_t slot)
{
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        const qf_group *group = &fleet->groups[g];
        if (slot >= group->slot_begin && slot < group->slot_begin + group->n_vehicles) {
            return (slot - group->slot_begin) % group->spec->count % QF_LEAF_VEHICLES == 0;
        }
    }
    return slot == fleet->n_slots;
}

static void assert_portions(const qf_fleet *fleet, int n_ranks)
{
    size_t block = 0;
    size_t slot = 0;
    size_t entity = 0;
    for (int r = 0; r < n_ranks; r++) {
        const qf_portion own = qf_fleet_portion(fleet, r, n_ranks);
        assert_int_equal(own.block_begin, block);
        assert_int_equal(own.slot_begin, slot);
        assert_int_equal(own.entity_begin, entity);
        assert_true(own.block_end >= own.block_begin && own.entity_end >= own.entity_begin);
        assert_true(is_cut(fleet, own.slot_begin));
        size_t part_end = own.block_begin;
        for (size_t p = 0; p < 4; p++) {
            const qf_portion part = qf_portion_part(fleet, &own, p, 4);
            assert_int_equal(part.block_begin, part_end);
            part_end = part.block_end;
        }
        assert_int_equal(part_end, own.block_end);
        block = own.block_end;
        slot = own.slot_end;
        entity = own.entity_end;
    }
    assert_int_equal(block, fleet->n_blocks);
    assert_int_equal(slot, fleet->n_slots);
    assert_int_equal(entity, fleet->n_vehicles);
}

/* bots of one kind: `most` of the fullest of n_ranks */
static void assert_shares(fixture *f, const char *text, int n_ranks, size_t most)
{
    qf_fleet fleet;
    load(f, text);
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    for (int n = 1; n <= MOST_RANKS; n++) {
        assert_portions(&fleet, n);
    }
    size_t fullest = 0;
    for (int r = 0; r < n_ranks; r++) {
        const qf_portion own = qf_fleet_portion(&fleet, r, n_ranks);
        const size_t n = own.entity_end - own.entity_begin;
        fullest = n > fullest ? n : fullest;
    }
    assert_int_equal(fullest, most);
    qf_fleet_free(&fleet);
}

#define BOTS(name, count)                                                                          \
    "  - {name: " name ", kind: bot, count: " #count ", hardware: {hardware_profile: {}}}\n"
#define ONE TIME "groups:\n"

static void one_group_is_cut_at_leaves(void **state)
{
    assert_shares(*state, ONE BOTS("a", 1), 3, 1);
    assert_shares(*state, ONE BOTS("a", 1024), 2, 1024);
    assert_shares(*state, ONE BOTS("a", 1025), 2, 1024);
    assert_shares(*state, ONE BOTS("a", 8200), 4, 2056); /* the rest of 8 falls to the last */
}

static void small_groups_stay_whole(void **state)
{
    assert_shares(*state,
                  ONE BOTS("a", 1) BOTS("b", 1) BOTS("c", 1) BOTS("d", 1) BOTS("e", 1) BOTS("f", 1),
                  3, 2);
    assert_shares(*state, ONE BOTS("a", 1) BOTS("b", 1) BOTS("c", 1), 9, 1);
    assert_shares(*state, ONE BOTS("a", 5) BOTS("b", 3000) BOTS("c", 5), 3, 1029);
}

static void worlds_are_cut_where_blocks_end_too(void **state)
{
    assert_shares(*state, TIME "worlds: 1024\ngroups:\n" BOTS("a", 1), 4, 256);
    assert_shares(*state, TIME "worlds: 512\ngroups:\n" BOTS("a", 3), 2, 768);
    assert_shares(*state, TIME "worlds: 3\ngroups:\n" BOTS("a", 1030), 2,
                  3090); /* no end is shared */
}

/* a rigid body takes as long as many bots */
static void costs_count(void **state)
{
    fixture *f = *state;
    qf_fleet fleet;
    load(f,
         ONE BOTS("bots", 10240) "  - {name: rocks, kind: debris, count: 1024, body: {mass_kg: 1, "
                                 "inertia_kgm2: [1, 1, 1]}}\n");
    assert_int_equal(qf_fleet_create(&f->context, &f->scenario, &fleet), QF_OK);
    assert_portions(&fleet, 2);
    assert_int_equal(qf_fleet_portion(&fleet, 0, 2).entity_end, 10240);
    qf_fleet_free(&fleet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_group_is_cut_at_leaves),
        TEST(small_groups_stay_whole),
        TEST(worlds_are_cut_where_blocks_end_too),
        TEST(costs_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
