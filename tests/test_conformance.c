/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every kernel, on every instruction set of this processor, for any number of threads and any range,
 * against a reference that no vector code takes part in: the generic kernels, called for one vehicle
 * at a time. Compared are the bits of all columns, of what is handed on in scratch, and the answers.
 * A NaN is like any other NaN, as in the state hash: which operand's payload survives is the
 * compiler's choice.
 */
#include "conformance_inputs.h"
#include "threads.h"

enum { CHAIN_TICKS = 6, MOST_SPANS = MOST_VEHICLES };

typedef enum shape { SHAPE_STEP, SHAPE_WATCHED, SHAPE_HEALTH } shape;

typedef struct kernel_row {
    const char *name;
    size_t place; /* of its pointer in qf_kernels */
    shape shape;
} kernel_row;

#define ROW(kernel)                                                                                \
    {                                                                                              \
#kernel, offsetof(qf_kernels, kernel),                                                     \
            _Generic(((qf_kernels *)0)->kernel, qf_bot_kernel *                                    \
                     : SHAPE_STEP, qf_bot_watched_kernel *                                         \
                     : SHAPE_WATCHED, qf_health_kernel *                                           \
                     : SHAPE_HEALTH)                                                               \
    }

/* in the order of a tick */
static const kernel_row kernel_rows[] = {ROW(kinematics), ROW(mcqpu),   ROW(propulsion),
                                         ROW(power),      ROW(thermal), ROW(health)};

enum { N_KERNELS = COUNT(kernel_rows) };

/* Kernels [first, last) of the table, for some ticks. */
typedef struct job {
    size_t first, last;
    int n_ticks;
    bool observed; /* every other tick, from the first */
} job;

typedef struct span {
    size_t begin, end;
} span;

/* How a job is computed, for vehicles [begin, end). */
typedef struct way {
    const qf_kernels *kernels;
    int n_threads;
    size_t begin, end;
    bool ragged; /* in spans of odd lengths, not in blocks */
} way;

static job job_of(size_t number, bool observed)
{
    /* after each kernel alone, all of them for some ticks */
    return number < N_KERNELS
               ? (job){.first = number, .last = number + 1, .n_ticks = 1, .observed = observed}
               : (job){.last = N_KERNELS, .n_ticks = CHAIN_TICKS, .observed = observed};
}

static const char *job_name(const job *j)
{
    return j->last - j->first == 1 ? kernel_rows[j->first].name : "all kernels in turn";
}

/* the kernel's answer; for health, whether somebody is not */
static bool call(const stand *s, const qf_kernels *kernels, const kernel_row *row,
                 const qf_bot_tick *tick, qf_bot_scratch *scratch, size_t begin, size_t end)
{
    const char *pointer = (const char *)kernels + row->place;
    const qf_bot_group *group = &s->group->bot;
    qf_bot_kernel *step;
    qf_bot_watched_kernel *watched;
    qf_health_kernel *health;
    const size_t *first = s->health.first + TESTED_GROUP;
    switch (row->shape) {
    case SHAPE_STEP:
        memcpy(&step, pointer, sizeof step);
        step(&s->bot, group, tick, scratch, begin, end);
        return false;
    case SHAPE_WATCHED:
        memcpy(&watched, pointer, sizeof watched);
        return watched(&s->bot, group, tick, scratch, begin, end);
    case SHAPE_HEALTH:
    default:
        memcpy(&health, pointer, sizeof health);
        return !health(s->health.ranges + first[0], first[1] - first[0], begin, end);
    }
}

static void take_scratch(const stand *s, qf_bot_scratch *scratch, const span *at)
{
    for (size_t k = s->n_fleet_columns; k < s->n_columns; k++) {
        const scratch_row row =
            scratch_row_of(scratch, s->group->bot.n_nodes, k - s->n_fleet_columns);
        memcpy(row.values, s->column[k] + at->begin, 8 * (at->end - at->begin));
    }
}

static void give_scratch(const stand *s, qf_bot_scratch *scratch, const span *at)
{
    for (size_t k = s->n_fleet_columns; k < s->n_columns; k++) {
        const scratch_row row =
            scratch_row_of(scratch, s->group->bot.n_nodes, k - s->n_fleet_columns);
        memcpy(s->column[k] + at->begin, row.values, 8 * (at->end - at->begin));
    }
}

