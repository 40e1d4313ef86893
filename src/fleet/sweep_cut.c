/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches by factoring (Hummel, Schonberg and Flynn 1992): each round of a batch for every thread takes half of the work
 * that is left, by an estimate of its cost. Guarded by tests/test_sweep_cut.c.
 */
#include "sweep_cut.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* vehicles of a group that a batch should have. Dockings of two vehicles a case took 7 % longer in batches of 64 than
       in those of 128, which were the fastest, 17 % longer in batches of 32, and 45 % in those of 16. */
    LEAST_SLOTS = 64,
    /* where a structure is so dear that threads would wait for its batches: what lanes take side by side */
    LEAST_DEAR_SLOTS = 16,
    ROUNDS_OF_REST =
        2, /* a round takes this part of what is left; all, where what is left after it is known to be cheaper */
};

/* cases that agree in all but packed parameters */
typedef struct structure {
    size_t begin, end; /* of the sorted list */
    double cost;       /* of one case */
    double slots;      /* vehicles of one case in a group, on average */
} structure;

static uint64_t bits_of(const qf_design *design, size_t parameter, uint32_t number)
{
    uint64_t bits;
    memcpy(&bits, &design->values[parameter * design->n_cases + number], sizeof bits);
    return bits;
}

/* by what is not packed */
static int compare_structure(const qf_sweep_job *job, uint32_t a, uint32_t b)
{
    for (size_t p = 0; p < job->spec->n_parameters; p++) {
        const qf_sweep_parameter *parameter = &job->spec->parameters[p];
        if (parameter->path && !parameter->packed) {
            const uint64_t of_a = bits_of(job->design, p, a);
            const uint64_t of_b = bits_of(job->design, p, b);
            if (of_a != of_b) {
                return of_a < of_b ? -1 : 1;
            }
        }
    }
    return 0;
}

static int compare_cases(const void *left, const void *right, void *job)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;
    const int order = compare_structure(job, a, b);
    return order != 0 ? order : (a > b) - (a < b);
}

/* the dear ones first, else by their first case */
static int compare_structures(const void *left, const void *right, void *cases)
{
    const structure *a = left;
    const structure *b = right;
    if (a->cost != b->cost) {
        return a->cost > b->cost ? -1 : 1;
    }
    const uint32_t of_a = ((const uint32_t *)cases)[a->begin];
    const uint32_t of_b = ((const uint32_t *)cases)[b->begin];
    return (of_a > of_b) - (of_a < of_b);
}

static bool is_function(const qf_sweep_job *job)
{
    return job->spec->function != QF_FUNCTION_NONE;
}

static bool has_structure(const qf_sweep_spec *spec)
{
    bool has = false;
    for (size_t p = 0; spec->function == QF_FUNCTION_NONE && p < spec->n_parameters; p++) {
        has = has || (spec->parameters[p].path && !spec->parameters[p].packed);
    }
    return has;
}

/* ---- what a case costs ---- */

/* the number that a parameter of this path gives the case; `otherwise`: there is none */
static double value_at(const qf_sweep_job *job, const char *path, uint32_t number, double otherwise)
{
    for (size_t p = 0; p < job->spec->n_parameters; p++) {
        const qf_sweep_parameter *parameter = &job->spec->parameters[p];
        if (parameter->path && !parameter->texts && strcmp(parameter->path, path) == 0) {
            const double value = job->design->values[p * job->design->n_cases + number];
            return value > 0.0 && isfinite(value) ? value : otherwise;
        }
    }
    return otherwise;
}

static double vehicles_of(const qf_sweep_job *job, uint32_t number)
{
    double n = 0.0;
    for (size_t g = 0; g < job->scenario->n_groups; g++) {
        char path[48];
        snprintf(path, sizeof path, "groups[%zu].count", g);
        n += value_at(job, path, number, (double)job->scenario->groups[g].count);
    }
    return n;
}

double qf_sweep_case_cost(const qf_sweep_job *job, uint32_t number)
{
    if (is_function(job)) {
        return 1.0;
    }
    const qf_scenario *scenario = job->scenario;
    const double dt_s = value_at(job, "time.dt_s", number, scenario->dt_s);
    const double duration_s =
        value_at(job, "time.duration_s", number, (double)scenario->n_ticks * scenario->dt_s);
    return duration_s / dt_s * vehicles_of(job, number);
}

/* ---- the cut ---- */

/* How far it has come. */
typedef struct cutting {
    const qf_sweep_job *job;
    qf_sweep_cut *cut;
    size_t n_threads;
    size_t most;
    double left;  /* cost of what is not cut yet */
    double share; /* cost of a batch of this round */
} cutting;

/* smaller batches cost speed */
static size_t least_worlds(const cutting *c, const structure *s, bool last)
{
    const double least = is_function(c->job)
                             ? (double)c->most
                             : ceil((last ? LEAST_SLOTS : LEAST_DEAR_SLOTS) / s->slots);
    return least < (double)c->most ? (size_t)fmax(least, 1.0) : c->most;
}

