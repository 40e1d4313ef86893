/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every kernel, on every instruction set of this processor, for any number of threads and any range,
 * against a reference that no vector code takes part in: the generic kernels, called for one vehicle
 * at a time. Compared are the bits of all columns, of what is handed on in scratch, and the answers.
 * A NaN is like any other NaN, as in the state hash: which operand's payload survives is the
 * compiler's choice.
 */
#include "conformance.h"
#include "threads.h"

enum { MOST_SPANS = MOST_VEHICLES };

/* How a job is computed, for vehicles [begin, end). */
typedef struct way {
    const qf_kernels *kernels;
    int n_threads;
    size_t begin, end;
    bool ragged; /* in spans of odd lengths, not in blocks */
} way;

static const char *job_name(const job *j)
{
    return j->last - j->first == 1 ? kernel_rows[j->first].name : "all kernels in turn";
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

static bool same(uint64_t a, uint64_t b, bool f64)
{
    return a == b || (f64 && isnan(qf_double_of(a)) && isnan(qf_double_of(b)));
}

static void describe(const stand *s, const job *j, const way *w)
{
    print_error("kernel %s, instruction set %s, n = %zu, threads = %d, %s, scene %s, %s, %s:\n",
                job_name(j), w->kernels->isa, w->end - w->begin, w->n_threads,
                w->ragged ? "odd spans" : "blocks", s->name, s->mood,
                j->observed ? "observed" : "not observed");
}

/* the first slot in which a column differs, `end` where none does */
static size_t first_different(const stand *s, size_t k, const uint64_t *expected, size_t begin,
                              size_t end)
{
    const uint64_t *found = s->column[k];
    size_t i = begin;
    if (memcmp(found + begin, expected + begin, 8 * (end - begin)) == 0) {
        return end;
    }
    while (i < end && same(found[i], expected[i], is_f64(s, k))) {
        i++;
    }
    return i;
}

static void compare_part(stand *s, const job *j, const way *w, uint64_t *const *expected,
                         size_t begin, size_t end)
{
    for (size_t k = 0; k < s->n_columns; k++) {
        const size_t i = first_different(s, k, expected[k], begin, end);
        if (i < end) {
            const uint64_t is = s->column[k][i];
            const uint64_t ought = expected[k][i];
            char name[64];
            describe(s, j, w);
            fail_msg("column %s, vehicle %td of the range: %016llx (%.17g), expected %016llx "
                     "(%.17g)",
                     column_name(s, k, name), (ptrdiff_t)i - (ptrdiff_t)w->begin,
                     (unsigned long long)is, qf_double_of(is), (unsigned long long)ought,
                     qf_double_of(ought));
        }
    }
}

/* nothing has happened to the neighbours of the range */
static void compare_columns(stand *s, const job *j, const way *w)
{
    compare_part(s, j, w, s->expected, w->begin, w->end);
    compare_part(s, j, w, s->initial, w->begin - MARGIN, w->begin);
    compare_part(s, j, w, s->initial, w->end, w->end + MARGIN);
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
        said[p] = run_span(s, j, w->kernels, qf_thread_index(), &spans[p]);
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
            copy_columns(s, s->column, s->initial, w.begin - MARGIN, w.end + MARGIN);
            run(s, j, &w);
        }
    }
}

/* [first, first + n) of the vehicles that are compared, for any number of threads */
static void conform(stand *s, const job *j, size_t first, size_t n, bool ragged)
{
    const size_t begin = s->group->slot_begin + MARGIN + first;
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
    const size_t begin = s.group->slot_begin + MARGIN;
    for (mood m = 0; m < MOOD_COUNT; m++) {
        fill(&s, m);
        for (size_t number = 0; number <= N_KERNELS; number++) {
            for (int observed = 0; observed < 2; observed++) {
                const job j = job_of(&s, number, observed != 0);
                expect(&s, &j, begin, begin + MOST_VEHICLES);
                for (size_t n = 0; n < COUNT(sizes); n++) {
                    conform(&s, &j, 0, sizes[n], false);
                }
                conform(&s, &j, 3, 1000, true);
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

/* the range is computed with this value in one of its vehicles, and expected without it elsewhere */
static void spoil(stand *s, const job *j, way w, size_t k, size_t slot, double bad)
{
    const uint64_t good = s->initial[k][slot];
    s->initial[k][slot] = qf_bits_of(bad);
    expect(s, j, slot, slot + 1);
    run_everywhere(s, j, w);
    s->initial[k][slot] = good;
    expect(s, j, slot, slot + 1);
}

/* each column by itself; the first vehicle, the last and one between, in ranges of 1 to 40 */
static void spoil_one_vehicle(stand *s, const job *j)
{
    static const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    const size_t begin = s->group->slot_begin + MARGIN;
    size_t count = 0;
    expect(s, j, begin, begin + 40);
    for (size_t k = 0; k < s->n_columns; k++) {
        for (size_t b = 0; b < COUNT(bad) && is_f64(s, k); b++, count++) {
            const size_t n = 1 + 7 * count % 40;
            const way w = {.n_threads = 1, .begin = begin, .end = begin + n};
            spoil(s, j, w, k, begin, bad[b]);
            spoil(s, j, w, k, begin + n - 1, bad[b]);
            spoil(s, j, w, k, begin + 5 * count % n, bad[b]);
        }
    }
}

static void a_vehicle_that_is_not_finite_changes_no_other(void **state)
{
    (void)state;
    for (size_t c = 0; c < COUNT(conformance_scenes); c++) {
        stand s;
        open_stand(&s, &conformance_scenes[c]);
        fill(&s, MOOD_FIRING);
        for (size_t number = 0; number <= N_KERNELS; number++) {
            const job j = job_of(&s, number, true);
            spoil_one_vehicle(&s, &j);
        }
        close_stand(&s);
    }
}

/* else a kernel would go untested without anybody noticing */
static void every_kernel_has_its_row(void **state)
{
    (void)state;
    typedef void any_function(void);
    const size_t first = offsetof(qf_kernels, kinematics);
    /* those of radar work on lists, not on columns: test_neighbours.c and test_radar_kernels.c; programs
       and machines have sets of their own to be run on: test_program.c and test_state_machine.c; those of rigid
       bodies have a stand of their own: test_conformance_bodies.c, test_guidance_conformance.c, test_allocator.c */
    enum { OF_RADAR = 11, OF_MACHINES = 2, OF_BODIES = 7 };
    const size_t n_pointers = (offsetof(qf_kernels, near) - first) / sizeof(any_function *);
    assert_int_equal(sizeof(qf_kernels) - offsetof(qf_kernels, near),
                     (OF_RADAR + OF_MACHINES + OF_BODIES) * sizeof(any_function *));
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
        TEST(a_vehicle_that_is_not_finite_changes_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
