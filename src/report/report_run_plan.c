/* SPDX-License-Identifier: Apache-2.0 */
/* Where vehicles went: from above and in height, and as one of them believed others to be. */
#include <math.h>
#include <string.h>

#include "chart_plan.h"
#include "html.h"
#include "netcdf_read.h"
#include "report_run_plan.h"
#include "report_run_sights.h"

enum {
    MOST_PLACES = 8,
    MOST_TIMES = 300,
    MANY_VEHICLES = 20000, /* of whose long records each few values are a read of their own */
    FEWER_TIMES = 120,
    SLICE = 4096,
};

/* Of few vehicles all; else of each group equally many, evenly by number. */
static void choose_vehicles(qf_run_plan *p)
{
    const qf_run_fleet *fleet = p->fleet;
    uint64_t seen[QF_CHART_SERIES] = {0};
    const uint64_t each = QF_PLAN_MOST_WAYS / fleet->n_groups;
    for (uint64_t e = 0; e < fleet->n_vehicles && p->n < QF_PLAN_MOST_WAYS; e++) {
        const uint64_t n = fleet->groups[fleet->group_of[e]].n;
        const uint64_t k = seen[fleet->group_of[e]]++;
        const bool first_of_part = k == 0 || k * each / n != (k - 1) * each / n;
        if (fleet->n_vehicles <= QF_PLAN_MOST_WAYS || n <= each || first_of_part) {
            p->vehicle[p->n++] = (int64_t)e;
        }
    }
}

qf_status qf_run_read_ways(const qf_run_plan *p, const char *quantity, const int64_t *vehicles,
                           size_t n, double **ways)
{
    qf_run_fleet *fleet = p->fleet;
    bool recorded;
    double *rows = qf_arena_array(&fleet->arena, n * p->times.n + 1, sizeof *rows);
    *ways = qf_arena_array(&fleet->arena, n * p->times.n + 1, sizeof **ways);
    if (!rows || !*ways) {
        return qf_run_no_memory(fleet);
    }
    const qf_status status =
        qf_run_read_paths(fleet, quantity, &p->times, vehicles, n, rows, &recorded);
    if (status != QF_OK || !recorded) {
        *ways = NULL;
        return status;
    }
    for (size_t v = 0; v < n; v++) {
        for (size_t t = 0; t < p->times.n; t++) {
            (*ways)[v * p->times.n + t] = rows[t * n + v];
        }
    }
    return QF_OK;
}

qf_status qf_run_plan_bounds(qf_run_fleet *fleet, const double *values, size_t n, double *low,
                             double *high)
{
    double *copy = qf_arena_array(&fleet->arena, n + 1, sizeof *copy);
    if (!copy) {
        return qf_run_no_memory(fleet);
    }
    memcpy(copy, values, n * sizeof *copy);
    qf_plan_bounds(copy, n, low, high);
    /* a margin, so that marks at the edge are whole */
    const double margin = 0.03 * (*high - *low);
    *low -= margin;
    *high += margin;
    return QF_OK;
}

/*
 * Those that stand, by their kind; the scenario's ports are theirs. Worlds are laid over each other and have the same ones: of the first
 * world. `n_all`: how many there are, of which the first MOST_PLACES are chosen.
 */
