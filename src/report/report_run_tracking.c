/* SPDX-License-Identifier: Apache-2.0 */
/* How good radars and trackers were: the table /tracking, detections by range, tracks' quality over time. */
#include <math.h>
#include <stdlib.h>

#include "chart_bars.h"
#include "chart_fan.h"
#include "html.h"
#include "netcdf_read.h"
#include "report_run_sights.h"

enum {
    SLICE = 1 << 15,
    RANGE_BINS = 40,
    TIME_BINS = 60,
    QUALITY_BINS = 50, /* quantiles of quality are as fine as these */
    MOST_ROWS = QF_CHART_SERIES,
};

typedef struct tracking {
    qf_run_fleet fleet;
    FILE *out;
} tracking;

static double metric_at(tracking *t, const char *name, hsize_t row)
{
    double value = (double)NAN;
    char path[QF_NC_NAME_BYTES];
    snprintf(path, sizeof path, "tracking/%s", name);
    const hid_t variable = qf_run_variable(&t->fleet, path);
    if (!qf_nc_read(variable, H5T_NATIVE_DOUBLE, row, 1, &value)) {
        t->fleet.unreadable = "tracking";
    }
    qf_nc_close_id(variable);
    return value;
}

static const char *row_name(tracking *t, hid_t group, hsize_t row)
{
    qf_nc_flags flags = {0};
    long long number = -1;
    const char *name = "all of them";
    if (!qf_nc_read(group, H5T_NATIVE_LLONG, row, 1, &number)) {
        t->fleet.unreadable = "tracking/group";
    }
    if (qf_nc_get_flags(group, &flags)) {
        for (size_t i = 0; i < flags.n; i++) {
            name = flags.values[i] == number ? qf_run_format(&t->fleet, "%s", flags.meanings[i])
                                             : name;
        }
    }
    qf_nc_free_flags(&flags);
    return name;
}

/* "12.3 m"; a dash where there is nothing to measure */
static const char *measured(tracking *t, double value, const char *units)
{
    return isfinite(value) ? qf_run_format(&t->fleet, "%.4g%s", value, units) : "-";
}

static void put_metrics_table(tracking *t, hid_t group, hsize_t n)
{
    static const struct {
        const char *name, *variable, *units;
        double scale;
    } metrics[] = {{"frames of all observers", "frames", "", 1.0},
                   {"targets held", "completeness", " %", 100.0},
                   {"purity", "purity", " %", 100.0},
                   {"switches", "switches", "", 1.0},
                   {"GOSPA", "gospa_m", " m", 1.0},
                   {"OSPA", "ospa_m", " m", 1.0},
                   {"position error, rms", "position_rmse_m", " m", 1.0},
                   {"velocity error, rms", "velocity_rmse_mps", " m/s", 1.0},
                   {"first track after", "time_to_hold_s", " s", 1.0},
                   {"tracks confirmed", "confirmed", "", 1.0},
                   {"detections dropped", "dropped", "", 1.0}};
    qf_html_column columns[MOST_ROWS + 1] = {{"", false}};
    for (hsize_t row = 0; row < n; row++) {
        columns[row + 1] = (qf_html_column){row_name(t, group, row), true};
    }
    qf_html_table_begin(t->out, "Over all frames, against the truth.", columns, n + 1);
    for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++) {
        qf_html_row_begin(t->out);
        qf_html_cell(t->out, false, "%s", metrics[m].name);
        for (hsize_t row = 0; row < n; row++) {
            const double value = metrics[m].scale * metric_at(t, metrics[m].variable, row);
            const bool is_count = isfinite(value) && !*metrics[m].units;
            qf_html_cell(t->out, true, "%s",
                         is_count ? qf_run_count(&t->fleet, (uint64_t)value)
                                  : measured(t, value, metrics[m].units));
        }
        qf_html_row_end(t->out);
    }
    qf_html_table_end(t->out);
}

