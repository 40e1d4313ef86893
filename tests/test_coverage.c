/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What intervals and verdicts promise, seen over repeated sweeps of cases whose truth is known. Called with a number it
 * repeats so many sweeps and prints what it counts: the numbers of docs/sweeps.md.
 */
#include "report_stand.h"

#include "draw.h"
#include "requirement.h"
#include "sample.h"
#include "sweep_looks.h"

static size_t n_sweeps = 2000;
static bool telling;

/* looks at 100, 150, 225 and 400 */
static size_t n_most = 400;

/* Draws of the truth; no stream of the program uses draw 77. */
static qf_draw_key key_of(size_t sweep, size_t i)
{
    return (qf_draw_key){.seed = UINT64_C(0xC0FFEE) + sweep,
                         .world = (uint32_t)i,
                         .stream = QF_STREAM_INITIAL,
                         .draw = 77};
}

typedef struct truth {
    const char *name;
    qf_value_kind kind;
    double (*draw)(qf_draw_key key);
    double value; /* the mean, or the probability */
} truth;

static double normal(qf_draw_key key)
{
    return 10.0 + 2.0 * qf_draw_normal(key);
}
static double uniform(qf_draw_key key)
{
    return qf_draw_uniform(key);
}
static double exponential(qf_draw_key key)
{
    return qf_draw_exponential(key);
}
static double half(qf_draw_key key)
{
    return qf_draw_uniform(key) < 0.5;
}
static double often(qf_draw_key key)
{
    return qf_draw_uniform(key) < 0.8;
}
static double mostly(qf_draw_key key)
{
    return qf_draw_uniform(key) < 0.95;
}

static const truth normals = {"normal", QF_VALUE_NUMBER, normal, 10.0};
static const truth uniforms = {"uniform", QF_VALUE_NUMBER, uniform, 0.5};
static const truth exponentials = {"exponential", QF_VALUE_NUMBER, exponential, 1.0};
static const truth halves = {"p = 0.5", QF_VALUE_TRUTH, half, 0.5};
static const truth oftens = {"p = 0.8", QF_VALUE_TRUTH, often, 0.8};
static const truth mostlies = {"p = 0.95", QF_VALUE_TRUTH, mostly, 0.95};

static void fill(sweep_stand *s, const truth *t, size_t sweep)
{
    for (size_t i = 0; i < s->table.n_cases; i++) {
        stand_put(s, i, QF_OUTCOME_OK, t->draw(key_of(sweep, i)));
    }
}

static bool covers(qf_interval interval, double value)
{
    return interval.low <= value && value <= interval.high;
}

static double share_told(const char *what, const truth *t, size_t n, size_t count)
{
    const double share = (double)count / (double)n_sweeps;
    if (telling) {
        printf("%-44s %-12s %5zu cases  %.4f\n", what, t->name, n, share);
    }
    return share;
}

static void expect_share(double share, double low, double high, const char *what)
{
    if (!(share >= low && share <= high) && !telling) {
        fail_msg("%s: %.4f is not within %.4f and %.4f", what, share, low, high);
    }
}

/* without early stopping */

static void count_fixed(const truth *t, size_t n, size_t n_resamples, size_t covered[2])
{
    sweep_stand s;
    stand_open(&s, t->kind, n, 1);
    s.context.n_threads = 1; /* small sweeps, where threads would mostly wait for one another */
    s.spec.n_resamples = n_resamples;
    covered[0] = covered[1] = 0;
    for (size_t sweep = 0; sweep < n_sweeps; sweep++) {
        fill(&s, t, sweep);
        const qf_metric_statistics *m = stand_describe(&s, n);
        const bool truths = t->kind == QF_VALUE_TRUTH;
        covered[0] += covers(truths ? m->wilson : m->of_mean, t->value);
        covered[1] += covers(truths ? m->exact : m->of_bootstrap, t->value);
    }
    stand_close(&s);
}