static qf_status choose_stations(const qf_run_plan *p, int64_t *stations, uint64_t *n_all)
{
    const hid_t variable = qf_run_variable(p->fleet, "entities/kind");
    const hid_t world = qf_run_variable(p->fleet, "entities/world");
    qf_nc_flags flags = {0};
    long long station = -1;
    qf_status status = QF_OK;
    int64_t first_world = -1;
    *n_all = 0;
    if (variable >= 0 && qf_nc_get_flags(variable, &flags)) {
        for (size_t i = 0; i < flags.n; i++) {
            station = strcmp(flags.meanings[i], "station") == 0 ? flags.values[i] : station;
        }
    }
    uint8_t kinds[SLICE];
    int64_t worlds[SLICE] = {0};
    for (uint64_t begin = 0; station >= 0 && status == QF_OK && begin < p->fleet->n_vehicles;
         begin += SLICE) {
        const uint64_t left = p->fleet->n_vehicles - begin;
        const size_t length = left < SLICE ? (size_t)left : SLICE;
        if (!qf_nc_read(variable, H5T_NATIVE_UINT8, begin, length, kinds)) {
            status = qf_run_unreadable(p->fleet, "entities/kind");
        } else if (world >= 0 && !qf_nc_read(world, H5T_NATIVE_INT64, begin, length, worlds)) {
            status = qf_run_unreadable(p->fleet, "entities/world");
        }
        first_world = begin == 0 ? worlds[0] : first_world;
        for (size_t i = 0; status == QF_OK && i < length; i++) {
            if (kinds[i] == station && worlds[i] == first_world && (*n_all)++ < MOST_PLACES) {
                stations[*n_all - 1] = (int64_t)(begin + i);
            }
        }
    }
    qf_nc_free_flags(&flags);
    qf_nc_close_id(world);
    qf_nc_close_id(variable);
    return status;
}

/* Its name without its world: worlds are laid over each other. */
static const char *place_name(qf_run_fleet *fleet, int64_t station)
{
    const char *name = qf_run_vehicle_name(fleet, station);
    const char *slash = fleet->n_worlds > 1 ? strchr(name, '/') : NULL;
    return slash ? slash + 1 : name;
}

/* Where stations were in the end; of more than MOST_PLACES the first. */
static qf_status read_places(const qf_run_plan *p, qf_plan_place *places, size_t *n_places,
                             uint64_t *n_all)
{
    int64_t stations[MOST_PLACES];
    double *x = NULL, *y = NULL;
    *n_places = 0;
    qf_status status = choose_stations(p, stations, n_all);
    const size_t n = *n_all < MOST_PLACES ? (size_t)*n_all : MOST_PLACES;
    status = status == QF_OK ? qf_run_read_ways(p, "x_m", stations, n, &x) : status;
    status = status == QF_OK ? qf_run_read_ways(p, "y_m", stations, n, &y) : status;
    for (size_t i = 0; status == QF_OK && x && y && i < n; i++) {
        const size_t last = i * p->times.n + p->times.n - 1;
        places[(*n_places)++] =
            (qf_plan_place){.name = place_name(p->fleet, stations[i]), .x = x[last], .y = y[last]};
    }
    return status;
}

static bool is_beyond(const qf_plan_chart *chart, double x, double y)
{
    return x < chart->low[0] || x > chart->high[0] || y < chart->low[1] || y > chart->high[1];
}

size_t qf_run_count_beyond(const qf_plan_chart *chart)
{
    size_t n = 0;
    for (size_t v = 0; v < chart->n_ways; v++) {
        const qf_plan_way *way = &chart->ways[v];
        bool beyond = false;
        for (size_t t = 0; t < way->n && !beyond; t++) {
            beyond = is_beyond(chart, way->x[t], way->y[t]);
        }
        n += beyond;
    }
    return n;
}

const char *qf_run_say_beyond(qf_run_fleet *fleet, size_t n)
{
    return n > 0 ? qf_run_format(fleet, "; %s what is shown",
                                 qf_run_counted(fleet, n, "leaves", "leave"))
                 : "";
}

static size_t count_dots_beyond(const qf_plan_chart *chart)
{
    size_t n = 0;
    for (size_t k = 0; k < chart->n_dots; k++) {
        for (size_t i = 0; i < chart->dots[k].n; i++) {
            n += is_beyond(chart, chart->dots[k].x[i], chart->dots[k].y[i]);
        }
    }
    return n;
}

static const char *chosen_text(const qf_run_plan *p)
{
    return p->n == p->fleet->n_vehicles
               ? (p->n == 1 ? "The one vehicle"
                  : p->n == 2
                      ? "Both vehicles"
                      : qf_run_format(p->fleet, "All %s vehicles", qf_run_count(p->fleet, p->n)))
               : qf_run_format(p->fleet,
                               "%s of %s vehicles (of each group equally many, as far as it has "
                               "them, evenly by number)",
                               qf_run_count(p->fleet, p->n),
                               qf_run_count(p->fleet, p->fleet->n_vehicles));
}