/* What GOSPA's square is made of, and how much of what there was to see was held. */
static void put_metric_bars(tracking *t, const char *name, hsize_t row)
{
    const double parts[3] = {metric_at(t, "localisation_m2", row), metric_at(t, "missed_m2", row),
                             metric_at(t, "false_m2", row)};
    const char *title = qf_run_format(&t->fleet, "What errors were made of: %s", name);
    const qf_bar errors[3] = {
        {"misplaced (localisation)", measured(t, parts[0], " m²"), {parts[0]}, {"f0"}},
        {"missed", measured(t, parts[1], " m²"), {parts[1]}, {"f1"}},
        {"false", measured(t, parts[2], " m²"), {parts[2]}, {"f3"}}};
    qf_html_figure_begin(t->out, QF_FIGURE_SMALL, title);
    qf_chart_bars(t->out, &(qf_bars_chart){.title = title, .bars = errors, .n = 3});
    qf_html_figure_end(t->out, "Parts of the square of GOSPA, means over frames.");

    const double shares[2] = {100.0 * metric_at(t, "completeness", row),
                              100.0 * metric_at(t, "purity", row)};
    const char *held = qf_run_format(&t->fleet, "How much was held: %s", name);
    const qf_bar whole[2] = {
        {"targets in view with a confirmed track",
         measured(t, shares[0], " %"),
         {shares[0]},
         {"f2"}},
        {"updates by the track's own target", measured(t, shares[1], " %"), {shares[1]}, {"f2"}}};
    qf_html_figure_begin(t->out, QF_FIGURE_SMALL, held);
    qf_chart_bars(t->out, &(qf_bars_chart){.title = held, .bars = whole, .n = 2, .longest = 100.0});
    qf_html_figure_end(t->out, "Completeness and purity; the line is 100 % long.");
}

static void put_metrics(tracking *t)
{
    const hid_t group = qf_run_variable(&t->fleet, "tracking/group");
    const hsize_t all = qf_nc_length(group);
    const hsize_t n = all < MOST_ROWS ? all : MOST_ROWS;
    if (n > 0) {
        put_metrics_table(t, group, n);
        if (n < all) {
            qf_html_paragraph(t->out, "%llu more groups are in /tracking of the file.",
                              (unsigned long long)(all - n));
        }
        qf_html_figures_begin(t->out);
        /* several: the last row is all of them */
        put_metric_bars(t, row_name(t, group, all - 1), all - 1);
        qf_html_figures_end(t->out);
    }
    qf_nc_close_id(group);
}

/* ---- detections ---- */

typedef struct ranges {
    uint64_t n, n_false;
    double most_m;
    double counts[2][RANGE_BINS]; /* of targets, false alarms */
} ranges;

/* One pass over the detections: the first finds how far they go, the second counts. */
static bool pass_detections(const tracking *t, bool counting, ranges *r, float *range_m,
                            int32_t *target)
{
    const hid_t ranges_variable = qf_run_variable(&t->fleet, "detections/range_m");
    const hid_t targets_variable = qf_run_variable(&t->fleet, "detections/target");
    const uint64_t lengths[2] = {qf_nc_length(ranges_variable), qf_nc_length(targets_variable)};
    const uint64_t n = lengths[0] < lengths[1] ? lengths[0] : lengths[1];
    bool good = true;
    for (uint64_t begin = 0; good && begin < n; begin += SLICE) {
        const size_t length = n - begin < SLICE ? (size_t)(n - begin) : SLICE;
        good = qf_nc_read(ranges_variable, H5T_NATIVE_FLOAT, begin, length, range_m) &&
               (!counting || qf_nc_read(targets_variable, H5T_NATIVE_INT32, begin, length, target));
        for (size_t i = 0; good && i < length; i++) {
            const double range = (double)range_m[i];
            if (!(range >= 0.0) || !isfinite(range)) {
                continue;
            }
            if (!counting) {
                r->most_m = fmax(r->most_m, range);
                continue;
            }
            const double bin = floor(range / r->most_m * RANGE_BINS);
            r->counts[target[i] < 0][(size_t)fmin(bin, RANGE_BINS - 1.0)] += 1.0;
            r->n_false += target[i] < 0;
            r->n++;
        }
    }
    qf_nc_close_id(targets_variable);
    qf_nc_close_id(ranges_variable);
    return good;
}

