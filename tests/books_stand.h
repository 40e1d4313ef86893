/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_BOOKS_STAND_H
#define QF_TEST_BOOKS_STAND_H

/* A scenario that is run tick by tick, and what its vehicles have together: for tests that keep books. */

#include <math.h>

#include "docking_bonds.h"
#include "scenario_fixture.h"
#include "simulation.h"
#include "vector3.h"

typedef struct book {
    fixture *f;
    qf_fleet fleet;
    qf_simulation *simulation;
} book;

static inline void open_book(book *b, void **state, const char *text)
{
    *b = (book){.f = *state};
    load(b->f, text);
    b->f->context.n_threads = 1;
    assert_int_equal(b->f->scenario.n_worlds, 1);
    assert_int_equal(qf_fleet_create(&b->f->context, &b->f->scenario, &b->fleet), QF_OK);
    const qf_simulation_options options = {.keep_events = true};
    assert_int_equal(qf_simulation_create(&b->f->context, &b->fleet, &options, &b->simulation),
                     QF_OK);
}

/* false: it is over */
static inline bool next_tick(book *b)
{
    if (b->fleet.tick == b->f->scenario.n_ticks) {
        return false;
    }
    assert_int_equal(
        qf_simulation_advance(&b->f->context, b->simulation, b->fleet.tick + 1, NULL, 0), QF_OK);
    return true;
}

static inline void close_book(book *b)
{
    size_t n;
    qf_simulation_quarantined(b->simulation, &n);
    assert_int_equal(n, 0);
    qf_simulation_free(b->simulation);
    qf_fleet_free(&b->fleet);
}

/* of vehicle 0 of a group: its slot is that of its group, there being one world */
static inline double number_in(const book *b, qf_field_id field, size_t column, size_t group)
{
    return qf_f64(&b->fleet, field, column)[b->fleet.groups[group].slot_begin];
}

static inline uint64_t flags_of(const book *b, size_t group)
{
    return qf_u64(&b->fleet, QF_FIELD_FLAGS, 0)[b->fleet.groups[group].slot_begin];
}

static inline size_t told(const book *b, qf_event_code code)
{
    return (size_t)qf_simulation_event_count(b->simulation, code);
}

static inline void set_wheels(const book *b, size_t group, double x, double y, double z)
{
    const size_t slot = b->fleet.groups[group].slot_begin;
    qf_f64(&b->fleet, QF_FIELD_WHEEL_X, 0)[slot] = x;
    qf_f64(&b->fleet, QF_FIELD_WHEEL_Y, 0)[slot] = y;
    qf_f64(&b->fleet, QF_FIELD_WHEEL_Z, 0)[slot] = z;
}

/* of all vehicles, or one */
typedef struct sums {
    double mass_kg;
    double linear_ns[3];
    double angular_nms[3]; /* about the origin, wheels included */
    double energy_j;       /* of motion, wheels left out */
} sums;

static inline void add_body(const qf_rigid *body, sums *s)
{
    double orbital[3];
    double spin[3];
    double own[3];
    qf_cross(body->position_m, body->velocity_mps, orbital);
    qf_rigid_spin(body, spin);
    qf_tensor_apply(body->inertia_kgm2, body->rate_rps, own);
    s->mass_kg += body->mass_kg;
    for (int k = 0; k < 3; k++) {
        s->linear_ns[k] += body->mass_kg * body->velocity_mps[k];
        s->angular_nms[k] += body->mass_kg * orbital[k] + spin[k];
    }
    s->energy_j += 0.5 * body->mass_kg * qf_dot(body->velocity_mps, body->velocity_mps) +
                   0.5 * qf_dot(own, body->rate_rps);
}

static inline sums sums_of(const book *b)
{
    sums s = {0};
    for (size_t e = 0; e < b->fleet.n_vehicles; e++) {
        const qf_rigid body = qf_bond_body(&b->fleet, e);
        add_body(&body, &s);
    }
    return s;
}

static inline double length_of(const double v[3])
{
    return sqrt(qf_dot(v, v));
}

static inline double apart(const double a[3], const double b[3])
{
    double between[3];
    qf_difference(a, b, between);
    return length_of(between);
}

static inline void assert_near(double found, double expected, double within)
{
    if (!(fabs(found - expected) <= within)) {
        fail_msg("%.17g is not within %g of %.17g", found, within, expected);
    }
}

#endif
