/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_advice.h"

#include <math.h>

#include "interval.h"
#include "number_text.h"

#define WEEK_S             (7.0 * 86400.0)
#define MANY_TIMES         10.0 /* more cases than the question needs */
#define LARGE_RESULT_BYTES (100.0 * 1024 * 1024 * 1024)

enum { MOST_ADVICE = 16 };

void qf_plan_scale(qf_plan *plan)
{
    const double n = (double)plan->n_cases;
    const double threads = (double)plan->node_threads;
    if (!plan->was_measured) {
        plan->wall_s = plan->spread_s = plan->node_hours = (double)NAN;
        return;
    }
    const double all_s = n * plan->measured.thread_s;
    if (!plan->spec) {
        /* of several machines the model knows what they do not share; nothing is recorded while it is measured */
        plan->wall_s = plan->n_nodes > 1 && plan->has_model
                           ? qf_cost_of_tick(&plan->model, plan->n_nodes).tick_s *
                                 (double)plan->scenario->n_ticks
                           : all_s / threads;
    } else {
        /* cases stay together in batches, of which a node has whole ones */
        const double per_node = ceil(n / (double)plan->n_nodes);
        const double share = fmax(per_node / threads, 1.0);
        plan->wall_s = plan->measured.thread_s * share;
    }
    plan->spread_s = plan->wall_s * plan->measured.spread;
    plan->node_hours = plan->wall_s * (double)plan->n_nodes / 3600.0;
}

/* whether n cases of which the share is `truth` decide it */
static bool decides(const qf_requirement *r, double truth, size_t n)
{
    const qf_interval bound =
        qf_interval_clopper_pearson(round(truth * (double)n), (double)n, 1.0 - r->confidence);
    return r->at_least ? bound.low >= r->limit : bound.high <= r->limit;
}

