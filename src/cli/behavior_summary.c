/* SPDX-License-Identifier: Apache-2.0 */
#include "behavior_summary.h"

#include <inttypes.h>

#include "catalog.h"
#include "machine_build.h"

enum { MOST_LINES = 10, MOST_STATES = 8 };

static uint64_t sum(const uint64_t *counts, size_t n)
{
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++) {
        total += counts[i];
    }
    return total;
}

/* the next state in which vehicles were, most often first and then as in the file, n_states: there is none */
static size_t next_state(const qf_coverage_machine *m, size_t last)
{
    const size_t n = m->built->machine.n_states;
    size_t found = n;
    for (size_t s = 0; s < n; s++) {
        const bool after = last == n || m->in_state[s] < m->in_state[last] ||
                           (m->in_state[s] == m->in_state[last] && s > last);
        if (m->in_state[s] > 0 && after && (found == n || m->in_state[s] > m->in_state[found])) {
            found = s;
        }
    }
    return found;
}

static void print_states(const qf_coverage_machine *m, FILE *out)
{
    const size_t n = m->built->machine.n_states;
    const uint64_t evaluations = sum(m->in_state, n);
    size_t n_visited = 0;
    for (size_t s = 0; s < n; s++) {
        n_visited += m->in_state[s] > 0;
    }
    size_t state = n;
    for (size_t i = 0; i < n_visited && i < MOST_STATES; i++) {
        state = next_state(m, state);
        fprintf(out, " %s %.3g %%,", m->built->spec->states[state].name,
                100.0 * (double)m->in_state[state] / (double)evaluations);
    }
    if (n_visited > MOST_STATES) {
        fprintf(out, " and %zu more,", n_visited - MOST_STATES);
    }
}

static void print_machine(const qf_fleet *fleet, const qf_coverage_machine *m, FILE *out)
{
    uint64_t n_taken = 0;
    for (size_t r = 0; r < m->built->machine.n_rows; r++) {
        n_taken += m->rows[r].taken;
    }
    fprintf(out, "  behaviour      %s, %s:", fleet->scenario->groups[m->group].name,
            m->built->spec->name);
    print_states(m, out);
    fprintf(out, " %" PRIu64 " transition%s\n", n_taken, n_taken == 1 ? "" : "s");
}

/* begins a line of what was never exercised, as long as there is room for more; whether there is */
static bool begin_line(const qf_fleet *fleet, const qf_coverage_machine *m, size_t *n, FILE *out)
{
    if ((*n)++ >= MOST_LINES) {
        return false;
    }
    fprintf(out, "  %-14s %s, %s: ", *n == 1 ? "never" : "", fleet->scenario->groups[m->group].name,
            m->built->spec->name);
    return true;
}

/* a vehicle that decides falls back to none by itself */
static bool is_fallback(const qf_coverage_machine *m, size_t row)
{
    const qf_machine_change *change = &m->built->changes[row];
    double value;
    return m->built->spec->decides && change->condition &&
           qf_expression_is_constant(change->condition, &value) && value != 0.0;
}

/* transitions out of a state that nobody was ever in go without saying, and staying silently is none */
static bool is_missed(const qf_coverage_machine *m, size_t row)
{
    const qf_machine_row *kind = &m->built->machine.rows[row];
    return !kind->silent && m->in_state[kind->from] > 0 && m->rows[row].taken == 0 &&
           !is_fallback(m, row);
}

static void print_transition(const qf_coverage_machine *m, size_t row, FILE *out)
{
    const qf_machine_spec *spec = m->built->spec;
    const qf_machine_change *change = &m->built->changes[row];
    const char *trigger = change->spec->trigger;
    fprintf(out, "transition %s", spec->states[change->from].name);
    if (m->built->machine.rows[row].leaves) {
        fprintf(out, " -> %s", spec->states[change->to].name);
    }
    if (trigger) {
        fprintf(out, " (%s)", trigger);
    } else if (!m->built->machine.rows[row].leaves) {
        fprintf(out, ", '%s'", change->spec->condition.text);
    }
    fprintf(out, "%s\n",
            m->rows[row].held > 0 ? ": its condition held, but one before it did, too" : "");
}

static void print_never(const qf_fleet *fleet, const qf_coverage *coverage, FILE *out)
{
    size_t n = 0;
    for (size_t i = 0; i < coverage->n; i++) {
        const qf_coverage_machine *m = &coverage->machines[i];
        const qf_machine_spec *spec = m->built->spec;
        for (size_t s = 0; s < m->built->machine.n_states; s++) {
            if (m->in_state[s] == 0 && m->entered[s] == 0 && begin_line(fleet, m, &n, out)) {
                fprintf(out, "state %s\n", spec->states[s].name);
            }
        }
        for (size_t r = 0; r < m->built->machine.n_rows; r++) {
            if (is_missed(m, r) && begin_line(fleet, m, &n, out)) {
                print_transition(m, r, out);
            }
        }
    }
    if (n > MOST_LINES) {
        fprintf(out, "                 and %zu more, see /machines of the file\n", n - MOST_LINES);
    }
}

static void print_counts(const qf_fleet *fleet, const int64_t *n_of_code, FILE *out)
{
    bool any = false;
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        any = any || qf_group_behaves(&fleet->scenario->groups[g]);
    }
    const int64_t faults = n_of_code[QF_EVENT_FAULT];
    const int64_t repaired = n_of_code[QF_EVENT_FAULT_OVER];
    const int64_t devices = n_of_code[QF_EVENT_DEVICE_FAILED];
    const int64_t tests = n_of_code[QF_EVENT_BOOT_FAILED];
    const int64_t stops = n_of_code[QF_EVENT_EMERGENCY_STOP];
    const int64_t safe = n_of_code[QF_EVENT_SAFE_MODE];
    if (any && faults + devices + tests + stops + safe > 0) {
        fprintf(out,
                "  failures       %" PRId64 " faults (%" PRId64 " over), %" PRId64
                " devices failed, %" PRId64 " self-tests failed, %" PRId64
                " emergency stops, %" PRId64 " times into safe mode\n",
                faults, repaired, devices, tests, stops, safe);
    }
}

void qf_print_behavior(const qf_fleet *fleet, const qf_coverage *coverage, const int64_t *n_of_code,
                       FILE *out)
{
    for (size_t i = 0; i < coverage->n; i++) {
        print_machine(fleet, &coverage->machines[i], out);
    }
    print_never(fleet, coverage, out);
    print_counts(fleet, n_of_code, out);
}