/* ", crosses: stations"; where there are more than places, how many of them */
static const char *stations_text(qf_run_fleet *fleet, size_t shown, uint64_t all)
{
    if (shown == 0) {
        return "";
    }
    return shown < all ? qf_run_format(fleet, ", crosses: the first %zu of %s", shown,
                                       qf_run_counted(fleet, all, "station", "stations"))
                       : ", crosses: stations";
}

static qf_status put_ways(qf_run_plan *p)
{
    qf_run_fleet *fleet = p->fleet;
    uint64_t n_stations;
    qf_plan_way ways[QF_PLAN_MOST_WAYS];
    qf_plan_place places[MOST_PLACES];
    const char *names[QF_CHART_SERIES];
    for (size_t g = 0; g < fleet->n_groups; g++) {
        names[g] = fleet->groups[g].name;
    }
    for (size_t v = 0; v < p->n; v++) {
        ways[v] = (qf_plan_way){.name = qf_run_vehicle_name(fleet, p->vehicle[v]),
                                .series = fleet->group_of[p->vehicle[v]],
                                .x = p->x_m + v * p->times.n,
                                .y = p->y_m + v * p->times.n,
                                .n = p->times.n};
    }
    qf_plan_chart chart = {.title = "Seen from above",
                           .x_title = "east (x), m",
                           .y_title = "north (y), m",
                           .names = names,
                           .n_names = fleet->n_groups,
                           .ways = ways,
                           .n_ways = p->n,
                           .places = places};
    const size_t n = p->n * p->times.n;
    qf_status status = read_places(p, places, &chart.n_places, &n_stations);
    status = status == QF_OK ? qf_run_plan_bounds(fleet, p->x_m, n, &chart.low[0], &chart.high[0])
                             : status;
    status = status == QF_OK ? qf_run_plan_bounds(fleet, p->y_m, n, &chart.low[1], &chart.high[1])
                             : status;
    if (status != QF_OK) {
        return status;
    }
    const size_t n_beyond = qf_run_count_beyond(&chart);
    qf_html_figure_begin(p->out, QF_FIGURE_LARGE, chart.title);
    fputs("<div class=\"wide-only\">\n", p->out);
    chart.large = true;
    qf_chart_plan(p->out, &chart);
    fputs("</div><div class=\"narrow-only\">\n", p->out);
    chart.large = false;
    qf_chart_plan(p->out, &chart);
    fputs("</div>\n", p->out);
    qf_html_figure_end(
        p->out, qf_run_format(fleet,
                              "%s%s%s; hollow marks: where they began, full ones: where they "
                              "ended%s%s.",
                              chosen_text(p),
                              fleet->n_worlds > 1
                                  ? qf_run_format(fleet, " of %s worlds, laid over each other",
                                                  qf_run_count(fleet, fleet->n_worlds))
                                  : "",
                              qf_run_say_times(fleet, &p->times),
                              stations_text(fleet, chart.n_places, n_stations),
                              qf_run_say_beyond(fleet, n_beyond)));
    return QF_OK;
}

/* Height over time, where it changes. */
static qf_status put_heights(qf_run_plan *p)
{
    qf_run_fleet *fleet = p->fleet;
    const hid_t variable = qf_run_variable(fleet, "state/z_m");
    const qf_run_quantity quantity = {.name = "z_m", .missing = (double)NAN};
    qf_run_bands bands;
    qf_run_times times;
    if (variable < 0) {
        return QF_OK;
    }
    qf_nc_close_id(variable);
    qf_status status = qf_run_choose_times(fleet, qf_run_most_times(fleet, 1), &times);
    status = status == QF_OK ? qf_run_read_bands(fleet, &quantity, &times, &bands) : status;
    if (status == QF_OK && !bands.constant) {
        qf_html_figure_begin(p->out, QF_FIGURE_SMALL, "Height");
        qf_run_draw_groups(fleet, p->out, "Height", "up (z), m", &times, &bands);
        const char *when = qf_run_say_times(fleet, &times);
        qf_html_figure_end(
            p->out,
            fleet->n_vehicles > 1
                ? qf_run_format(fleet,
                                "The median of each group, and the band of 5 %% to 95 %% of its "
                                "vehicles%s.",
                                when)
            : *when ? qf_run_format(fleet, "The one vehicle%s.", when)
                    : NULL);
    }
    return status;
}

