/* SPDX-License-Identifier: Apache-2.0 */
/* States and truths over time, as shares of vehicles. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_stack.h"
#include "html.h"
#include "netcdf_read.h"
#include "report_run_state.h"

enum { MOST_STRIPS = 14, MOST_STATES = QF_CHART_SERIES };

typedef struct state_shares {
    qf_nc_flags flags;
    double *share; /* [group][time][state] */
    uint64_t *n;   /* [group][state], over all times */
} state_shares;

static qf_status read_shares(qf_run_state *s, const qf_run_quantity *quantity, state_shares *shares)
{
    qf_run_fleet *fleet = &s->fleet;
    const hid_t variable = qf_run_variable(fleet, qf_run_format(fleet, "state/%s", quantity->name));
    *shares = (state_shares){0};
    const bool named = qf_nc_get_flags(variable, &shares->flags);
    const size_t n_states = shares->flags.n;
    shares->share =
        qf_arena_array(&fleet->arena, fleet->n_groups * s->times.n * n_states + 1, sizeof(double));
    shares->n = qf_arena_array(&fleet->arena, fleet->n_groups * n_states + 1, sizeof(uint64_t));
    double *values = malloc(((size_t)fleet->n_vehicles + 1) * sizeof *values);
    qf_status status = shares->share && shares->n && values ? QF_OK : qf_run_no_memory(fleet);
    for (size_t t = 0; status == QF_OK && named && t < s->times.n; t++) {
        if (!qf_run_read_record(fleet, quantity, variable, s->times.record[t], values)) {
            status = qf_run_unreadable(fleet, qf_run_format(fleet, "state/%s", quantity->name));
        }
        uint64_t known[QF_CHART_SERIES] = {0};
        for (uint64_t e = 0; status == QF_OK && e < fleet->n_vehicles; e++) {
            const size_t g = fleet->group_of[e];
            for (size_t k = 0; k < n_states; k++) {
                if (values[e] == (double)shares->flags.values[k]) {
                    shares->share[(g * s->times.n + t) * n_states + k] += 1.0;
                    shares->n[g * n_states + k]++;
                    known[g]++;
                }
            }
        }
        for (size_t g = 0; g < fleet->n_groups; g++) {
            for (size_t k = 0; k < n_states; k++) {
                shares->share[(g * s->times.n + t) * n_states + k] /=
                    known[g] > 0 ? (double)known[g] : 1.0;
            }
        }
    }
    free(values);
    qf_nc_close_id(variable);
    return status;
}

/* The states that a group is seen in, the most frequent seven of more than eight; the others together. */
static size_t choose_states(const uint64_t *n, size_t n_states, size_t *chosen, bool *others)
{
    size_t n_seen = 0, n_chosen = 0;
    for (size_t k = 0; k < n_states; k++) {
        n_seen += n[k] > 0;
    }
    const size_t most = n_seen <= MOST_STATES ? n_seen : MOST_STATES - 1;
    for (size_t k = 0; k < n_states; k++) {
        size_t before = 0;
        for (size_t other = 0; other < n_states; other++) {
            before += n[other] > n[k] || (n[other] == n[k] && other < k);
        }
        if (n[k] > 0 && before < most) {
            chosen[n_chosen++] = k;
        }
    }
    *others = most < n_seen;
    return n_chosen;
}

static qf_status draw_shares(qf_run_state *s, const qf_run_quantity *quantity, size_t group,
                             const state_shares *shares)
{
    qf_run_fleet *fleet = &s->fleet;
    const size_t n_states = shares->flags.n;
    size_t chosen[MOST_STATES];
    const char *names[MOST_STATES];
    bool others;
    const size_t n_chosen = choose_states(shares->n + group * n_states, n_states, chosen, &others);
    const size_t n = n_chosen + others;
    double *drawn = qf_arena_array(&fleet->arena, s->times.n * n + 1, sizeof *drawn);
    if (!drawn) {
        return qf_run_no_memory(fleet);
    }
    for (size_t t = 0; t < s->times.n; t++) {
        const double *share = shares->share + (group * s->times.n + t) * n_states;
        double sum = 0.0, all = 0.0;
        for (size_t k = 0; k < n_states; k++) {
            all += share[k];
        }
        for (size_t k = 0; k < n_chosen; k++) {
            sum += drawn[t * n + k] = share[chosen[k]];
        }
        if (others) {
            drawn[t * n + n_chosen] = all - sum;
        }
    }
    for (size_t k = 0; k < n_chosen; k++) {
        names[k] = shares->flags.meanings[chosen[k]];
    }
    names[others ? n_chosen : 0] = others ? "others" : names[0];
    const char *title = qf_run_format(fleet, "%s of %s", quantity->name, fleet->groups[group].name);
    qf_html_figure_begin(s->out, QF_FIGURE_SMALL, title);
    qf_chart_stack(s->out, &(qf_stack_chart){.title = title,
                                             .y_title = "share of vehicles",
                                             .time_s = s->times.time_s,
                                             .n = s->times.n,
                                             .names = names,
                                             .n_names = n,
                                             .shares = drawn});
    qf_html_figure_end(s->out, n == 1 ? qf_run_format(fleet, "Always %s.", names[0]) : NULL);
    return QF_OK;
}

