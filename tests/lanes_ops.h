/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TEST_LANES_OPS_H
#define QF_TEST_LANES_OPS_H

/*
 * What every instruction set's lanes are held to: rows of
 *
 *   OP(name, exact, expression of lanes, expression of one lane)
 *
 * lanes_cases.c makes functions over arrays from the first expression, once per instruction set, and
 * lanes_twin.c from the second, in plain C without any of lanes.h. `exact` says that NaNs, too, must
 * have the same bits. T(operation), M(operation) and E are the type's operations, its mask's, and its
 * element; a, b, c are operands; A, B, C in the scalar expression are whole groups of N lanes.
 */
#define LANES_COMMON_OPS(OP)                                                                       \
    OP(load, 1, a, a)                                                                              \
    OP(load_aligned, 1, aligned_copy(A), a)                                                        \
    OP(set1, 1, T(set1)(A[0]), A[0])                                                               \
    OP(iota, 1, T(iota)(), (E)i)                                                                   \
    OP(min, 1, T(min)(a, b), a < b ? a : b)                                                        \
    OP(max, 1, T(max)(a, b), a > b ? a : b)                                                        \
    OP(eq, 1, truth(T(eq)(a, b)), a == b)                                                          \
    OP(ne, 1, truth(T(ne)(a, b)), a != b)                                                          \
    OP(lt, 1, truth(T(lt)(a, b)), a < b)                                                           \
    OP(le, 1, truth(T(le)(a, b)), a <= b)                                                          \
    OP(gt, 1, truth(T(gt)(a, b)), a > b)                                                           \
    OP(ge, 1, truth(T(ge)(a, b)), a >= b)                                                          \
    OP(select, 1, T(select)(T(lt)(a, b), c, a), a < b ? c : a)                                     \
    OP(mask_and, 1, truth(M (and)(T(lt)(a, b), T(lt)(b, c))), a < b && b < c)                      \
    OP(mask_or, 1, truth(M(or)(T(lt)(a, b), T(lt)(b, c))), a < b || b < c)                         \
    OP(mask_not, 1, truth(M(not )(T(lt)(a, b))), !(a < b))                                         \
    OP(mask_bits, 1, T(set1)((E)M(bits)(T(lt)(a, b))), (E)lower_bits(A, B))                        \
    OP(mask_from_bits, 1, truth(M(from_bits)(M(bits)(T(lt)(a, b)))), a < b)                        \
    OP(mask_any, 1, T(set1)(M(any)(T(lt)(a, b))), lower_bits(A, B) != 0)                           \
    OP(mask_all, 1, T(set1)(M(all)(T(le)(b, T(max)(a, b)))), all_le_max(A, B))                     \
    OP(mask_not_all, 1, T(set1)(M(all)(T(lt)(a, b))), lower_bits(A, B) == (1u << N) - 1)           \
    OP(mask_count, 1, T(set1)((E)M(count)(T(lt)(a, b))), (E)__builtin_popcount(lower_bits(A, B)))  \
    OP(gather, 1, gathered(A, b), A[index_of(b)])                                                  \
    OP(compress, 1, compressed(T(lt)(a, b), c), compress_twin(A, B, C, i))                         \
    OP(compress_count, 1, T(set1)((E)kept_by(T(lt)(a, b), c)),                                     \
       (E)__builtin_popcount(lower_bits(A, B)))

#define LANES_INTEGER_OPS(OP)                                                                      \
    OP(and, 1, T (and)(a, b), a &b)                                                                \
    OP(or, 1, T(or)(a, b), a | b)                                                                  \
    OP(xor, 1, T (xor)(a, b), a ^ b)                                                               \
    OP(not, 1, T(not )(a), ~a)                                                                     \
    OP(shr, 1, T(shr)(a, 11), a >> 11)

#define LANES_UNSIGNED_OPS(OP)                                                                     \
    OP(add, 1, T(add)(a, b), a + b)                                                                \
    OP(sub, 1, T(sub)(a, b), a - b)                                                                \
    OP(mul, 1, T(mul)(a, b), a *b)                                                                 \
    OP(shl, 1, T(shl)(a, 7), a << 7)

