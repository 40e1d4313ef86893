/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded quantities over time: which have a picture, and of numbers the pictures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart_fan.h"
#include "html.h"
#include "netcdf_read.h"
#include "report_run_state.h"

enum {
    MOST_TIMES = 160,
    LEAST_TIMES = 16,
    MOST_FANS = 12,
    MOST_TRIED = 40, /* of which those that never change are not drawn */
};

size_t qf_run_most_times(const qf_run_fleet *fleet, size_t n_pictures)
{
    /* values that are read for the pictures, about: some seconds. Of a million vehicles LEAST_TIMES are more */
    const double most_values = 6e7;
    const double times = most_values / ((double)fleet->n_vehicles * (double)n_pictures);
    return (size_t)fmin(fmax(times, LEAST_TIMES), MOST_TIMES);
}

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
/* what only a program understands, and in the end what the plan view shows better */
static const char *const last_ones[] = {
    "q_*",         "target_*",    "rcs_*",   "load_*", "thruster_*", "rate_*", "wanted_*",
    "heading_deg", "soc_min_pct", "yaw_rad", "x_m",    "y_m",        "z_m"};

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

/* The number of the least rank that is not settled, of equal ones the first; n: none is left. */
static size_t next_number(const qf_run_state *s)
{
    size_t best = s->n_quantities;
    for (size_t q = 0; q < s->n_quantities; q++) {
        if (s->quantities[q].look == QF_LOOK_NUMBER && !s->settled[q] &&
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

static bool is_place(const char *name)
{
    return strcmp(name, "x_m") == 0 || strcmp(name, "y_m") == 0 || strcmp(name, "z_m") == 0;
}

/* The only group of which something is known. */
static const char *only_group(const qf_run_state *s, const qf_run_bands *bands)
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

/* What its vehicles have in the end, and who the least and the most; "": there are no two values. */
static qf_status say_end(qf_run_state *s, const qf_run_quantity *quantity, const char **said)
{
    qf_run_fleet *fleet = &s->fleet;
    const char *path = qf_run_format(fleet, "state/%s", quantity->name);
    const hid_t variable = qf_run_variable(fleet, path);
    double *values = malloc(((size_t)fleet->n_vehicles + 1) * sizeof *values);
    qf_status status = values ? QF_OK : qf_run_no_memory(fleet);
    *said = "";
    if (values &&
        !qf_run_read_record(fleet, quantity, variable, s->times.record[s->times.n - 1], values)) {
        status = qf_run_unreadable(fleet, path);
    } else if (values) {
        *said = qf_run_say_extremes(fleet, quantity, values);
    }
    qf_nc_close_id(variable);
    free(values);
    return status;
}

static qf_status draw_fan(qf_run_state *s, size_t q, const qf_run_bands *bands)
{
    const qf_run_quantity *quantity = &s->quantities[q];
    const char *title = quantity->title;
    qf_html_figure_begin(s->out, QF_FIGURE_SMALL, title);
    const size_t n = qf_run_draw_groups(&s->fleet, s->out, title,
                                        qf_run_axis_title(&s->fleet, quantity), &s->times, bands);
    const char *of =
        n < 2 && s->fleet.n_groups > 1
            ? qf_run_format(&s->fleet, "Of %s; others have none.", only_group(s, bands))
            : "";
    const char *end;
    const qf_status status = say_end(s, quantity, &end);
    const char *caption = qf_run_format(&s->fleet, "%s%s%s%s%s", of, *of && *end ? " " : "",
                                        *end ? "In the end: " : "", end, *end ? "." : "");
    qf_html_figure_end(s->out, *caption ? caption : NULL);
    return status;
}

/* Of all that are not settled, but for places: or of these. Height has its picture beside the plan view. */
static qf_status put_fans(qf_run_state *s, bool places)
{
    qf_status status = QF_OK;
    size_t q;
    for (size_t k = 0; status == QF_OK && k < MOST_TRIED && s->n_fans < MOST_FANS &&
                       (q = next_number(s)) < s->n_quantities;
         k++) {
        qf_run_bands bands;
        if (s->has_plan && !places && is_place(s->quantities[q].name)) {
            break; /* they are the last */
        }
        s->settled[q] = true;
        if (s->has_plan && strcmp(s->quantities[q].name, "z_m") == 0) {
            continue;
        }
        status = qf_run_read_bands(&s->fleet, &s->quantities[q], &s->times, &bands);
        /* where there is but one record, a value that never changes is all there is */
        if (status == QF_OK && (!bands.constant || s->times.n < 2)) {
            status = draw_fan(s, q, &bands);
            s->n_fans++;
        }
    }
    return status;
}

static void put_explanation(qf_run_state *s)
{
    qf_run_fleet *fleet = &s->fleet;
    const char *of = qf_run_say_times(fleet, &s->times);
    if (fleet->n_vehicles == 1) {
        qf_html_paragraph(s->out, "What was recorded of the one vehicle%s.", of);
    } else {
        qf_html_paragraph(s->out,
                          "Lines: the median of a group's vehicles; bands: from 5 %% to 95 %% of "
                          "them%s. Quantities that stay as they are have no picture.",
                          of);
    }
}

/* How many quantities the section has no picture of, though they may change; the plan view shows places. */
static void put_left_out(qf_run_state *s)
{
    size_t n = 0;
    for (size_t q = 0; q < s->n_quantities; q++) {
        n += !s->settled[q] && !(s->has_plan && is_place(s->quantities[q].name));
    }
    if (n > 0) {
        qf_html_paragraph(
            s->out,
            "%s, and %s no picture here, or only of some groups: the table below "
            "has the end of all.",
            qf_run_counted(&s->fleet, n, "more quantity may change", "more quantities may change"),
            n == 1 ? "has" : "have");
    }
}

/* So many pictures as there may be: at how many times is measured. */
static size_t count_pictures(const qf_run_state *s)
{
    size_t n_numbers = 0, n_states = 0;
    for (size_t q = 0; q < s->n_quantities; q++) {
        n_numbers += s->quantities[q].look == QF_LOOK_NUMBER;
        n_states += s->quantities[q].look != QF_LOOK_NUMBER;
    }
    return (n_numbers < MOST_FANS ? n_numbers : MOST_FANS) +
           (n_states < QF_RUN_MOST_SHARES ? n_states : QF_RUN_MOST_SHARES);
}

static bool has_quantity(const qf_run_state *s, const char *name)
{
    bool has = false;
    for (size_t q = 0; q < s->n_quantities && !has; q++) {
        has = strcmp(s->quantities[q].name, name) == 0;
    }
    return has;
}

static qf_status put_state(qf_run_state *s)
{
    s->has_plan = has_quantity(s, "x_m") && has_quantity(s, "y_m");
    qf_status status =
        qf_run_choose_times(&s->fleet, qf_run_most_times(&s->fleet, count_pictures(s)), &s->times);
    s->settled = qf_arena_array(&s->fleet.arena, s->n_quantities, sizeof *s->settled);
    if (status != QF_OK || !s->settled) {
        return status != QF_OK ? status : qf_run_no_memory(&s->fleet);
    }
    put_explanation(s);
    qf_html_figures_begin(s->out);
    status = put_fans(s, false);
    status = status == QF_OK ? qf_run_put_shares(s) : status;
    status = status == QF_OK ? qf_run_put_truths(s) : status;
    status = status == QF_OK ? put_fans(s, true) : status;
    qf_html_figures_end(s->out);
    put_left_out(s);
    return status == QF_OK ? qf_run_put_end(s) : status;
}

qf_status qf_report_run_state(qf_context *context, qf_page *page, const qf_report_run *run)
{
    qf_run_state s = {.out = qf_page_out(page)};
    qf_status status = qf_run_open(context, run, &s.fleet);
    status = status == QF_OK ? qf_run_quantities(&s.fleet, &s.quantities, &s.n_quantities) : status;
    if (status == QF_OK && s.n_quantities > 0 && s.fleet.n_records > 0 && s.fleet.n_vehicles > 0) {
        qf_run_section(&s.fleet, page, "state", "State over time");
        status = put_state(&s);
    }
    return qf_run_close(&s.fleet, status);
}
