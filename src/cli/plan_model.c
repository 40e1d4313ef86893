/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_model.h"

#include <math.h>

#include "fleet.h"

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* of own work, what the rank has that has most of it */
static double largest_share(const qf_cost_model *m, double n_ranks)
{
    return m->n_pieces > 0.0 ? ceil(m->n_pieces / n_ranks) / m->n_pieces : 1.0 / n_ranks;
}

/* the terms alone; of the exchange, all of it */
static void add_up(const qf_cost_model *m, double n_ranks, double seconds[QF_COST_TERMS])
{
    const double n = m->n_vehicles;
    const double threads = (double)m->n_threads;
    const double seen = n * m->seen_bytes;
    seconds[QF_COST_COMPUTE] = n * m->own_s * largest_share(m, n_ranks) / threads;
    seconds[QF_COST_REPLICATED] = n * m->replicated_s / threads;
    seconds[QF_COST_EXCHANGE] =
        (double)QF_EXCHANGE_PARTS * m->meetings * m->latency_s * (n_ranks - 1.0) +
        seen * (n_ranks - 1.0) / (n_ranks * m->link_bytes_per_s);
    seconds[QF_COST_COPY] =
        n_ranks > 1.0 ? seen * (1.0 + 1.0 / n_ranks) / m->copy_bytes_per_s : 0.0;
    seconds[QF_COST_DISK] = n * m->record_bytes / (n_ranks * m->disk_bytes_per_s);
}

/* recording goes on beside everything else: it counts where it takes longer than all that */
static double tick_of(const double seconds[QF_COST_TERMS])
{
    return larger(seconds[QF_COST_COMPUTE] + seconds[QF_COST_REPLICATED] +
                      seconds[QF_COST_EXCHANGE] + seconds[QF_COST_COPY],
                  seconds[QF_COST_DISK]);
}

qf_tick_cost qf_cost_of_tick(const qf_cost_model *model, size_t n_ranks)
{
    const double behind = 1.0 - 1.0 / (double)QF_EXCHANGE_PARTS;
    qf_tick_cost cost = {0};
    double alone[QF_COST_TERMS];
    add_up(model, 1.0, alone);
    add_up(model, (double)n_ranks, cost.seconds);
    cost.hidden_s =
        smaller(behind * cost.seconds[QF_COST_EXCHANGE], behind * cost.seconds[QF_COST_COMPUTE]);
    cost.seconds[QF_COST_EXCHANGE] -= cost.hidden_s;
    for (int t = 1; t < QF_COST_TERMS; t++) {
        cost.most = cost.seconds[t] > cost.seconds[cost.most] ? (qf_cost_term)t : cost.most;
    }
    cost.tick_s = tick_of(cost.seconds);
    cost.speed_up = tick_of(alone) / cost.tick_s;
    return cost;
}

size_t qf_cost_next(size_t n, size_t most)
{
    return n >= most ? most + 1 : 2 * n > most ? most : 2 * n;
}

size_t qf_cost_best_ranks(const qf_cost_model *model, size_t most)
{
    size_t best = 1;
    for (size_t n = 2; n <= most; n = qf_cost_next(n, most)) {
        if (qf_cost_of_tick(model, n).tick_s < qf_cost_of_tick(model, best).tick_s) {
            best = n;
        }
    }
    return best;
}

const char *qf_cost_term_name(qf_cost_term term)
{
    static const char *const names[QF_COST_TERMS] = {[QF_COST_COMPUTE] = "computing",
                                                     [QF_COST_REPLICATED] =
                                                         "what every rank does for all",
                                                     [QF_COST_EXCHANGE] = "the exchange",
                                                     [QF_COST_COPY] = "copying what is exchanged",
                                                     [QF_COST_DISK] = "the disk"};
    return names[term];
}

qf_sweep_time qf_cost_of_sweep(const qf_sweep_cost *cost, size_t n_nodes)
{
    const double threads = (double)n_nodes * (double)cost->n_threads;
    const double of_all_s = cost->n_cases * cost->case_s;
    qf_sweep_time time = {.cases_s = larger(of_all_s / threads, cost->case_s),
                          .tail_s = 0.5 * cost->tail_cases * cost->case_s,
                          .conclude_s = (double)n_nodes * cost->per_shard_s +
                                        cost->n_cases * cost->per_case_s};
    time.wall_s = cost->start_s + time.cases_s + time.tail_s + time.conclude_s;
    time.efficiency = of_all_s / (threads * time.wall_s);
    return time;
}
