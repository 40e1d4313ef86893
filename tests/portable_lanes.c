/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of test_lanes.c on the generic set alone, without cmocka: for emulated machines. */
#include <stdio.h>

#include "lanes_check.h"

int main(void)
{
    const lanes_set *set = &lanes_of_generic;
    size_t wrong =
        lanes_differing_ops(set) + lanes_differing_math(set) + lanes_differing_philox(set);
    for (lanes_draw kind = 0; kind < DRAW_KINDS; kind++) {
        wrong += lanes_differing_draws(set, kind);
    }
    const uint64_t digest = lanes_digest(set);
    fprintf(stderr, "%zu differences from plain C; the digest is %#llx, expected %#llx\n", wrong,
            (unsigned long long)digest, (unsigned long long)LANES_DIGEST);
    return wrong != 0 || digest != LANES_DIGEST;
}
