/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_explain.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "number_text.h"
#include "progress.h"
#include "text_table.h"

/* Measured: docs/scaling.md, "Sweeps". */
#define START_S     0.3   /* mpirun or srun, reading the scenario, the design */
#define PER_SHARD_S 4e-4  /* of concluding */
#define PER_CASE_S  20e-6 /* statistics, intervals, checksums, the master */

enum { PROBE_BYTES = 64 << 20, WIDTH = 100, INDENT = 4, MOST_ROWS = 32 };

/* ---- calibration ---- */

static qf_status measure_copies(qf_context *context, double *bytes_per_s)
{
    char *from = malloc(PROBE_BYTES);
    char *to = malloc(PROBE_BYTES);
    if (!from || !to) {
        free(from);
        free(to);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory to measure copies with");
    }
    memset(from, 1, PROBE_BYTES);
    memset(to, 0, PROBE_BYTES);
    double best_s = (double)INFINITY;
    for (int round = 0; round < 3; round++) {
        const double begin_s = qf_monotonic_s();
        memcpy(to, from, PROBE_BYTES);
        /* the copy is looked at, so that it is made */
        from[round] = (char)(to[PROBE_BYTES - 1 - round] + 1);
        best_s = fmin(best_s, qf_monotonic_s() - begin_s);
    }
    free(from);
    free(to);
    *bytes_per_s = PROBE_BYTES / best_s;
    return QF_OK;
}

static qf_status disk_failed(qf_context *context, const char *what)
{
    return qf_fail(context, errno == ENOSPC ? QF_ERROR_DISK_FULL : QF_ERROR_WRITE,
                   "how fast the disk here is could not be measured: %s: %s", what,
                   strerror(errno));
}

/* a file without a name, or one that has lost it */
static int open_probe(void)
{
    int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        char name[] = "qfleet-probe-XXXXXX";
        fd = mkostemp(name, O_CLOEXEC);
        if (fd >= 0) {
            (void)unlink(name);
        }
    }
    return fd;
}

static qf_status measure_disk(qf_context *context, double *bytes_per_s)
{
    enum { AT_ONCE = 1 << 20 };
    char *block = calloc(1, AT_ONCE);
    const int fd = block ? open_probe() : -1;
    if (fd < 0) {
        const qf_status status = block ? disk_failed(context, "no file")
                                       : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
        free(block);
        return status;
    }
    qf_status status = QF_OK;
    const double begin_s = qf_monotonic_s();
    for (size_t done = 0; status == QF_OK && done < PROBE_BYTES; done += AT_ONCE) {
        memset(block, (int)(done / AT_ONCE), AT_ONCE);
        const ssize_t n = write(fd, block, AT_ONCE);
        if (n != AT_ONCE) {
            errno = n >= 0 ? ENOSPC : errno;
            status = disk_failed(context, "writing");
        }
    }
    if (status == QF_OK && fdatasync(fd) != 0) {
        status = disk_failed(context, "writing");
    }
    *bytes_per_s = PROBE_BYTES / (qf_monotonic_s() - begin_s);
    close(fd);
    free(block);
    return status;
}

qf_status qf_explain_calibrate(qf_context *context, const qf_plan *plan, double latency_us,
                               double link_gbps, qf_cost_model *model)
{
    const qf_measurement *m = &plan->measured;
    const double n_vehicles = (double)qf_scenario_n_vehicles(plan->scenario);
    const double vehicle_ticks = n_vehicles * (double)m->profiled_ticks;
    const double threads = (double)m->n_threads;
    *model = (qf_cost_model){.n_vehicles = n_vehicles,
                             .n_pieces = (double)m->n_pieces,
                             .own_s = m->profile.own_s * threads / vehicle_ticks,
                             .replicated_s = m->profile.replicated_s * threads / vehicle_ticks,
                             .meetings = (double)m->profile.n_meetings / (double)m->profiled_ticks,
                             .seen_bytes = m->seen_bytes,
                             .record_bytes =
                                 plan->disk_bytes / (n_vehicles * (double)plan->scenario->n_ticks),
                             .disk_bytes_per_s = (double)INFINITY,
                             .latency_s = latency_us * 1e-6,
                             .link_bytes_per_s = link_gbps * 1e9,
                             .n_threads = plan->node_threads};
    const qf_status status = measure_copies(context, &model->copy_bytes_per_s);
    return status == QF_OK && model->record_bytes > 0.0
               ? measure_disk(context, &model->disk_bytes_per_s)
               : status;
}

/* ---- tables ---- */

static const char *milliseconds(qf_arena *arena, double seconds)
{
    const char *text = qf_arena_format(arena, "%.3g", 1e3 * seconds);
    return text ? text : "?";
}

static void print_block(const qf_text_block *block, FILE *out)
{
    for (size_t l = 0; l < block->n_lines; l++) {
        fprintf(out, "%s\n", block->lines[l]);
    }
}

static void print_terms(const qf_cost_model *m, FILE *out)
{
    fprintf(out,
            "  measured       a vehicle-tick takes a thread %.3g ns, and %.3g ns on every rank for "
            "all\n",
            1e9 * m->own_s, 1e9 * m->replicated_s);
    fprintf(out, "                 %.3g bytes are copied in a ns", 1e-9 * m->copy_bytes_per_s);
    if (isfinite(m->disk_bytes_per_s)) {
        fprintf(out, "; the disk takes %.3g GB/s", 1e-9 * m->disk_bytes_per_s);
    }
    fprintf(out,
            "\n  exchanged      %.3g bytes of a vehicle in a tick, in %.3g meetings, on the mean\n",
            m->seen_bytes, m->meetings);
    fprintf(out,
            "  assumed        a message takes %.3g us, a machine's link carries %.3g GB/s "
            "(--network)\n",
            1e6 * m->latency_s, 1e-9 * m->link_bytes_per_s);
}