static void intervals_of_means_cover_95_percent(void **state)
{
    (void)state;
    const struct {
        const truth *truth;
        size_t n;
    } table[] = {{&normals, 100}, {&uniforms, 100}, {&exponentials, 200}, {&exponentials, 400}};
    const size_t n_resamples = telling ? 1000 : 200;
    for (size_t i = 0; i < COUNT(table); i++) {
        size_t covered[2];
        count_fixed(table[i].truth, table[i].n, n_resamples, covered);
        expect_share(share_told("t", table[i].truth, table[i].n, covered[0]), 0.935, 0.965, "t");
        expect_share(share_told("bootstrap-t", table[i].truth, table[i].n, covered[1]), 0.935,
                     0.965, "bootstrap-t");
    }
}

static void intervals_of_shares_cover_95_percent(void **state)
{
    (void)state;
    const struct {
        const truth *truth;
        size_t n;
    } table[] = {{&halves, 200}, {&oftens, 200}, {&mostlies, 300}, {&mostlies, 1000}};
    for (size_t i = 0; i < COUNT(table); i++) {
        size_t covered[2];
        count_fixed(table[i].truth, table[i].n, 0, covered);
        expect_share(share_told("Wilson", table[i].truth, table[i].n, covered[0]), 0.935, 0.965,
                     "Wilson");
        /* its least is promised, not its most */
        expect_share(share_told("Clopper-Pearson", table[i].truth, table[i].n, covered[1]), 0.94,
                     0.985, "Clopper-Pearson");
    }
}

/* Points differ by more than their replications do: as normal(1) + normal(1), and as a share of 0.6 or 1. */
static double replicated_number(size_t sweep, size_t point, size_t i)
{
    return normal(key_of(sweep, 100000 + point)) + normal(key_of(sweep, i));
}

static double replicated_truth(size_t sweep, size_t point, size_t i)
{
    const double p = qf_draw_uniform(key_of(sweep, 100000 + point)) < 0.5 ? 0.6 : 1.0;
    return qf_draw_uniform(key_of(sweep, i)) < p;
}

/* How the points of so few vary is hardly known: intervals are wider than they would be if it were. */
static void intervals_of_shares_over_few_points_cover_what_they_should(void **state)
{
    (void)state;
    enum { POINTS = 5, EACH = 10 };
    sweep_stand s;
    stand_open(&s, QF_VALUE_TRUTH, POINTS, EACH);
    s.spec.confidence = 0.9;
    size_t covered = 0;
    for (size_t sweep = 0; sweep < n_sweeps; sweep++) {
        for (size_t i = 0; i < (size_t)POINTS * EACH; i++) {
            stand_put(&s, i, QF_OUTCOME_OK, replicated_truth(sweep, i / EACH, i));
        }
        covered += covers(stand_describe(&s, (size_t)POINTS * EACH)->wilson, 0.8);
    }
    const truth of_points = {"of points", QF_VALUE_TRUTH, NULL, 0.8};
    expect_share(share_told("Wilson 90 %, 10 replications", &of_points, POINTS, covered), 0.9, 0.97,
                 "Wilson, few points");
    stand_close(&s);
}

static void intervals_over_replicated_points_cover_95_percent(void **state)
{
    (void)state;
    enum { POINTS = 60, EACH = 5 };
    const truth truths[] = {{"of points", QF_VALUE_NUMBER, NULL, 20.0},
                            {"of points", QF_VALUE_TRUTH, NULL, 0.8}};
    for (size_t k = 0; k < COUNT(truths); k++) {
        const bool is_truth = truths[k].kind == QF_VALUE_TRUTH;
        sweep_stand s;
        stand_open(&s, truths[k].kind, POINTS, EACH);
        size_t covered = 0;
        for (size_t sweep = 0; sweep < n_sweeps; sweep++) {
            for (size_t i = 0; i < (size_t)POINTS * EACH; i++) {
                stand_put(&s, i, QF_OUTCOME_OK,
                          is_truth ? replicated_truth(sweep, i / EACH, i)
                                   : replicated_number(sweep, i / EACH, i));
            }
            const qf_metric_statistics *m = stand_describe(&s, (size_t)POINTS * EACH);
            covered += covers(is_truth ? m->wilson : m->of_mean, truths[k].value);
        }
        const char *what = is_truth ? "Wilson, 5 replications" : "t, 5 replications";
        expect_share(share_told(what, &truths[k], POINTS, covered), 0.935, 0.965, what);
        stand_close(&s);
    }
}

