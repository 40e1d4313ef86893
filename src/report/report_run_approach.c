/* SPDX-License-Identifier: Apache-2.0 */
/* How vehicles came near their targets: the range over time, and their way as seen from the target. */
#include <math.h>

#include "chart_fan.h"
#include "chart_plan.h"
#include "html.h"
#include "report_run_plan.h"

enum { MOST = QF_CHART_SERIES, AXES = 3 };

typedef struct approaches {
    qf_run_plan *plan;
    size_t n, n_all; /* that are drawn, and of the plan's vehicles those that have a target */
    int64_t vehicle[MOST], target[MOST];
    const double *wanted[MOST]; /* [time]: the number of its target, as it was then */
    double *ahead
        [AXES]; /* [vehicle][time]: where it is seen from its target, along the target's axes */
    double *range_m;
    bool turned; /* the target's attitude is known: its axes, else the world's */
    bool others; /* some have other targets later */
} approaches;

/* Those of the chosen vehicles that have a target, with the first that they have. */
static qf_status choose(approaches *a)
{
    const qf_run_plan *p = a->plan;
    double *targets;
    const qf_status status = qf_run_read_ways(p, "target", p->vehicle, p->n, &targets);
    for (size_t v = 0; targets && v < p->n; v++) {
        int64_t target = -1;
        for (size_t t = 0; t < p->times.n && target < 0; t++) {
            const double number = targets[v * p->times.n + t];
            target = number >= 0.0 && number < (double)p->fleet->n_vehicles ? (int64_t)number : -1;
        }
        if (target >= 0 && target != p->vehicle[v] && a->n_all++ < MOST) {
            a->vehicle[a->n] = p->vehicle[v];
            a->wanted[a->n] = targets + v * p->times.n;
            a->target[a->n++] = target;
        }
    }
    return status;
}

/* v turned back by the quaternion that turns a body's axes to the world's */
static void to_body(const double q[4], double v[AXES])
{
    const double w = q[0], x = -q[1], y = -q[2], z = -q[3];
    const double t[AXES] = {2.0 * (y * v[2] - z * v[1]), 2.0 * (z * v[0] - x * v[2]),
                            2.0 * (x * v[1] - y * v[0])};
    const double turned[AXES] = {v[0] + w * t[0] + y * t[2] - z * t[1],
                                 v[1] + w * t[1] + z * t[0] - x * t[2],
                                 v[2] + w * t[2] + x * t[1] - y * t[0]};
    for (size_t k = 0; k < AXES; k++) {
        v[k] = turned[k];
    }
}

/* Where a vehicle has another target, or none, nothing is told of the first one. */
static void keep_while_wanted(approaches *a)
{
    const size_t n = a->plan->times.n;
    for (size_t i = 0; i < a->n * n; i++) {
        const double wanted = a->wanted[i / n][i % n];
        if (wanted == (double)a->target[i / n]) {
            continue;
        }
        a->others = a->others || wanted >= 0.0;
        a->range_m[i] = (double)NAN;
        for (size_t k = 0; k < AXES && a->ahead[k]; k++) {
            a->ahead[k][i] = (double)NAN;
        }
    }
}

/* `range_m` stays NULL where positions are not recorded. */
static qf_status read_relative(approaches *a)
{
    static const char *const positions[AXES] = {"x_m", "y_m", "z_m"};
    static const char *const attitudes[4] = {"q_w", "q_x", "q_y", "q_z"};
    const qf_run_plan *p = a->plan;
    const size_t n = a->n * p->times.n;
    double *other[AXES], *q[4];
    qf_status status = QF_OK;
    a->turned = true;
    for (size_t k = 0; k < AXES && status == QF_OK; k++) {
        status = qf_run_read_ways(p, positions[k], a->vehicle, a->n, &a->ahead[k]);
        status = status == QF_OK ? qf_run_read_ways(p, positions[k], a->target, a->n, &other[k])
                                 : status;
        a->turned = a->turned && a->ahead[k];
    }
    for (size_t k = 0; k < 4 && status == QF_OK; k++) {
        status = qf_run_read_ways(p, attitudes[k], a->target, a->n, &q[k]);
        a->turned = a->turned && q[k];
    }
    if (status != QF_OK || !a->ahead[0] || !a->ahead[1]) {
        return status;
    }
    a->range_m = qf_arena_array(&p->fleet->arena, n + 1, sizeof *a->range_m);
    if (!a->range_m) {
        return qf_run_no_memory(p->fleet);
    }
    for (size_t i = 0; i < n; i++) {
        double v[AXES] = {0.0};
        for (size_t k = 0; k < AXES; k++) {
            v[k] = a->ahead[k] ? a->ahead[k][i] - other[k][i] : 0.0;
        }
        a->range_m[i] = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        if (a->turned) {
            to_body((const double[4]){q[0][i], q[1][i], q[2][i], q[3][i]}, v);
        }
        for (size_t k = 0; k < AXES && a->ahead[k]; k++) {
            a->ahead[k][i] = v[k];
        }
    }
    keep_while_wanted(a);
    return QF_OK;
}

static const char *pair_name(const approaches *a, size_t v)
{
    return qf_run_format(a->plan->fleet, "%s to %s",
                         qf_run_vehicle_name(a->plan->fleet, a->vehicle[v]),
                         qf_run_vehicle_name(a->plan->fleet, a->target[v]));
}