qf_status qf_explain_world(qf_context *context, const qf_plan *plan, const qf_cost_model *model,
                           size_t most_nodes, FILE *out)
{
    qf_canvas canvas = {0};
    qf_arena *arena = &canvas.arena;
    qf_text_table table = qf_table_start(&canvas, "rrrrrrrrl", MOST_ROWS);
    qf_table_add(&table, (const char *const[]){"ranks", "compute", "for all", "exchange", "copy",
                                               "disk", "a tick", "speed-up", "most is"});
    const size_t most = most_nodes < plan->measured.n_pieces ? most_nodes : plan->measured.n_pieces;
    for (size_t n = 1; n <= most; n = qf_cost_next(n, most)) {
        const qf_tick_cost cost = qf_cost_of_tick(model, n);
        qf_table_add(
            &table,
            (const char *const[]){
                qf_text_count(arena, n), milliseconds(arena, cost.seconds[QF_COST_COMPUTE]),
                milliseconds(arena, cost.seconds[QF_COST_REPLICATED]),
                milliseconds(arena, cost.seconds[QF_COST_EXCHANGE]),
                milliseconds(arena, cost.seconds[QF_COST_COPY]),
                milliseconds(arena, cost.seconds[QF_COST_DISK]), milliseconds(arena, cost.tick_s),
                qf_text_number(arena, cost.speed_up), qf_cost_term_name(cost.most)});
    }
    const qf_text_block block = qf_table_block(&table, INDENT, WIDTH);
    const size_t best = qf_cost_best_ranks(model, most);
    fprintf(out, "a world over ranks, each a machine of %d thread%s, ms a tick:\n",
            model->n_threads, model->n_threads == 1 ? "" : "s");
    print_terms(model, out);
    if (!canvas.failed) {
        print_block(&block, out);
    }
    if (most < most_nodes) {
        fprintf(
            out,
            "  not more       for its vehicles are in %s piece%s, of which each is one rank's\n",
            qf_text_count(arena, most), most == 1 ? "" : "s");
    }
    fprintf(out, "  fastest        on %s rank%s: %s for %s ticks\n", qf_text_count(arena, best),
            best == 1 ? "" : "s",
            qf_text_seconds(arena,
                            qf_cost_of_tick(model, best).tick_s * (double)plan->scenario->n_ticks),
            qf_text_count(arena, (size_t)plan->scenario->n_ticks));
    const bool failed = canvas.failed;
    qf_arena_free(arena);
    return failed ? qf_fail(context, QF_ERROR_MEMORY, "no memory for the table") : QF_OK;
}

static qf_sweep_cost cost_of(const qf_plan *plan)
{
    return (qf_sweep_cost){.n_cases = (double)plan->n_cases,
                           .case_s = plan->measured.thread_s,
                           .tail_cases = 1.0,
                           .start_s = START_S,
                           .per_shard_s = PER_SHARD_S,
                           .per_case_s = PER_CASE_S,
                           .n_threads = plan->node_threads};
}

qf_status qf_explain_sweep(qf_context *context, const qf_plan *plan, size_t most_nodes, FILE *out)
{
    const qf_sweep_cost cost = cost_of(plan);
    qf_canvas canvas = {0};
    qf_arena *arena = &canvas.arena;
    qf_text_table table = qf_table_start(&canvas, "rrrrrrr", MOST_ROWS);
    qf_table_add(&table, (const char *const[]){"machines", "cases", "tail", "concluding", "in all",
                                               "efficiency", "node hours"});
    for (size_t n = 1; n <= most_nodes; n = qf_cost_next(n, most_nodes)) {
        const qf_sweep_time time = qf_cost_of_sweep(&cost, n);
        qf_table_add(&table,
                     (const char *const[]){
                         qf_text_count(arena, n), qf_text_seconds(arena, time.cases_s),
                         qf_text_seconds(arena, time.tail_s),
                         qf_text_seconds(arena, time.conclude_s),
                         qf_text_seconds(arena, time.wall_s), qf_text_share(arena, time.efficiency),
                         qf_text_number(arena, time.wall_s * (double)n / 3600.0)});
    }
    const qf_text_block block = qf_table_block(&table, INDENT, WIDTH);
    fprintf(out, "the sweep over machines of %d thread%s, a shard each:\n", cost.n_threads,
            cost.n_threads == 1 ? "" : "s");
    fprintf(out, "  measured       a case takes a thread %s\n",
            qf_text_seconds(arena, cost.case_s));
    fprintf(out, "  known          start %.2g s; concluding %.2g ms a shard, %.2g us a case\n",
            cost.start_s, 1e3 * cost.per_shard_s, 1e6 * cost.per_case_s);
    if (!canvas.failed) {
        print_block(&block, out);
    }
    const bool failed = canvas.failed;
    qf_arena_free(arena);
    return failed ? qf_fail(context, QF_ERROR_MEMORY, "no memory for the table") : QF_OK;
}