/* Where the observer was at a time, between its records; NAN outside of them. */
static double between(const qf_run_plan *p, const double *way, double time_s)
{
    const double *time = p->times.time_s;
    size_t i = 0;
    while (i + 1 < p->times.n && time[i + 1] < time_s) {
        i++;
    }
    if (i + 1 >= p->times.n || time_s < time[0]) {
        /* radars look before a tick: the first look is just before the first record */
        return p->times.n > 0 ? way[time_s <= time[0] ? 0 : p->times.n - 1] : (double)NAN;
    }
    const double share = (time_s - time[i]) / (time[i + 1] - time[i]);
    return way[i] + fmin(share, 1.0) * (way[i + 1] - way[i]);
}

enum { FIRM, TENTATIVE, FALSE_ONES, KINDS };

/* Dots of one kind, in the world where the observer's own way is known. */
static bool gather_dots(const qf_run_plan *p, const qf_run_sights *sights,
                        const double *const own[2], size_t kind, double *x, double *y, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < sights->n; i++) {
        const size_t is = !sights->firm[i] ? TENTATIVE : sights->target[i] < 0 ? FALSE_ONES : FIRM;
        if (is == kind) {
            x[*n] = sights->x_m[i] + (own[0] ? between(p, own[0], sights->time_s[i]) : 0.0);
            y[(*n)++] = sights->y_m[i] + (own[1] ? between(p, own[1], sights->time_s[i]) : 0.0);
        }
    }
    return *n > 0;
}

/* What broad lines are, where there are any. */
static const char *truth_text(qf_run_fleet *fleet, size_t n_seen)
{
    return n_seen == 0 ? ""
           : n_seen == 1
               ? " Broad line: where the one target that it saw really was."
               : qf_run_format(fleet,
                               " Broad lines: where the %zu targets that it saw most really were.",
                               n_seen);
}

/* `n_seen`: targets whose true way is drawn */
static const char *sights_caption(const qf_run_plan *p, const qf_run_sights *sights,
                                  bool in_the_world, size_t n_seen, const qf_plan_chart *chart)
{
    qf_run_fleet *fleet = p->fleet;
    const size_t dots = count_dots_beyond(chart);
    const size_t lines = qf_run_count_beyond(chart);
    return qf_run_format(
        fleet,
        "Its %s%s%s. Coloured: confirmed tracks; grey: not confirmed; red: confirmed, of a false "
        "alarm.%s%s%s%s",
        qf_run_counted(fleet, sights->n_rows, "row of a track", "rows of tracks"),
        sights->every > 1
            ? qf_run_format(fleet, ", one in %llu of them", (unsigned long long)sights->every)
            : "",
        in_the_world ? "" : ", relative to it, as its own way was not recorded",
        truth_text(fleet, n_seen), in_the_world ? " The marks: the observer itself." : "",
        dots > 0 ? qf_run_format(fleet, " %s beyond what is shown.",
                                 qf_run_counted(fleet, dots, "dot is", "dots are"))
                 : "",
        lines > 0 ? qf_run_format(fleet, " %s what is shown.",
                                  qf_run_counted(fleet, lines, "line leaves", "lines leave"))
                  : "");
}

