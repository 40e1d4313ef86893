/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded quantities over time: of each group the median and where most vehicles are, states as shares, truths as strips. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_fan.h"
#include "chart_stack.h"
#include "html.h"
#include "netcdf_read.h"
#include "report_run_internal.h"

enum {
    MOST_TIMES = 160,
    LEAST_TIMES = 16,
    MOST_FANS = 12,
    MOST_TRIED = 40, /* of which those that never change are not drawn */
    MOST_STRIPS = 14,
    MOST_SHARES = 6, /* charts of states */
    MOST_STATES = QF_CHART_SERIES,
};

/* values that are read at most for the pictures, about: a second for some 10^8 */
static const double most_values = 2e8;

typedef struct state_section {
    qf_run_fleet fleet;
    FILE *out;
    qf_run_quantity *quantities;
    size_t n_quantities;
    qf_run_times times;
    size_t n_fans; /* drawn */
    bool *drawn;   /* of each quantity */
} state_section;

/* What people look at first; a name that ends with * begins so. */
static const char *const first_ones[] = {"soc_pct",
                                         "propellant_kg",
                                         "target_range_m",
                                         "target_range_rate_mps",
                                         "port_axial_m",
                                         "port_lateral_m",
                                         "port_angle_deg",
                                         "goal_distance_m",
                                         "speed_mps",
                                         "drive_speed_mps",
                                         "clearance_m",
                                         "altitude_m",
                                         "tracks_firm",
                                         "targets_in_view",
                                         "targets_held",
                                         "gospa_m",
                                         "cpa_distance_m",
                                         "station_range_m",
                                         "collisions",
                                         "tasks_done",
                                         "temp_*",
                                         "bus_v",
                                         "power_out_w",
                                         "messages_*",
                                         "radiation_dose_usv"};
/* what the plan view shows better, or only a program understands */
static const char *const last_ones[] = {
    "x_m",        "y_m",    "z_m",      "q_*",         "target_*", "rcs_*",      "load_*",
    "thruster_*", "rate_*", "wanted_*", "heading_deg", "yaw_rad",  "soc_min_pct"};

static bool is_called(const char *name, const char *pattern)
{
    const size_t length = strlen(pattern);
    return pattern[length - 1] == '*' ? strncmp(name, pattern, length - 1) == 0
                                      : strcmp(name, pattern) == 0;
}

static size_t rank_of(const char *name)
{
    enum {
        N_FIRST = sizeof first_ones / sizeof *first_ones,
        N_LAST = sizeof last_ones / sizeof *last_ones
    };
    for (size_t i = 0; i < N_FIRST; i++) {
        if (is_called(name, first_ones[i])) {
            return i;
        }
    }
    for (size_t i = 0; i < N_LAST; i++) {
        if (is_called(name, last_ones[i])) {
            return N_FIRST + 1 + i;
        }
    }
    return N_FIRST;
}

/* The quantity of the least rank that looks so and has not been tried, of equal ones the first; n: none is left. */
static size_t next_number(const state_section *s, const bool *tried)
{
    size_t best = s->n_quantities;
    for (size_t q = 0; q < s->n_quantities; q++) {
        if (s->quantities[q].look == QF_LOOK_NUMBER && !tried[q] &&
            (best == s->n_quantities ||
             rank_of(s->quantities[q].name) < rank_of(s->quantities[best].name))) {
            best = q;
        }
    }
    return best;
}

size_t qf_run_draw_groups(const qf_run_fleet *fleet, FILE *out, const char *title,
                          const char *y_title, const qf_run_times *times, const qf_run_bands *bands)
{
    qf_fan_series series[QF_CHART_SERIES];
    size_t n = 0;
    for (size_t g = 0; g < fleet->n_groups; g++) {
        const size_t at = g * times->n;
        bool known = false;
        for (size_t t = 0; t < times->n && !known; t++) {
            known = isfinite(bands->middle[at + t]);
        }
        if (known) {
            const bool band = fleet->groups[g].n > 1;
            series[n++] = (qf_fan_series){.name = fleet->groups[g].name,
                                          .middle = bands->middle + at,
                                          .low = band ? bands->low + at : NULL,
                                          .high = band ? bands->high + at : NULL,
                                          .look = g};
        }
    }
    qf_chart_fan(out, &(qf_fan_chart){.title = title,
                                      .y_title = y_title,
                                      .time_s = times->time_s,
                                      .n = times->n,
                                      .series = series,
                                      .n_series = n,
                                      .low = (double)NAN,
                                      .high = (double)NAN});
    return n;
}