static qf_status put_detections(tracking *t)
{
    ranges *r = qf_arena_array(&t->fleet.arena, 1, sizeof *r);
    float *range_m = qf_arena_array(&t->fleet.arena, SLICE, sizeof *range_m);
    int32_t *target = qf_arena_array(&t->fleet.arena, SLICE, sizeof *target);
    if (!r || !range_m || !target) {
        return qf_run_no_memory(&t->fleet);
    }
    bool good = pass_detections(t, false, r, range_m, target);
    /* whole hundreds of what the axis shows */
    const double step = pow(10.0, floor(log10(fmax(r->most_m, 1.0))) - 1.0) * 5.0;
    r->most_m = fmax(ceil(r->most_m / step) * step, 1.0);
    good = good && pass_detections(t, true, r, range_m, target);
    if (!good) {
        return qf_fail(t->fleet.context, QF_ERROR_READ, "%s: /detections cannot be read",
                       t->fleet.run->path);
    }
    if (r->n == 0) {
        return QF_OK;
    }
    qf_html_figure_begin(t->out, QF_FIGURE_SMALL, "Detections by range");
    qf_chart_columns(
        t->out, &(qf_columns_chart){.title = "Detections by range",
                                    .x_title = "measured range, m",
                                    .y_title = "detections",
                                    .high = r->most_m,
                                    .n = RANGE_BINS,
                                    .names = {"of targets", r->n_false > 0 ? "false alarms" : NULL},
                                    .counts = {r->counts[0], r->counts[1]}});
    qf_html_figure_end(t->out,
                       qf_run_format(&t->fleet, "%s, %s of them false alarms.",
                                     qf_run_counted(&t->fleet, r->n, "detection", "detections"),
                                     qf_run_count(&t->fleet, r->n_false)));
    return QF_OK;
}

/* ---- tracks ---- */

/* How many rows of confirmed tracks have which quality at which time. */
typedef struct qualities {
    uint64_t n[TIME_BINS][QUALITY_BINS];
    uint64_t all[TIME_BINS];
    bool confirmed[256];
} qualities;

static void count_quality(const tracking *t, double time_s, double quality, qualities *q)
{
    const double time = floor(time_s / t->fleet.end_s * TIME_BINS);
    const double place = floor(quality * QUALITY_BINS);
    if (isfinite(time) && isfinite(place)) {
        const size_t bin = (size_t)fmin(fmax(time, 0.0), TIME_BINS - 1.0);
        q->n[bin][(size_t)fmin(fmax(place, 0.0), QUALITY_BINS - 1.0)]++;
        q->all[bin]++;
    }
}

static bool read_qualities(const tracking *t, qualities *q, double *time_s, double *quality,
                           uint8_t *status)
{
    const hid_t times = qf_run_variable(&t->fleet, "tracks/time_s");
    const hid_t values = qf_run_variable(&t->fleet, "tracks/quality");
    const hid_t states = qf_run_variable(&t->fleet, "tracks/status");
    const uint64_t lengths[3] = {qf_nc_length(times), qf_nc_length(values), qf_nc_length(states)};
    uint64_t n = lengths[0] < lengths[1] ? lengths[0] : lengths[1];
    n = lengths[2] < n ? lengths[2] : n;
    bool good = true;
    qf_run_find_confirmed(states, q->confirmed);
    for (uint64_t begin = 0; good && begin < n; begin += SLICE) {
        const size_t length = n - begin < SLICE ? (size_t)(n - begin) : SLICE;
        good = qf_nc_read(times, H5T_NATIVE_DOUBLE, begin, length, time_s) &&
               qf_nc_read(values, H5T_NATIVE_DOUBLE, begin, length, quality) &&
               qf_nc_read(states, H5T_NATIVE_UINT8, begin, length, status);
        for (size_t i = 0; good && i < length; i++) {
            if (q->confirmed[status[i]]) {
                count_quality(t, time_s[i], quality[i], q);
            }
        }
    }
    qf_nc_close_id(states);
    qf_nc_close_id(values);
    qf_nc_close_id(times);
    return good;
}