/* one bit for each answer of the job */
static uint64_t run_span(const stand *s, const job *j, const qf_kernels *kernels,
                         qf_bot_scratch *scratch, const span *at)
{
    const double dt_s = s->v.scenario.dt_s;
    uint64_t said = 0;
    take_scratch(s, scratch, at);
    for (int t = 0; t < j->n_ticks; t++) {
        const double clock_s = (3 + t) * dt_s;
        qf_bot_tick tick = qf_tick_constants(&s->v.fleet, 3 + t, clock_s - dt_s, clock_s,
                                             j->observed && t % 2 == 0);
        qf_tick_set_valves(&tick, s->group, clock_s);
        for (size_t r = j->first; r < j->last; r++) {
            const uint64_t answer =
                call(s, kernels, &kernel_rows[r], &tick, scratch, at->begin, at->end);
            said |= answer << ((size_t)t * N_KERNELS + r);
        }
    }
    give_scratch(s, scratch, at);
    return said;
}

/* never none: an empty range is one empty span */
static size_t cut(const way *w, span *spans)
{
    static const size_t odd[] = {1, 15, 2, 33, 7, 17, 64, 3, 100, 31, 5, 255};
    size_t n = 0;
    size_t begin = w->begin;
    do {
        const size_t most = w->ragged ? odd[n % COUNT(odd)] : QF_BLOCK_VEHICLES;
        const size_t end = w->end - begin < most ? w->end : begin + most;
        spans[n++] = (span){begin, end};
        begin = end;
    } while (begin < w->end);
    return n;
}

/* the columns of the range and of its neighbours */
static void copy_columns(const stand *s, uint64_t *const *to, uint64_t *const *from, size_t begin,
                         size_t end)
{
    for (size_t k = 0; k < s->n_columns; k++) {
        memcpy(to[k] + begin - MARGIN, from[k] + begin - MARGIN, 8 * (end - begin + 2 * MARGIN));
    }
}

static void expect(stand *s, const job *j, size_t begin, size_t end)
{
    const qf_kernels *generic = qf_kernels_for("generic");
    copy_columns(s, s->column, s->initial, begin, end);
    for (size_t i = begin; i < end; i++) {
        s->expected_said[i] = run_span(s, j, generic, s->scratch[0], &(span){i, i + 1});
    }
    copy_columns(s, s->expected, s->column, begin, end);
}

static bool same(uint64_t a, uint64_t b, bool f64)
{
    return a == b || (f64 && isnan(f64_from(a)) && isnan(f64_from(b)));
}

static void describe(const stand *s, const job *j, const way *w)
{
    print_error("kernel %s, instruction set %s, n = %zu, %d threads, %s, scene %s, %s:\n",
                job_name(j), w->kernels->isa, w->end - w->begin, w->n_threads,
                w->ragged ? "odd spans" : "blocks", s->name,
                j->observed ? "observed" : "not observed");
}

static void compare_columns(stand *s, const job *j, const way *w)
{
    for (size_t k = 0; k < s->n_columns; k++) {
        const size_t first = w->begin - MARGIN;
        const size_t n = w->end - w->begin + 2 * MARGIN;
        if (memcmp(s->column[k] + first, s->expected[k] + first, 8 * n) == 0) {
            continue;
        }
        for (size_t i = first; i < first + n; i++) {
            const uint64_t found = s->column[k][i];
            const uint64_t expected = s->expected[k][i];
            if (!same(found, expected, is_f64(s, k))) {
                char name[64];
                describe(s, j, w);
                fail_msg("column %s, vehicle %td of the range: %016llx (%.17g), expected %016llx "
                         "(%.17g)",
                         column_name(s, k, name), (ptrdiff_t)i - (ptrdiff_t)w->begin,
                         (unsigned long long)found, f64_from(found), (unsigned long long)expected,
                         f64_from(expected));
            }
        }
    }
}