/* What one observer believed, apart from what was true. */
static qf_status put_sights(qf_run_plan *p)
{
    static const char *const classes[KINDS] = {"s0", "faint", "bad"};
    qf_run_fleet *fleet = p->fleet;
    qf_run_sights sights;
    qf_status status = qf_run_read_sights(fleet, &sights);
    if (status != QF_OK || sights.n == 0) {
        return status;
    }
    double *own[2] = {NULL, NULL}, *seen[2] = {NULL, NULL};
    static const char *const names[2] = {"x_m", "y_m"};
    for (size_t k = 0; k < 2 && status == QF_OK; k++) {
        status = qf_run_read_ways(p, names[k], &sights.observer, 1, &own[k]);
        status = status == QF_OK
                     ? qf_run_read_ways(p, names[k], sights.seen, sights.n_seen, &seen[k])
                     : status;
    }
    if (status != QF_OK) {
        return status;
    }
    const bool world = own[0] && own[1];
    const bool truth = world && seen[0] && seen[1];
    double *x = qf_arena_array(&fleet->arena, sights.n + 1, sizeof *x);
    double *y = qf_arena_array(&fleet->arena, sights.n + 1, sizeof *y);
    if (!x || !y) {
        return qf_run_no_memory(fleet);
    }
    qf_plan_dots dots[KINDS];
    qf_plan_way ways[QF_SIGHTS_MOST_SEEN + 1];
    const double *const places[2] = {world ? own[0] : NULL, world ? own[1] : NULL};
    size_t at = 0, n_dots = 0, n_ways = 0;
    for (size_t kind = KINDS; kind-- > 0;) {
        size_t n;
        if (gather_dots(p, &sights, places, kind, x + at, y + at, &n)) {
            dots[n_dots++] =
                (qf_plan_dots){.class = classes[kind], .x = x + at, .y = y + at, .n = n};
            at += n;
        }
    }
    for (size_t v = 0; truth && v < sights.n_seen; v++) {
        ways[n_ways++] = (qf_plan_way){.faint = true,
                                       .x = seen[0] + v * p->times.n,
                                       .y = seen[1] + v * p->times.n,
                                       .n = p->times.n};
    }
    const char *name = qf_run_vehicle_name(fleet, sights.observer);
    if (world) {
        ways[n_ways++] =
            (qf_plan_way){.name = name, .series = 3, .x = own[0], .y = own[1], .n = p->times.n};
    }
    qf_plan_chart chart = {.title = qf_run_format(fleet, "What %s believed", name),
                           .x_title = "east (x), m",
                           .y_title = "north (y), m",
                           .ways = ways,
                           .n_ways = n_ways,
                           .dots = dots,
                           .n_dots = n_dots};
    status = qf_run_plan_bounds(fleet, x, at, &chart.low[0], &chart.high[0]);
    status =
        status == QF_OK ? qf_run_plan_bounds(fleet, y, at, &chart.low[1], &chart.high[1]) : status;
    if (status != QF_OK) {
        return status;
    }
    qf_html_figure_begin(p->out, QF_FIGURE_SMALL, chart.title);
    qf_chart_plan(p->out, &chart);
    qf_html_figure_end(p->out,
                       sights_caption(p, &sights, world, truth ? sights.n_seen : 0, &chart));
    return QF_OK;
}

qf_status qf_report_run_plan(qf_context *context, qf_page *page, const qf_report_run *run)
{
    qf_run_fleet fleet;
    qf_run_plan p = {.fleet = &fleet, .out = qf_page_out(page)};
    qf_status status = qf_run_open(context, run, &fleet);
    status = status == QF_OK
                 ? qf_run_choose_times(&fleet,
                                       fleet.n_vehicles > MANY_VEHICLES ? FEWER_TIMES : MOST_TIMES,
                                       &p.times)
                 : status;
    if (status == QF_OK && fleet.n_vehicles > 0 && p.times.n > 0) {
        choose_vehicles(&p);
        status = qf_run_read_ways(&p, "x_m", p.vehicle, p.n, &p.x_m);
        status = status == QF_OK ? qf_run_read_ways(&p, "y_m", p.vehicle, p.n, &p.y_m) : status;
        const bool placed = p.x_m && p.y_m;
        if (status != QF_OK) {
            return qf_run_close(&fleet, status);
        }
        if (placed || H5Lexists(run->file, "tracks", H5P_DEFAULT) > 0) {
            qf_run_section(&fleet, page, "plan", "Where they went");
            qf_html_figures_begin(p.out);
            if (placed) {
                status = put_ways(&p);
                status = status == QF_OK ? put_heights(&p) : status;
                status = status == QF_OK && p.n < fleet.n_vehicles ? qf_run_put_crowd(&p) : status;
                status = status == QF_OK ? qf_run_put_approaches(&p) : status;
            }
            status = status == QF_OK ? put_sights(&p) : status;
            qf_html_figures_end(p.out);
        }
    }
    return qf_run_close(&fleet, status);
}