/* The only group of which something is known. */
static const char *only_group(const state_section *s, const qf_run_bands *bands)
{
    for (size_t g = 0; g < s->fleet.n_groups; g++) {
        for (size_t t = 0; t < s->times.n; t++) {
            if (isfinite(bands->middle[g * s->times.n + t])) {
                return s->fleet.groups[g].name;
            }
        }
    }
    return "nobody";
}

static void draw_fan(state_section *s, size_t q, const qf_run_bands *bands)
{
    const qf_run_quantity *quantity = &s->quantities[q];
    const char *title = quantity->title;
    qf_html_figure_begin(s->out, QF_FIGURE_SMALL, title);
    const size_t n = qf_run_draw_groups(&s->fleet, s->out, title,
                                        qf_run_axis_title(&s->fleet, quantity), &s->times, bands);
    qf_html_figure_end(
        s->out, n < 2 && s->fleet.n_groups > 1
                    ? qf_run_format(&s->fleet, "Of %s; others have none.", only_group(s, bands))
                    : NULL);
}

static qf_status put_fans(state_section *s)
{
    bool *tried = qf_arena_array(&s->fleet.arena, s->n_quantities + 1, sizeof *tried);
    qf_status status = tried ? QF_OK : qf_run_no_memory(&s->fleet);
    size_t q;
    for (size_t k = 0; status == QF_OK && k < MOST_TRIED && s->n_fans < MOST_FANS &&
                       (q = next_number(s, tried)) < s->n_quantities;
         k++) {
        qf_run_bands bands;
        tried[q] = true;
        status = qf_run_read_bands(&s->fleet, &s->quantities[q], &s->times, &bands);
        /* where there is but one record, a value that never changes is all there is */
        if (status == QF_OK && (!bands.constant || s->times.n < 2)) {
            draw_fan(s, q, &bands);
            s->drawn[q] = true;
            s->n_fans++;
        }
    }
    return status;
}

/* ---- states ---- */

typedef struct state_shares {
    qf_nc_flags flags;
    double *share; /* [group][time][state] */
    uint64_t *n;   /* [group][state], over all times */
} state_shares;