static void compare_answers(const stand *s, const job *j, const way *w, const span *spans,
                            const uint64_t *said, size_t n_spans)
{
    for (size_t p = 0; p < n_spans; p++) {
        uint64_t expected = 0;
        for (size_t i = spans[p].begin; i < spans[p].end; i++) {
            expected |= s->expected_said[i];
        }
        if (said[p] != expected) {
            const int bit = __builtin_ctzll(said[p] ^ expected);
            describe(s, j, w);
            fail_msg("tick %d, kernel %s, vehicles [%zu, %zu) of the range: answer %d, expected %d",
                     bit / N_KERNELS, kernel_rows[bit % N_KERNELS].name, spans[p].begin - w->begin,
                     spans[p].end - w->begin, (int)(said[p] >> bit & 1),
                     (int)(expected >> bit & 1));
        }
    }
}

/* runs from what the columns hold, and compares with what is expected */
static void run(stand *s, const job *j, const way *w)
{
    static span spans[MOST_SPANS];
    static uint64_t said[MOST_SPANS];
    const size_t n_spans = cut(w, spans);
    assert_true(n_spans <= MOST_SPANS);
#pragma omp parallel for schedule(static) num_threads(w->n_threads)
    for (size_t p = 0; p < n_spans; p++) {
        said[p] = run_span(s, j, w->kernels, s->scratch[qf_thread_index()], &spans[p]);
    }
    compare_columns(s, j, w);
    compare_answers(s, j, w, spans, said, n_spans);
}

/* on all instruction sets of this processor */
static void run_everywhere(stand *s, const job *j, way w)
{
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        w.kernels = qf_kernels_for(*isa);
        if (w.kernels) {
            copy_columns(s, s->column, s->initial, w.begin, w.end);
            run(s, j, &w);
        }
    }
}

static void conform(stand *s, const job *j, size_t n, bool ragged)
{
    const size_t begin = s->group->slot_begin + MARGIN + (ragged ? 3 : 0);
    expect(s, j, begin, begin + n);
    for (int n_threads = 1; n_threads <= MOST_THREADS; n_threads++) {
        run_everywhere(
            s, j,
            (way){.n_threads = n_threads, .begin = begin, .end = begin + n, .ragged = ragged});
    }
}

static void conform_in_scene(const conformance_scene *described)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, MOST_VEHICLES};
    stand s;
    open_stand(&s, described);
    for (mood m = 0; m < MOOD_COUNT; m++) {
        fill(&s, m);
        for (size_t number = 0; number <= N_KERNELS; number++) {
            for (int observed = 0; observed < 2; observed++) {
                const job j = job_of(number, observed != 0);
                for (size_t n = 0; n < COUNT(sizes); n++) {
                    conform(&s, &j, sizes[n], false);
                }
                conform(&s, &j, 1000, true);
            }
        }
    }
    close_stand(&s);
}

static void uniform_vehicles_come_out_alike(void **state)
{
    (void)state;
    conform_in_scene(&conformance_scenes[0]);
}

static void dispersed_vehicles_come_out_alike(void **state)
{
    (void)state;
    conform_in_scene(&conformance_scenes[1]);
}

static void vehicles_without_parts_come_out_alike(void **state)
{
    (void)state;
    conform_in_scene(&conformance_scenes[2]);
}

static void vehicles_of_many_nodes_come_out_alike(void **state)
{
    (void)state;
    conform_in_scene(&conformance_scenes[3]);
}

/* else a kernel would go untested without anybody noticing */
static void every_kernel_has_its_row(void **state)
{
    (void)state;
    typedef void any_function(void);
    const size_t first = offsetof(qf_kernels, kinematics);
    const size_t n_pointers = (sizeof(qf_kernels) - first) / sizeof(any_function *);
    assert_int_equal(first, sizeof(const char *));
    assert_int_equal(n_pointers, N_KERNELS);
    assert_true(N_KERNELS * CHAIN_TICKS <= 64); /* an answer each */
    for (size_t place = 0; place < n_pointers; place++) {
        size_t n = 0;
        for (size_t r = 0; r < N_KERNELS; r++) {
            n += kernel_rows[r].place == first + place * sizeof(any_function *);
        }
        assert_int_equal(n, 1);
    }
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_kernel_has_its_row),
        TEST(uniform_vehicles_come_out_alike),
        TEST(dispersed_vehicles_come_out_alike),
        TEST(vehicles_without_parts_come_out_alike),
        TEST(vehicles_of_many_nodes_come_out_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