/* with early stopping */

typedef struct stopped {
    size_t always;  /* sweeps whose interval covers at all looks */
    size_t at_stop; /* at the look that it stops at */
    size_t met, not_met;
    size_t cases; /* over all sweeps */
    size_t early;
} stopped;

/* the report's own, without the cost of a report: what looking costs is computed once */
static qf_interval interval_at(const sweep_stand *s, size_t n, double alpha)
{
    const qf_sample sample = qf_sample_of(&s->table, 0, n, 1);
    if (s->metric.kind == QF_VALUE_TRUTH) {
        const qf_share share = qf_sample_share(&sample, QF_SHARE_TRUE, 0.0, false, alpha);
        return qf_interval_wilson((double)share.k, (double)share.n, alpha);
    }
    const qf_moments m = qf_sample_moments(&sample);
    return qf_interval_t(m.mean, m.error, (double)n - 1.0, alpha);
}

static double estimate_at(const sweep_stand *s, size_t n)
{
    const qf_sample sample = qf_sample_of(&s->table, 0, n, 1);
    return qf_sample_moments(&sample).mean;
}

/* The looks of a sweep and what they cost, which is the same for all that are repeated. */
typedef struct looking {
    const size_t *looks;
    size_t n_looks;
    double interval_alpha, verdict_alpha;
} looking;

/* What qf_sweep_stops says, which of the first sweeps is asked itself. */
static bool stops_at(const sweep_stand *s, const looking *l, size_t sweep, size_t n)
{
    if (s->spec.stop == QF_STOP_WIDTH) {
        return qf_sweep_stops(&s->spec, &s->table, n);
    }
    qf_sweep_spec plain = s->spec;
    plain.stop = QF_STOP_NEVER;
    qf_evidence evidence = qf_requirement_evidence(&s->requirement, &plain, &s->table, n);
    evidence.alpha = l->verdict_alpha;
    const bool stops = qf_evidence_verdict(&evidence) != QF_VERDICT_UNDECIDED;
    if (sweep < 100) {
        assert_int_equal(stops, qf_sweep_stops(&s->spec, &s->table, n));
    }
    return stops;
}

/* To the stop, and then on to the last look. */
static void count_sweep(const sweep_stand *s, const truth *t, const looking *l, size_t sweep,
                        stopped *c)
{
    bool always = true;
    bool over = false;
    for (size_t look = 0; look < l->n_looks; look++) {
        const size_t n = l->looks[look];
        const bool covered = covers(interval_at(s, n, l->interval_alpha), t->value);
        always = always && covered;
        const bool last = look + 1 == l->n_looks;
        const bool stops = !over && stops_at(s, l, sweep, n);
        if (stops || (last && !over)) {
            over = true;
            c->at_stop += covered;
            c->cases += n;
            c->early += !last;
            c->met += stops && estimate_at(s, n) > s->requirement.limit;
            c->not_met += stops && estimate_at(s, n) < s->requirement.limit;
        }
    }
    c->always += always;
}

static stopped count_stopped(sweep_stand *s, const truth *t)
{
    qf_arena arena = {0};
    looking l = {
        .interval_alpha = qf_sweep_interval_alpha(&s->spec),
        .verdict_alpha = qf_sweep_verdict_alpha(&s->spec, 1.0 - s->requirement.confidence),
    };
    l.looks = qf_sweep_looks(&arena, &s->spec, &l.n_looks);
    stopped c = {0};
    for (size_t sweep = 0; sweep < n_sweeps; sweep++) {
        fill(s, t, sweep);
        count_sweep(s, t, &l, sweep, &c);
    }
    qf_arena_free(&arena);
    return c;
}

static void tell_stopped(const char *what, const truth *t, size_t n, const stopped *c)
{
    if (telling) {
        const double of = (double)n_sweeps;
        printf(
            "%-44s %-12s %5zu cases  always %.4f at stop %.4f met %.4f not met %.4f, early %.3f, "
            "mean cases %.0f\n",
            what, t->name, n, (double)c->always / of, (double)c->at_stop / of, (double)c->met / of,
            (double)c->not_met / of, (double)c->early / of, (double)c->cases / of);
    }
}

