/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "philox.h"

/* Random123's tests/kat_vectors, lines `philox4x32 10` */
static void known_answers_of_the_authors_come_out(void **state)
{
    (void)state;
    static const struct {
        qf_philox_block counter;
        uint32_t key[2];
        qf_philox_block answer;
    } known[] = {
        {{{0, 0, 0, 0}}, {0, 0}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
        {{{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}},
         {UINT32_MAX, UINT32_MAX},
         {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
        {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
         {0xa4093822, 0x299f31d0},
         {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const uint64_t key = (uint64_t)known[k].key[1] << 32 | known[k].key[0];
        const qf_philox_block found = qf_philox(known[k].counter, key);
        for (int w = 0; w < 4; w++) {
            assert_int_equal(found.word[w], known[k].answer.word[w]);
        }
    }
}

static int changed_bits(qf_philox_block a, qf_philox_block b)
{
    int n = 0;
    for (int w = 0; w < 4; w++) {
        n += __builtin_popcount(a.word[w] ^ b.word[w]);
    }
    return n;
}

/* of 128 output bits 64 change on average, with a standard deviation of 5.7 */
static void every_bit_of_counter_and_key_changes_half_of_the_output(void **state)
{
    (void)state;
    enum { BASES = 64 };
    for (int bit = 0; bit < 192; bit++) {
        int changed = 0;
        for (uint32_t base = 0; base < BASES; base++) {
            qf_philox_block counter = {{base, base * base, ~base, 7 * base}};
            uint64_t key = UINT64_C(0x123456789ABCDEF) * base;
            const qf_philox_block before = qf_philox(counter, key);
            if (bit < 128) {
                counter.word[bit / 32] ^= UINT32_C(1) << bit % 32;
            } else {
                key ^= UINT64_C(1) << (bit - 128);
            }
            changed += changed_bits(before, qf_philox(counter, key));
        }
        /* the mean of 64 is within 6 standard deviations of its own */
        assert_in_range(changed, BASES * 64 - 272, BASES * 64 + 272);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers_of_the_authors_come_out),
        cmocka_unit_test(every_bit_of_counter_and_key_changes_half_of_the_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
