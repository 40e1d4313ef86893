/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is drawn of a machine's transitions: the file has those of `any` once for each state. The same transition to
 * the same state of three states or more, and of at least half of those it could be of, is one arrow from a point that
 * stands for all of them. Silent ones are not drawn.
 */
#include <stdint.h>
#include <string.h>

#include "machine_coverage.h"

enum { FEWEST_STATES = 3 };

static bool is_alike(const qf_covered_transition *a, const qf_covered_transition *b)
{
    return a->stays == b->stays && (a->stays || a->to == b->to) && !a->silent && !b->silent &&
           strcmp(a->trigger, b->trigger) == 0 && strcmp(a->condition, b->condition) == 0;
}

/* Marks the states that transition t is of; returns whether it is one of many. */
static bool find_states(const qf_covered_machine *m, size_t t, qf_machine_point *point)
{
    const qf_covered_transition *first = &m->transitions[t];
    memset(point->stands_for, 0, m->n_states * sizeof *point->stands_for);
    for (size_t i = 0; i < m->n_transitions; i++) {
        if (is_alike(first, &m->transitions[i])) {
            point->stands_for[m->transitions[i].from] = true;
        }
    }
    size_t n_others = 0;
    point->n_states = 0;
    point->any = true;
    for (size_t s = 0; s < m->n_states; s++) {
        const bool could =
            point->stands_for[s] || (!m->states[s].terminal && (first->stays || s != first->to));
        n_others += could;
        point->n_states += point->stands_for[s];
        point->any = point->any && (!could || point->stands_for[s]);
    }
    return point->n_states >= FEWEST_STATES && 2 * point->n_states >= n_others;
}

/* points of all states are one, whatever their arrows lead to */
static size_t keep_point(qf_covered_machine *m, const qf_machine_point *found)
{
    for (size_t p = 0; p < m->n_points; p++) {
        const qf_machine_point *point = &m->points[p];
        if ((point->any && found->any) ||
            (!point->any && !found->any &&
             memcmp(point->stands_for, found->stands_for, m->n_states * sizeof(bool)) == 0)) {
            return p;
        }
    }
    m->points[m->n_points] = *found;
    return m->n_points++;
}

static void gather(qf_covered_machine *m, size_t t, int arrow)
{
    qf_machine_arrow *a = &m->arrows[arrow];
    const qf_covered_transition *first = &m->transitions[t];
    for (size_t i = t; i < m->n_transitions; i++) {
        qf_covered_transition *other = &m->transitions[i];
        if (i == t || (a->from_point && is_alike(first, other))) {
            other->arrow = arrow;
            a->held += other->held.all;
            a->taken += other->taken.all;
        }
    }
}

bool qf_machine_arrows_find(qf_arena *arena, qf_covered_machine *m)
{
    m->arrows = qf_arena_array(arena, m->n_transitions + 1, sizeof *m->arrows);
    m->points = qf_arena_array(arena, m->n_transitions + 1, sizeof *m->points);
    if (!m->arrows || !m->points) {
        return false;
    }
    qf_machine_point point = {0};
    for (size_t t = 0; t < m->n_transitions; t++) {
        const qf_covered_transition *first = &m->transitions[t];
        if (first->silent || first->arrow != QF_NO_ARROW) {
            continue;
        }
        point.stands_for = qf_arena_array(arena, m->n_states, sizeof *point.stands_for);
        if (!point.stands_for) {
            return false;
        }
        const bool many = find_states(m, t, &point);
        m->arrows[m->n_arrows] =
            (qf_machine_arrow){.from_point = many,
                               .from = many ? keep_point(m, &point) : first->from,
                               .to = first->to,
                               .stays = first->stays,
                               .trigger = first->trigger,
                               .condition = first->condition};
        gather(m, t, (int)m->n_arrows);
        m->n_arrows++;
    }
    return true;
}