static void open_decided(sweep_stand *s, const truth *t, double limit)
{
    stand_open(s, t->kind, n_most, 1);
    s->spec.stop = QF_STOP_DECIDED;
    s->spec.n_requirements = 1;
    s->requirement.claim = t->kind == QF_VALUE_TRUTH ? QF_CLAIM_PROBABILITY : QF_CLAIM_MEAN;
    s->requirement.at_least = true;
    s->requirement.limit = limit;
    s->requirement.confidence = 0.975; /* each side as the 95 % interval */
}

/* Far from the limit it stops at once, with an interval that is meant for all looks: more than 95 % is what comes out. */
static void a_decided_sweep_far_from_its_limit_covers_at_least_95_percent(void **state)
{
    (void)state;
    const struct {
        const truth *truth;
        double limit;
    } table[] = {{&normals, 9.5}, {&oftens, 0.72}};
    for (size_t i = 0; i < COUNT(table); i++) {
        sweep_stand s;
        open_decided(&s, table[i].truth, table[i].limit);
        const stopped c = count_stopped(&s, table[i].truth);
        tell_stopped("decided, limit elsewhere", table[i].truth, n_most, &c);
        expect_share((double)c.at_stop / (double)n_sweeps, 0.95, 1.0, "at the stop");
        expect_share((double)c.early / (double)n_sweeps, 0.5, 1.0, "early");
        expect_share((double)c.not_met / (double)n_sweeps, 0.0, 0.001, "wrong");
        stand_close(&s);
    }
}

static void a_decided_sweep_covers_at_all_looks_together(void **state)
{
    (void)state;
    const truth *const table[] = {&normals, &oftens, &mostlies};
    for (size_t i = 0; i < COUNT(table); i++) {
        sweep_stand s;
        open_decided(&s, table[i], table[i]->value); /* nothing is harder to decide */
        const stopped c = count_stopped(&s, table[i]);
        tell_stopped("decided, limit at the truth", table[i], n_most, &c);
        const double of = (double)n_sweeps;
        expect_share((double)c.always / of, 0.935, 0.965, "at all looks");
        /* Clopper and Pearson's bounds stop fewer than they might: more than 95 % for shares near 1 */
        expect_share((double)c.at_stop / of, 0.935, table[i] == &mostlies ? 0.985 : 0.965,
                     "at the stop");
        /* each wrong verdict has at most 2.5 % */
        expect_share((double)c.met / of, 0.0, 0.035, "met");
        expect_share((double)c.not_met / of, 0.0, 0.035, "not met");
        stand_close(&s);
    }
}

static void a_sweep_that_stops_at_a_width_covers_95_percent(void **state)
{
    (void)state;
    const struct {
        const truth *truth;
        double width;
    } table[] = {{&normals, 0.6}, {&exponentials, 0.25}, {&oftens, 0.12}, {&mostlies, 0.06}};
    const size_t n_cases = n_most > 600 ? n_most : 600; /* one look more */
    for (size_t i = 0; i < COUNT(table); i++) {
        sweep_stand s;
        stand_open(&s, table[i].truth->kind, n_cases, 1);
        s.spec.stop = QF_STOP_WIDTH;
        s.spec.stop_width = table[i].width;
        const stopped c = count_stopped(&s, table[i].truth);
        tell_stopped("width", table[i].truth, n_cases, &c);
        expect_share((double)c.at_stop / (double)n_sweeps, 0.935, 0.965, "at the stop");
        expect_share((double)c.early / (double)n_sweeps, 0.5, 1.0, "early");
        stand_close(&s);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        n_sweeps = strtoul(argv[1], NULL, 10);
        telling = true;
        n_most = 1000;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_of_means_cover_95_percent),
        cmocka_unit_test(intervals_of_shares_cover_95_percent),
        cmocka_unit_test(intervals_of_shares_over_few_points_cover_what_they_should),
        cmocka_unit_test(intervals_over_replicated_points_cover_95_percent),
        cmocka_unit_test(a_decided_sweep_covers_at_all_looks_together),
        cmocka_unit_test(a_decided_sweep_far_from_its_limit_covers_at_least_95_percent),
        cmocka_unit_test(a_sweep_that_stops_at_a_width_covers_95_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
