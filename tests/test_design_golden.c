/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Designs are part of every result of a sweep: these bits stay. Draws are compared with those of a second
 * implementation, in Python's integers from the published algorithms and the keys of design_internal.h; what
 * rounding takes part in, with a hash that every compiler and processor has to have.
 */
#include <inttypes.h>

#include "design_stand.h"
#include "sobol.h"

#define SEED UINT64_C(0x0123456789ABCDEF)

static void random_values_are_those_of_their_keys(void **state)
{
    (void)state;
    static const struct {
        size_t point, parameter;
        uint64_t times_2_53;
    } known[] = {
        {0, 0, 2911714193037941},
        {0, 1, 7043282749745831},
        {1, 0, 668063093291455},
        {999, 2, 465938259654901},
    };
    const qf_sweep_parameter parameters[] = {uniform(0.0, 1.0), uniform(0.0, 1.0),
                                             uniform(0.0, 1.0)};
    const qf_sweep_spec spec = spec_of(QF_SAMPLING_RANDOM, parameters, 3, 1000);
    qf_design design = design_of(&spec, SEED);
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_exact(column_of(&design, known[i].parameter)[known[i].point],
                     (double)known[i].times_2_53 * 0x1p-53);
    }
    qf_design_free(&design);
}

static void hypercubes_are_those_of_their_keys(void **state)
{
    (void)state;
    /* in units of 2^-24 of a stratum */
    static const double known[2][8] = {
        {132815163, 66225739, 10993863, 45161451, 81928517, 94980159, 19497347, 100740767},
        {116358315, 57665161, 124253057, 83807185, 8435963, 42042679, 25378111, 96976889},
    };
    const qf_sweep_parameter parameters[] = {uniform(0.0, 1.0), uniform(0.0, 1.0)};
    const qf_sweep_spec spec = spec_of(QF_SAMPLING_LHS, parameters, 2, 8);
    qf_design design = design_of(&spec, SEED);
    for (size_t i = 0; i < 16; i++) {
        assert_exact(design.values[i], known[i / 8][i % 8] * 0x1p-24 / 8.0);
    }
    qf_design_free(&design);
}

/* the second implementation flips bit after bit */
static void scrambled_coordinates_are_those_of_their_keys(void **state)
{
    (void)state;
    static const struct {
        uint32_t dimension, bits;
        uint64_t times_2_53;
    } known[] = {
        {0, 0, 1045400687700921},
        {1, 134217728, 8028440444520005},
        {7, 94741925, 3232613729142573},
        {255, 268435455, 7472360955365965},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_exact(qf_sobol_scrambled(SEED, known[i].dimension, known[i].bits),
                     (double)known[i].times_2_53 * 0x1p-53);
    }
}

static void trajectories_are_those_of_their_keys(void **state)
{
    (void)state;
    static const double levels[2][3] = {{2, 2, 1}, {3, 3, 1}};
    static const qf_morris_step known[2][3] = {
        {{1, false}, {2, true}, {0, false}},
        {{0, false}, {1, false}, {2, true}},
    };
    const qf_sweep_parameter parameters[] = {uniform(0.0, 1.0), uniform(0.0, 1.0),
                                             uniform(0.0, 1.0)};
    const qf_sweep_spec spec = spec_of_base(QF_SAMPLING_MORRIS, parameters, 3, 2, 4);
    qf_design design = design_of(&spec, SEED);
    for (size_t t = 0; t < 2; t++) {
        qf_morris_step steps[3];
        qf_design_morris_steps(&spec, SEED, t, steps);
        for (size_t p = 0; p < 3; p++) {
            assert_exact(column_of(&design, p)[4 * t], (levels[t][p] + 0.5) / 4.0);
            assert_int_equal(steps[p].parameter, known[t][p].parameter);
            assert_int_equal(steps[p].up, known[t][p].up);
        }
    }
    qf_design_free(&design);
}

/* Fowler, Noll and Vo's 1a of the bits of all values */
static uint64_t hash_of(const qf_design *design)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < design->n_parameters * design->n_cases; i++) {
        uint64_t bits;
        memcpy(&bits, &design->values[i], sizeof bits);
        for (int byte = 0; byte < 8; byte++) {
            hash = (hash ^ (bits >> 8 * byte & 0xFF)) * UINT64_C(0x100000001B3);
        }
    }
    return hash;
}

static void correlated_values_have_the_same_bits_on_every_machine(void **state)
{
    (void)state;
    static const uint64_t known[] = {UINT64_C(0xD840B1260D22FB44), UINT64_C(0xEB1B1D06ECD5151A),
                                     UINT64_C(0x1D97C18FF96036D3)};
    static const qf_sampling samplings[] = {QF_SAMPLING_RANDOM, QF_SAMPLING_LHS, QF_SAMPLING_SOBOL};
    static const double scores[] = {1.0, 0.6, -0.3, 0.6, 1.0, 0.2, -0.3, 0.2, 1.0};
    const qf_sweep_parameter parameters[] = {uniform(-1.0, 2.0), normal(10.0, 4.0),
                                             lognormal(0.0, 1.0)};
    for (size_t i = 0; i < COUNT(samplings); i++) {
        qf_sweep_spec spec = spec_of(samplings[i], parameters, 3, 10000);
        spec.scores = scores;
        qf_design design = design_of(&spec, SEED);
        const uint64_t found = hash_of(&design);
        if (found != known[i]) {
            print_error("%s: 0x%016" PRIX64 "\n", qf_sampling_names[samplings[i]], found);
        }
        qf_design_free(&design);
        assert_true(found == known[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_values_are_those_of_their_keys),
        cmocka_unit_test(hypercubes_are_those_of_their_keys),
        cmocka_unit_test(scrambled_coordinates_are_those_of_their_keys),
        cmocka_unit_test(trajectories_are_those_of_their_keys),
        cmocka_unit_test(correlated_values_have_the_same_bits_on_every_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
