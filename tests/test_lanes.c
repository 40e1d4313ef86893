/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kernels.h"
#include "lanes_check.h"

/* the sets that this build has and this processor can run */
static size_t available(const lanes_set *sets[4])
{
    size_t n = 0;
    sets[n++] = &lanes_of_generic;
#ifdef TEST_HAVE_X86_SETS
    if (qf_kernels_for("v3")) {
        sets[n++] = &lanes_of_v3;
    }
    if (qf_kernels_for("v4")) {
        sets[n++] = &lanes_of_v4;
    }
#endif
    return n;
}

static void on_every_set(size_t (*differing)(const lanes_set *set))
{
    const lanes_set *sets[4];
    const size_t n = available(sets);
    for (size_t i = 0; i < n; i++) {
        print_message("             on %s\n", sets[i]->isa);
        assert_int_equal(differing(sets[i]), 0);
    }
}

static void operations_give_the_bits_of_plain_c(void **state)
{
    (void)state;
    on_every_set(lanes_differing_ops);
}

static void transcendentals_give_the_bits_of_the_scalar_ones(void **state)
{
    (void)state;
    on_every_set(lanes_differing_math);
}

static void philox_gives_the_published_answers_in_every_lane(void **state)
{
    (void)state;
    on_every_set(lanes_differing_philox);
}

static void draws_give_the_bits_of_the_scalar_ones(void **state)
{
    (void)state;
    const lanes_set *sets[4];
    const size_t n = available(sets);
    for (size_t i = 0; i < n; i++) {
        for (lanes_draw kind = 0; kind < DRAW_KINDS; kind++) {
            assert_int_equal(lanes_differing_draws(sets[i], kind), 0);
        }
    }
}

static void results_are_those_of_every_other_machine(void **state)
{
    (void)state;
    const lanes_set *sets[4];
    const size_t n = available(sets);
    for (size_t i = 0; i < n; i++) {
        const uint64_t digest = lanes_digest(sets[i]);
        if (digest != LANES_DIGEST) {
            fail_msg("on %s the digest is %#llx", sets[i]->isa, (unsigned long long)digest);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_give_the_bits_of_plain_c),
        cmocka_unit_test(transcendentals_give_the_bits_of_the_scalar_ones),
        cmocka_unit_test(philox_gives_the_published_answers_in_every_lane),
        cmocka_unit_test(draws_give_the_bits_of_the_scalar_ones),
        cmocka_unit_test(results_are_those_of_every_other_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
