/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet_difference.h"

#include <string.h>

#include "group.h"
#include "record.h"

enum { SLAB_VEHICLES = 4096 };

static uint64_t bits_of(qf_type type, const void *values, size_t i)
{
    uint64_t bits;
    if (type == QF_TYPE_U8) {
        return ((const uint8_t *)values)[i];
    }
    memcpy(&bits, (const char *)values + 8 * i, sizeof bits);
    return bits;
}

/* vehicles [begin, begin + n) of a group; false: they are the same */
static bool compare_slab(const qf_fleet *const fleets[2], const qf_quantity *const quantity[2],
                         size_t g, size_t begin, size_t n, qf_fleet_difference *difference)
{
    uint64_t values[2][SLAB_VEHICLES];
    const qf_type type = quantity[0]->type;
    for (int f = 0; f < 2; f++) {
        qf_record_quantity(fleets[f], quantity[f], g, fleets[f]->groups[g].slot_begin + begin, n,
                           values[f]);
    }
    if (memcmp(values[0], values[1], n * qf_type_bytes(type)) == 0) {
        return false;
    }
    size_t i = 0;
    while (bits_of(type, values[0], i) == bits_of(type, values[1], i)) {
        i++;
    }
    difference->entity = fleets[0]->groups[g].entity_begin + begin + i;
    difference->bits[0] = bits_of(type, values[0], i);
    difference->bits[1] = bits_of(type, values[1], i);
    return true;
}

/* lowers the difference to the first vehicle in which a quantity of both differs */
static void compare_quantity(const qf_fleet *const fleets[2], const qf_quantity *const quantity[2],
                             size_t column, qf_fleet_difference *first)
{
    qf_fleet_difference here = {.found = true, .column = column, .quantity = quantity[0]};
    for (size_t g = 0; g < fleets[0]->scenario->n_groups; g++) {
        const qf_group *group = &fleets[0]->groups[g];
        for (size_t begin = 0; begin < group->n_vehicles; begin += SLAB_VEHICLES) {
            const size_t left = group->n_vehicles - begin;
            if (first->found && group->entity_begin + begin >= first->entity) {
                return;
            }
            if (compare_slab(fleets, quantity, g, begin,
                             left < SLAB_VEHICLES ? left : SLAB_VEHICLES, &here)) {
                if (!first->found || here.entity < first->entity) {
                    *first = here;
                }
                return;
            }
        }
    }
}

/* states and inputs, or outputs */
static void compare_quantities(const qf_fleet *const fleets[2], bool outputs,
                               qf_fleet_difference *first)
{
    const qf_catalog *catalog = &fleets[0]->catalog;
    for (size_t q = 0; q < catalog->n_quantities; q++) {
        const qf_quantity *quantity[2] = {
            &catalog->quantities[q],
            qf_catalog_find(&fleets[1]->catalog, catalog->quantities[q].name)};
        if ((quantity[0]->role == QF_ROLE_OUTPUT) == outputs && quantity[1] &&
            quantity[0]->type == quantity[1]->type) {
            compare_quantity(fleets, quantity, q, first);
        }
    }
}

qf_fleet_difference qf_fleet_compare(const qf_fleet *a, const qf_fleet *b)
{
    const qf_fleet *const fleets[2] = {a, b};
    qf_fleet_difference first = {.found = false};
    compare_quantities(fleets, false, &first);
    if (!first.found) {
        compare_quantities(fleets, true, &first);
    }
    return first;
}

bool qf_scenario_same_shape(const qf_scenario *a, const qf_scenario *b)
{
    bool same = a->n_groups == b->n_groups && a->n_worlds == b->n_worlds;
    for (size_t g = 0; same && g < a->n_groups; g++) {
        same = a->groups[g].count == b->groups[g].count;
    }
    return same;
}