size_t qf_cases_that_decide(const qf_requirement *r)
{
    const double truth = r->at_least ? (1.0 + r->limit) / 2.0 : r->limit / 2.0;
    if (r->claim != QF_CLAIM_PROBABILITY || r->confidence <= 0.0 || truth <= 0.0 || truth >= 1.0) {
        return 0;
    }
    size_t high = 16;
    while (!decides(r, truth, high)) {
        if (high > SIZE_MAX / 4 || high > (size_t)1 << 40) {
            return 0;
        }
        high *= 2;
    }
    size_t low = high / 2;
    while (high - low > 1 + low / 100) {
        const size_t middle = low + (high - low) / 2;
        if (decides(r, truth, middle)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

typedef struct list {
    qf_arena *arena;
    const char **texts;
    size_t n;
    bool failed;
} list;

static void add(list *l, const char *text)
{
    l->failed = l->failed || !text;
    if (text && l->n < MOST_ADVICE) {
        l->texts[l->n++] = text;
    }
}

/* of a sweep: batches under way, of which each thread has one, or the table of all cases */
static const char *memory_remedy(const qf_plan *plan)
{
    const double of_batches =
        (double)plan->forecast.n_threads * (double)plan->forecast.thread_bytes;
    if (2.0 * of_batches < (double)plan->memory_bytes) {
        return "most of it is the table of all cases, which every shard and rank has whole: "
               "fewer cases";
    }
    if (plan->spec->function != QF_FUNCTION_NONE || plan->forecast.batch_worlds == 1) {
        return "most of it is of threads: fewer of them (--threads)";
    }
    return "most of it is batches under way: --batch makes them smaller";
}

static void advise_memory(list *l, const qf_plan *plan)
{
    const char *source;
    const size_t available = qf_limits_free_bytes(&plan->machine->limits, &source);
    if (available > 0 && plan->memory_bytes > available) {
        add(l, qf_arena_format(l->arena, "it needs %s of memory, and there are %s (%s)%s%s",
                               qf_text_bytes(l->arena, (double)plan->memory_bytes),
                               qf_text_bytes(l->arena, (double)available), source,
                               plan->spec ? ": " : "", plan->spec ? memory_remedy(plan) : ""));
    }
}

static void advise_disk(list *l, const qf_plan *plan)
{
    if (plan->disk_bytes > plan->disk_free_bytes) {
        add(l, qf_arena_format(l->arena, "its result takes %s, and the disk has %s",
                               qf_text_bytes(l->arena, plan->disk_bytes),
                               qf_text_bytes(l->arena, plan->disk_free_bytes)));
    } else if (!plan->spec && plan->scenario->record.all && plan->disk_bytes > LARGE_RESULT_BYTES) {
        add(l, qf_arena_format(l->arena,
                               "it records everything of everyone, %s: name columns in "
                               "record.state, or replay what is of interest from a sweep",
                               qf_text_bytes(l->arena, plan->disk_bytes)));
    }
}

static void advise_time(list *l, const qf_plan *plan)
{
    if (plan->wall_s > WEEK_S) {
        add(l, qf_arena_format(l->arena, "it takes %s: %s", qf_text_seconds(l->arena, plan->wall_s),
                               plan->spec ? "more nodes (--nodes), or fewer cases"
                                          : "fewer vehicles, a shorter duration or a longer dt_s"));
    }
}

static void advise_cases(list *l, const qf_plan *plan)
{
    const size_t n = plan->n_cases;
    size_t most = 0;
    const qf_requirement *hardest = NULL;
    for (size_t r = 0; r < plan->spec->n_requirements; r++) {
        const size_t needs = qf_cases_that_decide(&plan->spec->requirements[r]);
        if (needs == 0) {
            return; /* of a mean nobody knows before */
        }
        if (needs > most) {
            most = needs;
            hardest = &plan->spec->requirements[r];
        }
    }
    if (!hardest) {
        return;
    }
    const double truth = hardest->at_least ? (1.0 + hardest->limit) / 2.0 : hardest->limit / 2.0;
    if ((double)n > MANY_TIMES * (double)most && plan->spec->stop == QF_STOP_NEVER) {
        add(l, qf_arena_format(l->arena,
                               "it runs %s cases, and about %s decide '%s' if the share is %g: "
                               "stop_when: decided ends it there",
                               qf_text_count(l->arena, n), qf_text_count(l->arena, most),
                               hardest->text, truth));
    } else if (n < most) {
        add(l, qf_arena_format(l->arena,
                               "it runs %s cases, and '%s' takes about %s to decide if the share "
                               "is %g",
                               qf_text_count(l->arena, n), hardest->text,
                               qf_text_count(l->arena, most), truth));
    }
}

static void advise_structural(list *l, const qf_plan *plan)
{
    const double per_batch = (double)plan->n_cases / (double)plan->forecast.n_batches;
    if (plan->forecast.batch_worlds <= 8 ||
        per_batch >= (double)plan->forecast.batch_worlds / 8.0) {
        return;
    }
    for (size_t p = 0; p < plan->spec->n_parameters; p++) {
        const qf_sweep_parameter *it = &plan->spec->parameters[p];
        if (it->path && !it->packed) {
            add(l,
                qf_arena_format(l->arena,
                                "batches hold %.3g cases in place of %zu: parameters such as '%s' "
                                "(%s) cannot differ within one; give them few values",
                                per_batch, plan->forecast.batch_worlds, it->name, it->path));
            return;
        }
    }
}

const char *const *qf_plan_advice(qf_arena *arena, const qf_plan *plan, size_t *n)
{
    list l = {.arena = arena, .texts = qf_arena_array(arena, MOST_ADVICE, sizeof(const char *))};
    *n = 0;
    if (!l.texts) {
        return NULL;
    }
    advise_memory(&l, plan);
    advise_disk(&l, plan);
    advise_time(&l, plan);
    if (plan->spec) {
        advise_cases(&l, plan);
        advise_structural(&l, plan);
    }
    *n = l.n;
    return l.failed ? NULL : l.texts;
}