static qf_status read_shares(state_section *s, const qf_run_quantity *quantity,
                             state_shares *shares)
{
    qf_run_fleet *fleet = &s->fleet;
    const hid_t variable = qf_run_variable(fleet, qf_run_format(fleet, "state/%s", quantity->name));
    *shares = (state_shares){0};
    const bool named = qf_nc_get_flags(variable, &shares->flags);
    const size_t n_states = shares->flags.n;
    shares->share =
        qf_arena_array(&fleet->arena, fleet->n_groups * s->times.n * n_states + 1, sizeof(double));
    shares->n = qf_arena_array(&fleet->arena, fleet->n_groups * n_states + 1, sizeof(uint64_t));
    double *values = malloc((fleet->n_vehicles + 1) * sizeof *values);
    qf_status status = shares->share && shares->n && values ? QF_OK : qf_run_no_memory(fleet);
    for (size_t t = 0; status == QF_OK && named && t < s->times.n; t++) {
        if (!qf_run_read_record(fleet, quantity, variable, s->times.record[t], values)) {
            status = qf_fail(fleet->context, QF_ERROR_READ, "%s: /state/%s cannot be read",
                             fleet->run->path, quantity->name);
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

static qf_status draw_shares(state_section *s, const qf_run_quantity *quantity, size_t group,
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

static qf_status put_shares(state_section *s)
{
    size_t n_charts = 0;
    qf_status status = QF_OK;
    for (size_t q = 0; q < s->n_quantities && status == QF_OK; q++) {
        state_shares shares;
        if (s->quantities[q].look != QF_LOOK_STATE || n_charts >= MOST_SHARES) {
            continue;
        }
        status = read_shares(s, &s->quantities[q], &shares);
        for (size_t g = 0; status == QF_OK && g < s->fleet.n_groups && n_charts < MOST_SHARES;
             g++) {
            size_t n_seen = 0;
            for (size_t k = 0; k < shares.flags.n; k++) {
                n_seen += shares.n[g * shares.flags.n + k] > 0;
            }
            /* what is always the same is told by the table */
            if (n_seen > 1) {
                status = draw_shares(s, &s->quantities[q], g, &shares);
                s->drawn[q] = true;
                n_charts++;
            }
        }
        qf_nc_free_flags(&shares.flags);
    }
    return status;
}

/* ---- truths ---- */

/* Share of all vehicles for which it holds, at each time; of a word of bits, for which one is set. */
static qf_status read_truth(state_section *s, const qf_run_quantity *quantity, double *share,
                            bool *changes)
{
    qf_run_fleet *fleet = &s->fleet;
    const hid_t variable = qf_run_variable(fleet, qf_run_format(fleet, "state/%s", quantity->name));
    double *values = malloc((fleet->n_vehicles + 1) * sizeof *values);
    qf_status status = values ? QF_OK : qf_run_no_memory(fleet);
    *changes = false;
    for (size_t t = 0; status == QF_OK && t < s->times.n; t++) {
        uint64_t known = 0, holds = 0;
        if (!qf_run_read_record(fleet, quantity, variable, s->times.record[t], values)) {
            status = qf_fail(fleet->context, QF_ERROR_READ, "%s: /state/%s cannot be read",
                             fleet->run->path, quantity->name);
        }
        for (uint64_t e = 0; status == QF_OK && e < fleet->n_vehicles; e++) {
            known += isfinite(values[e]);
            holds += isfinite(values[e]) && values[e] != 0.0;
        }
        share[t] = known > 0 ? (double)holds / (double)known : (double)NAN;
        *changes = *changes || (t > 0 && share[t] != share[t - 1] && known > 0);
    }
    free(values);
    qf_nc_close_id(variable);
    return status;
}

static qf_status put_truths(state_section *s)
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
        if (changes) {
            s->drawn[q] = true;
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

/* ---- all, at the end ---- */

static void put_end_of_states(state_section *s, hid_t variable, double *values, size_t n)
{
    qf_nc_flags flags = {0};
    const char *text = "";
    if (qf_nc_get_flags(variable, &flags)) {
        for (size_t k = 0; k < flags.n; k++) {
            uint64_t count = 0;
            for (size_t i = 0; i < n; i++) {
                count += values[i] == (double)flags.values[k];
            }
            if (count > 0) {
                text = qf_run_format(&s->fleet, "%s%s%s %s", text, *text ? ", " : "",
                                     qf_run_count(&s->fleet, count), flags.meanings[k]);
            }
        }
    }
    qf_html_cell(s->out, false, "%s", text);
    qf_nc_free_flags(&flags);
}

static void put_end_cells(state_section *s, const qf_run_quantity *quantity, hid_t variable,
                          double *values, size_t n)
{
    if (quantity->look == QF_LOOK_NUMBER) {
        for (size_t k = 0; k < 3; k++) {
            qf_html_cell(s->out, true, n > 0 ? "%.6g" : "-",
                         n > 0 ? qf_run_quantile(values, n, 0.5 * (double)k) : 0.0);
        }
        qf_html_cell(s->out, false, "%s", "");
        return;
    }
    for (size_t k = 0; k < 3; k++) {
        qf_html_cell(s->out, true, "%s", "");
    }
    if (quantity->look == QF_LOOK_STATE) {
        put_end_of_states(s, variable, values, n);
    } else if (quantity->look == QF_LOOK_NAME) {
        qf_html_cell(
            s->out, false, "%s of something",
            qf_run_counted(&s->fleet, n, "vehicle has a number", "vehicles have a number"));
    } else {
        uint64_t holds = 0;
        for (size_t i = 0; i < n; i++) {
            holds += values[i] != 0.0;
        }
        qf_html_cell(s->out, false, "%s %s of %s",
                     quantity->look == QF_LOOK_BITS ? "some bit of" : "holds for",
                     qf_run_count(&s->fleet, holds), qf_run_count(&s->fleet, n));
    }
}

static qf_status put_end(state_section *s)
{
    static const qf_html_column columns[] = {
        {"quantity", false}, {"what it is", false}, {"units", false},   {"least", true},
        {"median", true},    {"greatest", true},    {"vehicles", false}};
    qf_run_fleet *fleet = &s->fleet;
    double *values = malloc((fleet->n_vehicles + 1) * sizeof *values);
    if (!values) {
        return qf_run_no_memory(fleet);
    }
    qf_html_details_begin(s->out,
                          qf_run_format(fleet, "All %zu recorded quantities at the end, at %g s",
                                        s->n_quantities, s->times.time_s[s->times.n - 1]));
    qf_html_table_begin(s->out, NULL, columns, sizeof columns / sizeof *columns);
    bool good = true;
    for (size_t q = 0; good && q < s->n_quantities; q++) {
        const qf_run_quantity *quantity = &s->quantities[q];
        const hid_t variable =
            qf_run_variable(fleet, qf_run_format(fleet, "state/%s", quantity->name));
        size_t n = 0;
        good =
            qf_run_read_record(fleet, quantity, variable, s->times.record[s->times.n - 1], values);
        for (uint64_t e = 0; good && e < fleet->n_vehicles; e++) {
            values[n] = values[e];
            n += isfinite(values[e]);
        }
        qf_html_row_begin(s->out);
        qf_html_cell(s->out, false, "%s", quantity->name);
        qf_html_cell(s->out, false, "%s", quantity->long_name);
        qf_html_cell(s->out, false, "%s", quantity->units);
        put_end_cells(s, quantity, variable, values, n);
        qf_html_row_end(s->out);
        qf_nc_close_id(variable);
    }
    qf_html_table_end(s->out);
    qf_html_details_end(s->out);
    free(values);
    return good ? QF_OK
                : qf_fail(fleet->context, QF_ERROR_READ, "%s: /state cannot be read",
                          fleet->run->path);
}

static void put_explanation(state_section *s)
{
    qf_run_fleet *fleet = &s->fleet;
    const char *of = s->times.n < fleet->n_records
                         ? qf_run_format(fleet, ", at %zu of %s records evenly apart", s->times.n,
                                         qf_run_count(fleet, fleet->n_records))
                         : "";
    if (fleet->n_vehicles == 1) {
        qf_html_paragraph(s->out, "What was recorded of the one vehicle%s.", of);
    } else {
        qf_html_paragraph(s->out,
                          "Lines: the median of a group's vehicles; bands: from 5 %% to 95 %% of "
                          "them%s. Quantities that stay as they are have no picture.",
                          of);
    }
}

static qf_status put_state(state_section *s)
{
    size_t n_numbers = 0;
    qf_status status = qf_run_quantities(&s->fleet, &s->quantities, &s->n_quantities);
    if (status != QF_OK || s->n_quantities == 0 || s->fleet.n_records == 0 ||
        s->fleet.n_vehicles == 0) {
        return status;
    }
    for (size_t q = 0; q < s->n_quantities; q++) {
        n_numbers += s->quantities[q].look == QF_LOOK_NUMBER;
    }
    const double pictures = fmin((double)n_numbers, MOST_FANS) + MOST_SHARES;
    const double times = most_values / ((double)s->fleet.n_vehicles * pictures);
    status = qf_run_choose_times(&s->fleet, (size_t)fmin(fmax(times, LEAST_TIMES), MOST_TIMES),
                                 &s->times);
    s->drawn = qf_arena_array(&s->fleet.arena, s->n_quantities, sizeof *s->drawn);
    if (status != QF_OK || !s->drawn) {
        return status != QF_OK ? status : qf_run_no_memory(&s->fleet);
    }
    put_explanation(s);
    qf_html_figures_begin(s->out);
    status = put_fans(s);
    status = status == QF_OK ? put_shares(s) : status;
    status = status == QF_OK ? put_truths(s) : status;
    qf_html_figures_end(s->out);
    return status == QF_OK ? put_end(s) : status;
}

qf_status qf_report_run_state(qf_context *context, qf_page *page, const qf_report_run *run)
{
    state_section s = {.out = qf_page_out(page)};
    qf_status status = qf_run_open(context, run, &s.fleet);
    if (status == QF_OK && s.fleet.n_records > 0 && s.fleet.n_vehicles > 0) {
        qf_run_section(&s.fleet, page, "state", "State over time");
        status = put_state(&s);
    }
    qf_run_close(&s.fleet);
    return status;
}