/* one looks like its group, as in the other pictures; several have to be told apart */
static size_t look_of(const approaches *a, size_t v)
{
    return a->n == 1 ? a->plan->fleet->group_of[a->vehicle[0]] : v;
}

/* Of whom and when both pictures are, as sentences that follow others: "" or with a space before. */
static const char *extent_text(const approaches *a)
{
    qf_run_fleet *fleet = a->plan->fleet;
    const bool sampled = a->plan->n < fleet->n_vehicles;
    const char *among =
        sampled
            ? qf_run_format(fleet, " among the %zu vehicles that are drawn from above", a->plan->n)
            : "";
    const char *which =
        a->n < a->n_all ? qf_run_format(fleet, " The first %zu of the %zu that have a target%s.",
                                        a->n, a->n_all, among)
        : sampled       ? qf_run_format(fleet, " All that have a target%s.", among)
                        : "";
    const char *when = qf_run_say_times(fleet, &a->plan->times);
    return qf_run_format(fleet, "%s%s%s", which,
                         *when ? qf_run_format(fleet, " Drawn%s.", when + 1) : "",
                         a->others ? " Of several targets the first, while it is the target." : "");
}

/* Without heights the distance is that on the ground. */
static void put_range(const approaches *a)
{
    const qf_run_plan *p = a->plan;
    const char *title =
        a->ahead[2] ? "How far from the target" : "How far from the target, horizontally";
    const char *between = a->ahead[2] ? "between centres" : "between centres, heights left out";
    qf_fan_series series[MOST];
    for (size_t v = 0; v < a->n; v++) {
        series[v] = (qf_fan_series){
            .name = pair_name(a, v), .middle = a->range_m + v * p->times.n, .look = look_of(a, v)};
    }
    qf_html_figure_begin(p->out, QF_FIGURE_SMALL, title);
    qf_chart_fan(p->out,
                 &(qf_fan_chart){.title = title,
                                 .y_title = a->ahead[2] ? "range, m (logarithmic)"
                                                        : "horizontal range, m (logarithmic)",
                                 .time_s = p->times.time_s,
                                 .n = p->times.n,
                                 .series = series,
                                 .n_series = a->n,
                                 .low = (double)NAN,
                                 .high = (double)NAN,
                                 .log = true});
    qf_html_figure_end(p->out,
                       a->n == 1 ? qf_run_format(p->fleet, "From %s, %s.%s", pair_name(a, 0),
                                                 between, extent_text(a))
                                 : qf_run_format(p->fleet, "B%s.%s", between + 1, extent_text(a)));
}

/* The second axis is the one along which more happens. */
static qf_status put_seen_from_target(const approaches *a)
{
    static const char *const body[AXES] = {"ahead of the target, m", "left of the target, m",
                                           "above the target, m"};
    static const char *const world[AXES] = {"east of the target, m", "north of the target, m",
                                            "above the target, m"};
    const qf_run_plan *p = a->plan;
    const size_t n = a->n * p->times.n;
    double low[AXES] = {0.0}, high[AXES] = {0.0};
    for (size_t k = 0; k < AXES && a->ahead[k]; k++) {
        const qf_status status = qf_run_plan_bounds(p->fleet, a->ahead[k], n, &low[k], &high[k]);
        if (status != QF_OK) {
            return status;
        }
    }
    const size_t second = a->ahead[2] && high[2] - low[2] > high[1] - low[1] ? 2 : 1;
    qf_plan_way ways[MOST];
    const char *names[MOST];
    for (size_t v = 0; v < a->n; v++) {
        names[v] = pair_name(a, v);
        ways[v] = (qf_plan_way){.name = names[v],
                                .series = look_of(a, v),
                                .x = a->ahead[0] + v * p->times.n,
                                .y = a->ahead[second] + v * p->times.n,
                                .n = p->times.n};
    }
    const qf_plan_place target = {.name = "target", .x = 0.0, .y = 0.0};
    qf_html_figure_begin(p->out, QF_FIGURE_SMALL, "The approach, seen from the target");
    const qf_plan_chart chart = {.title = "The approach, seen from the target",
                                 .x_title = a->turned ? body[0] : world[0],
                                 .y_title = a->turned ? body[second] : world[second],
                                 .names = names,
                                 .n_names = a->n,
                                 .ways = ways,
                                 .n_ways = a->n,
                                 .places = &target,
                                 .n_places = 1,
                                 .low = {fmin(low[0], 0.0), fmin(low[second], 0.0)},
                                 .high = {fmax(high[0], 0.0), fmax(high[second], 0.0)}};
    qf_chart_plan(p->out, &chart);
    qf_html_figure_end(
        p->out,
        qf_run_format(p->fleet,
                      "%s. Hollow marks: where they began, full ones: where they ended%s.%s",
                      a->turned ? "In the axes of the target's body, between centres"
                                : "Between centres, in the world's axes",
                      qf_run_say_beyond(p->fleet, qf_run_count_beyond(&chart)), extent_text(a)));
    return QF_OK;
}

qf_status qf_run_put_approaches(qf_run_plan *plan)
{
    approaches a = {.plan = plan};
    qf_status status = choose(&a);
    status = status == QF_OK && a.n > 0 ? read_relative(&a) : status;
    if (status == QF_OK && a.range_m) {
        put_range(&a);
        status = put_seen_from_target(&a);
    }
    return status;
}