static void add_part(cutting *c, size_t begin, size_t end, double cost)
{
    qf_sweep_cut *cut = c->cut;
    const qf_sweep_part *before = cut->n_parts > 0 ? &cut->parts[cut->n_parts - 1] : NULL;
    const size_t n_before = before ? before->n_before + before->end - before->begin : 0;
    cut->parts[cut->n_parts++] = (qf_sweep_part){begin, end, n_before};
    cut->most = end - begin > cut->most ? end - begin : cut->most;
    c->left -= cost * (double)(end - begin);
}

static size_t divide_up(size_t n, size_t by)
{
    return (n + by - 1) / by;
}

/* cases of the next batch, of the n of a structure that are left */
static size_t choose_size(cutting *c, const structure *s, size_t n, bool last)
{
    if (c->job->batch_worlds > 0) {
        return divide_up(n, divide_up(n, c->most)); /* asked for */
    }
    const size_t least = least_worlds(c, s, last);
    if (last || c->cut->n_parts % c->n_threads == 0) {
        c->share = c->left / (double)((last ? ROUNDS_OF_REST : 1) * c->n_threads);
    }
    const double wanted = c->n_threads == 1 ? (double)n : c->share / s->cost;
    const size_t size = wanted >= (double)c->most ? c->most
                        : wanted > (double)least  ? (size_t)wanted
                                                  : least;
    if (!last || wanted >= (double)least || n >= c->n_threads * c->most) {
        return divide_up(n, divide_up(n, size));
    }
    /* the end: the same for each thread */
    const size_t each = n / (c->n_threads * least);
    return divide_up(n, c->n_threads * (each > 0 ? each : 1));
}

static void cut_structure(cutting *c, const structure *s, bool last)
{
    const bool in_rounds = last && c->n_threads > 1 && c->job->batch_worlds == 0;
    size_t begin = s->begin;
    while (begin < s->end) {
        const size_t n = s->end - begin;
        size_t size = choose_size(c, s, n, last);
        /* a round that is begun is ended with batches of one size */
        for (size_t i = 0; begin < s->end && (i == 0 || (in_rounds && i < c->n_threads)); i++) {
            size = s->end - begin < size ? s->end - begin : size;
            add_part(c, begin, begin + size, s->cost);
            begin += size;
        }
    }
}

/* the list of cases is sorted; how many structures */
static size_t find_structures(const qf_sweep_job *job, const uint32_t *cases, bool structured,
                              structure *structures)
{
    size_t n = 0;
    for (size_t begin = 0; begin < job->n_cases;) {
        size_t end = structured ? begin + 1 : job->n_cases;
        while (end < job->n_cases && compare_structure(job, cases[begin], cases[end]) == 0) {
            end++;
        }
        structure *s = &structures[n++];
        *s = (structure){begin, end, qf_sweep_case_cost(job, cases[begin]), 1.0};
        if (!is_function(job)) {
            s->slots = vehicles_of(job, cases[begin]) / (double)job->scenario->n_groups;
        }
        begin = end;
    }
    return n;
}

static void make(cutting *c, structure *structures)
{
    const qf_sweep_job *job = c->job;
    const bool structured = has_structure(job->spec);
    if (structured) {
        qsort_r(c->cut->cases, job->n_cases, sizeof *c->cut->cases, compare_cases, (void *)job);
    }
    const size_t n = find_structures(job, c->cut->cases, structured, structures);
    qsort_r(structures, n, sizeof *structures, compare_structures, c->cut->cases);
    for (size_t s = 0; s < n; s++) {
        c->left += structures[s].cost * (double)(structures[s].end - structures[s].begin);
    }
    for (size_t s = 0; s < n; s++) {
        cut_structure(c, &structures[s], s + 1 == n);
    }
}

qf_status qf_sweep_cut_make(qf_context *context, const qf_sweep_job *job, size_t n_threads,
                            size_t most, qf_sweep_cut *cut)
{
    const size_t n = job->n_cases;
    *cut = (qf_sweep_cut){.cases = calloc(n + 1, sizeof *cut->cases),
                          .parts = calloc(n + 1, sizeof *cut->parts)};
    structure *structures = calloc(n + 1, sizeof *structures);
    if (!cut->cases || !cut->parts || !structures) {
        free(structures);
        qf_sweep_cut_free(cut);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for %zu cases", n);
    }
    if (n > 0) {
        memcpy(cut->cases, job->cases, n * sizeof *cut->cases);
    }
    cutting c = {.job = job, .cut = cut, .n_threads = n_threads, .most = most};
    make(&c, structures);
    free(structures);
    return QF_OK;
}

void qf_sweep_cut_free(qf_sweep_cut *cut)
{
    free(cut->cases);
    free(cut->parts);
    *cut = (qf_sweep_cut){0};
}
