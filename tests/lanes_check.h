/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_LANES_CHECK_H
#define QF_TEST_LANES_CHECK_H

#include "lanes_cases.h"

/*
 * Compare an instruction set's lanes with the twin, bit for bit. Each returns the number of
 * differences and says on standard error what the first of them were. Without cmocka, so that
 * they run under emulation of other machines as well.
 */

/* Every operation but the transcendental ones, over awkward operands. */
size_t lanes_differing_ops(const lanes_set *set);

/* The transcendental functions over the same operands and then many more. */
size_t lanes_differing_math(const lanes_set *set);

/* Against published answers and the scalar function. */
size_t lanes_differing_philox(const lanes_set *set);

/* Draws of that kind for keys that vary in every word, parameters in and out of their domain. */
size_t lanes_differing_draws(const lanes_set *set, lanes_draw kind);

/*
 * Results of every operation, transcendental function, Philox and draw in one number, and what that is
 * on every machine: a set that agrees with its twin could still differ from other machines.
 */
uint64_t lanes_digest(const lanes_set *set);
#define LANES_DIGEST UINT64_C(0x0260BAFCE3B50E5E)

#endif
