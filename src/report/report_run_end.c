/* SPDX-License-Identifier: Apache-2.0 */
/* A table of all recorded quantities at the end of a run. */
#include <math.h>
#include <stdlib.h>

#include "html.h"
#include "netcdf_read.h"
#include "report_run_state.h"

static void put_end_of_states(qf_run_state *s, hid_t variable, double *values, size_t n)
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

static void put_end_cells(qf_run_state *s, const qf_run_quantity *quantity, hid_t variable,
                          double *values, size_t n, const char *extremes)
{
    if (quantity->look == QF_LOOK_NUMBER) {
        for (size_t k = 0; k < 3; k++) {
            qf_html_cell(s->out, true, n > 0 ? "%.6g" : "-",
                         n > 0 ? qf_run_quantile(values, n, 0.5 * (double)k) : 0.0);
        }
        qf_html_cell(s->out, false, "%s", extremes);
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

/* "scout-3", "scout-3 and 2 others": who has that value */
static const char *say_who(qf_run_fleet *fleet, const double *values, double value)
{
    uint64_t n = 0, first = 0;
    for (uint64_t e = fleet->n_vehicles; e-- > 0;) {
        first = values[e] == value ? e : first;
        n += values[e] == value;
    }
    const char *name = qf_run_vehicle_name(fleet, (int64_t)first);
    return n == 1 ? name
                  : qf_run_format(fleet, "%s and %s", name,
                                  qf_run_counted(fleet, n - 1, "other", "others"));
}

const char *qf_run_say_extremes(qf_run_fleet *fleet, const qf_run_quantity *quantity,
                                const double *values)
{
    double least = (double)NAN, most = (double)NAN;
    for (uint64_t e = 0; e < fleet->n_vehicles; e++) {
        if (isfinite(values[e])) {
            least = fmin(least, values[e]);
            most = fmax(most, values[e]);
        }
    }
    if (!(least < most)) {
        return ""; /* nobody has one, or all have the same */
    }
    const char *unit = *quantity->units ? qf_run_format(fleet, " %s", quantity->units) : "";
    return qf_run_format(fleet, "least %.4g%s: %s; greatest %.4g%s: %s", least, unit,
                         say_who(fleet, values, least), most, unit, say_who(fleet, values, most));
}

qf_status qf_run_put_end(qf_run_state *s)
{
    static const qf_html_column columns[] = {
        {"quantity", false}, {"what it is", false}, {"units", false},   {"least", true},
        {"median", true},    {"greatest", true},    {"vehicles", false}};
    qf_run_fleet *fleet = &s->fleet;
    double *values = malloc(((size_t)fleet->n_vehicles + 1) * sizeof *values);
    if (!values) {
        return qf_run_no_memory(fleet);
    }
    /* of pages of paper it would be several */
    const char *title = qf_run_format(fleet, "All %zu recorded quantities at the end, at %g s",
                                      s->n_quantities, s->times.time_s[s->times.n - 1]);
    fputs("<div class=\"screen-only\">\n", s->out);
    qf_html_details_begin(s->out, title);
    qf_html_table_begin(s->out, NULL, columns, sizeof columns / sizeof *columns);
    bool good = true;
    for (size_t q = 0; good && q < s->n_quantities; q++) {
        const qf_run_quantity *quantity = &s->quantities[q];
        const hid_t variable =
            qf_run_variable(fleet, qf_run_format(fleet, "state/%s", quantity->name));
        const char *extremes = "";
        size_t n = 0;
        good =
            qf_run_read_record(fleet, quantity, variable, s->times.record[s->times.n - 1], values);
        if (good && quantity->look == QF_LOOK_NUMBER) {
            extremes = qf_run_say_extremes(fleet, quantity, values);
        }
        for (uint64_t e = 0; good && e < fleet->n_vehicles; e++) {
            values[n] = values[e];
            n += isfinite(values[e]) ? 1 : 0;
        }
        qf_html_row_begin(s->out);
        qf_html_cell(s->out, false, "%s", quantity->name);
        qf_html_cell(s->out, false, "%s", quantity->long_name);
        qf_html_cell(s->out, false, "%s", quantity->units);
        put_end_cells(s, quantity, variable, values, n, extremes);
        qf_html_row_end(s->out);
        qf_nc_close_id(variable);
    }
    qf_html_table_end(s->out);
    qf_html_details_end(s->out);
    fputs("</div>\n<p class=\"print-only\">", s->out);
    qf_html_textf(s->out, "%s are not printed: the page on a screen has them.", title);
    fputs("</p>\n", s->out);
    free(values);
    return good ? QF_OK
                : qf_fail(fleet->context, QF_ERROR_READ, "%s: /state cannot be read",
                          fleet->run->path);
}