qf_status qf_run_put_shares(qf_run_state *s)
{
    size_t n_charts = 0;
    qf_status status = QF_OK;
    for (size_t q = 0; q < s->n_quantities && status == QF_OK; q++) {
        state_shares shares;
        if (s->quantities[q].look != QF_LOOK_STATE || n_charts >= QF_RUN_MOST_SHARES) {
            continue;
        }
        status = read_shares(s, &s->quantities[q], &shares);
        s->settled[q] = true;
        for (size_t g = 0; status == QF_OK && g < s->fleet.n_groups; g++) {
            size_t n_seen = 0;
            for (size_t k = 0; k < shares.flags.n; k++) {
                n_seen += shares.n[g * shares.flags.n + k] > 0;
            }
            /* what is always the same is told by the table */
            if (n_seen > 1 && n_charts >= QF_RUN_MOST_SHARES) {
                s->settled[q] = false;
            } else if (n_seen > 1) {
                status = draw_shares(s, &s->quantities[q], g, &shares);
                n_charts++;
            }
        }
        qf_nc_free_flags(&shares.flags);
    }
    return status;
}

/* Share of all vehicles for which it holds, at each time; of a word of bits, for which one is set. */
static qf_status read_truth(qf_run_state *s, const qf_run_quantity *quantity, double *share,
                            bool *changes)
{
    qf_run_fleet *fleet = &s->fleet;
    const hid_t variable = qf_run_variable(fleet, qf_run_format(fleet, "state/%s", quantity->name));
    double *values = malloc(((size_t)fleet->n_vehicles + 1) * sizeof *values);
    qf_status status = values ? QF_OK : qf_run_no_memory(fleet);
    *changes = false;
    for (size_t t = 0; status == QF_OK && t < s->times.n; t++) {
        uint64_t known = 0, holds = 0;
        if (!qf_run_read_record(fleet, quantity, variable, s->times.record[t], values)) {
            status = qf_run_unreadable(fleet, qf_run_format(fleet, "state/%s", quantity->name));
        }
        for (uint64_t e = 0; status == QF_OK && e < fleet->n_vehicles; e++) {
            known += isfinite(values[e]) ? 1 : 0;
            holds += isfinite(values[e]) && values[e] != 0.0;
        }
        share[t] = known > 0 ? (double)holds / (double)known : (double)NAN;
        *changes = *changes || (t > 0 && share[t] != share[t - 1] && known > 0);
    }
    free(values);
    qf_nc_close_id(variable);
    return status;
}

qf_status qf_run_put_truths(qf_run_state *s)
{
    qf_run_fleet *fleet = &s->fleet;
    const char *names[MOST_STRIPS];
    double *rows = qf_arena_array(&fleet->arena, (MOST_STRIPS + 1) * s->times.n + 1, sizeof *rows);
    qf_status status = rows ? QF_OK : qf_run_no_memory(fleet);
    size_t n = 0;
    for (size_t q = 0; status == QF_OK && q < s->n_quantities && n < MOST_STRIPS; q++) {
        const qf_run_quantity *quantity = &s->quantities[q];
        bool changes;
        /* every actuator command leaves its bits there */
        if ((quantity->look != QF_LOOK_TRUTH && quantity->look != QF_LOOK_BITS) ||
            strcmp(quantity->name, "actuation") == 0) {
            continue;
        }
        status = read_truth(s, quantity, rows + n * s->times.n, &changes);
        s->settled[q] = true;
        if (changes) {
            names[n++] = quantity->title;
        }
    }
    if (status == QF_OK && n > 0) {
        const char *title = fleet->n_vehicles == 1 ? "What held when" : "For how many it held";
        qf_html_figure_begin(s->out, QF_FIGURE_SMALL, title);
        qf_chart_strips(s->out, &(qf_strips_chart){.title = title,
                                                   .time_s = s->times.time_s,
                                                   .n = s->times.n,
                                                   .names = names,
                                                   .n_names = n,
                                                   .shares = rows});
        qf_html_figure_end(s->out, "Height: the share of vehicles for which it holds. What never "
                                   "changes is in the table below.");
    }
    return status;
}