/* The middle of the bin that a share of those of a time lie below. */
static double quantile(const qualities *q, size_t time, double share)
{
    uint64_t below = 0;
    for (size_t i = 0; i < QUALITY_BINS && q->all[time] > 0; i++) {
        below += q->n[time][i];
        if ((double)below >= share * (double)q->all[time]) {
            return ((double)i + 0.5) / QUALITY_BINS;
        }
    }
    return (double)NAN;
}

static qf_status put_qualities(tracking *t)
{
    qf_arena *arena = &t->fleet.arena;
    qualities *q = qf_arena_array(arena, 1, sizeof *q);
    double *time_s = qf_arena_array(arena, SLICE, sizeof *time_s);
    double *quality = qf_arena_array(arena, SLICE, sizeof *quality);
    uint8_t *status = qf_arena_array(arena, SLICE, sizeof *status);
    if (!q || !time_s || !quality || !status) {
        return qf_run_no_memory(&t->fleet);
    }
    if (!read_qualities(t, q, time_s, quality, status)) {
        return qf_fail(t->fleet.context, QF_ERROR_READ, "%s: /tracks cannot be read",
                       t->fleet.run->path);
    }
    double middle[TIME_BINS], low[TIME_BINS], high[TIME_BINS], at_s[TIME_BINS];
    bool any = false;
    for (size_t i = 0; i < TIME_BINS; i++) {
        at_s[i] = ((double)i + 0.5) * t->fleet.end_s / TIME_BINS;
        low[i] = quantile(q, i, 0.05);
        middle[i] = quantile(q, i, 0.5);
        high[i] = quantile(q, i, 0.95);
        any = any || q->all[i] > 0;
    }
    if (any) {
        const qf_fan_series series = {.name = "", .middle = middle, .low = low, .high = high};
        qf_html_figure_begin(t->out, QF_FIGURE_SMALL, "Quality of confirmed tracks");
        qf_chart_fan(t->out, &(qf_fan_chart){.title = "Quality of confirmed tracks",
                                             .y_title = "quality, 0 to 1",
                                             .time_s = at_s,
                                             .n = TIME_BINS,
                                             .series = &series,
                                             .n_series = 1,
                                             .low = 0.0,
                                             .high = 1.0});
        qf_html_figure_end(t->out, "Line: the median over all observers' tracks; band: from 5 % to "
                                   "95 % of them; both to 0.02.");
    }
    return QF_OK;
}

static bool has_rows(const tracking *t, const char *path)
{
    const hid_t variable = qf_run_variable(&t->fleet, path);
    const bool has = qf_nc_length(variable) > 0;
    qf_nc_close_id(variable);
    return has;
}

qf_status qf_report_run_tracking(qf_context *context, qf_page *page, const qf_report_run *run)
{
    tracking t = {.out = qf_page_out(page)};
    qf_status status = qf_run_open(context, run, &t.fleet);
    const bool table = has_rows(&t, "tracking/group");
    const bool detections = has_rows(&t, "detections/range_m");
    const bool tracks = has_rows(&t, "tracks/quality");
    if (status == QF_OK && (table || detections || tracks)) {
        qf_run_section(&t.fleet, page, "tracking", "Radars and trackers");
        if (table) {
            put_metrics(&t);
        }
        qf_html_figures_begin(t.out);
        status = detections ? put_detections(&t) : QF_OK;
        status = status == QF_OK && tracks ? put_qualities(&t) : status;
        qf_html_figures_end(t.out);
    }
    return qf_run_close(&t.fleet, status);
}
