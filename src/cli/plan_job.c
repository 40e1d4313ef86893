/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_job.h"

#include <inttypes.h>
#include <math.h>

/* of what was measured for a moment, on one machine */
#define TIME_MARGIN    1.25
#define UNKNOWN_SPREAD 0.5 /* too few rounds to tell */
#define MEMORY_MARGIN  1.25

enum {
    PROGRAM_MIB = 128, /* MPI and what else is loaded on a cluster */
    STEP_MIB = 64,
    PACE_S = 60, /* Slurm may warn that much too early */
    START_S = 30,
    SHORT_LIMIT_S = 1200,
    WARNING_S = 120,
    SHORT_WARNING_S = 60,
    MINUTE_S = 60
};

static size_t divided_up(double amount, double by)
{
    const double parts = ceil(amount / by);
    return parts < 1.0 ? 1 : (size_t)parts;
}

static size_t memory_mib(double bytes)
{
    const double mib = MEMORY_MARGIN * bytes / (1 << 20) + PROGRAM_MIB;
    return STEP_MIB * divided_up(mib, STEP_MIB);
}

/* that a task has for its work, of each start */
static double useful_s(int64_t limit_s, int64_t warning_s)
{
    return (double)(limit_s - warning_s - PACE_S - START_S);
}

/* the tasks of an array, of which none has less than a case */
static size_t count_tasks(const qf_plan *plan, double all_s, double useful)
{
    size_t n = divided_up(all_s, useful);
    n = n < plan->n_nodes ? plan->n_nodes : n;
    n = n > QF_JOB_MOST_TASKS ? QF_JOB_MOST_TASKS : n;
    return n > plan->n_cases ? plan->n_cases : n;
}

void qf_plan_fit(const qf_plan *plan, int64_t limit_s, qf_job_fit *fit)
{
    const double spread = isnan(plan->measured.spread) ? UNKNOWN_SPREAD : plan->measured.spread;
    const double threads = (double)plan->node_threads;
    const double n_cases = (double)plan->n_cases;
    double bytes = (double)plan->memory_bytes;
    *fit = (qf_job_fit){.cpus = plan->node_threads,
                        .n_tasks = plan->n_nodes,
                        .limit_s = limit_s,
                        .warning_s = limit_s < SHORT_LIMIT_S ? SHORT_WARNING_S : WARNING_S,
                        .margin = TIME_MARGIN * (1.0 + spread)};
    const double useful = useful_s(limit_s, fit->warning_s);
    if (plan->spec) {
        const double all_s = n_cases * plan->measured.thread_s / threads;
        fit->n_tasks = count_tasks(plan, fit->margin * all_s, useful);
        fit->task_s = fmax(all_s / (double)fit->n_tasks, plan->measured.thread_s);
        const int more = plan->node_threads - plan->forecast.n_threads;
        bytes += more > 0 ? (double)more * (double)plan->forecast.thread_bytes : 0.0;
    } else {
        fit->task_s = plan->wall_s;
    }
    fit->memory_mib = fit->merge_memory_mib = memory_mib(bytes);
    fit->n_starts = divided_up(fit->margin * fit->task_s, useful);
    if (fit->n_starts == 1) { /* what asks for less starts sooner */
        const int64_t needed = (int64_t)ceil(fit->margin * fit->task_s) + fit->warning_s + PACE_S +
                               START_S + MINUTE_S - 1;
        const int64_t whole = needed / MINUTE_S * MINUTE_S;
        fit->limit_s = whole > limit_s ? limit_s : whole;
        if (fit->limit_s < QF_JOB_LEAST_LIMIT_S) {
            fit->limit_s = QF_JOB_LEAST_LIMIT_S;
        }
    }
}

/* digits and nothing else, up to `separator` or the end */
static bool read_part(const char **text, int64_t *value)
{
    const char *at = *text;
    for (*value = 0; *at >= '0' && *at <= '9' && *value < 1000000; at++) {
        *value = 10 * *value + (*at - '0');
    }
    const bool good = at > *text && !(*at >= '0' && *at <= '9');
    *text = at;
    return good;
}

bool qf_slurm_time_parse(const char *text, int64_t *seconds)
{
    int64_t part[3];
    int64_t days = 0;
    size_t n = 0;
    bool good = read_part(&text, &part[0]);
    const bool has_days = good && *text == '-';
    if (has_days) {
        days = part[0];
        text++;
        good = read_part(&text, &part[0]);
    }
    for (n = 1; good && *text == ':' && n < 3; n++) {
        text++;
        good = read_part(&text, &part[n]);
    }
    if (!good || *text) {
        return false;
    }
    /* what the first part is depends on how many there are */
    const int64_t unit = has_days || n == 3 ? 3600 : 60;
    *seconds = days * 86400;
    for (size_t i = 0; i < n; i++) {
        *seconds += part[i] * (i == 0 ? unit : i == 1 ? unit / 60 : unit / 3600);
    }
    return *seconds > 0;
}

const char *qf_slurm_time_text(int64_t seconds, char text[QF_SLURM_TIME_BYTES])
{
    const int64_t days = seconds / 86400;
    const int64_t s = seconds % 86400;
    char day[24] = "";
    if (days > 0) {
        snprintf(day, sizeof day, "%" PRId64 "-", days);
    }
    snprintf(text, QF_SLURM_TIME_BYTES, "%s%02d:%02d:%02d", day, (int)(s / 3600),
             (int)(s / 60 % 60), (int)(s % 60));
    return text;
}