/* within what does not overflow */
#define LANES_SIGNED_OPS(OP)                                                                       \
    OP(add, 1, T(add)(T(shr)(a, 1), T(shr)(b, 1)), (a >> 1) + (b >> 1))                            \
    OP(sub, 1, T(sub)(T(shr)(a, 1), T(shr)(b, 1)), (a >> 1) - (b >> 1))                            \
    OP(mul, 1, T(mul)(T(shr)(a, 16), T(shr)(b, 17)), (a >> 16) * (b >> 17))                        \
    OP(shl, 1, T(shl)(T(shr)(a, 8), 7), (a >> 8) * 128)                                            \
    OP(to_f32, 1, i32_as_f32_bits(a), (int32_t)f32_bits((float)a))                                 \
    OP(to_f64, 1, i32_difference(a, b), (int32_t)f32_bits((float)((double)a - (double)b)))

#define LANES_WORD_OPS(OP)                                                                         \
    OP(list_bits, 1, listed(M(bits)(T(lt)(a, b)), A[0]), list_twin(lower_bits(A, B), A[0], i))     \
    OP(list_bits_count, 1, T(set1)((E)qf_u32x16_list_bits((E[N]){0}, M(bits)(T(lt)(a, b)), A[0])), \
       (E)__builtin_popcount(lower_bits(A, B)))                                                    \
    OP(widen, 1, high_product(a, b), (uint32_t)((uint64_t)a * b >> 32))                            \
    OP(to_f64, 1, u32_difference(a, b), f32_bits((float)((double)a - (double)b)))

#define LANES_FLOAT_OPS(OP)                                                                        \
    OP(add, 0, T(add)(a, b), a + b)                                                                \
    OP(sub, 0, T(sub)(a, b), a - b)                                                                \
    OP(mul, 0, T(mul)(a, b), a *b)                                                                 \
    OP(div, 0, T(div)(a, b), a / b)                                                                \
    OP(fma, 0, T(fma)(a, b, c), F(fma)(a, b, c))                                                   \
    OP(fma_cancelling, 0, T(fma)(a, b, T(neg)(T(mul)(a, b))), F(fma)(a, b, -(a * b)))              \
    OP(sqrt, 0, T(sqrt)(a), F(sqrt)(a))                                                            \
    OP(neg, 1, T(neg)(a), -a)                                                                      \
    OP(abs, 1, T(abs)(a), F(fabs)(a))                                                              \
    OP(canonical, 1, T(canonical)(a), one_nan(a))                                                  \
    OP(sum, 0, T(set1)(T(sum)(a)), sum_twin(A))                                                    \
    OP(argmin, 1, T(set1)((E)T(argmin)(a, T(lt)(b, c))), (E)argmin_twin(A, B, C))                  \
    OP(argmin_of_all, 1, T(set1)((E)T(argmin)(a, T(eq)(T(iota)(), T(iota)()))),                    \
       (E)argmin_twin(A, NULL, NULL))                                                              \
    OP(through_bits, 1, T(of_bits)(QF_BITS(a)), a)

#define LANES_F32_OPS(OP)                                                                          \
    OP(to_f64, 0, product_in_f64(a, b), (float)((double)a * (double)b))                            \
    OP(to_i32, 1, qf_f32x16_from_i32x16(qf_i32x16_from_f32x16(a)), (float)to_i32_twin(a))          \
    OP(to_i32_scaled, 1, scaled_to_i32(a), (float)to_i32_twin(a * 0x1p20f))

#define LANES_MATH_OPS(OP)                                                                         \
    OP(sin, 1, T(sin)(a), one_nan(SLEEF(sin)(a)))                                                  \
    OP(cos, 1, T(cos)(a), one_nan(SLEEF(cos)(a)))                                                  \
    OP(asin, 1, T(asin)(a), one_nan(SLEEF(asin)(a)))                                               \
    OP(exp, 1, T(exp)(a), one_nan(SLEEF(exp)(a)))                                                  \
    OP(exp2, 1, T(exp2)(a), one_nan(SLEEF(exp2)(a)))                                               \
    OP(exp10, 1, T(exp10)(a), one_nan(SLEEF(exp10)(a)))                                            \
    OP(log, 1, T(log)(a), one_nan(SLEEF(log)(a)))                                                  \
    OP(log10, 1, T(log10)(a), one_nan(SLEEF(log10)(a)))                                            \
    OP(atan2, 1, T(atan2)(a, b), one_nan(SLEEF(atan2)(a, b)))                                      \
    OP(pow, 1, T(pow)(a, b), one_nan(SLEEF(pow)(a, b)))

#endif
